"""Criteria to points and points to scores: the one kernel of a single score and of many draws.

Built-in ways work on one criterion at a time, in draws x areas where all is known, so that no array
has draws x areas x criteria. A user's own way takes all criteria at once, unknown figures too.
"""

import difflib
from collections.abc import Callable, Iterable
from math import prod
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.errors import ConfigError, ContractError
from geoprio.words import Phrase

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

Scale = Callable[[Floats], Floats]
Weigh = Callable[[Iterable[Floats], Floats], Floats]
Normalise = Callable[[Floats], Floats]
Aggregate = Callable[[Floats, Floats], Floats]
SCALE: dict[str, Scale] = {}
"""Of draws x areas, all known, wanted most high, to points, 0-100."""
WEIGH: dict[str, Weigh] = {}
"""Of each criterion's points (draws x areas) in turn, and weights (draws x criteria), to scores."""
NEUTRAL = 50.0
"""Points of every area where all are alike: the criterion favours none."""
SD_POINTS = 10.0
"""Points that a standard deviation is worth in `zscore`."""
DECAY = 23.0
"""Constant of the exponential transformation in the English indices of deprivation."""

Method = TypeVar("Method", bound=Callable[..., object])


class Registry(dict[str, Method]):
    """The functions that a step of a file may name: it decorates each of them."""

    def __init__(self, step: str, doc: str) -> None:
        super().__init__()
        self.step = step
        self.__doc__ = doc

    def __call__(self, function: Method) -> Method:
        """Take in a function by its own name."""
        self[function.__name__] = function
        return function

    def find(self, name: str) -> Method:
        """Return the function of that name; where there is none an error offers the nearest."""
        if name not in self:
            near = difflib.get_close_matches(name, self, n=1)
            hint = Phrase("near", near=near[0]) if near else ""
            raise ConfigError(
                "unknown_method", step=self.step, name=name, known=sorted(self), hint=hint
            )
        return self[name]


normaliser: Registry[Normalise] = Registry(
    "normalise",
    """Register a way to scale criteria to points (0-100), named as a profile's `normalise`.

    Of an array (..., areas, criteria), wanted most high, to points of the same shape. NaN stays
    NaN.

    >>> import numpy as np
    >>> from geoprio import normaliser
    >>> @normaliser
    ... def share_of_best(values):
    ...     return 100 * values / np.fmax.reduce(values, axis=-2, keepdims=True)
    >>> _ = normaliser.pop("share_of_best")  # only for the example
    """,
)
aggregator: Registry[Aggregate] = Registry(
    "aggregate",
    """Register a way to weigh criteria together, named as a profile's `aggregate`.

    Of points (..., areas, criteria) and weights (..., criteria), each positive and together 1, to
    scores (..., areas). NaN where a criterion is.

    >>> from geoprio import aggregator
    >>> @aggregator
    ... def weakest(values, weights):
    ...     return values.min(axis=-1)
    >>> _ = aggregator.pop("weakest")  # only for the example
    """,
)
NORMALISE, AGGREGATE = normaliser, aggregator


def refuse_infinite(frame: pd.DataFrame, *, step: str) -> None:
    """Refuse infinite figures: every column that has some, with one row each."""
    infinite = np.isinf(frame.to_numpy(float))
    faults = [
        Phrase("column_holds_infinite", name=name, count=column.sum(), area=frame.index[column][0])
        for name, column in zip(frame.columns, infinite.T, strict=True)
        if column.any()
    ]
    if faults:
        raise ContractError("figures_not_finite", faults, step=step)


def scaler(function: Scale) -> Scale:
    """Register a built-in way to scale a criterion; it scales all criteria at once too."""

    def normalise(values: Floats) -> Floats:
        blocks = values.reshape(prod(values.shape[:-2]), *values.shape[-2:])
        known = ~np.isnan(blocks)
        if not (known == known[:1]).all():
            return np.stack([normalise(block) for block in blocks]).reshape(values.shape)
        found = np.full(blocks.shape, np.nan)
        for number in range(blocks.shape[-1]):
            areas = known[:1, :, number].all(axis=0)
            if areas.any():
                part = np.ascontiguousarray(blocks[:, areas, number])
                found[:, areas, number] = function(part)
        return found.reshape(values.shape)

    SCALE[function.__name__], NORMALISE[function.__name__] = function, normalise
    return function


def weigher(function: Weigh) -> Weigh:
    """Register a built-in way to weigh criteria together; it weighs them all at once too."""

    def aggregate(values: Floats, weights: Floats) -> Floats:
        blocks = values.reshape(prod(values.shape[:-2]), *values.shape[-2:])
        columns = (blocks[..., number] for number in range(values.shape[-1]))
        found = function(columns, weights.reshape(-1, weights.shape[-1]))
        return found.reshape(values.shape[:-1])

    WEIGH[function.__name__], AGGREGATE[function.__name__] = function, aggregate
    return function


def scale_of(name: str) -> Scale:
    """Return the scaler of that name; a user's own serves one criterion too."""
    if name in SCALE:
        return SCALE[name]
    own = NORMALISE[name]
    return lambda values: own(values[..., None])[..., 0]


def weigh_of(name: str) -> Weigh:
    """Return the weigher of that name; a user's own serves criteria in turn too."""
    if name in WEIGH:
        return WEIGH[name]
    own = AGGREGATE[name]
    return lambda columns, weights: own(np.stack(np.broadcast_arrays(*columns), axis=-1), weights)


@scaler
def minmax(values: Floats) -> Floats:
    """Return `100 (x - min) / (max - min)`; a constant criterion is neutral."""
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    return _divide(100 * (values - low), high - low, start=0.0)


@scaler
def zscore(values: Floats) -> Floats:
    """Return `50 + 10 (x - mean) / sd`, sd of the sample; a constant criterion is neutral.

    Five standard deviations from the mean is the end of the scale.
    """
    off = values - values.mean(axis=1, keepdims=True)
    squares = np.einsum("da,da->d", off, off)[:, None]
    varies = values.min(axis=1, keepdims=True) < values.max(axis=1, keepdims=True)
    sd = np.where(varies, np.sqrt(squares / max(values.shape[1] - 1, 1)), 0.0)
    return np.clip(_divide(SD_POINTS * off, sd, start=NEUTRAL), 0, 100)


def _percentile_of(found: Floats, size: int) -> Floats:
    return (found - 0.5) * 100 / max(size, 1)


def _exponential_of(found: Floats, size: int) -> Floats:
    points: Floats = -DECAY * np.log(1 - found / max(size, 1) * (1 - np.exp(-100 / DECAY)))
    return points


BY_PLACE = {"percentile": _percentile_of, "rank_exponential": _exponential_of}
"""Ways to scale by places alone, of so many areas: 1 is wanted least, ties share the mean."""


@scaler
def percentile(values: Floats) -> Floats:
    """Return mid-rank percentiles; ties share theirs."""
    return _percentile_of(places(values, ties="mean"), values.shape[1])


@scaler
def rank_exponential(values: Floats) -> Floats:
    """Return `-23 ln(1 - R (1 - exp(-100/23)))`, `R = (N - rank + 1) / N`, rank 1 wanted most.

    High values are not cancelled by others: 100 for the first, about 50 for the first tenth, 0
    towards the last. Ties share the mean of their ranks. McLennan et al. (2019), The English
    Indices of Deprivation 2019, Technical report, appendix on the exponential transformation.
    """
    return _exponential_of(places(values, ties="mean"), values.shape[1])


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
    """Return the weighted mean: much of one criterion makes up for little of another."""
    parts = (w[:, None] * points for w, points in zip(weights.T, columns, strict=True))
    total: Floats = next(parts)
    for part in parts:
        total += part
    return total


@weigher
def geometric(columns: Iterable[Floats], weights: Floats) -> Floats:
    """Return the weighted geometric mean: an area at zero in one criterion scores zero."""
    # A weight drawn as exactly zero would make 0 x log 0.
    positive = np.maximum(weights, np.finfo(float).tiny)
    with np.errstate(divide="ignore"):
        return np.exp(arithmetic(map(_log, columns), positive))


def _log(points: Floats) -> Floats:
    if (points < 0).any():
        raise ConfigError("geometric_below_zero")
    found: Floats = np.log(points)
    return found


@weigher
def topsis(columns: Iterable[Floats], weights: Floats) -> Floats:
    """Return 100 x the closeness to the best of every criterion against the worst of every one.

    `d_worst / (d_best + d_worst)`, Euclidean distances of the weighted points; neutral where all
    areas are alike. Hwang and Yoon (1981), Multiple Attribute Decision Making.
    """
    squares: list[Floats | float] = [0.0, 0.0]
    for weight, points in zip(weights.T, columns, strict=True):
        ends = (np.fmax.reduce, np.fmin.reduce)
        for side, end in enumerate(ends):
            away = points - end(points, axis=1, keepdims=True, initial=np.nan)
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
    """Return each value's place in its row, 1 lowest; ties share the `first` or the `mean`.

    Exact. A number's highest bits and its column make one integer, and integers are sorted in half
    the time of an `argsort`. Rows where those bits do not tell all numbers apart are sorted anew.
    """
    found: Floats = np.empty(values.shape)
    size = values.shape[1]
    counted = np.arange(1.0, size + 1)
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
            place[order] = counted
        else:
            _share_places(row, order, ties, out=place)
    return found


def _ordered_bits(values: Floats) -> NDArray[np.int64]:
    """Return integers that stand in the order of the numbers."""
    # Negative zero is no other number than zero.
    bits = (values + 0.0).view(np.int64)
    bits ^= (bits >> 63) & np.int64(np.iinfo(np.int64).max)
    return bits


def _share_places(row: Floats, order: Ints, ties: str, *, out: Floats) -> None:
    ordered = row.take(order)
    if (ordered[1:] < ordered[:-1]).any():
        order = row.argsort(kind="stable")
        ordered = row.take(order)
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    ends = np.concatenate([[0], starts, [len(row)]])
    sizes = ends[1:] - ends[:-1]
    shared = ends[:-1] + (1 if ties == "first" else (sizes + 1) / 2)
    out[order] = shared.repeat(sizes)
