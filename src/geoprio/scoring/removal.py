"""Does one area decide how the others stand? Each is dropped in turn (METHOD 6)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Method, Profile
from geoprio.scoring.blocks import Floats, Ints, ranks, scale_of, weigh_of
from geoprio.scoring.drawing import Column, Measured, gather_columns, refuse_few

BLOCK_CELLS = 2**18
"""Dropped areas x areas held at once."""
BY_BOUNDS = frozenset({"minmax", "none"})
"""Normalisations by which an area between the bounds leaves the others' points alone."""


def criterion_bounds(indicators: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the ends that each criterion is scaled between by `minmax`, and who sets them.

    An area added between them changes no other's score, and one outside only through them.

    Returns
    -------
    A row for each criterion: `low` and `high` in its own unit, `low_areas` and `high_areas`, the
    codes of those that share the end (comma-separated). NaN and empty where nothing is known.

    Raises
    ------
    ConfigError, ContractError
        As in `rank_uncertainty`.
    """
    gather_columns(_exact(indicators), profile, lognormal=())
    rows = {}
    for criterion in profile.criteria:
        values = indicators[criterion.indicator].sort_index()
        low, high = values.min(), values.max()
        ends = {"low": low, "low_areas": _codes(values == low)}
        rows[criterion.indicator] = {**ends, "high": high, "high_areas": _codes(values == high)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("criterion")


def drop_one_area(
    indicators: pd.DataFrame, profile: Profile, method: Method, *, top_k: int
) -> pd.DataFrame:
    """Return what becomes of the other areas' order when an area is left out, for each in turn.

    Returns
    -------
    With the index of `indicators`: `moved_count`, the other areas that come to stand at another
    place among the others, counted where the old or the new place is among the first `top_k`; and
    `alone_at`, the criteria at one of whose ends the area stands alone (comma-separated), by which
    it scales the others under `minmax`.

    Raises
    ------
    ConfigError, ContractError
        As in `rank_uncertainty`.
    """
    columns = gather_columns(_exact(indicators), profile, lognormal=())
    scored = np.logical_and.reduce([column.known for column in columns])
    refuse_few(int(scored.sum()), top_k)
    alone = _alone_at(columns, profile)
    tried = np.flatnonzero((alone != "") | (method.normalise not in BY_BOUNDS))
    moved = np.zeros(len(scored))
    if scored.any():
        size = max(1, BLOCK_CELLS // len(scored))
        for start in range(0, len(tried), size):
            part = tried[start : start + size]
            moved[part] = _count_moved(columns, profile, method, part, top_k)
    frame = pd.DataFrame(
        {"moved_count": moved, "alone_at": alone}, index=indicators.index.sort_values()
    )
    return frame.reindex(indicators.index)


def _exact(indicators: pd.DataFrame) -> Measured:
    return Measured(indicators, pd.DataFrame(index=indicators.index))


def _codes(chosen: pd.Series) -> str:
    return ", ".join(map(str, chosen.index[chosen]))


def _alone_at(columns: list[Column], profile: Profile) -> NDArray[np.object_]:
    names: list[list[str]] = [[] for _ in columns[0].known]
    for column, criterion in zip(columns, profile.criteria, strict=True):
        areas = np.flatnonzero(column.known)
        ends = [column.values.min(), column.values.max()] if len(areas) else []
        holders = [areas[column.values == end] for end in ends]
        # One area that is both ends is all that is known.
        for area in {int(holder[0]) for holder in holders if len(holder) == 1}:
            names[area].append(criterion.indicator)
    return np.array([", ".join(own) for own in names], dtype=object)


def _count_moved(
    columns: list[Column], profile: Profile, method: Method, dropped: Ints, top_k: int
) -> Ints:
    weights = np.array([criterion.weight for criterion in profile.criteria])
    repeated = np.tile(weights / weights.sum(), (len(dropped), 1))
    scale, weigh = scale_of(method.normalise), weigh_of(method.aggregate)
    whole = (_spread(scale(_wanted(column)), column, len(dropped)) for column in columns)
    without = (_without(column, method.normalise, dropped) for column in columns)
    before, after = (
        _ranks_of_others(weigh(points, repeated), dropped) for points in (whole, without)
    )
    return np.asarray(((before != after) & (np.fmin(before, after) <= top_k)).sum(axis=1))


def _wanted(column: Column) -> Floats:
    return column.sign * column.values[None, :]


def _spread(points: Floats, column: Column, rows: int) -> Floats:
    found = np.full((rows, len(column.known)), np.nan)
    found[:, column.known] = points
    return found


def _without(column: Column, scale: str, dropped: Ints) -> Floats:
    """Return dropped areas x areas: the criterion's points when each is left out; NaN for it."""
    values = _wanted(column)
    found = _spread(scale_of(scale)(values), column, len(dropped))
    rows = np.flatnonzero(column.known[dropped])
    places = (np.cumsum(column.known) - 1)[dropped[rows], None]
    left = np.arange(values.shape[1] - 1)[None, :]
    kept = left + (left >= places)
    found[rows] = np.nan
    if kept.size:
        areas = np.flatnonzero(column.known)[kept]
        found[rows[:, None], areas] = scale_of(scale)(values[0][kept])
    return found


def _ranks_of_others(scores: Floats, dropped: Ints) -> Floats:
    """Return ranks among the areas with a score that is not dropped; NaN for the rest."""
    scores[np.arange(len(dropped)), dropped] = np.nan
    unknown = np.isnan(scores)
    # Below all others they take no place from them.
    last = np.fmin.reduce(scores, axis=None, initial=0.0) - 1
    return np.where(unknown, np.nan, ranks(np.where(unknown, last, scores)))
