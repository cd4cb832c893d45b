"""Where cabins and stands stand: the best few of many candidate sites (METHOD 7).

A stand meets voters: as many target persons as can be within a walk. A cabin is a hub for
activists: none of them should have far to go. Every answer is exact (HiGHS); of equal ones it is
the same each time.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array, eye_array, hstack, kron

from geoprio.errors import CoverageError
from geoprio.plans.optimum import highs

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def fewest_sites(near: NDArray[np.bool_]) -> Places:
    """Return the fewest sites by which everybody is near one (set covering).

    Parameters
    ----------
    near
        Areas x sites: whether a site lies within reach of an area.

    Returns
    -------
    sites
        Which columns they are, rising.

    Raises
    ------
    CoverageError
        An area has no site within reach.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import fewest_sites
    >>> fewest_sites(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)).tolist()
    [0, 1]
    """
    out = np.flatnonzero(~near.any(axis=1))
    if len(out):
        raise CoverageError("no_site_near", count=len(out))
    cost = np.ones(near.shape[1])
    solved = highs(
        cost,
        integrality=np.ones(len(cost), int),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(near.astype(float), lb=1),
    )
    return np.flatnonzero(np.asarray(solved.x) > 0.5)


def most_covered(near: NDArray[np.bool_], weights: Floats, count: int) -> Places:
    """Return `count` sites near which the most live (maximal covering).

    `max sum a_i y_i`, `y_i <= sum_(j in N_i) x_j`, `sum x = p` (Church and ReVelle 1974).

    Parameters
    ----------
    near
        Areas x sites: whether a site lies within a walk of an area.
    weights
        Of each area, such as its target persons; unknown (NaN) counts as nobody known.
    count
        How many sites there are to be; all of them where there are fewer.

    Returns
    -------
    sites
        Which columns they are, rising.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import most_covered
    >>> near = np.array([[1, 0], [1, 0], [0, 1]], dtype=bool)
    >>> most_covered(near, np.array([200, 100, 250]), 1).tolist()
    [0]
    """
    areas, sites = near.shape
    people = np.nan_to_num(weights)
    cost = np.concatenate([np.zeros(sites), -people])
    covered = hstack([csr_array(near.astype(float)), -eye_array(areas)])
    return _solved(cost, [LinearConstraint(covered, lb=0)], sites, count)


def nearest_on_average(distances: Floats, weights: Floats, count: int) -> Places:
    """Return `count` sites to which everybody together has the shortest way (p-median).

    Parameters
    ----------
    distances
        Areas x sites, in metres or minutes; infinite where there is no way.
    weights
        Of each area, such as the hours of its volunteers; unknown (NaN) counts as nobody known.
    count
        How many sites there are to be; all of them where there are fewer.

    Returns
    -------
    sites
        Which columns they are, rising.

    Raises
    ------
    CoverageError
        Some have no way to any choice of so many sites.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import nearest_on_average
    >>> minutes = np.array([[5.0, 30.0], [25.0, 10.0]])
    >>> nearest_on_average(minutes, np.array([4, 40]), 1).tolist()
    [1]
    """
    areas, sites = distances.shape
    way = np.isfinite(distances)
    total = np.where(way, distances, 0.0) * np.nan_to_num(weights)[:, None]
    cost = np.concatenate([np.zeros(sites), total.ravel()])
    # Each area goes to one site, and only to one that is chosen.
    one = hstack([csr_array((areas, sites)), kron(eye_array(areas), np.ones((1, sites)))])
    opened = kron(np.ones((areas, 1)), eye_array(sites))
    chosen = hstack([opened, -eye_array(areas * sites)])
    limits = [LinearConstraint(one, 1, 1), LinearConstraint(chosen, lb=0)]
    return _solved(cost, limits, sites, count, most=np.r_[np.ones(sites), way.ravel()])


def nearest_at_worst(distances: Floats, count: int) -> Places:
    """Return `count` sites by which the longest way of all is shortest (p-centre).

    Halves the distances that are in question: so many sites must be enough for everybody.

    Parameters
    ----------
    distances
        Areas x sites, in metres or minutes; infinite where there is no way.
    count
        How many sites there are to be at most.

    Returns
    -------
    sites
        Which columns they are, rising.

    Raises
    ------
    CoverageError
        So many sites are not enough for everybody.

    Examples
    --------
    >>> import numpy as np
    >>> from geoprio import nearest_at_worst
    >>> nearest_at_worst(np.array([[5.0, 30.0], [25.0, 10.0]]), 1).tolist()
    [0]
    """
    steps = np.unique(distances[np.isfinite(distances)])
    low, high, found = 0, len(steps) - 1, None
    while low <= high:
        middle = (low + high) // 2
        near = distances <= steps[middle]
        sites = fewest_sites(near) if near.any(axis=1).all() else None
        if sites is not None and len(sites) <= count:
            found, high = sites, middle - 1
        else:
            low = middle + 1
    if found is None:
        raise CoverageError("sites_too_few", count=count)
    return found


def _solved(
    cost: Floats,
    limits: list[LinearConstraint],
    sites: int,
    count: int,
    *,
    most: Floats | None = None,
) -> Places:
    """Return the sites, the first variables, of the cheapest answer with `count` of them."""
    number = np.zeros((1, len(cost)))
    number[0, :sites] = 1
    fixed = min(count, sites)
    solved = highs(
        cost,
        integrality=(np.arange(len(cost)) < sites).astype(int),
        bounds=Bounds(0, 1 if most is None else most),
        constraints=[*limits, LinearConstraint(number, fixed, fixed)],
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise CoverageError("sites_too_few", count=fixed)
    return np.flatnonzero(solved.x[:sites] > 0.5)
