"""Tables fitted to margins: known answers, laws, and what is on the edge of the possible."""

import json
from pathlib import Path

import numpy as np
import pytest

from geoprio.groups.joint import ROUNDS, fit_margins
from tests.conftest import SHARED


@pytest.fixture(scope="module")
def cases() -> Path:
    folder = SHARED / "cases" / "ipf"
    if not folder.is_dir():
        pytest.skip("the known answers (shared/cases/ipf) are not here")
    return folder


def test_a_table_of_three_by_four_is_the_one_that_ipfn_gives(cases: Path) -> None:
    case = json.loads((cases / "ipfn_2d.json").read_text(encoding="utf-8"))
    rows, columns = (np.array(case[name], float) for name in ("rows", "cols"))
    margins = {(0,): rows[:, None] / rows.sum(), (1,): columns[:, None] / columns.sum()}
    fit = fit_margins(np.array(case["seed"])[..., None], margins)
    table = fit.table[..., 0] * rows.sum()
    np.testing.assert_allclose(table.sum(axis=1), rows, rtol=0, atol=1e-8)
    np.testing.assert_allclose(table.sum(axis=0), columns, rtol=0, atol=1e-8)
    np.testing.assert_allclose(table, case["fitted_ipfn_1.4.4"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(table, case["fitted_numpy_converged"], rtol=0, atol=1e-9)


def test_a_seed_of_ones_is_independence(cases: Path) -> None:
    case = json.loads((cases / "humanleague.json").read_text(encoding="utf-8"))["independence"]
    margins = {
        (axis,): np.array(case[name], float)[:, None] / 100
        for axis, name in enumerate(("rows", "cols"))
    }
    fit = fit_margins(np.ones((2, 2, 1)), margins)
    np.testing.assert_allclose(100 * fit.table[..., 0], case["expected"], rtol=0, atol=1e-8)


def test_the_seed_s_odds_ratios_survive() -> None:
    rng = np.random.default_rng(5)
    seed = rng.uniform(0.1, 9, (2, 3, 1))
    margins = {(0,): np.array([[0.3], [0.7]]), (1,): np.array([[0.1], [0.5], [0.4]])}
    table = fit_margins(seed, margins).table[..., 0]
    for column in (1, 2):
        ratios = [
            (t[0, 0] * t[1, column]) / (t[0, column] * t[1, 0]) for t in (seed[..., 0], table)
        ]
        assert ratios[0] == pytest.approx(ratios[1], rel=1e-8)


def test_margins_of_several_axes_are_met_together() -> None:
    rng = np.random.default_rng(6)
    truth = rng.dirichlet(np.ones(24), 50).T.reshape(2, 3, 4, 50)
    margins = {(0, 1): truth.sum(axis=2), (1, 2): truth.sum(axis=0)}
    fit = fit_margins(np.ones((2, 3, 4, 1)), margins)
    np.testing.assert_allclose(fit.table.sum(axis=2), margins[0, 1], rtol=0, atol=1e-8)
    np.testing.assert_allclose(fit.table.sum(axis=0), margins[1, 2], rtol=0, atol=1e-8)


def test_a_seed_skewed_ten_billion_times_needs_few_rounds() -> None:
    rng = np.random.default_rng(7)
    seed = rng.permutation(np.logspace(-5, 5, 16)).reshape(2, 2, 2, 2, 1)
    shares = rng.uniform(0, 1, (4, 3000)) ** rng.choice([1, 8], (4, 3000))
    margins = {(axis,): np.stack([1 - share, share]) for axis, share in enumerate(shares)}
    fit = fit_margins(seed, margins)
    assert fit.error.max() <= 1e-10
    assert fit.rounds < 30


def test_a_solution_on_the_edge_is_reached() -> None:
    # With nobody in both, shares of 0.3 and 0.7 leave nobody outside.
    seed = np.array([[1.0, 1.0], [1.0, 0.0]])[..., None]
    margins = {(0,): np.array([[0.7], [0.3]]), (1,): np.array([[0.3], [0.7]])}
    fit = fit_margins(seed, margins)
    np.testing.assert_allclose(fit.table[..., 0], [[0, 0.7], [0.3, 0]], rtol=0, atol=1e-8)


def test_what_cannot_be_met_says_how_far_and_leaves_the_others_alone() -> None:
    seed = np.array([[1.0, 1.0], [1.0, 0.0]])[..., None]
    one, other = np.array([0.3, 0.6, 0.2]), np.array([0.3, 0.6, 0.5])
    margins = {(0,): np.stack([1 - one, one]), (1,): np.stack([1 - other, other])}
    fit = fit_margins(seed, margins)
    assert fit.rounds == ROUNDS
    assert fit.error[1] > 0.05
    assert fit.error[[0, 2]].max() <= 1e-10
    alone = fit_margins(seed, {axes: target[:, [2]] for axes, target in margins.items()})
    np.testing.assert_array_equal(fit.table[..., 2], alone.table[..., 0])


def test_no_areas_are_no_tables() -> None:
    fit = fit_margins(np.ones((2, 1)), {(0,): np.empty((2, 0))})
    assert fit.table.shape == (2, 0)
