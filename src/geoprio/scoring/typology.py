"""Types of areas in plain words, by k-means on scaled indicators (METHOD 6)."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from geoprio.config import Typology
from geoprio.errors import ConfigError, join_faults
from geoprio.scoring.type_names import type_names
from geoprio.texts import Language

SUBSAMPLES = 6
"""Random parts of the areas that a number of types is tried on; every two are compared."""
PART = 0.8
AREAS_PER_TYPE = 10
"""Areas, no two alike, that there are at least for each type tried."""
AS_STABLE = 0.02
"""Adjusted Rand index that two numbers of types differ by where chance may have parted them."""
FARTHEST_SD = 3.0
"""Standard deviations where a trait is cut: a few odd areas must not make a type of their own."""


@dataclass(frozen=True)
class AreaTypes:
    """The types of one area set."""

    areas: pd.DataFrame
    """`type` and `second` (names, None where unknown) and `certainty` (0-1) by area."""
    centres: pd.DataFrame
    """By type: mean of each trait in its own unit, and `areas_count`."""
    stability: pd.Series
    """Mean adjusted Rand index by number of types; 1 is the same types in every part."""
    unused: list[str]
    """Traits that are unknown, or alike, in all areas."""


def area_types(
    indicators: pd.DataFrame,
    rules: Typology,
    *,
    rng: np.random.Generator,
    language: Language,
) -> AreaTypes:
    """Return the type of each area, as many types as are found again in parts of the areas.

    Parameters
    ----------
    indicators
        INDICATORS.
    rules
        Traits and words.
    rng
        Source of chance, from the campaign's seed.
    language
        Language of the names.

    Returns
    -------
    An area where a trait is unknown has no type; with too few areas for the fewest types, none
    has. `certainty` is 1 less the ratio of the distances to the nearest and the second type's
    centre: 0 where both are as near.

    Raises
    ------
    ConfigError
        A trait is no indicator: all are listed.
    """
    scaled, unused = _scaled(indicators, rules)
    rows = scaled.to_numpy()
    most = min(rules.most_types, len(np.unique(rows, axis=0)) // AREAS_PER_TYPE)
    # More than one thread adds up in another order, and may end in other types.
    with threadpool_limits(limits=1):
        stability = _stability(rows, range(rules.least_types, most + 1), rng)
        if stability.empty:
            return _without_types(indicators, stability, unused)
        # More types tell more, so of those about as stable as the best the most are taken.
        stable = stability.index[stability >= stability.max() - AS_STABLE]
        centres = _centres(rows, int(stable.max()), _seed(rng))
    names = type_names(pd.DataFrame(centres, columns=scaled.columns), rules, language=language)
    areas = _nearest(scaled, centres, names).reindex(indicators.index)
    areas[["type", "second"]] = areas[["type", "second"]].astype(object).where(areas.notna(), None)
    by_type = indicators[scaled.columns].groupby(areas["type"])
    return AreaTypes(
        areas=areas,
        centres=by_type.mean().assign(areas_count=by_type.size()).reindex(names),
        stability=stability,
        unused=unused,
    )


def _scaled(indicators: pd.DataFrame, rules: Typology) -> tuple[pd.DataFrame, list[str]]:
    chosen = [trait.indicator for trait in rules.traits]
    missing = [name for name in chosen if name not in indicators]
    if missing:
        faults = [f"{name}: expected one of {', '.join(map(str, indicators))}" for name in missing]
        raise ConfigError(join_faults(f"{rules.label.sv}: unknown indicator", faults))
    # Sorted, so that the row order of the caller draws the same parts.
    values = indicators[chosen].sort_index()
    logs = [trait.indicator for trait in rules.traits if trait.log]
    values[logs] = np.log1p(values[logs])
    told = [name for name in chosen if values[name].min() < values[name].max()]
    known = values[told].dropna()
    spread = known.std(ddof=0)
    used = list(spread.index[spread > 0])
    scaled = ((known[used] - known[used].mean()) / spread[used]).clip(-FARTHEST_SD, FARTHEST_SD)
    return scaled, [name for name in chosen if name not in used]


def _stability(rows: np.ndarray, tried: range, rng: np.random.Generator) -> pd.Series:
    from sklearn.metrics import adjusted_rand_score

    size = int(PART * len(rows))
    parts = [np.sort(rng.permutation(len(rows))[:size]) for _ in range(SUBSAMPLES)]
    found = {}
    for types in tried:
        labels = [_labels(rows, _centres(rows[part], types, _seed(rng))) for part in parts]
        # Every area counts, those that neither part holds too: each goes to its nearest centre.
        found[types] = np.mean([adjusted_rand_score(*pair) for pair in combinations(labels, 2)])
    return pd.Series(found, dtype=float).rename_axis("types")


def _centres(rows: np.ndarray, types: int, seed: int) -> np.ndarray:
    # Loaded here: it takes seconds, and most commands need no types.
    from sklearn.cluster import KMeans

    centres = KMeans(types, n_init=4, random_state=seed).fit(rows).cluster_centers_
    # k-means numbers its types by chance.
    return np.asarray(centres[np.lexsort(centres.T[::-1].round(9))])


def _distances(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(rows[:, None, :] - centres[None], axis=2))


def _labels(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.asarray(_distances(rows, centres).argmin(axis=1))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _nearest(scaled: pd.DataFrame, centres: np.ndarray, names: list[str]) -> pd.DataFrame:
    away = _distances(scaled.to_numpy(), centres)
    order, row = np.argsort(away, axis=1, kind="stable"), np.arange(len(away))
    nearest, second = away[row, order[:, 0]], away[row, order[:, 1]]
    words = np.array(names, dtype=object)
    return pd.DataFrame(
        {
            "type": words[order[:, 0]],
            "second": words[order[:, 1]],
            "certainty": 1 - np.divide(nearest, second, out=np.ones(len(away)), where=second > 0),
        },
        index=scaled.index,
    )


def _without_types(indicators: pd.DataFrame, stability: pd.Series, unused: list[str]) -> AreaTypes:
    areas = pd.DataFrame({"type": None, "second": None, "certainty": np.nan}, indicators.index)
    return AreaTypes(areas, pd.DataFrame(columns=["areas_count"]), stability, unused)
