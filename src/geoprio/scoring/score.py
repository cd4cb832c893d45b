"""Score areas for one channel: normalise, weigh together, rank, name the level (METHOD 4)."""

import pandas as pd

from geoprio.config import Level, Profile
from geoprio.errors import ConfigError, join_faults
from geoprio.schemas import SCORES, check
from geoprio.scoring.scaling import NORMALISE


def normalise_criteria(indicators: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return each criterion of `profile` on 0-1, 1 wanted most; NaN where unknown.

    Raises
    ------
    ConfigError
        The profile names indicators that are not there: all are listed.
    """
    names = [criterion.indicator for criterion in profile.criteria]
    missing = [name for name in names if name not in indicators]
    if missing:
        faults = [f"{name}: expected one of {', '.join(map(str, indicators))}" for name in missing]
        raise ConfigError(join_faults(f"profile {profile.label.sv}: unknown indicator", faults))
    scale = NORMALISE[profile.normalise]
    directed = {
        criterion.indicator: scale(
            indicators[criterion.indicator] * (1 if criterion.direction == "high" else -1)
        )
        for criterion in profile.criteria
    }
    return pd.DataFrame(directed, index=indicators.index)


def criterion_weights(profile: Profile) -> pd.Series:
    """Return the criteria's weights, scaled to sum to 1."""
    weights = pd.Series({item.indicator: item.weight for item in profile.criteria})
    return pd.Series(weights / weights.sum())


def score_areas(
    indicators: pd.DataFrame, profile: Profile, *, channel: str, election: str
) -> pd.DataFrame:
    """Return the areas' scores in one channel.

    Score 0-100 is the weighted mean of the normalised criteria; rank 1 is best, ties share the
    better rank. A missing criterion gives NaN, and `coverage` is the weight (0-1) of what is known.

    Returns
    -------
    SCORES with the index of `indicators`.
    """
    scaled, weights = normalise_criteria(indicators, profile), criterion_weights(profile)
    score = 100 * (scaled * weights).sum(axis=1, skipna=False)
    # Rounding noise must not decide between areas that are alike.
    score = score.round(9).clip(0, 100)
    frame = pd.DataFrame(
        {
            "channel": channel,
            "election": election,
            "score": score,
            "rank": score.rank(ascending=False, method="min"),
            "coverage": (scaled.notna() * weights).sum(axis=1).clip(0, 1),
            "level": _levels(score, profile.levels),
        },
        index=indicators.index,
    )
    return check(frame, SCORES)


def contributions(indicators: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return what each criterion adds to the score, in points from the average area (METHOD 4).

    `100 w_k (x_ik - mean_k)`; where every criterion is known everywhere they sum to the area's
    score less the mean score. NaN where a criterion is unknown.
    """
    scaled = normalise_criteria(indicators, profile)
    return 100 * (scaled - scaled.mean()) * criterion_weights(profile)


def constant_criteria(indicators: pd.DataFrame, profile: Profile) -> list[str]:
    """Return the criteria that are alike in every area, and so move no ranking."""
    chosen = indicators[[item.indicator for item in profile.criteria]]
    return [str(name) for name in chosen.columns[chosen.min() == chosen.max()]]


def _levels(score: pd.Series, levels: tuple[Level, ...]) -> pd.Series:
    percentile = 100 * (score.rank() - 0.5) / score.notna().sum()
    names = pd.Series(pd.NA, index=score.index, dtype=object)
    for level in reversed(levels):
        names = names.mask(percentile >= level.from_percentile, level.name)
    return names
