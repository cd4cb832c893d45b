"""What is known, held back and predicted: does the printed error hold where the truth is public."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geoprio.groups.evidence import Z90

Scale = Callable[[pd.Series], float]
"""Spread that is learned from the gaps between areas' shares and their parents' (0-1)."""


def coverage_over_splits(
    shares: pd.Series, parent: pd.Series, scale: Scale, *, splits: int, rng: np.random.Generator
) -> pd.Series:
    """Return the share (0-1) of areas covered in each random split of the areas in two halves.

    Every area gets its parent's share as its estimate, and a 90 % interval from the spread that
    `scale` learns on one half; counted is how many of the other half it covers.

    Parameters
    ----------
    shares
        What is published for the areas, 0-1; none unknown.
    parent
        Share of each area's parent, 0-1, the same index.
    """
    covered = []
    for _ in range(splits):
        order = rng.permutation(len(shares))
        learn, test = order[: len(order) // 2], order[len(order) // 2 :]
        spread = scale(shares.iloc[learn] - parent.iloc[learn])
        gap = (shares.iloc[test] - parent.iloc[test]).abs()
        covered.append(float((gap <= Z90 * spread).mean()))
    return pd.Series(covered, name="covered")


def predict_each(part: pd.Series, whole: pd.Series, scale: Scale) -> pd.DataFrame:
    """Return each area's count as predicted from all the others.

    The prediction is the others' pooled share of `whole`; its 90 % interval follows from the
    others' spread around that share.

    Parameters
    ----------
    part, whole
        Persons by area, the group and all; none unknown.

    Returns
    -------
    `count` (published), `predicted`, `low`, `high` in persons, `error_share` (prediction less
    count, of the count) and `covered`.
    """
    pooled = (part.sum() - part) / (whole.sum() - whole)
    own = part / whole
    spread = pd.Series({code: scale(own.drop(code) - pooled[code]) for code in own.index})
    frame = pd.DataFrame({"count": part, "predicted": pooled * whole})
    frame["low"] = ((pooled - Z90 * spread) * whole).clip(lower=0)
    frame["high"] = np.minimum((pooled + Z90 * spread) * whole, whole)
    frame["error_share"] = frame["predicted"] / part - 1
    return frame.assign(covered=part.between(frame["low"], frame["high"]))
