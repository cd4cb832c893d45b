"""What an area is told besides its score (METHOD 4 to 6), made of what is printed alone.

What to talk about there, what a conversation is worth, and what kind of place it is.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.areas import shared_borders
from geoprio.config import (
    Brief,
    Effects,
    Message,
    Text,
    Typology,
    load_local_questions,
    load_named,
    message_names,
)
from geoprio.errors import ConfigError
from geoprio.scores.draws import rng_for
from geoprio.scores.indicators import PRIVATE, own_figures
from geoprio.scores.levels import Located
from geoprio.scores.reasons import explain_areas, reasons_of
from geoprio.scores.typology import area_types, local_clusters, street_or_quarter, unused_traits
from geoprio.scores.verdicts import SURE_ENOUGH
from geoprio.scores.vocabulary import load_known
from geoprio.scores.yields import (
    FORMS,
    expected_yield,
    per_krona,
    relative_yield,
    yield_span,
    yield_words,
)
from geoprio.words import Language, Phrase, spoken, text


def opening_lines(
    indicators: pd.DataFrame,
    messages: Mapping[str, Message],
    origins: pd.DataFrame | None = None,
    *,
    larger: Mapping[str, pd.DataFrame] | None = None,
    language: Language,
) -> pd.DataFrame:
    """Return `message`, `line` and `strength` of each area's strongest question.

    A question can be told where its figure reaches its threshold; of those that can, the one whose
    figure stands out most from all areas (in standard deviations) is. Ties go to the question that
    stands first. Empty text and NaN where no question can be told, or none is known.

    Where no figure of the area's own can be told, one of a larger area that it lies in is, by the
    name of that (`larger`, by set, the nearest first: `place` and its indicators). Those come first
    whose figure nobody knows of the area itself (`origins`, a column by indicator that is not all
    the areas' own): of the others the area's own figure says less.
    """
    _refuse(indicators, messages)
    bare = pd.DataFrame({"message": "", "line": "", "strength": np.nan}, index=indicators.index)
    if not messages:
        return bare
    origins = pd.DataFrame(index=indicators.index) if origins is None else origins
    found = _strongest(own_figures(indicators, origins), messages, language)
    worded = {name: item for name, item in messages.items() if item.larger is not None}
    if not worded:
        return found
    sets = larger or {}
    unknown = {
        name: theirs.where((origins == name).reindex(columns=theirs.columns, fill_value=False))
        for name, theirs in sets.items()
    }
    for name, told in [*unknown.items(), *sets.items()]:
        figures, theirs = told.reindex(columns=indicators.columns), sets[name]
        further = _strongest(figures, worded, language, place=theirs["place"])
        found = found.where(found["message"] != "", further)
    return found


def _strongest(
    figures: pd.DataFrame,
    messages: Mapping[str, Message],
    language: Language,
    *,
    place: pd.Series | None = None,
) -> pd.DataFrame:
    """Return `message`, `line` and `strength` of figures of the areas, or of each one's `place`."""
    strengths = pd.DataFrame(
        {name: _strength(figures[item.indicator], item) for name, item in messages.items()}
    )
    # Rounding noise must not decide between questions that are equally strong.
    ranked = strengths.round(9).fillna(-np.inf).to_numpy()
    best, rows = ranked.argmax(axis=1), np.arange(len(ranked))
    found = np.isfinite(ranked[rows, best])
    names = pd.Series(np.array(list(messages), dtype=object)[best], figures.index).where(found, "")
    lines = pd.Series("", figures.index, dtype=object)
    for name, item in messages.items():
        own = names == name
        there = None if place is None else place[own]
        told = _told(figures.loc[own, item.indicator], item, language, there)
        lines[own] = np.array(told, dtype=object)
    return pd.DataFrame(
        {"message": names, "line": lines, "strength": strengths.to_numpy()[rows, best]}
    )


def local_lines(
    association: pd.Series, questions: Mapping[str, Text], *, language: Language
) -> pd.Series:
    """Return the local question of each area's association; empty text where it has none."""
    known = sorted(set(association.dropna()))
    faults = []
    for name in sorted(set(questions) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        hint = Phrase("near", near=near[0]) if near else Phrase("hint_one_of", known=known)
        faults.append(Phrase("association_without_areas", name=name, hint=hint))
    if faults:
        raise ConfigError("local_messages_unknown", faults)
    own = {name: words.told(language) for name, words in questions.items()}
    return association.map(own).astype(object).fillna("").rename("local_line")


def _strength(values: pd.Series, message: Message) -> pd.Series:
    sign = 1 if message.direction == "high" else -1
    # Alike everywhere: the question stands out nowhere, but it can be told.
    spread = values.std(ddof=0) if values.min() < values.max() else 1.0
    strength = sign * (values - values.mean()) / spread
    return strength.where(sign * values >= sign * message.threshold)


def _told(
    values: pd.Series, message: Message, language: Language, place: pd.Series | None
) -> list[str]:
    words = message.line if place is None or message.larger is None else message.larger
    template, said = words.told(language), spoken(values, language)
    places = said if place is None else place
    # A name may hold anything: it is filled in last, and once.
    return [
        template.replace("{value}", str(value)).replace("{place}", str(name))
        for value, name in zip(said, places, strict=True)
    ]


def _refuse(indicators: pd.DataFrame, messages: Mapping[str, Message]) -> None:
    there = ", ".join(map(str, indicators))
    faults = [
        Phrase("unknown_message_indicator", name=name, indicator=item.indicator, there=there)
        for name, item in messages.items()
        if item.indicator not in indicators
    ]
    faults += [
        Phrase("message_of_own_figure", name=name, indicator=item.indicator)
        for name, item in messages.items()
        if item.indicator in PRIVATE
    ]
    if faults:
        raise ConfigError("messages_wrong", faults)


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
    """Of `conversation` and `krona` (of letters): `<which>_low_relative` and `_high_relative`, the
    span over the forms of the model (1 is the average area's; NaN unknown), and `<which>_words`;
    `unknown`, why a yield is."""
    types: pd.DataFrame
    """`type`, `second` and `certainty`; see `area_types`."""
    unused: list[str]
    """Traits that tell no types apart."""
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
                self.types.add_prefix("type_").rename(columns={"type_type": "type"}),
                self.clusters,
                pd.DataFrame(
                    {f"{name}_public_reason": told for name, told in self.public_reasons.items()}
                ),
            ],
            axis=1,
        )


def load_guides(plans: Brief, folders: tuple[Path, ...]) -> Guides:
    """Return what the advice rests on, from the files of `folders`."""
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
    """Return what the areas of a set are told besides their scores."""
    language, campaign = plans.language, plans.campaign
    lines = opening_lines(
        level.indicators, guides.messages, level.origins, larger=level.larger, language=language
    )
    town = level.areas["municipality_code"]
    own = own_figures(level.indicators, level.origins)
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
            own,
            guides.typology,
            rng=rng_for(campaign.seed, f"{level.area_set}: types"),
            language=language,
        ),
        unused=unused_traits(own, guides.typology),
        clusters=_clusters(level, plans),
        public_reasons={
            channel: reasons_of(
                explain_areas(level.indicators, profile, municipality=town),
                own,
                profile,
                language=language,
                public=True,
            )
            for channel, profile in plans.profiles.items()
        },
    )


def _yields(level: Located, plans: Brief, effects: Effects) -> pd.DataFrame:
    electors, households = level.votes["electors_count"], level.indicators["households_count"]
    found = expected_yield(level.joint, electors, level.indicators, effects)
    letters = {
        form: per_krona(
            found[f"letter_{form}"],
            electors_per_household=electors / households.where(households > 0),
            cost_per_household_sek=plans.campaign.mailing.cost_per_household_sek,
        )
        for form in FORMS
    }
    talks = {form: relative_yield(found[f"conversation_{form}"], electors) for form in FORMS}
    sums = {form: relative_yield(krona, households) for form, krona in letters.items()}
    spans = {
        "conversation": yield_span(pd.DataFrame(talks)),
        "krona": yield_span(pd.DataFrame(sums)),
    }
    columns = [
        span.add_prefix(f"{per}_")
        .add_suffix("_relative")
        .assign(**{f"{per}_words": yield_words(span, per, plans.language)})
        for per, span in spans.items()
    ]
    return pd.concat([*columns, found["unknown"]], axis=1)


def _clusters(level: Located, plans: Brief) -> pd.Series:
    main = level.scores[next(iter(plans.profiles))]
    found = local_clusters(main["score"], shared_borders(level.areas))
    reach = street_or_quarter(main["verdict"].isin(SURE_ENOUGH), found)
    words = {"": ""} | {
        kind: text(f"reach_{kind}", plans.language) for kind in ("street", "quarter")
    }
    return reach.map(words).astype(object).rename("cluster")
