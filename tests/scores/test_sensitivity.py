"""The indices of choices whose effect on the ranks is known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from geoprio.scores.sensitivity import choice_indices

PAIRS = 12


def moved(pairs: int) -> pd.Series:
    """Return the scores of areas two by two, so many pairs of which have changed places."""
    scores = np.arange(2.0 * PAIRS)
    order = scores.reshape(PAIRS, 2)
    order[:pairs] = order[:pairs, ::-1]
    return pd.Series(scores)


def indices(score: Callable[..., pd.Series], **options: list[int]) -> pd.DataFrame:
    return choice_indices(score, options, rng=np.random.default_rng(1), draws=128)


def test_effects_that_add_up_share_the_variance() -> None:
    """Variances of 0..3 and of {0, 2}: 1.25 and 1."""
    found = indices(lambda first, second: moved(first + second), first=[0, 1, 2, 3], second=[0, 2])
    for order in ("first_order", "total_order"):
        np.testing.assert_allclose(found[order], [1.25 / 2.25, 1 / 2.25], atol=0.02)


def test_effects_that_need_each_other_stand_in_the_total_alone() -> None:
    """Of two coins' product, variance 3/16: 1/3 each alone, and 2/3 with the other."""
    found = indices(
        lambda one, other, idle: moved(one * other + 0 * idle),
        **{name: [0, 1] for name in ("one", "other", "idle")},
    )
    np.testing.assert_allclose(found["first_order"], [1 / 3, 1 / 3, 0], atol=0.04)
    np.testing.assert_allclose(found["total_order"], [2 / 3, 2 / 3, 0], atol=0.04)
    assert (found[["first_order_se", "total_order_se"]] < 0.03).all(axis=None)


def test_the_same_options_are_tried_once() -> None:
    tried: list[tuple[int, int]] = []

    def score(one: int, other: int) -> pd.Series:
        tried.append((one, other))
        return moved(one + other)

    indices(score, one=[0, 1], other=[0, 1])
    assert sorted(tried[1:]) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_choices_that_move_nothing_explain_nothing() -> None:
    found = indices(lambda one, other: moved(0 * one * other), one=[0, 1], other=[0, 1])
    assert (found == 0).all(axis=None)


def test_the_seed_alone_decides() -> None:
    first, again = (
        indices(lambda one, other: moved(one + other), one=[0, 1], other=[0, 3]) for _ in "ab"
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert first.loc["other", "first_order"] == pytest.approx(0.9, abs=0.02)
