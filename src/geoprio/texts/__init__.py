"""Every text that the program itself shows to people, in Swedish and English.

The command's help stands here too, and must not wait for pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoprio.texts.addressed import ADDRESSED
from geoprio.texts.advice import ADVICE
from geoprio.texts.check import CHECK
from geoprio.texts.commands import COMMANDS
from geoprio.texts.differ import DIFFER
from geoprio.texts.explain import EXPLAIN
from geoprio.texts.faults import FAULTS
from geoprio.texts.fetching import FETCHING
from geoprio.texts.files import FILES
from geoprio.texts.judged import JUDGED
from geoprio.texts.language import Language
from geoprio.texts.mail import MAIL
from geoprio.texts.notice import NOTICE
from geoprio.texts.overlap import OVERLAP
from geoprio.texts.pages import PAGES
from geoprio.texts.scoring import SCORING
from geoprio.texts.summary import SUMMARY
from geoprio.texts.tables import TABLES
from geoprio.texts.verify import VERIFY

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NARROW_SPACE", "Language", "decimal", "number", "spoken", "text", "whole"]

TEXTS = {
    **ADDRESSED,
    **ADVICE,
    **CHECK,
    **FAULTS,
    **DIFFER,
    **EXPLAIN,
    **COMMANDS,
    **FETCHING,
    **FILES,
    **JUDGED,
    **MAIL,
    **NOTICE,
    **OVERLAP,
    **PAGES,
    **SCORING,
    **SUMMARY,
    **TABLES,
    **VERIFY,
}

NARROW_SPACE = "\N{NO-BREAK SPACE}"


def text(key: str, language: Language) -> str:
    """Return the text of `key` in `language`."""
    return TEXTS[key][language]


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
