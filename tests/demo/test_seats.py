"""Seats as the law counts them."""

import numpy as np
import pytest

from geoprio.demo.elections import allocate, allocate_riksdag, council_seats


def test_the_first_divisor_delays_a_small_partys_first_seat() -> None:
    """Two parties, 3 seats: 55/1.2, 45/1.2, then 55/3 against 45/3."""
    assert allocate(np.array([55, 45]), 3, threshold=0, valid=100).tolist() == [2, 1]
    # 16/1.2 = 13.3 is under 84/5 = 16.8; by plain odd numbers 16 would still be less.
    assert allocate(np.array([84, 16]), 3, threshold=0, valid=100).tolist() == [3, 0]
    # 19/1.2 = 15.8 under 81/5 = 16.2, where 19/1 would have been over.
    assert allocate(np.array([81, 19]), 3, threshold=0, valid=100).tolist() == [3, 0]


def test_the_riksdag_of_2022_comes_out_of_its_votes() -> None:
    """Valmyndigheten, final count 2022: votes of the eight parties and 349 seats."""
    votes = {
        "s": (1_964_474, 107), "sd": (1_330_325, 73), "m": (1_237_428, 68), "v": (437_050, 24),
        "c": (434_945, 24), "kd": (345_712, 19), "mp": (329_242, 18), "l": (298_542, 16),
    }  # fmt: skip
    found = allocate(np.array([v for v, _ in votes.values()]), 349, threshold=0.04, valid=6_477_970)
    assert found.tolist() == [seats for _, seats in votes.values()]


def test_a_party_under_the_threshold_gets_nothing() -> None:
    found = allocate(np.array([97, 3]), 101, threshold=0.04, valid=100)
    assert found.tolist() == [101, 0]


@pytest.mark.parametrize("seed", range(5))
def test_adjustment_seats_make_the_whole_proportional(seed: int) -> None:
    rng = np.random.default_rng(seed)
    votes = rng.integers(2_000, 60_000, size=(4, 8))
    valid = votes.sum(axis=1) + 500
    fixed, extra = allocate_riksdag(votes, valid, valid * 2, (62, 8))
    assert fixed.sum() == 62
    assert extra.sum() == 8
    assert (extra >= 0).all()
    one = allocate(votes.sum(axis=0), 70, threshold=0.04, valid=int(valid.sum()))
    over = fixed.sum(axis=0) > one
    assert over.any() or ((fixed + extra).sum(axis=0) == one).all()


def test_a_local_party_takes_part_where_it_is_strong_only() -> None:
    votes = np.array([[1_000, 200], [10_000, 0]])
    fixed, extra = allocate_riksdag(votes, votes.sum(axis=1), np.array([100, 100]), (10, 1))
    # 1000/1.2, 1000/3 and 1000/5 come before 200/1.2, and 1000/7 after it.
    assert fixed.tolist() == [[4, 1], [5, 0]]
    assert extra[:, 1].sum() == 0


@pytest.mark.parametrize(
    ("electors", "seats"), [(8_000, 21), (8_001, 31), (36_000, 51), (36_001, 61), (700_000, 101)]
)
def test_a_council_has_the_seats_that_the_law_asks(electors: int, seats: int) -> None:
    assert council_seats(electors) == seats
