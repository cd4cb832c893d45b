"""Gain curves: how much of what was wanted lies in the places that a ranking puts first."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
BUDGETS = (0.1, 0.2, 0.3)
"""Shares of the budget that the lift is told at."""
FEWEST = 5
"""Municipalities that resampling needs; with fewer there is no interval."""
ENDS = (0.05, 0.95)
ALIKE = 10
"""Places that are taken together as alike in their share."""


class Order:
    """Places from the first of a ranking to the last; those that tie are one step."""

    def __init__(self, score: pd.Series) -> None:
        values = score.to_numpy(float)
        known = np.flatnonzero(~np.isnan(values))
        self.places = known[np.argsort(-values[known], kind="stable")]
        told = values[self.places]
        self.starts = np.flatnonzero(np.concatenate([[True], told[1:] != told[:-1]]))

    def cumulated(self, counts: Floats) -> Floats:
        """Return the sums of counts (..., places) after each step, 0 before the first."""
        steps = np.add.reduceat(counts[..., self.places], self.starts, axis=-1)
        start = np.zeros((*steps.shape[:-1], 1))
        return np.concatenate([start, steps.cumsum(axis=-1)], axis=-1)


def _shares(sums: Floats) -> Floats:
    whole = sums[..., -1:]
    return np.asarray(sums / np.where(whole > 0, whole, np.nan))


def gain_curve(score: pd.Series, outcome: pd.Series, budget: pd.Series) -> pd.DataFrame:
    """Return the share of the outcome reached by share of the budget, the highest score first.

    Parameters
    ----------
    score
        Places without one are left out; those that tie are taken together.
    outcome
        Counts >= 0 with the same index.
    budget
        What each place costs, such as its electors.

    Returns
    -------
    curve
        `budget_share` and `outcome_share` (0-1) from (0, 0) to (1, 1); NaN where there is none.
    """
    order = Order(score)
    sums = order.cumulated(np.vstack([budget.to_numpy(float), outcome.to_numpy(float)]))
    return pd.DataFrame(_shares(sums).T, columns=["budget_share", "outcome_share"])


def resampled_weights(
    municipality: pd.Series, draws: int, *, rng: np.random.Generator
) -> Floats | None:
    """Return how often each place is drawn (draws x places), whole municipalities at a time.

    None with fewer than five municipalities: their differences say nothing then.
    """
    codes, names = pd.factorize(municipality)
    if len(names) < FEWEST:
        return None
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.asarray(drawn[:, codes], dtype=float)


def grades(score: pd.Series, outcome: pd.Series, budget: pd.Series, weights: Floats) -> Floats:
    """Return the area under the curve and its lift at `BUDGETS`, a row for each row of weights."""
    order = Order(score)
    across = _shares(order.cumulated(weights * budget.to_numpy(float)))
    up = _shares(order.cumulated(weights * outcome.to_numpy(float)))
    area = np.trapezoid(up, across, axis=-1)
    at = [np.interp(BUDGETS, x, y) / BUDGETS for x, y in zip(across, up, strict=True)]
    return np.column_stack([area, at])


def graded(
    rankings: pd.DataFrame, outcome: pd.Series, budget: pd.Series, weights: Floats | None
) -> pd.DataFrame:
    """Return each ranking's grades with 90 % intervals, and how far it is from the others'.

    Parameters
    ----------
    rankings
        A column of scores for each, the rival to beat last. Places that one of them does not know
        are left out of all.
    outcome, budget
        As in `gain_curve`.
    weights
        From `resampled_weights`; None gives no intervals.

    Returns
    -------
    grades
        By ranking: `area`, `lift_10`, ... each with `_low` and `_high`, and `ahead`, the area less
        that of the last ranking.
    """
    known = rankings.notna().all(axis=1) & outcome.notna() & budget.notna()
    rankings, outcome, budget = rankings[known], outcome[known], budget[known]
    one = np.ones((1, len(budget)))
    drawn = one if weights is None else np.vstack([one, weights[:, known.to_numpy()]])
    told = {name: grades(rankings[name], outcome, budget, drawn) for name in rankings}
    names = ["area", *(f"lift_{round(100 * share)}" for share in BUDGETS)]
    rows = {name: _with_ends(dict(zip(names, own.T, strict=True))) for name, own in told.items()}
    last = told[str(rankings.columns[-1])][:, 0]
    for name, own in told.items():
        rows[name] |= _with_ends({"ahead": own[:, 0] - last})
    return pd.DataFrame(rows).T


def _with_ends(told: Mapping[str, Floats]) -> dict[str, float]:
    """Return the first of each figure, and the 5 and 95 % points of the others."""
    found: dict[str, float] = {}
    for name, values in told.items():
        low, high = np.nanquantile(values[1:], ENDS) if len(values) > 1 else (np.nan, np.nan)
        found |= {name: float(values[0]), f"{name}_low": low, f"{name}_high": high}
    return found


def swings(
    rankings: pd.DataFrame, votes: pd.DataFrame, budget: pd.Series, weights: Floats | None
) -> pd.DataFrame:
    """Return how the party's share moved in the first places of each ranking, beside everywhere.

    `votes` has `before`, `valid_before`, `after` and `valid_after`. By ranking: `swing_10`, ...,
    points (0-1) more than in all places together, with 90 % intervals as in `graded`.
    """
    known = rankings.notna().all(axis=1) & votes.notna().all(axis=1)
    columns = ["before", "valid_before", "after", "valid_after"]
    counts = np.vstack([budget[known].to_numpy(float), votes.loc[known, columns].to_numpy(float).T])
    one = np.ones((1, int(known.sum())))
    drawn = one if weights is None else np.vstack([one, weights[:, known.to_numpy()]])
    names = [f"swing_{round(100 * share)}" for share in BUDGETS]
    found = {}
    for name in rankings:
        order = Order(rankings[name][known])
        moved = np.array([_swing(order.cumulated(counts * each)) for each in drawn])
        found[name] = _with_ends(dict(zip(names, moved.T, strict=True)))
    return pd.DataFrame(found).T


def _swing(sums: Floats) -> Floats:
    across, *votes = sums
    at = [np.interp([*BUDGETS, 1.0], across / across[-1], own) for own in votes]
    moved = at[2] / at[3] - at[0] / at[1]
    return np.asarray(moved[:-1] - moved[-1])


def among_alike(
    score: pd.Series, share: pd.Series, moved: pd.Series, budget: pd.Series, weights: Floats | None
) -> tuple[float, float, float]:
    """Return how much more those move that a score puts first, of those alike in their share.

    Places in the order of `share` are taken ten at a time, and each ten are parted at their median
    score: a share that happened to be high falls back in both halves alike.

    Parameters
    ----------
    score, share, moved
        By place; what is unknown in one takes no part.
    budget
        What a place counts for in its half, and ten places in the mean of all.
    weights
        From `resampled_weights`; None gives no interval.

    Returns
    -------
    ahead
        In the unit of `moved`, and the ends of its 90 % interval.
    """
    known = score.notna() & share.notna() & moved.notna() & budget.gt(0)
    own = score[known]
    lot = (share[known].rank(method="first").to_numpy() - 1).astype(int) // ALIKE
    middle = own.groupby(lot).transform("median")
    # What is neither above nor below the middle takes neither side.
    sides = np.stack([own < middle, own > middle]).astype(float)
    one = np.ones((1, len(own)))
    drawn = one if weights is None else np.vstack([one, weights[:, known.to_numpy()]])
    people = (drawn * budget[known].to_numpy(float))[:, np.newaxis] * sides
    order = np.argsort(lot, kind="stable")
    starts = np.flatnonzero(np.diff(lot[order], prepend=-1))
    of = np.add.reduceat(people[..., order], starts, axis=-1)
    sums = np.add.reduceat((people * moved[known].to_numpy(float))[..., order], starts, axis=-1)
    means = sums / np.where(of > 0, of, np.inf)
    both = np.where((of > 0).all(axis=1), of.sum(axis=1), 0.0)
    apart = ((means[:, 1] - means[:, 0]) * both).sum(axis=1)
    told = _with_ends({"ahead": apart / np.where(both.any(axis=1), both.sum(axis=1), np.nan)})
    return told["ahead"], told["ahead_low"], told["ahead_high"]


GRID = np.linspace(0, 1, 51)


def chance_band(
    outcome: pd.Series, budget: pd.Series, draws: int, *, rng: np.random.Generator
) -> float:
    """Return how far from the diagonal nine random orders of ten stay all the way (0-1)."""
    counts = np.vstack([budget.to_numpy(float), outcome.to_numpy(float)])
    counts = counts[:, ~np.isnan(counts).any(axis=0)]
    farthest = []
    for _ in range(draws):
        sums = counts[:, rng.permutation(counts.shape[1])].cumsum(axis=1)
        across, up = _shares(np.pad(sums, ((0, 0), (1, 0))))
        farthest.append(np.abs(np.interp(GRID, across, up) - GRID).max())
    return float(np.quantile(farthest, 0.9))
