"""How sure a split is: errors fitted to a count known on both sides, and checked class by class.

Intervals are `x_t ± 1.645 * sqrt(V_t / (kappa + 1) + sigma^2 B_t)`, with the split's
`V_t = sum_s x_s^2 w (1 - w)` and, for a moved count that itself is a scaled stand-in,
`B_t = sum_s (w x_s)^2`: each source's own ratio strays by the share sigma from its municipality's.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.areas.crosswalk import Crosswalk, Floats
from geoprio.areas.ways import nested_weights
from geoprio.errors import CoverageError

LEVEL = 0.9
Z = 1.6448536269514722
_KAPPA_RANGE = (0.01, 10_000.0)
_SIGMAS = np.arange(0.0, 0.3, 0.0025)
_ALPHAS = np.arange(0.0, 1.0001, 0.01)
_WEIGHT_EDGES = (0.2, 0.4)
_SMALLEST_CLASS = 30


@dataclass(frozen=True)
class Split:
    """The fitted error of one direction of splits."""

    kappa: float
    """Concentration: `weight_se = sqrt(w (1 - w) / (kappa + 1))`."""
    coverage: pd.DataFrame
    """Index `class`; `areas_count` and `coverage`: share of areas that the 90 % interval holds."""
    sigma: float = 0.0
    """Relative error of the scaling of one source's count."""
    alpha: float = 1.0
    """How far people follow size in a nested split."""


def scale_to_parents(
    counts: pd.Series, truth: pd.Series, parents: tuple[pd.Series, pd.Series]
) -> pd.Series:
    """Return `counts` scaled so that each parent's sum is that of `truth` there.

    `parents` gives the parent (municipality) of the areas of `counts`, then of `truth`.
    """
    mine, theirs = parents[0].reindex(counts.index), parents[1].reindex(truth.index)
    ratio = truth.groupby(theirs).sum() / counts.groupby(mine).sum()
    return counts * mine.map(ratio)


def calibrate_split(
    counts: pd.Series,
    truth: pd.Series,
    crosswalk: Crosswalk,
    *,
    density: pd.Series,
    scaled: str = "counts",
) -> Split:
    """Return the kappa and sigma at which 90 % intervals cover 90 %, and their coverage by class.

    Kappa is the one that covers 90 % of all targets; sigma the one at which the third of the
    targets that splits matter least for is covered to 90 % as well, since there the scaling shows.

    Parameters
    ----------
    counts
        By source code: the count that is moved.
    truth
        By target code: the same count, known; targets without one are left out.
    crosswalk
        From the areas of `counts` to those of `truth`.
    density
        By target code: people per km2, for the terciles of the coverage.
    scaled
        Which of the two was scaled by `scale_to_parents`: `"counts"`, or `"truth"` (then
        `B_t = truth_t^2`).

    Raises
    ------
    CoverageError
        Fewer than 30 targets have a truth.
    """
    parts = _error_parts(counts, truth, crosswalk, scaled)
    kappa, sigma = _fit(parts)
    covered = _covered(parts, np.array([kappa]), np.array([sigma]))[0]
    tercile = pd.qcut(density.reindex(parts.index), 3, labels=["sparse", "middle", "dense"])
    return Split(kappa=kappa, sigma=sigma, coverage=_by_class(covered, tercile))


def cover_split(
    counts: pd.Series,
    truth: pd.Series,
    crosswalk: Crosswalk,
    *,
    split: Split,
    scaled: str = "counts",
) -> pd.Series:
    """Return by target whether the 90 % interval of an already fitted `split` holds the truth."""
    parts = _error_parts(counts, truth, crosswalk, scaled)
    held = _covered(parts, np.array([split.kappa]), np.array([split.sigma]))[0]
    return pd.Series(held, parts.index, name="covered")


def calibrate_nested(parent: pd.Series, truth: pd.Series, size: pd.Series) -> Split:
    """Return the alpha and kappa of splits of parents into nested children, `w ~ size ** alpha`.

    Alpha makes the squared error, weighted by `1 / (w (1 - w) x^2)`, least; kappa is the one at
    which 90 % intervals cover 90 %. Only children with siblings count. Coverage is by the weight's
    class; a class of fewer than 30 areas joins its neighbour.

    Parameters
    ----------
    parent
        Parent's code by child's code.
    truth
        The count by child's code; its sum over siblings is what is split.
    size
        Area (km2) by child's code.

    Raises
    ------
    CoverageError
        Fewer than 30 children have siblings.
    """
    known = parent.reindex(truth.dropna().index).dropna()
    siblings = truth.reindex(known.index).groupby(known)
    several = (siblings.transform("size") > 1).to_numpy()
    _refuse_few(int(several.sum()))
    x, value = siblings.transform("sum").to_numpy(), truth.reindex(known.index).to_numpy()
    x, value = x[several, None], value[several, None]
    weights = nested_weights(known, size, alpha=_ALPHAS)[several]
    split = x**2 * weights * (1 - weights)
    errors = np.abs(value - weights * x)
    best = int(np.argmin((errors**2 / split).sum(axis=0)))
    parts = pd.DataFrame({"error": errors[:, best], "split": split[:, best], "scale": 0.0})
    kappa = _fit_kappas(parts, np.zeros(1))
    classes = _weight_classes(weights[:, best])
    coverage = _by_class(_covered(parts, kappa, np.zeros(1))[0], pd.Series(classes))
    return Split(kappa=float(kappa[0]), alpha=float(_ALPHAS[best]), coverage=coverage)


def _error_parts(
    counts: pd.Series, truth: pd.Series, crosswalk: Crosswalk, scaled: str
) -> pd.DataFrame:
    frame = crosswalk.frame
    x = counts.reindex(frame["source_code"]).to_numpy(float)
    w = frame["weight"].to_numpy()
    pieces = pd.DataFrame({"moved": w * x, "split": x**2 * w * (1 - w), "scale": (w * x) ** 2})
    targets = pieces.groupby(frame["area_code"].to_numpy()).sum(min_count=1)
    targets["truth"] = truth.reindex(targets.index)
    targets = targets.dropna()
    _refuse_few(len(targets))
    if scaled == "truth":
        targets["scale"] = targets["truth"] ** 2
    return targets.assign(error=(targets["truth"] - targets["moved"]).abs())


def _refuse_few(found: int) -> None:
    if found < _SMALLEST_CLASS:
        raise CoverageError("calibration_too_few", found=found, least=_SMALLEST_CLASS)


def _covered(parts: pd.DataFrame, kappas: Floats, sigmas: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the intervals of each pair of a kappa and a sigma hold each target."""
    error, split, scale = (parts[name].to_numpy() for name in ("error", "split", "scale"))
    variance = split / (kappas[:, None] + 1) + sigmas[:, None] ** 2 * scale
    # A whole source is moved exactly, up to rounding in the sums.
    covered: npt.NDArray[np.bool_] = error <= Z * np.sqrt(variance) + 1e-9 * error.max()
    return covered


def _fit_kappas(parts: pd.DataFrame, sigmas: Floats) -> Floats:
    """Return for each sigma the largest kappa whose intervals cover 90 %, in the range allowed."""
    error, split, scale = (parts[name].to_numpy() for name in ("error", "split", "scale"))
    rest = np.maximum((error / Z) ** 2 - sigmas[:, None] ** 2 * scale, 0.0)
    # An area is covered when split / (kappa + 1) >= rest: each has a kappa of its own at which
    # its interval just reaches, so the kappa sought is a quantile of those.
    reach = np.divide(split, rest, out=np.full(rest.shape, np.inf), where=rest > 0) - 1
    found: Floats = np.quantile(reach, 1 - LEVEL, axis=1, method="lower").clip(*_KAPPA_RANGE)
    return found


def _fit(parts: pd.DataFrame) -> tuple[float, float]:
    relative = parts["split"] / parts["moved"] ** 2
    least_split = parts[relative <= relative.quantile(1 / 3)]
    kappas = _fit_kappas(parts, _SIGMAS)
    misses = np.abs(_covered(least_split, kappas, _SIGMAS).mean(axis=1) - LEVEL)
    best = int(np.argmin(misses))
    return float(kappas[best]), float(_SIGMAS[best])


def _weight_classes(weight: Floats) -> npt.NDArray[np.str_]:
    """Return each weight's class in words; a class under 30 areas joins its neighbour."""
    edges = list(_WEIGHT_EDGES)
    while edges:
        sizes = np.bincount(np.digitize(weight, edges), minlength=len(edges) + 1)
        small = int(np.argmin(sizes))
        if sizes[small] >= _SMALLEST_CLASS:
            break
        edges.pop(max(small - 1, 0))
    bounds = ["0", *(f"{edge:g}" for edge in edges), "1"]
    words = np.array([f"{low}-{high}" for low, high in pairwise(bounds)])
    classes: npt.NDArray[np.str_] = words[np.digitize(weight, edges)]
    return classes


def _by_class(covered: npt.NDArray[np.bool_], classes: pd.Series) -> pd.DataFrame:
    groups = pd.Series(covered).groupby(classes.to_numpy(), observed=True)
    table = pd.DataFrame({"areas_count": groups.size(), "coverage": groups.mean()})
    table.loc["all"] = [len(covered), covered.mean()]
    return table.rename_axis("class")
