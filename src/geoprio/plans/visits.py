"""Which workplaces each trade association visits, and in which week."""

import numpy as np
import pandas as pd

from geoprio.config.resources import Plan, Trade
from geoprio.plans.efforts import weeks_of

WORKPLACE = "workplace"
"""What phases call visits to workplaces."""
COLUMNS = ["workplace", "municipality", "industry", "employees", "shifts"]
"""Of the user's list of workplaces."""
NO_WORKPLACES = pd.DataFrame(columns=COLUMNS, dtype=str)


def visits(plan: Plan, workplaces: pd.DataFrame) -> pd.DataFrame:
    """Return what each trade association visits: the largest workplaces first.

    Parameters
    ----------
    plan
        The campaign's; visits are made in the weeks of its phases with `workplace`.
    workplaces
        `COLUMNS`; `employees` is NaN where it is not told.

    Returns
    -------
    visits
        `COLUMNS` with `trade` (missing where no trade association has the industry), `order` and
        `week` (its Monday, ISO 8601; missing where the hours are not enough); no trade association
        spends more hours by the end of a week than it has had.
    """
    weeks = [week for _, week in weeks_of(plan, WORKPLACE)]
    left, parts = workplaces, []
    for trade in plan.trades:
        inside = left["industry"].str.startswith(trade.industries)
        own = left[inside].sort_values(["employees", "workplace"], ascending=[False, True])
        own = own.reset_index(drop=True).join(_calendar(trade, weeks, len(own)))
        parts.append(own.assign(trade=trade.name))
        left = left[~inside]
    parts.append(left.assign(trade=None, order=np.nan, week=None))
    return pd.concat([one for one in parts if len(one)] or parts[-1:], ignore_index=True)


def _calendar(trade: Trade, weeks: list[str], count: int) -> pd.DataFrame:
    """Return the order of a trade association's visits, and the week in which each is made."""
    order = np.arange(1.0, count + 1)
    had = max(trade.crew.hours_per_week, 1e-9)
    at = np.ceil(order * trade.visit_hours * trade.together / had - 1e-9) - 1
    named = [weeks[int(one)] if one < len(weeks) else None for one in at]
    return pd.DataFrame({"order": order, "week": np.array(named, dtype=object)})
