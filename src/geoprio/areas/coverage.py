"""No count may be lost because its area has no borders."""

import warnings
from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from geoprio.areas.align import CountTable
from geoprio.areas.moving import CoverageWarning
from geoprio.errors import CoverageError, join_faults


def refuse_homeless(
    tables: Sequence[CountTable], sets: Mapping[str, gpd.GeoDataFrame], *, tolerance: float
) -> None:
    """Check that the rows of each table have an area in its set.

    Parameters
    ----------
    tables
        Counts by area code.
    sets
        AREAS by set name; tables on other sets are passed over.
    tolerance
        Share (0-1) of any count that may be lost.

    Raises
    ------
    CoverageError
        More would be lost; every table's areas are named.

    Warns
    -----
    CoverageWarning
        Something is lost, within the tolerance.
    """
    faults = []
    for table in tables:
        if table.area_set not in sets:
            continue
        homeless = ~table.counts.index.isin(sets[table.area_set].index)
        counts = table.counts.filter(regex="_count$")
        lost, total = counts[homeless].sum(), counts.sum()
        share = float((lost / total.where(total > 0)).max()) if homeless.any() else 0.0
        message = (
            f"{table.origin}: {_named(table.counts.index[homeless])} of {table.area_set} have no "
            f"borders; {share:.2%} of a count would be lost"
        )
        if share > tolerance:
            faults.append(message)
        elif share > 0:
            warnings.warn(message, CoverageWarning, stacklevel=2)
    if faults:
        heading = (
            f"Counts without borders (at most {tolerance:.2%} may be lost): check that the borders "
            "and the tables are of the same vintage, or raise lost_count_tolerance"
        )
        raise CoverageError(join_faults(heading, faults))


def _named(codes: pd.Index) -> str:
    return f"{', '.join(codes[:5])} ({len(codes)} in all)"
