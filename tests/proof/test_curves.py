"""Gain curves by hand, their laws, and two elections brought together."""

import numpy as np
import pandas as pd
import pytest

from geoprio.proof.curves import (
    ALIKE,
    GRID,
    among_alike,
    chance_band,
    gain_curve,
    graded,
    resampled_weights,
    swings,
)
from geoprio.proof.units import CODE, OFFICIAL, TOWN, matched_units

CODES = pd.Index(list("abc"), name="area_code")


def series(*values: float) -> pd.Series:
    return pd.Series(values, CODES[: len(values)], dtype=float)


def test_a_gain_curve_by_hand() -> None:
    curve = gain_curve(series(3, 2, 1), series(6, 3, 1), series(1, 1, 2))
    assert curve["budget_share"].tolist() == [0, 0.25, 0.5, 1]
    assert curve["outcome_share"].tolist() == pytest.approx([0, 0.6, 0.9, 1])
    # Trapezes: 0.25 x 0.3 + 0.25 x 0.75 + 0.5 x 0.95; Gini's index is twice that, less 1.
    told = graded(series(3, 2, 1).to_frame("one"), series(6, 3, 1), series(1, 1, 2), None).T["one"]
    assert told["area"] == pytest.approx(0.7375)
    assert 2 * told["area"] - 1 == pytest.approx(0.475)
    assert told[["lift_10", "lift_20"]].tolist() == pytest.approx([2.4, 2.4])
    # 0.6 until 0.25, and 0.05 of the 0.25 that hold 0.3 more.
    assert told["lift_30"] == pytest.approx((0.6 + 0.06) / 0.3)


def test_what_ties_is_one_step_and_what_has_no_score_takes_no_part() -> None:
    tied = gain_curve(series(2, 2, 1), series(1, 8, 1), series(1, 1, 2))
    assert tied["budget_share"].tolist() == [0, 0.5, 1]
    assert tied.equals(gain_curve(series(2, 2, 1), series(8, 1, 1), series(1, 1, 2)))
    gap = gain_curve(series(2, np.nan, 1), series(3, 90, 1), series(1, 5, 1))
    assert gap["outcome_share"].tolist() == [0, 0.75, 1]


def county(seed: int, places: int = 200) -> tuple[pd.Series, pd.Series, pd.Series]:
    rng = np.random.default_rng(seed)
    codes = pd.Index([f"{place % 20:04d}{place:04d}" for place in range(places)])
    outcome = pd.Series(rng.gamma(0.5, 20, places), codes)
    budget = pd.Series(rng.integers(500, 2000, places), codes, dtype=float)
    return outcome, budget, codes.to_series().str[:4]


def test_a_permuted_outcome_gives_the_diagonal_within_its_band() -> None:
    """Nine of ten permutations stay inside all the way; a real ranking does not."""
    outcome, budget, _ = county(1)
    rng = np.random.default_rng(2)
    band, score = chance_band(outcome, budget, 300, rng=rng), budget * 0 + np.arange(len(budget))
    inside = []
    for _ in range(300):
        permuted = pd.Series(rng.permutation(outcome), outcome.index)
        curve = gain_curve(score, permuted, budget)
        up = np.interp(GRID, curve["budget_share"], curve["outcome_share"])
        inside.append(np.abs(up - GRID).max() <= band)
    assert 0.85 <= np.mean(inside) <= 0.96
    true = gain_curve(outcome / budget, outcome, budget)
    assert np.abs(np.interp(GRID, *true.to_numpy().T) - GRID).max() > 2 * band


def test_a_useless_ranking_is_seldom_told_to_beat_chance_and_a_good_one_always() -> None:
    wins = []
    for seed in range(60):
        outcome, budget, towns = county(seed)
        rng = np.random.default_rng(seed)
        weights = resampled_weights(towns, 200, rng=rng)
        noise = pd.Series(rng.random(len(budget)), budget.index)
        good = outcome / budget * np.exp(rng.normal(0, 0.3, len(budget)))
        rankings = pd.DataFrame({"good": good, "noise": noise})
        told = graded(rankings, outcome, budget, weights)
        wins.append(told["area_low"] > 0.5)
        assert (told["area"].between(told["area_low"] - 0.05, told["area_high"] + 0.05)).all()
        assert told["ahead"]["noise"] == 0 < told["ahead_low"]["good"]
    assert np.mean([one["good"] for one in wins]) == 1
    assert np.mean([one["noise"] for one in wins]) <= 0.12


def test_few_municipalities_give_no_interval() -> None:
    outcome, budget, towns = county(3)
    assert resampled_weights(towns.str[:1], 10, rng=np.random.default_rng(1)) is None
    told = graded(pd.DataFrame({"one": budget}), outcome, budget, None)
    assert told[["area_low", "ahead_high"]].isna().all(axis=None)
    assert told["area"].notna().all()


def test_a_swing_is_beside_everywhere() -> None:
    votes = pd.DataFrame(
        {"before": [10, 10], "valid_before": [100, 100], "after": [20, 10], "valid_after": 100.0},
        index=CODES[:2],
    )
    told = swings(pd.DataFrame({"first": series(2, 1)}), votes, series(1, 1), None)
    # The first place moves 10 points, both together 5.
    assert told["swing_30"]["first"] == pytest.approx(0.05)


def test_places_as_strong_are_held_beside_each_other() -> None:
    """By hand: of each ten the half put first moves 3 points more, and ten count by their size."""
    codes = pd.Index([f"{place:04d}" for place in range(2 * ALIKE)])
    share = pd.Series(np.repeat([0.1, 0.2], ALIKE), codes)
    score = pd.Series(np.tile(np.arange(ALIKE), 2), codes, dtype=float)
    budget = pd.Series(np.repeat([100.0, 300.0], ALIKE), codes)
    moved = pd.Series(np.where(score >= ALIKE / 2, 0.04, 0.01), codes)
    assert among_alike(score, share, moved, budget, None)[0] == pytest.approx(0.03)
    moved[share == 0.2] = 0.0
    assert among_alike(score, share, moved, budget, None)[0] == pytest.approx(0.0075)
    assert np.isnan(among_alike(score * 0, share, moved, budget, None)[0])
    assert np.isnan(among_alike(score * np.nan, share, moved, budget, None)[0])


def test_a_share_that_falls_back_is_nobodys_merit() -> None:
    """A score that only knows where the share was low is told so in the 5 % that chance gives."""
    wins, seen = [], []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        codes = pd.Index([f"{place // 16:04d}{place:04d}" for place in range(400)])
        strength, *strays = rng.normal(0, 0.02, (4, 400))
        before, after = (pd.Series(0.1 + strength + own, codes) for own in strays[:2])
        budget, towns = pd.Series(1000.0, codes), codes.to_series().str[:4]
        weights = resampled_weights(towns, 100, rng=rng)
        moved = after - before
        wins.append(among_alike(-before, before, moved, budget, weights)[1] > 0)
        seen.append(among_alike(moved + strays[2], before, moved, budget, weights)[1] > 0)
    assert np.mean(wins) <= 0.12
    assert np.mean(seen) == 1


def votes(**electors: float) -> pd.DataFrame:
    return pd.DataFrame({"electors_count": pd.Series({c[1:]: n for c, n in electors.items()})})


def test_equal_codes_within_tolerance_are_one_district_and_the_rest_is_the_municipality() -> None:
    before = votes(d01010001=1000, d01010002=100, d01020001=50, d01030001=40)
    after = votes(d01010001=1090, d01010002=150, d01020001=51, d01020002=60, d01040001=9)
    units = matched_units(before, after)
    assert units.basis.to_dict() == {"0101": TOWN, "01010001": CODE, "01020001": CODE}
    assert units.sums(before, "earlier")["electors_count"].to_dict() == {
        "0101": 100,
        "01010001": 1000,
        "01020001": 50,
    }
    assert units.sums(after, "later").loc["0101", "electors_count"] == 150
    assert units.municipality.tolist() == ["0101", "0101", "0102"]
    # Few equal codes: whole municipalities, whose totals are exact.
    whole = matched_units(before, after, tolerance=0.015)
    assert whole.basis.to_dict() == {"0101": TOWN, "0102": TOWN}
    assert whole.sums(after, "later")["electors_count"].to_dict() == {"0101": 1240, "0102": 111}


def test_the_official_key_comes_first_and_what_it_cannot_compare_is_left_out() -> None:
    before, after = (
        votes(d01010001=100, d01010002=90, d01010003=80),
        votes(d01019001=200, d01010003=1),
    )
    key = pd.DataFrame(
        {
            "source_code": ["01010001", "01010002", "01010003", "01010003"],
            "area_code": ["01019001", "01019001", "01010003", "01010003"],
            "comparable": [True, True, False, False],
        }
    )
    units = matched_units(before, after, key)
    assert units.basis.to_dict() == {"01019001": OFFICIAL}
    assert units.sums(before, "earlier")["electors_count"].to_dict() == {"01019001": 190}


def test_a_district_that_became_two_is_compared_with_neither() -> None:
    before, after = (
        votes(d01010001=100, d01010002=50),
        votes(d01010001=60, d01010002=40, d01010003=50),
    )
    key = pd.DataFrame(
        {
            "source_code": ["01010001", "01010001", "01010002"],
            "area_code": ["01010001", "01010002", "01010003"],
            "comparable": True,
        }
    )
    assert matched_units(before, after, key).basis.index.tolist() == ["01010003"]


def test_a_mean_of_a_unit_is_the_electors_and_unknown_is_not_zero() -> None:
    before = votes(d01010001=100, d01010002=300, d01020001=9)
    units = matched_units(before, before * 2, tolerance=0.1)
    values = pd.DataFrame({"share": [0.2, np.nan, np.nan]}, index=before.index)
    told = units.means(values, before["electors_count"], "earlier")["share"]
    assert told["0101"] == 0.2
    assert np.isnan(told["0102"])
