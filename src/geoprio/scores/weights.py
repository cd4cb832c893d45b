"""What a weight is worth in fact: how much of the ranking each criterion decides (METHOD 4)."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import make_smoothing_spline

from geoprio.config import Method, Profile
from geoprio.scores.draws import Column, Measured, gather_columns, refuse_few
from geoprio.scores.kernel import (
    BY_PLACE,
    Floats,
    Ints,
    Registry,
    places,
    ranks,
    scale_of,
    weigh_of,
)
from geoprio.scores.score import aggregate, criterion_weights, weight_shares

BINS = 20
PER_BIN = 5
"""Areas that a bin should hold: fewer areas have fewer bins."""
HARDLY_CORRELATION = 0.985
"""Rank correlation without a criterion from which it hardly moves the ranking.

In the real county women's share has 0.992-0.994 among the target groups, and changes 1-3 of the 50
areas at the top; every other group and criterion has 0.984 at most.
"""
SAME_CORRELATION = 0.95
"""Correlation of two criteria above which they say nearly the same."""

Expectation = Callable[[Floats, Floats], tuple[Floats, str]]
"""Of positions of the areas in a criterion (0-1, ties alike) and their scores, to the expected
score of each and what the estimate is called."""
EXPECTATION: Registry[Expectation] = Registry(
    "effective weights", "Register a way to estimate the expected score of areas like an area."
)


@EXPECTATION
def quantile_bins(positions: Floats, score: Floats) -> tuple[Floats, str]:
    """Return the mean score of each area's quantile bin; areas that are alike share a bin."""
    bins = min(BINS, max(len(score) // PER_BIN, 2))
    # A position in the middle of a tie must not fall on either side by rounding.
    number = np.ceil(np.round(positions * bins, 9))
    return pd.Series(score).groupby(number).transform("mean").to_numpy(), f"{bins} quantile bins"


@EXPECTATION
def spline(positions: Floats, score: Floats) -> tuple[Floats, str]:
    """Return a penalised cubic spline of the score, its penalty by cross-validation.

    A criterion with fewer than five different values has the mean of each instead, and says so.
    """
    means = pd.Series(score).groupby(positions).agg(["mean", "size"])
    if len(means) < 5:  # what the spline needs
        return means["mean"].reindex(positions).to_numpy(), "means of equal values"
    places = means.index.to_numpy(float)
    curve = make_smoothing_spline(places, means["mean"], w=means["size"].to_numpy(float))
    return curve(positions), "penalised spline"


def effective_weights(
    criteria: pd.DataFrame,
    score: pd.Series,
    *,
    weights: Mapping[str, float] | pd.Series,
    method: str = "quantile_bins",
) -> pd.DataFrame:
    """Return how much of the score's variance each criterion explains, beside its nominal weight.

    `S_k = Var(E[score | x_k]) / Var(score)` (METHOD 4): the first-order effect, as in Paruolo,
    Saisana and Saltelli (2013), doi 10.1111/j.1467-985X.2012.01059.x. Criteria that go together
    explain the same variance, so the effects need not sum to 1. Bins of few areas explain some
    variance by chance: about `(bins - 1) / (areas - 1)`.

    Parameters
    ----------
    criteria
        A column for each criterion, in any unit: only the order counts. The target groups' shares
        do as well, beside their intensity.
    score
        Score of each row; rows without one count for nothing.
    weights
        Nominal weight of each column.
    method
        A name in `EXPECTATION`.

    Returns
    -------
    weights
        By criterion: `nominal_weight` (sums to 1), `effective_weight` (S_k, 0-1), `effective_part`
        (S_k of their sum, to lay beside the nominal weight) and `estimator` in words. NaN where the
        score or the criterion is unknown everywhere, or the score is alike everywhere; 0 where the
        criterion is.

    Examples
    --------
    Women are about half of every area, so their share moves hardly anything, whatever its weight:

    >>> import numpy as np
    >>> import pandas as pd
    >>> from geoprio import effective_weights
    >>> draws = np.random.default_rng(1).normal([0.51, 0.16], [0.02, 0.07], (500, 2))
    >>> shares = pd.DataFrame(draws, columns=["women", "young"])
    >>> found = effective_weights(shares, shares.mean(axis=1), weights={"women": 1, "young": 1})
    >>> found["effective_weight"].round(1).to_dict()
    {'women': 0.1, 'young': 0.9}
    """
    expect = EXPECTATION.find(method)
    nominal = weight_shares(weights, criteria.columns).reindex(criteria.columns, fill_value=0.0)
    effects = {name: _effect(criteria[name], score, expect) for name in criteria.columns}
    frame = pd.DataFrame.from_dict(
        effects, orient="index", columns=["effective_weight", "estimator"]
    )
    total = frame["effective_weight"].sum()
    return pd.DataFrame(
        {
            "nominal_weight": nominal,
            "effective_weight": frame["effective_weight"],
            "effective_part": frame["effective_weight"] / (total if total > 0 else np.nan),
            "estimator": frame["estimator"],
        }
    ).rename_axis("criterion")


def _effect(values: pd.Series, score: pd.Series, expect: Expectation) -> tuple[float, str]:
    known = values.notna() & score.notna()
    points = score[known].to_numpy(float)
    if len(points) == 0 or points.min() == points.max():
        return np.nan, "unknown"
    positions: Floats = np.asarray(values[known].rank(pct=True), dtype=np.float64)
    expected, called = expect(positions, points)
    return float(np.var(expected) / np.var(points)), called


def leave_one_out(
    points: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    *,
    method: str = "arithmetic",
    top_k: int,
) -> pd.DataFrame:
    """Return what dropping each criterion would do to the ranking.

    Parameters
    ----------
    points
        A column for each criterion, as `normalise` returns them.
    weights
        Weight of each column; the others keep their proportions.
    method
        A name in `AGGREGATE`.
    top_k
        How many areas are at the top; all of them where there are fewer.

    Returns
    -------
    dropped
        By criterion: `rank_correlation` (Spearman's) with the whole ranking and
        `top_changed_count`, how many of the top k would be others, both among areas that the whole
        ranking holds; NaN where nothing would be left, or every area is alike.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import leave_one_out
    >>> points = pd.DataFrame({"young": [100.0, 60, 30, 0], "doors": [50.0, 51, 50, 51]})
    >>> leave_one_out(points, {"young": 1, "doors": 1}, top_k=1).round(2)
               rank_correlation  top_changed_count
    criterion
    young                 -0.45                1.0
    doors                  1.00                0.0
    """
    parts = weight_shares(weights, points.columns)
    whole = aggregate(points, weights, method=method)["score"].dropna()
    rows = {}
    for name in points.columns:
        rest = parts.drop(name, errors="ignore")
        if rest.empty or whole.empty:
            rows[name] = (np.nan, np.nan)
            continue
        without = aggregate(points.loc[whole.index, rest.index], rest, method=method)["score"]
        rows[name] = (_rank_correlation(whole, without), top_changed(whole, without, top_k))
    columns = ["rank_correlation", "top_changed_count"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("criterion")


def _rank_correlation(first: pd.Series, second: pd.Series) -> float:
    ranks = pd.DataFrame({"first": first, "second": second}).rank()
    alike = ranks.min() == ranks.max()
    return np.nan if alike.any() else float(ranks["first"].corr(ranks["second"]))


def top_changed(first: pd.Series, second: pd.Series, top_k: int) -> float:
    """Return how many of the first `top_k` by one score are not among the first by another."""
    # Ties at the line are parted by the order of the rows, the same in both.
    tops = [
        set(scores.sort_values(ascending=False, kind="stable").index[:top_k])
        for scores in (first, second)
    ]
    return float(len(tops[0] - tops[1]))


def weight_warnings(criteria: pd.DataFrame, dropped: pd.DataFrame) -> pd.DataFrame:
    """Return what leadership must be told of the weights: `kind`, `criterion`, `other` and `value`.

    `hardly_moves`: the criterion is alike everywhere, or the ranking without it has a rank
    correlation of 0.985 or more with the ranking that it is in. The effective weight does not
    decide here: a criterion that goes together with another explains what the other does.
    `nearly_same`: two criteria have a correlation beyond 0.95, so one of them weighs for both (or,
    where it is negative, against the other).
    """
    alike = criteria.min() == criteria.max()
    unmoved = dropped["rank_correlation"] >= HARDLY_CORRELATION
    hardly = dropped.loc[alike | unmoved, "rank_correlation"]
    rows = [("hardly_moves", name, "", value) for name, value in hardly.items()]
    correlations = _correlations(criteria)
    rows += [
        ("nearly_same", first, second, correlations.loc[first, second])
        for place, first in enumerate(correlations.index)
        for second in correlations.columns[place + 1 :]
        if abs(correlations.loc[first, second]) > SAME_CORRELATION
    ]
    return pd.DataFrame(rows, columns=["kind", "criterion", "other", "value"])


def _correlations(criteria: pd.DataFrame) -> pd.DataFrame:
    # A constant has no correlation; dividing by its spread would only warn.
    varied = criteria.loc[:, criteria.min() < criteria.max()]
    return varied.corr(min_periods=3)


BLOCK_CELLS = 2**16
"""Dropped areas x areas held at once: they stay in the processor's cache."""
BY_BOUNDS = frozenset({"minmax", "none"})
"""Normalisations by which an area between the bounds leaves the others' points alone."""


def criterion_bounds(indicators: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the ends that each criterion is scaled between by `minmax`, and who sets them.

    An area added between them changes no other's score, and one outside only through them. `low`
    and `high` in its own unit, `low_areas` and `high_areas`, the codes of those that share the end
    (comma-separated); NaN and empty where nothing is known.
    """
    gather_columns(_exact(indicators), profile, lognormal=())
    rows = {}
    for criterion in profile.criteria:
        values = indicators[criterion.indicator].sort_index()
        low, high = values.min(), values.max()
        ends = {"low": low, "low_areas": _codes(values == low)}
        rows[criterion.indicator] = {**ends, "high": high, "high_areas": _codes(values == high)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("criterion")


def drop_one_area(
    indicators: pd.DataFrame, profile: Profile, method: Method, *, top_k: int
) -> pd.DataFrame:
    """Return what becomes of the other areas' order when an area is left out, for each in turn.

    `moved_count`: the other areas that come to stand at another place among the others, counted
    where the old or the new place is among the first `top_k`. `alone_at`: the criteria at one of
    whose ends the area stands alone (comma-separated), by which it scales the others under
    `minmax`.
    """
    columns = gather_columns(_exact(indicators), profile, lognormal=())
    scored = np.logical_and.reduce([column.known for column in columns])
    refuse_few(int(scored.sum()), top_k)
    alone = _alone_at(columns, profile)
    tried = np.flatnonzero((alone != "") | (method.normalise not in BY_BOUNDS))
    moved = np.zeros(len(scored))
    if scored.any():
        size = max(1, BLOCK_CELLS // len(scored))
        for start in range(0, len(tried), size):
            part = tried[start : start + size]
            moved[part] = _count_moved(columns, profile, method, part, top_k)
    frame = pd.DataFrame(
        {"moved_count": moved, "alone_at": alone}, index=indicators.index.sort_values()
    )
    return frame.reindex(indicators.index)


def _exact(indicators: pd.DataFrame) -> Measured:
    return Measured(indicators, pd.DataFrame(index=indicators.index))


def _codes(chosen: pd.Series) -> str:
    return ", ".join(map(str, chosen.index[chosen]))


def _alone_at(columns: list[Column], profile: Profile) -> NDArray[np.object_]:
    names: list[list[str]] = [[] for _ in columns[0].known]
    for column, criterion in zip(columns, profile.criteria, strict=True):
        areas = np.flatnonzero(column.known)
        ends = [column.values.min(), column.values.max()] if len(areas) else []
        holders = [areas[column.values == end] for end in ends]
        # One area that is both ends is all that is known.
        for area in {int(holder[0]) for holder in holders if len(holder) == 1}:
            names[area].append(criterion.indicator)
    return np.array([", ".join(own) for own in names], dtype=object)


def _count_moved(
    columns: list[Column], profile: Profile, method: Method, dropped: Ints, top_k: int
) -> Ints:
    weights = criterion_weights(profile).to_numpy()[None, :]
    scale, weigh = scale_of(method.normalise), weigh_of(method.aggregate)
    whole = weigh((column.spread(scale(column.wanted)) for column in columns), weights)
    scores = np.round(whole[0], 9)
    # Who is left out takes the place from those below alone.
    before = pd.Series(scores).rank(ascending=False, method="min").to_numpy()
    before = before - (scores[dropped, None] > scores)
    without = (_without(column, method.normalise, dropped) for column in columns)
    after = _ranks_of_others(weigh(without, np.tile(weights, (len(dropped), 1))), dropped)
    differs = ~np.isnan(after) & (before != after) & (np.fmin(before, after) <= top_k)
    return np.asarray(differs.sum(axis=1))


def _without(column: Column, scale: str, dropped: Ints) -> Floats:
    """Return dropped areas x areas: the criterion's points when each is left out; NaN for it."""
    values = column.wanted
    points = column.spread(scale_of(scale)(values))
    found = np.repeat(points, len(dropped), axis=0)
    rows = np.flatnonzero(column.known[dropped])
    out = (np.cumsum(column.known) - 1)[dropped[rows], None]
    areas = np.flatnonzero(column.known)
    if scale in BY_PLACE:
        # Who is left out takes a place from those above, and half of one from those alike.
        gone = values[0][out]
        left = places(values, ties="mean") - (gone < values) - 0.5 * (gone == values)
        points = BY_PLACE[scale](left.clip(0, len(areas) - 1), len(areas) - 1)
        found[rows[:, None], areas] = points
    elif len(areas) > 1:
        kept = np.arange(len(areas) - 1)[None, :]
        kept = kept + (kept >= out)
        found[rows[:, None], areas[kept]] = scale_of(scale)(values[0][kept])
    found[rows, dropped[rows]] = np.nan
    return found


def _ranks_of_others(scores: Floats, dropped: Ints) -> Floats:
    """Return ranks among the areas with a score that is not dropped; NaN for the rest."""
    scores[np.arange(len(dropped)), dropped] = np.nan
    unknown = np.isnan(scores)
    # Below all others they take no place from them.
    last = np.fmin.reduce(scores, axis=None, initial=0.0) - 1
    return np.where(unknown, np.nan, ranks(np.where(unknown, last, scores)))
