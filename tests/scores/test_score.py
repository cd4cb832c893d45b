"""Scores and the steps to them: gaps, outliers, one scale, weights; known answers of each."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import (
    aggregate,
    constant_criteria,
    fill_from_groups,
    normalise,
    refuse_unknown_steps,
    score_areas,
    treat_outliers,
)
from geoprio.scores.score import is_outlying
from tests.scores.toy import score, toy, weigh


def one(values: list[float], method: str = "winsorise") -> tuple[list[float], pd.Series]:
    treated, report = treat_outliers(pd.DataFrame({"x": values}, dtype=float), method=method)
    return treated["x"].tolist(), report.loc["x"]


CALM = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_a_calm_column_is_left_alone() -> None:
    values, done = one(CALM)
    assert values == CALM
    assert (done["treatment"], done["points_count"]) == ("none", 0)


def test_one_wild_area_is_pulled_in_to_its_neighbour() -> None:
    values, done = one([*CALM, 1000])
    assert values == [*CALM, 10]
    assert (done["treatment"], done["points_count"]) == ("winsorised", 1)
    assert done["skewness"] > 3
    assert abs(done["skewness_after"]) < 0.2


def test_the_low_end_is_pulled_in_as_the_high_end_is() -> None:
    assert one([-1000, *CALM])[0] == [1, *CALM]


def test_points_are_moved_one_at_a_time_until_it_holds() -> None:
    values, done = one([*CALM * 10, 500, 900])
    assert done["points_count"] == 2
    assert max(values) == 10


def test_areas_that_tie_at_the_end_are_counted_each() -> None:
    values, done = one([*CALM * 20, 1000, 1000, 1000, 1000, 1000, 1000])
    assert done["treatment"] == "logged"
    assert values[0] == pytest.approx(np.log(1 - 1 + 0.01 * 999))


def test_more_than_five_wild_areas_are_logged_from_the_untouched_values() -> None:
    wild = [2.0**power for power in range(5, 12)]
    values, done = one([*CALM * 20, *wild])
    span = wild[-1] - 1
    assert done["treatment"] == "logged"
    assert done["points_count"] == 0
    np.testing.assert_allclose(values[-1], np.log(span + 0.01 * span))
    assert (
        np.argsort(values, kind="stable").tolist()
        == np.argsort([*CALM * 20, *wild], kind="stable").tolist()
    )


def test_the_only_areas_that_differ_are_not_made_alike() -> None:
    values, done = one([0.0] * 50 + [1.0])
    assert done["treatment"] == "logged"
    assert len(set(values)) == 2


def test_both_skew_and_peak_are_needed() -> None:
    two_sided = pd.Series([-1000.0, *CALM, 1000.0])
    assert two_sided.kurt() > 3.5
    assert not is_outlying(two_sided)


def test_a_gap_becomes_the_mean_of_its_group_alone() -> None:
    frame = pd.DataFrame({"x": [1.0, 3, np.nan, 50, np.nan, np.nan]}, index=list("ABCDEF"))
    groups = pd.Series(["p", "p", "p", "q", "r", np.nan], index=list("ABCDEF"))
    filled = fill_from_groups(frame, groups)["x"]
    assert filled.tolist()[:4] == [1, 3, 2, 50]
    assert filled[["E", "F"]].isna().all()
    assert frame["x"].isna().sum() == 3


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
def test_an_infinite_figure_is_named(value: float) -> None:
    frame = toy(a_count=[1, value])
    told = "{}: figures must be finite.*\n.*a_count: 1 infinite, for example at 'A001'; .* NaN"
    with pytest.raises(ContractError, match=told.format("treat")):
        treat_outliers(frame)
    with pytest.raises(ContractError, match=told.format("normalise")):
        normalise(frame, method="minmax")
    with pytest.raises(ContractError, match=told.format("aggregate")):
        aggregate(frame, {"a_count": 1})
    with pytest.raises(ContractError, match=told.format("treat")):
        score(frame, weigh(a_count=1))


def test_the_score_is_the_weighted_mean_of_scaled_criteria() -> None:
    frame = score(toy(a_count=[0, 5, 10], low_share=[0.0, 0.5, 1.0]), weigh(a_count=3, low_share=1))
    np.testing.assert_allclose(frame["score"], [25, 50, 75])
    assert frame["rank"].tolist() == [3, 2, 1]


def test_rounding_noise_does_not_part_areas_that_are_alike() -> None:
    frame = score(
        toy(a_count=[0.1 + 0.2, 0.3, 9, 0], b_count=[3, 3, 0, 9]), weigh(a_count=1, b_count=1)
    )
    assert frame["rank"][["A000"]].tolist() == frame["rank"][["A001"]].tolist()


def test_weights_may_be_used_as_they_are_given() -> None:
    """The domains of the English Indices of Deprivation 2019 weigh 0.999 together."""
    imd = dict(zip("abcdefg", [0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093], strict=True))
    frame = toy(**{name: [50.0, 100.0] for name in imd})
    assert aggregate(frame, imd, as_given=True)["score"].tolist() == pytest.approx([49.95, 99.9])
    assert aggregate(frame, imd)["score"].tolist() == pytest.approx([50.0, 100.0])


def test_ties_share_the_better_rank() -> None:
    frame = score(toy(a_count=[1, 7, 7, 9]), weigh(a_count=1))
    assert frame["rank"].tolist() == [4, 2, 2, 1]


def test_a_missing_criterion_gives_no_score_and_says_how_much_is_known() -> None:
    frame = score(toy(a_count=[1, np.nan], b_count=[1, 2]), weigh(a_count=1, b_count=3))
    assert np.isnan(frame.loc["A001", "score"])
    assert np.isnan(frame.loc["A001", "rank"])
    assert frame["coverage"].tolist() == [1.0, 0.75]


def test_a_constant_criterion_moves_no_rank_and_is_named() -> None:
    chosen = weigh(a_count=1, b_count=1)
    indicators = toy(a_count=[4, 4, 4], b_count=[1, 2, 3])
    assert score(indicators, chosen)["rank"].tolist() == [3, 2, 1]
    assert constant_criteria(indicators, chosen) == ["a_count"]


def test_more_of_what_is_wanted_never_lowers_the_rank() -> None:
    rng = np.random.default_rng(5)
    indicators = toy(a_count=list(rng.uniform(0, 9, 60)), b_count=list(rng.uniform(0, 9, 60)))
    chosen = weigh("percentile", a_count=1, b_count=1)
    before = score(indicators, chosen)["rank"]
    better = indicators.copy()
    better.loc["A030", "a_count"] += 3
    assert score(better, chosen).loc["A030", "rank"] <= before["A030"]


MUNICIPALITY = pd.Series(["p", "p", "p", "q"], index=[f"A00{number}" for number in range(4)])


def filled(**columns: list[float]) -> pd.DataFrame:
    chosen = weigh(a_count=1, b_count=3).model_copy(update={"impute": "municipality"})
    return score_areas(
        toy(**columns), chosen, channel="x", election="eu", municipality=MUNICIPALITY
    )


def test_a_gap_is_filled_from_the_municipality_where_the_profile_says_so() -> None:
    frame = filled(a_count=[0, 10, 5, 10], b_count=[0, 8, np.nan, 10])
    assert frame.loc["A002", "score"] == pytest.approx(0.25 * 50 + 0.75 * 40)
    assert frame["coverage"].tolist() == [1, 1, 0.25, 1]


def test_a_gap_in_a_whole_municipality_stays_a_gap() -> None:
    frame = filled(a_count=[0, 10, 5, 10], b_count=[0, 8, 3, np.nan])
    assert np.isnan(frame.loc["A003", "score"])


def test_filling_needs_the_municipalities() -> None:
    chosen = weigh(a_count=1).model_copy(update={"impute": "municipality"})
    with pytest.raises(ConfigError, match="needs the municipality of each area"):
        score(toy(a_count=[1, 2]), chosen)


def test_outliers_are_treated_where_the_profile_says_so() -> None:
    indicators = toy(a_count=[*range(20), 1000], b_count=[*range(20), 0])
    plain = weigh(a_count=1, b_count=1)
    treated = plain.model_copy(update={"treat": "winsorise"})
    assert score(indicators, plain).loc["A018", "score"] < 52
    assert score(indicators, treated).loc["A018", "score"] > 90


@pytest.mark.parametrize(
    ("step", "name", "near"),
    [
        ("treat", "winsorize", "winsorise"),
        ("normalise", "percentil", "percentile"),
        ("aggregate", "aritmetic", "arithmetic"),
    ],
)
def test_an_unknown_step_is_told_with_what_there_is_and_the_nearest(
    step: str, name: str, near: str
) -> None:
    chosen = weigh(a_count=1).model_copy(update={step: name})
    told = f"{step}: found '{name}'; expected one of .*did you mean '{near}'"
    with pytest.raises(ConfigError, match=told):
        score(toy(a_count=[1, 2]), chosen)


def test_all_unknown_steps_are_told_at_once() -> None:
    chosen = weigh(a_count=1).model_copy(update={"treat": "winsorize", "aggregate": "topsy"})
    with pytest.raises(ConfigError, match=r"(?s)unknown method.*'winsorise'.*'topsis'"):
        refuse_unknown_steps(chosen)


def test_indicators_that_are_no_points_cannot_pass_for_points() -> None:
    with pytest.raises(ConfigError, match="leaves scores from 3 to 300; expected 0 to 100"):
        score(toy(a_count=[3, 300]), weigh("none", a_count=1))


def test_an_unknown_indicator_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"b_count: expected one of a_count"):
        score(toy(a_count=[1, 2]), weigh(b_count=1))
