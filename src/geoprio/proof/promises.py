"""What a ranking said of itself, beside the ranking of the next election."""

from dataclasses import dataclass

import pandas as pd

from geoprio.proof.grades import calibration, grade_verdicts, logit_slope
from geoprio.proof.units import Units
from geoprio.scores.verdicts import FULL


@dataclass(frozen=True, eq=False)
class Kept:
    """How well verdicts, chances and intervals held at the next election."""

    areas: int
    """Districts that are one district in both years, and ranked in both."""
    grades: pd.Series
    """See `grade_verdicts`; the top is that of the next election's own ranking."""
    slope: float
    """See `logit_slope`: above 1 the chances were too modest, below 1 too bold."""
    classes: pd.DataFrame
    """See `calibration`."""
    covered: float
    """Share (0-1) whose later place lies between `rank_low` and `rank_high`."""
    changed: tuple[int, int]
    """How many of those told "Satsa fullt" are told otherwise now, and how many they were."""


def kept_promises(was: pd.DataFrame, now: pd.DataFrame, units: Units) -> Kept | None:
    """Return how what was told of the districts held; None where no district can be followed.

    Errors of the figures are in what was told, the years between two elections are not: that the
    chances come out too bold is what they cost.

    Parameters
    ----------
    was, now
        SCORES of the earlier and of the later side, by their districts, with `p_top` and `verdict`.
    units
        Where the two are compared; districts added up are left out.
    """
    sides = [
        pd.Series(own.index, own.to_numpy())[~own.duplicated(keep=False).to_numpy()]
        for own in (units.earlier, units.later)
    ]
    pairs = pd.concat(sides, axis=1, keys=["was", "now"], join="inner")
    first, then = (
        side.reindex(pairs[name]).set_axis(pairs.index)
        for name, side in (("was", was), ("now", now))
    )
    ranked = first["p_top"].notna() & then["rank"].notna()
    if not ranked.any():
        return None
    first, then = first[ranked], then[ranked]
    places = then["rank"].rank() / len(then)
    top = places <= was["p_top"].sum() / was["p_top"].notna().sum()
    whole = was["rank"].notna().sum()
    inside = places.between((first["rank_low"] - 1) / whole, first["rank_high"] / whole)
    full = first["verdict"] == FULL
    return Kept(
        areas=len(first),
        grades=grade_verdicts(first["verdict"], top),
        slope=logit_slope(first["p_top"], top),
        classes=calibration(first["p_top"], top),
        covered=float(inside.mean()),
        changed=(int((full & (then["verdict"] != FULL)).sum()), int(full.sum())),
    )


def told_full(scores: pd.DataFrame) -> tuple[int, float]:
    """Return how many areas are told "Satsa fullt", and how many of them are expected not to be."""
    full = scores["verdict"] == FULL
    return int(full.sum()), float((1 - scores.loc[full, "p_top"]).sum())
