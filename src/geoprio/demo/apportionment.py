"""Whole numbers that add up: drawing counts whose totals per group are given.

Used after the latent draws, so that the municipalities' totals equal the published figures.
"""

from importlib.resources import files
from io import StringIO

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NEWTON_STEPS = 30


def apportion(weights: Floats, group: Ints, totals: Ints) -> Ints:
    """Return whole numbers proportional to `weights` that sum to `totals[g]` in each group g.

    Largest remainder; ties go to the first. A group whose weights are all 0 shares evenly.
    """
    mass = np.bincount(group, weights, minlength=len(totals))
    weights = np.where(mass[group] > 0, weights, 1.0)
    mass = np.bincount(group, weights, minlength=len(totals))
    exact = weights * (totals / np.where(mass > 0, mass, 1.0))[group]
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = totals - np.bincount(group, whole, minlength=len(totals)).astype(np.int64)
    order = np.lexsort((whole - exact, group))
    sizes = np.bincount(group, minlength=len(totals))
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - starts[group[order]]
    return whole + (place < missing[group])


def split(
    sizes: Ints, logit: Floats, rng: np.random.Generator, *, group: Ints, totals: Ints
) -> Ints:
    """Return how many of each cell's `sizes` have a property, `totals[g]` of them in group g.

    One offset per group is added to `logit` so that the expected total is right; the cells are
    then drawn as binomials and the last few units of a group placed where there is room.

    Raises
    ------
    ValueError
        A total is larger than the people of its group, or negative.
    """
    room = np.bincount(group, sizes, minlength=len(totals))
    if (totals < 0).any() or (totals > room).any():
        message = "a published total does not fit the people of its group"
        raise ValueError(message)
    share = expit(logit + _offsets(sizes, logit, group, totals)[group])
    drawn = rng.binomial(sizes, share)
    short = totals - np.bincount(group, drawn, minlength=len(totals)).astype(np.int64)
    drawn = drawn + apportion((sizes - drawn).astype(float), group, np.maximum(short, 0))
    return drawn - apportion(drawn.astype(float), group, np.maximum(-short, 0))


def _offsets(sizes: Ints, logit: Floats, group: Ints, totals: Ints) -> Floats:
    people = np.bincount(group, sizes, minlength=len(totals))
    wanted = np.clip(totals / np.maximum(people, 1), 1e-9, 1 - 1e-9)
    offset = np.log(wanted / (1 - wanted))
    for _ in range(_NEWTON_STEPS):
        share = expit(logit + offset[group])
        found = np.bincount(group, sizes * share, minlength=len(totals))
        slope = np.bincount(group, sizes * share * (1 - share), minlength=len(totals))
        step = np.clip((wanted * people - found) / np.maximum(slope, 1e-9), -1.0, 1.0)
        offset = offset + step
        if np.abs(step).max() < 1e-6:
            break
    return offset


# The published figures of the 26 municipalities that the demo county adds up to.


COUNTY_CODE = "01"
COUNTY_NAME = "Stockholms län"
LO_MEMBERS = 176_000
"""LO members in the county: stockholm.lo.se, "närmare 176 000 medlemmar" (undated)."""

BALLOTS = ("riksdag", "region", "kommun")


def published_figures() -> pd.DataFrame:
    """Return the published counts, index `municipality_code` (sorted), whole numbers."""
    text = files("geoprio.demo").joinpath("data/published.csv").read_text(encoding="utf-8")
    frame = pd.read_csv(StringIO(text), dtype={"municipality_code": str})
    return frame.set_index("municipality_code").sort_index()
