"""Rankings beside the ranking that the truth gives: do the answers and the sets hold (METHOD 6)."""

from collections.abc import Mapping

import pandas as pd

from geoprio.evaluation.grading import group_counts

Z90 = 1.645


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
            "covered": (off.abs() <= Z90 * errors + 1e-9).mean(),
        }
    )
