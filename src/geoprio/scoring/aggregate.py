"""Weigh normalised criteria together into a score (METHOD 4); a registry of functions."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from geoprio.errors import ConfigError, join_faults
from geoprio.scoring.methods import find_method, refuse_infinite
from geoprio.scoring.scaling import NEUTRAL, Values

Aggregate = Callable[[Values, Values], Values]
"""Of points `(..., areas, criteria)` and weights `(..., criteria)`, each positive and together 1,
to scores `(..., areas)`; NaN where a criterion is unknown."""
AGGREGATE: dict[str, Aggregate] = {}


def aggregator(function: Aggregate) -> Aggregate:
    """Register a way to weigh criteria together.

    Parameters
    ----------
    function
        Of points (..., areas, criteria) and weights (..., criteria), each positive and together 1,
        to scores (..., areas); named as a profile's `aggregate` names it. NaN where a criterion is.

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> from geoprio import aggregator
    >>> from geoprio.scoring import AGGREGATE
    >>> @aggregator
    ... def weakest(values, weights):
    ...     return values.min(axis=-1)
    >>> _ = AGGREGATE.pop("weakest")  # only for the example
    """
    AGGREGATE[function.__name__] = function
    return function


def aggregate(
    frame: pd.DataFrame, weights: Mapping[str, float] | pd.Series, *, method: str = "arithmetic"
) -> pd.DataFrame:
    """Return each row's score, rank and coverage.

    Parameters
    ----------
    frame
        A column for each criterion, in points, most where it is wanted most.
    weights
        Weight of each column, in any unit; a criterion of weight 0 counts for nothing, known or
        not.
    method
        A name in `AGGREGATE`.

    Returns
    -------
    scores
        `score` (0-100 where the points are, and always by `topsis`; NaN where a criterion is
        unknown), `rank` (1 is best; ties share the better rank; NaN without a score) and
        `coverage`, the weight (0-1) of what is known.

    Raises
    ------
    ConfigError
        The method is unknown, or the weights are: a criterion without one or the reverse, a weight
        that is negative or no number, none above zero. `geometric` meets points below zero.
    ContractError
        A figure is infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import aggregate
    >>> points = pd.DataFrame({"young": [100.0, 50, 0], "turnout": [0.0, None, 100]})
    >>> aggregate(points, {"young": 3, "turnout": 1})
       score  rank  coverage
    0   75.0   1.0      1.00
    1    NaN   NaN      0.75
    2   25.0   2.0      1.00
    """
    weigh = find_method(AGGREGATE, method, step="aggregate")
    refuse_infinite(frame, step="aggregate")
    parts = weight_shares(weights, frame.columns)
    used = frame[parts.index]
    score = pd.Series(weigh(used.to_numpy(float), parts.to_numpy()), index=frame.index)
    # Rounding noise must not decide between areas that are alike.
    score = score.round(9)
    return pd.DataFrame(
        {
            "score": score,
            "rank": score.rank(ascending=False, method="min"),
            "coverage": (used.notna() * parts).sum(axis=1).clip(0, 1),
        }
    )


def weight_shares(weights: Mapping[str, float] | pd.Series, criteria: pd.Index) -> pd.Series:
    """Return the weights above zero, in the order of `criteria`, scaled to sum to 1.

    Raises
    ------
    ConfigError
        As in `aggregate`; every fault at once.
    """
    given = pd.Series(weights, dtype=float)
    faults = [f"{name}: has no weight" for name in criteria.difference(given.index)]
    faults += [f"{name}: no such criterion" for name in given.index.difference(criteria)]
    wrong = given[~(np.isfinite(given) & (given >= 0))]
    faults += [f"{name}: found {value}; expected 0 or more" for name, value in wrong.items()]
    if not faults and not (given > 0).any():
        faults = ["every weight is 0; expected one above 0 at least"]
    if faults:
        raise ConfigError(join_faults("weights: nothing can be weighed together", faults))
    ordered = given.reindex(criteria)
    positive = ordered[ordered > 0]
    return pd.Series(positive / positive.sum())


@aggregator
def arithmetic(values: Values, weights: Values) -> Values:
    """Return the weighted mean: much of one criterion makes up for little of another."""
    return np.asarray(np.einsum("...ak,...k->...a", values, weights), dtype=float)


@aggregator
def geometric(values: Values, weights: Values) -> Values:
    """Return the weighted geometric mean: an area at zero in one criterion scores zero.

    Raises
    ------
    ConfigError
        A value is below zero.
    """
    if (values < 0).any():
        message = (
            "aggregate = geometric: found points below zero; expected 0 or more. Choose another"
            " `normalise` than none, or `aggregate = arithmetic`"
        )
        raise ConfigError(message)
    with np.errstate(divide="ignore"):
        logs = np.log(values)
    mean: Values = np.exp(arithmetic(logs, weights))
    return mean


@aggregator
def topsis(values: Values, weights: Values) -> Values:
    """Return 100 x the closeness to the best of every criterion against the worst of every one.

    `d_worst / (d_best + d_worst)`, Euclidean distances of the weighted points; neutral where all
    areas are alike. Hwang and Yoon (1981), Multiple Attribute Decision Making.
    """
    weighted = values * weights[..., None, :]
    best = np.fmax.reduce(weighted, axis=-2, keepdims=True)
    worst = np.fmin.reduce(weighted, axis=-2, keepdims=True)
    to_best: Values = np.sqrt(((weighted - best) ** 2).sum(axis=-1))
    to_worst: Values = np.sqrt(((weighted - worst) ** 2).sum(axis=-1))
    both = to_best + to_worst
    closeness = np.full_like(both, NEUTRAL)
    np.divide(100 * to_worst, both, out=closeness, where=both != 0)
    return closeness
