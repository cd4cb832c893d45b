"""Standard errors of figures made of the groups' shares, held against draws."""

import numpy as np
import pandas as pd
import pytest

from geoprio.groups import Joint, at_least_one, fit_joint, intensity, odds_seed
from geoprio.scores import at_least_one_error, intensity_error, product_error

GROUPS = ["unga", "lo", "kvinnor"]
WEIGHTS = {"unga": 1.0, "lo": 2.0, "kvinnor": 0.5}
SHARES = pd.DataFrame([[0.2, 0.1, 0.5], [0.35, 0.25, 0.48]], ["a", "b"], GROUPS)
ERRORS = pd.DataFrame([[0.01, 0.02, 0.003], [0.02, 0.01, 0.005]], ["a", "b"], GROUPS)
DRAWS = 4000


def joint_of(shares: pd.DataFrame) -> Joint:
    return fit_joint(shares, seed=odds_seed(GROUPS, {}))


@pytest.fixture(scope="module")
def drawn() -> Joint:
    """Return the joint tables of all draws of both areas."""
    noise = np.random.default_rng(7).standard_normal((DRAWS, *SHARES.shape))
    shares = (SHARES.to_numpy() + ERRORS.to_numpy() * noise).reshape(-1, len(GROUPS))
    return joint_of(pd.DataFrame(shares, columns=GROUPS))


def spread(figures: pd.Series) -> np.ndarray:
    return figures.to_numpy().reshape(DRAWS, -1).std(axis=0)


@pytest.mark.parametrize("combine", ["sum", "max", "any"])
def test_the_error_of_the_intensity_is_that_of_draws(combine: str, drawn: Joint) -> None:
    told = intensity_error(joint_of(SHARES), ERRORS, WEIGHTS, combine=combine)
    np.testing.assert_allclose(told, spread(intensity(drawn, WEIGHTS, combine=combine)), rtol=0.06)


def test_the_error_of_at_least_one_is_that_of_draws(drawn: Joint) -> None:
    told = at_least_one_error(joint_of(SHARES), ERRORS)
    np.testing.assert_allclose(told, spread(at_least_one(drawn)["share"]), rtol=0.06)


def test_a_group_that_does_not_count_adds_no_error() -> None:
    errors = ERRORS.assign(lo=np.nan)
    told = intensity_error(joint_of(SHARES), errors, {"unga": 1.0, "kvinnor": 1.0}, combine="sum")
    np.testing.assert_allclose(told, np.hypot(ERRORS["unga"], ERRORS["kvinnor"]) / 2)


def test_the_error_of_a_product() -> None:
    one, other = pd.Series([100.0]), pd.Series([0.4])
    told = product_error(one, pd.Series([5.0]), other, pd.Series([0.02]))
    assert told[0] == pytest.approx(np.hypot(0.4 * 5, 100 * 0.02))
