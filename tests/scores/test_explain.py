"""What each criterion gives: parts that sum to the score, whatever the steps."""

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Profile
from geoprio.errors import CoverageError
from geoprio.scores import (
    AGGREGATE,
    NORMALISE,
    explain_area,
    explain_areas,
    explain_points,
    normalise_criteria,
)
from tests.scores.toy import score, toy, weigh

RNG = np.random.default_rng(8)
AREAS = toy(
    a_count=list(RNG.gamma(1, 30, 60)),
    b_share=list(RNG.uniform(0, 1, 60)),
    low_share=list(RNG.beta(2, 5, 60)),
)


def steps(normalise: str = "percentile", aggregate: str = "arithmetic") -> Profile:
    chosen = weigh(normalise, a_count=2, b_share=1, low_share=1)
    return chosen.model_copy(update={"aggregate": aggregate})


def test_two_areas_by_hand() -> None:
    """Points a: 0, 100; b: 100, 0; weights 0.75, 0.25; means 50: the parts are +-37.5, +-12.5."""
    areas, chosen = toy(a_count=[1, 9], b_share=[0.8, 0.2]), weigh(a_count=3, b_share=1)
    parts = explain_areas(areas, chosen)
    assert parts["average_area"].tolist() == [50, 50]
    assert parts["a_count"].tolist() == [-37.5, 37.5]
    assert parts["b_share"].tolist() == [12.5, -12.5]
    assert parts["remainder"].tolist() == [0, 0]


def test_arithmetic_parts_are_weight_times_distance_from_the_mean() -> None:
    chosen = steps()
    points = normalise_criteria(AREAS, chosen)
    np.testing.assert_allclose(
        explain_areas(AREAS, chosen)[points.columns],
        (points - points.mean()) * [0.5, 0.25, 0.25],
        atol=1e-9,
    )


@pytest.mark.parametrize("aggregate", sorted(AGGREGATE))
@pytest.mark.parametrize("normalise", sorted(set(NORMALISE) - {"none"}))
def test_the_parts_of_every_area_sum_to_its_score(normalise: str, aggregate: str) -> None:
    chosen = steps(normalise, aggregate)
    parts = explain_areas(AREAS, chosen)
    np.testing.assert_allclose(parts.sum(axis=1), score(AREAS, chosen)["score"], atol=1e-7)
    if aggregate == "arithmetic":
        np.testing.assert_allclose(parts["remainder"], 0, atol=1e-9)
    else:
        assert parts["remainder"].abs().max() > 0.1


@pytest.mark.parametrize("aggregate", sorted(AGGREGATE))
def test_a_part_is_what_the_score_would_lose_at_the_mean(aggregate: str) -> None:
    """One area set to the mean by hand, where it is neither best nor worst in the criterion."""
    chosen = steps("none", aggregate)
    points = normalise_criteria(AREAS.rank(pct=True) * 90, weigh("none", a_count=1, b_share=1))
    weights = pd.Series({"a_count": 2.0, "b_share": 1.0})
    area = points["a_count"].sort_values().index[20]
    changed = points.copy()
    changed.loc[area, "a_count"] = points["a_count"].mean()
    before = explain_points(points, weights, method=chosen.aggregate).sum(axis=1)
    after = explain_points(changed, weights, method=chosen.aggregate).sum(axis=1)
    part = explain_points(points, weights, method=chosen.aggregate).loc[area, "a_count"]
    assert part == pytest.approx(before[area] - after[area], abs=1e-9)


@pytest.mark.parametrize("aggregate", sorted(AGGREGATE))
def test_an_area_without_a_score_has_no_parts(aggregate: str) -> None:
    gap = AREAS.copy()
    gap.loc["A007", "b_share"] = np.nan
    parts = explain_areas(gap, steps(aggregate=aggregate))
    assert parts.loc["A007"].isna().all()
    assert parts.drop("A007").notna().all(axis=None)


def test_one_area_shows_its_figures_beside_the_mean() -> None:
    chosen = steps("minmax")
    shown = explain_area(AREAS, chosen, area_code="A003")
    assert shown.index.tolist() == ["average_area", "a_count", "b_share", "low_share", "remainder"]
    assert shown["contribution"].sum() == pytest.approx(score(AREAS, chosen)["score"]["A003"])
    assert shown.loc["a_count", "value"] == AREAS.loc["A003", "a_count"]
    assert shown["weight"].dropna().tolist() == [0.5, 0.25, 0.25]
    by_hand = shown["weight"] * (shown["points"] - shown["mean_points"])
    np.testing.assert_allclose(by_hand.dropna(), shown["contribution"].iloc[1:4], atol=1e-9)


def test_the_user_s_own_figures_move_a_score_and_are_not_shown() -> None:
    areas = toy(a_count=[1, 2, 3], members_per_1000=[5, 7, 1])
    shown = explain_area(areas, weigh(a_count=1, members_per_1000=1), area_code="A001")
    assert np.isnan(shown.loc["members_per_1000", "value"])
    assert shown.loc["members_per_1000", "contribution"] > 0


def test_an_unknown_area_is_told() -> None:
    with pytest.raises(CoverageError, match=r"found no area 'X' among 60; .*'A000'"):
        explain_area(AREAS, steps(), area_code="X")
