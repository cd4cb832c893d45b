"""Standard errors of figures that are made of the groups' shares (METHOD 3 and 6)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.config import Combine
from geoprio.groups import Joint
from geoprio.scoring.blocks import Floats


def intensity_error(
    joint: Joint, errors: pd.DataFrame, weights: Mapping[str, float], *, combine: Combine
) -> pd.Series:
    """Return the standard error (0-1) of the intensity in each area.

    To first order, the groups' errors independent of each other: `sqrt(sum_g (d_g se_g)^2)`, where
    `d_g` is what one more point of group g adds: its weight for `sum`, else what it adds to those
    who are in no heavier group, read off the joint table.

    Parameters
    ----------
    joint
        Joint table of the groups.
    errors
        Standard error (0-1) of each group's share by area, on the joint table's index.
    weights, combine
        As in `groups.intensity`.

    Returns
    -------
    NaN where the error of a group that counts is unknown.
    """
    names = list(joint.shares.columns)
    weight = np.array([weights.get(name, 0.0) for name in names])
    if combine == "sum":
        added = np.broadcast_to(weight / weight.sum(), joint.shares.shape)
    elif combine == "max":
        added = _added(joint, weight / weight.max())
    else:
        added = _added(joint, (weight > 0).astype(float))
    return _first_order(errors[names], added, weight > 0)


def at_least_one_error(joint: Joint, errors: pd.DataFrame) -> pd.Series:
    """Return the standard error (0-1) of the share in at least one group; see `intensity_error`."""
    names = list(joint.shares.columns)
    ones = np.ones(len(names))
    return _first_order(errors[names], _added(joint, ones), ones > 0)


def product_error(
    first: pd.Series, first_se: pd.Series, second: pd.Series, second_se: pd.Series
) -> pd.Series:
    """Return the standard error of `first x second`, to first order, errors independent."""
    error: pd.Series = ((first * second_se) ** 2 + (second * first_se) ** 2) ** 0.5
    return error


def _added(joint: Joint, worth: Floats) -> Floats:
    """Return areas x groups: what a point of each group adds to the mean of the heaviest worth."""
    belongs = joint.belongs()
    cells = joint.cells.to_numpy(float)
    added = np.empty((len(cells), belongs.shape[1]))
    for group in range(belongs.shape[1]):
        # Those outside the group and inside it alike, as they stand in the other groups.
        others = (np.delete(belongs, group, axis=1) * np.delete(worth, group)).max(
            axis=1, initial=0.0
        )
        gain = np.maximum(worth[group] - others, 0.0)
        added[:, group] = cells @ gain
    return added


def _first_order(errors: pd.DataFrame, added: Floats, counts: np.ndarray) -> pd.Series:
    squares = (errors.to_numpy(float)[:, counts] * added[:, counts]) ** 2
    return pd.Series(np.sqrt(squares.sum(axis=1)), index=errors.index)
