"""How well estimates of groups meet a truth that they never saw."""

import pandas as pd
from check_groups import ROUNDING


def grade_counts(estimates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return how well GROUPS of one electorate meet the truth (persons, a column per group).

    By group: `areas` where both are known, `covered` (share 0-1 whose interval holds the truth),
    `error` (mean absolute), `bias` (mean error) and `width` of the interval, in persons, and
    `exact` (share of areas whose count equals the truth).
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
