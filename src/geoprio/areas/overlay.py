"""Overlay of two area sets: every pair of areas that share ground, in two threads.

GEOS does the geometry and shapely releases the interpreter lock, so the spatial query and the
intersections of one chunk of areas run beside those of another.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[Any]
Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Extents = tuple[Floats, Floats]

THREADS = 2
_SIDES = np.stack([f(np.arange(8) * np.pi / 8) for f in (np.cos, np.sin)])
_DEEP = 0.1  # pairs that overlap deeper than this, seen from all sides, are hardly ever apart
_CHUNKS = 64  # many more than threads, since coastlines make some chunks ten times as heavy


@dataclass(frozen=True)
class Pieces:
    """The shared ground of two sets: piece k is of `left[k]` and `right[k]`.

    Pairs that only touch have no ground to share and are left out; rows are sorted by left, right.
    """

    left: Positions
    right: Positions
    area: Floats
    """In m2."""
    perimeter: Floats
    """In metres; empty unless perimeters were asked for."""
    shape: Shapes
    """Empty unless shapes were asked for."""


def overlay(
    left: Shapes,
    right: Shapes,
    *,
    perimeters: bool = False,
    shapes: bool = False,
    threads: int = THREADS,
) -> Pieces:
    """Return the pieces that `left` and `right` share.

    The result does not depend on the number of threads. Without `shapes` each chunk frees its own,
    which is faster than holding all of them.
    """
    if not (len(left) and len(right)):
        nothing = np.empty(0)
        return Pieces(nothing.astype(np.intp), nothing.astype(np.intp), nothing, nothing, left[:0])
    tree = shapely.STRtree(right)
    extents = _measure_extents(right)
    bounds = np.linspace(0, len(left), min(_CHUNKS, len(left)) + 1).astype(np.intp)

    def chunk(start: int, stop: int) -> Pieces:
        some = left[start:stop]
        near, far = tree.query(some)
        met = _meet(some, right, (near, far), (_measure_extents(some), extents))
        near, far = near[met], far[met]
        order = np.lexsort((far, near))
        near, far = near[order] + start, far[order]
        shape = shapely.intersection(left[near], right[far])
        area = shapely.area(shape)
        kept = area > 0
        perimeter = shapely.length(shape[kept if perimeters else []])
        return Pieces(near[kept], far[kept], area[kept], perimeter, shape[kept if shapes else []])

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(chunk, bounds[:-1], bounds[1:]))
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Pieces(*map(np.concatenate, columns))


def _measure_extents(shapes: Shapes) -> Extents:
    """Return where each shape begins and ends along eight directions (directions x shapes)."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    along = _SIDES.T @ xy.T
    return np.minimum.reduceat(along, first, axis=1), np.maximum.reduceat(along, first, axis=1)


def _meet(
    left: Shapes, right: Shapes, pair: tuple[Positions, Positions], extents: tuple[Extents, Extents]
) -> npt.NDArray[np.bool_]:
    """Return which pairs may share ground, with an exact test only where that is in doubt.

    Testing all pairs whose boxes meet costs an eighth of intersecting them. Most pairs need no
    test: from some side they stand apart, or from every side they overlap so deeply that one may
    as well intersect them (a pair that is apart after all has no area).
    """
    near, far = pair
    (low, high), (far_low, far_high) = extents
    low, high, far_low, far_high = low[:, near], high[:, near], far_low[:, far], far_high[:, far]
    overlap = np.minimum(high, far_high) - np.maximum(low, far_low)
    deep = overlap >= _DEEP * np.minimum(high - low, far_high - far_low)
    meet: npt.NDArray[np.bool_] = deep.all(axis=0)
    doubt = np.flatnonzero((overlap >= 0).all(axis=0) & ~meet)
    meet[doubt] = shapely.intersects(left[near[doubt]], right[far[doubt]])
    return meet


def find_slivers(pieces: Pieces, left: Shapes, right: Shapes) -> npt.NDArray[np.bool_]:
    """Return which pieces are drawing noise rather than shared ground.

    A sliver is narrower than 1 m (width = 2 * area / perimeter) or holds less than 0.1 % of both
    of its areas.
    """
    width = 2 * pieces.area / pieces.perimeter
    share_of_left = pieces.area / shapely.area(left)[pieces.left]
    share_of_right = pieces.area / shapely.area(right)[pieces.right]
    slivers: npt.NDArray[np.bool_] = (width < 1.0) | (
        np.maximum(share_of_left, share_of_right) < 0.001
    )
    return slivers
