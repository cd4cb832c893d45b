"""One scale for criteria of different units, and scores from it."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import aggregate, normalise


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


def test_the_geometric_mean_forgives_less_than_the_arithmetic() -> None:
    frame = pd.DataFrame({"a": [50.0, 100, 100], "b": [50.0, 1, 0]})
    even = {"a": 1, "b": 1}
    assert aggregate(frame, even)["rank"].tolist() == [2, 1, 2]
    strict = aggregate(frame, even, method="geometric")
    np.testing.assert_allclose(strict["score"], [50, 10, 0])
    assert strict["rank"].tolist() == [1, 2, 3]


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
