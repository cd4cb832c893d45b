"""Every area set of a run, and the way between any two of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from geoprio.areas.associations import MUNICIPALITIES
from geoprio.areas.crosswalk import (
    KAPPA,
    Control,
    Crosswalk,
    Pieces,
    Positions,
    Shapes,
    as_crosswalk,
    crosswalk_of,
    merge_sources,
    merge_targets,
    refuse_orphans,
    share_ground,
    with_kappa,
)
from geoprio.areas.ways import nest_crosswalk, official_crosswalk, whole_crosswalk
from geoprio.errors import ConfigError, ContractError, CoverageError
from geoprio.tables import AREAS, CROSSWALK, CRS, NOT_TOLD, check

GAP_WIDTH_M = 50.0
"""A hole narrower than this is a gap between two drawings, not an area of its own: DeSO is
published simplified to about 50 m (gaps there reach 39 m, the narrowest real hole is 152 m)."""


MUNICIPALITY_DIGITS = 4
"""Digits of a municipality's code: a whole one that stands in a set of smaller areas bears it."""

KIND = "RegSO-"
"""What the publisher's key writes before some names of the larger areas."""

SLIVER = 0.01
"""Part (0-1) of the smaller of two areas that may lie on the other: lines are drawn by hand."""


def overlapping(areas: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the codes of each two areas of one set (AREAS) that lie on each other."""
    shapes, codes = areas.geometry.to_numpy(), areas.index
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    both = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    size = shapely.area(shapes)
    wide = both > SLIVER * np.minimum(size[first], size[second])
    return sorted(zip(codes[first[wide]], codes[second[wide]], strict=True))


def dissolve(
    areas: gpd.GeoDataFrame, parent: pd.Series, *, names: pd.Series | None = None
) -> gpd.GeoDataFrame:
    """Return the parents of `areas` as an area set of their own (AREAS).

    Parameters
    ----------
    areas
        AREAS.
    parent
        Parent's code by area code; codes that are not in `areas` are passed over.
    names
        Name by parent code; a parent without one is called by its code.

    Returns
    -------
    parents
        AREAS in EPSG:3006, sorted by the parents' codes; gaps of a metre or less are filled.

    Raises
    ------
    CoverageError
        Areas without a parent.
    ContractError
        A parent in two municipalities, or areas that break their contract.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import shapely
    >>> from geoprio import dissolve
    >>> codes = pd.Index(["a", "b"], name="area_code")
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_name": ["A", "B"], "municipality_code": "0199"},
    ...     geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
    ...     index=codes,
    ...     crs=3006,
    ... )
    >>> whole = dissolve(areas, pd.Series("p", codes), names=pd.Series({"p": "Parent"}))
    >>> whole["area_name"].tolist(), whole.area.tolist()
    (['Parent'], [2000000.0])
    """
    check(areas, AREAS)
    refuse_orphans(areas.index, parent)
    group, codes = pd.factorize(parent.reindex(areas.index), sort=True)
    index = pd.Index(codes, name="area_code").astype(str)
    label = pd.Series(index, index=index)
    if names is not None:
        label = names.reindex(index).fillna(label)
    frame = gpd.GeoDataFrame(
        {
            "area_name": label.astype(str),
            "municipality_code": _one_municipality(areas, pd.Series(group, areas.index), index),
        },
        geometry=fill_gaps(_union_by_group(np.asarray(areas.geometry), group)),
        index=index,
        crs=CRS,
    )
    return check(frame, AREAS)


def fill_gaps(shapes: Shapes, *, width: float = GAP_WIDTH_M) -> Shapes:
    """Return the shapes without holes narrower than `width` metres (2 * area / perimeter)."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.diff(part, prepend=-1) > 0
    disc = shapely.polygons(rings)
    wide = 2 * shapely.area(disc) >= width * shapely.length(disc)
    kept = outer | wide
    filled = shapely.polygons(rings[kept], indices=part[kept])
    return _union_by_group(filled, owner)


def _union_by_group(shapes: Shapes, group: Positions) -> Shapes:
    order = np.argsort(group, kind="stable")
    bundles = shapely.geometrycollections(shapes[order], indices=group[order])
    union: Shapes = shapely.union_all(bundles[:, np.newaxis], axis=1)
    return union


def _one_municipality(areas: gpd.GeoDataFrame, group: pd.Series, codes: pd.Index) -> pd.Series:
    found = areas["municipality_code"].groupby(group).agg(["first", "nunique"])
    torn = codes[found["nunique"] > 1]
    if len(torn):
        raise ContractError("parent_in_several_municipalities", parents=torn[:5], count=len(torn))
    municipality: pd.Series = found["first"].set_axis(codes)
    return municipality


@dataclass(frozen=True)
class Atlas:
    """The area sets of a run around one base set, whose residents are known."""

    base: str
    sets: Mapping[str, gpd.GeoDataFrame]
    """AREAS by set name; the base carries `population_count` too."""
    nested: Mapping[str, pd.Series]
    """By larger set, the code that each base area lies in; from the smallest set to the largest."""
    ways: Mapping[tuple[str, str], Crosswalk] = field(default_factory=dict)
    """Overlays already made, by source and target set."""
    ground: Mapping[tuple[str, str], Pieces] = field(default_factory=dict)
    """What the sets of these overlays share."""
    doors: gpd.GeoDataFrame | None = None
    """Where people live, as far as the user has said; see `count_doors`."""

    def stand_ins(self, name: str) -> pd.Index:
        """Return the whole municipalities that stand in a set of areas which does not reach them.

        None in the base set and in those that it nests in.
        """
        codes, towns = self.sets[name].index, self.sets[MUNICIPALITIES].index
        nests = name == self.base or name in self.nested
        whole: pd.Index = codes[[False] * len(codes)] if nests else codes.intersection(towns)
        return whole

    @property
    def population(self) -> pd.Series:
        """Residents by base code."""
        return pd.Series(self.sets[self.base]["population_count"])

    @property
    def residents(self) -> pd.Series:
        """Residents by code of the base set and of every set that it nests in."""
        base = self.population
        larger = [base.groupby(codes).sum(min_count=1) for codes in self.nested.values()]
        everyone: pd.Series = pd.concat([base, *larger])
        return everyone

    def parts(self, name: str) -> dict[str, pd.Series]:
        """Return the sets that lie whole in set `name`: by set, each code's area in `name`."""
        within = {name: _identity(self.sets[name])}
        if name not in self.nested:
            return within
        within[self.base] = self.nested[name]
        for other, codes in self.nested.items():
            pairs = pd.DataFrame({"part": codes, "whole": self.nested[name]}).drop_duplicates()
            if other != name and pairs["part"].is_unique:
                within[other] = pairs.set_index("part")["whole"]
        return within

    def parents(self, name: str) -> dict[str, pd.Series]:
        """Return the sets that `name` lies in, the nearest first: by set, each area's parent."""
        if name == self.base:
            return dict(self.nested)
        if name == MUNICIPALITIES:
            return {}
        return {MUNICIPALITIES: self.sets[name]["municipality_code"].rename(None)}


def build_atlas(
    base: tuple[str, gpd.GeoDataFrame],
    population: pd.Series,
    larger: tuple[str, pd.DataFrame] | None,
    others: Mapping[str, gpd.GeoDataFrame],
    *,
    municipality_names: pd.Series,
) -> Atlas:
    """Return the atlas of a county.

    Parameters
    ----------
    base
        Name and AREAS of the set whose residents are known.
    population
        Residents by base code.
    larger
        Name of the set that the base nests in, and its key: `parent_code` and `parent_name` by
        base code; None where the base nests in municipalities alone.
    others
        AREAS of sets that do not nest. Where one covers only some municipalities, the others stand
        in it as whole municipalities. An area that does not say its municipality belongs to the
        one that holds most of its ground, and is left out where most of it is outside the county.
    municipality_names
        Name by municipality code.
    """
    name, areas = base
    own = areas["municipality_code"].rename(None)
    towns = dissolve(areas, own, names=municipality_names)
    sets = {name: areas.assign(population_count=population.reindex(areas.index))}
    nested = {}
    if larger is not None:
        parent_set, key = larger
        # Tables are joined by the publisher's own names; people say Nydala norr.
        key = key.assign(parent_name=key["parent_name"].str.removeprefix(KIND))
        nested[parent_set] = key["parent_code"].reindex(areas.index).rename(None)
        names = key.drop_duplicates("parent_code").set_index("parent_code")["parent_name"]
        sets[name] = sets[name].assign(area_name=_called_by_parent(areas, key))
        sets[parent_set] = dissolve(areas, nested[parent_set], names=names)
    nested[MUNICIPALITIES] = own
    sets |= {
        MUNICIPALITIES: towns,
        **{
            other: _cover(_told_apart(_at_home(part, towns)), towns)
            for other, part in others.items()
        },
    }
    return Atlas(base=name, sets=sets, nested=nested)


def keep_way(atlas: Atlas, source: str, target: str) -> Atlas:
    """Return the atlas with the way between two sets kept, so that they are overlaid only once."""
    pair = source, target
    ground = {**atlas.ground, pair: _ground(atlas, source, target)}
    atlas = replace(atlas, ground=ground)
    return replace(atlas, ways={**atlas.ways, pair: find_way(atlas, source, target)})


def keep_ways(atlas: Atlas, targets: Iterable[str]) -> Atlas:
    """Return the atlas with the ways kept from the base set to those of `targets` it is not in."""
    for target in sorted(set(targets) - {atlas.base, *atlas.nested}):
        atlas = keep_way(atlas, atlas.base, target)
    return atlas


def ground_way(atlas: Atlas, source: str, target: str) -> Crosswalk:
    """Return the crosswalk without residents, for what is held against the residents themselves.

    By ground alone, or by the doors on it where they are known.
    """
    sets = atlas.sets[source], atlas.sets[target]
    return crosswalk_of(
        _ground(atlas, source, target), sets, Control(None, atlas.doors), kappa=KAPPA
    )


def _ground(atlas: Atlas, source: str, target: str) -> Pieces:
    if (target, source) in atlas.ground:
        return atlas.ground[target, source].turned()
    if (source, target) in atlas.ground:
        return atlas.ground[source, target]
    return share_ground(atlas.sets[source], atlas.sets[target])


def keep_official_way(atlas: Atlas, mapping: pd.DataFrame, source: str, target: str) -> Atlas:
    """Return the atlas with the way between two vintages kept, official pairs before geometry.

    Raises
    ------
    ConfigError
        The atlas lacks the borders of one of them.
    CoverageError
        The mapping names areas that have no borders.
    """
    way = official_crosswalk(mapping, find_way(atlas, source, target))
    return replace(atlas, ways={**atlas.ways, (source, target): way})


def find_way(atlas: Atlas, source: str, target: str, *, kappa: float = KAPPA) -> Crosswalk:
    """Return the crosswalk from one set to another, residents as control (METHOD 2).

    Nested sets go by the key; others by overlay with the base set's residents as control, split
    errors by `kappa`.

    Raises
    ------
    ConfigError
        The atlas has no such set.
    """
    unknown = [name for name in (source, target) if name not in atlas.sets]
    if unknown:
        raise ConfigError("area_set_without_borders", unknown=unknown, sets=sorted(atlas.sets))
    way = _way(atlas, source, target, kappa)
    check(way.frame, CROSSWALK)
    return way


def _way(atlas: Atlas, source: str, target: str, kappa: float) -> Crosswalk:
    if source in atlas.parts(target):
        return whole_crosswalk(atlas.parts(target)[source])
    if target == atlas.base and source in atlas.nested:
        return nest_crosswalk(atlas.nested[source], atlas.population)
    if target in atlas.nested and source not in atlas.nested:
        to_base = _overlay_way(atlas, source, atlas.base, kappa)
        return merge_targets(to_base, atlas.nested[target], kappa=kappa)
    if source in atlas.nested and target not in atlas.nested:
        from_base = _overlay_way(atlas, atlas.base, target, kappa)
        parts = nest_crosswalk(atlas.nested[source], atlas.population)
        return merge_sources(from_base, parts, kappa=kappa)
    return _overlay_way(atlas, source, target, kappa)


def _overlay_way(atlas: Atlas, source: str, target: str, kappa: float) -> Crosswalk:
    """Overlay two sets; what drawing noise lays across a municipality's border stays at home."""
    if (source, target) in atlas.ways:
        return with_kappa(atlas.ways[source, target], kappa)
    sources, targets = atlas.sets[source], atlas.sets[target]
    ground = _ground(atlas, source, target)
    control = Control(atlas.sets[atlas.base], atlas.doors)
    way = crosswalk_of(ground, (sources, targets), control, kappa=kappa)
    home = way.frame["source_code"].map(sources["municipality_code"])
    inside = home == way.frame["area_code"].map(targets["municipality_code"])
    # A source that lies wholly in its neighbours' drawing keeps what it has.
    stranded = ~inside.groupby(way.frame["source_code"]).transform("any")
    kept = way.frame[inside | stranded]
    weight = kept["weight"] / kept.groupby("source_code")["weight"].transform("sum")
    codes = pd.Index(kept["source_code"]), pd.Index(kept["area_code"])
    return replace(way, frame=as_crosswalk(*codes, weight.to_numpy(), kappa=kappa))


def _called_by_parent(areas: gpd.GeoDataFrame, key: pd.DataFrame) -> pd.Series:
    """Name nameless areas for the larger one they lie in: people know Tensta, not 0180C5020."""
    parent = key["parent_name"].reindex(areas.index)
    siblings = parent.groupby(key["parent_code"].reindex(areas.index))
    number = (siblings.cumcount() + 1).astype(str)
    called = parent.where(siblings.transform("size") == 1, parent + " " + number)
    own: pd.Series = areas["area_name"]
    return own.where(own != areas.index, called)


def _at_home(part: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas, each of unknown municipality in the one that holds most of its ground."""
    homeless = part.loc[part["municipality_code"] == NOT_TOLD]
    if homeless.empty:
        return part
    area, town = towns.sindex.query(homeless.geometry, predicate="intersects")
    ground = homeless.geometry.iloc[area].intersection(towns.geometry.iloc[town], align=False).area
    pairs = pd.DataFrame(
        {"code": homeless.index[area], "home": towns.index[town], "ground": ground.to_numpy()}
    )
    half = homeless.area / 2
    within = pairs.groupby("code")["ground"].transform("sum")
    # Equal shares go to the first municipality, so that the order of a file decides nothing.
    pairs = pairs[within > half.reindex(pairs["code"]).to_numpy()]
    pairs = pairs.sort_values(["ground", "home"], ascending=[False, True])
    homes = pairs.drop_duplicates("code").set_index("code")["home"]
    told = part["municipality_code"].where(part["municipality_code"] != NOT_TOLD)
    found = told.fillna(homes.reindex(part.index)).rename("municipality_code")
    if found.isna().all():
        raise CoverageError("area_outside_municipalities", area=homeless.index[0])
    return part.assign(municipality_code=found)[found.notna()]


_POSTAL = re.compile(r"([1-9]\d{2}) ?(\d{2})")


def are_postal_codes(codes: pd.Index) -> bool:
    """Return whether every area is a postal code, but for whole municipalities between them."""
    own = codes[codes.str.len() > MUNICIPALITY_DIGITS]
    return len(own) > 0 and bool(own.str.fullmatch(_POSTAL.pattern).all())


def _told_apart(part: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name areas by their code too where the name alone stands for several of a municipality.

    So is every postal code: all in a town have the locality's name.
    """
    name, code = part["area_name"], part.index.to_series()
    if are_postal_codes(part.index):
        code, several = code.str.replace(_POSTAL, r"\1 \2", regex=True), name.notna()
    else:
        several = part.assign(code=code).duplicated(["municipality_code", "area_name"], keep=False)
    named = (code + " " + name).where(name != part.index, code)
    return part.assign(area_name=named.where(several, name))


def _cover(part: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rest = towns[~towns.index.isin(part["municipality_code"])]
    columns = [*AREAS.columns.keys() & set(part.columns), "geometry"]
    whole = pd.concat([part[columns], rest[["area_name", "municipality_code", "geometry"]]])
    return check(whole.sort_index().rename_axis("area_code"), AREAS)


def _identity(areas: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series(areas.index, index=areas.index)


LEAST_BORDER_M = 1.0
"""Metres of border that two areas share at least; less is a corner."""


def shared_borders(areas: gpd.GeoDataFrame) -> csr_array:
    """Return which areas share a border: 1 or 0, symmetric, rows and columns as in `areas`.

    Areas that meet in a corner only are no neighbours. An area without neighbours, such as an
    island, has an empty row. Where the polygons are generalised and overlap a little, the overlap
    counts as a border.

    Parameters
    ----------
    areas
        AREAS with polygons in metres.
    """
    shapes = areas.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Each pair once.
    one, other = one[one < other], other[one < other]
    met = shapely.intersection(shapes[one], shapes[other])
    border = shapely.length(met) >= LEAST_BORDER_M
    rows, columns = one[border], other[border]
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(areas), len(areas)))
    return csr_array(matrix + matrix.T)
