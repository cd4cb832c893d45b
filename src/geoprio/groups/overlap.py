"""Several groups at once: intensity, and at least one of the groups (METHOD 3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd


def intensity(shares: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Return the weighted mean of the groups' shares (0-1): points, never a headcount.

    A person in two groups counts in both. NaN where a group's share is unknown.
    """
    scaled = pd.Series(weights) / sum(weights.values())
    return (shares[scaled.index] * scaled).sum(axis=1, skipna=False).rename("intensity")


def at_least_one(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the share (0-1) in at least one group: `independent`, and Fréchet's `low`, `high`.

    `independent` assumes that belonging to one group says nothing of the others; whatever the
    truth, it lies between the largest group and the groups' sum. NaN where a share is unknown.
    """
    values = shares.to_numpy(float)
    return pd.DataFrame(
        {
            "independent": 1 - np.prod(1 - values, axis=1),
            "low": values.max(axis=1),
            "high": np.minimum(values.sum(axis=1), 1.0),
        },
        index=shares.index,
    )
