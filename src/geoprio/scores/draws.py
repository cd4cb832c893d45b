"""Scores of many draws at once, on arrays of draws x areas (METHOD 4); two registries.

A criterion is scaled for all draws of a block and added before the next is drawn, so that no array
has draws x areas x criteria. The formulas are those of a single score.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Profile
from geoprio.errors import ConfigError, ContractError, join_faults
from geoprio.scores.normalisation import NORMALISE
from geoprio.scores.score import AGGREGATE

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


# What the figures may have been: draws of a criterion around its measured values (METHOD 6).


RANGES = {"_share": (0.0, 1.0), "_count": (0.0, np.inf), "_sek": (0.0, np.inf)}
RANGES |= {"_per_km2": (0.0, np.inf), "_per_1000": (0.0, np.inf)}
"""Least and largest value by the suffix of an indicator; others have no bounds."""
TRIES = 30
"""Times that a value out of its range is drawn anew before it is moved to the bound."""


@dataclass(frozen=True)
class Measured:
    """Figures and how sure they are."""

    indicators: pd.DataFrame
    """INDICATORS, or any frame of numbers by area."""
    errors: pd.DataFrame
    """Standard error of each figure, in its own unit; an indicator without a column is exact."""
    shared: Sequence[pd.DataFrame] = ()
    """Errors that areas have in common, such as a total's or a rate's: one frame for each, with
    the standard error that it gives each figure (its sign tells the direction)."""


@dataclass(frozen=True)
class Column:
    """One criterion in every area where it is known."""

    values: Floats
    errors: Floats
    shared: Floats
    """Shared factors x areas."""
    known: NDArray[np.bool_]
    """Of all areas, where the criterion is known."""
    bounds: tuple[float, float]
    sign: float
    """-1 where low values are wanted."""
    lognormal: bool

    @property
    def exact(self) -> bool:
        """Whether every draw is alike."""
        return not (self.errors.any() or self.shared.any())

    def draw(self, factors: Floats, rng: np.random.Generator) -> Floats:
        """Return draws x known areas, in the criterion's unit, most where it is wanted most.

        Normal errors are truncated to the range; lognormal ones keep the mean:
        `x exp(s z - s^2 / 2)`, `s^2 = ln(1 + (se / x)^2)`.
        """
        return self.sign * (self._factor if self.lognormal else self._sum)(factors, rng)

    def _sum(self, factors: Floats, rng: np.random.Generator) -> Floats:
        centre = self.values + factors @ self.shared if len(self.shared) else self.values[None, :]
        drawn = rng.standard_normal((len(factors), len(self.values)))
        drawn *= self.errors
        drawn += centre
        low, high = self.bounds
        for _ in range(TRIES):
            if drawn.size == 0 or (drawn.min() >= low and (high == np.inf or drawn.max() <= high)):
                return drawn
            rows, areas = np.nonzero((drawn < low) | (drawn > high))
            again = rng.standard_normal(len(rows)) * self.errors[areas]
            drawn[rows, areas] = np.broadcast_to(centre, drawn.shape)[rows, areas] + again
        return np.clip(drawn, low, high)

    def _factor(self, factors: Floats, rng: np.random.Generator) -> Floats:
        own, common = (self._log_error(part) for part in (self.errors, self.shared))
        exponent = rng.standard_normal((len(factors), len(self.values)))
        exponent *= own
        exponent += factors @ common - (own**2 + (common**2).sum(axis=0)) / 2
        drawn: Floats = np.minimum(self.values * np.exp(exponent), self.bounds[1])
        return drawn

    def _log_error(self, errors: Floats) -> Floats:
        # Zero cannot be multiplied away from zero.
        safe = np.where(self.values > 0, self.values, np.inf)
        found: Floats = np.sign(errors) * np.sqrt(np.log1p((errors / safe) ** 2))
        return found


def gather_columns(
    measured: Measured, profile: Profile, *, lognormal: Sequence[str]
) -> list[Column]:
    """Return the profile's criteria with their errors, areas sorted by code.

    Raises
    ------
    ConfigError
        The profile names indicators that are not there.
    ContractError
        Areas differ between the frames, a standard error is negative or unknown where the figure
        is known, a figure is infinite, a lognormal one is negative. All faults at once.
    """
    names = [criterion.indicator for criterion in profile.criteria]
    missing = [name for name in names if name not in measured.indicators]
    if missing:
        there = ", ".join(map(str, measured.indicators))
        faults = [f"{name}: expected one of {there}" for name in missing]
        raise ConfigError(join_faults(f"profile {profile.label.sv}: unknown indicator", faults))
    faults = [*_frame_faults(measured)] or [
        f"{name}: {fault}" for name in names for fault in _faults(measured, name, lognormal)
    ]
    if faults:
        raise ContractError(join_faults("figures and their errors cannot be drawn from", faults))
    return [
        _column(measured, criterion.indicator, criterion.direction, lognormal)
        for criterion in profile.criteria
    ]


def refuse_few(scored: int, top_k: int) -> None:
    """Refuse a top that holds more areas than can be ranked; none at all is no ranking.

    Raises
    ------
    ConfigError
        `top_k` is below 1, or above the number of areas.
    """
    if top_k < 1 or 0 < scored < top_k:
        message = (
            f"top_k: found {top_k}, and {scored} areas that can be ranked; expected at least 1 and"
            " at most as many. Lower `top_k`, or fill the gaps in the figures"
        )
        raise ConfigError(message)


def _frame_faults(measured: Measured) -> Iterator[str]:
    areas = measured.indicators.index
    if not areas.is_unique:
        yield "indicators: an area stands twice"
    for name, frame in [("errors", measured.errors), *_numbered(measured.shared)]:
        if len(frame) != len(areas) or not frame.index.sort_values().equals(areas.sort_values()):
            yield f"{name}: found {len(frame)} areas; expected the {len(areas)} of the indicators"


def _numbered(shared: Sequence[pd.DataFrame]) -> list[tuple[str, pd.DataFrame]]:
    return [(f"shared {number}", frame) for number, frame in enumerate(shared, start=1)]


def _faults(measured: Measured, name: str, lognormal: Sequence[str]) -> Iterator[str]:
    values = measured.indicators[name]
    if np.isinf(values).any():
        yield "infinite number"
    if name in lognormal and (values < 0).any():
        yield "found values below zero; a lognormal error needs 0 or more"
    for frame in (measured.errors, *measured.shared):
        if name in frame and (frame[name].isna() | np.isinf(frame[name]))[values.notna()].any():
            yield "standard error unknown or infinite where the figure is known; give one"
    if name in measured.errors and (measured.errors[name] < 0).any():
        yield "found a standard error below zero; expected 0 or more"


def _column(measured: Measured, name: str, direction: str, lognormal: Sequence[str]) -> Column:
    areas = measured.indicators.index.sort_values()
    values = measured.indicators[name].reindex(areas).to_numpy(float)
    known = ~np.isnan(values)
    exact = pd.Series(0.0, areas)
    errors, *shared = (
        frame.get(name, exact).reindex(areas).to_numpy(float)[known]
        for frame in (measured.errors, *measured.shared)
    )
    bounds = next((ends for suffix, ends in RANGES.items() if name.endswith(suffix)), None)
    return Column(
        values=values[known],
        errors=errors,
        shared=np.array(shared).reshape(len(measured.shared), int(known.sum())),
        known=known,
        bounds=bounds or (-np.inf, np.inf),
        sign=1.0 if direction == "high" else -1.0,
        lognormal=name in lognormal,
    )


# Every step that draws has a stream of its own, so that a new step changes no other's draws.


def rng_for(seed: int, step: str) -> np.random.Generator:
    """Return the generator of one step, from the campaign's seed and the step's name alone."""
    own = int.from_bytes(hashlib.sha256(step.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, own])
