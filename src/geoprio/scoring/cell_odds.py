"""Rates per cell of the joint table that agree with each area's own rate (METHOD 5)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import root
from scipy.special import expit, logit

from geoprio.config import Factor
from geoprio.errors import ConfigError

STEPS = 200
"""Halvings and Newton steps; some ten are enough, and halving alone needs 60."""
CLOSE = 1e-13


def solve_shift(cells: np.ndarray, log_odds: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return each area's shift d, such that `sum_S cells_S expit(log_odds_S + d) = total`.

    Newton's method for all areas at once, inside a bracket that halves where a step would leave
    it: the sum rises with d, so there is one answer.

    Parameters
    ----------
    cells
        Shares that add up to 1 by area, shape (areas, cells).
    log_odds
        Log-odds of each cell before the shift, shape (cells,).
    total
        The area's own rate (0-1), shape (areas,). NaN, 0 and 1 give NaN, as do unknown
        cells.
    """
    possible = (total > 0) & (total < 1) & ~np.isnan(cells).any(axis=1)
    wanted = np.where(possible, total, np.nan)
    low, high = logit(wanted) - log_odds.max(), logit(wanted) - log_odds.min()
    shift = (low + high) / 2
    for _ in range(STEPS):
        rate = expit(log_odds + shift[:, None])
        gap = (cells * rate).sum(axis=1) - wanted
        # Rates near 0 and 1 are held to their own small size.
        settled = np.abs(gap) <= CLOSE * np.minimum(wanted, 1 - wanted)
        if np.all(settled | np.isnan(gap) | (high - low <= CLOSE)):
            break
        low, high = np.where(gap < 0, shift, low), np.where(gap > 0, shift, high)
        slope = (cells * rate * (1 - rate)).sum(axis=1)
        step = shift - np.divide(gap, slope, out=np.full_like(gap, np.nan), where=slope > 0)
        halved = ~((step > low) & (step < high))
        shift = np.where(settled, shift, np.where(halved, (low + high) / 2, step))
    return np.asarray(shift)


def cell_log_odds(
    shares: np.ndarray, members: np.ndarray, total: float, odds: np.ndarray
) -> np.ndarray:
    """Return the log-odds of each cell, whose margins keep the published odds of each group.

    A published difference is between a whole group and all others, and groups overlap: were the
    differences simply added, what two groups share would count twice. So the terms of a
    main-effects logit are solved for, such that each group's odds against the others in the table
    `shares` are the published ones and the whole table's rate is `total`.

    Parameters
    ----------
    shares
        The whole county's cells, which add up to 1, shape (cells,).
    members
        1 where a cell belongs to a group with a published difference, shape (cells, groups).
    total
        The whole county's rate, between 0 and 1.
    odds
        Published odds ratio of each group against all others, shape (groups,).

    Raises
    ------
    ConfigError
        No rates per cell keep all the published differences at once.
    """
    sizes = shares @ members
    # Each group by itself: its rate where its odds and the whole county's rate both hold.
    inside = [_rate_inside(size, total, ratio) for size, ratio in zip(sizes, odds, strict=True)]
    design = np.column_stack([np.ones(len(shares)), members])
    wanted = np.array([total, *(sizes * inside)])

    def misses(terms: np.ndarray) -> np.ndarray:
        return np.asarray(design.T @ (shares * expit(design @ terms)) - wanted)

    def slopes(terms: np.ndarray) -> np.ndarray:
        rate = expit(design @ terms)
        return np.asarray(design.T @ (design * (shares * rate * (1 - rate))[:, None]))

    start = np.array([logit(total), *np.log(odds)])
    terms = root(misses, start, jac=slopes, tol=1e-13).x
    if np.abs(misses(terms)).max() > 1e-9:
        message = (
            "effects: the groups' published rates cannot all hold where the groups overlap as they"
            f" do here; found sizes {np.round(sizes, 3).tolist()} and odds"
            f" {np.round(odds, 3).tolist()}; check the factors"
        )
        raise ConfigError(message)
    return np.asarray(design @ terms)


def _rate_inside(size: float, total: float, ratio: float) -> float:
    pair, log_odds = np.array([[1 - size, size]]), np.array([0.0, np.log(ratio)])
    return float(expit(log_odds[1] + solve_shift(pair, log_odds, np.array([total]))[0]))


def odds_of(factors: Mapping[str, Factor], groups: Sequence[str]) -> pd.Series:
    """Return the published odds ratio of each group that has one, in the order of `groups`."""
    known = {name: factors[name] for name in groups if name in factors}
    ratios = {
        name: np.exp(logit(factor.inside_share) - logit(factor.outside_share))
        for name, factor in known.items()
    }
    return pd.Series(ratios, dtype=float)
