"""Estimates beside a truth that they never saw: do their intervals cover, how far are they off."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

ROUNDING = 1e-6
"""Largest difference, in persons, that is taken for none: sums in another order."""


def group_counts(cells: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return how many belong to each group, from a joint table.

    Parameters
    ----------
    cells
        Persons per area in columns `cell_0000` ... `cell_1111`: a digit per group, 1 is yes.
    groups
        Names of the groups, in the order of the digits.

    Returns
    -------
    One column per group, index of `cells`.
    """
    digits = {name: cells.columns.str[len("cell_") + place] for place, name in enumerate(groups)}
    return pd.DataFrame(
        {name: cells.loc[:, digit == "1"].sum(axis=1) for name, digit in digits.items()}
    )


def grade_counts(estimates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return how well one set of estimates meets the truth, group by group.

    Parameters
    ----------
    estimates
        Rows of GROUPS of one electorate: index `area_code`, `group`, `count`, `low`, `high`, `se`.
    truth
        Persons by area, a column per group.

    Returns
    -------
    Index `group`; `areas` graded (both known), `covered` (share 0-1 of areas whose interval holds
    the truth), `error` (mean absolute error in persons), `bias` (mean error), `width` (mean width
    of the interval in persons) and `exact` (share of areas whose count equals the truth).
    """
    known = truth.reset_index(names="area_code").melt(
        id_vars="area_code", var_name="group", value_name="truth"
    )
    both = estimates.reset_index().merge(known, on=["area_code", "group"])
    both = both.dropna(subset=["count", "truth"])
    off = both["count"] - both["truth"]
    inside = both["truth"].between(both["low"] - ROUNDING, both["high"] + ROUNDING)
    graded = both.assign(
        covered=inside.astype(float),
        error=off.abs(),
        bias=off,
        width=both["high"] - both["low"],
        exact=(off.abs() <= ROUNDING).astype(float),
    )
    columns = ["covered", "error", "bias", "width", "exact"]
    table = graded.groupby("group")[columns].mean()
    table.insert(0, "areas", graded.groupby("group").size())
    return table


def narrowed(estimates: pd.DataFrame, *, by: float) -> pd.DataFrame:
    """Return the estimates with intervals narrower by the share `by` (0-1), to see a grade fall."""
    ends = {
        end: estimates["count"] + (1 - by) * (estimates[end] - estimates["count"])
        for end in ("low", "high")
    }
    return estimates.assign(**ends)


def mean_distance(values: pd.Series, truth: pd.Series) -> float:
    """Return the mean absolute difference over the areas where both are known."""
    return float(np.abs(values - truth).mean())
