"""Estimates beside a truth that they never saw: do their intervals cover, how far are they off."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from geoprio.groups import share_intervals
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


def covered_rows(
    estimates: pd.DataFrame, cells: pd.DataFrame, groups: Sequence[str]
) -> pd.DataFrame:
    """Return GROUPS of one electorate with `truth` (persons) and whether 90 % intervals hold it.

    `count_in` and `share_in` are 1 or 0; NaN where nothing is shown, or where it is exact.
    """
    people, known = cells.sum(axis=1), group_counts(cells, groups)
    parts = []
    for group, rows in estimates.groupby("group"):
        truth = known[group].reindex(rows.index)
        share = truth / people.reindex(rows.index)
        ends = share_intervals(rows)
        low, high = (ends[f"{group}_{end}_share"] for end in ("low", "high"))
        counted = truth.between(rows["low"] - ROUNDING, rows["high"] + ROUNDING)
        parts.append(
            rows.assign(
                truth=truth,
                count_in=counted.astype(float).where(rows["high"] > rows["low"]),
                share_in=share.between(low, high).astype(float).where(low.notna()),
            )
        )
    return pd.concat(parts)


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


CLASSES = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 1.0)
"""Ends of the classes of a stated chance."""
LEAST_CHANCE = 5e-4
"""What 2,000 draws tell from 0 and from 1."""


def calibration(stated: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Return by class of the stated chance its mean, how often it was `true` (0-1), and areas."""
    known = pd.DataFrame({"stated": stated, "true": true.astype(float)}).dropna()
    of = pd.cut(known["stated"], CLASSES, include_lowest=True)
    found = known.groupby(of, observed=True).mean()
    return found.assign(areas=known.groupby(of, observed=True).size())


def logit_slope(stated: ArrayLike, true: ArrayLike) -> float:
    """Return b of P(true) = expit(a + b logit(stated)); NaN where all or nothing is true.

    1 is calibrated; above 1 the stated chances are too modest, below 1 too bold.
    """
    stated, true = np.asarray(stated, float), np.asarray(true, float)
    if true.min() == true.max():
        return float("nan")
    chance = np.clip(stated, LEAST_CHANCE, 1 - LEAST_CHANCE)
    logit = np.log(chance / (1 - chance))

    def misfit(line: np.ndarray) -> float:
        fitted = line[0] + line[1] * logit
        return float((np.logaddexp(0, fitted) - true * fitted).sum())

    return float(minimize(misfit, np.array([0.0, 1.0])).x[1])


def grade_verdicts(verdict: pd.Series, top: pd.Series) -> pd.Series:
    """Return how many are told `full` and `ask`, and how often the verdicts are wrong (0-1).

    `false`: of those told `full`, those that are not at the `top`; `missed`: of the top, those told
    that they are none of the first. Of none it is 0.
    """
    told = verdict.dropna()
    top = top.reindex(told.index).astype(bool)
    full = told == FULL
    return pd.Series(
        {
            "full": float(full.sum()),
            "ask": float(told.isin(SURE_ENOUGH).sum() - full.sum()),
            "false": float((~top[full]).sum() / max(full.sum(), 1)),
            "missed": float((~told[top].isin(SURE_ENOUGH)).sum() / max(top.sum(), 1)),
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
            "covered": (off.abs() <= Z90 * errors + 1e-9).mean(),
        }
    )
