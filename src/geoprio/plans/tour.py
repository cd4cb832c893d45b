"""The tour: a few good stops in a day that begins and ends at one place (METHOD 7).

The orienteering problem: collect most within a day's length. Up to `EXACT` stops the answer is the
best there is; above, a search finds one, and says how much no tour can exceed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array, eye_array, hstack
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from geoprio.plans.optimum import highs

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

EXACT = 25
"""Up to so many stops the tour is the best; the start is one of them."""
TRIES = 1500
"""So often the search takes a tour apart and puts it together again."""
ROUNDS = 8
"""So often cuts are looked for; what they leave, whole numbers find."""
UNIT = 10_000
"""Of an edge: flows are of whole numbers."""
SPARED = 1e-9
"""A tour that is longer than the day by a smaller part is so by rounding."""


class Tour(NamedTuple):
    """Where a tour stops, and what it collects.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import Tour
    >>> Tour(np.array([0]), prize=0.0, length=0.0, bound=0.0).order.tolist()
    [0]
    """

    order: Places
    """Stops in the order of the day, the start first; the start alone where nothing is in reach."""
    prize: float
    length: float
    """With the way back to the start."""
    bound: float
    """No tour collects more; equal to `prize` where the tour is the best."""


def best_tour(
    ways: Floats,
    prizes: Floats,
    limit: float,
    *,
    rng: np.random.Generator,
    quota: tuple[NDArray[np.object_], int] | None = None,
) -> Tour:
    """Return the tour that collects most from the first place and back within a day.

    Parameters
    ----------
    ways
        Places x places, symmetric, in minutes or metres; the time that a stop takes may lie in
        them, half in each way to it.
    prizes
        Of each place, such as target persons within a walk; unknown (NaN) collects nothing.
    limit
        Longest length of the whole round, in the unit of `ways`.
    rng
        Of the search, above `EXACT` places.
    quota
        Such as the municipality of each place, and how many stops there may be in each.

    Returns
    -------
    tour
        The start alone where nothing is within reach.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import best_tour
    >>> east = np.array([0.0, 1.0, 2.0, 9.0])
    >>> minutes = abs(east[:, None] - east)
    >>> tour = best_tour(minutes, np.array([0, 300, 400, 900]), 5, rng=np.random.default_rng(1))
    >>> sorted(tour.order.tolist()), tour.prize, tour.length
    ([0, 1, 2], 700.0, 4.0)
    """
    worth = np.nan_to_num(prizes)
    groups, most = (np.arange(len(worth)), 1) if quota is None else quota
    group = np.unique(groups, return_inverse=True)[1]
    day = _Day(ways, worth, limit, group, most)
    model = _model(day)
    if len(worth) <= EXACT:
        return day.tour(_exact(model, len(worth)))
    order = _searched(day, rng)
    bound = float(worth @ model.solved(whole=False)[len(model.one) :])
    return day.tour(order, bound=bound)


class _Day(NamedTuple):
    ways: Floats
    prizes: Floats
    limit: float
    group: Places
    most: int
    """Stops in each group; the start is none."""

    def left(self, order: Places) -> NDArray[np.bool_]:
        """Return whether each place's group takes another stop."""
        taken = np.bincount(self.group[order[1:]], minlength=self.group.max(initial=0) + 1)
        return np.asarray(taken[self.group] < self.most)

    def length(self, order: Places) -> float:
        """Return how long a round is."""
        return float(self.ways[order, np.roll(order, -1)].sum())

    def merit(self, order: Places) -> float:
        """Return what a round collects; of equal ones the shorter is better."""
        return float(self.prizes[order].sum()) - 1e-9 * self.length(order) / max(self.limit, 1.0)

    def tour(self, order: Places, bound: float = 0.0) -> Tour:
        """Return a round as a tour, which itself is a bound."""
        prize = float(self.prizes[order].sum())
        return Tour(order, prize, self.length(order), max(bound, prize))


class _Model(NamedTuple):
    """Ways between two places, and then the stops, as variables; cuts are added to its limits."""

    one: Places
    other: Places
    cost: Floats
    most: Floats
    limits: list[LinearConstraint]

    def solved(self, *, whole: bool) -> Floats:
        """Return the best answer, of whole ways and stops or of parts of them."""
        solved = highs(
            self.cost,
            integrality=np.full(len(self.cost), int(whole)),
            bounds=Bounds(0, self.most),
            constraints=self.limits,
            options={"mip_rel_gap": 0.0},
        )
        return np.asarray(solved.x)


def _model(day: _Day) -> _Model:
    """Return the problem, with cuts that an answer in parts would break."""
    ways, limit, count = day.ways, day.limit, len(day.prizes)
    one, other = np.triu_indices(count, 1)
    # No way that a day is too short for alone; out to a single stop and back is one way twice.
    alone = ways[0, one] + ways[one, other] + ways[other, 0] <= limit * (1 + SPARED)
    most = np.r_[np.where(one == 0, 2.0, 1.0) * alone, np.ones(count)]
    # Of equal tours the shortest.
    cost = np.r_[ways[one, other] * 1e-9 / max(limit, 1.0), -day.prizes]
    model = _Model(one, other, cost, most, _limits(day))
    # They are cheap, and leave little for whole numbers to find out.
    for _ in range(ROUNDS):
        cuts = _violated(model.solved(whole=False), one, other)
        if not cuts:
            break
        model.limits.extend(cuts)
    return model


def _exact(model: _Model, count: int) -> Places:
    """Return the best round; those without the start are cut off one by one."""
    one, other = model.one, model.other
    while True:
        found = model.solved(whole=True)
        used = np.flatnonzero(found[: len(one)] > 0.5)
        graph = csr_array((np.ones(len(used)), (one[used], other[used])), (count, count))
        part = connected_components(graph, directed=False)[1]
        loose = np.setdiff1d(part[found[len(one) :] > 0.5], part[0])
        if not len(loose):
            return _walked(graph + graph.T)
        model.limits.extend(_cut(part == label, one, other) for label in loose)


def _limits(day: _Day) -> list[LinearConstraint]:
    """Return the laws of a round, of edges and then stops: its ends, its length, its quotas."""
    count = len(day.ways)
    one, other = np.triu_indices(count, 1)
    number, edges = np.arange(len(one)), len(one)
    halves = [csr_array((np.ones(edges), (end, number)), (count, edges)) for end in (one, other)]
    twice = hstack([halves[0] + halves[1], -2 * eye_array(count)])
    # Whoever stops anywhere starts, and a way between two stops has both.
    first = csr_array((np.ones(count), (np.arange(count), np.zeros(count, int))), (count, count))
    start = hstack([csr_array((count, edges)), eye_array(count) - first])
    inner = csr_array(eye_array(edges))[one > 0]
    both = [hstack([inner, -(inner @ half.T)]) for half in halves]
    kinds = np.unique(day.group[1:])
    members = np.c_[np.zeros((len(kinds), edges + 1)), day.group[1:] == kinds[:, None]]
    length = np.r_[day.ways[one, other], np.zeros(count)][None, :]
    return [
        LinearConstraint(twice, 0, 0),
        *(LinearConstraint(law, ub=0) for law in [start, *both]),
        LinearConstraint(length, ub=day.limit * (1 + SPARED)),
        LinearConstraint(members, ub=day.most),
    ]


def _violated(found: Floats, one: Places, other: Places) -> list[LinearConstraint]:
    """Return the cuts that an answer in parts breaks, found as least cuts between start and stop.

    Each says that a stop among some needs two ways out of them (Fischetti, Salazar and Toth 1998).
    """
    edges = len(one)
    room = np.round(found[:edges] * UNIT).astype(np.int32)
    count = len(found) - edges
    ways = csr_array((np.r_[room, room], (np.r_[one, other], np.r_[other, one])), (count, count))
    cuts = {}
    for stop in 1 + np.flatnonzero(found[edges + 1 :] > 0.01):
        flow = maximum_flow(ways, 0, int(stop))
        if flow.flow_value < 2 * UNIT * (found[edges + stop] - 0.01):
            left = csr_array(ways - flow.flow)
            left.eliminate_zeros()
            reached = breadth_first_order(left, 0, return_predecessors=False)
            inside = ~np.isin(np.arange(count), reached)
            cuts[inside.tobytes()] = _cut(inside, one, other)
    return list(cuts.values())


def _cut(inside: NDArray[np.bool_], one: Places, other: Places) -> LinearConstraint:
    """Return the law that each stop among some has two ways out of them."""
    stops = np.flatnonzero(inside)
    out = np.tile((inside[one] != inside[other]).astype(float), (len(stops), 1))
    own = np.zeros((len(stops), len(inside)))
    own[np.arange(len(stops)), stops] = -2
    return LinearConstraint(np.c_[out, own], lb=0)


def _walked(graph: csr_array) -> Places:
    """Return the stops of one round in its order, from the start on."""
    order, at, before = [0], 0, -1
    while True:
        nexts = [int(stop) for stop in graph[[at]].indices if stop not in {before, 0}]
        if not nexts:
            return np.array(order)
        before, at = at, min(nexts)
        order.append(at)


def _searched(day: _Day, rng: np.random.Generator) -> Places:
    """Return the best tour found by taking tours apart and putting them together again.

    A stretch of the tour is left out, and what is worth most for its detour is put in where it
    costs least, with some chance; then crossings are undone (iterated local search).
    """
    count = len(day.prizes)
    best = now = _filled(np.array([0]), day, np.ones(count))
    for _ in range(TRIES):
        stops = len(now) - 1
        left_out = int(rng.integers(1, max(stops // 2, 1) + 1))
        first = int(rng.integers(1, stops + 1)) if stops else 1
        kept = np.r_[0, np.roll(now[1:], -first)[: max(stops - left_out, 0)]]
        tried = _filled(_shorter(kept, day.ways), day, rng.uniform(0.5, 1.5, count))
        if day.merit(tried) >= day.merit(now) * (1 - 0.02 * rng.random()):
            now = tried
        best = max(best, now, key=day.merit)
    return best


def _filled(order: Places, day: _Day, taste: Floats) -> Places:
    """Return a round with stops put in while there is time; shortened when there is none."""
    ways, shortened = day.ways, False
    while True:
        after = np.roll(order, -1)
        detours = ways[order] + ways[after] - ways[order, after][:, None]
        place, cost = detours.argmin(axis=0), detours.min(axis=0)
        fits = (day.length(order) + cost <= day.limit) & day.left(order) & (day.prizes > 0)
        fits[order] = False
        if fits.any():
            worth = np.where(fits, day.prizes * taste / np.maximum(cost, 1e-9 * day.limit), -1.0)
            stop = int(worth.argmax())
            order, shortened = np.insert(order, place[stop] + 1, stop), False
        elif shortened:
            return order
        else:
            order, shortened = _shorter(order, ways), True


def _shorter(order: Places, ways: Floats) -> Places:
    """Return the stops in an order in which no two ways cross and no stop is better elsewhere."""
    while len(order) > 3:
        after = np.roll(order, -1)
        now = ways[order, after]
        change = ways[np.ix_(order, order)] + ways[np.ix_(after, after)] - now[:, None] - now
        change = np.triu(change, 1)
        one, other = np.unravel_index(change.argmin(), change.shape)
        if change[one, other] >= -1e-9 * max(now.sum(), 1.0):
            break
        order = np.r_[order[: one + 1], order[one + 1 : other + 1][::-1], order[other + 1 :]]
    return order
