"""What the sources say of one area set: published, moved, and how sure each figure is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from geoprio.areas import (
    Atlas,
    Crosswalk,
    fill_from_parents,
    find_way,
    move_counts,
    move_errors,
    move_figures,
    share_error,
    steered,
)
from geoprio.config import Measure
from geoprio.counts.electorates import Move, district_move
from geoprio.counts.inventory import Gathered, single_years, split_errors
from geoprio.tables import COUNTS, check

OWN, MOVED, MODEL = "own", "moved", "model"
"""Origins of a figure beside a larger area's, which is named by its set (METHOD 3): counted for the
area or all its parts, moved to it from areas that it shares with others, made by a model."""
HERE = frozenset({OWN, MOVED, MODEL})
"""Origins of what may be said of the area itself."""
WHOLE = 0.9
"""Part of a larger area's residents from which an area is as good as all of it."""

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
    area_set: str = "kommun"


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
    whence: pd.DataFrame | None = None
    """Origin of each of these figures, by area: `OWN`, `MOVED`, or the set of the larger areas
    whose share it is; a column that is not there is the areas' own."""

    @property
    def best(self) -> pd.DataFrame:
        """`filled`, or `counts` where nothing has been filled."""
        return self.counts if self.filled is None else self.filled

    @property
    def county(self) -> pd.Series:
        """County of each area, that of the municipality which it lies in or is."""
        index = self.counts.index
        town = self.parents[-1].codes if self.parents else pd.Series(index, index)
        return town.astype(str).str[:2]

    def within(self, codes: pd.Index) -> "Evidence":
        """Return the same of some of the areas, and of the larger ones that these lie in."""
        own: dict[str, Any] = {
            field.name: value.loc[codes]
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), (pd.DataFrame, pd.Series))
        }
        inside = ((parent, parent.codes.loc[codes]) for parent in self.parents)
        own["parents"] = tuple(
            replace(parent, codes=homes, counts=parent.counts[parent.counts.index.isin(homes)])
            for parent, homes in inside
        )
        return replace(self, **own)


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
        Parent(
            codes,
            _with_districts(_bare(*gathered.published[name]), name, gathered, ()).counts,
            area_set=name,
        )
        for name, codes in atlas.parents(area_set).items()
    )
    return _with_districts(replace(known, parents=parents), area_set, gathered, measures)


def as_published(
    known: Evidence, columns: Collection[str], area_set: str, gathered: Gathered
) -> Evidence:
    """Return what is known of a set that nests as if columns were published for each of its areas.

    The figures are what they are taken to be now; how sure they are is what a publication would be.
    """
    names = sorted(columns)
    best = known.best.reindex(columns=names)
    counts = known.counts.reindex(columns=known.counts.columns.union(names)).fillna(best)
    whence = known.whence
    if whence is not None:
        whence = whence.assign(**dict.fromkeys(whence.columns.intersection(names), OWN))
    noise = _noise(area_set, counts, gathered)
    return replace(known, counts=counts, noise=noise, whence=whence)


def _bare(counts: pd.DataFrame, origins: Mapping[str, str]) -> Evidence:
    nothing = pd.Series(dtype=float)
    return Evidence(counts, (), nothing, pd.DataFrame(index=counts.index), origins, filled=counts)


def _own(area_set: str, gathered: Gathered) -> Evidence:
    """Return what is published for a set that nests, and for what it lies in."""
    known, origins = gathered.published[area_set]
    parents = gathered.atlas.parents(area_set)
    filled, whence = _filled(known, gathered, parents)
    for table in gathered.tables:
        if table.area_set in parents:
            origins = dict.fromkeys(map(str, table.counts), table.origin) | dict(origins)
    return replace(
        _bare(check(known.astype(float), COUNTS), origins),
        filled=check(filled.astype(float), COUNTS),
        noise=_noise(area_set, known, gathered),
        whence=whence,
    )


def _filled(
    known: pd.DataFrame, gathered: Gathered, parents: Mapping[str, pd.Series]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return COUNTS with their gaps filled from larger areas, and the origin of each figure.

    A larger area that holds one area alone tells what is that area's own.
    """
    filled, whence = known, pd.DataFrame(index=known.index)
    for name, codes in parents.items():
        before, people = filled, known["population_count"]
        filled = fill_from_parents(before, gathered.tables, {name: codes}, people)
        gained = filled.notna() & before.reindex(columns=filled.columns).isna()
        alone = codes.reindex(known.index).map(codes.value_counts()) == 1
        taken = gained.mask(alone, False)
        columns = taken.columns[taken.any()]
        whence = whence.reindex(columns=whence.columns.union(columns), fill_value=OWN)
        whence[columns] = whence[columns].mask(taken[columns], name)
    return filled, whence


def _moved(area_set: str, gathered: Gathered, measures: Sequence[Measure]) -> Evidence:
    """Return the base set's counts moved to a set that does not nest."""
    atlas = gathered.atlas
    base = _own(atlas.base, gathered)
    figures = base.best
    kappa = gathered.splits["to_districts"].kappa
    way = find_way(atlas, atlas.base, area_set, kappa=kappa)
    moved = move_figures(figures, way)
    strays = {
        measure.count: share_error(
            figures[measure.count] / figures[measure.of].where(figures[measure.of] > 0),
            figures[measure.of],
            way,
        )
        for measure in measures
        if {measure.count, measure.of} <= set(figures)
    }
    errors = move_errors(figures, way)
    return replace(
        _bare(moved, base.origins),
        errors=errors,
        share_errors=pd.DataFrame(strays, moved.index),
        whence=_moved_origins(base, moved, way, atlas),
    )


def _moved_origins(
    base: Evidence, moved: pd.DataFrame, way: Crosswalk, atlas: Atlas
) -> pd.DataFrame:
    """Return the origin of counts that are moved from the base set, by area.

    A larger area's share that most of an area's residents bear is no share of the area's, but where
    it holds as good as all of that larger area.
    """
    pieces = way.frame.assign(
        people=way.frame["weight"] * way.frame["source_code"].map(atlas.population)
    )
    beside = way.shared.reindex(moved.index)
    whence = pd.DataFrame(OWN, index=moved.index, columns=moved.columns).mask(beside, MOVED)
    everyone = pieces.groupby("area_code")["people"].sum()
    for name, codes in atlas.parents(atlas.base).items():
        parent = pieces["source_code"].map(codes)
        inside = pieces.groupby([parent, "area_code"])["people"].transform("sum")
        partly = inside < WHOLE * parent.map(atlas.population.groupby(codes).sum())
        taken = pieces["people"].where(partly, 0.0)
        for column, origin in (base.whence if base.whence is not None else pd.DataFrame()).items():
            theirs = taken.where(pieces["source_code"].map(origin) == name, 0.0)
            share = theirs.groupby(pieces["area_code"]).sum() / everyone
            larger = (share > 1 - WHOLE).reindex(moved.index, fill_value=False)
            if column in whence:
                whence[column] = whence[column].mask(larger, name)
    return whence


def _with_districts(
    known: Evidence, area_set: str, gathered: Gathered, measures: Sequence[Measure]
) -> Evidence:
    """Return what is known with the counts added that are published for polling districts."""
    districts = {item.source.area_set for item in gathered.results.values()}
    for table in gathered.tables:
        if table.area_set not in districts:
            continue
        move = district_move(gathered, table.area_set, area_set)
        counts = table.counts[table.counts.columns.difference(known.counts.columns)]
        counts = counts.reindex(counts.index.difference(list(move.way.unmatched)))
        moved, errors, strays = _from_districts(counts, move, known, measures)
        known = replace(
            known,
            counts=known.counts.join(moved),
            filled=moved if known.filled is None else known.filled.join(moved),
            origins={**dict.fromkeys(map(str, moved), table.origin), **known.origins},
            whence=_joined_origins(known.whence, errors),
            errors=errors if known.errors is None else known.errors.join(errors),
            share_errors=strays if known.share_errors is None else known.share_errors.join(strays),
        )
    return known


def _joined_origins(whence: pd.DataFrame | None, errors: pd.DataFrame) -> pd.DataFrame:
    """Return origins with those of counts moved from polling districts beside them."""
    moved = pd.DataFrame(OWN, index=errors.index, columns=errors.columns).mask(errors > 0, MOVED)
    return moved if whence is None else whence.join(moved)


def _from_districts(
    counts: pd.DataFrame, move: Move, known: Evidence, measures: Sequence[Measure]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return districts' counts moved, their errors, and those of the measures' shares.

    A measure with a control is moved in proportion to the group's adults in each area; only how far
    its share strays from theirs is unknown then.
    """
    moved, errors = move_counts(counts, move.way), move.count_errors(counts)
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
            guided = replace(move, way=steered(move.way, relative, kappa=move.split.kappa))
            moved[measure.count] = move_counts(counts[pair], guided.way)[measure.count]
            errors[measure.count] = guided.count_errors(counts[pair])[measure.count]
        strays[measure.count] = _share_error(counts[pair], move, relative)
    return moved, errors, pd.DataFrame(strays, index=moved.index)


def _share_error(pair: pd.DataFrame, move: Move, relative: pd.Series) -> pd.Series:
    """Return the standard error (0-1) of a moved share, group first and all second in `pair`.

    Areas differ by their share over what the control tells (`relative`, the group's share of the
    adults in each target).
    """
    part, whole = (pair.iloc[:, number] for number in (0, 1))
    frame = move.way.frame
    seen = frame["weight"] * frame["area_code"].map(relative)
    expected = seen.groupby(frame["source_code"]).sum().reindex(whole.index) * whole
    error: pd.Series = relative * share_error(
        part / expected.where(expected > 0), whole, move.places, move.closer
    )
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
    if area_set == "kommun" and len(town):
        return noise
    home = atlas.sets[area_set]["municipality_code"]
    split = split_errors(known, town, home)
    split = split[split.columns.intersection(known.columns)]
    disturbance = noise.reindex(columns=split.columns).fillna(0)
    both = (split**2 + disturbance**2) ** 0.5
    return noise.drop(columns=split.columns, errors="ignore").join(both)
