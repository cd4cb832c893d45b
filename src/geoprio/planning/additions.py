"""Areas that associations add to a mailing at their own cost, never doubled with the district's."""

import numpy as np
import pandas as pd

from geoprio.planning.choice import precision_of
from geoprio.schemas import PLAN, check


def add_areas(
    plan: pd.DataFrame, areas: pd.DataFrame, payers: pd.Series, *, cost_per_household_sek: float
) -> pd.DataFrame:
    """Return a plan with the areas that associations pay for.

    An area that the district mails already stays the district's. Each other one goes, in order of
    code, with the wave that has fewest households so far; it has no place in the order, since it
    was not chosen by precision.

    Parameters
    ----------
    plan
        PLAN of the district's areas.
    areas
        As in `choose_mailing`; the households of added areas are known.
    payers
        Association by added area.
    cost_per_household_sek
        What a whole household costs, in kronor.

    Returns
    -------
    plan
        PLAN with `payer`: the association, or missing where the district pays.
    """
    own = payers[~payers.index.isin(plan.index)].sort_index()
    households = areas.loc[own.index, "households_count"].round()
    sums = plan.groupby("wave")["households_count"].sum()
    mailed = dict(zip(sums.index.astype(float), sums.astype(float), strict=True)) or {1.0: 0.0}
    places: list[float] = []
    for count in households:
        places.append(min(mailed, key=lambda wave: (mailed[wave], wave)))
        mailed[places[-1]] += float(count)
    added = pd.DataFrame(
        {
            "channel": "mailing",
            "order": np.nan,
            "wave": pd.Series(places, own.index, dtype=float),
            "cost_sek": households * cost_per_household_sek,
            "households_count": households,
            "electors_count": areas.loc[own.index, "electors_count"],
            "target_persons_count": areas.loc[own.index, "target_persons_count"],
            "precision": precision_of(areas.loc[own.index]).clip(0, 1),
            "payer": own,
        },
        index=own.index,
    )
    parts = [plan.assign(payer=None), added] if len(added) else [plan.assign(payer=None)]
    both = pd.concat(parts).sort_index()
    return check(both.astype({"channel": "str", "payer": "str"}).rename_axis("area_code"), PLAN)


def doubled(plan: pd.DataFrame, payers: pd.Series) -> pd.Series:
    """Return the additions that the district's plan has already: association by area."""
    return payers[payers.index.isin(plan.index)].sort_index()
