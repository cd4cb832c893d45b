"""Exact partitions of a polygon: Voronoi cells with jagged borders that neighbours share."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import Voronoi, cKDTree

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

_DECIMALS = 2
_FAR = 40.0
_JAGGED_FROM_M, _JAGGED_TO_M = 15.0, 10_000.0
_JAG = (0.05, 0.35)


def partition(border: shapely.Geometry, seeds: Floats, rng: np.random.Generator) -> Shapes:
    """Return one (multi)polygon per seed; together they cover `border` without gap or overlap.

    Cell borders are written once and noded only where they cross `border`, then polygonized, so
    neighbours share every vertex. What the border cuts off from its seed goes to the nearest seed.

    Parameters
    ----------
    border
        Polygon or multipolygon, metres.
    seeds
        Distinct points inside `border`, shape (n, 2).
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
    """Return each edge as a line with three displaced inner points.

    The middle moves towards one of the edge's two seeds, the quarters towards that seed or back
    towards the straight line: the path stays in the triangle of edge and seed, which no other
    edge enters, so paths never cross. Short edges, and those that lead far out, stay straight.
    """
    size = len(start)
    seed = np.where(rng.random((size, 1)) < 0.5, left, right)
    straight = (start + end) / 2
    middle = _towards(straight, seed, rng)
    quarters = [
        _towards(
            (end_point + middle) / 2, np.where(rng.random((size, 1)) < 0.5, seed, straight), rng
        )
        for end_point in (start, end)
    ]
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
    """Return the union of the faces of each seed: its own and those the border cut off."""
    owner = np.full(len(faces), -1)
    seed, face = shapely.STRtree(faces).query(shapely.points(seeds), predicate="intersects")
    owner[face] = seed
    loose = owner < 0
    rest = shapely.get_coordinates(shapely.point_on_surface(faces[loose]))
    owner[loose] = cKDTree(seeds).query(rest)[1]
    single = np.bincount(owner, minlength=len(seeds)) == 1
    cells = np.empty(len(seeds), dtype=object)
    alone = single[owner]
    cells[owner[alone]] = faces[alone]
    joined = _joined(faces[~alone], owner[~alone])
    cells[joined.index.to_numpy()] = joined.to_numpy()
    return cells


def _joined(faces: Shapes, owner: npt.NDArray[np.int64]) -> gpd.GeoSeries:
    frame = gpd.GeoDataFrame({"owner": owner}, geometry=faces)
    return frame.dissolve("owner", method="coverage").geometry
