"""The formulas that draws are scored by are those of a single score, method by method."""

import numpy as np
import pytest

from geoprio.scores import AGGREGATE, NORMALISE
from geoprio.scores.kernel import SCALE, WEIGH, places

DRAWS, AREAS, CRITERIA = 7, 203, 4


def draws() -> np.ndarray:
    """Return draws x areas: skewed, negative, tied, nearly tied, alike, zeros of both signs."""
    rng = np.random.default_rng(20260913)
    rows = rng.gamma(0.3, 9, (DRAWS, AREAS)) * 10.0 ** rng.integers(-9, 9, (DRAWS, 1))
    rows[1] *= -1
    rows[2] = rng.integers(-3, 3, AREAS)
    rows[3] = 1 + np.arange(AREAS)[::-1] * np.finfo(float).eps
    rows[4] = 7.0
    rows[5] = np.where(np.arange(AREAS) % 2, 0.0, -0.0)
    return rows


def test_the_registries_name_the_same_methods() -> None:
    assert SCALE.keys() == NORMALISE.keys()
    assert WEIGH.keys() == AGGREGATE.keys()


@pytest.mark.parametrize("name", sorted(NORMALISE))
def test_every_draw_is_scaled_as_a_score_is(name: str) -> None:
    values = draws()
    whole = NORMALISE[name](values[:, :, None])[:, :, 0]
    np.testing.assert_allclose(SCALE[name](values.copy()), whole, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("name", sorted(AGGREGATE))
def test_every_draw_is_weighed_as_a_score_is(name: str) -> None:
    """With areas at zero and unknown in one criterion, and a criterion alike everywhere."""
    rng = np.random.default_rng(7)
    points = rng.uniform(0, 100, (DRAWS, AREAS, CRITERIA))
    points[:, 3, 1] = 0.0
    points[:, 5, 2] = np.nan
    points[0, :, 0] = 50.0
    weights = rng.dirichlet(np.ones(CRITERIA), DRAWS)
    found = WEIGH[name]((points[:, :, number] for number in range(CRITERIA)), weights)
    np.testing.assert_allclose(found, AGGREGATE[name](points, weights), rtol=1e-12, atol=1e-9)


def test_numbers_that_share_their_highest_bits_are_told_apart() -> None:
    """A place is found from a number's highest bits; the rest of it counts where they are alike."""
    near = 1 + np.random.default_rng(1).permutation(AREAS) * np.finfo(float).eps
    for row in (near, -near):
        np.testing.assert_array_equal(
            places(row[None], ties="first")[0], row.argsort().argsort() + 1
        )
