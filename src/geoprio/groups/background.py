"""Who belongs to a group whose outsiders are all citizens: the electors beyond them (METHOD 3)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.config import Minors
from geoprio.groups.rolls import LOCAL, Roll, Rolls

_STEPS = 60


@dataclass(frozen=True)
class Adults:
    """The adults of each area, in the group and outside it; persons."""

    everyone: pd.Series
    inside: pd.Series
    se: pd.Series
    """Standard error of `inside`."""


def adults_of(
    outside: pd.Series,
    residents: pd.Series,
    adults: pd.Series,
    *,
    adults_se: pd.Series,
    rule: Minors,
) -> Adults:
    """Return the adults of the group, from tables without ages.

    Minors outside the group in area i are `minors_i * s_i`, with
    `logit s_i = logit(outside_i / residents_i) + d`: children are as their neighbours, and the
    county's minors are outside by the share that `rule` says (which gives d). An area's log odds
    stray by `rule.sd / (s (1 - s))`.

    Parameters
    ----------
    outside
        Residents of all ages outside the group.
    """
    minors = (residents - adults).clip(lower=0)
    ratio = (outside / residents.where(residents > 0)).clip(1e-6, 1 - 1e-6)
    level = pd.Series(np.log(ratio / (1 - ratio)), index=ratio.index)
    share = _expit(level + _shift(level, minors, rule.outside_share))
    minors_outside = np.minimum(minors * share, outside)
    inside = (adults - (outside - minors_outside)).clip(lower=0)
    chance = minors * share * (1 - share)
    straying = rule.sd / (rule.outside_share * (1 - rule.outside_share))
    variance = chance + (chance * straying) ** 2 + ((1 - share) * adults_se) ** 2
    return Adults(adults, inside, variance**0.5)


def electors_of(
    people: Adults, rolls: Rolls, election: str, *, spread: float
) -> tuple[pd.Series, pd.Series]:
    """Return the group's share (0-1) of those who live in an area and vote there, and its error.

    `n = max(0, E(e) - adults outside)`: those outside are all on the roll, and the rest of it is
    the group. E is put on the same footing as the adults, since a moved roll strays far more: the
    adults of the group who are not on the local roll are the municipality's share of the group,
    and foreign citizens are the area's own share of the roll.
    """
    roll, local = rolls.by_election[election], rolls.local
    counted = local if local is not None else roll
    absent = _absent_share(people, counted, rolls.home)
    voters = people.inside * (1 - absent)
    variance = ((1 - absent) * people.se) ** 2 + (people.inside * absent * spread) ** 2
    everyone = people.everyone - people.inside * absent
    if election not in LOCAL and local is not None:
        foreign = everyone * local.foreign_share.fillna(0)
        variance = variance + (everyone * local.foreign_se.fillna(0)) ** 2
        voters, everyone = (voters - foreign).clip(lower=0), everyone - foreign
    everyone = everyone.where(everyone > 0)
    return (voters / everyone).clip(0, 1), variance**0.5 / everyone


def _absent_share(people: Adults, roll: Roll, home: pd.Series) -> pd.Series:
    """Return the municipality's share (0-1) of the group's adults who are not on the roll."""
    at_home = roll.electors * (1 - roll.abroad_share.fillna(0))
    sums = pd.DataFrame({"all": people.everyone, "in": people.inside, "roll": at_home})
    town = sums.groupby(home).sum(min_count=1)
    absent = ((town["all"] - town["roll"]) / town["in"].where(town["in"] > 0)).clip(0, 1)
    mapped: pd.Series = home.map(absent)
    return mapped


def _shift(level: pd.Series, minors: pd.Series, target: float) -> float:
    """Return the d at which minors are outside by `target` in all, by bisection."""
    weight = minors / minors.sum()
    low, high = -15.0, 15.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if float((weight * _expit(level + middle)).sum()) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _expit(values: pd.Series) -> pd.Series:
    return pd.Series(1 / (1 + np.exp(-values)), index=values.index)
