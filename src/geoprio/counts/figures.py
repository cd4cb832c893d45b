"""What the sources say of one area set: published, moved, and how sure each figure is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from geoprio.areas import (
    Crosswalk,
    Split,
    fill_from_parents,
    find_way,
    known_counts,
    mixing,
    move_counts,
    move_errors,
    move_figures,
    steered,
)
from geoprio.config import Measure
from geoprio.counts.electorates import piece_spread, roll_errors, way_split
from geoprio.counts.inventory import Gathered, single_years, split_errors
from geoprio.tables import COUNTS, check

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
    share_errors: pd.DataFrame | None = None
    """Standard errors (0-1) of the shares of the measures that were moved."""
    noise: pd.DataFrame | None = None
    """Standard errors of figures as published: bands split at 18, disturbed cells."""


def known_figures(
    area_set: str,
    gathered: Gathered,
    splits: Mapping[str, Split],
    measures: Sequence[Measure] = (),
) -> Known:
    """Return the counts that are known of an area set, and the same with their gaps filled.

    `measures` are those whose shares need an error where they are moved from other areas.
    """
    atlas, tables = gathered.atlas, gathered.tables
    if area_set != atlas.base and area_set not in atlas.nested:
        moved = _moved(area_set, gathered, splits, measures)
        return _with_districts(moved, area_set, gathered, splits=splits, measures=measures)
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
    return _with_districts(own, area_set, gathered, splits=splits, measures=measures)


def _moved(
    area_set: str, gathered: Gathered, splits: Mapping[str, Split], measures: Sequence[Measure]
) -> Known:
    """Return the base set's counts moved to a set that does not nest."""
    atlas = gathered.atlas
    base = known_figures(atlas.base, gathered, splits)
    columns = base.filled.columns.difference(pd.Index(_district_columns(gathered)))
    figures = base.filled[columns]
    way = find_way(atlas, atlas.base, area_set, kappa=splits["to_districts"].kappa)
    moved = move_figures(figures, way)
    strays = {
        measure.count: _share_error(figures[[measure.count, measure.of]], way, 1.0)
        for measure in measures
        if {measure.count, measure.of} <= set(figures)
    }
    return Known(
        moved, moved, base.origins, move_errors(figures, way), pd.DataFrame(strays, moved.index)
    )


def _with_districts(
    known: Known,
    area_set: str,
    gathered: Gathered,
    *,
    splits: Mapping[str, Split],
    measures: Sequence[Measure],
) -> Known:
    """Return what is known with the counts added that are published for polling districts."""
    districts = {item.source.area_set for item in gathered.results.values()}
    split = way_split(area_set, splits)
    for table in gathered.tables:
        if table.area_set not in districts:
            continue
        way = find_way(gathered.atlas, table.area_set, area_set, kappa=split.kappa)
        counts = table.counts[table.counts.columns.difference(known.published.columns)]
        counts = counts.reindex(counts.index.difference(list(way.unmatched)))
        moved, errors, strays = _from_districts(counts, way, known, split=split, measures=measures)
        known = replace(
            known,
            published=known.published.join(moved),
            filled=known.filled.join(moved),
            origins={**dict.fromkeys(map(str, moved), table.origin), **known.origins},
            errors=errors if known.errors is None else known.errors.join(errors),
            share_errors=strays if known.share_errors is None else known.share_errors.join(strays),
        )
    return known


def _from_districts(
    counts: pd.DataFrame,
    way: Crosswalk,
    known: Known,
    *,
    split: Split,
    measures: Sequence[Measure],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return districts' counts moved, their errors, and those of the measures' shares.

    A measure with a control is moved in proportion to the group's adults in each area; only how far
    its share strays from theirs is unknown then.
    """
    moved, errors = move_counts(counts, way), roll_errors(counts, way, split)
    strays = {}
    for measure in measures:
        pair = [measure.count, measure.of]
        if not set(pair) <= set(counts):
            continue
        relative = pd.Series(1.0, index=moved.index)
        controlled = {measure.control, measure.control_of} <= set(known.published)
        if controlled and measure.control and measure.control_of:
            everyone = known.published[measure.control_of]
            relative = known.published[measure.control] / everyone.where(everyone > 0)
            guided = steered(way, relative, kappa=split.kappa)
            moved[measure.count] = move_counts(counts[pair], guided)[measure.count]
            errors[measure.count] = roll_errors(counts[pair], guided, split)[measure.count]
        strays[measure.count] = _share_error(counts[pair], way, relative)
    return moved, errors, pd.DataFrame(strays, index=moved.index)


def _share_error(pair: pd.DataFrame, way: Crosswalk, relative: pd.Series | float) -> pd.Series:
    """Return the standard error (0-1) of a moved share, group first and all second in `pair`.

    Pieces of split sources stray from them as sources do from their municipality, after what the
    control tells (`relative`, the group's share of the adults in each target) is taken out.
    """
    part, whole = (pair.iloc[:, number] for number in (0, 1))
    own = part / whole.where(whole > 0)
    frame = way.frame
    told = pd.Series(relative, index=way.targets, dtype=float)
    seen = frame["weight"] * frame["area_code"].map(told)
    expected = seen.groupby(frame["source_code"]).sum().reindex(own.index)
    home = own.index.str[:4].to_series(index=own.index)
    ratio = own / expected.where(expected > 0)
    loose = mixing(whole.to_frame("whole_count"), way)["whole_count"]
    error: pd.Series = loose * told * piece_spread(ratio, home, way)
    return error


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
    town = single_years([table.counts for table in gathered.tables])
    if town.empty or area_set == "kommun":
        return noise
    home = atlas.sets[area_set]["municipality_code"]
    split = split_errors(known, town, home)
    split = split[split.columns.intersection(known.columns)]
    disturbance = noise.reindex(columns=split.columns).fillna(0)
    both = (split**2 + disturbance**2) ** 0.5
    return noise.drop(columns=split.columns, errors="ignore").join(both)
