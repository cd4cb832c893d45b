"""What a small campaign lacks, each lack told once with the source that would give it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice

import pandas as pd

from geoprio.config import Brief, Criterion, Group, MailingEdition, Profile
from geoprio.counts import PARTIES
from geoprio.counts.inventory import columns_given
from geoprio.groups import Held, choose_methods
from geoprio.groups.measures import NONE
from geoprio.scores.indicators import PLACE, PRIVATE, Figures, compute_indicators
from geoprio.sources.catalogue import Source
from geoprio.words import Phrase

MOSTLY_UNKNOWN = 0.5
"""From this part of a profile's weight on, of criteria that nothing is known of, the channel is
left out; below it the channel is ranked by the rest."""
LEFT_OUT = "channel_left_out"
"""Key of what is told of a channel that is not ranked."""
MOST_NAMED = 2
"""Sources that are told of one lack."""
_ROW = pd.Index(["0000"], name="area_code")


@dataclass(frozen=True)
class Known:
    """Names of what is known of the areas that are ranked."""

    columns: frozenset[str]
    """Of counts."""
    indicators: frozenset[str]

    @classmethod
    def of(cls, counts: pd.DataFrame, indicators: pd.DataFrame) -> "Known":
        """Return what is known where the figures are."""
        return cls(known_columns(counts), known_columns(indicators))


Others = Mapping[str, Source]
"""Tables of counts that the campaign does not name, by name."""


@cache
def indicators_of(columns: frozenset[str]) -> frozenset[str]:
    """Return the indicators of a place that can be made of counts and an election's votes."""
    votes = {f"votes_{party}_count": 1.0 for party in PARTIES}
    for whole in ("electors_count", "votes_cast_count", "valid_count"):
        votes[whole] = float(len(PARTIES))
    figures = Figures(
        counts=pd.DataFrame(1.0, index=_ROW, columns=sorted(columns)),
        votes=pd.DataFrame(votes, index=_ROW),
        area_km2=pd.Series(1.0, index=_ROW),
        weights={},
        association=pd.Series("", index=_ROW),
        capacity=pd.DataFrame(),
    )
    return known_columns(compute_indicators(figures, PLACE))


def known_columns(frame: pd.DataFrame) -> frozenset[str]:
    """Return the columns that anything is known of."""
    return frozenset(map(str, frame.columns[frame.notna().any()]))


def own_indicators(capacity: pd.DataFrame) -> frozenset[str]:
    """Return the indicators that the user's own totals by association give: of a file each."""
    given = (name.removesuffix("_count") for name in known_columns(capacity))
    return PRIVATE & {f"{name}_per_1000" for name in given}


def without_groups(plans: Brief, unknown: Collection[str]) -> Brief:
    """Return what the campaign wants of the groups that can be located."""
    if not unknown:
        return plans
    campaign = plans.campaign
    weights = {name: it for name, it in campaign.target_groups.items() if name not in unknown}
    overlap = campaign.overlap
    kept = {
        "pairs": tuple(it for it in overlap.pairs if not set(it.groups) & set(unknown)),
        "odds_ratios": tuple(it for it in overlap.odds_ratios if not set(it.groups) & set(unknown)),
        **({} if set(overlap.cells) & set(weights) else {"joint": None, "cells": ()}),
    }
    mailing = campaign.mailing.model_copy(
        update={"editions": tuple(_editions(campaign.mailing.editions, unknown))}
    )
    changed = {
        "target_groups": weights,
        "overlap": overlap.model_copy(update=kept),
        "mailing": mailing,
    }
    groups = {name: it for name, it in plans.groups.items() if name not in unknown}
    return replace(plans, campaign=campaign.model_copy(update=changed), groups=groups)


def _editions(
    editions: Iterable[MailingEdition], unknown: Collection[str]
) -> Iterable[MailingEdition]:
    """Return the editions without those groups; one that was for them alone is none."""
    for edition in editions:
        left = tuple(name for name in edition.target_groups if name not in unknown)
        if left or not edition.target_groups:
            yield edition.model_copy(update={"target_groups": left})


def groups_left_out(
    groups: Mapping[str, Group], columns: frozenset[str], others: Others
) -> list[Phrase]:
    """Return a sentence for each of the groups, which nothing locates, with the source that would.

    `columns` of counts are known.
    """
    return [
        Phrase(
            "group_left_out",
            group=group.label,
            how=_how(others, partial(_locates, group), columns),
        )
        for group in groups.values()
    ]


def _locates(group: Group, columns: frozenset[str]) -> bool:
    nothing = frozenset[str]()
    held = Held(columns, nothing, nothing, indicators_of(columns))
    return bool((choose_methods({"": group}, held)["method"] != NONE).all())


def on_known_criteria(
    profiles: Mapping[str, Profile], known: Known, others: Others, campaign: str
) -> tuple[dict[str, Profile], dict[str, float], list[Phrase]]:
    """Return profiles by what is known of the areas, what is left of them, and what is told.

    A profile is ranked by its known criteria where they hold more than half of its weight: the part
    (0-1) that is left stands by its channel. Else it stays as it is, and no area has a score.
    """
    ranked, covered = dict(profiles), dict[str, float]()
    told: list[Phrase] = []
    for channel, profile in profiles.items():
        lacking = [item for item in profile.criteria if item.indicator not in known.indicators]
        if not lacking:
            continue
        lost = sum(item.weight for item in lacking) / sum(profile.weights().values())
        how = _how_criteria(lacking, known.columns, others, campaign)
        what = [item.label for item in lacking]
        if lost >= MOSTLY_UNKNOWN:
            told.append(Phrase("channel_left_out", channel=profile.label, what=what, how=how))
        else:
            ranked[channel] = _without(profile, lacking)
            covered[channel] = 1 - lost
            told.append(
                Phrase(
                    "criteria_left_out",
                    channel=profile.label,
                    percent=round(100 * lost),
                    what=what,
                    how=how,
                )
            )
    return ranked, covered, told


def _without(profile: Profile, lacking: Collection[Criterion]) -> Profile:
    return profile.weighted(**{item.indicator: 0.0 for item in lacking})


def _how_criteria(
    lacking: Collection[Criterion], columns: frozenset[str], others: Others, campaign: str
) -> Phrase | str:
    """Return how criteria would be known: by the user's own figures, or one table for them all."""
    names = {item.indicator for item in lacking}
    if names & PRIVATE:
        return Phrase("lack_own_figures", campaign=campaign)
    if not names <= set(PLACE):
        # Why the groups are not known is told of them.
        return ""
    return _how(others, lambda given: names <= indicators_of(given), columns)


def _how(others: Others, enough: Callable[[frozenset[str]], bool], known: frozenset[str]) -> Phrase:
    giving = (
        name
        for name, source in others.items()
        if enough(known | columns_given(source.column_names))
    )
    found = list(islice(giving, MOST_NAMED))
    return Phrase("lack_given_by", names=found) if found else Phrase("lack_no_table")


def households_lacking(columns: frozenset[str], others: Others) -> Phrase:
    """Return why no area can be mailed where no household is known."""
    wanted = {"households_count"}
    how = _how(others, lambda given: wanted <= indicators_of(given), columns)
    return Phrase("mailing_without_households", how=how)
