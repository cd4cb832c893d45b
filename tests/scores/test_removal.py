"""An area left out: who moves, and through whom."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.scores import criterion_bounds, drop_one_area, score_areas
from tests.scores.chances import ALL_METHODS, figures, method, weigh


def ranks(indicators: pd.DataFrame, normalise: str) -> pd.Series:
    profile = weigh(normalise, a=1, low_b=2)
    return score_areas(indicators, profile, channel="canvass", election="riksdag")["rank"]


def scores(indicators: pd.DataFrame, normalise: str) -> pd.Series:
    profile = weigh(normalise, a=1, low_b=2)
    return score_areas(indicators, profile, channel="canvass", election="riksdag")["score"]


def some(size: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    indicators = figures(a=rng.gamma(1, 9, size).round(), low_b=rng.normal(0, 1, size))
    indicators.loc["A0004", "a"] = np.nan
    return indicators


@pytest.mark.parametrize("normalise", ["minmax", "percentile"])
def test_each_area_s_removal_is_what_scoring_without_it_gives(normalise: str) -> None:
    indicators = some()
    whole = ranks(indicators, normalise)
    expected = {}
    for area in indicators.index:
        before = whole.drop(area).rank(method="min")
        after = ranks(indicators.drop(area), normalise)
        expected[area] = float(((before != after) & (np.fmin(before, after) <= 10)).sum())
        # NaN differs from itself; an unscored area has no place to lose.
        expected[area] -= float((before.isna() & (np.fmin(before, after) <= 10)).sum())
    found = drop_one_area(indicators, weigh(a=1, low_b=2), method(normalise), top_k=10)
    assert found["moved_count"].to_dict() == expected
    assert found["moved_count"].max() > 0


def test_a_far_area_that_sets_the_scale_is_named() -> None:
    """Without A0003's 1,000 the difference in a is as large as that in b, and weighs more."""
    indicators = figures(a=[10, 0, 5, 1000], b=[0, 9, 4, -10])
    profile = weigh(a=3, b=1)
    found = drop_one_area(indicators, profile, method("minmax"), top_k=3)
    assert found["moved_count"].tolist() == [0, 0, 0, 2]
    assert found["alone_at"].tolist() == ["", "a, b", "", "a, b"]
    bounds = criterion_bounds(indicators, profile)
    assert bounds.loc["a"].tolist() == [0, "A0001", 1000, "A0003"]


def test_an_area_added_between_the_bounds_changes_no_score_and_one_outside_is_named() -> None:
    indicators = some().dropna()
    before = scores(indicators, "minmax")
    inside = pd.concat([indicators, indicators[:1].rename(index={"A0000": "Z"})])
    pd.testing.assert_series_equal(scores(inside, "minmax").drop("Z"), before)
    outside = inside.copy()
    outside.loc["Z", "a"] = 10_000.0
    assert (scores(outside, "minmax").drop("Z") != before).any()
    profile = weigh(a=1, low_b=2)
    told, changed = (criterion_bounds(frame, profile) for frame in (indicators, outside))
    assert changed.loc["a", "high_areas"] == "Z"
    pd.testing.assert_series_equal(changed.loc["low_b"], told.loc["low_b"])


def test_two_at_an_end_can_spare_one() -> None:
    indicators = figures(a=[9, 9, 5, 0, 0])
    found = drop_one_area(indicators, weigh(a=1), method("minmax"), top_k=5)
    assert (found["moved_count"] == 0).all()
    assert (found["alone_at"] == "").all()


@pytest.mark.parametrize("way", ALL_METHODS)
def test_one_criterion_orders_the_rest_alike_whoever_is_dropped(way: tuple[str, str]) -> None:
    indicators = figures(a=np.random.default_rng(1).permutation(30))
    found = drop_one_area(indicators, weigh(a=1), method(*way), top_k=10)
    assert (found["moved_count"] == 0).all()


def test_row_order_changes_nothing_and_nothing_known_moves_nothing() -> None:
    indicators, profile = some(), weigh(a=1, low_b=2)
    told = drop_one_area(indicators, profile, method("percentile"), top_k=10)
    shuffled = indicators.sample(frac=1, random_state=3)
    found = drop_one_area(shuffled, profile, method("percentile"), top_k=10)
    assert found.index.equals(shuffled.index)
    pd.testing.assert_frame_equal(found.sort_index(), told)
    unknown = drop_one_area(indicators * np.nan, profile, method("percentile"), top_k=10)
    assert (unknown["moved_count"] == 0).all()


def test_too_few_areas_and_unknown_indicators_are_refused() -> None:
    with pytest.raises(ConfigError, match="top_k: found 3, and 2 areas"):
        drop_one_area(figures(a=[1, 2]), weigh(a=1), method("minmax"), top_k=3)
    with pytest.raises(ConfigError, match="b: expected one of a"):
        criterion_bounds(figures(a=[1, 2]), weigh(b=1))
