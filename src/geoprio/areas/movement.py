"""Counts moved through a crosswalk, and the error that splitting areas puts into them."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.sparse import csr_array, diags_array, identity, triu

from geoprio.areas.crosswalk import Crosswalk, Floats
from geoprio.errors import CoverageError, CoverageWarning
from geoprio.tables import COUNTS, check
from geoprio.words import Phrase, set_name

_TINY = 1e-12


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


@dataclass(frozen=True)
class Closer:
    """The smaller areas that a set's areas are made of."""

    way: Crosswalk
    """From the same sources to the smaller areas."""
    home: pd.Series
    """The area that each of them lies in."""


def share_error(
    share: pd.Series, whole: pd.Series, crosswalk: Crosswalk, closer: Closer | None = None
) -> pd.Series:
    """Return how far a share of moved counts strays (standard error, 0-1), by target.

    A source's share is that of the areas it holds parts of, `r_s = sum_a w_sa r_a`, and a target
    gets `sum_s v_ts r_s`, with `v_ts` the part of its count that comes from s. So it strays by
    `sum_a (sum_s v_ts w_sa - u_ta) r_a`, where `u_ta` is the part of it that lives in area a. How
    far areas' shares differ (sigma) is read off sources that touch, by least squares: `(r_s -
    r_s')^2 = sigma^2 sum_a (w_sa - w_s'a)^2`. Areas are the targets, and the smaller ones where
    they are known (`closer`), each with a sigma. Where a source's people live is not known to the
    last: each `w_sa` comes with its own variance (`weight_se`), in what strays and in what is read
    off.

    Parameters
    ----------
    share, whole
        By source code: the share (0-1), and the count that it is a share of.
    crosswalk, closer
        From the sources to the targets, and to the smaller areas that these are made of.

    Returns
    -------
    error
        0 where every source lies whole in the target; NaN where nothing is known.
    """
    codes = whole.index
    parts, moved = _parts(crosswalk, whole)
    ways, lives = [crosswalk], [csr_array(identity(len(crosswalk.targets)))]
    if closer is not None:
        ways.append(closer.way)
        lives.append(_membership(closer, whole, crosswalk.targets))
    held = [_weights(way, codes) for way in ways]
    loose: list[Floats] = [
        _weights(way, codes, "weight_se").power(2).sum(axis=0).astype(float) for way in ways
    ]
    own = share.reindex(codes).to_numpy(float)
    variance = np.zeros(len(crosswalk.targets))
    for sigma2, weights, unsure, people in zip(
        _variances(own, held, loose), held, loose, lives, strict=True
    ):
        apart = (parts @ weights.T - people).power(2).sum(axis=1)
        variance += sigma2 * (apart + parts.power(2) @ unsure)
    error = pd.Series(np.sqrt(variance), crosswalk.targets)
    return error.where(moved > 0).sort_index()


def _variances(share: Floats, held: Sequence[csr_array], loose: Sequence[Floats]) -> list[float]:
    """Return sigma^2 of `share_error` of each set of areas, whose weights in sources are `held`.

    `loose` is the variance of all of a source's weights, in the order of `held`.
    """
    touching = triu(held[-1].T @ held[-1], k=1).tocoo()
    one, other = touching.coords
    gaps = (share[one] - share[other]) ** 2
    known = ~np.isnan(gaps)
    one, other = one[known], other[known]
    apart = [
        (weights[:, one] - weights[:, other]).power(2).sum(axis=0) + unsure[one] + unsure[other]
        for weights, unsure in zip(held, loose, strict=True)
    ]
    if not known.any():
        return [0.0] * len(held)
    return [float(part) for part in nnls(np.column_stack(apart), gaps[known])[0]]


def _weights(crosswalk: Crosswalk, codes: pd.Index, column: str = "weight") -> csr_array:
    """Return targets x sources, in the order of the targets and of `codes`."""
    sources, source, target = crosswalk.places
    source = codes.get_indexer(sources)[source]
    held = (source >= 0) & (target >= 0)
    values = crosswalk.frame[column].to_numpy(float)[held]
    shape = (len(crosswalk.targets), len(codes))
    return csr_array((values, (target[held], source[held])), shape=shape)


def _parts(crosswalk: Crosswalk, whole: pd.Series) -> tuple[csr_array, Floats]:
    """Return the part of each target's count that comes from each source, and that count."""
    counts = np.nan_to_num(whole.to_numpy(float))
    each = _weights(crosswalk, whole.index)
    moved: Floats = each @ counts
    scaled = diags_array(1 / np.maximum(moved, _TINY)) @ each @ diags_array(counts)
    return csr_array(scaled), moved


def _membership(closer: Closer, whole: pd.Series, targets: pd.Index) -> csr_array:
    """Return the part of each target's count that lives in each of its smaller areas."""
    smaller = closer.way.targets
    people: Floats = _weights(closer.way, whole.index) @ np.nan_to_num(whole.to_numpy(float))
    place = targets.get_indexer(pd.Index(closer.home.reindex(smaller)))
    inside = place >= 0
    total = np.bincount(place[inside], people[inside], len(targets))
    values = people[inside] / np.maximum(total[place[inside]], _TINY)
    shape = (len(targets), len(smaller))
    return csr_array((values, (place[inside], np.flatnonzero(inside))), shape=shape)


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
    reached = crosswalk.places[0]
    lost: pd.DataFrame = counts.loc[reached.get_indexer(counts.index) < 0].filter(regex="_count$")
    return lost


def _project(
    counts: pd.DataFrame, crosswalk: Crosswalk, column: str, *, power: int = 1
) -> pd.DataFrame:
    # Pairs of weight 0 are left out, so that what is unknown in a source does not spread to
    # ground where nobody lives; pairs of error 0 stay, so that it does spread where somebody does.
    codes, source, target = crosswalk.places
    kept = counts.filter(regex="_count$").reindex(codes)  # a source without a row is unknown
    shared = crosswalk.frame["weight"].to_numpy() > 0
    values = crosswalk.frame[column].to_numpy()[shared] ** power
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
    names = Phrase("in_all", codes=map(str, lost.index[:10]), count=len(lost))
    if len(wrong):
        would = [Phrase("would_be_lost", name=name, value=value) for name, value in wrong.items()]
        raise CoverageError("crosswalk_loses_sources", would, names=names, tolerance=tolerance)
    if (total > 0).any():
        parts = ", ".join(f"{name} {value:g}" for name, value in total[total > 0].items())
        message = Phrase("crosswalk_lost_parts", names=names, parts=parts)
        warnings.warn(message, CoverageWarning, stacklevel=3)


AVERAGES = r"_(?:mean|median)_sek$"
CLASSES = r"_class$"
BOUND = r"_share$|^seats_"
"""What says something of its own area only: a share is recomputed from counts and never moved, and
a council's seats are the whole council's."""


@dataclass(frozen=True)
class CountTable:
    """One source's counts on the area set they were published for."""

    area_set: str
    origin: str
    """Publisher and year, in words."""
    counts: pd.DataFrame
    """COUNTS."""


def comparable_rows(
    table: CountTable, population: pd.Series, *, area_set: str, tolerance: float
) -> CountTable:
    """Return the rows of a table on another vintage of `area_set` that can stand for its areas.

    Codes live on when borders change, so a row is kept only where its population differs from the
    area's by at most `tolerance` (0-1); the others become unknown.

    Raises
    ------
    CoverageError
        The table has no `population_count` to compare.
    """
    if "population_count" not in table.counts:
        raise CoverageError(
            "cannot_stand_without_residents",
            origin=table.origin,
            area_set=table.area_set,
            target=area_set,
        )
    own = table.counts["population_count"].reindex(population.index)
    alike = (own / population.where(population > 0) - 1).abs() <= tolerance
    counts = _unbound(table.counts).reindex(population.index).where(alike)
    return CountTable(area_set, f"{table.origin} ({set_name(table.area_set, 'sv')})", counts)


def known_counts(
    tables: Sequence[CountTable], nested: Mapping[str, pd.Series], population: pd.Series
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return what is published for the areas themselves or for all their parts.

    Parameters
    ----------
    tables
        In order of preference: an earlier table's figure is kept, a later one fills its gaps.
    nested
        By area set, the area that each of its codes lies in (itself, for the areas' own set).
    population
        Residents by code of the nested sets, the weights of averages.

    Returns
    -------
    COUNTS, and each column's publisher and year in words. A sum with an unknown part is NaN; a
    class, a share or a seat has no sum and is left out where parts are summed.
    """
    areas = pd.Index(sorted({code for parts in nested.values() for code in parts}))
    counts = pd.DataFrame(index=areas.rename("area_code"))
    origins: dict[str, str] = {}
    for table in tables:
        if table.area_set not in nested:
            continue
        summed = _sum_parts(table.counts, nested[table.area_set], population)
        counts = _filled(counts, summed.reindex(counts.index))
        for column in map(str, summed):
            origins.setdefault(column, table.origin)
    return counts.sort_index(axis=1), origins


def fill_from_parents(
    known: pd.DataFrame,
    tables: Sequence[CountTable],
    parents: Mapping[str, pd.Series],
    population: pd.Series,
) -> pd.DataFrame:
    """Return `known` with its gaps filled from larger areas, the nearest first.

    What a parent's count leaves beside the children that are known is split over the others by
    residents (METHOD 2), so the parent's total survives; an average or a class is taken over as it
    is; a share or a seat stays with the parent. NaN where the parent is unknown, where the known
    children exceed it, or where the residents of a child to be filled are unknown.
    """
    filled = known
    for area_set, codes in parents.items():
        for table in tables:
            if table.area_set == area_set:
                parent = codes.reindex(known.index)
                filled = _fill(filled, table.counts, parent, population.reindex(known.index))
    return filled.sort_index(axis=1)


def _fill(
    known: pd.DataFrame, counts: pd.DataFrame, parent: pd.Series, people: pd.Series
) -> pd.DataFrame:
    above = _unbound(counts).reindex(parent.to_numpy()).set_axis(known.index)
    counted = above.columns[~above.columns.str.contains(f"{AVERAGES}|{CLASSES}")]
    own = known.reindex(columns=counted)
    rest = above[counted] - own.groupby(parent).transform("sum")
    waiting = own.isna().mul(people, axis=0).where(own.isna(), 0.0)
    siblings = waiting.groupby(parent)
    # A gap whose residents are unknown makes the whole split unknown.
    certain = ~waiting.isna().groupby(parent).transform("any")
    share = waiting / siblings.transform("sum").where(lambda total: total > 0)
    split = (rest.where(rest >= 0) * share).where(certain)
    return _filled(known, above.assign(**split))


def _filled(known: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return `combine_first` of two frames with the same rows, all columns at once."""
    columns = known.columns.union(others.columns)
    own, theirs = (frame.reindex(columns=columns) for frame in (known, others))
    return own.where(own.notna(), theirs)


def move_figures(figures: pd.DataFrame, way: Crosswalk) -> pd.DataFrame:
    """Return counts and averages (COUNTS) moved through a crosswalk.

    Counts move as they are; an average moves as its sum over residents, and is divided by the
    residents again; a class, a share or a seat does not move. NaN where a part is unknown.
    """
    figures = _unbound(figures)
    figures = figures[figures.columns[~figures.columns.str.contains(CLASSES)]]
    averages = figures.columns[figures.columns.str.contains(AVERAGES)]
    sums = figures[averages].mul(figures["population_count"], axis=0).add_suffix("_count")
    moved = move_counts(figures.drop(columns=averages).join(sums), way)
    means = moved[sums.columns].div(moved["population_count"].where(lambda p: p > 0), axis=0)
    return moved.drop(columns=sums.columns).join(means.set_axis(averages, axis=1))


def _unbound(counts: pd.DataFrame) -> pd.DataFrame:
    return counts[counts.columns[~counts.columns.str.contains(BOUND)]]


def _sum_parts(counts: pd.DataFrame, parts: pd.Series, population: pd.Series) -> pd.DataFrame:
    if (parts.index == parts.to_numpy()).all():
        return counts
    rows = _unbound(counts).reindex(parts.index)
    rows = rows[rows.columns[~rows.columns.str.contains(CLASSES)]]
    averages = rows.columns[rows.columns.str.contains(AVERAGES)]
    people = population.reindex(parts.index)
    weighted = rows.copy()
    weighted[averages] = rows[averages].mul(people, axis=0)
    # Summing by hand keeps a sum with an unknown part unknown.
    summed = weighted.groupby(parts).sum(min_count=1)
    summed = summed.where(~weighted.isna().groupby(parts).any())
    summed[averages] = summed[averages].div(people.groupby(parts).sum(), axis=0)
    return summed.rename_axis("area_code")


def refuse_homeless(
    tables: Sequence[CountTable], sets: Mapping[str, gpd.GeoDataFrame], *, tolerance: float
) -> None:
    """Check that the rows of each table have an area in its set.

    Parameters
    ----------
    tables
        Counts by area code.
    sets
        AREAS by set name; tables on other sets are passed over.
    tolerance
        Share (0-1) of any count that may be lost.

    Raises
    ------
    CoverageError
        More would be lost; every table's areas are named.

    Warns
    -----
    CoverageWarning
        Something is lost, within the tolerance.
    """
    faults = []
    for table in tables:
        if table.area_set not in sets:
            continue
        homeless = ~table.counts.index.isin(sets[table.area_set].index)
        counts = table.counts.filter(regex="_count$")
        lost, total = counts[homeless].sum(), counts.sum()
        share = float((lost / total.where(total > 0)).max()) if homeless.any() else 0.0
        message = Phrase(
            "counts_lose_borders",
            origin=table.origin,
            areas=_named(table.counts.index[homeless]),
            area_set=table.area_set,
            share=share,
        )
        if share > tolerance:
            faults.append(message)
        elif share > 0:
            warnings.warn(message, CoverageWarning, stacklevel=2)
    if faults:
        raise CoverageError("counts_without_borders", faults, tolerance=tolerance)


def _named(codes: pd.Index) -> Phrase:
    return Phrase("in_all", codes=codes[:5], count=len(codes))
