"""Chances and verdicts beside what came: how often they were right."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from geoprio.scores.verdicts import FULL, SURE_ENOUGH

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
