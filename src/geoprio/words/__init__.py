"""Every word that the program itself shows to people: `sv.toml` and `en.toml`, and who speaks them.

The command's help stands here too, and must not wait for pandas.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["sv", "en"]
"""The languages that people are shown."""

NARROW_SPACE = "\N{NO-BREAK SPACE}"


def text(key: str, language: Language) -> str:
    """Return the text of `key` in `language`."""
    return texts(language)[key]


@cache
def texts(language: Language) -> dict[str, str]:
    """Return every text that has a key of its own, by key."""
    return {key: words for key, words in _catalogue(language).items() if isinstance(words, str)}


def table(name: str, language: Language) -> dict[str, str]:
    """Return texts that are used together, such as the map page's, by key and in their order."""
    words = _catalogue(language)[name]
    if isinstance(words, str):
        raise KeyError(name)
    return words


@cache
def _catalogue(language: Language) -> dict[str, str | dict[str, str]]:
    file = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def whole(value: int, language: Language) -> str:
    """Return a whole number as a reader writes it: 1 287, in English 1,287."""
    return f"{value:,}".replace(",", NARROW_SPACE if language == "sv" else ",")


def decimal(value: float, digits: int, language: Language) -> str:
    """Return one number as a reader writes it, with a decimal comma in Swedish: 0,96."""
    return f"{value:.{digits}f}".replace(".", "," if language == "sv" else ".")


def number(values: pd.Series, language: Language) -> pd.Series:
    """Return figures as a reader writes them, by the unit that their column's suffix names.

    Shares become percent, others whole numbers with spaces between thousands (commas in English);
    rates below 10 keep one decimal. NaN becomes an empty text.
    """
    name = str(values.name)
    share, rate = name.endswith("_share"), name.endswith("_per_1000")
    shown = values * 100 if share else values
    decimals = 1 if rate or (share and shown.abs().max() < 10) else 0
    plain = shown.map(f"{{:,.{decimals}f}}".format, na_action="ignore").astype(object)
    if language == "sv":
        plain = plain.str.replace(",", NARROW_SPACE).str.replace(".", ",")
    ending = (NARROW_SPACE + "%" if language == "sv" else "%") if share else ""
    return (plain + ending).fillna("")


def spoken(values: pd.Series, language: Language) -> pd.Series:
    """Return figures as they are said in a sentence, by the unit that their column's suffix names.

    Shares become whole percent in words ("31 procent"); counts and densities keep two figures from
    100 on, since nobody says "omkring 1 243"; rates are as in `number`. NaN becomes an empty text.
    """
    name = str(values.name)
    if name.endswith("_share"):
        said = number((100 * values).rename("percent"), language)
        said = said.mask((values > 0) & (values < 0.005), text("less_than_one", language))
        return (said + NARROW_SPACE + text("percent", language)).mask(values.isna(), "")
    if name.endswith("_per_1000"):
        return number(values, language)
    import numpy as np

    step = 10 ** (np.floor(np.log10(values.where(values >= 100, 10.0))) - 1)
    return number((values / step).round() * step, language)
