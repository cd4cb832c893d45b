"""Which choices of method move a ranking most: Sobol' indices (METHOD 6)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import sobol_indices, uniform

from geoprio.scores.kernel import Floats

SCRAMBLINGS = 8
"""Designs, each of as many draws, whose spread tells the indices' standard errors."""


def choice_indices(
    score: Callable[..., pd.Series],
    options: Mapping[str, Sequence[Any]],
    *,
    rng: np.random.Generator,
    draws: int = 64,
) -> pd.DataFrame:
    """Return the first-order and total Sobol' indices of choices of method.

    Of the mean, over areas, of how many places their ranks move from where they stand as decided.
    Saltelli, Annoni et al. (2010), Comput. Phys. Commun. 181(2), doi 10.1016/j.cpc.2009.09.018, as
    in COINr's `get_sensitivity` (W. Becker).

    Parameters
    ----------
    score
        Gives every area's score, most where it is wanted most; takes one option of each choice by
        its name. The same options are tried once.
    options
        By choice what may be chosen, all as likely, what is decided first: ways to treat, normalise
        and aggregate, or sets of weights, drawn beforehand.
    rng
        Of the designs' scrambling.
    draws
        Of each of eight designs, a power of two; `score` is called for at most `8 draws (d + 2)`
        combinations of d choices.

    Returns
    -------
    indices
        By choice: `first_order`, the part of the variance that the choice explains alone;
        `total_order`, with all that it does together with others; their standard errors
        `first_order_se` and `total_order_se`. All 0 where no choice moves any area.

    Examples
    --------
    >>> import numpy as np
    >>> import geoprio as gp
    >>> indicators = gp.read_run("data/processed/demo").frame("indicators")
    >>> profile = gp.load_profile("canvass")
    >>> def score(**steps):
    ...     own = profile.model_copy(update=steps)
    ...     return gp.score_areas(indicators, own, channel="own", election="riksdag")["score"]
    >>> steps = {"normalise": ["percentile", "zscore"], "aggregate": ["arithmetic", "topsis"]}
    >>> found = gp.choice_indices(score, steps, rng=np.random.default_rng(2026))
    >>> bool((found["total_order"] > found["first_order"] - 0.05).all())
    True
    """
    sizes = np.array([[len(items)] for items in options.values()])
    known: dict[tuple[int, ...], float] = {}

    def ranked(places: Sequence[int]) -> pd.Series:
        chosen = zip(options.items(), places, strict=True)
        scores = score(**{name: items[place] for (name, items), place in chosen})
        return scores.rank(ascending=False, method="min")

    decided = ranked([0] * len(options))

    def shifts(points: Floats) -> Floats:
        places = [tuple(map(int, column)) for column in (points * sizes).T]
        for one in set(places) - set(known):
            known[one] = float((ranked(one) - decided).abs().mean())
        return np.array([known[one] for one in places])

    evenly: Any = [uniform()] * len(options)
    found = [
        sobol_indices(func=shifts, n=draws, dists=evenly, rng=own) for own in rng.spawn(SCRAMBLINGS)
    ]
    columns = {}
    for name in ("first_order", "total_order"):
        designs = np.array([getattr(one, name) for one in found])
        columns[name] = designs.mean(axis=0)
        columns[f"{name}_se"] = designs.std(axis=0, ddof=1) / np.sqrt(SCRAMBLINGS)
    return pd.DataFrame(columns, index=pd.Index(list(options), name="choice"))
