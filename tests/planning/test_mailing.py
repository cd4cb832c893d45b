"""The mailing plan keeps to its budget and to the ranking."""

import numpy as np
import pandas as pd

from geoprio.config import MailingBudget
from geoprio.plans import plan_mailing


def toy(ranks: list[float], households: list[float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes = pd.Index([f"A{number}" for number in range(len(ranks))], name="area_code")
    scores = pd.DataFrame({"channel": "mailing", "rank": ranks}, index=codes)
    indicators = pd.DataFrame(
        {"households_count": households, "target_households_count": households},
        index=codes,
        dtype=float,
    )
    indicators["target_households_count"] *= 0.5
    return scores, indicators


def budget(sek: float, waves: int = 1) -> MailingBudget:
    return MailingBudget(
        budget_sek=sek, cost_per_household_sek=2.0, cost_source="räkneexempel", waves=waves
    )


def test_the_best_areas_are_mailed_for_as_long_as_the_money_lasts() -> None:
    plan = plan_mailing(*toy([3, 1, 2], [100, 100, 100]), budget(450))
    assert plan["order"].to_dict() == {"A1": 1.0, "A2": 2.0}
    assert plan["cost_sek"].sum() == 400
    assert (plan["precision"] == 0.5).all()


def test_the_budget_is_never_passed_and_more_money_never_reaches_fewer() -> None:
    rng = np.random.default_rng(3)
    scores, indicators = toy(list(range(1, 201)), list(rng.integers(50, 900, 200)))
    reached = 0
    for sek in range(0, 200_000, 10_000):
        plan = plan_mailing(scores, indicators, budget(sek))
        assert plan["cost_sek"].sum() <= sek
        assert len(plan) >= reached
        reached = len(plan)


def test_areas_without_score_or_households_are_left_out() -> None:
    plan = plan_mailing(*toy([1, np.nan, 2, 3], [10, 10, np.nan, 0]), budget(1000))
    assert plan.index.tolist() == ["A0"]


def test_waves_follow_the_order() -> None:
    plan = plan_mailing(*toy([1, 2, 3, 4], [10, 10, 10, 10]), budget(1000, waves=2))
    assert plan["wave"].tolist() == [1, 1, 2, 2]


def test_a_budget_that_is_met_exactly_is_enough_and_equals_go_by_target_households() -> None:
    scores, indicators = toy([1, 1], [100, 200])
    plan = plan_mailing(scores, indicators, budget(400))
    assert plan.index.tolist() == ["A1"]
    assert plan_mailing(scores, indicators, budget(600))["order"].to_dict() == {"A0": 2, "A1": 1}


def test_fewer_areas_than_waves_go_in_as_many_waves_as_areas() -> None:
    plan = plan_mailing(*toy([1, 2], [10, 10]), budget(1000, waves=5))
    assert plan["wave"].tolist() == [1, 2]
