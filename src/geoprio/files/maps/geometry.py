"""Shapes for the page: light, without gaps between neighbours, no area lost."""

import string
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geoprio.errors import ContractError
from geoprio.tables import CRS
from geoprio.words import Phrase

TOLERANCE = 12.0
"""Simplification in metres: half a pixel at the nearest zoom where a whole area fits a screen."""

GAP = 100.0
"""Gaps between neighbours narrower than this, in metres, are errors of the source's drawing."""

WGS84 = 4326
_SWEDEN = (10.0, 55.0, 25.0, 70.0)


def draw_areas(areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the shapes in EPSG:4326, simplified as one coverage, one for each area given.

    Neighbours keep one common border, so no gap opens between them. Real files overlap and gape by
    some metres; they are cleaned first. Raises ContractError: they do not lie in Sweden, as when
    northing and easting have changed places.
    """
    given = areas.geometry.to_numpy()
    simple = shapely.coverage_simplify(_clean(given), TOLERANCE)
    drawn = gpd.GeoSeries(_keep_all(simple, given), index=areas.index, crs=CRS).to_crs(WGS84)
    _require_sweden(drawn)
    return drawn


def label_points(shapes: gpd.GeoSeries) -> list[list[float]]:
    """Return where a name stands, [latitude, longitude]: the centroid, else a point inside."""
    geometry = shapes.to_numpy()
    return lat_lon(_inside(geometry, shapely.centroid(geometry)))


def places(shapes: gpd.GeoSeries, municipality: pd.Series, names: pd.Series) -> dict[str, Any]:
    """Return names, label points and weights of municipalities.

    A name stands where the municipality's areas lie thickest, not out in its archipelago. The
    weight is the number of areas: the larger place keeps its name where two collide.
    """
    geometry = shapes.to_numpy()
    centres = shapely.get_coordinates(shapely.centroid(geometry))
    by_code = pd.DataFrame(centres).groupby(municipality.to_numpy())
    middles = by_code.median()
    points = shapely.points(middles.to_numpy())
    home = middles.index.get_indexer(pd.Index(municipality))
    hit = np.bincount(home, shapely.intersects(geometry, points[home]), len(points)) > 0
    for place in np.flatnonzero(~hit):
        points[place] = shapely.union_all(geometry[home == place]).point_on_surface()
    return {
        "names": names.reindex(middles.index).fillna("").tolist(),
        "points": lat_lon(points),
        "weights": by_code.size().tolist(),
    }


def bounds_of(shapes: gpd.GeoSeries) -> list[list[float]]:
    """Return the corners of everything, [[south, west], [north, east]] in degrees."""
    west, south, east, north = shapes.total_bounds
    corners: list[list[float]] = np.round([[south, west], [north, east]], 5).tolist()
    return corners


def _clean(given: np.ndarray) -> np.ndarray:
    """Return the shapes as a coverage where shapely can make one (2.2 and later), else as given.

    Points closer than the simplification's own tolerance are joined; besides being invisible
    afterwards, that takes most gaps away at a third of the time it takes to fill them.
    """
    clean = getattr(shapely, "coverage_clean", None)
    if clean is None or shapely.coverage_is_valid(given, gap_width=GAP):
        return given
    return _keep_all(clean(given, gap_width=GAP, snapping_distance=TOLERANCE), given)


def _keep_all(changed: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Take the given shape where the changed one is empty or has lost more than half its area."""
    lost = shapely.is_empty(changed) | (shapely.area(changed) < shapely.area(given) / 2)
    return np.where(lost, given, changed)


def _inside(geometry: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Take a point on the surface where the wanted point misses its shape."""
    return np.where(
        shapely.intersects(geometry, wanted), wanted, shapely.point_on_surface(geometry)
    )


def lat_lon(points: np.ndarray) -> list[list[float]]:
    """Return points in degrees as [latitude, longitude]."""
    pairs: list[list[float]] = np.round(shapely.get_coordinates(points)[:, ::-1], 5).tolist()
    return pairs


def _require_sweden(drawn: gpd.GeoSeries) -> None:
    west, south, east, north = drawn.total_bounds
    if west < _SWEDEN[0] or south < _SWEDEN[1] or east > _SWEDEN[2] or north > _SWEDEN[3]:
        found = Phrase("degrees", west=west, east=east, south=south, north=north)
        raise ContractError("areas_outside_sweden", found=found)


PRECISION = 100_000
"""Steps per degree: five decimals, about one metre."""

STEPS = string.digits + string.ascii_letters + "+-"
"""The digits of base 64 in which numbers are told."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Rings:
    """All rings in a row, each cut so that it begins where one of its arcs does."""

    points: Ints
    """Of whole steps, one row a point; a ring's closing point is left out."""
    vertex: Ints
    """Number of each point, alike for points that are alike."""
    edge: Ints
    """Number of the edge from each point to the next, alike in both directions."""
    starts: npt.NDArray[np.bool_]
    """Where an arc begins."""
    sizes: Ints
    """Points in each ring."""


def written(whole: Ints) -> list[str]:
    """Return whole numbers as letters; negative ones become odd (-1 is 1), the others even.

    Each text holds one digit of base 64 of every number, the lowest first. That packs a fifth
    tighter than numbers do.
    """
    letters, told = np.frombuffer(STEPS.encode(), np.uint8), []
    left = np.where(whole < 0, -2 * whole - 1, 2 * whole)
    while left.any():
        told.append(letters[left % len(STEPS)].tobytes().decode("ascii"))
        left //= len(STEPS)
    return told


def written_steps(points: Ints) -> list[str]:
    """Return the steps from each point to the next, the first from 0, as `written` has them."""
    return written(np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel())


def encode_shapes(shapes: gpd.GeoSeries) -> dict[str, list[int] | list[str]]:
    """Return polygons in degrees as whole numbers, each shared border once.

    `xy` holds longitude and latitude in turn, in units of 1 / `PRECISION` degree, as
    `written_steps` has them; `arcs` the points of each arc, both ends included. `refs` says of
    which arcs the rings are made, in order: `n`, or `-1 - n` where arc n is gone along from its
    end, each as the difference from the one before. `rings`, `parts` and `areas` hold arcs per
    ring, rings per polygon, polygons per area.
    """
    polygons, area_of = shapely.get_parts(shapes.to_numpy(), return_index=True)
    lines, polygon_of = shapely.get_rings(polygons, return_index=True)
    rings = _cut(lines)
    first = np.flatnonzero(rings.starts)
    # Every edge belongs to one arc, so an arc is known by the least of its edges.
    key = np.minimum.reduceat(rings.edge, first)
    _, stored, arc = np.unique(key, return_index=True, return_inverse=True)
    # In the order in which they are met, so that the points' steps are short.
    order = np.argsort(stored, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    stored, arc = stored[order], place[arc]
    following = _following(rings.sizes)
    ends = np.stack([rings.vertex[first], rings.vertex[following[first]]])
    along = (ends == ends[:, stored[arc]]).all(axis=0)
    ring_of = np.repeat(np.arange(len(rings.sizes)), rings.sizes)
    xy, sizes = _points(rings, first, following, stored)
    return {
        "xy": written_steps(xy),
        "arcs": sizes.tolist(),
        "refs": np.diff(np.where(along, arc, -1 - arc), prepend=0).tolist(),
        "rings": np.bincount(ring_of[first], minlength=len(lines)).tolist(),
        "parts": np.bincount(polygon_of, minlength=len(polygons)).tolist(),
        "areas": np.bincount(area_of, minlength=len(shapes)).tolist(),
    }


def _cut(lines: npt.NDArray[np.object_]) -> _Rings:
    coordinates, ring_of = shapely.get_coordinates(lines, return_index=True)
    closing = np.cumsum(np.bincount(ring_of, minlength=len(lines))) - 1
    points = np.rint(np.delete(coordinates, closing, axis=0) * PRECISION).astype(np.int64)
    ring_of = np.delete(ring_of, closing)
    sizes = np.bincount(ring_of, minlength=len(lines))
    vertex = np.unique(_paired(*points.T), return_inverse=True)[1]
    edge = _edges(vertex, _following(sizes))
    node = _meets(vertex, edge, _following(sizes))
    # A ring that meets no other border begins at its least vertex, whoever goes along it.
    start = np.cumsum(sizes) - sizes
    lonely = np.add.reduceat(node.astype(int), start) == 0
    node |= lonely[ring_of] & (vertex == np.minimum.reduceat(vertex, start)[ring_of])
    turn = _turn(node, start, sizes)
    return _Rings(points[turn], vertex[turn], edge[turn], node[turn], sizes)


def _following(sizes: Ints) -> Ints:
    """Return the number of the point that follows each point in its ring."""
    following = np.arange(1, sizes.sum() + 1)
    last = np.cumsum(sizes) - 1
    following[last] = last - sizes + 1
    return following


def _edges(vertex: Ints, following: Ints) -> Ints:
    ends = vertex, vertex[following]
    return np.unique(_paired(np.minimum(*ends), np.maximum(*ends)), return_inverse=True)[1]


def _paired(high: Ints, low: Ints) -> Ints:
    """Return one number for each pair of numbers below 2**31, in the order of the pairs."""
    return (high << 32) + low


def _meets(vertex: Ints, edge: Ints, following: Ints) -> npt.NDArray[np.bool_]:
    """Return the points where other than two edges meet: there an arc begins and ends."""
    touch = _paired(np.concatenate([vertex, vertex[following]]), np.tile(edge, 2))
    met = np.bincount(np.unique(touch) >> 32)
    found: npt.NDArray[np.bool_] = met[vertex] != 2
    return found


def _turn(node: npt.NDArray[np.bool_], start: Ints, sizes: Ints) -> Ints:
    """Return the points' order in which every ring begins at its first node."""
    inside = np.arange(len(node)) - np.repeat(start, sizes)
    far = np.where(node, inside, len(node))
    shift = np.repeat(np.minimum.reduceat(far, start), sizes)
    order: Ints = np.repeat(start, sizes) + (inside + shift) % np.repeat(sizes, sizes)
    return order


def _points(rings: _Rings, first: Ints, following: Ints, stored: Ints) -> tuple[Ints, Ints]:
    """Return the points of the stored arcs, one arc after the other, and how many each has."""
    length = np.diff(first, append=len(rings.vertex))[stored]
    begins = np.repeat(first[stored], length + 1)
    inside = np.arange(len(begins)) - np.repeat(np.cumsum(length + 1) - (length + 1), length + 1)
    at = begins + inside
    last = np.cumsum(length + 1) - 1
    at[last] = following[at[last] - 1]
    return rings.points[at], length + 1
