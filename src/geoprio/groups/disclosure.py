"""Small counts of sensitive groups are not shown, and cannot be worked out (METHOD 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Group
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
    """How large each count can be: its base, and the minimum count where "färre än" is printed."""
    gaps: Numbers
    """What each parent's count has beyond its children's: areas that nothing is known of, noise, or
    two estimates that do not add up. Nobody knows it; it is taken to lie between 0 and this."""
    fixed: Flags | bool = False
    """Which are no counts: they hide nothing, and go with the count that they are made of."""


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
    one downwards reach the ends of the linear programme `x_parent = sum x_child + g`, `floor <= x
    <= limit`, `g` between 0 and the gap.
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

    def lay_out(self, values: pd.Series, places: Places) -> tuple[Numbers, Flags]:
        """Return a value for every node, and which of them are known.

        An area without one has the sum of those that lie in it; nothing known counts as nothing.
        """
        laid = np.full(len(self.nodes), np.nan)
        laid[places] = values.to_numpy(float)
        known = ~np.isnan(laid)
        for depth in reversed(self.tree.depths):
            below = self.tree.at(depth)
            sums = self.tree.sums(np.nan_to_num(laid), below)
            some = self.tree.sums(known.astype(float), below) > 0
            laid = np.where(np.isnan(laid) & some, sums, laid)
            known |= some
        return np.nan_to_num(laid), known


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
    hidden = _with_made(tree, cells, first)
    while True:
        failing = ~keeps_rule(tree, cells, hidden, small, minimum_count=minimum_count)
        more = _next(tree, cells, hidden, failing, minimum_count)
        if not len(more):
            return hidden
        hidden[more] = True
        hidden = _with_made(tree, cells, hidden)


def _with_made(tree: Hierarchy, cells: Cells, hidden: Flags) -> Flags:
    """Return what is withheld and what is made of it: shares taken over add up to their count."""
    made, fixed = hidden.copy(), np.broadcast_to(cells.fixed, hidden.shape)
    for depth in tree.depths:
        nodes = tree.at(depth)
        made[nodes] |= fixed[nodes] & made[tree.parent[nodes]]
    return made


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
    return np.where(hidden | cells.fixed | (cells.counts < minimum_count), np.inf, cost)


def _cheapest_child(tree: Hierarchy, cost: Numbers, parents: Flags) -> Places:
    """Return one child of each of `parents`, the cheapest; none where none can be withheld."""
    nodes = np.flatnonzero((tree.parent >= 0) & np.isfinite(cost))
    nodes = nodes[parents[tree.parent[nodes]]]
    ordered = nodes[np.lexsort((nodes, cost[nodes]))]
    _, first = np.unique(tree.parent[ordered], return_index=True)
    return ordered[first]


FIGURES = ["count", "se", "low", "high", "share", "share_se"]
SHOWN, SMALL, WITHHELD = "shown", "small", "withheld"
_BASES = ("electorate", "adults", "residents", "other")
_UNIFORM_SD = 12**-0.5
"""Standard deviation of what may lie anywhere between two ends 1 apart."""


@dataclass(frozen=True)
class Protected:
    """The groups of one area set after disclosure control: GROUPS, and how each row is `shown`."""

    printed: pd.DataFrame
    """What may be shown: figures of small and withheld counts are NaN. `shown` says `shown`,
    `small` (printed "färre än") or `withheld` (printed "visas inte")."""
    usable: pd.DataFrame
    """What may be computed with: in their place stand figures made of the printed ones alone."""


def protect(
    tables: Mapping[str, pd.DataFrame],
    groups: Mapping[str, Group],
    nest: Nest,
    *,
    minimum_count: int,
) -> dict[str, Protected]:
    """Return what may be shown of GROUPS in every area set, and what may be computed with.

    "Färre än" is said of counts alone: what is published of the area itself, on its own base. A
    prorated or modelled figure, such as every electorate's, is no count of the area; it stands with
    its interval, and nothing is withheld for its sake. The rule holds over all `tables` together
    (GROUPS by area set of `nest`, with `size`, the persons in a row's base), kommun and county
    totals taken for printed, and a share for its count. Only what is printed goes into `usable`, so
    scores and plans tell nothing more. Not asked by METHOD, and not done: to hide that nearly
    everyone belongs to a group.

    What is made of a withheld count is withheld with it, in the elections in every larger area too:
    totals of figures in nearly the same proportions would be so many equations for the figures. A
    ContractError says that the rule could not be kept.
    """
    rows = pd.concat(
        [frame.reset_index().assign(area_set=name) for name, frame in tables.items()],
        ignore_index=True,
    )
    rows["place"] = nest.places(rows["area_set"].to_numpy(), rows["area_code"].to_numpy())
    usable = rows.assign(shown=SHOWN)
    for name, group in groups.items():
        own = rows[rows["group"] == name]
        if group.sensitive and (is_counted(own) & (own["count"] < minimum_count)).any():
            found = _protect_group(own, nest, minimum_count=minimum_count)
            usable.loc[found.index, found.columns] = found
    return {name: _of_set(usable, name, frame) for name, frame in tables.items()}


def _of_set(usable: pd.DataFrame, name: str, frame: pd.DataFrame) -> Protected:
    own = usable[usable["area_set"] == name].set_index("area_code")
    own = own[[*frame.columns.drop("size"), "shown"]]
    return Protected(_blanked(own), own)


def _blanked(usable: pd.DataFrame) -> pd.DataFrame:
    printed = usable.copy()
    printed[FIGURES] = printed[FIGURES].mask(usable["shown"] != SHOWN)
    return printed


def is_counted(rows: pd.DataFrame) -> pd.Series:
    """Return which rows of GROUPS are published counts of the areas themselves."""
    return (rows["election"] == NO_ELECTION) & (rows["method"] == "published")


def _protect_group(rows: pd.DataFrame, nest: Nest, *, minimum_count: int) -> pd.DataFrame:
    """Return `shown` and the usable figures of one group's rows."""
    later = (rows["election"] != NO_ELECTION).astype(int)
    rank = rows["base"].map(_BASES.index)
    keys = rows.groupby([later, "election", rank], sort=True).ngroup()
    first = rows[keys == keys.min()]
    few = np.zeros(len(nest.nodes), bool)
    few[rows.loc[is_counted(rows) & (rows["count"] < minimum_count), "place"]] = True
    cells, small, sizes = _cells(first, nest, minimum_count)
    hidden = withhold(nest.tree, cells, small, minimum_count=minimum_count, also=few)
    kept = keeps_rule(nest.tree, naive(cells), hidden, small, minimum_count=minimum_count)
    if not kept.all():
        raise ContractError("small_count_computable")
    # Rounded, so that no noise of the sums tells of what was summed.
    counts, low, high = (ends.round(3) for ends in stand_ins(nest.tree, cells, hidden))
    every = pd.DataFrame({"count": counts, "low": low, "high": high, "hidden": hidden})
    every["size"] = np.where(sizes < NO_LIMIT, sizes, np.nan)
    every["state"] = np.select([small & hidden, hidden], [SMALL, WITHHELD], SHOWN)
    parts = [_usable(first, every)]
    every["hidden"] = hidden | _holds(nest.tree, hidden)
    every["state"] = np.where(every["hidden"], WITHHELD, SHOWN)
    parts += [
        _scaled(other, first, every) for key, other in rows.groupby(keys) if key != keys.min()
    ]
    return pd.concat(parts)


def _cells(rows: pd.DataFrame, nest: Nest, minimum_count: int) -> tuple[Cells, Flags, np.ndarray]:
    """Return one table's counts on the hierarchy, which of them are small, and their bases."""
    places = rows["place"].to_numpy()
    counts, known = nest.lay_out(rows["count"], places)
    sizes, sized = nest.lay_out(rows["size"], places)
    sizes = np.maximum(np.where(sized, sizes, NO_LIMIT), counts)
    fixed = np.zeros(len(counts), bool)
    fixed[places] = ~is_counted(rows).to_numpy()
    small = known & ~fixed & (counts < minimum_count)
    cells = Cells(
        counts=counts,
        floors=np.where(small, 0.0, np.minimum(counts, minimum_count)),
        limits=np.where(small, np.minimum(sizes, minimum_count), sizes),
        gaps=count_gaps(nest.tree, counts),
        fixed=fixed,
    )
    return cells, small, sizes


def _holds(tree: Hierarchy, hidden: Flags) -> Flags:
    """Return which areas a hidden one lies in."""
    holds = np.zeros(len(hidden), bool)
    for depth in reversed(tree.depths):
        nodes = tree.at(depth)
        holds |= tree.sums((hidden | holds).astype(float), nodes) > 0
    return holds


def _usable(rows: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    own = every.loc[rows["place"]].set_axis(rows.index)
    fitted = own[["count", "low", "high"]].assign(se=(own["high"] - own["low"]) * _UNIFORM_SD)
    fitted["share"] = (own["count"] / own["size"].where(own["size"] > 0)).clip(0, 1)
    # Where the base is unknown the printed areas' mean stands in.
    unknown = own["size"].isna()
    fitted["share"] = fitted["share"].mask(unknown, rows["share"][~own["hidden"]].mean())
    fitted["share_se"] = fitted["se"] / own["size"].where(own["size"] > 0)
    figures = rows[FIGURES].where(~own["hidden"], fitted[FIGURES])
    return figures.assign(shown=own["state"])


def _scaled(rows: pd.DataFrame, first: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Return another election's or base's rows: hidden ones by the first's share and the mean."""
    own = every.loc[rows["place"]].set_axis(rows.index)
    share = first.set_index("place")["share"].where(~every["hidden"]).reindex(rows["place"])
    printed = rows["share"].where(~own["hidden"]).mean() / share.mean()
    per_first = (rows["size"] / own["size"].where(own["size"] > 0)) * printed
    fitted = own[["count", "low", "high"]].mul(per_first, axis=0)
    fitted["se"] = (fitted["high"] - fitted["low"]) * _UNIFORM_SD
    people = rows["size"].where(rows["size"] > 0)
    fitted["share"] = (fitted["count"] / people).clip(0, 1)
    fitted["share_se"] = fitted["se"] / people
    return rows[FIGURES].where(~own["hidden"], fitted[FIGURES]).assign(shown=own["state"])


def withhold_where(
    closer: Protected, other: Protected, closer_towns: pd.Series, other_towns: pd.Series
) -> Protected:
    """Return `closer` with a group withheld in every municipality where either set withholds it.

    For two sets that do not nest: each count of one is a sum of parts of the other's counts, which
    no tree can follow. What may be computed with is the other set's mean in the municipality.
    """
    key = ["group", "election", "base", "town"]
    mine = closer.usable.assign(town=closer.usable.index.map(closer_towns.to_dict()))
    theirs = other.usable.assign(town=other.usable.index.map(other_towns.to_dict()))
    both = pd.concat([mine, theirs])
    withheld = both[both["shown"] != SHOWN].groupby(["group", "town"]).size()
    here = pd.MultiIndex.from_frame(mine[["group", "town"]])
    gone = pd.Series(here.isin(withheld.index), mine.index)
    people = theirs["count"] / theirs["share"].where(theirs["share"] > 0)
    sums = theirs[["count"]].assign(people=people).groupby([theirs[name] for name in key]).sum()
    mean = (sums["count"] / sums["people"]).reindex(pd.MultiIndex.from_frame(mine[key])).to_numpy()
    size = mine["count"] / mine["share"].where(mine["share"] > 0)
    fitted = pd.DataFrame({"share": mean, "count": mean * size, "low": 0.0, "high": size})
    fitted = fitted.assign(se=size * _UNIFORM_SD, share_se=_UNIFORM_SD)
    usable = closer.usable.copy()
    usable[FIGURES] = usable[FIGURES].where(~gone, fitted[FIGURES])
    usable["shown"] = usable["shown"].mask(gone, WITHHELD)
    return Protected(_blanked(usable), usable)
