"""Outliers and gaps: what is moved, how far, and what is left alone."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError
from geoprio.scores import fill_from_groups, treat_outliers
from geoprio.scores.score import is_outlying


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


def test_an_infinite_figure_is_named() -> None:
    with pytest.raises(ContractError, match=r"x: 1 infinite, for example at 1; .* NaN"):
        one([1.0, np.inf])


def test_an_unknown_method_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"treat: found 'winsorize'.*did you mean 'winsorise'"):
        one(CALM, "winsorize")


def test_a_gap_becomes_the_mean_of_its_group_alone() -> None:
    frame = pd.DataFrame({"x": [1.0, 3, np.nan, 50, np.nan, np.nan]}, index=list("ABCDEF"))
    groups = pd.Series(["p", "p", "p", "q", "r", np.nan], index=list("ABCDEF"))
    filled = fill_from_groups(frame, groups)["x"]
    assert filled.tolist()[:4] == [1, 3, 2, 50]
    assert filled[["E", "F"]].isna().all()
    assert frame["x"].isna().sum() == 3
