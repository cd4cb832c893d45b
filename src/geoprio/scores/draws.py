"""What the figures may have been: draws of a criterion around its measured values (METHOD 6)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Profile
from geoprio.errors import ConfigError, ContractError
from geoprio.scores.kernel import Floats
from geoprio.scores.score import pick_criteria
from geoprio.words import Phrase

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
    def wanted(self) -> Floats:
        """The values as one draw, most where they are wanted most."""
        return self.sign * self.values[None, :]

    @property
    def exact(self) -> bool:
        """Whether every draw is alike."""
        return not (self.errors.any() or self.shared.any())

    def draw(self, factors: Floats, rng: np.random.Generator) -> Floats:
        """Return draws x known areas, in the criterion's unit, most where it is wanted most.

        Normal errors are truncated to the range; lognormal ones keep the mean: `x exp(s z - s^2 /
        2)`, `s^2 = ln(1 + (se / x)^2)`.
        """
        return self.sign * (self._factor if self.lognormal else self._sum)(factors, rng)

    def spread(self, points: Floats) -> Floats:
        """Return points of the known areas among all areas; NaN for the others."""
        if self.known.all():
            return points
        spread = np.full((len(points), len(self.known)), np.nan)
        spread[:, self.known] = points
        return spread

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

    Refused, all faults at once: unknown indicators; areas that differ between the frames; a
    standard error that is negative, or unknown where the figure is known; infinite figures, and
    negative lognormal ones.
    """
    names = pick_criteria(measured.indicators, profile).columns
    faults = [*_frame_faults(measured)] or [
        Phrase("named", name=name, fault=fault)
        for name in names
        for fault in _faults(measured, name, lognormal)
    ]
    if faults:
        raise ContractError("draws_impossible", faults)
    return [
        _column(measured, criterion.indicator, criterion.direction, lognormal)
        for criterion in profile.criteria
    ]


def refuse_few(scored: int, top_k: int) -> None:
    """Refuse a top that holds more areas than can be ranked; none at all is no ranking."""
    if top_k < 1 or 0 < scored < top_k:
        raise ConfigError("top_k_out_of_range", top_k=top_k, scored=scored)


def _frame_faults(measured: Measured) -> Iterator[Phrase]:
    areas = measured.indicators.index
    if not areas.is_unique:
        yield Phrase("indicators_area_twice")
    for name, frame in [("errors", measured.errors), *_numbered(measured.shared)]:
        if len(frame) != len(areas) or not frame.index.sort_values().equals(areas.sort_values()):
            yield Phrase("areas_differ", name=name, count=len(frame), expected=len(areas))


def _numbered(shared: Sequence[pd.DataFrame]) -> list[tuple[str, pd.DataFrame]]:
    return [(f"shared {number}", frame) for number, frame in enumerate(shared, start=1)]


def _faults(measured: Measured, name: str, lognormal: Sequence[str]) -> Iterator[Phrase]:
    values = measured.indicators[name]
    if np.isinf(values).any():
        yield Phrase("infinite_number")
    if name in lognormal and (values < 0).any():
        yield Phrase("lognormal_below_zero")
    for frame in (measured.errors, *measured.shared):
        if name in frame and (frame[name].isna() | np.isinf(frame[name]))[values.notna()].any():
            yield Phrase("standard_error_unknown")
    if name in measured.errors and (measured.errors[name] < 0).any():
        yield Phrase("standard_error_below_zero")


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


def rng_for(seed: int, step: str) -> np.random.Generator:
    """Return the generator of one step, from the campaign's seed and the step's name alone."""
    own = int.from_bytes(hashlib.sha256(step.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, own])
