"""Counts moved through a crosswalk, and the error that splitting areas puts into them."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geoprio.areas.crosswalk import Crosswalk
from geoprio.errors import CoverageError, join_faults
from geoprio.schemas import COUNTS, check


class CoverageWarning(UserWarning):
    """Counts were lost in a join, within the campaign's tolerance."""


def move_counts(
    counts: pd.DataFrame, crosswalk: Crosswalk, *, tolerance: float = 0.0
) -> pd.DataFrame:
    """Return the counts of each target: `x_t = sum_s w_st x_s` (COUNTS).

    Only columns that end in `_count` are moved; shares and means are recomputed from counts.

    Parameters
    ----------
    counts
        COUNTS by source code.
    crosswalk
        From the areas of `counts`.
    tolerance
        Largest count of any column that may be lost with sources that fit no target.

    Returns
    -------
    counts
        COUNTS by target code, in the counts' own unit. NaN where one of the target's sources is (or
        has no row), and where no source reaches it.

    Raises
    ------
    CoverageError
        More would be lost, or nobody knows how much; the sources are named.

    Warns
    -----
    CoverageWarning
        Something is lost, within the tolerance.

    Examples
    --------
    See `build_crosswalk`. What is unknown in a source is unknown in what it is moved to:

    >>> import pandas as pd
    >>> from geoprio import Crosswalk, move_counts
    >>> frame = pd.DataFrame(
    ...     {"source_code": ["s", "t"], "area_code": ["a", "b"], "weight": 1.0, "weight_se": 0.0}
    ... )
    >>> way = Crosswalk(frame, targets=pd.Index(["a", "b"], name="area_code"))
    >>> move_counts(pd.DataFrame({"women_count": [512.0, None]}, index=["s", "t"]), way)
               women_count
    area_code
    a                512.0
    b                  NaN
    """
    _refuse_loss(counts, crosswalk, tolerance)
    return check(_project(counts, crosswalk, "weight"), COUNTS)


def move_errors(counts: pd.DataFrame, crosswalk: Crosswalk) -> pd.DataFrame:
    """Return the standard error of each moved count: `sqrt(sum_s (x_s * weight_se_st)^2)`.

    In the count's own unit; 0 where every source lies whole in the target, NaN where the count is.
    """
    return _project(counts.filter(regex="_count$") ** 2, crosswalk, "weight_se", power=2) ** 0.5


def mixing(counts: pd.DataFrame, crosswalk: Crosswalk) -> pd.DataFrame:
    """Return how much of a target's share rests on split sources: `sqrt(sum_s v_st^2 (1 - w_st))`.

    `v_st` is the part of the target's count that comes from source s. A split source gives every
    piece its own share; a piece whose share strays by sd from it makes the target's stray by this
    times sd. 0 where every source lies whole in the target, NaN where nothing is known.
    """
    moved = _project(counts, crosswalk, "weight")
    frame = crosswalk.frame
    loose = crosswalk.frame.assign(
        weight=frame["weight"] * np.sqrt((1 - frame["weight"]).clip(lower=0))
    )
    pieces = _project(counts**2, replace(crosswalk, frame=loose), "weight", power=2)
    return pieces**0.5 / moved.where(moved > 0)


def lost_counts(counts: pd.DataFrame, crosswalk: Crosswalk) -> pd.DataFrame:
    """Return the counts of the sources that reach no target; empty when nothing is lost.

    Parameters
    ----------
    counts
        COUNTS by source code.
    crosswalk
        From the areas of `counts`.

    Returns
    -------
    lost
        The rows of `counts` that no target gets, counts alone.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import Crosswalk, lost_counts
    >>> frame = pd.DataFrame(
    ...     {"source_code": ["s"], "area_code": ["a"], "weight": 1.0, "weight_se": 0.0}
    ... )
    >>> way = Crosswalk(frame, targets=pd.Index(["a"], name="area_code"), unmatched=("t",))
    >>> lost_counts(pd.DataFrame({"electors_count": [900.0, 7.0]}, index=["s", "t"]), way)
       electors_count
    t             7.0
    """
    reached = pd.Index(crosswalk.frame["source_code"].unique())
    lost: pd.DataFrame = counts.loc[reached.get_indexer(counts.index) < 0].filter(regex="_count$")
    return lost


def _project(
    counts: pd.DataFrame, crosswalk: Crosswalk, column: str, *, power: int = 1
) -> pd.DataFrame:
    # Pairs of weight 0 are left out, so that what is unknown in a source does not spread to
    # ground where nobody lives; pairs of error 0 stay, so that it does spread where somebody does.
    frame = crosswalk.frame
    source, codes = pd.factorize(frame["source_code"])
    target = crosswalk.targets.get_indexer(pd.Index(frame["area_code"]))
    kept = counts.filter(regex="_count$").reindex(codes)  # a source without a row is unknown
    shared = frame["weight"].to_numpy() > 0
    values = frame[column].to_numpy()[shared] ** power
    shape = (len(crosswalk.targets), len(codes))
    moved = csr_array((values, (target[shared], source[shared])), shape=shape) @ kept.to_numpy(
        float
    )
    moved[np.bincount(target, minlength=len(crosswalk.targets)) == 0] = np.nan
    return pd.DataFrame(moved, index=crosswalk.targets, columns=kept.columns).sort_index()


def _refuse_loss(counts: pd.DataFrame, crosswalk: Crosswalk, tolerance: float) -> None:
    lost = lost_counts(counts, crosswalk)
    if lost.empty:
        return
    total = lost.sum(skipna=False)
    wrong = total[~(total <= tolerance)]
    names = f"{', '.join(map(str, lost.index[:10]))} ({len(lost)} in all)"
    if len(wrong):
        message = join_faults(
            f"crosswalk: sources that fit no target: {names}; expected at most {tolerance:g} of any"
            " count lost. Check the vintages of both area sets, or raise the campaign's tolerance.",
            (f"{name}: {value:g} would be lost" for name, value in wrong.items()),
        )
        raise CoverageError(message)
    if (total > 0).any():
        parts = ", ".join(f"{name} {value:g}" for name, value in total[total > 0].items())
        message = f"crosswalk: sources that fit no target: {names}; lost {parts}"
        warnings.warn(message, CoverageWarning, stacklevel=3)
