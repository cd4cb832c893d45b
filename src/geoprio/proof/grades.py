"""Estimates beside a truth that they never saw: do their intervals cover, how far are they off."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from geoprio.groups.measures import Z90
from geoprio.scores.verdicts import FULL, SURE_ENOUGH

ROUNDING = 1e-6
"""Largest difference, in persons, that is taken for none: sums in another order."""


def group_counts(cells: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return persons in each group by area, from `cell_0000` ... `cell_1111`: a digit per group."""
    digits = {name: cells.columns.str[len("cell_") + place] for place, name in enumerate(groups)}
    return pd.DataFrame(
        {name: cells.loc[:, digit == "1"].sum(axis=1) for name, digit in digits.items()}
    )


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


def mean_distance(values: pd.Series, truth: pd.Series) -> float:
    """Return the mean absolute difference over the areas where both are known."""
    return float(np.abs(values - truth).mean())


Scale = Callable[[pd.Series], float]
"""Spread that is learned from the gaps between areas' shares and their parents' (0-1)."""


def coverage_over_splits(
    shares: pd.Series, parent: pd.Series, scale: Scale, *, splits: int, rng: np.random.Generator
) -> pd.Series:
    """Return the share (0-1) of areas covered in each random split of the areas in two halves.

    Every area gets its parent's share (0-1) as its estimate, and a 90 % interval from the spread
    that `scale` learns on one half; counted is how many of the other half it covers.
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
    """Return each area's count of a group (`part`) as predicted from all the others.

    `predicted` is the others' pooled share of `whole`, its 90 % interval follows from their spread
    around that share; `error_share` is prediction less count, of the count.
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
    """Return INDICATORS with those that a run estimates replaced by what is true.

    `cells` is the true joint table in the order of `weights` (0: a group that does not locate),
    `votes` the true `electors`,
    `votes_cast`, `valid` and votes by party of those who live in each area. What is published for
    the areas, such as households, is taken from the run.
    """
    people = cells.sum(axis=1)
    shares = group_counts(cells, list(weights)).div(people.where(people > 0), axis=0)
    nobody = cells.columns[cells.columns.str[len("cell_") :].str.strip("0") == ""][0]
    any_of = 1 - cells[nobody] / people.where(people > 0)
    located = _in_any(cells, [name for name in weights if weights[name] > 0], list(weights))
    precision = located / people.where(people > 0)
    valid, electors = (votes[name].where(votes[name] > 0) for name in ("valid", "electors"))
    red_green = votes[["votes_v", "votes_s", "votes_mp"]].sum(axis=1, skipna=False) / valid
    return indicators.assign(
        intensity_share=(shares * pd.Series(weights)).sum(axis=1, skipna=False)
        / sum(weights.values()),
        at_least_one_share=any_of,
        precision_share=precision,
        mobilisation_count=(votes["electors"] - votes["votes_cast"]) * red_green,
        turnout_share=votes["votes_cast"] / electors,
        red_green_share=red_green,
        v_share=votes["votes_v"] / valid,
        target_persons_count=located,
        target_households_count=indicators["households_count"] * precision,
    )


def _in_any(cells: pd.DataFrame, named: Sequence[str], groups: Sequence[str]) -> pd.Series:
    """Return persons in at least one of the named groups, by area."""
    digits = cells.columns.str[len("cell_") :]
    places = [groups.index(name) for name in named]
    hit = [any(one[place] == "1" for place in places) for one in digits]
    return cells.loc[:, hit].sum(axis=1)


def grade_ranking(
    scores: pd.DataFrame, sets: pd.DataFrame, truth: pd.DataFrame, *, top_k: int
) -> pd.Series:
    """Return how well what is said of a ranking meets the truth's, in shares (0-1).

    `top_left_out`: of the areas truly at the top, those told to be none of the first.
    `full_outside`: of the areas to go all in on, those truly not at the top. `interval_covered` and
    `set_covered`: of all areas, those whose true rank lies within the draws' 5-95 %, and in the
    confidence set. `top_covered`: of the true top, those in its set. `all_covered`: 1 where every
    set holds its rank.
    """
    known = scores["score"].notna() & truth["score"].notna()
    scores, sets, rank = scores[known], sets[known], truth.loc[known, "rank"]
    top = rank <= top_k
    inside = rank.between(sets["set_low_rank"], sets["set_high_rank"])
    return pd.Series(
        {
            "top_left_out": (~scores.loc[top, "verdict"].isin(SURE_ENOUGH)).mean(),
            "full_outside": 1 - top[scores["verdict"] == FULL].mean(),
            "interval_covered": rank.between(scores["rank_low"], scores["rank_high"]).mean(),
            "set_covered": inside.mean(),
            "top_covered": sets.loc[top, "in_top_set"].astype(float).mean(),
            "all_covered": float(inside.all()),
        }
    )


def grade_figures(
    indicators: pd.DataFrame, errors: pd.DataFrame, truth: pd.DataFrame
) -> pd.DataFrame:
    """Return how well the indicators' standard errors meet the truth, by indicator.

    `off`, the root mean square of how far it is from the truth, and `error`, that of its standard
    errors, in standard deviations of the truth; `covered`, areas (0-1) whose 90 % interval holds.
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
