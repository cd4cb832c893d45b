"""Areas that are left alone by lot, so that one can see afterwards what the work did (METHOD 8)."""

from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Lots = npt.NDArray[np.bool_]

NEIGHBOURS = 20
"""So many of the areas most like it may be an area's pair."""
TRIES = 1000
"""Lots that are drawn at most."""
SPARE, FEW = 4, 10
"""Pairs that may take others' place, where they are so few that no lot may be balanced."""
BALANCED = 0.1
"""Standardised difference that every figure is to be below."""
SEEN = float(ndtri(0.975) + ndtri(0.8))
"""Standard errors of an effect that is seen four times in five, at the level of 5 %: 2.80."""


def matched_pairs(figures: pd.DataFrame, pairs: int) -> pd.DataFrame:
    """Return areas two and two, as alike as can be.

    Parameters
    ----------
    figures
        What areas are to be alike in, a column each; an area where one is unknown has no pair.
    pairs
        How many are wanted; fewer where there are not areas enough.

    Returns
    -------
    pairs
        By `area_code` `pair` (1 is the most alike), and `distance`, Mahalanobis'. Pairs are taken
        from the most alike on; where no lot of these is balanced, those that are next take the
        place of as few and as near as can be.
    """
    known = figures.dropna().sort_index()
    columns = ["pair", "distance"]
    if len(known) < 2:
        return pd.DataFrame(columns=columns, index=known.index[:0], dtype=float)
    centred = known.to_numpy(float) - known.to_numpy(float).mean(axis=0)
    spread = np.atleast_2d(np.cov(centred, rowvar=False))
    # What differs nowhere tells nothing, and figures that say the same do so once.
    values, vectors = np.linalg.eigh(spread)
    kept = values > 1e-9 * values.max() if values.max() > 0 else values >= 0
    white = centred @ vectors[:, kept] / np.sqrt(np.maximum(values[kept], 1e-12))
    near = min(NEIGHBOURS + 1, len(known))
    distance, other = KDTree(white).query(white, k=near)
    own = np.repeat(np.arange(len(known)), near)
    links = pd.DataFrame({"one": own, "two": np.ravel(other), "distance": np.ravel(distance)})
    links = links[links["one"] < links["two"]].sort_values(["distance", "one"], kind="stable")
    rows: list[tuple[str, int, float]] = []
    taken: set[int] = set()
    for one, two, apart in links.itertuples(index=False):
        if len(taken) < 2 * (pairs + SPARE) and not taken & {one, two}:
            taken |= {one, two}
            rows += [(known.index[at], len(taken) // 2, apart) for at in (one, two)]
    found = pd.DataFrame(rows, columns=["area_code", *columns]).set_index("area_code")
    best = _balanced(found, known, pairs)
    numbers = {number: place for place, number in enumerate(best, start=1)}
    some = found[found["pair"].isin(best)]
    return some.assign(pair=some["pair"].map(numbers)).sort_index()


def _balanced(found: pd.DataFrame, figures: pd.DataFrame, pairs: int) -> tuple[int, ...]:
    """Return the nearest pairs that have a balanced lot: so many of those found, by number."""
    numbers = range(1, found["pair"].max() + 1 if len(found) else 1)
    first = tuple(numbers[:pairs])
    if len(numbers) <= pairs or pairs > FEW:
        return first
    every = np.array(list(product((False, True), repeat=pairs)))
    apart = found.groupby("pair")["distance"].first()
    chances = sorted(
        combinations(numbers, pairs), key=lambda some: (apart.loc[[*some]].sum(), some)
    )
    for some in chances:
        own = found[found["pair"].isin(some)].sort_values("pair", kind="stable")
        if (_imbalances(figures.loc[own.index], every) < BALANCED).any():
            return some
    return first


def _imbalances(figures: pd.DataFrame, lots: Lots) -> Floats:
    """Return the largest standardised difference of each lot; figures stand pair by pair."""
    values = figures.to_numpy(float)
    spread = np.where(np.ptp(values, axis=0) > 0, figures.std(), np.inf)
    sides = np.where(lots, 1.0, -1.0) @ (values[0::2] - values[1::2]) / lots.shape[1]
    return np.asarray(np.abs(sides / spread).max(axis=1))


def drawn_lots(
    pairs: pd.DataFrame, figures: pd.DataFrame, *, rng: np.random.Generator
) -> pd.Series:
    """Return which area of each pair is left alone: by lot, one of the two.

    Lots are drawn again until every figure's standardised difference is below 0.1 (Morgan and
    Rubin, 2012); of a thousand without such a one the most alike is taken.

    Parameters
    ----------
    pairs
        From `matched_pairs`.
    figures
        As there.
    rng
        Where the lots come from; the same gives the same.
    """
    ordered = pairs.sort_values("pair", kind="stable")
    lots = rng.integers(0, 2, (TRIES, len(ordered) // 2)).astype(bool)
    apart = _imbalances(figures.loc[ordered.index], lots)
    first = lots[(apart < BALANCED).argmax() if (apart < BALANCED).any() else apart.argmin()]
    left = np.column_stack([first, ~first]).ravel()
    return pd.Series(left, ordered.index, name="holdout").sort_index()


def imbalance(figures: pd.DataFrame, left: pd.Series) -> pd.Series:
    """Return the standardised difference of each figure between areas left alone and the others."""
    spread = figures.std().replace(0.0, np.nan)
    return ((figures[left].mean() - figures[~left].mean()).abs() / spread).fillna(0.0)


def smallest_effect(pairs: pd.DataFrame, outcome: pd.Series) -> float:
    """Return the smallest effect that could be seen, in the outcome's unit: 2.80 sd / sqrt(J).

    `outcome` is the same figure of an earlier election; the pairs' differences in it say how much
    two areas differ by themselves. NaN with fewer than two pairs.
    """
    sides = outcome.reindex(pairs.index).groupby(pairs["pair"])
    differences = sides.last() - sides.first()
    if len(differences) < 2:
        return float("nan")
    return float(SEEN * differences.std() / np.sqrt(len(differences)))
