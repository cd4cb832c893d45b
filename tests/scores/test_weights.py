"""Effective weights: a case computed by hand, and what leadership must be told."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.scores import EXPECTATION, effective_weights, leave_one_out, weight_warnings


def many(areas: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    return pd.DataFrame(rng.uniform(0, 100, (areas, 3)), columns=["a", "b", "c"])


@pytest.mark.parametrize("method", sorted(EXPECTATION))
def test_four_areas_by_hand(method: str) -> None:
    """Score = (3a + b) / 4 over all four corners of a, b in {0, 100}: 0, 25, 75, 100.

    Var(score) = (50^2 + 25^2 + 25^2 + 50^2) / 4 = 1562.5. E[score | a] = 12.5 or 87.5, variance
    37.5^2 = 1406.25, so S_a = 0.9; E[score | b] = 37.5 or 62.5, variance 156.25, so S_b = 0.1.
    The nominal weights are 0.75 and 0.25.
    """
    corners = pd.DataFrame({"a": [0.0, 0, 100, 100], "b": [0.0, 100, 0, 100]})
    score = pd.Series([0.0, 25, 75, 100])
    frame = effective_weights(corners, score, weights={"a": 3, "b": 1}, method=method)
    assert frame["effective_weight"].to_dict() == pytest.approx({"a": 0.9, "b": 0.1})
    assert frame["effective_part"].to_dict() == pytest.approx({"a": 0.9, "b": 0.1})
    assert frame["nominal_weight"].to_dict() == {"a": 0.75, "b": 0.25}


@pytest.mark.parametrize("method", sorted(EXPECTATION))
def test_independent_criteria_weigh_by_the_square_of_their_weight_and_spread(method: str) -> None:
    """S_k = w_k^2 var_k / sum w^2 var: here 4 : 1 : 0.25 of equal weights' spreads 2 : 1 : 0.5."""
    frame = many() * [2, 1, 0.5]
    weights = dict.fromkeys("abc", 1)
    result = effective_weights(frame, frame.mean(axis=1), weights=weights, method=method)
    np.testing.assert_allclose(
        result["effective_weight"], np.array([4, 1, 0.25]) / 5.25, atol=0.035
    )


def test_the_estimate_is_named_and_few_areas_have_few_bins() -> None:
    frame = many(2000)
    weights = dict.fromkeys("abc", 1)
    named = effective_weights(frame, frame["a"], weights=weights)["estimator"]
    assert set(named) == {"20 quantile bins"}
    few = effective_weights(frame[:40], frame["a"][:40], weights=weights)["estimator"]
    assert set(few) == {"8 quantile bins"}
    curve = effective_weights(frame, frame["a"], weights=weights, method="spline")["estimator"]
    assert set(curve) == {"penalised spline"}


def test_only_the_order_of_a_criterion_counts() -> None:
    frame = many(500)
    score, weights = frame.mean(axis=1), dict.fromkeys("abc", 1)
    bent = frame.assign(a=np.exp(frame["a"] / 20))
    pd.testing.assert_frame_equal(
        effective_weights(frame, score, weights=weights),
        effective_weights(bent, score, weights=weights),
    )


@pytest.mark.parametrize("method", sorted(EXPECTATION))
def test_a_criterion_alike_or_unknown_everywhere(method: str) -> None:
    frame = many(100).assign(b=7.0, c=np.nan)
    result = effective_weights(frame, frame["a"], weights=dict.fromkeys("abc", 1), method=method)
    assert result.loc["b", "effective_weight"] == pytest.approx(0)
    assert np.isnan(result.loc["c", "effective_weight"])
    assert result.loc["a", "effective_part"] == pytest.approx(1)


def test_a_score_alike_everywhere_says_nothing() -> None:
    frame = many(30)
    result = effective_weights(frame, frame["a"] * 0, weights=dict.fromkeys("abc", 1))
    assert result["effective_weight"].isna().all()
    assert result["effective_part"].isna().all()


def test_dropping_a_criterion_by_hand() -> None:
    """Areas score 65, 55, 35, 45 on a + b; without b the order is a's own, without a it is b's."""
    points = pd.DataFrame({"a": [90.0, 60, 30, 10], "b": [40.0, 50, 40, 80]}, index=list("PQRS"))
    result = leave_one_out(points, {"a": 1, "b": 1}, top_k=2)
    # Whole: P Q S R. Without b: P Q R S, one swap. Without a: S Q (P = R), ranks 3.5 2 3.5 1.
    assert result["top_changed_count"].to_dict() == {"a": 1, "b": 0}
    assert result.loc["b", "rank_correlation"] == pytest.approx(0.8)
    assert result.loc["a", "rank_correlation"] < 0.2


def test_fewer_areas_than_the_top_holds_change_nothing() -> None:
    points = pd.DataFrame({"a": [90.0, 60], "b": [4.0, 50]})
    result = leave_one_out(points, {"a": 1, "b": 1}, top_k=50)
    assert (result["top_changed_count"] == 0).all()


def test_the_only_criterion_cannot_be_dropped() -> None:
    result = leave_one_out(pd.DataFrame({"a": [1.0, 2]}), {"a": 1}, top_k=1)
    assert result.isna().all(axis=None)


def test_areas_without_a_score_are_left_out_of_both_rankings() -> None:
    points = many(50)
    gaps = pd.concat([points, points.assign(a=np.nan)], ignore_index=True)
    weights = dict.fromkeys("abc", 1)
    pd.testing.assert_frame_equal(
        leave_one_out(gaps, weights, top_k=10), leave_one_out(points, weights, top_k=10)
    )


def told(frame: pd.DataFrame, weights: dict[str, float]) -> set[tuple[str, str, str]]:
    found = weight_warnings(frame, leave_one_out(frame, weights, top_k=50))
    return set(found[["kind", "criterion", "other"]].itertuples(index=False, name=None))


def test_women_hardly_move_the_ranking_whatever_their_weight() -> None:
    """Means and spreads as measured in the city and county (METHOD 3)."""
    rng = np.random.default_rng(12)
    shares = pd.DataFrame(
        {
            "women": rng.normal(0.509, 0.023, 1287),
            "young": rng.normal(0.161, 0.071, 1287),
            "abroad": rng.normal(0.26, 0.15, 1287),
        }
    )
    equal = dict.fromkeys(shares.columns, 1.0)
    assert told(shares, equal) == {("hardly_moves", "women", "")}


def test_two_criteria_that_say_the_same_are_told_once() -> None:
    frame = many(500)
    twin = frame.assign(c=frame["a"] + np.random.default_rng(13).normal(0, 7, 500))
    assert told(twin, dict.fromkeys("abc", 1.0)) == {("nearly_same", "a", "c")}


def test_criteria_that_count_are_not_told() -> None:
    assert told(many(), dict.fromkeys("abc", 1.0)) == set()


def test_a_constant_criterion_is_told() -> None:
    assert told(many(200).assign(b=5.0), dict.fromkeys("abc", 1.0)) == {("hardly_moves", "b", "")}


def test_a_criterion_that_follows_another_explains_what_that_does_and_moves_little() -> None:
    """The effective weight alone would hide it: it is large, for the other's sake."""
    frame = many()
    follower = frame.assign(b=0.15 * frame["a"] + np.random.default_rng(14).normal(0, 3, 2000))
    weights = dict.fromkeys("abc", 1.0)
    effective = effective_weights(follower, follower.mean(axis=1), weights=weights)
    assert effective.loc["b", "effective_weight"] > 0.25
    assert ("hardly_moves", "b", "") in told(follower, weights)


def test_no_weight_at_all_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="every weight is 0"):
        effective_weights(many(10), many(10)["a"], weights=dict.fromkeys("abc", 0))
