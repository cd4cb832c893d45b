"""A group that is counted: where it is published, and from a larger area (METHOD 3)."""

import numpy as np
import pandas as pd

from geoprio.config import Group, Measure
from geoprio.errors import ConfigError
from geoprio.groups.evidence import Z90, Evidence


def measured(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by the first measure that the data gives.

    None where the group has no measure, or none that anything is known of but another method.

    Raises
    ------
    ConfigError
        The group has no other method, and names count columns that no source of the campaign gives.
    """
    levels = [evidence.counts, *(parent.counts for parent in evidence.parents)]
    for measure in group.measures:
        if any(_known(counts, measure) for counts in levels):
            return _by_measure(measure, evidence)
    if group.measures and group.proxy is None:
        columns = ", ".join(repr(measure.count) for measure in group.measures)
        given = sorted({str(item) for counts in levels for item in counts})
        message = (
            f"groups/{name}.toml: count = {columns} is given by no source of the campaign; "
            f"expected one of {', '.join(given)}"
        )
        raise ConfigError(message)
    return None


def _known(counts: pd.DataFrame, measure: Measure) -> bool:
    return measure.count in counts and bool(counts[measure.count].notna().any())


def _by_measure(measure: Measure, evidence: Evidence) -> pd.DataFrame:
    column, base = measure.count, measure.of
    size = _base_size(evidence, base)
    count, share = _column(evidence.counts, column), _share(evidence.counts, column, base)
    published = count.notna() & share.notna()
    inherited, spread = share.copy(), pd.Series(0.0, index=share.index)
    for parent in evidence.parents:
        above = parent.codes.map(_share(parent.counts, column, base))
        gap = inherited.isna() & above.notna()
        inherited = inherited.fillna(above)
        spread[gap] = _between_sd(share, above, measure)
    # Counts moved from other areas are estimates here, whoever published them there.
    moved = evidence.errors is not None
    own_se = (
        pd.Series(0.0, index=share.index)
        if evidence.errors is None
        else _column(evidence.errors, column)
    )
    prorated = inherited.notna() & (moved | ~published)
    published &= not moved
    return _with_interval(
        pd.DataFrame(
            {
                "base": measure.base,
                "count": count.where(share.notna(), inherited * size),
                "se": (spread * size).where(share.isna(), own_se).where(inherited.notna()),
                "share": inherited,
                "method": np.select([published, prorated], ["published", "prorated"], "unknown"),
                "source": evidence.origins.get(column, ""),
            }
        ),
        upper=size,
    )


def _base_size(evidence: Evidence, base: str) -> pd.Series:
    size = _column(evidence.counts, base)
    residents = _column(evidence.counts, "population_count")
    for parent in evidence.parents:
        share = _share(parent.counts, base, "population_count")
        size = size.fillna(residents * parent.codes.map(share))
    return size


def _column(counts: pd.DataFrame, column: str) -> pd.Series:
    return counts[column] if column in counts else pd.Series(np.nan, index=counts.index)


def _share(counts: pd.DataFrame, column: str, base: str) -> pd.Series:
    size = _column(counts, base)
    return (_column(counts, column) / size.where(size > 0)).clip(0, 1)


def _between_sd(own: pd.Series, above: pd.Series, measure: Measure) -> float:
    """Return the sd of areas' shares around their parent's, measured where both are known."""
    gaps = (own - above).dropna()
    return float(np.sqrt((gaps**2).mean())) if len(gaps) >= 30 else measure.share_sd


def _with_interval(frame: pd.DataFrame, *, upper: pd.Series) -> pd.DataFrame:
    low = (frame["count"] - Z90 * frame["se"]).clip(lower=0)
    high = np.minimum(frame["count"] + Z90 * frame["se"], np.maximum(upper, frame["count"]))
    return frame.assign(low=low, high=high)
