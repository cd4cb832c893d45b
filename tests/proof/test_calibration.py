"""The page on methods: its grades have known answers, and its scripts grade a county."""

import check_methods
import numpy as np
import pandas as pd
import pytest
from check_counties import ALL, LIKE_REAL, County
from check_groups import covered_rows, group_rows

from geoprio.proof import calibration, grade_verdicts, logit_slope
from tests.shared import Shared

AREAS, SEED = 400, 1


def chances(size: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Return chances, and what came true by them."""
    rng = np.random.default_rng(7)
    stated = rng.uniform(0.01, 0.99, size)
    return stated, rng.random(size) < stated


def modest(stated: np.ndarray, *, by: float) -> np.ndarray:
    return 1 / (1 + ((1 - stated) / stated) ** by)


def test_the_slope_is_one_where_chances_are_true_and_tells_how_modest_or_bold_they_are() -> None:
    stated, true = chances()
    assert logit_slope(stated, true) == pytest.approx(1, abs=0.05)
    assert logit_slope(modest(stated, by=0.5), true) == pytest.approx(2, abs=0.1)
    assert logit_slope(modest(stated, by=2), true) == pytest.approx(0.5, abs=0.03)
    assert np.isnan(logit_slope(stated, np.ones(len(stated))))


def test_what_is_stated_stands_beside_how_often_it_was_so() -> None:
    stated = pd.Series([0.0, 0.02, 0.6, 0.7, 0.7, np.nan])
    true = pd.Series([0, 1, 0, 1, 1, 1])
    table = calibration(stated, true)
    assert table["areas"].tolist() == [2, 3]
    assert table["true"].tolist() == [0.5, pytest.approx(2 / 3)]
    assert table["stated"].tolist() == [0.01, pytest.approx(2 / 3)]


def test_a_verdict_is_false_of_those_told_first_and_missed_of_the_true_first() -> None:
    told = pd.Series(["full", "full", "ask", "keep", "joint", "complement", None])
    top = pd.Series([1, 0, 1, 1, 0, 0, 1])
    graded = grade_verdicts(told, top)
    assert graded["false"] == 1 / 2
    assert graded["missed"] == 1 / 3
    assert graded[["full", "ask"]].tolist() == [2, 1]


def test_what_is_printed_exactly_or_not_at_all_is_not_graded() -> None:
    cells = pd.DataFrame({"cell_0": [60.0, 80, 9], "cell_1": [40.0, 20, 1]}, list("abc"))
    rows = pd.DataFrame(
        {
            "group": "g",
            "count": [30.0, 20, np.nan],
            "low": [20.0, 20, np.nan],
            "high": [39.0, 20, np.nan],
            "share": [0.35, 0.2, np.nan],
            "share_se": [0.04, 0.0, np.nan],
            "method": "published",
        },
        index=pd.Index(list("abc"), name="area_code"),
    )
    graded = covered_rows(rows, cells.rename_axis("area_code"), ["g"])
    assert graded["truth"].tolist() == [40, 20, 1]
    assert graded["count_in"].iloc[0] == 0
    assert graded["share_in"].iloc[0] == 1
    assert graded[["count_in", "share_in"]].iloc[1:].isna().all(axis=None)


@pytest.fixture(scope="module")
def county(shared: Shared) -> County:
    return shared.checked(areas=AREAS, seed=SEED)


@pytest.mark.whole
def test_the_scripts_of_the_page_grade_a_county(county: County) -> None:
    rows = check_methods.graded(county)
    assert all(len(part) for part in rows.values())
    page = check_methods.demo_page(rows)
    for told in (ALL, LIKE_REAL, "slope of p_top", "Färre än", "synthetic", "not met"):
        assert told in page
    assert "nan" not in page


@pytest.mark.whole
def test_a_county_like_the_real_one_knows_of_its_groups_what_the_real_one_does(
    county: County,
) -> None:
    """Of real DeSO no group is published; of RegSO birth, and ages in the city alone."""
    chosen = county.level(LIKE_REAL, "deso_2018").chosen["method"]
    assert set(chosen.drop("lo")) == {"prorated"}
    assert chosen["lo"] == "proxy"
    rows = group_rows(county)
    rows = rows[(rows["setup"] == LIKE_REAL) & (rows["areas"] == "regso_2020")]
    methods = rows.groupby([rows["group"], rows.index.str[:4] == "0180"])["method"].agg(set)
    assert methods["invandrarbakgrund"].tolist() == [{"published"}, {"published"}]
    assert methods["unga"].tolist() == methods["kvinnor"].tolist() == [{"prorated"}, {"published"}]
