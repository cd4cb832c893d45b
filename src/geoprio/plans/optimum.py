"""The best plan that limits and floors allow, how far from the best it may be, and its rivals.

A choice is a column of 0 and 1: an effort in a channel in an area. Limits that share a choice
belong together; what they leave apart is solved apart, exactly, and only floors that reach over
several parts are priced by the duals of the relaxed problem (METHOD 7).
"""

import ctypes
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csc_array, csr_array, diags_array, hstack, vstack
from scipy.sparse import eye_array as eye
from scipy.sparse.csgraph import connected_components

from geoprio.errors import GeoprioError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
GAP = 1e-6
"""Share of the worth that a part may be from its best."""
THOUSANDTH = 5e-4
"""Of a price: how far off it may be."""
SECONDS = 20.0
"""That one part may take before its best choice so far is taken, with the gap that it has."""
CORE, LARGE = 50, 200
"""Of a part with more choices than `LARGE`, so many are tried first: those that the relaxed problem
is least sure of."""
ROUNDING = 1e-7
PLAIN = {
    f"mip_heuristic_run_{name}": False
    for name in ("feasibility_jump", "rens", "rins", "root_reduced_cost")
}
"""Searches that HiGHS begins with: of no more than `MANY` choices it proves sooner without."""
MANY = 5000
_C = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
"""The library that HiGHS writes by."""
MUST = 1e4
"""Times the largest worth that each missing unit of a floor that must be met costs."""


def _nothing(columns: int) -> csr_array:
    return csr_array((0, columns))


@dataclass(frozen=True)
class Problem:
    """What may be chosen, what each choice is worth, and what bounds them together."""

    worth: Floats
    """Of each choice."""
    use: csr_array
    """Limits x choices: how much of each limit a choice takes, 0 or more."""
    most: Floats
    """Of each limit."""
    give: csr_array = field(default_factory=lambda: _nothing(0))
    """Floors x choices: what each choice gives."""
    least: Floats = field(default_factory=lambda: np.zeros(0))
    """Of each floor."""
    penalty: Floats = field(default_factory=lambda: np.zeros(0))
    """What a unit that a floor lacks costs; infinite where it must be met."""
    locked: npt.NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    """1 where a choice is locked in, -1 where it is locked out, else 0; empty where none is."""

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Least and largest value of each choice."""
        if not len(self.locked):
            return np.zeros(len(self.worth)), np.ones(len(self.worth))
        return (self.locked == 1).astype(float), (self.locked != -1).astype(float)

    @cached_property
    def parts(self) -> tuple[Places, ...]:
        """The choices that limits, and floors that must be met, hold together, part by part."""
        rows = vstack([self.use, self.floors[~np.isfinite(self.penalty)]])
        count, size = rows.shape
        links = vstack([hstack([csr_array((count, count)), rows]), csr_array((size, count + size))])
        label = connected_components(links, directed=False)[1][count:]
        order = np.argsort(label, kind="stable")
        return tuple(np.split(order, np.flatnonzero(np.diff(label[order])) + 1))

    @property
    def floors(self) -> csr_array:
        """`give`, with as many columns as there are choices."""
        return self.give if len(self.least) else _nothing(len(self.worth))

    @property
    def fines(self) -> Floats:
        """`penalty`, where what must be is dearer than all else together."""
        large = MUST * max(float(np.abs(self.worth).max(initial=0.0)), 1.0)
        return np.where(np.isfinite(self.penalty), self.penalty, large)

    def short(self, chosen: Floats) -> Floats:
        """Return what each floor lacks."""
        return np.asarray(np.maximum(self.least - self.floors @ chosen, 0.0))

    def value(self, chosen: Floats) -> float:
        """Return the worth of a choice less what its shortfalls cost."""
        return float(self.worth @ chosen - self.fines @ self.short(chosen))

    def part(self, own: Places, held: Floats | None = None) -> "Problem":
        """Return the choices of one part; of its floors, what is left beside what others hold."""
        use, floors = csr_array(self.use[:, own]), csr_array(self.floors[:, own])
        rows, gives = (np.flatnonzero(np.diff(one.indptr)) for one in (use, floors))
        left = self.least
        if held is not None:
            others = held.copy()
            others[own] = 0.0
            left = left - self.floors @ others
        return Problem(
            self.worth[own],
            csr_array(use[rows]),
            self.most[rows],
            csr_array(floors[gives]),
            left[gives],
            self.penalty[gives],
            self.locked[own] if len(self.locked) else self.locked,
        )


@dataclass(frozen=True)
class Found:
    """A choice, what it is worth, and what no choice is worth more than."""

    chosen: Floats
    """1 where a choice is taken."""
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far from the best the choice may be, as a share of its value; never below 0."""
        return max(self.bound - self.value, 0.0) / max(abs(self.value), ROUNDING)


def optimum(problem: Problem) -> Found:
    """Return the best choice there is, to `GAP` in each part, with a bound that is valid.

    Raises
    ------
    GeoprioError
        What is locked in takes more than the limits give.
    """
    own = problem.parts
    across = shared(problem, own)
    if not len(across):
        return _apart(problem, own)
    prices = _floor_prices(problem)
    extra = np.zeros(len(prices))
    extra[across] = prices[across]
    priced = replace(
        problem,
        worth=problem.worth + extra @ problem.floors,
        penalty=np.where(extra > 0, 0.0, problem.penalty),
        least=np.where(np.isin(np.arange(len(extra)), across), -np.inf, problem.least),
    )
    first = _apart(_without(priced, across), own)
    chosen = _improved(problem, own, first.chosen)
    bound = first.bound - float(extra @ problem.least)
    return Found(chosen, problem.value(chosen), max(bound, problem.value(chosen)))


def _without(problem: Problem, floors: Places) -> Problem:
    kept = np.setdiff1d(np.arange(len(problem.least)), floors)
    return replace(
        problem,
        give=csr_array(problem.floors[kept]),
        least=problem.least[kept],
        penalty=problem.penalty[kept],
    )


def shared(problem: Problem, own: Sequence[Places]) -> Places:
    """Return the floors that choices of several parts give to."""
    label = np.empty(len(problem.worth), dtype=np.intp)
    for number, places in enumerate(own):
        label[places] = number
    floors = problem.floors
    reach = [
        len(np.unique(label[floors.indices[start:end]])) > 1
        for start, end in zip(floors.indptr[:-1], floors.indptr[1:], strict=True)
    ]
    return np.flatnonzero(reach)


def _apart(problem: Problem, own: Sequence[Places]) -> Found:
    chosen, bound = np.zeros(len(problem.worth)), 0.0
    for places in own:
        found = exact(problem.part(places))
        chosen[places] = found.chosen
        bound += found.bound
    # Floors that nothing gives to belong to no part.
    empty = problem.floors.sum(axis=1) == 0
    bound -= float(problem.fines[empty] @ np.maximum(problem.least[empty], 0.0))
    return Found(chosen, problem.value(chosen), bound)


def exact(problem: Problem, *, gap: float = GAP, beside: float | None = None) -> Found:
    """Return the best choice of one part by one mixed-integer program (HiGHS).

    Of a large part the program is of its core, grown until the reduced costs of all else prove that
    nothing else is in a better choice (Balas and Zemel 1980). Less than `beside` to a thousandth.

    Raises
    ------
    GeoprioError
        Nothing keeps the limits.
    """
    size = len(problem.worth)
    cost, table, most, low, high, size_of = _program(problem)
    whole = np.arange(len(cost)) < size
    free, lost, start, least = whole | True, np.zeros(len(cost)), np.zeros(len(cost)), 0.0
    if size > LARGE or beside is not None:
        bounds = list(zip(low, high, strict=True))
        rows: Any = table
        relaxed: Any = linprog(cost, A_ub=rows, b_ub=most, bounds=bounds)
        if relaxed.x is None:
            raise GeoprioError("plan_impossible")
        lost = np.abs(relaxed.lower.marginals + relaxed.upper.marginals)
        start, least = np.round(relaxed.x), float(relaxed.fun)
        free = ~whole | (lost <= np.sort(lost[:size])[min(CORE, size - 1)])
        if beside and least < 0:
            gap = max(gap, THOUSANDTH * (beside / -least / size_of - 1))
    asked = PLAIN if size <= MANY else {}
    while True:
        held: Floats = np.where(free, 0.0, start)
        found = highs(
            cost[free],
            integrality=whole[free].astype(int),
            bounds=Bounds(low[free], high[free]),
            constraints=[LinearConstraint(table[:, free], ub=most - table @ held)][: len(most)],
            options={"mip_rel_gap": gap, "time_limit": SECONDS, **asked},
        )
        room = np.inf if found.x is None else float(found.fun + cost @ held) - least
        # A choice that is held would lose more by its reduced cost alone than the best found does.
        if free.all() or (lost[~free] > room).all():
            break
        free |= lost <= room
    if found.x is None:
        raise GeoprioError("plan_impossible")
    held[free] = found.x
    chosen = np.asarray(np.round(held[:size]), dtype=np.float64)
    bound = float(found.mip_dual_bound + cost[~free] @ held[~free])
    return Found(chosen, problem.value(chosen), -bound * size_of)


def _program(problem: Problem) -> tuple[Floats, csr_array, Floats, Floats, Floats, float]:
    """Return cost, rows with the most of each, and bounds: choices, then what each floor lacks.

    The last is what costs are divided by.
    """
    floors = len(problem.least)
    low, high = problem.bounds
    # Hours and kronor on one scale, so that the solver's tolerance is as fine for both.
    scale = 1 / np.maximum(np.abs(problem.most), 1.0)
    size_of = max(float(np.abs(problem.worth).max(initial=0.0)), ROUNDING)
    limits = _wide(csr_array(problem.use * scale[:, None]), floors)
    rows = [limits, hstack([-problem.floors, -eye(floors)])] if floors else [limits]
    return (
        np.concatenate([-problem.worth, problem.fines[:floors]]) / size_of,
        csr_array(vstack(rows)),
        np.concatenate([problem.most * scale, -problem.least]),
        np.concatenate([low, np.zeros(floors)]),
        np.concatenate([high, np.full(floors, np.inf)]),
        size_of,
    )


def highs(worth: Floats, **asked: Any) -> OptimizeResult:  # noqa: ANN401 - as milp has it
    """Return what `milp` finds, without the line that HiGHS writes past Python on standard out."""
    sys.stdout.flush()
    _C.fflush(None)
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        with warnings.catch_warnings():
            # Options that SciPy does not know it gives on as they are, and says so.
            warnings.simplefilter("ignore", RuntimeWarning)
            return milp(worth, **asked)
    finally:
        _C.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _wide(rows: csr_array, more: int) -> csr_array:
    return csr_array(hstack([rows, csr_array((rows.shape[0], more))])) if more else rows


def _floor_prices(problem: Problem) -> Floats:
    """Return what a unit of each floor costs in the relaxed problem."""
    floors = len(problem.least)
    low, high = problem.bounds
    table = vstack(
        [_wide(problem.use, floors), hstack([-problem.floors, -eye(floors)])], format="csr"
    )
    lows = np.concatenate([low, np.zeros(floors)])
    highs = np.concatenate([high, np.full(floors, np.inf)])
    found: Any = linprog(
        np.concatenate([-problem.worth, problem.fines]),
        A_ub=table,
        b_ub=np.concatenate([problem.most, -problem.least]),
        bounds=list(zip(lows, highs, strict=True)),
    )
    if found.x is None:
        raise GeoprioError("plan_impossible")
    prices = -found.ineqlin.marginals[len(problem.most) :]
    return np.asarray(np.clip(prices, 0.0, problem.fines))


def _improved(problem: Problem, own: Sequence[Places], chosen: Floats) -> Floats:
    """Return a choice no worse, each part solved anew beside what the others give to the floors."""
    touched = [places for places in own if problem.floors[:, places].nnz]
    for _ in range(2):
        before = problem.value(chosen)
        for places in touched:
            found = exact(problem.part(places, chosen))
            other = chosen.copy()
            other[places] = found.chosen
            if problem.value(other) > problem.value(chosen):
                chosen = other
        if problem.value(chosen) <= before + ROUNDING * abs(before):
            break
    return chosen


def price(problem: Problem, found: Found, choices: Places, *, wanted: bool) -> float:
    """Return the value lost where one of `choices` must be taken, or none of them may be.

    The choices' own part alone is solved anew, beside what the others give to the floors. Infinite
    where the limits do not allow it; never below 0.
    """
    own = next(places for places in problem.parts if choices[0] in places)
    part = problem.part(own, found.chosen)
    inside = np.isin(own, choices)
    if wanted:
        must = csr_array(inside.astype(float)[None, :])
        changed = replace(
            part,
            give=csr_array(vstack([part.floors, must])),
            least=np.append(part.least, 1.0),
            penalty=np.append(part.penalty, np.inf),
        )
    else:
        locked = part.locked if len(part.locked) else np.zeros(len(own), np.int8)
        changed = replace(part, locked=np.where(inside, -1, locked).astype(np.int8))
    before = part.value(found.chosen[own])
    other = exact(changed, beside=before).chosen
    if (changed.short(other)[~np.isfinite(changed.penalty)] > ROUNDING).any():
        return float("inf")
    return max(before - part.value(other), 0.0)


def alternatives(problem: Problem, found: Found, count: int, *, within: float) -> list[Found]:
    """Return plans worth at least `1 - within` of the best, each as unlike those before as can be.

    How unlike two plans are is the worth of the choices that one of them has alone. Each part keeps
    `1 - within` of its own value, and every floor is met as well as in the best plan.
    """
    seen, made = [found.chosen], []
    for _ in range(count):
        chosen = found.chosen.copy()
        for own in problem.parts:
            part = problem.part(own, found.chosen)
            unlike = sum(1 - 2 * one[own] for one in seen) * np.maximum(part.worth, ROUNDING)
            held = found.chosen[own]
            keep = csr_array(-part.worth[None, :])
            kept = replace(
                part,
                worth=unlike,
                use=csr_array(vstack([part.use, keep])),
                most=np.append(part.most, -(1 - within) * float(part.worth @ held)),
                least=part.least - part.short(held),
                penalty=np.full(len(part.least), np.inf),
            )
            chosen[own] = exact(kept, gap=0.01).chosen
        seen.append(chosen)
        made.append(Found(chosen, problem.value(chosen), found.bound))
    return made


def greedy(problem: Problem, thing: Places, way: Places | None = None) -> Found:
    """Return the plan of whoever upgrades what gives most for each share of a limit, and no floors.

    `thing` numbers what a choice is an effort in, `way` how it is done where there are several ways
    to one: of one way the efforts stand in rising order, one replaces the one before, and the way
    that a thing is begun in is kept.
    """
    way = thing if way is None else way
    # One effort at a time is kept by the upgrades themselves.
    filled = np.flatnonzero(np.diff(problem.use.indptr))
    named, starts = thing[problem.use.indices], problem.use.indptr[filled]
    apart = np.minimum.reduceat(named, starts) < np.maximum.reduceat(named, starts)
    rows = filled[apart | (problem.most[filled] != 1)]
    most = problem.most[rows]
    scale = csr_array(problem.use[rows] / np.maximum(most, ROUNDING)[:, None])
    begins = np.append(True, way[1:] != way[:-1])
    # What an upgrade takes beside the effort that it replaces.
    replaced = diags_array(np.where(begins, 0.0, -1.0)[1:], offsets=1, shape=(len(thing),) * 2)
    more = csc_array(scale + scale @ replaced)
    gain = problem.worth + problem.worth @ replaced
    taken = csc_array(more.maximum(0)).sum(axis=0)
    rate = -gain / np.maximum(taken, ROUNDING)
    high = problem.bounds[1] * (gain > 0)
    chosen, left = np.zeros(len(thing)), np.ones(len(rows))
    begun = set[int]()
    waits = [(rate[column], column) for column in np.flatnonzero(begins) if high[column]]
    heapify(waits)
    while waits:
        _, column = heappop(waits)
        own = slice(more.indptr[column], more.indptr[column + 1])
        limits, amounts = more.indices[own], more.data[own]
        other = begins[column] and thing[column] in begun
        if other or (amounts > left[limits] + ROUNDING).any():
            continue
        begun.add(int(thing[column]))
        left[limits] -= amounts
        chosen[column] = 1
        if not begins[column]:
            chosen[column - 1] = 0
        after = column + 1
        if after < len(thing) and not begins[after] and high[after]:
            heappush(waits, (rate[after], after))
    return Found(chosen, problem.value(chosen), float("inf"))
