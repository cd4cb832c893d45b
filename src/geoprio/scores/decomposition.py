"""Why a score changed between two runs: own figures, other areas, weights, method.

The change is split by the Shapley value: each cause gets what changing it does to the score, as the
mean over every order in which the causes may change. The parts sum to the change exactly, and none
depends on an order that somebody chose. Shapley (1953), A value for n-person games; Shorrocks
(2013), Decomposition procedures for distributional analysis: a unified framework based on the
Shapley value, J. Econ. Inequal. 11(1), 99-126, doi 10.1007/s10888-011-9214-z.
"""

from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.scores.kernel import AGGREGATE, NORMALISE, Floats
from geoprio.scores.score import (
    criterion_weights,
    normalise_criteria,
    refuse_unknown_steps,
    weight_shares,
)

CAUSES = ("own_figures", "other_areas", "weights", "method")
BLOCK_CELLS = 2**22
"""Figures held at once where each area in turn stands among the others of the other run."""


class Side(NamedTuple):
    """What the scores of one run were made of."""

    indicators: pd.DataFrame
    profile: Profile
    municipality: pd.Series


def split_change(first: Side, second: Side) -> pd.DataFrame:
    """Return what each cause gave the change of each area's score, in points.

    By code of the areas that both have: `before`, `after`, `own_figures` (the area's own
    indicators), `other_areas` (theirs, by way of the common scale), `weights`, and `method`
    (treatment, scale, aggregation, gaps, the choice of criteria and their directions). The last
    four sum to `after - before`. NaN where a score on the way is unknown.
    """
    shared = first.indicators.index.intersection(second.indicators.index)
    values = {
        chosen: _score(first, second, set(chosen), shared)
        for size in range(len(CAUSES) + 1)
        for chosen in combinations(CAUSES, size)
    }
    parts = {cause: _shapley(values, cause) for cause in CAUSES}
    before, after = values[()], values[CAUSES]
    return pd.DataFrame({"before": before, "after": after, **parts}, index=shared)


def _shapley(values: dict[tuple[str, ...], Floats], cause: str) -> Floats:
    count = len(CAUSES)
    gains = [
        factorial(len(chosen))
        * factorial(count - len(chosen) - 1)
        / factorial(count)
        * (values[tuple(name for name in CAUSES if name in {*chosen, cause})] - value)
        for chosen, value in values.items()
        if cause not in chosen
    ]
    total: Floats = np.sum(gains, axis=0)
    return total


def _score(first: Side, second: Side, chosen: set[str], areas: pd.Index) -> Floats:
    """Return the areas' scores where the chosen causes are as in the second run."""
    own = second if "own_figures" in chosen else first
    others = second if "other_areas" in chosen else first
    profile = _mixed_profile(
        (second if "method" in chosen else first).profile,
        (second if "weights" in chosen else first).profile,
    )
    if own is others:
        points = normalise_criteria(own.indicators, profile, municipality=own.municipality)
        whole = _weigh(points.to_numpy(float), points.columns, profile)
        return whole[points.index.get_indexer(areas)]
    names = [item.indicator for item in profile.criteria]
    same = _rows(own, names, areas) == _rows(others, names, areas)
    both_unknown = np.isnan(_rows(own, names, areas)) & np.isnan(_rows(others, names, areas))
    moved = ~(same | both_unknown).all(axis=1)
    found = _score(others._replace(profile=profile), others._replace(profile=profile), set(), areas)
    found[moved] = _among_others(own, others, profile, areas[moved])
    return found


def _rows(side: Side, names: list[str], areas: pd.Index) -> Floats:
    return side.indicators[names].reindex(areas).to_numpy(float)


def _mixed_profile(method: Profile, weights: Profile) -> Profile:
    """Return a profile's method with another's weights, where the other has the criterion."""
    central = weights.weights()
    criteria = tuple(
        item.model_copy(update={"weight": central.get(item.indicator, item.weight)})
        for item in method.criteria
    )
    return method.model_copy(update={"criteria": criteria})


def _weigh(points: Floats, names: pd.Index, profile: Profile) -> Floats:
    weigh = AGGREGATE.find(profile.aggregate)
    shares = weight_shares(criterion_weights(profile), names)
    used = points[..., names.get_indexer(shares.index)]
    return np.asarray(weigh(used, shares.to_numpy()), dtype=float)


def _among_others(own: Side, others: Side, profile: Profile, areas: pd.Index) -> Floats:
    """Return the score of each area with its own figures of one run among the others of another."""
    if profile.treat != "none" or profile.impute != "none":
        return np.array([_one_among_others(own, others, profile, code) for code in areas])
    refuse_unknown_steps(profile)
    scale = NORMALISE.find(profile.normalise)
    names = [item.indicator for item in profile.criteria]
    signs = np.array([-1.0 if item.direction == "low" else 1.0 for item in profile.criteria])
    around = others.indicators[names].to_numpy(float) * signs
    mine = _rows(own, names, areas) * signs
    places = others.indicators.index.get_indexer(areas)
    found = np.empty(len(areas))
    step = max(1, BLOCK_CELLS // max(around.size, 1))
    for start in range(0, len(areas), step):
        block = slice(start, min(start + step, len(areas)))
        rows = np.arange(block.stop - block.start)
        mixed = np.repeat(around[None], len(rows), axis=0)
        mixed[rows, places[block]] = mine[block]
        scored = _weigh(scale(mixed), pd.Index(names), profile)
        found[block] = scored[rows, places[block]]
    return found


def _one_among_others(own: Side, others: Side, profile: Profile, code: str) -> float:
    mixed = others.indicators.copy()
    names = [item.indicator for item in profile.criteria]
    mixed.loc[code, names] = own.indicators.loc[code, names]
    points = normalise_criteria(mixed, profile, municipality=others.municipality)
    whole = _weigh(points.to_numpy(float), points.columns, profile)
    return float(whole[points.index.get_loc(code)])
