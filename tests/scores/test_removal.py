"""An area left out: who moves, and through whom."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.scores import criterion_bounds, drop_one_area
from tests.scores.toy import ALL_METHODS, method, score, toy, weigh


def scored(indicators: pd.DataFrame, normalise: str) -> pd.DataFrame:
    return score(indicators, weigh(normalise, a=1, low_b=2))


def some(size: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    indicators = toy(a=rng.gamma(1, 9, size).round(), low_b=rng.normal(0, 1, size))
    indicators.loc["A004", "a"] = np.nan
    return indicators


@pytest.mark.parametrize("normalise", ["minmax", "percentile"])
def test_each_area_s_removal_is_what_scoring_without_it_gives(normalise: str) -> None:
    indicators = some()
    whole = scored(indicators, normalise)["rank"]
    expected = {}
    for area in indicators.index:
        before = whole.drop(area).rank(method="min")
        after = scored(indicators.drop(area), normalise)["rank"]
        expected[area] = float(((before != after) & (np.fmin(before, after) <= 10)).sum())
        # NaN differs from itself; an unscored area has no place to lose.
        expected[area] -= float((before.isna() & (np.fmin(before, after) <= 10)).sum())
    found = drop_one_area(indicators, weigh(a=1, low_b=2), method(normalise), top_k=10)
    assert found["moved_count"].to_dict() == expected
    assert found["moved_count"].max() > 0


def test_a_far_area_that_sets_the_scale_is_named() -> None:
    """Without A003's 1,000 the difference in a is as large as that in b, and weighs more."""
    indicators = toy(a=[10, 0, 5, 1000], b=[0, 9, 4, -10])
    profile = weigh(a=3, b=1)
    found = drop_one_area(indicators, profile, method("minmax"), top_k=3)
    assert found["moved_count"].tolist() == [0, 0, 0, 2]
    assert found["alone_at"].tolist() == ["", "a, b", "", "a, b"]
    bounds = criterion_bounds(indicators, profile)
    assert bounds.loc["a"].tolist() == [0, "A001", 1000, "A003"]


def test_an_area_added_between_the_bounds_changes_no_score_and_one_outside_is_named() -> None:
    indicators = some().dropna()
    before = scored(indicators, "minmax")["score"]
    inside = pd.concat([indicators, indicators[:1].rename(index={"A000": "Z"})])
    pd.testing.assert_series_equal(scored(inside, "minmax")["score"].drop("Z"), before)
    outside = inside.copy()
    outside.loc["Z", "a"] = 10_000.0
    assert (scored(outside, "minmax")["score"].drop("Z") != before).any()
    profile = weigh(a=1, low_b=2)
    told, changed = (criterion_bounds(frame, profile) for frame in (indicators, outside))
    assert changed.loc["a", "high_areas"] == "Z"
    pd.testing.assert_series_equal(changed.loc["low_b"], told.loc["low_b"])


def test_two_at_an_end_can_spare_one() -> None:
    indicators = toy(a=[9, 9, 5, 0, 0])
    found = drop_one_area(indicators, weigh(a=1), method("minmax"), top_k=5)
    assert (found["moved_count"] == 0).all()
    assert (found["alone_at"] == "").all()


@pytest.mark.parametrize("way", ALL_METHODS)
def test_one_criterion_orders_the_rest_alike_whoever_is_dropped(way: tuple[str, str]) -> None:
    indicators = toy(a=np.random.default_rng(1).permutation(30))
    found = drop_one_area(indicators, weigh(a=1), method(*way), top_k=10)
    assert (found["moved_count"] == 0).all()


def test_too_few_areas_and_unknown_indicators_are_refused() -> None:
    with pytest.raises(ConfigError, match="top_k: found 3, and 2 areas"):
        drop_one_area(toy(a=[1, 2]), weigh(a=1), method("minmax"), top_k=3)
    with pytest.raises(ConfigError, match="b: expected one of a"):
        criterion_bounds(toy(a=[1, 2]), weigh(b=1))
