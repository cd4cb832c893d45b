"""The mailing choice: best for its limit, never beyond it, the same in any order of rows."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoprio.errors import ConfigError
from geoprio.plans import choice
from geoprio.plans.choice import (
    Limit,
    choose_mailing,
    mean_precision,
    plan_choice,
    refuse_small_lots,
    split_waves,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 50), st.integers(0, 40)), min_size=1, max_size=6
)


def areas_of(rows: list[tuple[float, float, float]]) -> pd.DataFrame:
    codes = pd.Index([f"A{number:04d}" for number in range(len(rows))], name="area_code")
    names = ["households_count", "electors_count", "target_persons_count"]
    areas = pd.DataFrame(rows, index=codes, columns=names, dtype=float)
    return areas.assign(
        target_persons_count=areas[["target_persons_count", "electors_count"]].min(axis=1)
    )


def county(count: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    households = np.round(rng.lognormal(6.5, 0.7, count))
    electors = households * rng.uniform(0.8, 2.5, count)
    rows = np.column_stack([households, electors, electors * rng.uniform(0.5, 0.95, count)])
    return areas_of([tuple(row) for row in rows])


def subsets(areas: pd.DataFrame) -> list[pd.DataFrame]:
    able = areas[(areas > 0).all(axis=1)]
    every = product([False, True], repeat=len(able))
    return [able[np.array(taken, dtype=bool)] for taken in every]


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, households=st.integers(0, 150), least=st.sampled_from([0.0, 0.5, 0.8]))
def test_no_areas_within_the_households_reach_more_target_persons(
    rows: list[tuple[float, float, float]], households: int, least: float
) -> None:
    areas = areas_of(rows)
    own = areas[choose_mailing(areas, Limit(households=households, least_precision=least))]
    assert own["households_count"].sum() <= households
    assert (own["target_persons_count"] >= least * own["electors_count"]).all()
    rivals = [
        one["target_persons_count"].sum()
        for one in subsets(areas)
        if one["households_count"].sum() <= households
        and (one["target_persons_count"] >= least * one["electors_count"]).all()
    ]
    assert own["target_persons_count"].sum() == max(rivals)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, precision=st.sampled_from([0.25, 0.5, 0.75, 1.0]))
def test_no_areas_at_a_precision_hold_more_households(
    rows: list[tuple[float, float, float]], precision: float
) -> None:
    areas = areas_of(rows)
    own = areas[choose_mailing(areas, Limit(precision=precision))]
    assert own.empty or mean_precision(own) >= precision
    rivals = [
        one["households_count"].sum()
        for one in subsets(areas)
        if one["target_persons_count"].sum() >= precision * one["electors_count"].sum()
    ]
    assert own["households_count"].sum() == max(rivals)


def test_more_money_never_reaches_fewer_and_less_precision_never_mails_fewer() -> None:
    areas = county(300, 1)
    reached = mailed = 0.0
    for step in range(0, 101, 4):
        limit = Limit(households=step / 100 * areas["households_count"].sum())
        own = areas[choose_mailing(areas, limit)]
        assert own["households_count"].sum() <= (limit.households or 0)
        assert own["target_persons_count"].sum() >= reached
        reached = own["target_persons_count"].sum()
        lower = areas[choose_mailing(areas, Limit(precision=1 - step / 100))]
        assert lower["households_count"].sum() >= mailed
        mailed = lower["households_count"].sum()
    assert reached == pytest.approx(areas["target_persons_count"].sum())
    assert mailed == areas["households_count"].sum()


@pytest.mark.parametrize("limit", [Limit(households=40_000), Limit(precision=0.8)])
def test_the_order_of_rows_changes_nothing(limit: Limit) -> None:
    areas = pd.concat([county(100, 2), county(100, 2).rename(lambda code: f"B{code}")])
    shuffled = areas.sample(frac=1, random_state=3)
    chosen = choose_mailing(areas, limit)
    again = choose_mailing(shuffled, limit)
    assert again.index.equals(shuffled.index)
    pd.testing.assert_series_equal(chosen, again[chosen.index])
    plans = [
        plan_choice(frame, taken, cost_per_household_sek=2.5, waves=3)
        for frame, taken in ((areas, chosen), (shuffled, again))
    ]
    pd.testing.assert_frame_equal(*plans)


def test_the_unknown_is_never_chosen() -> None:
    areas = areas_of([(10, 20, 15), (10, 20, 15), (10, 20, 15), (0.4, 20, 15), (10, 20, 15)])
    areas.iloc[0, 0] = areas.iloc[1, 1] = areas.iloc[2, 2] = np.nan
    assert choice.mailable_areas(areas).index.tolist() == [areas.index[-1]]
    for limit in (Limit(households=1000), Limit(precision=0.0)):
        assert choose_mailing(areas, limit).tolist() == [False, False, False, False, True]


def test_six_thousand_areas_are_solved() -> None:
    areas = county(6160, 4)
    limit = Limit(households=0.2 * areas["households_count"].sum())
    own = areas[choose_mailing(areas, limit)]
    assert 0 <= (limit.households or 0) - own["households_count"].sum() < 2


def test_a_mailing_has_one_limit() -> None:
    for wrong in ({}, {"households": 1.0, "precision": 0.5}):
        with pytest.raises(ConfigError, match="one of the two"):
            Limit(**wrong)


@pytest.mark.parametrize("seed", range(3))
def test_waves_are_as_equal_as_any_that_keep_the_order(seed: int) -> None:
    households = pd.Series(np.random.default_rng(seed).integers(1, 90, 9), dtype=float)
    waves = split_waves(households, 3)
    assert waves.is_monotonic_increasing
    assert set(waves) == {1, 2, 3}
    squares = (households.groupby(waves).sum() ** 2).sum()
    rivals = [
        households[:first].sum() ** 2
        + households[first:second].sum() ** 2
        + households[second:].sum() ** 2
        for first, second in combinations(range(1, 9), 2)
    ]
    assert squares == min(rivals)


def test_the_first_wave_has_the_best_precision_and_costs_are_of_whole_households() -> None:
    areas = areas_of([(150.4, 100, 60), (100, 100, 90), (200, 100, 80), (10, 100, 10)])
    chosen = pd.Series([True, True, True, False], areas.index)
    plan = plan_choice(areas, chosen, cost_per_household_sek=2.5, waves=2)
    assert plan["order"].to_dict() == {"A0000": 3, "A0001": 1, "A0002": 2}
    assert plan["wave"].to_dict() == {"A0000": 2, "A0001": 1, "A0002": 1}
    assert plan["cost_sek"].sum() == 1125
    few = plan_choice(areas, chosen, cost_per_household_sek=2.5, waves=12)
    assert sorted(few["wave"]) == [1, 2, 3]
    none = plan_choice(areas, ~chosen & False, cost_per_household_sek=2.5, waves=2)
    assert none.empty


def test_an_order_below_the_vendors_smallest_is_refused_with_what_to_do() -> None:
    areas = areas_of([(100, 100, 60), (100, 100, 90), (100, 100, 80)])
    plan = plan_choice(areas, areas["households_count"] > 0, cost_per_household_sek=1, waves=3)
    refuse_small_lots(plan, 100)
    with pytest.raises(ConfigError, match=r"wave 1 has 100.*take at most 2 waves"):
        refuse_small_lots(plan, 150)
    with pytest.raises(ConfigError, match=r"the whole mailing has 300: raise the budget"):
        refuse_small_lots(plan, 301)
