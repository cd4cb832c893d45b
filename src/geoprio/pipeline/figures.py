"""What the sources say of one area set: published, moved, and how sure each figure is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from geoprio.areas import (
    Split,
    fill_from_parents,
    find_way,
    known_counts,
    mixing,
    move_counts,
    move_errors,
    move_figures,
)
from geoprio.groups import split_errors
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.rolls import roll_errors, way_split
from geoprio.schemas import COUNTS, check

DISTURBED_SD = 1.0
"""Standard error, in persons, of a figure that the statistics office has disturbed: an assumption,
since how much is not told."""


@dataclass(frozen=True)
class Known:
    """COUNTS of one area set."""

    published: pd.DataFrame
    """What is known of the areas or all their parts, moved counts included; NaN elsewhere."""
    filled: pd.DataFrame
    """The same with gaps filled from larger areas."""
    origins: Mapping[str, str]
    """Publisher and year of each column."""
    errors: pd.DataFrame | None = None
    """Standard errors of the columns that were moved from other areas."""
    mixing: pd.DataFrame | None = None
    """How far shares of moved columns stray; see `areas.mixing`."""
    noise: pd.DataFrame | None = None
    """Standard errors of figures as published: bands split at 18, disturbed cells."""


def known_figures(area_set: str, gathered: Gathered, splits: Mapping[str, Split]) -> Known:
    """Return the counts that are known of an area set, and the same with their gaps filled."""
    atlas, tables = gathered.atlas, gathered.tables
    if area_set != atlas.base and area_set not in atlas.nested:
        return _with_districts(_moved(area_set, gathered, splits), area_set, gathered, splits)
    known, origins = known_counts(tables, atlas.parts(area_set), atlas.residents)
    parents = atlas.parents(area_set)
    filled = fill_from_parents(known, tables, parents, known["population_count"])
    for table in tables:
        if table.area_set in parents:
            origins = dict.fromkeys(map(str, table.counts), table.origin) | origins
    own = Known(
        check(known.astype(float), COUNTS),
        check(filled.astype(float), COUNTS),
        origins,
        noise=_noise(area_set, known, gathered),
    )
    return _with_districts(own, area_set, gathered, splits)


def _moved(area_set: str, gathered: Gathered, splits: Mapping[str, Split]) -> Known:
    """Return the base set's counts moved to a set that does not nest."""
    atlas = gathered.atlas
    base = known_figures(atlas.base, gathered, splits)
    columns = base.filled.columns.difference(pd.Index(_district_columns(gathered)))
    figures = base.filled[columns]
    way = find_way(atlas, atlas.base, area_set, kappa=splits["to_districts"].kappa)
    moved = move_figures(figures, way)
    residents = mixing(figures[["population_count"]], way)["population_count"]
    errors = move_errors(figures, way)
    strays = pd.DataFrame(dict.fromkeys(errors, residents))
    return Known(moved, moved, base.origins, errors, strays)


def _with_districts(
    known: Known, area_set: str, gathered: Gathered, splits: Mapping[str, Split]
) -> Known:
    """Return what is known with the counts added that are published for polling districts."""
    districts = {item.source.area_set for item in gathered.results.values()}
    for table in gathered.tables:
        if table.area_set not in districts:
            continue
        split = way_split(area_set, splits)
        way = find_way(gathered.atlas, table.area_set, area_set, kappa=split.kappa)
        counts = table.counts[table.counts.columns.difference(known.published.columns)]
        moved = move_counts(counts.reindex(counts.index.difference(list(way.unmatched))), way)
        errors, strays = roll_errors(counts, way, split), mixing(counts, way)
        known = replace(
            known,
            published=known.published.join(moved),
            filled=known.filled.join(moved),
            origins={**dict.fromkeys(map(str, moved), table.origin), **known.origins},
            errors=errors if known.errors is None else known.errors.join(errors),
            mixing=strays if known.mixing is None else known.mixing.join(strays),
        )
    return known


def _district_columns(gathered: Gathered) -> list[str]:
    districts = {item.source.area_set for item in gathered.results.values()}
    return [
        str(column)
        for table in gathered.tables
        if table.area_set in districts
        for column in table.counts
    ]


def _noise(area_set: str, known: pd.DataFrame, gathered: Gathered) -> pd.DataFrame:
    """Return the standard errors that counts have as they are published."""
    atlas = gathered.atlas
    parts = atlas.nested[area_set].value_counts() if area_set in atlas.nested else 1.0
    several = pd.Series(parts, index=known.index, dtype=float)
    disturbed = {
        column: DISTURBED_SD * (several**0.5).where(known[column].notna())
        for column in known.columns.intersection(list(gathered.disturbed))
    }
    noise = pd.DataFrame(disturbed, index=known.index)
    town = next((t.counts for t in gathered.tables if "age_15_17_count" in t.counts), None)
    if town is None or area_set == "kommun":
        return noise
    home = atlas.sets[area_set]["municipality_code"]
    split = split_errors(known, town, home)
    split = split[split.columns.intersection(known.columns)]
    disturbance = noise.reindex(columns=split.columns).fillna(0)
    both = (split**2 + disturbance**2) ** 0.5
    return noise.drop(columns=split.columns, errors="ignore").join(both)
