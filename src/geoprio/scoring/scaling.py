"""Put criteria of different units on one scale (METHOD 4); a registry of functions."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.scoring.methods import find_method, refuse_infinite

Values = NDArray[np.float64]
Normalise = Callable[[Values], Values]
"""Of `(..., areas, criteria)`, wanted most high, to points of the same shape; NaN stays NaN."""
NORMALISE: dict[str, Normalise] = {}
NEUTRAL = 50.0
"""Points of every area where all are alike: the criterion favours none."""
SD_POINTS = 10.0
"""Points that a standard deviation is worth in `zscore`."""
DECAY = 23.0
"""Constant of the exponential transformation in the English indices of deprivation."""


def normaliser(function: Normalise) -> Normalise:
    """Register a way to scale criteria to points (0-100), high first.

    Parameters
    ----------
    function
        Of an array (..., areas, criteria), wanted most high, to points of the same shape; named as
        a profile's `normalise` names it. NaN stays NaN.

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import normaliser
    >>> from geoprio.scoring import NORMALISE
    >>> @normaliser
    ... def share_of_best(values):
    ...     return 100 * values / np.fmax.reduce(values, axis=-2, keepdims=True)
    >>> _ = NORMALISE.pop("share_of_best")  # only for the example
    """
    NORMALISE[function.__name__] = function
    return function


def normalise(
    frame: pd.DataFrame, *, method: str, directions: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return each column in points, most where it is wanted most.

    Parameters
    ----------
    frame
        A column for each criterion, in any unit.
    method
        A name in `NORMALISE`.
    directions
        `high` or `low` by column: which end is wanted; high where nothing is said.

    Returns
    -------
    points
        0-100 with the index and columns of `frame`; NaN stays NaN. `none` leaves values as they
        are.

    Raises
    ------
    ConfigError
        The method is unknown.
    ContractError
        A figure is infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import normalise
    >>> frame = pd.DataFrame({"young_share": [0.1, 0.2, 0.3], "turnout_share": [0.9, None, 0.5]})
    >>> normalise(frame, method="minmax", directions={"turnout_share": "low"})
       young_share  turnout_share
    0          0.0            0.0
    1         50.0            NaN
    2        100.0          100.0
    """
    scale = find_method(NORMALISE, method, step="normalise")
    refuse_infinite(frame, step="normalise")
    wanted = directions or {}
    signs = np.array([-1.0 if wanted.get(str(name)) == "low" else 1.0 for name in frame.columns])
    points = scale(frame.to_numpy(float) * signs)
    return pd.DataFrame(points, index=frame.index, columns=frame.columns)


@normaliser
def percentile(values: Values) -> Values:
    """Return mid-rank percentiles; ties share theirs."""
    known = np.count_nonzero(~np.isnan(values), axis=-2, keepdims=True)
    return 100 * (_ranks(values) - 0.5) / np.maximum(known, 1)


@normaliser
def minmax(values: Values) -> Values:
    """Return `100 (x - min) / (max - min)`; a constant criterion is neutral."""
    low = np.fmin.reduce(values, axis=-2, keepdims=True)
    return _or_neutral(100 * (values - low), np.fmax.reduce(values, axis=-2, keepdims=True) - low)


@normaliser
def zscore(values: Values) -> Values:
    """Return `50 + 10 (x - mean) / sd`, sd of the sample; a constant criterion is neutral.

    Five standard deviations from the mean is the end of the scale.
    """
    known = np.count_nonzero(~np.isnan(values), axis=-2, keepdims=True)
    off = values - np.nansum(values, axis=-2, keepdims=True) / np.maximum(known, 1)
    varies = np.fmin.reduce(values, axis=-2, keepdims=True) < np.fmax.reduce(
        values, axis=-2, keepdims=True
    )
    squares = np.nansum(off**2, axis=-2, keepdims=True) / np.maximum(known - 1, 1)
    points = _or_neutral(SD_POINTS * off, np.where(varies, np.sqrt(squares), 0.0), start=NEUTRAL)
    return np.clip(points, 0, 100)


@normaliser
def rank_exponential(values: Values) -> Values:
    """Return `-23 ln(1 - R (1 - exp(-100/23)))`, `R = (N - rank + 1) / N`, rank 1 wanted most.

    High values are not cancelled by others: 100 for the first, about 50 for the first tenth, 0
    towards the last. Ties share the mean of their ranks. McLennan et al. (2019), The English
    Indices of Deprivation 2019, Technical report, appendix on the exponential transformation.
    """
    known = np.count_nonzero(~np.isnan(values), axis=-2, keepdims=True)
    # A rank counted from the least wanted is N - rank + 1.
    scaled_rank = _ranks(values) / np.maximum(known, 1)
    points: Values = -DECAY * np.log(1 - scaled_rank * (1 - np.exp(-100 / DECAY)))
    return points


@normaliser
def none(values: Values) -> Values:
    """Return the values as they are: they are points already."""
    return values


def _ranks(values: Values) -> Values:
    flat = np.moveaxis(values, -2, 0)
    ranks = pd.DataFrame(flat.reshape(len(flat), -1)).rank().to_numpy(float)
    return np.moveaxis(ranks.reshape(flat.shape), 0, -2)


def _or_neutral(values: Values, spread: Values, *, start: float = 0.0) -> Values:
    neutral = np.where(np.isnan(values), np.nan, NEUTRAL - start)
    varies = np.broadcast_to(spread > 0, values.shape)
    return start + np.divide(values, spread, out=neutral, where=varies)
