"""Which counts must be withheld so that small ones cannot be worked out (METHOD 3)."""

from dataclasses import replace

import numpy as np

from geoprio.groups.hierarchy import Cells, Flags, Hierarchy, Numbers, Places, intervals

TOLERANCE = 1e-6
"""Persons; rounding noise of sums over the county stays far below."""
_FAR = 1e15


def withhold(
    tree: Hierarchy, cells: Cells, small: Flags, *, minimum_count: int, also: Flags | None = None
) -> Flags:
    """Return which counts are withheld: the small ones, those of `also`, and others for their sake.

    Until the rule holds for every withheld count, one more is withheld in each family where it does
    not: the sibling that costs least (see `_cost`), else the parent's total; and where a withheld
    total could be added up from its parts, one of them. Asked of a reader who takes it that "visas
    inte" is never a small count; in a place so small that this cannot be, of one who does not.
    """
    first = small.copy() if also is None else small | also
    hidden = _helped(tree, cells, small, first, minimum_count)
    if keeps_rule(tree, cells, hidden, small, minimum_count=minimum_count).all():
        return hidden
    return _helped(tree, naive(cells), small, first, minimum_count)


def naive(cells: Cells) -> Cells:
    """Return what a reader knows beforehand who concludes nothing from "visas inte"."""
    return replace(cells, floors=np.zeros_like(cells.floors))


def _helped(tree: Hierarchy, cells: Cells, small: Flags, first: Flags, minimum_count: int) -> Flags:
    hidden = first.copy()
    while True:
        failing = ~keeps_rule(tree, cells, hidden, small, minimum_count=minimum_count)
        more = _next(tree, cells, hidden, failing, minimum_count)
        if not len(more):
            return hidden
        hidden[more] = True


def keeps_rule(
    tree: Hierarchy, cells: Cells, hidden: Flags, small: Flags, *, minimum_count: int
) -> Flags:
    """Return for each count whether it is printed or protected as METHOD 3 asks.

    A small one can be anything from 0 to `minimum_count` - 1, any other is at least
    `minimum_count` - 1 wide; less only where its base leaves less before anything is printed.
    """
    low, high = intervals(tree, cells, hidden)
    reach = np.minimum(minimum_count - 1, cells.limits - cells.floors)
    for_small = (low <= TOLERANCE) & (high >= reach - TOLERANCE)
    for_others = high - low >= reach - TOLERANCE
    kept: Flags = ~hidden | np.where(small, for_small, for_others)
    return kept


def _next(
    tree: Hierarchy, cells: Cells, hidden: Flags, failing: Flags, minimum_count: int
) -> Places:
    """Return what to withhold next; nothing when no count fails."""
    nodes = np.arange(len(hidden))
    below = nodes[tree.parent >= 0]
    hidden_children = tree.sums(hidden.astype(float), below)
    children = np.bincount(tree.parent[below], minlength=len(nodes))
    # A total that is withheld while all its parts are printed helps only with a part withheld.
    bare = (children > 0) & (hidden_children == 0)
    cost = _cost(cells, hidden, minimum_count, bare=bare)
    chosen = _cheapest_child(tree, cost, failing & bare)
    if len(chosen):
        return chosen
    # The uppermost fault is mended first: below it the ends move with it.
    above = np.where(tree.parent >= 0, tree.parent, nodes)
    waits = failing[above] & (above != nodes)
    asked = np.zeros(len(nodes), bool)
    asked[tree.parent[failing & ~waits & (tree.parent >= 0)]] = True
    while asked.any():
        found = _cheapest_child(tree, cost, asked)
        chosen = np.concatenate([chosen, found])
        asked[tree.parent[found]] = False
        stuck = nodes[asked]
        asked[stuck] = False
        # No sibling is left: the parent's total goes, or where it is gone, help comes from above.
        chosen = np.concatenate([chosen, stuck[~hidden[stuck]]])
        higher = tree.parent[stuck[hidden[stuck]]]
        asked[higher[higher >= 0]] = True
    return np.unique(chosen)


def _cost(cells: Cells, hidden: Flags, minimum_count: int, *, bare: Flags) -> Numbers:
    """Return what withholding each count costs: the persons in its base, which anyone knows.

    By the counts themselves the choice would tell which sibling is the smallest. Much more where
    its parts would have to follow, more still where it has little room below or above. Infinite
    where it is withheld already, or nothing is there to withhold.
    """
    room = np.minimum(cells.counts - cells.floors, cells.limits - cells.counts)
    cost = cells.limits + _FAR * bare + 2 * _FAR * (room < minimum_count - 1)
    return np.where(hidden | (cells.counts < minimum_count), np.inf, cost)


def _cheapest_child(tree: Hierarchy, cost: Numbers, parents: Flags) -> Places:
    """Return one child of each of `parents`, the cheapest; none where none can be withheld."""
    nodes = np.flatnonzero((tree.parent >= 0) & np.isfinite(cost))
    nodes = nodes[parents[tree.parent[nodes]]]
    ordered = nodes[np.lexsort((nodes, cost[nodes]))]
    _, first = np.unique(tree.parent[ordered], return_index=True)
    return ordered[first]
