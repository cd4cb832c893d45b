"""Which things to take when each has a worth and a cost: the best choice there is, proved."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geoprio.errors import GeoprioError

Floats = npt.NDArray[np.float64]
Chosen = npt.NDArray[np.bool_]
ROUNDING = 1e-9
"""Of the whole worth: differences below it are the computer's, not the figures'."""
MOST_STATES = 5_000_000
"""Choices that are held at once; a county has some thousands."""


@dataclass(frozen=True)
class _States:
    """Choices that may still become the best one: none costs more than a better one does."""

    cost: Floats
    worth: Floats
    parent: npt.NDArray[np.intp]
    """Which of the states one step before each comes of."""
    moved: Chosen
    """Whether the thing of this step changed its place."""

    def only(self, kept: npt.NDArray[np.intp] | Chosen) -> "_States":
        return _States(self.cost[kept], self.worth[kept], self.parent[kept], self.moved[kept])


def best_choice(worth: Floats, cost: Floats, limit: float) -> Chosen:
    """Return the things of most worth together whose costs together do not pass the limit.

    The 0/1 knapsack problem, solved exactly (to 1e-9 of the worth) by Pisinger's way (MINKNAP,
    1997): from the choice by worth per cost, things change their place one by one, nearest to the
    line first, and a choice is dropped when another is worth no less for no more, or when even the
    relaxed problem cannot make it better than the best one found. When none is left, that is it.

    Parameters
    ----------
    worth, cost
        Of each thing, both above 0. Of equal things the first is taken.
    limit
        Largest sum of costs.

    Raises
    ------
    GeoprioError
        The choice is too hard to prove.
    """
    order = np.argsort(-worth / cost, kind="stable")
    value, price = worth[order], cost[order]
    chosen = np.zeros(len(worth), dtype=bool)
    chosen[order[_improved(value, price, limit, taken=taken_down(price, limit))]] = True
    return chosen


def taken_down(cost: Floats, limit: float) -> Chosen:
    """Return what is taken in the order given, whatever does not fit passed over."""
    taken = np.zeros(len(cost), dtype=bool)
    left = limit
    for place, one in enumerate(cost):
        if one <= left:
            taken[place] = True
            left -= one
    return taken


def _improved(value: Floats, price: Floats, limit: float, *, taken: Chosen) -> Chosen:
    """Return the best choice of things in order of worth per cost; `taken` where none is better."""
    broken = int((np.cumsum(price) <= limit).sum())
    inside = np.arange(len(price)) < broken
    margin = ROUNDING * max(float(value.sum()), 1.0)
    least = float(value[taken].sum()) + margin
    steps = _steps(value, price, limit, inside, more_than=least)
    begun = np.array([price[inside].sum()]), np.array([value[inside].sum()])
    states = _States(*begun, np.zeros(1, dtype=np.intp), np.zeros(1, dtype=bool))
    history: list[_States] = []
    best: tuple[int, int, bool] | None = None
    for number, thing in enumerate(steps):
        sign = -1.0 if inside[thing] else 1.0
        states = _undominated(states, sign * price[thing], sign * value[thing])
        fits = int(np.searchsorted(states.cost, limit, side="right")) - 1
        if fits >= 0 and states.worth[fits] > least:
            least = float(states.worth[fits]) + margin
            best = number, int(states.parent[fits]), bool(states.moved[fits])
        ahead = _next_rates(value / price, inside, steps[number + 1 :])
        states = _hopeful(states, limit, ahead, more_than=least)
        history.append(states)
        if not len(states.cost):
            break
    return taken if best is None else _traced(inside, steps, history, best)


def _steps(
    value: Floats, price: Floats, limit: float, inside: Chosen, *, more_than: float
) -> npt.NDArray[np.intp]:
    """Return the things that may change their place, nearest to the line first.

    What cannot move without the relaxed problem falling to `more_than` or below stays.
    """
    broken = int(inside.sum())
    if broken == len(price):
        return np.zeros(0, dtype=np.intp)
    rate = value[broken] / price[broken]
    bound = value[inside].sum() + (limit - price[inside].sum()) * rate
    open_things = np.flatnonzero(bound - np.abs(value - rate * price) > more_than)
    near: npt.NDArray[np.intp] = open_things[
        np.argsort(np.abs(open_things - broken + 0.25), kind="stable")
    ]
    return near


def _undominated(states: _States, cost: float, worth: float) -> _States:
    """Return each state with and without one thing moved, cheapest first, none beaten."""
    count = len(states.cost)
    both = _States(
        np.concatenate([states.cost, states.cost + cost]),
        np.concatenate([states.worth, states.worth + worth]),
        np.tile(np.arange(count), 2),
        np.repeat([False, True], count),
    )
    order = np.lexsort((-both.worth, both.cost))
    before = np.maximum.accumulate(np.concatenate([[-np.inf], both.worth[order][:-1]]))
    return both.only(order[both.worth[order] > before])


def _hopeful(
    states: _States, limit: float, ahead: tuple[float, float], *, more_than: float
) -> _States:
    """Return the states that the relaxed problem can still make worth more than `more_than`."""
    room = limit - states.cost
    bound = states.worth + room * np.where(room >= 0, *ahead)
    kept = states.only(bound > more_than)
    if len(kept.cost) > MOST_STATES:
        raise GeoprioError("choice_not_proved")
    return kept


def _next_rates(rate: Floats, inside: Chosen, ahead: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Return the most that a krona left may still bring, and the least that one too many costs."""
    out, within = ahead[~inside[ahead]], ahead[inside[ahead]]
    gain = float(rate[out].max()) if len(out) else 0.0
    return gain, float(rate[within].min()) if len(within) else np.inf


def _traced(
    inside: Chosen,
    steps: npt.NDArray[np.intp],
    history: list[_States],
    best: tuple[int, int, bool],
) -> Chosen:
    chosen = inside.copy()
    number, parent, moved = best
    while True:
        if moved:
            chosen[steps[number]] = ~chosen[steps[number]]
        if number == 0:
            return chosen
        number -= 1
        states = history[number]
        parent, moved = int(states.parent[parent]), bool(states.moved[parent])
