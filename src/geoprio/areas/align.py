"""Bring counts of several area sets to one of them, what was published kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geoprio.areas.crosswalk import Crosswalk
from geoprio.areas.moving import move_counts
from geoprio.errors import CoverageError

AVERAGES = r"_(?:mean|median)_sek$"
CLASSES = r"_class$"
BOUND = r"_share$|^seats_"
"""What says something of its own area only: a share is recomputed from counts and never moved, and
a council's seats are the whole council's."""


@dataclass(frozen=True)
class CountTable:
    """One source's counts on the area set they were published for."""

    area_set: str
    origin: str
    """Publisher and year, in words."""
    counts: pd.DataFrame
    """COUNTS."""


def comparable_rows(
    table: CountTable, population: pd.Series, *, area_set: str, tolerance: float
) -> CountTable:
    """Return the rows of a table on another vintage of `area_set` that can stand for its areas.

    Codes live on when borders change, so a row is kept only where its population differs from the
    area's by at most `tolerance` (0-1); the others become unknown.

    Raises
    ------
    CoverageError
        The table has no `population_count` to compare.
    """
    if "population_count" not in table.counts:
        message = (
            f"{table.origin} on {table.area_set}: cannot stand in for {area_set} without residents;"
            " expected population_count among its columns"
        )
        raise CoverageError(message)
    own = table.counts["population_count"].reindex(population.index)
    alike = (own / population.where(population > 0) - 1).abs() <= tolerance
    counts = _unbound(table.counts).reindex(population.index).where(alike)
    return CountTable(area_set, f"{table.origin} ({table.area_set})", counts)


def known_counts(
    tables: Sequence[CountTable], nested: Mapping[str, pd.Series], population: pd.Series
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return what is published for the areas themselves or for all their parts.

    Parameters
    ----------
    tables
        In order of preference: an earlier table's figure is kept, a later one fills its gaps.
    nested
        By area set, the area that each of its codes lies in (itself, for the areas' own set).
    population
        Residents by code of the nested sets, the weights of averages.

    Returns
    -------
    COUNTS, and each column's publisher and year in words. A sum with an unknown part is NaN; a
    class, a share or a seat has no sum and is left out where parts are summed.
    """
    areas = pd.Index(sorted({code for parts in nested.values() for code in parts}))
    counts = pd.DataFrame(index=areas.rename("area_code"))
    origins: dict[str, str] = {}
    for table in tables:
        if table.area_set not in nested:
            continue
        summed = _sum_parts(table.counts, nested[table.area_set], population)
        counts = counts.combine_first(summed.reindex(counts.index))
        for column in map(str, summed):
            origins.setdefault(column, table.origin)
    return counts.sort_index(axis=1), origins


def fill_from_parents(
    known: pd.DataFrame,
    tables: Sequence[CountTable],
    parents: Mapping[str, pd.Series],
    population: pd.Series,
) -> pd.DataFrame:
    """Return `known` with its gaps filled from larger areas, the nearest first.

    What a parent's count leaves beside the children that are known is split over the others by
    residents (METHOD 2), so the parent's total survives; an average or a class is taken over as it
    is; a share or a seat stays with the parent. NaN where the parent is unknown, where the known
    children exceed it, or where the residents of a child to be filled are unknown.
    """
    filled = known
    for area_set, codes in parents.items():
        for table in tables:
            if table.area_set == area_set:
                parent = codes.reindex(known.index)
                filled = _fill(filled, table.counts, parent, population.reindex(known.index))
    return filled.sort_index(axis=1)


def _fill(
    known: pd.DataFrame, counts: pd.DataFrame, parent: pd.Series, people: pd.Series
) -> pd.DataFrame:
    above = _unbound(counts).reindex(parent.to_numpy()).set_axis(known.index)
    counted = above.columns[~above.columns.str.contains(f"{AVERAGES}|{CLASSES}")]
    own = known.reindex(columns=counted)
    rest = above[counted] - own.groupby(parent).transform("sum")
    waiting = own.isna().mul(people, axis=0).where(own.isna(), 0.0)
    siblings = waiting.groupby(parent)
    # A gap whose residents are unknown makes the whole split unknown.
    certain = ~waiting.isna().groupby(parent).transform("any")
    share = waiting / siblings.transform("sum").where(lambda total: total > 0)
    split = (rest.where(rest >= 0) * share).where(certain)
    return known.combine_first(above.assign(**split))


def move_figures(figures: pd.DataFrame, way: Crosswalk) -> pd.DataFrame:
    """Return counts and averages (COUNTS) moved through a crosswalk.

    Counts move as they are; an average moves as its sum over residents, and is divided by the
    residents again; a class, a share or a seat does not move. NaN where a part is unknown.
    """
    figures = _unbound(figures)
    figures = figures[figures.columns[~figures.columns.str.contains(CLASSES)]]
    averages = figures.columns[figures.columns.str.contains(AVERAGES)]
    sums = figures[averages].mul(figures["population_count"], axis=0).add_suffix("_count")
    moved = move_counts(figures.drop(columns=averages).join(sums), way)
    means = moved[sums.columns].div(moved["population_count"].where(lambda p: p > 0), axis=0)
    return moved.drop(columns=sums.columns).join(means.set_axis(averages, axis=1))


def _unbound(counts: pd.DataFrame) -> pd.DataFrame:
    return counts[counts.columns[~counts.columns.str.contains(BOUND)]]


def _sum_parts(counts: pd.DataFrame, parts: pd.Series, population: pd.Series) -> pd.DataFrame:
    if (parts.index == parts.to_numpy()).all():
        return counts
    rows = _unbound(counts).reindex(parts.index)
    rows = rows[rows.columns[~rows.columns.str.contains(CLASSES)]]
    averages = rows.columns[rows.columns.str.contains(AVERAGES)]
    people = population.reindex(parts.index)
    weighted = rows.copy()
    weighted[averages] = rows[averages].mul(people, axis=0)
    # Summing by hand keeps a sum with an unknown part unknown.
    summed = weighted.groupby(parts).sum(min_count=1)
    summed = summed.where(~weighted.isna().groupby(parts).any())
    summed[averages] = summed[averages].div(people.groupby(parts).sum(), axis=0)
    return summed.rename_axis("area_code")
