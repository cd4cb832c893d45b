"""Small counts of sensitive groups are not shown, and cannot be worked out (METHOD 3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.errors import ContractError
from geoprio.tables import NO_ELECTION

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
    """How large each count can be: its base, and one less than the minimum count where "färre än"
    is printed."""
    gaps: Numbers
    """What each parent's count has beyond its children's: noise, or two tables that do not add up.
    Nobody knows it; it is taken to lie between 0 and this."""
    unknown: Flags
    """Which are published nowhere: nobody knows them, and what they add up with hides in them."""


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


def cells_of(
    tree: Hierarchy,
    counts: Numbers,
    sizes: Numbers,
    *,
    minimum_count: int,
    unknown: Flags | None = None,
) -> tuple[Cells, Flags]:
    """Return what anyone knows of some counts beforehand, and which of them are small."""
    nowhere = np.zeros(len(counts), np.bool_) if unknown is None else unknown
    below = np.flatnonzero(tree.parent >= 0)
    small: Flags = ~nowhere & (counts < minimum_count)
    # A total of small counts alone may be small too, for all that its reader is told.
    others = tree.sums((~small).astype(float), below) > 0
    of_small = (tree.sums(small.astype(float), below) > 0) & ~others
    whole = tree.sums(nowhere.astype(float), below) == 0
    cells = Cells(
        counts=counts,
        floors=np.where(small | of_small, 0.0, np.minimum(counts, minimum_count)),
        # Persons are whole: "färre än 10" says at most 9.
        limits=np.where(small, np.maximum(np.minimum(sizes, minimum_count - 1), counts), sizes),
        gaps=np.where(whole & ~nowhere, count_gaps(tree, counts), 0.0),
        unknown=nowhere,
    )
    return cells, small


def intervals(tree: Hierarchy, cells: Cells, hidden: Flags) -> tuple[Numbers, Numbers]:
    """Return the lowest and highest that each count can be, given all known ones not `hidden`.

    Exact: families of one parent and its children share at most one area, so one pass upwards and
    one downwards reach the ends of the linear programme `x_parent = sum x_child + g`, `floor <= x
    <= limit`, `g` between 0 and the gap.
    """
    hidden = hidden | cells.unknown
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


def _from_below(tree: Hierarchy, ends: Numbers, hidden: Flags, gaps: Numbers) -> Numbers:
    """Raise the lower ends of hidden counts to what their parts come to at least."""
    low = ends.copy()
    for depth in reversed(tree.depths):
        nodes = tree.at(depth)
        parents = np.unique(tree.parent[nodes])
        reached = np.maximum(low, tree.sums(low, nodes) + gaps)[parents]
        low[parents] = np.where(hidden[parents], reached, low[parents])
    return low


@dataclass(frozen=True)
class Nest:
    """Area sets that nest in each other."""

    parents: Mapping[str, pd.Series]
    """The smallest set first: by area code, the area of the next set that it lies in. The last
    set's areas lie in roots, such as the county, whose totals are taken for known."""

    @cached_property
    def nodes(self) -> pd.MultiIndex:
        """Every area of every set, and the roots; `area_set` and `area_code`."""
        roots = pd.Index(list(self.parents.values())[-1].unique())
        indexes = {**{name: above.index for name, above in self.parents.items()}, "": roots}
        return pd.MultiIndex.from_arrays(
            [
                np.concatenate([np.repeat(name, len(codes)) for name, codes in indexes.items()]),
                np.concatenate([codes.to_numpy(str) for codes in indexes.values()]),
            ],
            names=["area_set", "area_code"],
        )

    @cached_property
    def tree(self) -> Hierarchy:
        """The areas as places in `nodes`."""
        above = [*list(self.parents)[1:], ""]
        parent = [
            self.places(np.repeat(name, len(codes)), codes.to_numpy(str))
            for name, codes in zip(above, self.parents.values(), strict=True)
        ]
        sizes = [len(part) for part in parent]
        roots = len(self.nodes) - sum(sizes)
        return Hierarchy(
            parent=np.concatenate([*parent, np.full(roots, -1)]),
            depth=np.repeat(range(len(sizes), -1, -1), [*sizes, roots]),
        )

    def places(self, area_set: np.ndarray, area_code: np.ndarray) -> Places:
        """Return the places in `nodes` of areas."""
        return self.nodes.get_indexer(pd.MultiIndex.from_arrays([area_set, area_code]))

    def lay_out(self, values: pd.Series) -> tuple[Numbers, Flags]:
        """Return a value for every node, and which of them are known; `values` are by some nodes.

        An area without one has the sum of those that lie in it, where all are known; what is not
        known counts as nothing.
        """
        laid = values.reindex(self.nodes).to_numpy(float)
        known = ~np.isnan(laid)
        for depth in reversed(self.tree.depths):
            below = self.tree.at(depth)
            sums = self.tree.sums(np.nan_to_num(laid), below)
            parts = self.tree.sums(np.ones(len(known)), below)
            whole = (parts > 0) & (self.tree.sums(known.astype(float), below) == parts)
            laid = np.where(np.isnan(laid) & whole, sums, laid)
            known |= whole
        return np.nan_to_num(laid), known

    def cells(
        self, counts: pd.Series, sizes: pd.Series, *, minimum_count: int
    ) -> tuple[Cells, Flags]:
        """Return `cells_of` a count and of the persons that it is counted among."""
        laid, known = self.lay_out(counts)
        people, sized = self.lay_out(sizes)
        people = np.maximum(np.where(sized, people, NO_LIMIT), laid)
        return cells_of(self.tree, laid, people, minimum_count=minimum_count, unknown=~known)


TOLERANCE = 1e-6
"""Persons; rounding noise of sums over the county stays far below."""
_FAR = 1e15


def withhold(
    tree: Hierarchy, cells: Cells, small: Flags, *, minimum_count: int, first: Flags | None = None
) -> Flags:
    """Return which counts are withheld: `first` (the small ones), and others for their sake.

    Until the rule holds for every withheld count, one more is withheld in each family where it does
    not: the sibling that costs least (see `_cost`), else the parent's total; and where a withheld
    total could be added up from its parts, one of them. Asked of a reader who takes it that "visas
    inte" is never a small count; in a place so small that this cannot be, of one who does not.
    """
    first = small if first is None else first
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
    hidden_children = tree.sums((hidden | cells.unknown).astype(float), below)
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


FIGURES = ["count", "se", "low", "high", "share", "share_se"]
SHOWN, SMALL, WITHHELD = "shown", "small", "withheld"


def protect(
    tables: Mapping[str, pd.DataFrame],
    bases: Mapping[str, str],
    nest: Nest,
    *,
    minimum_count: int,
) -> dict[str, pd.DataFrame]:
    """Return by area set how each published count of a sensitive group may be told.

    The rule holds over all `tables` together, kommun and county totals taken for printed, and a
    share for its count. It rests on the published counts alone, so that runs on the same tables
    withhold the same, whatever else differs. Where one count is withheld so are the later ones of
    `bases`: they may be parts of it, as those born abroad are of those with a foreign background.
    Not asked by METHOD, and not done: to hide that nearly everyone belongs to a group.

    Parameters
    ----------
    tables
        COUNTS by area set of `nest`, as published.
    bases
        By column of a sensitive count, that of the persons it is counted among; what is printed
        first.
    nest
        The area sets.
    minimum_count
        The least count that is told.

    Returns
    -------
    told
        By area set, a column for each of the counts: `shown`, `small` (printed "färre än") or
        `withheld` (printed "visas inte"). Where nothing is published it says `shown`.

    Raises
    ------
    ContractError
        The rule could not be kept.
    """
    every = pd.concat(dict(tables), names=nest.nodes.names)
    laid = {
        count: nest.cells(every[count], every[base], minimum_count=minimum_count)
        for count, base in bases.items()
        if {count, base} <= set(every)
    }
    told = pd.DataFrame(index=nest.nodes)
    hidden: Flags = np.zeros(len(nest.nodes), dtype=np.bool_)
    for count, (cells, small) in laid.items():
        first = small | (hidden & ~cells.unknown)
        gone = withhold(nest.tree, cells, small, minimum_count=minimum_count, first=first)
        if not keeps_rule(nest.tree, naive(cells), gone, small, minimum_count=minimum_count).all():
            raise ContractError("small_count_computable")
        told[count] = np.where(small, SMALL, np.where(gone, WITHHELD, SHOWN))
        hidden |= gone
    return {name: pd.DataFrame(told.loc[name]) for name in nest.parents}


def without(counts: pd.DataFrame, told: pd.DataFrame, crossed: Collection[str]) -> pd.DataFrame:
    """Return COUNTS with each count unknown where `told`, from `protect`, does not show it.

    `crossed` are two-way counts: unknown where any is.
    """
    cleared = counts.copy()
    hidden = told.reindex(counts.index, fill_value=SHOWN) != SHOWN
    for column in counts.columns.intersection([*told, *crossed]):
        gone = hidden[column] if column in hidden else hidden.any(axis=1)
        cleared[column] = counts[column].mask(gone)
    return cleared


def as_told(groups: pd.DataFrame, measures: Mapping[str, str], told: pd.DataFrame) -> pd.DataFrame:
    """Return GROUPS as they may be printed: with `shown`, and without the counts that may not.

    "Färre än" is said of counts alone: what is published of the area itself, on its own base. A
    prorated or modelled figure, such as every electorate's, is no count of the area. It stands with
    its interval, made of what is told alone.

    Parameters
    ----------
    groups
        GROUPS of one area set, made without the counts that are not told.
    measures
        Column of each group's count; "" where it has none.
    told
        Of these areas, from `protect`.
    """
    shown = pd.Series(SHOWN, range(len(groups)), dtype=object)
    for group, column in measures.items():
        if column in told:
            own = (groups["group"] == group) & (groups["election"] == NO_ELECTION)
            shown[own.to_numpy()] = told[column].reindex(groups.index[own]).to_numpy()
    printed = groups.assign(shown=shown.to_numpy())
    hidden = printed["shown"] != SHOWN
    printed[FIGURES] = printed[FIGURES].mask(hidden)
    return printed.assign(method=printed["method"].mask(hidden, "published"))
