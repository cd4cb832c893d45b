"""What the sources say of one area set: published, moved, and how sure each figure is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from geoprio.areas import (
    Crosswalk,
    Split,
    fill_from_parents,
    find_way,
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
class Parent:
    """A larger area set that the areas lie in."""

    codes: pd.Series
    """Code of the parent of each area."""
    counts: pd.DataFrame
    """COUNTS of the parents."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one area set: COUNTS, how sure each is, and those of larger areas."""

    counts: pd.DataFrame
    """COUNTS that are published for the areas or all their parts, and what is moved to them from
    areas that do not nest; NaN elsewhere."""
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
    filled: pd.DataFrame | None = None
    """`counts` with the gaps filled from larger areas."""


def known_figures(area_set: str, gathered: Gathered, measures: Sequence[Measure] = ()) -> Evidence:
    """Return the counts that are known of an area set, and the same with their gaps filled.

    Electors and indicators are not known yet: `electors` and `indicators` are empty.

    Parameters
    ----------
    measures
        Those whose shares need an error where they are moved from other areas.
    """
    atlas = gathered.atlas
    if area_set in gathered.published:
        known = _own(area_set, gathered)
    else:
        known = _moved(area_set, gathered, measures)
    parents = tuple(
        Parent(codes, _with_districts(_bare(*gathered.published[name]), name, gathered, ()).counts)
        for name, codes in atlas.parents(area_set).items()
    )
    return _with_districts(replace(known, parents=parents), area_set, gathered, measures)


def _bare(counts: pd.DataFrame, origins: Mapping[str, str]) -> Evidence:
    nothing = pd.Series(dtype=float)
    return Evidence(counts, (), nothing, pd.DataFrame(index=counts.index), origins, filled=counts)


def _own(area_set: str, gathered: Gathered) -> Evidence:
    """Return what is published for a set that nests, and for what it lies in."""
    known, origins = gathered.published[area_set]
    parents = gathered.atlas.parents(area_set)
    filled = fill_from_parents(known, gathered.tables, parents, known["population_count"])
    for table in gathered.tables:
        if table.area_set in parents:
            origins = dict.fromkeys(map(str, table.counts), table.origin) | dict(origins)
    return replace(
        _bare(check(known.astype(float), COUNTS), origins),
        filled=check(filled.astype(float), COUNTS),
        noise=_noise(area_set, known, gathered),
    )


def _moved(area_set: str, gathered: Gathered, measures: Sequence[Measure]) -> Evidence:
    """Return the base set's counts moved to a set that does not nest."""
    atlas = gathered.atlas
    base = _own(atlas.base, gathered)
    figures = base.filled if base.filled is not None else base.counts
    kappa = gathered.splits["to_districts"].kappa
    way = find_way(atlas, atlas.base, area_set, kappa=kappa)
    moved = move_figures(figures, way)
    strays = {
        measure.count: _share_error(figures[[measure.count, measure.of]], way, 1.0)
        for measure in measures
        if {measure.count, measure.of} <= set(figures)
    }
    return replace(
        _bare(moved, base.origins),
        errors=move_errors(figures, way),
        share_errors=pd.DataFrame(strays, moved.index),
    )


def _with_districts(
    known: Evidence, area_set: str, gathered: Gathered, measures: Sequence[Measure]
) -> Evidence:
    """Return what is known with the counts added that are published for polling districts."""
    districts = {item.source.area_set for item in gathered.results.values()}
    split = way_split(area_set, gathered.splits)
    for table in gathered.tables:
        if table.area_set not in districts:
            continue
        way = find_way(gathered.atlas, table.area_set, area_set, kappa=split.kappa)
        counts = table.counts[table.counts.columns.difference(known.counts.columns)]
        counts = counts.reindex(counts.index.difference(list(way.unmatched)))
        moved, errors, strays = _from_districts(counts, way, known, split=split, measures=measures)
        known = replace(
            known,
            counts=known.counts.join(moved),
            filled=moved if known.filled is None else known.filled.join(moved),
            origins={**dict.fromkeys(map(str, moved), table.origin), **known.origins},
            errors=errors if known.errors is None else known.errors.join(errors),
            share_errors=strays if known.share_errors is None else known.share_errors.join(strays),
        )
    return known


def _from_districts(
    counts: pd.DataFrame,
    way: Crosswalk,
    known: Evidence,
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
        controlled = {measure.control, measure.control_of} <= set(known.counts)
        if controlled and measure.control and measure.control_of:
            everyone = known.counts[measure.control_of]
            relative = known.counts[measure.control] / everyone.where(everyone > 0)
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
