"""Scores of many draws at once, on arrays of draws x areas (METHOD 4); two registries.

A criterion is scaled for all draws of a block and added before the next is drawn, so that no array
has draws x areas x criteria. The formulas are those of a single score.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from geoprio.errors import ConfigError
from geoprio.scoring.aggregate import AGGREGATE
from geoprio.scoring.scaling import NORMALISE

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

Scale = Callable[[Floats], Floats]
Weigh = Callable[[Iterable[Floats], Floats], Floats]
SCALE: dict[str, Scale] = {}
"""Of draws x areas, all known, wanted most high, to points, 0-100."""
WEIGH: dict[str, Weigh] = {}
"""Of each criterion's points (draws x areas) in turn, and weights (draws x criteria), to scores."""
NEUTRAL = 50.0
DECAY = 23.0


def scaler(function: Scale) -> Scale:
    """Register a way to scale a criterion."""
    SCALE[function.__name__] = function
    return function


def weigher(function: Weigh) -> Weigh:
    """Register a way to weigh criteria together."""
    WEIGH[function.__name__] = function
    return function


def scale_of(name: str) -> Scale:
    """Return the scaler of that name; one registered for a single score alone serves blocks too."""
    if name in SCALE:
        return SCALE[name]
    kernel = NORMALISE[name]
    return lambda values: kernel(values[..., None])[..., 0]


def weigh_of(name: str) -> Weigh:
    """Return the weigher of that name; one registered for a single score alone serves here too."""
    if name in WEIGH:
        return WEIGH[name]
    kernel = AGGREGATE[name]
    return lambda columns, weights: kernel(np.stack(list(columns), axis=-1), weights)


@scaler
def minmax(values: Floats) -> Floats:
    """Return `100 (x - min) / (max - min)`; a constant criterion is neutral."""
    low = values.min(axis=1, keepdims=True)
    return _divide(values - low, (values.max(axis=1, keepdims=True) - low) / 100, start=0.0)


@scaler
def zscore(values: Floats) -> Floats:
    """Return `50 + 10 (x - mean) / sd` within 0-100, sd of the sample."""
    off = values - values.mean(axis=1, keepdims=True)
    squares = np.einsum("da,da->d", off, off)[:, None]
    varies = values.min(axis=1, keepdims=True) < values.max(axis=1, keepdims=True)
    sd = np.where(varies, np.sqrt(squares / max(values.shape[1] - 1, 1)), 0.0)
    return np.clip(_divide(off, sd / 10, start=NEUTRAL), 0, 100)


@scaler
def percentile(values: Floats) -> Floats:
    """Return mid-rank percentiles; ties share theirs."""
    size = values.shape[1]
    return _worth_by_place(values, (np.arange(size) + 0.5) * (100 / max(size, 1)), "mean")


@scaler
def rank_exponential(values: Floats) -> Floats:
    """Return `-23 ln(1 - R (1 - exp(-100/23)))`, `R = (N - rank + 1) / N`, rank 1 wanted most."""
    scaled_rank = places(values, ties="mean") / max(values.shape[1], 1)
    points: Floats = -DECAY * np.log(1 - scaled_rank * (1 - np.exp(-100 / DECAY)))
    return points


@scaler
def none(values: Floats) -> Floats:
    """Return the values as they are: they are points already."""
    return values


def _divide(values: Floats, spread: Floats, *, start: float) -> Floats:
    varies = spread > 0
    if varies.all():
        values /= spread
        return values + start if start else values
    safe = np.where(varies, spread, 1.0)
    return np.where(varies, start + values / safe, NEUTRAL)


@weigher
def arithmetic(columns: Iterable[Floats], weights: Floats) -> Floats:
    """Return the weighted mean."""
    parts = (w[:, None] * points for w, points in zip(weights.T, columns, strict=True))
    total: Floats = next(parts)
    for part in parts:
        total += part
    return total


@weigher
def geometric(columns: Iterable[Floats], weights: Floats) -> Floats:
    """Return the weighted geometric mean: an area at zero in one criterion scores zero.

    Raises
    ------
    ConfigError
        A value is below zero.
    """
    # A weight drawn as exactly zero would make 0 x log 0.
    positive = np.maximum(weights, np.finfo(float).tiny)
    with np.errstate(divide="ignore"):
        return np.exp(arithmetic(map(_log, columns), positive))


def _log(points: Floats) -> Floats:
    if (points < 0).any():
        message = (
            "aggregate = geometric: found points below zero; expected 0 or more. Choose another"
            " `normalise` than none, or `aggregate = arithmetic`"
        )
        raise ConfigError(message)
    found: Floats = np.log(points)
    return found


@weigher
def topsis(columns: Iterable[Floats], weights: Floats) -> Floats:
    """Return 100 x the distance to the worst, of those to the best and the worst together."""
    squares: list[Floats | float] = [0.0, 0.0]
    for weight, points in zip(weights.T, columns, strict=True):
        ends = (np.fmax.reduce, np.fmin.reduce)
        for side, end in enumerate(ends):
            away = points - end(points, axis=1, keepdims=True)
            squares[side] = squares[side] + (weight**2)[:, None] * (away * away)
    to_best, to_worst = np.sqrt(squares[0]), np.sqrt(squares[1])
    both = to_best + to_worst
    alike: Floats = np.where(np.isnan(both), np.nan, NEUTRAL)
    np.divide(100 * to_worst, both, out=alike, where=both > 0)
    return alike


def ranks(scores: Floats) -> Ints:
    """Return each draw's ranks, 1 best; ties share the better rank."""
    # Rounding noise must not decide between areas that are alike.
    return places(-np.round(scores, 9), ties="first").astype(np.intp)


def places(values: Floats, *, ties: str) -> Floats:
    """Return each value's place in its row, 1 lowest; ties share the `first` or the `mean`."""
    return _worth_by_place(values, np.arange(1.0, values.shape[1] + 1), ties)


def _worth_by_place(values: Floats, worth: Floats, ties: str) -> Floats:
    """Return what each value's place in its row is worth; ties share the `first` or the `mean`.

    Exact. A number's highest bits and its column make one integer, and integers are sorted in half
    the time of an `argsort`. Rows where those bits do not tell all numbers apart are sorted anew.
    """
    found: Floats = np.empty(values.shape)
    size = values.shape[1]
    if size == 0:
        return found
    column = np.int64((1 << (size - 1).bit_length()) - 1)
    keys = _ordered_bits(values)
    keys &= ~column
    keys |= np.arange(size)
    keys.sort(axis=1)
    apart = (keys[:, 1:] ^ keys[:, :-1]).view(np.uint64) > np.uint64(column)
    keys &= column
    sure = np.logical_and.reduce(apart, axis=1)
    for row, order, known, place in zip(values, keys, sure, found, strict=True):
        if known:
            place[order] = worth
        else:
            _share_places(row, worth, ties, out=place)
    return found


def _ordered_bits(values: Floats) -> NDArray[np.int64]:
    """Return integers that stand in the order of the numbers."""
    # Negative zero is no other number than zero.
    bits = (values + 0.0).view(np.int64)
    bits ^= (bits >> 63) & np.int64(np.iinfo(np.int64).max)
    return bits


def _share_places(row: Floats, worth: Floats, ties: str, *, out: Floats) -> None:
    order = row.argsort(kind="stable")
    ordered = row.take(order)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(starts, append=len(row))
    shared = worth[starts] if ties == "first" else np.add.reduceat(worth, starts) / sizes
    out[order] = np.repeat(shared, sizes)
