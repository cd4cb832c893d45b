"""Counts that no table gives by itself, made within each table from what it gives."""

import pandas as pd

from geoprio.groups import derive_adults

TOTALS = {
    "dwellings_count": r"^dwellings_\w+_count$",
    "education_count": r"^education_\w+_count$",
}
"""Totals that a table's parts add up to: what groups by tenure or education are counted of."""


def derive(counts: pd.DataFrame, town: pd.DataFrame) -> pd.DataFrame:
    """Return COUNTS of a table with adults, born abroad and totals of its parts added.

    Within each table, so that a share's parts come from the same year. NaN where a part is unknown.

    Parameters
    ----------
    town
        COUNTS by municipality with single years about 18; empty where no source gives them.
    """
    if "age_15_19_count" in counts and len(town):
        municipality = counts.index.str[:4].to_series(index=counts.index)
        counts = derive_adults(counts, town, municipality)
    if {"born_in_sweden_count", "population_count"} <= set(counts):
        # Where figures are disturbed (2025 and later) a part may exceed its whole by a few.
        abroad = (counts["population_count"] - counts["born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(born_abroad_count=abroad)
    if {"women_born_in_sweden_count", "women_count"} <= set(counts):
        women_abroad = (counts["women_count"] - counts["women_born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(women_born_abroad_count=women_abroad)
    for total, parts in TOTALS.items():
        found = counts.filter(regex=parts)
        if total not in counts and len(found.columns):
            counts = counts.assign(**{total: found.sum(axis=1, skipna=False)})
    return counts


def single_years(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the first table that tells minors from adults among 15-19; empty without one."""
    found = (counts for counts in tables if "age_15_17_count" in counts)
    return next(found, pd.DataFrame())
