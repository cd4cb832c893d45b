"""Whole numbers that add up."""

import numpy as np
import pytest

from geoprio.demo.apportionment import apportion, split


def test_largest_remainder_known_answer() -> None:
    # 10 seats by 47, 16, 15.8, 12, 6.1, 3.1 (the textbook example): 5, 2, 1, 1, 1, 0
    weights = np.array([47, 16, 15.8, 12, 6.1, 3.1])
    seats = apportion(weights, np.zeros(6, dtype=int), np.array([10]))
    assert seats.tolist() == [5, 2, 1, 1, 1, 0]


def test_groups_do_not_mix_and_empty_weights_share_evenly() -> None:
    group = np.array([1, 0, 1, 0, 2, 2])
    shared = apportion(np.array([3.0, 1, 1, 1, 0, 0]), group, np.array([5, 8, 4]))
    assert shared[group == 0].sum() == 5
    assert shared[group == 1].tolist() == [6, 2]
    assert shared[group == 2].tolist() == [2, 2]


@pytest.mark.parametrize("wanted", [0, 1, 37, 4_999, 5_000])
def test_split_hits_totals_within_room(wanted: int) -> None:
    rng = np.random.default_rng(0)
    sizes = np.concatenate([rng.multinomial(5_000, np.full(200, 1 / 200)), np.full(10, 7)])
    group = np.repeat([0, 1], [200, 10])
    logit = rng.standard_t(3, 210) * 2
    drawn = split(sizes, logit, rng, group=group, totals=np.array([wanted, 35]))
    assert drawn[:200].sum() == wanted
    assert drawn[200:].sum() == 35
    assert (drawn >= 0).all() and (drawn <= sizes).all()


def test_split_follows_the_log_odds() -> None:
    rng = np.random.default_rng(1)
    sizes = np.full(2, 100_000)
    drawn = split(
        sizes,
        np.array([0.0, np.log(3)]),
        rng,
        group=np.zeros(2, dtype=int),
        totals=np.array([80_000]),
    )
    odds = drawn / (sizes - drawn)
    assert odds[1] / odds[0] == pytest.approx(3, rel=0.03)


def test_split_refuses_more_than_there_are() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        split(
            np.array([3]),
            np.zeros(1),
            np.random.default_rng(0),
            group=np.zeros(1, dtype=int),
            totals=np.array([4]),
        )
