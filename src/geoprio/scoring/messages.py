"""What to talk about: an opening line per area, from its strongest profile question (METHOD 4)."""

import difflib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.config import Message, Text
from geoprio.errors import ConfigError, join_faults
from geoprio.scoring.indicators import PRIVATE
from geoprio.texts import Language, spoken


def opening_lines(
    indicators: pd.DataFrame, messages: Mapping[str, Message], *, language: Language
) -> pd.DataFrame:
    """Return `message`, `line` and `strength` of each area's strongest question.

    A question can be told where its figure reaches its threshold; of those that can, the one whose
    figure stands out most from all areas (in standard deviations) is. Ties go to the question that
    stands first.

    Returns
    -------
    On the index of `indicators`. Empty text and NaN where no question can be told, or none is
    known.

    Raises
    ------
    ConfigError
        Questions name indicators that are not there, or would tell the user's own figures.
    """
    _refuse(indicators, messages)
    if not messages:
        bare = {"message": "", "line": "", "strength": np.nan}
        return pd.DataFrame(bare, index=indicators.index)
    strengths = pd.DataFrame(
        {name: _strength(indicators[item.indicator], item) for name, item in messages.items()}
    )
    # Rounding noise must not decide between questions that are equally strong.
    ranked = strengths.round(9).fillna(-np.inf).to_numpy()
    best, rows = ranked.argmax(axis=1), np.arange(len(ranked))
    lines = np.column_stack(
        [_told(indicators[item.indicator], item, language) for item in messages.values()]
    )
    found = np.isfinite(ranked[rows, best])
    names = np.array(list(messages), dtype=object)
    return pd.DataFrame(
        {
            "message": np.where(found, names[best], ""),
            "line": np.where(found, lines[rows, best], ""),
            "strength": strengths.to_numpy()[rows, best],
        },
        index=indicators.index,
    )


def local_lines(
    association: pd.Series, questions: Mapping[str, Text], *, language: Language
) -> pd.Series:
    """Return the local question of each area's association; empty text where it has none.

    Raises
    ------
    ConfigError
        A question belongs to an association that is not there: all are listed.
    """
    known = sorted(set(association.dropna()))
    faults = []
    for name in sorted(set(questions) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(known)}"
        faults.append(f"{name}: no area belongs to it{hint}")
    if faults:
        raise ConfigError(join_faults("messages/local.toml: unknown association", faults))
    own = {name: words.model_dump()[language] for name, words in questions.items()}
    return association.map(own).astype(object).fillna("").rename("local_line")


def _strength(values: pd.Series, message: Message) -> pd.Series:
    sign = 1 if message.direction == "high" else -1
    # Alike everywhere: the question stands out nowhere, but it can be told.
    spread = values.std(ddof=0) if values.min() < values.max() else 1.0
    strength = sign * (values - values.mean()) / spread
    return strength.where(sign * values >= sign * message.threshold)


def _told(values: pd.Series, message: Message, language: Language) -> np.ndarray:
    template = message.line.model_dump()[language]
    before, found, after = template.partition("{value}")
    if not found:
        return np.full(len(values), template, dtype=object)
    told = before + spoken(values, language).astype(object) + after
    return np.asarray(told, dtype=object)


def _refuse(indicators: pd.DataFrame, messages: Mapping[str, Message]) -> None:
    there = ", ".join(map(str, indicators))
    faults = [
        f"{name}: {item.indicator} is not an indicator; expected one of {there}"
        for name, item in messages.items()
        if item.indicator not in indicators
    ]
    faults += [
        f"{name}: {item.indicator} is your own figure and is never shown; choose another"
        for name, item in messages.items()
        if item.indicator in PRIVATE
    ]
    if faults:
        raise ConfigError(join_faults("messages: cannot be told", faults))
