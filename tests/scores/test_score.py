"""Scores: known answers, and what must never matter."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import (
    constant_criteria,
    refuse_unknown_steps,
    score_areas,
)
from tests.scores.toy import score, toy, weigh


def test_the_score_is_the_weighted_mean_of_scaled_criteria() -> None:
    frame = score(toy(a_count=[0, 5, 10], low_share=[0.0, 0.5, 1.0]), weigh(a_count=3, low_share=1))
    np.testing.assert_allclose(frame["score"], [25, 50, 75])
    assert frame["rank"].tolist() == [3, 2, 1]
    assert frame["level"].tolist() == ["keep", "full", "full"]  # mid-ranks 17, 50 and 83


def test_levels_are_cut_at_mid_rank_percentiles() -> None:
    frame = score(toy(a_count=list(range(10))), weigh(a_count=1))
    assert (frame["level"] == "full").sum() == 5


def test_a_profile_without_levels_gives_none() -> None:
    bare = weigh(a_count=1).model_copy(update={"levels": ()})
    assert score(toy(a_count=[1, 2]), bare)["level"].isna().all()


def test_rounding_noise_does_not_part_areas_that_are_alike() -> None:
    frame = score(
        toy(a_count=[0.1 + 0.2, 0.3, 9, 0], b_count=[3, 3, 0, 9]),
        weigh(a_count=1, b_count=1),
    )
    assert frame["rank"][["A000"]].tolist() == frame["rank"][["A001"]].tolist()


def test_ties_share_the_better_rank() -> None:
    frame = score(toy(a_count=[1, 7, 7, 9]), weigh(a_count=1))
    assert frame["rank"].tolist() == [4, 2, 2, 1]


def test_a_missing_criterion_gives_no_score_and_says_how_much_is_known() -> None:
    frame = score(toy(a_count=[1, np.nan], b_count=[1, 2]), weigh(a_count=1, b_count=3))
    assert np.isnan(frame.loc["A001", "score"])
    assert np.isnan(frame.loc["A001", "rank"])
    assert frame["coverage"].tolist() == [1.0, 0.75]
    assert pd.isna(frame.loc["A001", "level"])


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
    ("step", "name"), [("treat", "cut"), ("normalise", "rank"), ("aggregate", "mean")]
)
def test_an_unknown_step_is_told_with_what_there_is(step: str, name: str) -> None:
    chosen = weigh(a_count=1).model_copy(update={step: name})
    with pytest.raises(ConfigError, match=f"{step}: found '{name}'; expected one of .*"):
        score(toy(a_count=[1, 2]), chosen)


def test_all_unknown_steps_are_told_at_once() -> None:
    chosen = weigh(a_count=1).model_copy(update={"treat": "winsorize", "aggregate": "topsy"})
    with pytest.raises(ConfigError, match=r"(?s)unknown method.*'winsorise'.*'topsis'"):
        refuse_unknown_steps(chosen)


def test_indicators_that_are_no_points_cannot_pass_for_points() -> None:
    with pytest.raises(ConfigError, match="leaves scores from 3 to 300; expected 0 to 100"):
        score(toy(a_count=[3, 300]), weigh("none", a_count=1))


def test_an_infinite_figure_is_told_not_scored() -> None:
    with pytest.raises(ContractError, match="a_count: 1 infinite, for example at 'A001'"):
        score(toy(a_count=[1, np.inf]), weigh(a_count=1))


def test_an_unknown_indicator_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"b_count: expected one of a_count"):
        score(toy(a_count=[1, 2]), weigh(b_count=1))
