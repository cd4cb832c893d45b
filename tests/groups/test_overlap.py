"""Several groups at once: intensity, at least one of them, and the county's overlap."""

import json

import numpy as np
import pandas as pd
import pytest

from geoprio.groups import (
    Joint,
    at_least_one,
    fit_joint,
    integerise,
    intensity,
    odds_seed,
    overlap_table,
)
from geoprio.groups.joint import cell_names
from tests.conftest import SHARED


def toy() -> Joint:
    """Return the joint table of 100 voters in X that can be counted by hand, and of none in Y."""
    cells = pd.Series(
        {
            "000": 20.0,
            "001": 10.0,
            "010": 30.0,
            "011": 5.0,
            "100": 15.0,
            "101": 4.0,
            "110": 10.0,
            "111": 6.0,
        }
    )
    shares = pd.DataFrame(
        {"a": [0.35, np.nan], "b": [0.51, 0.5], "c": [0.25, 0.5]}, index=["X", "Y"]
    )
    return fit_joint(shares, seed=cells)


def test_a_sum_is_the_weighted_mean_of_shares() -> None:
    points = intensity(toy(), {"a": 3.0, "b": 1.0}, combine="sum")
    assert points["X"] == pytest.approx((3 * 0.35 + 0.51) / 4)
    assert np.isnan(points["Y"])


def test_a_maximum_counts_each_voter_once_by_the_heaviest_group() -> None:
    points = intensity(toy(), {"a": 2.0, "b": 1.0, "c": 4.0}, combine="max")
    # 25 in c count 4, 25 more in a count 2, 30 in b alone count 1; of the heaviest, 4.
    assert points["X"] == pytest.approx((25 * 4 + 25 * 2 + 30 * 1) / 100 / 4)
    assert np.isnan(points["Y"])


def test_any_is_the_share_in_at_least_one_whatever_the_weights() -> None:
    points = intensity(toy(), {"a": 2.0, "b": 1.0, "c": 4.0}, combine="any")
    assert points["X"] == pytest.approx(0.80)
    # A group without weight only tells what to say: 10 are in c alone.
    assert intensity(toy(), {"a": 2.0, "b": 9.0}, combine="any")["X"] == pytest.approx(0.70)


def test_equal_weights_make_the_maximum_the_share_in_any() -> None:
    weights = dict.fromkeys("abc", 0.5)
    most = intensity(toy(), weights, combine="max")
    pd.testing.assert_series_equal(most, intensity(toy(), weights, combine="any"))


def test_at_least_one_is_told_with_its_bounds() -> None:
    union = at_least_one(toy())
    assert union.loc["X"].to_dict() == pytest.approx({"share": 0.80, "low": 0.51, "high": 1.0})
    assert union.loc["Y"].isna().all()


def test_the_county_s_overlap_is_counted_in_whole_voters() -> None:
    table = overlap_table(toy(), pd.Series([1000.0, 77.0], index=["X", "Y"]))
    pairs = table.set_index(["group", "also"])["persons_count"]
    assert pairs["a", "b"] == pairs["b", "a"] == 160
    assert pairs["a", "c"] == 100
    assert table.set_index(["group", "also"]).loc[("a", "b"), "share"] == pytest.approx(16 / 35)
    exactly = table[table["groups_count"].notna()]
    assert exactly["persons_count"].tolist() == [200, 550, 190, 60]
    union = table.iloc[-1]
    assert (union["persons_count"], union["of_count"]) == (800, 1000)


def test_whole_voters_add_up_over_areas_of_odd_sizes() -> None:
    rng = np.random.default_rng(2)
    shares = pd.DataFrame(rng.uniform(size=(37, 4)), columns=list("abcd"))
    joint = fit_joint(shares, seed=odds_seed(list("abcd"), {("a", "c"): 2.0}))
    electors = pd.Series(rng.uniform(1, 40, 37))
    table = overlap_table(joint, electors)
    total = round(electors.sum())
    assert table["groups_count"].notna().sum() == 5
    assert table.loc[table["groups_count"].notna(), "persons_count"].sum() == total
    assert (table["persons_count"] <= table["of_count"]).all()
    expected = (shares.mul(electors, axis=0)).sum()
    found = table[table["group"] != ""].groupby("group")["of_count"].first()
    assert (found - expected).abs().max() < 8


def test_a_group_of_nobody_has_an_unknown_overlap() -> None:
    shares = pd.DataFrame({"a": [0.0], "b": [0.5]})
    joint = fit_joint(shares, seed=pd.Series(1.0, cell_names(2)))
    table = overlap_table(joint, pd.Series([10.0])).set_index(["group", "also"])
    assert np.isnan(table.loc[("a", "b"), "share"])
    assert table.loc[("b", "a"), "share"] == 0


def test_fractions_become_whole_as_humanleague_makes_them() -> None:
    file = SHARED / "cases" / "ipf" / "humanleague.json"
    if not file.is_file():
        pytest.skip("the known answers (shared/cases/ipf) are not here")
    case = json.loads(file.read_text(encoding="utf-8"))["integerise"]
    whole = integerise(np.array(case["frac"]), case["pop"])
    assert whole.tolist() == case["expected"] == [7, 5, 3, 2]
    gap = whole - np.array(case["frac"]) * case["pop"]
    assert np.sqrt((gap**2).mean()) == pytest.approx(case["rmse"])


def test_whole_numbers_add_up_and_nobody_stays_nobody() -> None:
    assert integerise(np.array([1.0, 1.0, 1.0]), 100).tolist() == [34, 33, 33]
    assert integerise(np.zeros(3), 0).tolist() == [0, 0, 0]
