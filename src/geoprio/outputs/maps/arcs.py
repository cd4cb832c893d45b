"""Shapes as arcs: what two areas share is sent once, and looks the same from both sides.

The idea is TopoJSON's (Bostock): rings are cut where three borders meet, and an area is a list of
references to the pieces.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

PRECISION = 100_000
"""Steps per degree: five decimals, about one metre."""

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


def encode_shapes(shapes: gpd.GeoSeries) -> dict[str, list[int]]:
    """Return polygons in degrees as whole numbers, each shared border once.

    `xy` holds longitude and latitude in turn, in units of 1 / `PRECISION` degree, each the
    difference from the point before; `arcs` the points of each arc, both ends included. `refs` says
    of which arcs the rings are made, in order: `n`, or `-1 - n` where arc n is gone along from its
    end. `rings`, `parts` and `areas` hold arcs per ring, rings per polygon, polygons per area.
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
        "xy": np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist(),
        "arcs": sizes.tolist(),
        "refs": np.where(along, arc, -1 - arc).tolist(),
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
    _, vertex = np.unique(points, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
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
    both = np.sort(np.stack([vertex, vertex[following]], axis=1), axis=1)
    _, edge = np.unique(both, axis=0, return_inverse=True)
    return edge.reshape(-1)


def _meets(vertex: Ints, edge: Ints, following: Ints) -> npt.NDArray[np.bool_]:
    """Return the points where other than two edges meet: there an arc begins and ends."""
    touch = np.stack([np.concatenate([vertex, vertex[following]]), np.tile(edge, 2)], axis=1)
    met = np.bincount(np.unique(touch, axis=0)[:, 0])
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
