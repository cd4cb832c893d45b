"""How far a score strays by the errors of its figures alone (METHOD 6)."""

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.scoring.blocks import scale_of, weigh_of
from geoprio.scoring.drawing import Measured, gather_columns

BLOCK = 64
"""Draws held at once."""


def score_errors(
    measured: Measured,
    profile: Profile,
    *,
    lognormal: tuple[str, ...] = (),
    draws: int = 400,
    rng: np.random.Generator,
) -> pd.Series:
    """Return the standard error of each area's score (points), weights and method as decided.

    The standard deviation over draws of the figures within their errors. Outliers are not treated
    anew in a draw.

    Returns
    -------
    With the index of the indicators; NaN where a criterion is unknown.

    Raises
    ------
    ConfigError, ContractError
        As in `rank_uncertainty`.
    """
    columns = gather_columns(measured, profile, lognormal=lognormal)
    weights = np.array([criterion.weight for criterion in profile.criteria])
    weights = weights / weights.sum()
    areas = measured.indicators.index.sort_values()
    sums = np.zeros((2, len(areas)))
    centre = None
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        factors = rng.standard_normal((size, len(columns[0].shared)))
        points = []
        for column in columns:
            filled = np.full((size, len(areas)), np.nan)
            filled[:, column.known] = scale_of(profile.normalise)(column.draw(factors, rng))
            points.append(filled)
        scores = weigh_of(profile.aggregate)(iter(points), np.tile(weights, (size, 1)))
        # Sums of squares about a value nearby lose no digits.
        centre = scores[0] if centre is None else centre
        away = scores - centre
        sums += [away.sum(axis=0), (away**2).sum(axis=0)]
    variance = np.maximum(sums[1] - sums[0] ** 2 / draws, 0) / (draws - 1)
    return pd.Series(np.sqrt(variance), areas).reindex(measured.indicators.index)
