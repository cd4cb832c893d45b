"""What can be worked out of withheld counts in nested areas when the others are printed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

NO_LIMIT = 1e9
"""Upper end of a count whose base is unknown; finite, so that sums of ends can be subtracted."""
ROUNDING = 1e-9
"""Relative noise of a sum of counts in floating point."""


@dataclass(frozen=True)
class Hierarchy:
    """Areas of nested sets as nodes of a forest, each set's nodes next to each other."""

    parent: Places
    """Place of each node's parent; -1 for a root, whose total is taken for known."""
    depth: Places
    """Distance to the root."""

    @property
    def depths(self) -> range:
        """Distances below a root, the nearest first."""
        return range(1, int(self.depth.max(initial=0)) + 1)

    def at(self, depth: int) -> Places:
        """Return the places of the nodes at a depth."""
        return np.flatnonzero(self.depth == depth)

    def sums(self, values: Numbers, nodes: Places) -> Numbers:
        """Return for every node the sum of its children among `nodes`; 0 without any."""
        above = self.parent[nodes]
        sums = np.bincount(above, weights=values[nodes], minlength=len(self.parent))
        return sums.astype(np.float64)


@dataclass(frozen=True)
class Cells:
    """One group's counts in every area of the hierarchy, and what anyone knows beforehand."""

    counts: Numbers
    floors: Numbers
    """How small each count can be: 0 where "färre än" is printed, else the minimum count, since
    "visas inte" says that it is not that small."""
    limits: Numbers
    """How large each count can be: its base, and the minimum count where "färre än" is printed."""
    gaps: Numbers
    """What each parent's count has beyond its children's: areas that nothing is known of, noise, or
    two estimates that do not add up. Nobody knows it; it is taken to lie between 0 and this."""


def count_gaps(tree: Hierarchy, counts: Numbers) -> Numbers:
    """Return each parent's count less its children's, without the noise of floating point.

    0 for areas without children.
    """
    below = np.flatnonzero(tree.parent >= 0)
    has_children = np.zeros(len(counts), bool)
    has_children[tree.parent[below]] = True
    gaps = np.where(has_children, counts - tree.sums(counts, below), 0.0)
    noise = np.abs(gaps) <= ROUNDING * np.maximum(np.abs(counts), 1.0)
    return np.where(noise, 0.0, gaps)


def intervals(tree: Hierarchy, cells: Cells, hidden: Flags) -> tuple[Numbers, Numbers]:
    """Return the lowest and highest that each count can be, given all counts not `hidden`.

    Exact: families of one parent and its children share at most one area, so one pass upwards and
    one downwards reach the ends of the linear programme `x_parent = sum x_child + g`,
    `floor <= x <= limit`, `g` between 0 and the gap.
    """
    least_gap, most_gap = np.minimum(cells.gaps, 0.0), np.maximum(cells.gaps, 0.0)
    low = _from_below(tree, np.where(hidden, cells.floors, cells.counts), hidden, least_gap)
    high = np.where(hidden, cells.limits, cells.counts)
    high = -_from_below(tree, -high, hidden, -most_gap)
    for depth in tree.depths:
        nodes = tree.at(depth)
        above, asked = tree.parent[nodes], hidden[nodes]
        lows, highs = tree.sums(low, nodes)[above], tree.sums(high, nodes)[above]
        least = low[above] - most_gap[above] - (highs - high[nodes])
        most = high[above] - least_gap[above] - (lows - low[nodes])
        low[nodes] = np.where(asked, np.maximum(low[nodes], least), low[nodes])
        high[nodes] = np.where(asked, np.minimum(high[nodes], most), high[nodes])
    return low, high


def stand_ins(tree: Hierarchy, cells: Cells, hidden: Flags) -> tuple[Numbers, Numbers, Numbers]:
    """Return counts that fit everything printed, and the ends that they lie between.

    What is left of a parent's count when its printed children are taken off is shared out among the
    hidden ones by how far each can go. Nothing goes into it that is not printed, so nothing that is
    made of it tells more than the tables do.
    """
    nothing = np.zeros_like(cells.counts)
    low = _from_below(tree, np.where(hidden, cells.floors, cells.counts), hidden, nothing)
    high = np.where(hidden, cells.limits, cells.counts)
    high = np.maximum(-_from_below(tree, -high, hidden, nothing), low)
    counts = np.where(hidden, (low + high) / 2, cells.counts)
    for depth in tree.depths:
        nodes = tree.at(depth)
        left, width = counts - tree.sums(low, nodes), tree.sums(high - low, nodes)
        part = np.divide(left, width, out=np.zeros_like(left), where=width > 0).clip(0, 1)
        moved = low[nodes] + part[tree.parent[nodes]] * (high - low)[nodes]
        counts[nodes] = np.where(hidden[nodes], moved, counts[nodes])
    low, high = intervals(tree, replace(cells, gaps=nothing), hidden)
    return counts, np.minimum(low, counts).clip(0), np.maximum(high, counts)


def _from_below(tree: Hierarchy, ends: Numbers, hidden: Flags, gaps: Numbers) -> Numbers:
    """Raise the lower ends of hidden counts to what their parts come to at least."""
    low = ends.copy()
    for depth in reversed(tree.depths):
        nodes = tree.at(depth)
        parents = np.unique(tree.parent[nodes])
        reached = np.maximum(low, tree.sums(low, nodes) + gaps)[parents]
        low[parents] = np.where(hidden[parents], reached, low[parents])
    return low
