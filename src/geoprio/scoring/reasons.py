"""Why an area stands where it stands: one or two sentences, from its contributions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.errors import ConfigError
from geoprio.scoring.explain import contributions
from geoprio.scoring.indicators import PRIVATE
from geoprio.texts import Language, number, text

NOTICEABLE = 2.0
"""Points of the score below which a criterion is not worth a word."""


def reasons(indicators: pd.DataFrame, profile: Profile, *, language: Language) -> pd.Series:
    """Return a reason per area: the one or two criteria that raise it most, and what lowers it.

    Empty text where the score is unknown; "close to the average" where nothing stands out.

    Raises
    ------
    ConfigError
        A text would show one of the user's own figures.
    """
    points = contributions(indicators, profile)
    order = np.argsort(-points.fillna(0).to_numpy(), axis=1, kind="stable")
    strong, weak = _phrases(indicators, profile, language)
    known = points.notna().all(axis=1).to_numpy()
    first = _pick(strong, points, order[:, 0], sign=1)
    second = _pick(strong, points, order[:, min(1, order.shape[1] - 1)], sign=1)
    last = _pick(weak, points, order[:, -1], sign=-1)
    both = (second != "") & (second != first)
    ups = np.where(both, first + text("reason_and", language) + second, first)
    sentences = pd.Series(_sentence("reason_for", ups, language), dtype=object)
    sentences += _sentence("reason_against", last, language)
    plain = sentences.str.strip().mask(sentences == "", text("reason_average", language))
    return pd.Series(plain.where(known, "").to_numpy(), index=indicators.index, name="reason")


def _phrases(
    indicators: pd.DataFrame, profile: Profile, language: Language
) -> tuple[np.ndarray, np.ndarray]:
    strong, weak = [], []
    for criterion in profile.criteria:
        told = "{value}" in f"{criterion.strong}{criterion.weak}"
        if told and criterion.indicator in PRIVATE:
            message = (
                f"profile {profile.label.sv}: {criterion.indicator} is your own figure and is never"
                " shown; take {value} out of its texts"
            )
            raise ConfigError(message)
        values = number(indicators[criterion.indicator], language)
        strong.append(_fill(criterion.strong.model_dump()[language], values))
        weak.append(_fill(criterion.weak.model_dump()[language], values))
    return np.column_stack(strong), np.column_stack(weak)


def _fill(template: str, values: pd.Series) -> np.ndarray:
    before, found, after = template.partition("{value}")
    filled = before + values.astype(object) + after if found else pd.Series(template, values.index)
    return filled.to_numpy(object)


def _pick(
    phrases: np.ndarray, points: pd.DataFrame, column: np.ndarray, *, sign: int
) -> np.ndarray:
    rows = np.arange(len(points))
    enough = sign * points.fillna(0).to_numpy()[rows, column] >= NOTICEABLE
    return np.where(enough, phrases[rows, column], "")


def _sentence(key: str, phrases: np.ndarray, language: Language) -> np.ndarray:
    before, _, after = text(key, language).partition("{what}")
    return np.where(phrases == "", "", before + phrases.astype(object) + after)


def level_labels(profile: Profile, language: Language) -> Mapping[str, str]:
    """Return the words of each level, by its name."""
    return {level.name: level.label.model_dump()[language] for level in profile.levels}


def level_actions(profile: Profile, language: Language) -> Mapping[str, str]:
    """Return what to do in areas of each level, by its name."""
    return {level.name: level.actions.model_dump()[language] for level in profile.levels}
