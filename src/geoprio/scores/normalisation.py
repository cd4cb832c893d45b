"""Gaps filled, outliers treated, criteria of different units put on one scale (METHOD 4)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from geoprio.scores.kernel import NORMALISE, Registry, refuse_infinite

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
treatment: Registry[Treat] = Registry(
    "treat",
    """Register a way to treat the outliers of one column, named as a profile's `treat`.

    Of the column to `Treated`. NaN stays NaN.

    Examples
    --------
    >>> from geoprio import treatment
    >>> from geoprio.scores import Treated
    >>> @treatment
    ... def capped(values):
    ...     return Treated(values.clip(upper=values.quantile(0.99)), "capped", 0)
    >>> _ = treatment.pop("capped")  # only for the example
    """,
)
TREAT = treatment


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
    treat = TREAT.find(method)
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

    Where the group (an area's municipality) is NaN, or knows nothing, the gap stays.
    """
    return frame.fillna(frame.groupby(groups.reindex(frame.index)).transform("mean"))


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
    scale = NORMALISE.find(method)
    refuse_infinite(frame, step="normalise")
    wanted = directions or {}
    signs = np.array([-1.0 if wanted.get(str(name)) == "low" else 1.0 for name in frame.columns])
    points = scale(frame.to_numpy(float) * signs)
    return pd.DataFrame(points, index=frame.index, columns=frame.columns)
