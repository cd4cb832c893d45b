"""What each criterion gives an area's score (METHOD 4, explain)."""

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.errors import CoverageError
from geoprio.scoring.aggregate import AGGREGATE, weight_shares
from geoprio.scoring.indicators import PRIVATE
from geoprio.scoring.methods import find_method
from geoprio.scoring.scaling import Values
from geoprio.scoring.score import criterion_weights, normalise_criteria

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


def contributions(
    indicators: pd.DataFrame, profile: Profile, *, municipality: pd.Series | None = None
) -> pd.DataFrame:
    """Return the criteria's columns of `explain_areas`."""
    parts = explain_areas(indicators, profile, municipality=municipality)
    return parts.drop(columns=[AVERAGE, REMAINDER])


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
        The area.
    municipality
        As in `score_areas`.

    Returns
    -------
    parts
        A row for the average area, each criterion in the profile's order, and the remainder; the
        column `contribution` (points) sums to the score. A criterion also has its `value` in its
        own unit (NaN for the user's own figures, which are never shown), its `points` (0-100)
        beside the mean of all areas, `mean_points`, and its `weight` (0-1).

    Raises
    ------
    CoverageError
        There is no such area.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import explain_area, load_profile
    >>> indicators = pd.DataFrame(
    ...     {
    ...         "intensity_share": [0.30, 0.25, 0.20],
    ...         "mobilisation_count": [900.0, 400.0, 100.0],
    ...         "doors_per_km2": [300.0, 1200.0, 2500.0],
    ...     },
    ...     index=pd.Index(["a", "b", "c"], name="area_code"),
    ... )
    >>> explain_area(indicators, load_profile("canvass"), area_code="a")["contribution"].round(1)
    part
    average_area          50.0
    intensity_share       13.3
    mobilisation_count    13.3
    doors_per_km2         -6.7
    remainder              0.0
    Name: contribution, dtype: float64
    """
    if area_code not in indicators.index:
        message = (
            f"explain: found no area {area_code!r} among {len(indicators)}; expected a code such as"
            f" {indicators.index[0]!r}"
        )
        raise CoverageError(message)
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
    """Return `explain_areas` of criteria that are in points already.

    Parameters
    ----------
    points
        A column for each criterion, as `normalise` returns them.
    weights
        Weight of each column.
    method
        A name in `AGGREGATE`.
    """
    weigh = find_method(AGGREGATE, method, step="aggregate")
    parts = weight_shares(weights, points.columns)
    used = points[parts.index]
    values, mean = used.to_numpy(float), used.mean().to_numpy(float)

    def score(changed: Values) -> Values:
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
