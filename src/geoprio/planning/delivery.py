"""When a mailing must have arrived, and how much of it is printed."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

EARLY_VOTING_DAYS = 18
"""Days before election day on which early voting starts in Sweden."""


def delivery_weeks(election_day: date, waves: int) -> list[str]:
    """Return the week of each wave, first wave first: "2030 v. 33" is week 33 by ISO 8601.

    The last wave has the last whole week (Monday to Sunday) before early voting starts, and each
    wave before it one week less.

    Parameters
    ----------
    election_day
        The day of the election that the mailing is for.
    waves
        Number of waves, at least 1.
    """
    start = election_day - timedelta(days=EARLY_VOTING_DAYS)
    last = start - timedelta(days=start.weekday() + 7)
    mondays = [last - timedelta(weeks=waves - wave) for wave in range(1, waves + 1)]
    return [f"{year} v. {week}" for year, week, _ in map(date.isocalendar, mondays)]


def print_run(households_count: pd.Series, reserve_share: float) -> pd.Series:
    """Return how many to print for each area: its whole households and the reserve, rounded up.

    NaN where the households are unknown.
    """
    wanted = households_count.round() * (1 + reserve_share)
    # 100 x 1.02 is 102.00000000000001 to a computer: that is no 103rd leaflet.
    return pd.Series(np.ceil(wanted.round(6)), name="print_run_count")
