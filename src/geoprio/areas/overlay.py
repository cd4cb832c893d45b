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

THREADS = 2
_CHUNKS = 64  # many more than threads, since a coastline makes some pairs ten times as heavy
_SEARCHES = 8


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
    which is faster than to hold all of them.
    """
    with ThreadPoolExecutor(threads) as pool:
        near, far = _find_pairs(left, right, pool)

        def chunk(start: int, stop: int) -> tuple[Floats, Floats, Shapes]:
            shape = shapely.intersection(left[near[start:stop]], right[far[start:stop]])
            perimeter = shapely.length(shape) if perimeters else np.empty(0)
            # Not `shape[:0]`: a view would keep every shape of the chunk in memory.
            return shapely.area(shape), perimeter, shape if shapes else np.empty(0, object)

        parts = list(pool.map(chunk, *_cut(len(near), _CHUNKS)))
    area, perimeter, shape = map(np.concatenate, zip(*parts, strict=True))
    kept = area > 0
    return Pieces(
        left=near[kept],
        right=far[kept],
        area=area[kept],
        perimeter=perimeter[kept] if perimeters else perimeter,
        shape=shape[kept] if shapes else shape,
    )


def _find_pairs(
    left: Shapes, right: Shapes, pool: ThreadPoolExecutor
) -> tuple[Positions, Positions]:
    """Return the pairs that touch or share ground, sorted."""
    tree = shapely.STRtree(right)

    def search(start: int, stop: int) -> tuple[Positions, Positions]:
        near, far = tree.query(left[start:stop], predicate="intersects")
        order = np.lexsort((far, near))
        return near[order] + start, far[order]

    found = zip(*pool.map(search, *_cut(len(left), _SEARCHES)), strict=True)
    near, far = map(np.concatenate, found)
    return near, far


def _cut(n: int, chunks: int) -> tuple[Positions, Positions]:
    """Return where the chunks of `n` rows start and stop; one empty chunk of no rows."""
    edges = np.linspace(0, n, max(min(chunks, n), 1) + 1).astype(np.intp)
    return edges[:-1], edges[1:]


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
