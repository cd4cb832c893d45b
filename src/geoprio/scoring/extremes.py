"""The largest of all pairs' studentised differences, draw by draw, without forming all pairs.

With noise `e_i = s_i z_i`, Cauchy-Schwarz bounds every pair by its two ends alone:
`(e_a - e_b) / sqrt(s_a^2 + s_b^2) <= sqrt(max(z_a, 0)^2 + max(-z_b, 0)^2)`. So a draw's largest
difference is found among its most extreme areas, and the bound of the first one left out tells
whether that is proven; where it is not, areas are gone through in falling order of their bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENDS = 24
"""Areas taken from each end of a draw."""
BLOCK_CELLS = 2**19
"""Draws x areas, and draws x pairs, held at once."""
SLACK = 1 - 1e-12
"""Room for rounding in the comparison with a bound."""


@dataclass(frozen=True)
class Estimates:
    """Estimates and standard errors by area, all known."""

    values: Floats
    errors: Floats


@dataclass(frozen=True)
class Draws:
    """Draws of standard normal noise, made again from their seed whenever they are read."""

    count: int
    seed: int
    areas: int

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Yield the draws' numbers and their noise, draws x areas."""
        size = max(1, BLOCK_CELLS // max(self.areas, ENDS**2))
        rng = np.random.Generator(np.random.SFC64(self.seed))
        for start in range(0, self.count, size):
            stop = min(start + size, self.count)
            yield slice(start, stop), rng.standard_normal((stop - start, self.areas))


def largest_differences(estimates: Estimates, draws: Draws, *, rejected_above: float) -> Floats:
    """Return each draw's largest `(e_a - e_b) / sqrt(s_a^2 + s_b^2)` over the pairs not rejected.

    An ordered pair (a, b) is rejected where its estimates' studentised difference exceeds
    `rejected_above` (infinite: none is). Never below 0: such a critical value would reject pairs
    whose estimates stand the other way.
    """
    found: Floats = np.empty(draws.count)
    noisy = estimates.errors > 0
    for part, noise in draws.blocks():
        noise *= noisy
        found[part] = _block(estimates, noise, rejected_above)
    return found


def _block(estimates: Estimates, noise: Floats, rejected_above: float) -> Floats:
    ends = min(ENDS, noise.shape[1])
    order = np.argpartition(noise, (ends - 1, noise.shape[1] - ends), axis=1)
    low, high = order[:, :ends], order[:, -ends:]
    high_noise = np.take_along_axis(noise, high, axis=1)
    low_noise = np.take_along_axis(noise, low, axis=1)
    pairs = _pairs(estimates, (high, high_noise), (low, low_noise), rejected_above)
    best: Floats = pairs.max(axis=(1, 2), initial=0.0)
    if ends == noise.shape[1]:
        return best
    left_high = np.hypot(high_noise.min(axis=1).clip(0), low_noise.min(axis=1).clip(max=0))
    left_low = np.hypot(high_noise.max(axis=1).clip(0), low_noise.max(axis=1).clip(max=0))
    unproven = np.flatnonzero(best < SLACK * np.maximum(left_high, left_low))
    for draw in unproven:
        best[draw] = _search(estimates, noise[draw], rejected_above, float(best[draw]))
    return best


def _search(estimates: Estimates, noise: Floats, rejected_above: float, best: float) -> float:
    """Return one draw's largest difference: high areas by strips, against the low that count."""
    falling = np.argsort(-noise)
    depth = np.minimum(noise, 0) ** 2
    for start in range(0, len(falling), ENDS):
        high = falling[start : start + ENDS]
        height = max(float(noise[high[0]]), 0.0) ** 2
        low = np.flatnonzero(height + depth >= SLACK * best**2)
        if len(low) == 0:
            break
        pairs = _pairs(
            estimates,
            (high[None], noise[high][None]),
            (low[None], noise[low][None]),
            rejected_above,
        )
        best = max(best, float(pairs.max()))
    return best


def _pairs(
    estimates: Estimates,
    high: tuple[NDArray[np.intp], Floats],
    low: tuple[NDArray[np.intp], Floats],
    rejected_above: float,
) -> Floats:
    """Return draws x high x low areas; -inf for a rejected pair and two exact estimates."""
    (a, a_noise), (b, b_noise) = high, low
    errors = estimates.errors
    spread = np.sqrt(errors[a][:, :, None] ** 2 + errors[b][:, None, :] ** 2)
    rise = (errors[a] * a_noise)[:, :, None] - (errors[b] * b_noise)[:, None, :]
    found: Floats = np.divide(rise, spread, out=np.full_like(spread, -np.inf), where=spread > 0)
    if np.isfinite(rejected_above):
        gap = estimates.values[a][:, :, None] - estimates.values[b][:, None, :]
        found[gap > rejected_above * spread] = -np.inf
    return found
