"""Small counts of sensitive groups are not shown (METHOD 3)."""

from collections.abc import Mapping

import pandas as pd

from geoprio.config import Group

FIGURES = ["count", "se", "low", "high", "share"]


def hide_small(
    estimates: pd.DataFrame, groups: Mapping[str, Group], *, minimum_count: int
) -> pd.DataFrame:
    """Return GROUPS for showing: small counts of sensitive groups blanked, marked in `small`.

    A count below `minimum_count` (0 too), and its share and interval, become NaN; `small` is
    then true, and a writer says "färre än". This is primary suppression: with parents' totals
    published too, a blank may still be narrowed by subtraction.
    """
    sensitive = [name for name, group in groups.items() if group.sensitive]
    small = estimates["group"].isin(sensitive) & (estimates["count"] < minimum_count)
    shown = estimates.copy()
    shown[FIGURES] = shown[FIGURES].mask(small)
    return shown.assign(small=small)
