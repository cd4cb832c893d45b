"""Profiles and figures that can be held in the head."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geoprio.config import Criterion, Method, Profile, Text, Uncertainty

ALL_METHODS = (
    ("percentile", "arithmetic"),
    ("minmax", "arithmetic"),
    ("zscore", "arithmetic"),
    ("rank_exponential", "geometric"),
    ("minmax", "geometric"),
    ("minmax", "topsis"),
)


def words(key: str) -> Text:
    return Text(sv=key, en=key)


def weigh(normalise: str = "minmax", **weights: float) -> Profile:
    criteria = tuple(
        Criterion(
            indicator=name,
            direction="low" if name.startswith("low_") else "high",
            weight=weight,
            label=words(name),
            strong=words(name),
            weak=words(name),
        )
        for name, weight in weights.items()
    )
    return Profile(
        label=words("Dörr"), question=words("Var?"), normalise=normalise, criteria=criteria
    )


def codes(size: int) -> pd.Index:
    return pd.Index([f"A{number:04}" for number in range(size)], name="area_code")


def figures(**columns: Sequence[float] | np.ndarray) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=codes(size), dtype=float)


def vary(*methods: tuple[str, str], **settings: object) -> Uncertainty:
    chosen = [{"normalise": normalise, "aggregate": way} for normalise, way in methods]
    return Uncertainty.model_validate({"methods": chosen, **settings})


def method(normalise: str, aggregate: str = "arithmetic") -> Method:
    return Method.model_validate({"normalise": normalise, "aggregate": aggregate})
