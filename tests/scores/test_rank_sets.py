"""Confidence sets for ranks: the published example, brute force, and coverage."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import studentized_range

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import SetRule, rank_confidence_sets, rank_set_widths, top_k_set
from geoprio.scores.rank_sets import Draws, Estimates, critical_value, largest_differences
from tests.scores.toy import codes

Floats = npt.NDArray[np.float64]
SINGLE = SetRule(step_down=False)


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=codes(len(values)), dtype=float)


@pytest.fixture
def pisa() -> pd.DataFrame:
    folder = Path(__file__).parents[3] / "shared" / "cases" / "csranks_pisa"
    if not folder.is_dir():
        pytest.skip("the published examples (shared/cases/csranks_pisa) are not here")
    return pd.read_csv(folder / "pisa2018.csv", index_col=0)


def test_the_published_sets_of_the_top_five(pisa: pd.DataFrame) -> None:
    """Mogstad et al. (2024): 12 countries at 95 %, 11 at 90 %."""
    for level, size in ((0.95, 12), (0.90, 11)):
        rule = SetRule(level=level, draws=10_000)
        inside = top_k_set(pisa["math_score"], pisa["math_se"], rule, top_k=5, rng=seeded())
        assert inside.sum() == size


def test_all_countries_sets_are_the_reference_s(pisa: pd.DataFrame) -> None:
    folder = Path(__file__).parents[3] / "shared" / "cases" / "csranks_pisa"
    expected = pd.read_csv(folder / "py_reference_simul95.csv", index_col=0).sort_index()
    rule = SetRule(draws=20_000)
    found = rank_confidence_sets(pisa["math_score"], pisa["math_se"], rule, rng=seeded())
    found = found.sort_index()
    assert found["rank"].tolist() == expected["rank"].tolist()
    # A pair on the critical value falls one way or the other with the draws: an end of each set.
    apart = (found[["rank_low", "rank_high"]].to_numpy() - expected[["L", "U"]].to_numpy()) != 0
    assert apart.sum() <= 2


def brute_force(estimates: Estimates, draws: Draws, rejected_above: float) -> Floats:
    values, errors = estimates.values, estimates.errors
    spread = np.hypot(errors[:, None], errors[None, :])
    kept = (values[:, None] - values[None, :] <= rejected_above * spread) & (spread > 0)
    largest = []
    for row in np.concatenate([block.noise for block in draws.blocks()]) * errors:
        rise = row[:, None] - row[None, :]
        ratio = np.divide(rise, spread, out=np.zeros_like(spread), where=kept)
        largest.append(ratio.max())
    return np.array(largest)


SPREADS = {
    "alike": np.full(300, 0.3),
    "uneven": 0.3 * np.exp(2 * np.random.default_rng(5).standard_normal(300)),
    "half exact": np.where(np.arange(300) % 2, 0, 0.3),
    "one noisy": np.where(np.arange(300) == 7, 50.0, 0),
    "rising with the estimate": np.linspace(0.01, 3, 300),
}


@pytest.mark.parametrize("kind", SPREADS)
@pytest.mark.parametrize("rejected_above", [np.inf, 3.0, 0.5, 0.0])
def test_the_extremes_give_what_all_pairs_give(kind: str, rejected_above: float) -> None:
    """300 areas, every pair of every draw."""
    estimates = Estimates(np.sort(seeded(5).normal(0, 1, 300)), SPREADS[kind])
    draws = Draws(60, 11, noisy=estimates.errors > 0)
    found = largest_differences(estimates, draws, rejected_above=rejected_above)
    # inf x 0: two exact estimates are told apart without a draw.
    above = min(rejected_above, 1e300)
    np.testing.assert_allclose(found, brute_force(estimates, draws, above), rtol=1e-11)


@pytest.mark.parametrize("step_down", [False, True])
def test_sets_hold_all_true_ranks_as_often_as_they_say(step_down: bool) -> None:
    """400 worlds of 12 areas, half of them near each other: 95 % with a margin of three sd."""
    rng = seeded(9)
    truth = np.concatenate([np.linspace(0, 0.5, 6), np.linspace(2, 8, 6)])
    errors = np.linspace(0.2, 0.8, 12)
    rule = SetRule(draws=500, step_down=step_down)
    true_rank = len(truth) - np.arange(len(truth))
    held = 0
    for _ in range(400):
        seen = series(*(truth + errors * rng.standard_normal(12)))
        sets = rank_confidence_sets(seen, series(*errors), rule, rng=rng)
        held += bool(((sets["rank_low"] <= true_rank) & (true_rank <= sets["rank_high"])).all())
    assert held / 400 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)


def test_the_critical_value_is_the_quantile_of_the_range_of_alike_areas() -> None:
    """With one standard error all pairs' largest difference is the studentised range / sqrt 2."""
    estimates = Estimates(values=np.zeros(10), errors=np.full(10, 2.0))
    rule = SetRule(draws=40_000, step_down=False)
    expected = studentized_range.ppf(0.95, 10, 1e6) / np.sqrt(2)
    assert critical_value(estimates, rule, seeded()) == pytest.approx(expected, rel=0.01)


def test_sets_hold_the_rank_and_step_down_never_widens_them() -> None:
    rng = seeded(4)
    estimate, se = series(*rng.normal(0, 3, 80)), series(*rng.uniform(0.1, 0.6, 80))
    wide, narrow = (
        rank_confidence_sets(estimate, se, rule, rng=seeded()) for rule in (SINGLE, SetRule())
    )
    for sets in (wide, narrow):
        assert (sets["rank_low"] <= sets["rank"]).all()
        assert (sets["rank"] <= sets["rank_high"]).all()
    assert (narrow["rank_low"] >= wide["rank_low"]).all()
    assert (narrow["rank_high"] <= wide["rank_high"]).all()
    assert (narrow["rank_high"] - narrow["rank_low"]).sum() < (
        wide["rank_high"] - wide["rank_low"]
    ).sum()


def test_exact_estimates_have_exact_ranks_and_ties_share_them() -> None:
    sets = rank_confidence_sets(series(5, 3, 3, 1), series(0, 0, 0, 0), SetRule(), rng=seeded())
    assert sets["rank"].tolist() == [1, 2, 2, 4]
    assert sets["rank_low"].tolist() == [1, 2, 2, 4]
    assert sets["rank_high"].tolist() == [1, 3, 3, 4]


def test_areas_all_equal_may_have_any_rank() -> None:
    sets = rank_confidence_sets(series(*[2] * 9), series(*[1] * 9), SetRule(), rng=seeded())
    assert (sets["rank_low"] == 1).all()
    assert (sets["rank_high"] == 9).all()
    assert (
        rank_set_widths(sets)[["mean_count", "median_count", "largest_count"]].tolist() == [9] * 3
    )


def test_two_areas_are_told_apart_at_the_normal_quantile() -> None:
    """Two-sided 95 % for one pair: 1.96 standard errors of the difference."""
    rule = SetRule(draws=40_000)
    for gap, low in ((1.8, 1), (2.1, 2)):
        sets = rank_confidence_sets(series(gap, 0), series(0.6, 0.8), rule, rng=seeded())
        assert sets["rank_low"].tolist() == [1, low]


def test_unknown_areas_have_no_set_and_count_for_no_other() -> None:
    sets = rank_confidence_sets(
        series(9, np.nan, 5, 1), series(0.1, 0.1, np.nan, 0.1), SetRule(), rng=seeded()
    )
    assert sets["rank_high"].isna().tolist() == [False, True, True, False]
    assert sets["rank_high"].dropna().tolist() == [1, 2]
    inside = top_k_set(series(9, np.nan, 1), series(0.1, 1, 0.1), SetRule(), top_k=1, rng=seeded())
    assert inside.isna().tolist() == [False, True, False]
    assert inside.dropna().tolist() == [True, False]


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]], ids=["no areas", "none known"])
def test_nothing_known_gives_nothing(values: list[float]) -> None:
    sets = rank_confidence_sets(series(*values), series(*values), SetRule(), rng=seeded())
    assert sets.isna().all(axis=None)
    assert len(sets) == len(values)
    assert rank_set_widths(sets)["areas_count"] == 0


def test_one_area_is_first() -> None:
    sets = rank_confidence_sets(series(3), series(1), SetRule(), rng=seeded())
    assert sets.iloc[0].tolist() == [1, 1, 1]


def test_bad_estimates_are_told_all_at_once() -> None:
    with pytest.raises(ContractError) as told:
        rank_confidence_sets(series(1, np.inf), series(-1, 1, 1), SetRule(), rng=seeded())
    message = str(told.value)
    assert "found 3 standard errors; expected one for each of 2 areas" in message
    assert "standard error below zero: A000 (1)" in message
    assert "infinite number" in message
    twice = pd.Series([1.0, 2.0], index=["A", "A"])
    with pytest.raises(ContractError, match="an area stands twice"):
        rank_confidence_sets(twice, twice, SetRule(), rng=seeded())


def test_a_rule_without_sense_and_too_few_areas_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"level: found 1.0.*\n.*draws: found 0"):
        SetRule(level=1.0, draws=0)
    with pytest.raises(ConfigError, match="top_k: found 3, and 2 areas"):
        top_k_set(series(1, 2), series(1, 1), SetRule(), top_k=3, rng=seeded())
