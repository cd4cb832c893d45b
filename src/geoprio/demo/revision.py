"""The demo county's areas drawn anew: DeSO and RegSO of 2025, polling districts of 2026.

The people stay where they are. Some neighbouring DeSO become one, some change RegSO (whose codes
live on, as the real ones do), and some polling districts are added up, cut anew or renumbered.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geoprio.demo.apportionment import Ints, gathered
from geoprio.demo.geography import MOST_DISTRICTS, County, Shapes, regso_of
from geoprio.demo.people import Living, People
from geoprio.tables import CRS

SAME, SUMMED, APART = "Kan jämföras", "Kan jämföras mot flera", "Ej jämförbart"
_MERGED_DESO, _MOVED_DESO = 0.05, 0.15
_SUMMED, _CUT, _RENUMBERED = 0.04, 0.45, 0.02

Pairs = tuple[Ints, Ints]


@dataclass(frozen=True)
class Revision:
    """The county with its areas of 2025 and 2026."""

    county: County
    """Its `pieces` have a row per piece of the county before, in the same order: `deso` and
    `district` are row numbers in the frames here."""
    deso: Ints
    """Row number here of each DeSO of 2018."""
    comparison: pd.DataFrame
    """One row per district here, in order: `status`, and the codes it had, `first` and `second`
    ("" for none)."""


def revise(county: County, *, rng: np.random.Generator) -> Revision:
    """Return the county with new areas."""
    home = county.deso["regso_code"].to_numpy()
    joined = _neighbours(county.pieces["district"], county.pieces["deso"], home, rng)
    deso, new_deso = _merge_deso(county, joined, rng)
    deso = deso.assign(regso_code=_moved(deso, rng))
    regso = regso_of(deso, "unary")
    regso = regso.assign(area_name=county.regso["area_name"].reindex(regso.index))
    towns = county.districts["municipality_code"].to_numpy()
    beside = _neighbours(county.pieces["deso"], county.pieces["district"], towns, rng)
    districts, district, comparison = _redraw(county, beside, rng)
    pieces = county.pieces.assign(
        deso=new_deso[county.pieces["deso"].to_numpy()], district=district
    )
    later = County(deso, regso, districts, pieces, county.published)
    return Revision(later, new_deso, comparison)


def merge_people(people: People, group: Ints) -> People:
    """Return the people by area after areas have become one."""
    size = int(group.max()) + 1
    return People(**{name: gathered(part, group, size) for name, part in vars(people).items()})


def merge_living(living: Living, group: Ints) -> Living:
    """Return how they live by area after areas have become one; means are weighted by earners."""
    size, whole = int(group.max()) + 1, {k: v for k, v in vars(living).items() if k != "income"}
    summed = {name: gathered(part, group, size) for name, part in whole.items()}
    earned = np.rint(10 * np.nan_to_num(living.income)).astype(np.int64) * living.earners
    money, earners = gathered(earned, group, size) / 10, summed["earners"]
    mean = np.divide(money, earners, out=np.full(money.shape, np.nan), where=earners > 0)
    return Living(**summed, income=np.round(mean, 1))


def _neighbours(
    shared: pd.Series, area: pd.Series, home: Shapes, rng: np.random.Generator
) -> Pairs:
    """Return pairs of areas that meet in the same `shared` area and have one home, each area once.

    Every possible pair draws a lot, and one that has the lowest of both its areas is taken.
    """
    meetings = pd.DataFrame({"shared": shared.to_numpy(), "area": area.to_numpy()})
    pairs = meetings.merge(meetings, on="shared").query("area_x < area_y")
    pairs = pairs[home[pairs["area_x"]] == home[pairs["area_y"]]]
    pairs = pairs[["area_x", "area_y"]].drop_duplicates().sort_values(["area_x", "area_y"])
    left, right = pairs["area_x"].to_numpy(np.int64), pairs["area_y"].to_numpy(np.int64)
    lot = rng.random(len(pairs))
    lowest = np.full(len(home), np.inf)
    np.minimum.at(lowest, left, lot)
    np.minimum.at(lowest, right, lot)
    taken = (lowest[left] == lot) & (lowest[right] == lot)
    return left[taken], right[taken]


def _merge_deso(
    county: County, pairs: Pairs, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, Ints]:
    """Return DeSO of 2025, and the row in them of each DeSO of 2018; the lower code lives on."""
    left, right = pairs
    some = rng.random(len(left)) < _MERGED_DESO * 2
    keeper = np.arange(len(county.deso))
    keeper[right[some]] = left[some]
    rows, group = np.unique(keeper, return_inverse=True)
    shapes = np.asarray(county.deso.geometry).copy()
    shapes[left[some]] = shapely.union(shapes[left[some]], shapes[right[some]])
    return county.deso.iloc[rows].set_geometry(shapes[rows], crs=CRS), group.astype(np.int64)


def _moved(deso: gpd.GeoDataFrame, rng: np.random.Generator) -> Shapes:
    """Return the RegSO of each DeSO after some have gone to the nearest other one."""
    own = deso["regso_code"].to_numpy()
    place = deso.geometry.representative_point()
    near = place.sindex.nearest(place, exclusive=True, return_all=False)[1]
    towns = deso["municipality_code"].to_numpy()
    roomy = deso["regso_code"].map(deso["regso_code"].value_counts()).to_numpy() > 2
    chosen = rng.random(len(deso)) < _MOVED_DESO
    first = ~pd.Series(own).where(chosen).duplicated().to_numpy()
    goes = chosen & first & roomy & (own[near] != own) & (towns[near] == towns)
    return np.asarray(np.where(goes, own[near], own))


def _redraw(
    county: County, pairs: Pairs, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, Ints, pd.DataFrame]:
    """Return districts of 2026, each piece's row in them, and how they compare."""
    old, size = county.districts, len(county.districts)
    lot = rng.random(len(pairs[0]))
    summed = tuple(side[lot < _SUMMED] for side in pairs)
    cut = tuple(side[(lot >= _SUMMED) & (lot < _SUMMED + _CUT)] for side in pairs)
    keeper = np.arange(size)
    keeper[summed[1]] = summed[0]
    district = keeper[county.pieces["district"].to_numpy(np.int64)]
    district, recut = _cut(county, district, cut)
    changed = np.concatenate([summed[0], recut])
    shapes = np.asarray(old.geometry).copy()
    shapes[changed] = _union(county, district, changed)
    second = np.full(size, "", dtype=object)
    second[summed[0]] = old.index.to_numpy()[summed[1]]
    status = np.full(size, SAME, dtype=object)
    status[summed[0]] = SUMMED
    status[recut] = APART
    first = np.where(status == APART, "", old.index.to_numpy())
    renumbered = (status == SAME) & (rng.random(size) < _RENUMBERED)
    renumbered[np.intersect1d(recut, cut[1])] = True
    codes = pd.Index(_codes(old, renumbered), name="area_code")
    rows = np.flatnonzero(keeper == np.arange(size))
    rows = rows[np.argsort(codes[rows], kind="stable")]
    place = np.full(size, -1)
    place[rows] = np.arange(len(rows))
    districts = old.set_geometry(shapes, crs=CRS).set_axis(codes).iloc[rows]
    comparison = {"status": status, "first": first, "second": second}
    compared = pd.DataFrame(comparison, index=codes).iloc[rows]
    return districts, place[district].astype(np.int64), compared


def _cut(county: County, district: Ints, pairs: tuple[Ints, ...]) -> tuple[Ints, Ints]:
    """Return each piece's district after pairs were cut across, and the districts of those pairs.

    A pair is cut by a line through both; one where a side would be empty stays.
    """
    left, right = pairs
    centre = shapely.get_coordinates(
        shapely.point_on_surface(np.asarray(county.districts.geometry))
    )
    partner = np.full(len(county.districts), -1)
    partner[left], partner[right] = right, left
    mine = np.flatnonzero(partner[district] >= 0)
    low = np.minimum(district[mine], partner[district[mine]])
    high = np.maximum(district[mine], partner[district[mine]])
    spot = shapely.get_coordinates(shapely.point_on_surface(_pieces(county, mine)))
    along = centre[high] - centre[low]
    offset = spot - (centre[low] + centre[high]) / 2
    side = along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0] > 0
    both = pd.Series(side).groupby(low).transform("nunique").to_numpy() == 2
    out = district.copy()
    out[mine[both]] = np.where(side, high, low)[both]
    return out, np.unique(np.concatenate([low[both], high[both]]))


def _pieces(county: County, rows: Ints) -> Shapes:
    pieces = county.pieces.iloc[rows]
    shapes: Shapes = shapely.intersection(
        np.asarray(county.deso.geometry)[pieces["deso"]],
        np.asarray(county.districts.geometry)[pieces["district"]],
    )
    return shapes


def _union(county: County, district: Ints, changed: Ints) -> Shapes:
    rows = np.flatnonzero(np.isin(district, changed))
    parts = gpd.GeoSeries(shapely.buffer(_pieces(county, rows), 0), crs=CRS)
    shapes = gpd.GeoDataFrame({"district": district[rows]}, geometry=parts).dissolve("district")
    return np.asarray(shapes.geometry.reindex(changed))


def _codes(old: gpd.GeoDataFrame, renumbered: npt.NDArray[np.bool_]) -> Shapes:
    """Return the codes, the renumbered ones with numbers that no district has had."""
    codes: Shapes = old.index.to_numpy().astype(object)
    towns = old["municipality_code"].to_numpy()
    for town in np.unique(towns[renumbered]):
        used = {int(code.removeprefix(town)) for code in codes[towns == town]}
        free = [number for number in range(MOST_DISTRICTS - 1, 0, -1) if number not in used]
        rows = np.flatnonzero(renumbered & (towns == town))[: len(free)]
        codes[rows] = [f"{town}{number:04d}" for number in free[: len(rows)]]
    return codes
