"""The internal mailing plan: which areas are mailed within the budget, in which wave."""

import numpy as np
import pandas as pd

from geoprio.config import MailingBudget
from geoprio.tables import PLAN, check


def plan_mailing(
    scores: pd.DataFrame, indicators: pd.DataFrame, budget: MailingBudget
) -> pd.DataFrame:
    """Return the areas to mail: down the channel's ranking for as long as the money lasts.

    Areas without a score or without a known, positive number of households are left out. Equal
    ranks go by target households, then by area code.

    Parameters
    ----------
    scores
        SCORES of the mailing channel.
    indicators
        INDICATORS with `households_count` and `target_households_count` (an estimate).
    budget
        What there is to spend, what a household costs, and the number of waves.

    Returns
    -------
    plan
        PLAN with `order` 1 first, costs in kronor, and `precision`, the share (0-1) of target
        households among those mailed.

    Examples
    --------
    >>> import geoprio as gp
    >>> from pathlib import Path
    >>> run = gp.read_run("data/processed/demo")
    >>> scores = run.frame("scores").query("channel == 'mailing'")
    >>> budget = gp.load_campaign(Path("data/raw/demo/demo.toml")).mailing
    >>> plan = gp.plan_mailing(scores, run.frame("indicators"), budget)
    >>> bool(plan["cost_sek"].sum() <= budget.budget_sek)
    True
    """
    queue = pd.DataFrame(
        {
            "channel": scores["channel"],
            "rank": scores["rank"],
            "households_count": indicators["households_count"],
            "target_count": indicators["target_households_count"],
        }
    )
    queue = queue[queue["rank"].notna() & (queue["households_count"] > 0)]
    queue = queue.sort_index().sort_values(
        ["rank", "target_count"], ascending=[True, False], kind="stable"
    )
    cost = queue["households_count"] * budget.cost_per_household_sek
    chosen = queue.assign(cost_sek=cost)[cost.cumsum() <= budget.budget_sek]
    order = np.arange(1, len(chosen) + 1)
    plan = chosen.drop(columns="rank").assign(
        order=order.astype(float),
        wave=np.ceil(order * min(budget.waves, len(chosen)) / max(len(chosen), 1)),
        precision=chosen["target_count"] / chosen["households_count"],
    )
    return check(plan.sort_index(), PLAN)
