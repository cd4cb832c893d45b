"""Gaps and outliers, before criteria are put on one scale (METHOD 4)."""

import difflib
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.errors import ConfigError, ContractError, join_faults

# What every scoring step asks first: is the method known, are the figures finite.


Method = TypeVar("Method")


def find_method(registry: Mapping[str, Method], name: str, *, step: str) -> Method:
    """Return the function that `registry` knows by `name`.

    Raises
    ------
    ConfigError
        There is none; the nearest name is offered.
    """
    if name not in registry:
        near = difflib.get_close_matches(name, registry, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        message = f"{step}: found {name!r}; expected one of {', '.join(sorted(registry))}{hint}"
        raise ConfigError(message)
    return registry[name]


def refuse_infinite(frame: pd.DataFrame, *, step: str) -> None:
    """Do nothing where every figure is finite or NaN.

    Raises
    ------
    ContractError
        A column holds an infinite number: all such columns are listed, with one row each.
    """
    infinite = np.isinf(frame.to_numpy(float))
    faults = [
        f"{name}: {column.sum()} infinite, for example at {frame.index[column][0]!r};"
        " an unknown figure is NaN"
        for name, column in zip(frame.columns, infinite.T, strict=True)
        if column.any()
    ]
    if faults:
        raise ContractError(join_faults(f"{step}: figures must be finite", faults))


SKEWED = 2.0
"""Absolute skewness, bias-corrected, from which a criterion may need treatment."""
PEAKED = 3.5
"""Excess kurtosis, bias-corrected, from which it does."""
MOST_POINTS = 5
"""So many areas are winsorised at most."""


class Treated(NamedTuple):
    """One column after treatment."""

    values: pd.Series
    treatment: str
    """`none`, `winsorised` or `logged`."""
    points: int
    """How many areas were winsorised."""


Treat = Callable[[pd.Series], Treated]
TREAT: dict[str, Treat] = {}


def treatment(function: Treat) -> Treat:
    """Register a way to treat the outliers of one column.

    Parameters
    ----------
    function
        Of the column to `Treated`, named as a profile's `treat` names it.

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> from geoprio import treatment
    >>> from geoprio.scores import TREAT
    >>> from geoprio.scores.normalisation import Treated
    >>> @treatment
    ... def capped(values):
    ...     return Treated(values.clip(upper=values.quantile(0.99)), "capped", 0)
    >>> _ = TREAT.pop("capped")  # only for the example
    """
    TREAT[function.__name__] = function
    return function


@treatment
def none(values: pd.Series) -> Treated:
    """Return the values as they are."""
    return Treated(values, "none", 0)


@treatment
def winsorise(values: pd.Series) -> Treated:
    """Pull in the outermost area to its neighbour, one at a time, while the column is outlying.

    Where more than five areas would have to move, or nothing but one value would be left:
    `log(x - min + 0.01 range)` of the untouched values instead. The rule is that of the COIN Tool
    and of COINr (W. Becker, `Treat`).
    """
    pulled, points = values, 0
    while is_outlying(pulled):
        pulled = _pull_in(pulled)
        points = int((pulled != values)[values.notna()].sum())
        if points > MOST_POINTS or pulled.min() == pulled.max():
            return Treated(_logged(values), "logged", 0)
    return Treated(pulled, "winsorised" if points else "none", points)


def treat_outliers(
    frame: pd.DataFrame, *, method: str = "winsorise"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame with its outliers treated, and what was done to each column.

    Parameters
    ----------
    frame
        A column for each criterion, in any unit; NaN stays NaN and moves nothing.
    method
        A name in `TREAT`.

    Returns
    -------
    treated
        `frame` with its outliers treated.
    report
        By column: `treatment`, `points_count` (areas winsorised) and `skewness`, `excess_kurtosis`
        before and `..._after`, bias-corrected; NaN below 3 and 4 areas.

    Raises
    ------
    ConfigError
        The method is unknown.
    ContractError
        A figure is infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import treat_outliers
    >>> frame = pd.DataFrame({"doors_per_km2": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 500]})
    >>> treated, report = treat_outliers(frame, method="winsorise")
    >>> treated["doors_per_km2"].tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.0]
    >>> report["treatment"].to_dict()
    {'doors_per_km2': 'winsorised'}
    """
    treat = find_method(TREAT, method, step="treat")
    refuse_infinite(frame, step="treat")
    done = {name: treat(frame[name].astype(float)) for name in frame.columns}
    treated = pd.DataFrame({name: item.values for name, item in done.items()}, index=frame.index)
    report = pd.DataFrame(
        {
            "treatment": pd.Series({name: item.treatment for name, item in done.items()}),
            "points_count": pd.Series({name: item.points for name, item in done.items()}),
            "skewness": frame.skew(),
            "excess_kurtosis": frame.kurt(),
            "skewness_after": treated.skew(),
            "excess_kurtosis_after": treated.kurt(),
        },
        index=frame.columns,
    )
    return treated, report


def is_outlying(values: pd.Series) -> bool:
    """Return whether a column is both skewed and peaked beyond the bounds."""
    return abs(_skewness(values)) >= SKEWED and cast("float", values.kurt()) >= PEAKED


def _pull_in(values: pd.Series) -> pd.Series:
    if _skewness(values) > 0:
        return values.clip(upper=values[values < values.max()].max())
    return values.clip(lower=values[values > values.min()].min())


def _skewness(values: pd.Series) -> float:
    return cast("float", values.skew())


def _logged(values: pd.Series) -> pd.Series:
    low, high = values.min(), values.max()
    return pd.Series(np.log(values - low + 0.01 * (high - low)), index=values.index)


def fill_from_groups(frame: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return the frame with its gaps filled by the mean of the known rows of the same group.

    Parameters
    ----------
    frame
        A column for each criterion.
    groups
        Group of each row, as the municipality of an area; where it is NaN, or nothing is known in
        the group, the gap stays NaN.
    """
    return frame.fillna(frame.groupby(groups.reindex(frame.index)).transform("mean"))


# Put criteria of different units on one scale (METHOD 4); a registry of functions.


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
    >>> from geoprio.scores import NORMALISE
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
def scaling_none(values: Values) -> Values:
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
