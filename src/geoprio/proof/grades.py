"""Estimates beside a truth that they never saw: do their intervals cover, how far are they off."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from geoprio.groups.evidence import Z90

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


Scale = Callable[[pd.Series], float]
"""Spread that is learned from the gaps between areas' shares and their parents' (0-1)."""


def coverage_over_splits(
    shares: pd.Series, parent: pd.Series, scale: Scale, *, splits: int, rng: np.random.Generator
) -> pd.Series:
    """Return the share (0-1) of areas covered in each random split of the areas in two halves.

    Every area gets its parent's share as its estimate, and a 90 % interval from the spread that
    `scale` learns on one half; counted is how many of the other half it covers.

    Parameters
    ----------
    shares
        What is published for the areas, 0-1; none unknown.
    parent
        Share of each area's parent, 0-1, the same index.
    """
    covered = []
    for _ in range(splits):
        order = rng.permutation(len(shares))
        learn, test = order[: len(order) // 2], order[len(order) // 2 :]
        spread = scale(shares.iloc[learn] - parent.iloc[learn])
        gap = (shares.iloc[test] - parent.iloc[test]).abs()
        covered.append(float((gap <= Z90 * spread).mean()))
    return pd.Series(covered, name="covered")


def predict_each(part: pd.Series, whole: pd.Series, scale: Scale) -> pd.DataFrame:
    """Return each area's count as predicted from all the others.

    The prediction is the others' pooled share of `whole`; its 90 % interval follows from the
    others' spread around that share.

    Parameters
    ----------
    part, whole
        Persons by area, the group and all; none unknown.

    Returns
    -------
    `count` (published), `predicted`, `low`, `high` in persons, `error_share` (prediction less
    count, of the count) and `covered`.
    """
    pooled = (part.sum() - part) / (whole.sum() - whole)
    own = part / whole
    spread = pd.Series({code: scale(own.drop(code) - pooled[code]) for code in own.index})
    frame = pd.DataFrame({"count": part, "predicted": pooled * whole})
    frame["low"] = ((pooled - Z90 * spread) * whole).clip(lower=0)
    frame["high"] = np.minimum((pooled + Z90 * spread) * whole, whole)
    frame["error_share"] = frame["predicted"] / part - 1
    return frame.assign(covered=part.between(frame["low"], frame["high"]))


RANKING_Z90 = 1.645


def true_indicators(
    indicators: pd.DataFrame,
    cells: pd.DataFrame,
    votes: pd.DataFrame,
    *,
    weights: Mapping[str, float],
) -> pd.DataFrame:
    """Return the indicators that a run estimates as they truly are; the others as the run has them.

    Parameters
    ----------
    indicators
        INDICATORS of a run; what is published for the areas, such as households, is taken from it.
    cells
        True joint table of the electorate by area: `cell_0000` ... in the order of `weights`.
    votes
        True `electors`, `votes_cast`, `valid` and votes by party of those who live in each area.
    weights
        Central weight of each group; they are combined as their weighted mean.

    Returns
    -------
    `indicators` with those of the groups (`intensity_share`, `at_least_one_share`,
    `target_households_count`, `target_persons_count`) and of the voters (`mobilisation_count`,
    `turnout_share`, `red_green_share`, `v_share`) replaced.
    """
    people = cells.sum(axis=1)
    shares = group_counts(cells, list(weights)).div(people.where(people > 0), axis=0)
    nobody = cells.columns[cells.columns.str[len("cell_") :].str.strip("0") == ""][0]
    any_of = 1 - cells[nobody] / people.where(people > 0)
    valid, electors = (votes[name].where(votes[name] > 0) for name in ("valid", "electors"))
    red_green = votes[["votes_v", "votes_s", "votes_mp"]].sum(axis=1, skipna=False) / valid
    return indicators.assign(
        intensity_share=(shares * pd.Series(weights)).sum(axis=1, skipna=False)
        / sum(weights.values()),
        at_least_one_share=any_of,
        mobilisation_count=(votes["electors"] - votes["votes_cast"]) * red_green,
        turnout_share=votes["votes_cast"] / electors,
        red_green_share=red_green,
        v_share=votes["votes_v"] / valid,
        target_persons_count=people * any_of,
        target_households_count=indicators["households_count"] * any_of,
    )


def grade_ranking(
    scores: pd.DataFrame, sets: pd.DataFrame, truth: pd.DataFrame, *, top_k: int
) -> pd.Series:
    """Return how well what is said of a ranking meets the ranking that the truth gives.

    Parameters
    ----------
    scores
        SCORES with `rank_low`, `rank_high` and `answer`.
    sets
        `set_low_rank`, `set_high_rank` and `in_top_set` by area.
    truth
        SCORES of the true figures.
    top_k
        How many areas are at the top.

    Returns
    -------
    Shares (0-1): `top_left_out`, of the areas truly at the top those whose answer is the joint
    campaign; `clear_outside`, of the clear priorities those that are truly not at the top; of all
    areas `interval_covered`, whose true rank lies in the 5-95 % of the draws, and `set_covered`,
    whose true rank lies in the confidence set; `top_covered`, of the areas truly at the top those
    in the confidence set of the top; and `all_covered`, 1 where every area's set holds its rank.
    """
    known = scores["score"].notna() & truth["score"].notna()
    scores, sets, rank = scores[known], sets[known], truth.loc[known, "rank"]
    top = rank <= top_k
    inside = rank.between(sets["set_low_rank"], sets["set_high_rank"])
    return pd.Series(
        {
            "top_left_out": (scores.loc[top, "answer"] == "joint").mean(),
            "clear_outside": 1 - top[scores["answer"] == "clear"].mean(),
            "interval_covered": rank.between(scores["rank_low"], scores["rank_high"]).mean(),
            "set_covered": inside.mean(),
            "top_covered": sets.loc[top, "in_top_set"].astype(float).mean(),
            "all_covered": float(inside.all()),
        }
    )


def grade_figures(
    indicators: pd.DataFrame, errors: pd.DataFrame, truth: pd.DataFrame
) -> pd.DataFrame:
    """Return how well the indicators' standard errors meet the truth.

    Returns
    -------
    By indicator: `off`, the root mean square of how far it is from the truth, and `error`, that of
    its standard errors, both in standard deviations of the truth over areas; and `covered`, the
    share of areas (0-1) whose 90 % interval holds the truth.
    """
    names = [name for name in errors.columns if name in truth]
    off, errors, spread = (indicators - truth)[names], errors[names], truth[names].std()
    return pd.DataFrame(
        {
            "off": (off**2).mean() ** 0.5 / spread,
            "error": (errors**2).mean() ** 0.5 / spread,
            "covered": (off.abs() <= RANKING_Z90 * errors + 1e-9).mean(),
        }
    )
