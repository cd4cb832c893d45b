"""Why an area stands where it stands: a sentence of its strongest and weakest criteria."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import BLANK, Criterion, Profile
from geoprio.errors import ConfigError, CoverageError
from geoprio.scores.indicators import PRIVATE
from geoprio.scores.kernel import AGGREGATE, Floats
from geoprio.scores.score import criterion_weights, normalise_criteria, weight_shares
from geoprio.words import Language, spoken, text

AVERAGE = "average_area"
REMAINDER = "remainder"


def explain_areas(
    indicators: pd.DataFrame, profile: Profile, *, municipality: pd.Series | None = None
) -> pd.DataFrame:
    """Return what every area's score is made of, in points; a row's columns sum to its score.

    `average_area` is the score of an area at the mean of every criterion. A criterion gives the
    score less the score with the criterion at its mean, all else alike; for arithmetic aggregation
    that is `w_k (x_ik - mean_k)`. `remainder` is what criteria give together and none by itself: 0
    for arithmetic aggregation.

    Parameters
    ----------
    indicators, profile, municipality
        As in `score_areas`.

    Returns
    -------
    parts
        With the index of `indicators`: `average_area`, each criterion, `remainder`. NaN where the
        area has no score.

    Examples
    --------
    >>> from geoprio import explain_areas, load_profile, read_run
    >>> run = read_run("data/processed/demo")
    >>> parts = explain_areas(run.frame("indicators"), load_profile("canvass"))
    >>> list(parts)
    ['average_area', 'intensity_share', 'mobilisation_count', 'doors_per_km2', 'remainder']
    >>> gap = parts.sum(axis=1, skipna=False) - run.geo()["score_canvass"]
    >>> bool(gap.abs().max() < 1e-6)
    True
    """
    points = normalise_criteria(indicators, profile, municipality=municipality)
    return explain_points(points, criterion_weights(profile), method=profile.aggregate)


def explain_area(
    indicators: pd.DataFrame,
    profile: Profile,
    *,
    area_code: str,
    municipality: pd.Series | None = None,
) -> pd.DataFrame:
    """Return what one area's score is made of.

    Parameters
    ----------
    indicators, profile
        As in `score_areas`.
    area_code
        The area; a CoverageError where there is none.
    municipality
        As in `score_areas`.

    Returns
    -------
    parts
        A row for the average area, each criterion in the profile's order, and the remainder; the
        column `contribution` (points) sums to the score. A criterion also has its `value` in its
        own unit (NaN for the user's own figures, which are never shown), its `points` (0-100)
        beside the mean of all areas, `mean_points`, and its `weight` (0-1).

    Examples
    --------
    >>> from geoprio import explain_area, load_profile, read_run
    >>> indicators = read_run("data/processed/demo").frame("indicators")
    >>> parts = explain_area(indicators, load_profile("canvass"), area_code=indicators.index[0])
    >>> list(parts.index)
    ['average_area', 'intensity_share', 'mobilisation_count', 'doors_per_km2', 'remainder']
    """
    if area_code not in indicators.index:
        raise CoverageError(
            "explain_unknown_area",
            area_code=area_code,
            count=len(indicators),
            example=indicators.index[0],
        )
    points = normalise_criteria(indicators, profile, municipality=municipality)
    weights = criterion_weights(profile)
    parts = explain_points(points, weights, method=profile.aggregate)
    shown = indicators.loc[area_code].reindex(points.columns).astype(float)
    frame = pd.DataFrame(
        {
            "value": shown.mask(shown.index.isin(sorted(PRIVATE))),
            "points": points.loc[area_code],
            "mean_points": points.mean(),
            "weight": weights,
            "contribution": parts.loc[area_code],
        }
    )
    return frame.reindex(parts.columns).rename_axis("part")


def explain_points(points: pd.DataFrame, weights: pd.Series, *, method: str) -> pd.DataFrame:
    """Return `explain_areas` of criteria that are in points already, with their weights."""
    weigh = AGGREGATE.find(method)
    parts = weight_shares(weights, points.columns)
    used = points[parts.index]
    values, mean = used.to_numpy(float), used.mean().to_numpy(float)

    def score(changed: Floats) -> Floats:
        # The areas as they are stand beside: a method's best and worst must not move.
        return weigh(np.vstack([changed, values]), parts.to_numpy())[: len(changed)]

    whole, average = score(values), score(mean[None, :])[0]
    names = [AVERAGE, *points.columns, REMAINDER]
    frame = pd.DataFrame(dict.fromkeys(names, 0 * whole), index=points.index)
    for number, name in enumerate(used.columns):
        level = values.copy()
        level[:, number] = mean[number]
        frame[name] = whole - score(level)
    frame[AVERAGE] += average
    frame[REMAINDER] = whole - frame.drop(columns=REMAINDER).sum(axis=1, skipna=False)
    return frame


Words = NDArray[np.object_]
NOTICEABLE = 2.0
"""Points of the score below which a criterion is not worth a word."""


def reasons(
    indicators: pd.DataFrame,
    profile: Profile,
    *,
    language: Language,
    public: bool = False,
    municipality: pd.Series | None = None,
) -> pd.Series:
    """Return a reason per area: the two criteria that raise it most, and the one that lowers it.

    Where nothing raises it, the two that lower it.

    Parameters
    ----------
    indicators, profile
        As in `score_areas`. A text that would show one of the user's own figures is refused.
    language
        Language of the reasons.
    public
        The version for associations and the public, of the criteria's `public` texts: no figure,
        no origin, no union. Of a criterion without such texts nothing is told.
    municipality
        As in `score_areas`.

    Returns
    -------
    reason
        A sentence by area. Empty text where the score is unknown; "close to the average" where
        nothing stands out.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import load_profile, reasons
    >>> indicators = pd.DataFrame(
    ...     {
    ...         "intensity_share": [0.30, 0.25, 0.20],
    ...         "mobilisation_count": [900.0, 400.0, 100.0],
    ...         "doors_per_km2": [300.0, 1200.0, 2500.0],
    ...     },
    ...     index=["a", "b", "c"],
    ... )
    >>> print(reasons(indicators, load_profile("canvass"), language="sv", public=True)["c"])
    Det är tätt mellan dörrarna, men få av dem som bor här hör till partiets målgrupper.
    """
    parts = explain_areas(indicators, profile, municipality=municipality)
    return reasons_of(parts, indicators, profile, language=language, public=public)


def reasons_of(
    parts: pd.DataFrame,
    said: pd.DataFrame,
    profile: Profile,
    *,
    language: Language,
    public: bool = False,
) -> pd.Series:
    """Return `reasons` of what the scores are made of (`parts`, of `explain_areas`).

    `said` has the indicators that may be said of the areas: nothing is told of one that is NaN,
    such as a larger area's share.
    """
    points = parts.drop(columns=[AVERAGE, REMAINDER])
    known = points.notna().all(axis=1).to_numpy()
    gains = points.fillna(0).to_numpy()
    strong, weak = _clauses(said, profile, language, public=public)
    ups = _strongest(strong, gains)
    downs = _strongest(weak, -gains)
    downs[ups[:, 0] != "", 1] = ""
    also, but = text("reason_also", language), text("reason_but", language)
    but_after_two = text("reason_but_after_two", language)
    for_it, against = (_joined(pair[:, 0], pair[:, 1], also) for pair in (ups, downs))
    words = _joined(for_it, against, np.where(ups[:, 1] != "", but_after_two, but))
    sentences = pd.Series(words, index=said.index, dtype=object, name="reason")
    sentences = sentences.str[:1].str.upper() + sentences.str[1:] + "."
    quiet = np.abs(gains).max(axis=1) < NOTICEABLE
    if public:  # "average in every criterion" would tell of those that are not named
        quiet &= all(criterion.public for criterion in profile.criteria)
    unsaid = np.where(quiet, text("reason_average", language), text("reason_together", language))
    return sentences.mask(words == "", pd.Series(unsaid, said.index)).where(known, "")


def _clauses(
    figures: pd.DataFrame, profile: Profile, language: Language, *, public: bool
) -> tuple[Words, Words]:
    strong: list[Words] = []
    weak: list[Words] = []
    for criterion in profile.criteria:
        said = spoken(figures[criterion.indicator], language)
        texts = criterion.public if public else criterion
        silent = np.full(len(said), "", dtype=object)
        known = figures[criterion.indicator].notna()
        if not public:
            _refuse_private(criterion, profile)
        for column, name in ((strong, "strong"), (weak, "weak")):
            template = getattr(texts, name).told(language) if texts else ""
            column.append(_fill(template, said, known) if template else silent)
    return np.column_stack(strong), np.column_stack(weak)


def _refuse_private(criterion: Criterion, profile: Profile) -> None:
    shown = BLANK.search(f"{criterion.strong}{criterion.weak}")
    if shown and criterion.indicator in PRIVATE:
        raise ConfigError(
            "profile_tells_own_figure", profile=profile.label.sv, indicator=criterion.indicator
        )


def _fill(template: str, said: pd.Series, known: pd.Series) -> Words:
    """Return the clause of each area; empty where its figure is not known of the area."""
    blank = BLANK.search(template)
    if blank is None:
        return np.where(known, template, "").astype(object)
    none, one, many = blank.groups()
    words = said.astype(object)
    if many is not None:
        before, _, after = many.partition("#")
        words = (before + words + after).mask(said == "0", none).mask(said == "1", one)
    filled = template[: blank.start()] + words + template[blank.end() :]
    return filled.mask(said == "", "").to_numpy(object)


def _strongest(clauses: Words, gains: Words) -> Words:
    """Return the two clauses that gain most in each row; empty where fewer are worth a word."""
    worth = np.where((gains >= NOTICEABLE) & (clauses != ""), gains, 0)
    # Rounding noise must not decide between two that gain alike: the first in the profile is told.
    order = np.argsort(-worth.round(9), axis=1, kind="stable")[:, :2]
    chosen = np.where(
        np.take_along_axis(worth, order, axis=1) > 0, np.take_along_axis(clauses, order, axis=1), ""
    )
    if chosen.shape[1] == 1:
        chosen = np.column_stack([chosen, np.full(len(chosen), "", dtype=object)])
    chosen[chosen[:, 0] == chosen[:, 1], 1] = ""
    return chosen


def _joined(first: Words, second: Words, between: str | Words) -> Words:
    both = (first != "") & (second != "")
    return np.asarray(first + np.where(both, between, "").astype(object) + second, dtype=object)
