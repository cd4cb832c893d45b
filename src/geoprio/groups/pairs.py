"""A published two-way table of two groups, carried to another population by its odds ratio."""

import numpy as np
import pandas as pd

from geoprio.config import TwoWayTable

HALF = 0.5
"""Added to each cell, so that an empty one in a small area does not say "never" (Haldane 1956)."""


def carried_share(
    shares: pd.DataFrame, counts: pd.DataFrame, table: TwoWayTable
) -> pd.Series | None:
    """Return the share (0-1) that belongs to both groups, by area; None where nothing is known.

    The table counts residents or adults, the shares are of an electorate: what the table says of
    the overlap is its odds ratio, and one share of both has that ratio and the groups' shares
    (Plackett 1965). It never contradicts them. NaN where a share or a count is unknown.

    Parameters
    ----------
    shares
        Share (0-1) of each group by area.
    counts
        COUNTS of the same areas, with the table's columns.
    """
    columns = [table.both, table.first, table.second, table.of]
    if not set(columns) <= set(counts):
        return None
    both, first, second, everyone = (counts.loc[shares.index, name] for name in columns)
    # Derived counts may differ by a few from the whole that they are part of.
    cells = [both, first - both, second - both, everyone - first - second + both]
    yes, one, other, neither = (cell.clip(lower=0) + HALF for cell in cells)
    ratio = yes * neither / (one * other)
    p, q = (shares[name] for name in table.groups)
    total = 1 + (p + q) * (ratio - 1)
    root = np.sqrt((total**2 - 4 * ratio * (ratio - 1) * p * q).clip(lower=0))
    share = 2 * ratio * p * q / (total + root)
    return share if share.notna().any() else None
