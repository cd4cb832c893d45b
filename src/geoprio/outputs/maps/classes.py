"""Colours and class limits: six classes at most, the same limits on every level of a map."""

import numpy as np
import pandas as pd

from geoprio.outputs.maps.layers import Kind

COLOURS = ("#f9f1b4", "#a6d68a", "#4bab8c", "#2f7a94", "#3f4a88", "#3a0d52")
"""Viridis in six steps, low to high, its pale end calmed since low areas are large.

Lightness falls from 94 to 14, so classes differ in grey; the nearest two are 16 apart (CIEDE2000),
8 or more to readers with any colour blindness.
"""

QUANTILES = (0.10, 0.30, 0.50, 0.70, 0.90)
"""Narrow outer classes: a map of priorities must show the top tenth apart."""

_STEPS = np.array([m * 10.0**e for e in range(7, -4, -1) for m in (5, 2, 1)])


def class_limits(values: pd.Series, kind: Kind) -> tuple[list[float], int]:
    """Return the inner class limits (at most five) and the decimals to print them with.

    A class holds its lower limit and not its upper. Limits are quantiles rounded to the coarsest
    of 1, 2 or 5 times a power of ten that keeps them apart, so that a legend reads "12-15 %".

    Parameters
    ----------
    values
        The scored level's values; NaN is unknown and counts in no class.
    kind
        Limits of a share are rounded as percent and given as shares.
    """
    scale = 100.0 if kind == "share" else 1.0
    known = values.dropna().to_numpy(float) * scale
    if known.size == 0 or known.min() == known.max():
        return [], 0
    limits = np.unique(np.quantile(known, QUANTILES))
    step = _step(limits, known)
    rounded = np.unique(np.round(limits / step) * step)
    inner = rounded[(rounded > known.min()) & (rounded <= known.max())]
    decimals = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
    return [round(limit / scale, 6) for limit in inner.tolist()], decimals


def _step(limits: np.ndarray, known: np.ndarray) -> float:
    """Coarsest step of at most half the narrowest gap, so no two limits round to one number."""
    gaps = np.diff(limits) if limits.size > 1 else np.array([np.ptp(known)])
    fitting = _STEPS[gaps.min() / 2 >= _STEPS]
    return float(fitting[0]) if fitting.size else float(_STEPS[-1])


def colour_of(place: int, last: int) -> str:
    """Return the colour of a class of `last` + 1; fewer are spread over the whole scale."""
    ends = len(COLOURS) - 1
    return COLOURS[len(COLOURS) // 2 if last == 0 else int(place * ends / last + 0.5)]
