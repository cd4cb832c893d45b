"""What an area is told besides its score (METHOD 4 to 6), made of what is printed alone.

What to talk about there, what a conversation is worth, and what kind of place it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoprio.areas import shared_borders
from geoprio.config import (
    Effects,
    Message,
    Text,
    Typology,
    load_local_questions,
    load_named,
    message_names,
)
from geoprio.pipeline.brief import Brief
from geoprio.pipeline.chance import rng_for
from geoprio.pipeline.locate import Located
from geoprio.pipeline.vocabulary import load_known
from geoprio.scoring import (
    AreaTypes,
    Voters,
    area_types,
    expected_yield,
    local_clusters,
    local_lines,
    opening_lines,
    per_krona,
    reasons,
    relative_yield,
    street_or_quarter,
    yield_words,
)
from geoprio.texts import text

TOP_LEVELS = ("full", "invest")
"""Levels of the main channel whose areas are priorities: told as a street or a quarter."""


@dataclass(frozen=True)
class Guides:
    """What the campaign's advice rests on, from the files that staff edit."""

    effects: Effects
    typology: Typology
    messages: Mapping[str, Message]
    local: Mapping[str, Text]
    """Each association's own question."""


@dataclass(frozen=True)
class Advised:
    """What the areas of one set are told besides their scores."""

    openings: pd.DataFrame
    """`message`, `opening_line` and `local_line` by area; empty text where there is none."""
    yields: pd.DataFrame
    """`conversation_relative`, `letter_relative` and `krona_relative` (1 is the average area's;
    NaN unknown), `yield_words` and `unknown`, why a yield is."""
    types: AreaTypes
    clusters: pd.Series
    """Whether a priority is a street or a quarter, in words; empty text where neither is known."""
    public_reasons: Mapping[str, pd.Series]
    """By channel: reasons that name neither origin nor union."""

    @property
    def table(self) -> pd.DataFrame:
        """Return the advice as one frame by area, for files and the map."""
        return pd.concat(
            [
                self.openings,
                self.yields,
                self.types.areas.add_prefix("type_").rename(columns={"type_type": "type"}),
                self.clusters,
                pd.DataFrame(
                    {f"{name}_public_reason": told for name, told in self.public_reasons.items()}
                ),
            ],
            axis=1,
        )


def load_guides(plans: Brief, folders: tuple[Path, ...]) -> Guides:
    """Return what the advice rests on.

    Raises
    ------
    ConfigError
        A file is missing or wrong.
    """
    campaign = plans.campaign
    return Guides(
        effects=load_named(Effects, "effects", campaign.effects, folders),
        typology=load_known(Typology, "typologies", campaign.typology, folders),
        messages={
            name: load_known(Message, "messages", name, folders) for name in message_names(folders)
        },
        local=load_local_questions(folders),
    )


def advise(level: Located, plans: Brief, guides: Guides) -> Advised:
    """Return what the areas of a set are told besides their scores.

    Raises
    ------
    ConfigError
        A question or a type names an indicator that is not there, or an association is unknown.
    """
    language, campaign = plans.language, plans.campaign
    lines = opening_lines(level.indicators, guides.messages, language=language)
    openings = pd.DataFrame(
        {
            "message": lines["message"],
            "opening_line": lines["line"],
            "local_line": local_lines(level.areas["association"], guides.local, language=language),
        }
    )
    return Advised(
        openings=openings,
        yields=_yields(level, plans, guides.effects),
        types=area_types(
            level.indicators,
            guides.typology,
            rng=rng_for(campaign.seed, f"{level.area_set}: types"),
            language=language,
        ),
        clusters=_clusters(level, plans),
        public_reasons={
            channel: reasons(
                level.indicators,
                profile,
                language=language,
                public=True,
                municipality=level.areas["municipality_code"],
            )
            for channel, profile in plans.profiles.items()
        },
    )


def _yields(level: Located, plans: Brief, effects: Effects) -> pd.DataFrame:
    voters = Voters(level.joint, level.votes["electors_count"])
    found = expected_yield(voters, level.indicators, effects)
    households = level.indicators["households_count"]
    krona = per_krona(
        found["letter"],
        electors_per_household=voters.electors / households.where(households > 0),
        cost_per_household_sek=plans.campaign.mailing.cost_per_household_sek,
    )
    columns = {
        "conversation_relative": relative_yield(found["conversation"], voters.electors),
        "letter_relative": relative_yield(found["letter"], voters.electors),
        "krona_relative": relative_yield(krona, households),
    }
    table = pd.DataFrame(columns)
    words = yield_words(table["conversation_relative"], plans.language)
    return table.assign(yield_words=words, unknown=found["unknown"])


def _clusters(level: Located, plans: Brief) -> pd.Series:
    main = level.scores[next(iter(plans.profiles))]
    found = local_clusters(main["score"], shared_borders(level.areas))
    reach = street_or_quarter(main["level"].isin(TOP_LEVELS), found)
    words = {"": ""} | {
        kind: text(f"reach_{kind}", plans.language) for kind in ("street", "quarter")
    }
    return reach.map(words).astype(object).rename("cluster")


def advise_all(
    levels: list[Located], plans: Brief, folders: tuple[Path, ...]
) -> tuple[Guides, dict[str, Advised]]:
    """Return what the advice rests on, and the advice of every area set."""
    guides = load_guides(plans, folders)
    return guides, {level.area_set: advise(level, plans, guides) for level in levels}
