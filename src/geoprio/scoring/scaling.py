"""Put criteria of different units on one scale (METHOD 4); a registry of functions."""

from collections.abc import Callable

import pandas as pd

Normalise = Callable[[pd.Series], pd.Series]
NORMALISE: dict[str, Normalise] = {}
NEUTRAL = 0.5
"""Where every area is alike the criterion favours none."""


def normaliser(function: Normalise) -> Normalise:
    """Register a way to scale a criterion to 0-1, high first."""
    NORMALISE[function.__name__] = function
    return function


@normaliser
def percentile(values: pd.Series) -> pd.Series:
    """Return mid-rank percentiles (0-1); ties share theirs, NaN stays NaN."""
    known = values.notna().sum()
    return (values.rank() - 0.5) / known if known else values


@normaliser
def minmax(values: pd.Series) -> pd.Series:
    """Return `(x - min) / (max - min)`; a constant criterion is neutral, NaN stays NaN."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else values.where(values.isna(), NEUTRAL)
