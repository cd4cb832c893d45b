"""Is a priority a street or a whole quarter: local clusters of high and low values (METHOD 6).

Both statistics have closed moments, so that nothing is drawn and every area is done at once. The
formulas are short and stand here; esda, which has them too, cannot leave out an unknown area or an
island, and is the tests' witness.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array
from scipy.stats import false_discovery_control, norm

FALSE_DISCOVERIES = 0.05
"""Share of the areas told as clusters that may be chance."""


def local_clusters(values: pd.Series, neighbours: csr_array) -> pd.DataFrame:
    """Return the local clusters of `values`, with the false-discovery rate controlled.

    Parameters
    ----------
    values
        A score or an indicator by area. NaN is left out, as if the area were not there.
    neighbours
        1 where two areas share a border, rows and columns as `values`;
        `areas.adjacency.shared_borders` makes it.

    Returns
    -------
    On the index of `values`:

    `g_star` : Getis and Ord's G* (1995) as a standard score, the area itself included.
    `g_star_q` : its two-sided p, adjusted by Benjamini and Hochberg.
    `cluster` : `hot` or `cold` where q is at most 0.05, else `none`.
    `moran`, `moran_q` : local Moran as a standard score under conditional randomisation (Sokal,
    Oden and Thomson 1998), negative where the neighbours differ from the area; adjusted p.
    `outlier` : True where an area differs from neighbours that are alike.

    All are unknown (NaN, None) where the value is, or where no neighbour has one: an island.

    Notes
    -----
    The p are those of the normal distribution: good for scores and percentiles. Take the ranks of
    a very skewed indicator first.
    """
    known = values.notna().to_numpy()
    if not known.any():
        columns = ["g_star", "g_star_q", "cluster", "moran", "moran_q", "outlier"]
        return pd.DataFrame(np.nan, index=values.index, columns=columns).astype(
            {"cluster": object, "outlier": object}
        )
    beside = neighbours[known][:, known]
    linked = beside.sum(axis=1) > 0
    # From the mean, and exactly 0 where all are alike: rounding noise must make no cluster.
    inside = values[known].to_numpy(float)
    inside = (inside - inside.mean()) * (np.ptp(inside) > 0)
    found = pd.DataFrame(
        {"g_star": _g_star(inside, beside), "moran": _local_moran(inside, beside)},
        index=values.index[known],
    )[linked].reindex(values.index)
    g_star_q, moran_q = (_adjusted(found[name]) for name in ("g_star", "moran"))
    sure = g_star_q <= FALSE_DISCOVERIES
    kind = np.select([sure & (found["g_star"] > 0), sure], ["hot", "cold"], "none")
    outlier = (moran_q <= FALSE_DISCOVERIES) & (found["moran"] < 0)
    return pd.DataFrame(
        {
            "g_star": found["g_star"],
            "g_star_q": g_star_q,
            "cluster": pd.Series(kind, values.index, dtype=object).where(g_star_q.notna(), None),
            "moran": found["moran"],
            "moran_q": moran_q,
            "outlier": outlier.astype(object).where(moran_q.notna(), None),
        }
    )


def street_or_quarter(priority: pd.Series, clusters: pd.DataFrame) -> pd.Series:
    """Return `quarter` where a priority lies in a hot cluster, `street` where it stands alone.

    Parameters
    ----------
    priority
        True where the area is a priority.
    clusters
        From `local_clusters`, on the same index.

    Returns
    -------
    Empty text where the area is no priority, or has no neighbours to be told from.
    """
    told = np.select(
        [~priority | clusters["cluster"].isna(), clusters["cluster"] == "hot"],
        ["", "quarter"],
        "street",
    )
    return pd.Series(told, index=priority.index, dtype=object, name="reach")


def _g_star(values: np.ndarray, beside: csr_array) -> np.ndarray:
    """Return G* of values whose mean is 0."""
    size = len(values)
    weights = beside + diags_array(np.ones(size))
    count = weights.sum(axis=1)
    spread = np.sqrt(values.var() * (size * count - count**2) / max(size - 1, 1))
    return _standard(weights @ values, spread)


def _local_moran(values: np.ndarray, beside: csr_array) -> np.ndarray:
    """Return local Moran's standard score of values whose mean is 0."""
    others = len(values) - 1
    if others < 2:
        return np.zeros(len(values))
    count = beside.sum(axis=1)
    # Mean and variance of all the others, of whom the neighbours are a sample under chance.
    mean = -values / others
    squares = ((values**2).sum() - values**2) / others - mean**2
    variance = squares.clip(min=0) * others / (others - 1)
    spread = np.sqrt(count * variance * (1 - count / others).clip(min=0))
    return np.asarray(np.sign(values) * _standard(beside @ values - count * mean, spread))


def _standard(gap: np.ndarray, spread: np.ndarray) -> np.ndarray:
    # Where all are alike, or all are neighbours, nothing can stand out.
    return np.asarray(np.divide(gap, spread, out=np.zeros(len(gap)), where=spread > 0))


def _adjusted(scores: pd.Series) -> pd.Series:
    p = pd.Series(2 * norm.sf(scores.abs()), index=scores.index)
    known = p.notna()
    p[known] = false_discovery_control(p[known]) if known.any() else p[known]
    return p
