"""How many are reached in an area: its electorate, steadied by its adults."""

import numpy as np
import pandas as pd

LEAST_SPREAD = 0.02
"""Electors per adult: areas are never taken to be more alike than this beside their trend."""
ROUNDS = 50


def steady_electors(
    electors: pd.Series, se: pd.Series, adults: pd.Series, share: pd.Series
) -> pd.DataFrame:
    """Return the electorate of each area, drawn towards what its adults tell (empirical Bayes).

    An electorate that is moved from polling districts is wrong by a tenth or more in a small area,
    and a choice of the areas with most target persons for each household would be one of the areas
    whose electorate was moved wrongly upwards. Residents are counted. Electors per adult follow the
    share of target persons in a straight line (fewer of those born abroad are citizens), fitted
    with areas' errors as weights; what areas differ beside the line, by moments, says how far each
    is drawn to it.

    Parameters
    ----------
    electors, se
        Electorate of each area with its standard error, in persons.
    adults
        Residents who are adults; an area where they are unknown keeps its electorate.
    share
        Share (0-1) of target persons.

    Returns
    -------
    electorate
        `electors_count` and `electors_se` by area; the county's total is as it was.
    """
    known = (adults > 0) & electors.notna() & share.notna()
    own = electors[known] / adults[known]
    variance = (se[known].fillna(0.0) / adults[known]) ** 2
    if known.sum() < 3 or not (variance > 0).any():
        return pd.DataFrame({"electors_count": electors, "electors_se": se.fillna(0.0)})
    line, spread = _trend(own, variance, share[known])
    weight = spread / (spread + variance)
    steadied = adults[known] * (weight * own + (1 - weight) * line)
    steadied *= electors[known].sum() / steadied.sum()
    error = adults[known] * (weight * variance) ** 0.5
    return pd.DataFrame(
        {
            "electors_count": steadied.reindex(electors.index).fillna(electors),
            "electors_se": error.reindex(electors.index).fillna(se).fillna(0.0),
        }
    )


def _trend(own: pd.Series, variance: pd.Series, share: pd.Series) -> tuple[pd.Series, float]:
    """Return the line through the areas, and the variance of what they differ from it in truth."""
    table = np.column_stack([np.ones(len(own)), share])
    spread = LEAST_SPREAD**2
    line = pd.Series(0.0, own.index)
    for _ in range(ROUNDS):
        weight = 1 / (spread + variance)
        scaled = table * weight.to_numpy()[:, None]
        line = pd.Series(table @ np.linalg.lstsq(scaled.T @ table, scaled.T @ own)[0], own.index)
        found = float((weight**2 * ((own - line) ** 2 - variance)).sum() / (weight**2).sum())
        before, spread = spread, max(found, LEAST_SPREAD**2)
        if abs(spread - before) < 1e-9:
            break
    return line, spread
