"""Mail arrives before early voting starts, and no leaflet is printed twice."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoprio.plans.postal import EARLY_VOTING_DAYS, delivery_weeks, print_run


def test_weeks_of_the_election_of_2030() -> None:
    """Election on 8 September: early voting starts on Wednesday 21 August, in week 34."""
    assert delivery_weeks(date(2030, 9, 8), 1) == ["2030 v. 33"]
    assert delivery_weeks(date(2030, 9, 8), 3) == ["2030 v. 31", "2030 v. 32", "2030 v. 33"]


def test_the_year_is_that_of_the_week() -> None:
    assert delivery_weeks(date(2027, 1, 24), 2) == ["2026 v. 52", "2026 v. 53"]


@given(st.dates(date(2025, 1, 1), date(2100, 1, 1)), st.integers(1, 6))
def test_every_wave_is_over_before_early_voting_starts_and_none_too_early(
    day: date, waves: int
) -> None:
    weeks = [tuple(map(int, week.split(" v. "))) for week in delivery_weeks(day, waves)]
    sundays = [date.fromisocalendar(year, week, 7) for year, week in weeks]
    start = day - timedelta(days=EARLY_VOTING_DAYS)
    assert timedelta(0) < start - sundays[-1] <= timedelta(days=7)
    assert all(b - a == timedelta(days=7) for a, b in pairwise(sundays))


def test_the_print_run_is_the_households_and_the_reserve_rounded_up() -> None:
    households = pd.Series([100.0, 101.0, 100.4, 0.0, np.nan])
    assert print_run(households, 0.02).tolist()[:4] == [102, 104, 102, 0]
    assert np.isnan(print_run(households, 0.02).iloc[4])
    assert print_run(households, 0.0).tolist()[:3] == [100, 101, 100]


@pytest.mark.parametrize("reserve", [0.01, 0.02, 0.07, 0.1])
def test_binary_fractions_print_nothing_extra(reserve: float) -> None:
    households = pd.Series(np.arange(0.0, 100_000, 100))
    exact = households.astype(int) * round(reserve * 100) // 100 + households.astype(int)
    assert print_run(households, reserve).tolist() == exact.tolist()
