"""Indicators of how people live and work, where the campaign's sources count them.

Each is NaN where a table is not among the campaign's sources.
"""

import pandas as pd

from geoprio.scoring.indicators import Figures, of_place


def _column(figures: Figures, name: str) -> pd.Series:
    return figures.counts.reindex(columns=[name])[name]


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    # SCB's noise, from 2025 on, may put a part above its whole.
    return (part / whole.where(whole > 0)).clip(upper=1)


def _dwellings(figures: Figures, tenure: str) -> pd.Series:
    all_dwellings = figures.counts.filter(regex=r"^dwellings_.*_count$").sum(axis=1, skipna=False)
    return _share(_column(figures, f"dwellings_{tenure}_count"), all_dwellings)


@of_place
def owned_share(figures: Figures) -> pd.Series:
    """Owner-occupied dwellings, mostly houses, of all dwellings."""
    return _dwellings(figures, "owned")


@of_place
def tenant_owned_share(figures: Figures) -> pd.Series:
    """Dwellings owned through a housing association (bostadsrätt), of all dwellings."""
    return _dwellings(figures, "tenant_owned")


@of_place
def children_share(figures: Figures) -> pd.Series:
    """Residents aged 0-14, of all residents."""
    return _share(_column(figures, "age_0_14_count"), _column(figures, "population_count"))


@of_place
def aged_20_29_share(figures: Figures) -> pd.Series:
    """Residents aged 20-29, of all residents."""
    young = _column(figures, "age_20_24_count") + _column(figures, "age_25_29_count")
    return _share(young, _column(figures, "population_count"))


@of_place
def unemployed_share(figures: Figures) -> pd.Series:
    """Unemployed, of residents aged 20-64 (SCB TAB6680)."""
    residents = _column(figures, "residents_20_64_count")
    return _share(_column(figures, "unemployed_20_64_count"), residents)


@of_place
def care_jobs_share(figures: Figures) -> pd.Series:
    """Employed in health and social care (SNI 2007 section Q), of all employed (SCB TAB6681)."""
    men, women = (_column(figures, f"employed_q_{sex}_count") for sex in ("men", "women"))
    return _share(men + women, _column(figures, "employed_count"))
