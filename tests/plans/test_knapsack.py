"""The exact choice beside every choice there is, and beside a solver that somebody else wrote."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from geoprio.plans.knapsack import Floats, best_choice, taken_down

THINGS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40)), min_size=0, max_size=11)


def apart(things: list[tuple[int, int]]) -> tuple[Floats, Floats]:
    table = np.array(things, dtype=float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@settings(max_examples=300, deadline=None)
@given(things=THINGS, limit=st.integers(0, 250))
def test_no_choice_within_the_limit_is_worth_more(
    things: list[tuple[int, int]], limit: int
) -> None:
    worth, cost = apart(things)
    chosen = best_choice(worth, cost, float(limit))
    every = np.array(list(product([False, True], repeat=len(things))))
    within = every[every @ cost <= limit]
    assert cost[chosen].sum() <= limit
    assert worth[chosen].sum() == (within @ worth).max()


@settings(max_examples=100, deadline=None)
@given(things=THINGS, limit=st.integers(0, 250), more=st.integers(0, 50))
def test_a_higher_limit_is_never_worth_less(
    things: list[tuple[int, int]], limit: int, more: int
) -> None:
    worth, cost = apart(things)
    first, second = (best_choice(worth, cost, float(one)) for one in (limit, limit + more))
    assert worth[second].sum() >= worth[first].sum()


@pytest.mark.parametrize("seed", range(4))
def test_highs_finds_nothing_better_in_a_county(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = np.round(rng.lognormal(6.5, 0.7, 500))
    worth = cost * rng.uniform(0.8, 2.0, 500)
    limit = float(np.floor(0.2 * cost.sum()))
    chosen = best_choice(worth, cost, limit)
    theirs = milp(
        -worth / worth.max(),
        constraints=LinearConstraint(cost[None, :], -np.inf, limit),
        integrality=np.ones(500),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    assert cost[chosen].sum() <= limit
    assert worth[chosen].sum() == pytest.approx(-theirs.fun * worth.max(), rel=1e-9)


def test_what_is_best_by_worth_per_cost_is_not_always_taken() -> None:
    worth, cost = np.array([6.0, 5.0, 5.0]), np.array([5.0, 5.0, 5.0]) - [0, 0.1, 0.1]
    assert best_choice(worth, cost, 9.8).tolist() == [False, True, True]
    assert taken_down(cost, 9.8).tolist() == [True, False, False]


def test_of_equal_things_the_first_is_taken() -> None:
    worth, cost = np.full(5, 3.0), np.full(5, 2.0)
    assert best_choice(worth, cost, 5.0).tolist() == [True, True, False, False, False]
