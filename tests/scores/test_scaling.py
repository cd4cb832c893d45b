"""One scale for criteria of different units, and scores from it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import AGGREGATE, NORMALISE, aggregate, normalise

SCALING = sorted(set(NORMALISE) - {"none"})


def points(values: list[float], method: str, **directions: str) -> list[float]:
    return normalise(pd.DataFrame({"x": values}), method=method, directions=directions)[
        "x"
    ].tolist()


def test_minmax_runs_from_0_to_100() -> None:
    assert points([2.0, 4, 10], "minmax") == [0, 25, 100]
    assert points([2.0, 4, 10], "minmax", x="low") == [100, 75, 0]


def test_zscore_gives_ten_points_a_standard_deviation() -> None:
    assert points([1.0, 2, 3], "zscore") == [40, 50, 60]


def test_zscore_ends_five_standard_deviations_out() -> None:
    wild = points([*np.linspace(0, 1, 200).tolist(), 1e6], "zscore")
    assert wild[-1] == 100


def test_percentiles_are_mid_ranks_and_ties_share_theirs() -> None:
    assert points([5.0, 5, 1, 9], "percentile") == [50, 50, 12.5, 87.5]


def test_rank_exponential_is_the_formula_of_the_english_indices() -> None:
    """McLennan et al. (2019): 100 for the first, 50 for the first tenth, decay 23."""
    many = points(list(range(1, 1001)), "rank_exponential")
    assert many[-1] == pytest.approx(100)
    assert many[899] == pytest.approx(-23 * np.log(1 - 0.9 * (1 - np.exp(-100 / 23))))
    assert many[899] == pytest.approx(50, abs=0.5)
    assert many[0] < 0.03
    np.testing.assert_allclose(
        points(list(range(1, 1001)), "rank_exponential", x="low"), many[::-1]
    )


def test_none_gives_the_values() -> None:
    assert points([3.0, -1], "none") == [3, -1]


@pytest.mark.parametrize("method", SCALING)
def test_a_constant_criterion_favours_none(method: str) -> None:
    alike = points([0.1, 0.1, 0.1], method)
    assert len(set(alike)) == 1
    if method != "rank_exponential":  # where the middle rank is not the middle of the scale
        assert alike == [50] * 3


@pytest.mark.parametrize("method", sorted(NORMALISE))
def test_unknown_is_unknown_and_counts_for_nothing(method: str) -> None:
    with_gap = points([1.0, np.nan, 3, 7], method)
    assert np.isnan(with_gap[1])
    np.testing.assert_allclose([with_gap[0], *with_gap[2:]], points([1.0, 3, 7], method))
    assert np.isnan(points([np.nan, np.nan], method)).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40),
    st.sampled_from(SCALING),
    st.sampled_from(["high", "low"]),
)
def test_points_lie_on_the_scale_and_keep_the_order(
    values: list[float], method: str, direction: str
) -> None:
    scaled = np.array(points(values, method, x=direction))
    assert ((scaled >= 0) & (scaled <= 100 + 1e-9)).all()
    order = np.argsort(values) if direction == "high" else np.argsort(values)[::-1]
    assert (np.diff(scaled[order]) >= -1e-9).all()


@pytest.mark.parametrize("method", sorted(NORMALISE))
def test_a_block_of_draws_is_scaled_draw_by_draw(method: str) -> None:
    block = np.random.default_rng(3).normal(size=(4, 30, 3))
    block[1, 5, 2] = np.nan
    together = NORMALISE[method](block)
    for number, draw in enumerate(block):
        np.testing.assert_allclose(together[number], NORMALISE[method](draw))


@pytest.mark.parametrize("method", sorted(AGGREGATE))
def test_a_block_of_draws_has_weights_of_its_own(method: str) -> None:
    rng = np.random.default_rng(4)
    block, weights = rng.uniform(0, 100, (4, 30, 3)), rng.dirichlet([1, 1, 1], 4)
    together = AGGREGATE[method](block, weights)
    for number, draw in enumerate(block):
        np.testing.assert_allclose(together[number], AGGREGATE[method](draw, weights[number]))


def test_the_geometric_mean_forgives_less_than_the_arithmetic() -> None:
    frame = pd.DataFrame({"a": [50.0, 100, 100], "b": [50.0, 1, 0]})
    even = {"a": 1, "b": 1}
    assert aggregate(frame, even)["rank"].tolist() == [2, 1, 2]
    strict = aggregate(frame, even, method="geometric")
    np.testing.assert_allclose(strict["score"], [50, 10, 0])
    assert strict["rank"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("method", sorted(AGGREGATE))
def test_an_unknown_criterion_leaves_no_score_but_its_coverage(method: str) -> None:
    frame = pd.DataFrame({"a": [10.0, 20, np.nan], "b": [5.0, 9, 7]})
    result = aggregate(frame, {"a": 3, "b": 1}, method=method)
    assert result["score"].isna().tolist() == [False, False, True]
    assert result["rank"].tolist()[:2] == [2, 1]
    assert np.isnan(result["rank"][2])
    assert result["coverage"].tolist() == [1, 1, 0.25]


@pytest.mark.parametrize("method", sorted(AGGREGATE))
def test_areas_that_are_alike_share_a_rank(method: str) -> None:
    result = aggregate(
        pd.DataFrame({"a": [50.0, 50], "b": [50.0, 50]}), {"a": 1, "b": 2}, method=method
    )
    np.testing.assert_allclose(result["score"], [50, 50])
    assert result["rank"].tolist() == [1, 1]


def test_a_criterion_of_weight_zero_counts_for_nothing_known_or_not() -> None:
    frame = pd.DataFrame({"a": [10.0, 20], "b": [np.nan, 9]})
    result = aggregate(frame, {"a": 1, "b": 0})
    assert result["score"].tolist() == [10, 20]
    assert result["coverage"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"a": 0, "b": 0}, "every weight is 0"),
        ({"a": -1, "b": 1}, "a: found -1"),
        ({"a": np.nan, "b": 1}, "a: found nan"),
        ({"a": np.inf, "b": 1}, "a: found inf"),
        ({"a": 1}, "b: has no weight"),
        ({"a": 1, "b": 1, "c": 1}, "c: no such criterion"),
    ],
)
def test_weights_that_weigh_nothing_are_told(weights: dict[str, float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        aggregate(pd.DataFrame({"a": [1.0], "b": [2.0]}), weights)


def test_the_geometric_mean_refuses_what_is_below_zero() -> None:
    with pytest.raises(ConfigError, match="geometric: found points below zero"):
        aggregate(pd.DataFrame({"a": [1.0, -1]}), {"a": 1}, method="geometric")


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_figure_is_refused(value: float) -> None:
    frame = pd.DataFrame({"a": [1.0, value]})
    with pytest.raises(ContractError, match="normalise: figures must be finite"):
        normalise(frame, method="minmax")
    with pytest.raises(ContractError, match="aggregate: figures must be finite"):
        aggregate(frame, {"a": 1})


def test_a_misspelt_method_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'percentile'"):
        normalise(pd.DataFrame({"a": [1.0]}), method="percentil")
    with pytest.raises(ConfigError, match="did you mean 'arithmetic'"):
        aggregate(pd.DataFrame({"a": [1.0]}), {"a": 1}, method="aritmetic")
