"""Who lends people to whom: hours that are worth more next door, as a flow of least cost."""

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, vstack

from geoprio.plans.efforts import CANVASS, season_hours, weeks_of
from geoprio.plans.optimum import highs
from geoprio.plans.programme import Programme

LEAST_HOURS = 5.0
"""A loan below it is not worth a journey."""


def loans(made: Programme, centres: pd.DataFrame) -> pd.DataFrame:
    """Return which association could help which at the doors, as many hours as can be, near first.

    An association lends the hours of its door weeks that it does not use, and those that it spends
    where an hour gives less than at the county's line: the median, over associations, of the least
    that an hour of canvassing gives. It borrows for areas above that line that nobody has hours
    for. Hours flow so that most are lent, and of such flows the one of fewest kilometres.

    Parameters
    ----------
    made
        The plan.
    centres
        `x` and `y` (metres) of each association.

    Returns
    -------
    loans
        `lender`, `borrower`, `hours` and `km`; none further than the plan's `loan_km`.
    """
    names = sorted(made.places["association"].dropna().unique())
    spare, need = spare_and_need(made)
    points = centres.reindex(names)[["x", "y"]].to_numpy(float) / 1000
    km = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    lend, borrow = np.nonzero((km <= made.plan.loan_km) & (km > 0))
    given, lacked = spare.reindex(names).to_numpy(float), need.reindex(names).to_numpy(float)
    able = (given[lend] > 0) & (lacked[borrow] > 0)
    lend, borrow = lend[able], borrow[able]
    columns = ["lender", "borrower", "hours", "km"]
    if not len(lend):
        return pd.DataFrame(columns=columns)
    flows, each = np.arange(len(lend)), np.ones(len(lend))
    shape = (len(names), len(lend))
    sums = vstack(
        [csr_array((each, (lend, flows)), shape=shape), csr_array((each, (borrow, flows)), shape)]
    )
    # One hour lent is worth more than any journey.
    worth = km[lend, borrow] - 2 * made.plan.loan_km
    most = np.concatenate([given, lacked])
    found = highs(worth, constraints=LinearConstraint(csr_array(sums), ub=most))
    table = pd.DataFrame(
        {
            "lender": np.array(names, dtype=object)[lend],
            "borrower": np.array(names, dtype=object)[borrow],
            "hours": found.x,
            "km": km[lend, borrow],
        }
    )
    kept = table[table["hours"] >= LEAST_HOURS]
    return kept.sort_values(["lender", "hours"], ascending=[True, False], ignore_index=True)


def spare_and_need(made: Programme) -> tuple[pd.Series, pd.Series]:
    """Return by association the door hours that it could lend, and those that it could use."""
    names = pd.Index(sorted(made.places["association"].dropna().unique()), name="association")
    table = made.efforts.assign(
        rate=made.efforts["worth"] / made.efforts["hours"], chosen=made.found.chosen > 0.5
    )
    doors = table[table["channel"] == CANVASS]
    own = doors[doors["chosen"]]
    line = float(own.groupby("association")["rate"].min().median()) if len(own) else np.inf
    weak = own[own["rate"] < line].groupby("association")["hours"].sum()
    weeks = {week for _, week in weeks_of(made.plan, CANVASS)}
    used = made.weeks[made.weeks["week"].isin(weeks)].groupby("association")["hours"].sum()
    had = pd.Series({name: season_hours(made.plan, CANVASS, name) for name in names})
    spare = had - used.reindex(names).fillna(0.0) + weak.reindex(names).fillna(0.0)
    free = ~doors["area_code"].isin(own["area_code"]) & (doors["rate"] > line)
    wanted = doors[free].groupby("area_code").agg({"association": "first", "hours": "max"})
    need = wanted.groupby("association")["hours"].sum().reindex(names).fillna(0.0)
    # Whoever has use for its own hours lends none of them.
    return spare.where(need == 0, 0.0).clip(lower=0.0), need
