"""Crosswalks between sets where one nests in the other, by the official key."""

import numpy as np
import pandas as pd

from geoprio.areas.crosswalk import Crosswalk, as_crosswalk
from geoprio.areas.overlay import Floats

KAPPA_NESTED = 60.0
ALPHA_NESTED = 0.09
"""Where only the children's areas are known people hardly follow them: RegSO and DeSO are drawn
to hold alike many, so a split is nearly even (calibration on a real county)."""


def nest_crosswalk(
    parent: pd.Series,
    size: pd.Series,
    *,
    alpha: float = 1.0,
    kappa: float = KAPPA_NESTED,
) -> Crosswalk:
    """Return the crosswalk from parents to the children nested in them: `w ~ size ** alpha`.

    Parameters
    ----------
    parent
        Parent's code by child's code; children without a parent (NaN) are reached by nothing.
    size
        By child's code: its population (alpha 1), or its area with a fitted alpha. An unknown
        size (NaN) is taken for the mean of its siblings'; siblings without any known or positive
        size share evenly.
    alpha
        How far people follow `size`: 1 in proportion, 0 evenly.
    kappa
        Calibrated concentration; infinity where the sizes are the very count to be moved.
    """
    known = parent.dropna().sort_index()
    weight = nested_weights(known, size, alpha=alpha)
    order = np.lexsort((known.index.to_numpy(str), known.to_numpy(str)))
    frame = as_crosswalk(
        pd.Index(known.to_numpy()[order]), known.index[order], weight[order], kappa=kappa
    )
    return Crosswalk(frame=frame, targets=parent.sort_index().index.rename("area_code"))


def whole_crosswalk(parent: pd.Series) -> Crosswalk:
    """Return the crosswalk from children to the parents they lie whole in: weight 1, error 0."""
    known = parent.dropna().sort_index()
    frame = as_crosswalk(known.index, pd.Index(known.to_numpy()), np.ones(len(known)), kappa=np.inf)
    parents = pd.Index(known.unique(), name="area_code").sort_values()
    orphans = tuple(parent.index[parent.isna()].sort_values())
    return Crosswalk(frame=frame, targets=parents, unmatched=orphans)


def nested_weights(parent: pd.Series, size: pd.Series, *, alpha: float) -> Floats:
    """Return each child's share of its parent, in the order of `parent`."""
    sizes = size.reindex(parent.index).astype(float)
    siblings = sizes.groupby(parent)
    sizes = sizes.fillna(siblings.transform("mean"))
    powered = sizes**alpha
    usable = sizes.groupby(parent).transform("sum") > 0
    powered = powered.where(usable, 1.0)
    weight: Floats = (powered / powered.groupby(parent).transform("sum")).to_numpy()
    return weight
