"""What is known of one area set when groups are located in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval in standard errors."""


@dataclass(frozen=True)
class Parent:
    """A larger area set that the areas lie in."""

    codes: pd.Series
    """Code of the parent of each area."""
    counts: pd.DataFrame
    """COUNTS of the parents."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one area set when groups are located in it."""

    counts: pd.DataFrame
    """COUNTS of the areas themselves; NaN where nothing is published for the area."""
    parents: tuple[Parent, ...]
    """Larger sets, the nearest first."""
    electors: pd.Series
    """Electorate of each area in the campaign's election."""
    indicators: pd.DataFrame
    """INDICATORS that proxies may use."""
    origins: Mapping[str, str]
    """Publisher and year of each count column, in words."""
    errors: pd.DataFrame | None = None
    """Standard errors of the columns of `counts` that were moved from other areas; None, or no
    column, where they are published for these very areas."""
    share_errors: pd.DataFrame | None = None
    """Standard errors (0-1) of the share that a moved column is of its base."""
    noise: pd.DataFrame | None = None
    """Standard errors of counts as they are published: bands split at 18, disturbed cells."""
