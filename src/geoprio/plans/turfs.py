"""Rundor: contiguous parts of a map with equal work, by random spanning trees (METHOD 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    depth_first_order,
    minimum_spanning_tree,
)

from geoprio.areas import shared_borders

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.integer[Any]]

TREE_AREAS, FEWEST_TREES, MOST_TREES = 1500, 4, 60
"""Areas of all the trees that are drawn for a cut, and how many trees those are."""
ROUNDS, IN_VAIN, MOST_TOGETHER = 12, 4, 5
"""Times for each turf that it is drawn anew with some around it, at most altogether and in vain one
after the other; and how many turfs those are at most."""
LEAST_GAP_M = 0.01
"""Of a link: simplified borders may lie on one another without sharing one."""
EVEN, STRAY = 0.025, 0.25
"""Of a turf's work: how near all are when no more is drawn; and a cut that strays more is not made,
so that the turf takes more evenings."""
OVER_LINK, OVER_BORDER = 0.5, 0.5
"""What is added to an edge's random weight (0-1): trees cross water, and leave a place, last."""


def turfs(
    areas: gpd.GeoDataFrame,
    work: pd.Series,
    size: float,
    *,
    rng: np.random.Generator,
    reach_m: float = np.inf,
) -> pd.DataFrame:
    """Return contiguous turfs (rundor) with as equal work as can be.

    A part of the map is cut in two where an edge of one of many random spanning trees parts its
    work best (recombination: DeFord, Duchin and Solomon 2021), until each part is one turf; then
    turfs are drawn anew with some around them, as long as they come nearer to equal.

    Parameters
    ----------
    areas
        AREAS. No turf crosses the border of an `association`, where there is such a column; an
        area without one is a turf of its own. By `area_name`, where there is one, turfs keep to
        places where they can; see `places_of`.
    work
        Doors or hours by area; unknown (NaN) counts as the mean of the known ones when turfs are
        balanced, and is told.
    size
        Work of one evening: a turf has one, or several where its areas cannot be parted.
    rng
        Chance. An area set whose rows stand in another order, and a part of it whose neighbours
        are others, gets the same turfs.
    reach_m
        How far apart pieces of the map are joined by a link, in metres: islands to what is nearest,
        and what hangs on by one area alone to another too.

    Returns
    -------
    turfs
        By area, in the order of `areas`: `turf` (1 ..., from the north), `evenings` of the whole
        turf, `deviation` of its work from that of so many evenings (0.02 is 2 % more; NaN where the
        work of an area is unknown), and `link_m`: the widest gap that it has to step over, 0 where
        its areas share borders.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd, shapely
    >>> from geoprio import turfs
    >>> boxes = [shapely.box(100 * at, 0, 100 * at + 100, 100) for at in range(6)]
    >>> areas = gpd.GeoDataFrame(geometry=boxes, index=list("abcdef"), crs=3006)
    >>> doors = pd.Series(50.0, areas.index)
    >>> made = turfs(areas, doors, 150, rng=np.random.default_rng(1))
    >>> made["turf"].tolist()
    [1, 1, 1, 2, 2, 2]
    """
    own = areas.iloc[np.argsort(areas.index.to_numpy(str), kind="stable")]
    known = work.reindex(own.index).to_numpy(float)
    # Where nothing is known areas weigh alike.
    mean = np.nanmean(known) if np.nansum(known) > 0 else size
    load = np.where(np.isnan(known) | (np.nansum(known) == 0), mean, known)
    edges = _edges(own, reach_m)
    key = int(rng.integers(2**32))
    turf, evenings = np.full(len(own), -1), np.zeros(0)
    count, piece = connected_components(_graph(edges.ends, len(own)))
    for number in range(count):
        inside = np.flatnonzero(piece == number)
        first = str(own.index[inside[0]])
        whole = max(round(load[inside].sum() / size), 1)
        part = _Part(load[inside], edges.among(inside), whole)
        found, many = part.cut(np.random.default_rng([key, crc32(first.encode())]))
        turf[inside], evenings = found + len(evenings), np.append(evenings, many)
    table = _table(own, turf, evenings)
    sums = pd.Series(known, own.index).groupby(table["turf"]).agg(lambda one: one.sum(skipna=False))
    even = table.groupby("turf")["evenings"].first() * size
    table["deviation"] = table["turf"].map(sums / even - 1)
    table["link_m"] = edges.widest(turf)
    return pd.DataFrame(table.loc[areas.index])


def places_of(areas: pd.DataFrame) -> pd.Series:
    """Return the place that each area lies in: its name without the number of a part of it."""
    return areas["area_name"].astype(str).str.replace(r"\s+\d+$", "", regex=True)


def _table(areas: gpd.GeoDataFrame, turf: Places, evenings: Floats) -> pd.DataFrame:
    """Return the turfs by area, numbered from the north."""
    north = np.full(len(evenings), -np.inf)
    np.maximum.at(north, turf, areas.geometry.bounds["maxy"].to_numpy())
    number = np.empty(len(evenings), np.intp)
    number[np.argsort(-north, kind="stable")] = np.arange(1, len(evenings) + 1)
    return pd.DataFrame({"turf": number[turf], "evenings": evenings[turf]}, index=areas.index)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Which areas can be in one turf: those that share a border, and those that a link joins."""

    ends: Places
    """Two rows: the areas of each edge."""
    cost: Floats
    """What is added to an edge's random weight."""
    gap_m: Floats
    """How far apart the areas are; 0 where they share a border."""

    def among(self, inside: Places) -> "_Edges":
        """Return the edges among some areas (rising), which are numbered anew."""
        if not len(self.cost):
            return self
        place = np.full(max(int(self.ends.max()), int(inside.max())) + 1, -1)
        place[inside] = np.arange(len(inside))
        ends = place[self.ends]
        kept = (ends >= 0).all(axis=0)
        return _Edges(ends[:, kept], self.cost[kept], self.gap_m[kept])

    def widest(self, turf: Places) -> Floats:
        """Return by area the widest gap that its turf has to step over."""
        # A link inside a turf is stepped over only where borders alone do not join it.
        own, size = turf[self.ends[0]] == turf[self.ends[1]], len(turf)
        graph = csr_array((self.gap_m[own] + 1, tuple(self.ends[:, own])), shape=(size, size))
        used = minimum_spanning_tree(graph).tocoo()
        widest = np.zeros(turf.max(initial=0) + 1)
        np.maximum.at(widest, turf[used.row], used.data - 1)
        return widest[turf]


def _edges(areas: gpd.GeoDataFrame, reach_m: float) -> _Edges:
    """Return the borders that may be crossed, and links for islands and pendant pieces."""
    size, shapes = len(areas), areas.geometry.to_numpy()
    within = np.zeros(size, int)
    if "association" in areas:
        within = pd.factorize(areas["association"])[0]
    places = pd.factorize(places_of(areas))[0] if "area_name" in areas else np.zeros(size, int)
    ends = np.array(shared_borders(areas).nonzero())
    same = within[ends[0]] == within[ends[1]]
    ends = ends[:, (ends[0] < ends[1]) & same & (within[ends[0]] >= 0)]
    gaps = np.zeros(ends.shape[1])
    for owner in range(within.max(initial=-1) + 1):
        inside = np.flatnonzero(within == owner)
        own = _Edges(ends, gaps, gaps).among(inside).ends
        found, far = _links(shapes[inside], own, reach_m)
        ends, gaps = np.hstack([ends, inside[found]]), np.concatenate([gaps, far])
    apart = places[ends[0]] != places[ends[1]]
    return _Edges(ends, OVER_BORDER * apart + OVER_LINK * (gaps > 0), gaps)


def _links(shapes: Shapes, ends: Places, reach_m: float) -> tuple[Places, Floats]:
    """Return links by which everything hangs together, and nothing by one area alone."""
    links, gaps = np.zeros((2, 0), np.intp), np.zeros(0)
    everyone = np.arange(len(shapes))
    while True:
        _, piece = connected_components(_graph(np.hstack([ends, links]), len(shapes)))
        parts = [np.flatnonzero(piece == number) for number in range(piece.max() + 1)]
        pairs = [_nearest(shapes, one, np.setdiff1d(everyone, one)) for one in parts]
        new = {pair: gap for pair, gap in pairs if gap <= reach_m}
        if not new:
            break
        links = np.hstack([links, np.array(list(new)).T])
        gaps = np.append(gaps, list(new.values()))
    while True:
        graph, new = _graph(np.hstack([ends, links]), len(shapes)), {}
        for part in parts:
            for own, others in _hanging(graph, part[0]):
                side = np.zeros(len(shapes))
                side[own], side[others] = 1, -1
                # One link of this round may join what several hang on by.
                if all(side[one] * side[other] >= 0 for one, other in new):
                    pair, gap = _nearest(shapes, own, others)
                    new |= {pair: gap} if gap <= reach_m else {}
        if not new:
            break
        links = np.hstack([links, np.array(list(new)).T])
        gaps = np.append(gaps, list(new.values()))
    return links, gaps


def _graph(ends: Places, size: int) -> csr_array:
    both = np.hstack([ends, ends[::-1]])
    return csr_array((np.ones(both.shape[1]), tuple(both)), shape=(size, size))


def _nearest(shapes: Shapes, own: Places, others: Places) -> tuple[tuple[int, int], float]:
    """Return the two areas by which some are nearest to others, the lower first; and how near."""
    if not len(others):
        return (0, 0), np.nan
    pairs, gaps = shapely.STRtree(shapes[others]).query_nearest(
        shapes[own], return_distance=True, all_matches=False
    )
    at = int(gaps.argmin())
    one, other = int(own[pairs[0, at]]), int(others[pairs[1, at]])
    return (min(one, other), max(one, other)), max(float(gaps[at]), LEAST_GAP_M)


def _hanging(graph: csr_array, root: int) -> Iterator[tuple[Places, Places]]:
    """Yield areas that hang on by one area alone, the innermost first, and all beside both.

    By the lowest rank that a subtree of a depth-first tree reaches (Hopcroft and Tarjan 1973).
    """
    order, before = depth_first_order(graph, root, directed=False)
    rank = np.full(graph.shape[0], -1)
    rank[order] = np.arange(len(order))
    low, last = rank.copy(), rank.copy()
    np.minimum.at(low, graph.nonzero()[0], rank[graph.nonzero()[1]])
    for at in order[:0:-1]:
        holder = before[at]
        low[holder], last[holder] = min(low[holder], low[at]), max(last[holder], last[at])
        if low[at] >= rank[holder]:
            own = order[rank[at] : last[at] + 1]
            yield own, np.setdiff1d(order, [*own, holder])


def _sums(turf: Places, load: Floats) -> Floats:
    return np.bincount(turf, load).astype(float)


@dataclass(frozen=True, eq=False)
class _Part:
    """Areas that hang together and are to be parted."""

    load: Floats
    edges: _Edges
    evenings: int

    def cut(self, rng: np.random.Generator) -> tuple[Places, Floats]:
        """Return the number of each area's turf, and the evenings of each turf."""
        turf, many = self._halved(rng)
        vain = 0
        for _ in range(ROUNDS * len(many)):
            # What has several evenings, and areas to be parted, is drawn anew first.
            several = (many > 1) & (np.bincount(turf) > 1)
            stray = self._stray(_sums(turf, self.load), many) + several
            done = stray.max() <= EVEN or len(many) in (1, len(turf))
            if done or vain > IN_VAIN * len(many):
                break
            first = int((stray * rng.random(len(many))).argmax())
            better = self._again(turf, many, first, rng)
            turf, many = better or (turf, many)
            vain = 0 if better else vain + 1
        return turf, many

    def _stray(self, sums: Floats, many: Floats) -> Floats:
        """Return how far each turf is from its work, of it."""
        stray: Floats = np.abs(sums / (many * self.load.sum() / self.evenings) - 1)
        return stray

    def _halved(self, rng: np.random.Generator) -> tuple[Places, Floats]:
        """Return turfs by cuts in two, as far as it can be cut evenly."""
        turf, many = np.empty(len(self.load), np.intp), list[float]()
        left = [(np.arange(len(self.load)), self.evenings)]
        while left:
            inside, count = left.pop()
            found = (
                self._only(inside, count)._best_cut(rng) if min(count, len(inside)) > 1 else None
            )
            if found is None:
                turf[inside] = len(many)
                many.append(float(count))
            else:
                side, first = found
                left += [(inside[side], first), (inside[~side], count - first)]
        return turf, np.array(many)

    def _only(self, inside: Places, evenings: int) -> "_Part":
        return _Part(self.load[inside], self.edges.among(inside), evenings)

    def _best_cut(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.bool_], int] | None:
        """Return one side of the evenest cut, and its evenings; None where each strays too far."""
        size = len(self.load)
        trees = int(np.clip(TREE_AREAS // size, FEWEST_TREES, MOST_TREES))
        order, above = self._trees(trees, rng)
        sums = np.append(np.tile(self.load, trees), 0.0).tolist()
        holders = above.tolist()
        # From the leaves up: what hangs below each area. Lists are faster than arrays here.
        for at in order[:0:-1].tolist():
            sums[holders[at]] += sums[at]
        below = np.array(sums[:-1]).reshape(trees, size)
        each = self.load.sum() / self.evenings
        own = np.clip(np.rint(below / each), 1, self.evenings - 1)
        stray = np.abs(below - own * each) / (np.minimum(own, self.evenings - own) * each)
        stray[:, 0] = np.inf  # the root: all of it
        tree, top = np.unravel_index(int(stray.argmin()), stray.shape)
        if stray[tree, top] > STRAY:
            return None
        side = np.zeros(len(above), dtype=bool)
        side[tree * size + top] = True
        for at in order[1:].tolist():
            side[at] |= side[holders[at]]
        return side[tree * size : (tree + 1) * size], int(own[tree, top])

    def _trees(self, count: int, rng: np.random.Generator) -> tuple[Places, Places]:
        """Return random spanning trees side by side under one root: breadth first, and who holds.

        The root is the last number; area `a` of tree `t` is number `t * areas + a`.
        """
        size, root = len(self.load), count * len(self.load)
        shift = np.arange(count)[:, None] * size
        one, other = ((row + shift).ravel() for row in self.edges.ends)
        weights = (rng.random((count, len(self.edges.cost))) + self.edges.cost + 1).ravel()
        tops = shift.ravel()
        graph = csr_array(
            (
                np.append(weights, np.ones(count)),
                (np.append(one, tops), np.append(other, np.full(count, root))),
            ),
            shape=(root + 1, root + 1),
        )
        order, above = breadth_first_order(minimum_spanning_tree(graph), root, directed=False)
        return order, above

    def _again(
        self, turf: Places, many: Floats, first: int, rng: np.random.Generator
    ) -> tuple[Places, Floats] | None:
        """Return the turfs with one and some around it drawn anew; None if no more equal so."""
        sums = _sums(turf, self.load)
        group = self._together(turf, first, rng)
        inside = np.flatnonzero(np.isin(turf, group))
        own, more = self._only(inside, int(many[group].sum()))._halved(rng)
        if self._unlike(_sums(own, self.load[inside]), more) >= self._unlike(
            sums[group], many[group]
        ):
            return None
        kept = np.setdiff1d(np.arange(len(many)), group)
        place = np.full(len(many), -1)
        place[kept] = np.arange(len(kept))
        changed = place[turf]
        changed[inside] = own + len(kept)
        return changed, np.append(many[kept], more)

    def _unlike(self, sums: Floats, many: Floats) -> float:
        """Return how far turfs are from equal: each that is not parted as a cut that strays."""
        return float((many * self._stray(sums, many) ** 2).sum() + STRAY**2 * (many - 1).sum())

    def _together(self, turf: Places, first: int, rng: np.random.Generator) -> Places:
        """Return a turf and some that are around it, at random."""
        ends = turf[self.edges.ends]
        group = np.array([first])
        for _ in range(int(rng.integers(1, MOST_TOGETHER))):
            inside = np.isin(ends, group)
            around = np.unique(ends[:, inside[0] != inside[1]])
            around = np.setdiff1d(around, group)
            if not len(around):
                break
            group = np.append(group, rng.choice(around))
        return group
