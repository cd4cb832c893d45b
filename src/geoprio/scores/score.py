"""Score areas for one channel: fill, treat, normalise, weigh together, name levels (METHOD 4)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.errors import ConfigError
from geoprio.scores.indicators import pick_indicators
from geoprio.scores.kernel import AGGREGATE, NORMALISE, Registry, refuse_infinite
from geoprio.tables import SCORES, check
from geoprio.words import Phrase

SKEWED = 2.0
"""Absolute skewness, bias-corrected, from which a criterion may need treatment."""
PEAKED = 3.5
"""Excess kurtosis, bias-corrected, from which it does."""
MOST_POINTS = 5
"""So many areas are winsorised at most."""


class Treated(NamedTuple):
    """One column after treatment."""

    values: pd.Series
    treatment: str
    """`none`, `winsorised` or `logged`."""
    points: int
    """How many areas were winsorised."""


Treat = Callable[[pd.Series], Treated]
treatment: Registry[Treat] = Registry(
    "treat",
    """Register a way to treat the outliers of one column, named as a profile's `treat`.

    Of the column to `Treated`. NaN stays NaN.

    >>> from geoprio import treatment
    >>> from geoprio.scores import Treated
    >>> @treatment
    ... def capped(values):
    ...     return Treated(values.clip(upper=values.quantile(0.99)), "capped", 0)
    >>> _ = treatment.pop("capped")  # only for the example
    """,
)
TREAT = treatment


@treatment
def none(values: pd.Series) -> Treated:
    """Return the values as they are."""
    return Treated(values, "none", 0)


@treatment
def winsorise(values: pd.Series) -> Treated:
    """Pull in the outermost area to its neighbour, one at a time, while the column is outlying.

    Where more than five areas would have to move, or nothing but one value would be left:
    `log(x - min + 0.01 range)` of the untouched values instead. The rule is that of the COIN Tool
    and of COINr (W. Becker, `Treat`).
    """
    pulled, points = values, 0
    while is_outlying(pulled):
        pulled = _pull_in(pulled)
        points = int((pulled != values)[values.notna()].sum())
        if points > MOST_POINTS or pulled.min() == pulled.max():
            return Treated(_logged(values), "logged", 0)
    return Treated(pulled, "winsorised" if points else "none", points)


def treat_outliers(
    frame: pd.DataFrame, *, method: str = "winsorise"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame with its outliers treated, and what was done to each column.

    Parameters
    ----------
    frame
        A column for each criterion, in any unit; NaN stays NaN and moves nothing.
    method
        A name in `TREAT`.

    Returns
    -------
    treated
        `frame` with its outliers treated.
    report
        By column: `treatment`, `points_count` (areas winsorised) and `skewness`, `excess_kurtosis`
        before and `..._after`, bias-corrected; NaN below 3 and 4 areas.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import treat_outliers
    >>> frame = pd.DataFrame({"doors_per_km2": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 500]})
    >>> treated, report = treat_outliers(frame, method="winsorise")
    >>> treated["doors_per_km2"].tolist()[-2:], report.loc["doors_per_km2", "treatment"]
    ([9.0, 9.0], 'winsorised')
    """
    done = _treated(frame, method)
    treated = _values_of(done, frame)
    report = pd.DataFrame(
        {
            "treatment": pd.Series({name: item.treatment for name, item in done.items()}),
            "points_count": pd.Series({name: item.points for name, item in done.items()}),
            "skewness": frame.skew(),
            "excess_kurtosis": frame.kurt(),
            "skewness_after": treated.skew(),
            "excess_kurtosis_after": treated.kurt(),
        },
        index=frame.columns,
    )
    return treated, report


def _treated(frame: pd.DataFrame, method: str) -> dict[str, Treated]:
    treat = TREAT.find(method)
    refuse_infinite(frame, step="treat")
    return {str(name): treat(values.astype(float)) for name, values in frame.items()}


def _values_of(done: Mapping[str, Treated], frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: item.values for name, item in done.items()}, index=frame.index)


def is_outlying(values: pd.Series) -> bool:
    """Return whether a column is both skewed and peaked beyond the bounds."""
    return abs(_skewness(values)) >= SKEWED and cast("float", values.kurt()) >= PEAKED


def _pull_in(values: pd.Series) -> pd.Series:
    if _skewness(values) > 0:
        return values.clip(upper=values[values < values.max()].max())
    return values.clip(lower=values[values > values.min()].min())


def _skewness(values: pd.Series) -> float:
    return cast("float", values.skew())


def _logged(values: pd.Series) -> pd.Series:
    low, high = values.min(), values.max()
    return pd.Series(np.log(values - low + 0.01 * (high - low)), index=values.index)


def fill_from_groups(frame: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return the frame with its gaps filled by the mean of the known rows of the same group.

    Where the group (an area's municipality) is NaN, or knows nothing, the gap stays.
    """
    return frame.fillna(frame.groupby(groups.reindex(frame.index)).transform("mean"))


def normalise(
    frame: pd.DataFrame, *, method: str, directions: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return each column in points, most where it is wanted most.

    Parameters
    ----------
    frame
        A column for each criterion, in any unit.
    method
        A name in `NORMALISE`.
    directions
        `high` or `low` by column: which end is wanted; high where nothing is said.

    Returns
    -------
    points
        0-100 with the index and columns of `frame`; NaN stays NaN. `none` leaves values as they
        are.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import normalise
    >>> frame = pd.DataFrame({"young_share": [0.1, 0.2, 0.3], "turnout_share": [0.9, None, 0.5]})
    >>> normalise(frame, method="minmax", directions={"turnout_share": "low"})
       young_share  turnout_share
    0          0.0            0.0
    1         50.0            NaN
    2        100.0          100.0
    """
    scale = NORMALISE.find(method)
    refuse_infinite(frame, step="normalise")
    wanted = directions or {}
    signs = np.array([-1.0 if wanted.get(str(name)) == "low" else 1.0 for name in frame.columns])
    points = scale(frame.to_numpy(float) * signs)
    return pd.DataFrame(points, index=frame.index, columns=frame.columns)


def aggregate(
    frame: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    *,
    method: str = "arithmetic",
    as_given: bool = False,
) -> pd.DataFrame:
    """Return each row's score, rank and coverage.

    Parameters
    ----------
    frame
        A column for each criterion, in points, most where it is wanted most.
    weights
        Weight of each column, in any unit; a criterion of weight 0 counts for nothing, known or
        not. Wrong ones are a ConfigError, all at once.
    method
        A name in `AGGREGATE`.
    as_given
        Whether the weights are used as they stand, not scaled to sum to 1: those of the English
        Indices of Deprivation 2019 sum to 0.999.

    Returns
    -------
    scores
        `score` (0-100 where the points are, and always by `topsis`; NaN where a criterion is
        unknown), `rank` (1 is best; ties share the better rank; NaN without a score) and
        `coverage`, the weight (0-1) of what is known.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import aggregate
    >>> points = pd.DataFrame({"young": [100.0, 50, 0], "turnout": [0.0, None, 100]})
    >>> aggregate(points, {"young": 3, "turnout": 1})
       score  rank  coverage
    0   75.0   1.0      1.00
    1    NaN   NaN      0.75
    2   25.0   2.0      1.00
    """
    weigh = AGGREGATE.find(method)
    refuse_infinite(frame, step="aggregate")
    parts = weight_shares(weights, frame.columns)
    used = frame[parts.index]
    own = pd.Series(weights, dtype=float)[parts.index] if as_given else parts
    score = pd.Series(weigh(used.to_numpy(float), own.to_numpy()), index=frame.index)
    # Rounding noise must not decide between areas that are alike.
    score = score.round(9)
    return pd.DataFrame(
        {
            "score": score,
            "rank": score.rank(ascending=False, method="min"),
            "coverage": np.clip(used.notna().to_numpy() @ parts.to_numpy(), 0, 1),
        }
    )


def weight_shares(weights: Mapping[str, float] | pd.Series, criteria: pd.Index) -> pd.Series:
    """Return the weights above zero, in the order of `criteria`, scaled to sum to 1."""
    given = pd.Series(weights, dtype=float)
    faults = [Phrase("has_no_weight", name=name) for name in criteria.difference(given.index)]
    faults += [Phrase("no_such_criterion", name=name) for name in given.index.difference(criteria)]
    wrong = given[~(np.isfinite(given) & (given >= 0))]
    faults += [Phrase("at_least_zero", name=name, value=value) for name, value in wrong.items()]
    if not faults and not (given > 0).any():
        faults = [Phrase("every_weight_zero")]
    if faults:
        raise ConfigError("weights_wrong", faults)
    ordered = given.reindex(criteria)
    positive = ordered[ordered > 0]
    return pd.Series(positive / positive.sum())


STEPS: tuple[Registry[Any], ...] = (TREAT, NORMALISE, AGGREGATE)


def score_areas(
    indicators: pd.DataFrame,
    profile: Profile,
    *,
    channel: str,
    election: str,
    municipality: pd.Series | None = None,
) -> pd.DataFrame:
    """Return the areas' scores in one channel, 0-100; rank 1 is best, ties share the better rank.

    A missing criterion gives NaN, unless the profile fills it from the municipality. `coverage` is
    the weight (0-1) of what is known of the area itself: a score with coverage below 1 rests on
    its municipality's mean.

    Parameters
    ----------
    indicators
        INDICATORS, or any frame with a column for each criterion.
    profile
        The channel's criteria and steps.
    channel, election
        What the scores are called.
    municipality
        Municipality of each area; needed where the profile says `impute = "municipality"`.

    Returns
    -------
    scores
        SCORES with the index of `indicators`.

    Examples
    --------
    >>> from geoprio import load_profile, read_run, score_areas
    >>> indicators = read_run("data/processed/demo").frame("indicators")
    >>> profile = load_profile("canvass")
    >>> scores = score_areas(indicators, profile, channel="canvass", election="riksdag")
    >>> bool(scores["score"].dropna().between(0, 100).all())
    True
    """
    points = normalise_criteria(indicators, profile, municipality=municipality)
    weights = criterion_weights(profile)
    scored = aggregate(points, weights, method=profile.aggregate)
    known = indicators[points.columns].notna() * weights
    frame = pd.DataFrame(
        {
            "channel": channel,
            "election": election,
            "score": _on_scale(scored["score"], profile),
            "rank": scored["rank"],
            "coverage": known.sum(axis=1).clip(0, 1),
        },
        index=indicators.index,
    )
    return check(frame, SCORES)


def normalise_criteria(
    indicators: pd.DataFrame, profile: Profile, *, municipality: pd.Series | None = None
) -> pd.DataFrame:
    """Return each criterion of `profile` in points (0-100), most wanted most; NaN where unknown.

    Gaps are filled and outliers treated first, as the profile says.
    """
    refuse_unknown_steps(profile)
    values = _prepared(indicators, profile, municipality)
    directions = {item.indicator: item.direction for item in profile.criteria}
    return normalise(values, method=profile.normalise, directions=directions)


def _prepared(
    indicators: pd.DataFrame, profile: Profile, municipality: pd.Series | None
) -> pd.DataFrame:
    chosen = pick_criteria(indicators, profile)
    if profile.impute == "municipality":
        if municipality is None:
            raise ConfigError("impute_without_municipalities", profile=profile.label.sv)
        chosen = fill_from_groups(chosen, municipality)
    return _values_of(_treated(chosen, profile.treat), chosen)


def refuse_unknown_steps(profile: Profile) -> None:
    """Refuse steps of a profile that are not there: all are listed, each with the nearest name."""
    faults: list[ConfigError] = []
    for registry in STEPS:
        try:
            registry.find(getattr(profile, registry.step))
        except ConfigError as error:
            faults.append(error)
    if faults:
        raise ConfigError("profile_methods_unknown", faults, profile=profile.label.sv)


def pick_criteria(indicators: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the criteria of `profile`, in its order; an error lists what is not there."""
    names = [criterion.indicator for criterion in profile.criteria]
    return pick_indicators(indicators, names, "profile_unknown_indicator", profile=profile.label.sv)


def criterion_weights(profile: Profile) -> pd.Series:
    """Return the criteria's weights, scaled to sum to 1."""
    weights = pd.Series(profile.weights())
    return pd.Series(weights / weights.sum())


def constant_criteria(indicators: pd.DataFrame, profile: Profile) -> list[str]:
    """Return the criteria that are alike in every area, and so move no ranking."""
    chosen = pick_criteria(indicators, profile)
    return [str(name) for name in chosen.columns[chosen.min() == chosen.max()]]


def _on_scale(score: pd.Series, profile: Profile) -> pd.Series:
    outside = score[(score < 0) | (score > 100)]
    if len(outside):
        raise ConfigError(
            "scores_out_of_range",
            profile=profile.label.sv,
            normalise=profile.normalise,
            low=score.min(),
            high=score.max(),
        )
    return score
