"""Profiles and figures that can be held in the head."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geoprio.config import Criterion, Method, Profile, Text, Uncertainty
from geoprio.scores import score_areas

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
            strong=words(f"hög {name} ({{value}})"),
            weak=words(f"låg {name} ({{value}})"),
        )
        for name, weight in weights.items()
    )
    told = {"label": words("Dörr"), "question": words("Var?")}
    return Profile(**told, normalise=normalise, criteria=criteria)


def codes(size: int) -> pd.Index:
    return pd.Index([f"A{number:03}" for number in range(size)], name="area_code")


def toy(**columns: Sequence[float] | np.ndarray) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=codes(size), dtype=float)


def score(indicators: pd.DataFrame, chosen: Profile) -> pd.DataFrame:
    return score_areas(indicators, chosen, channel="canvass", election="riksdag")


def vary(*methods: tuple[str, str], **settings: object) -> Uncertainty:
    chosen = [{"normalise": normalise, "aggregate": way} for normalise, way in methods]
    return Uncertainty.model_validate({"methods": chosen, **settings})


def method(normalise: str, aggregate: str = "arithmetic") -> Method:
    return Method.model_validate({"normalise": normalise, "aggregate": aggregate})
