"""Every word that the program itself shows to people: `sv.toml` and `en.toml`, and who speaks them.

The command's help stands here too, and must not wait for pandas.
"""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["sv", "en"]
"""The languages that people are shown."""

NARROW_SPACE = "\N{NO-BREAK SPACE}"


def text(key: str, language: Language, /, **values: object) -> str:
    """Return the text of `key` in `language`, its blanks filled if `values` are given."""
    words = texts(language)[key]
    return _of_one(words, values, language).format(**values) if values else words


def _of_one(words: str, values: Mapping[str, object], language: Language) -> str:
    """Return a text whose nouns are of one where the number before them is 1."""
    numbers = {name: value for name, value in values.items() if isinstance(value, Number | str)}
    ones = [name for name, value in numbers.items() if str(value) == "1"]
    if not ones:
        return words
    forms = dict(pair.split()[::-1] for pair in table("nouns", language).values())
    nouns = re.compile(rf"(\{{(?:{'|'.join(ones)})\}}\s)({'|'.join(forms)})\b")
    return nouns.sub(lambda found: found[1] + forms[found[2]], words)


_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def straight(words: str) -> str:
    """Return a text, marked up or not, without the signs that turn the direction of what follows.

    A name that somebody wrote could else show its neighbours backwards; no page needs them.
    """
    return type(words)(_TURNS.sub("", words))


_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})


def one_line(words: str) -> str:
    """Return text without line breaks, control characters and signs that nobody sees."""
    kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFC", words)]
    seen = "".join(" " if kind in _BREAKS else sign for sign, kind in kinds if kind not in _UNSEEN)
    return " ".join(part for part in seen.split(" ") if part)


def finalize(value: object) -> object:
    """Return what a page's template shows of a value."""
    return straight(value) if isinstance(value, str) else value


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


def set_name(area_set: str, language: Language) -> str:
    """Return what an area set is called in a sentence, with its year: RegSO 2020."""
    kind, _, year = area_set.partition("_")
    return f"{table('set_names', language).get(kind, kind)} {year}".strip()


class Phrase(str):
    """A sentence of `[faults]` by its key and its values: English as a text, told in any language.

    A blank takes a text, a number, another phrase or a list of them. A list is joined by commas,
    with `{names:and}` and `{names:or}` by that word; an empty one is told as none.
    A key that the catalogue lacks is told as it stands: the own words of who extends the program.

    Examples
    --------
    >>> from geoprio.words import Phrase
    >>> phrase = Phrase("path_missing", path="a.csv")
    >>> phrase, phrase.told("sv")
    ('a.csv: is missing', 'a.csv: saknas')
    """

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, /, **values: object) -> Self:
        """Fill the blanks of the sentence `key`."""
        # What can be read once only would be gone when another language is asked for.
        kept = {name: tuple(it) if isinstance(it, Iterator) else it for name, it in values.items()}
        phrase = super().__new__(cls, _filled(key, kept, "en"))
        phrase.key, phrase.values = key, kept
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, object]]:
        """Return what a copy is made of."""
        return (self.key,), self.values

    def told(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return _filled(self.key, self.values, language)


def told(words: object, language: Language) -> str:
    """Return a phrase, or whatever else can be `told`, in `language`; other words as they are."""
    return words.told(language) if isinstance(words, _Told) else str(words)


@runtime_checkable
class _Told(Protocol):
    def told(self, language: Language, /) -> str: ...


class _Blanks(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        if isinstance(value, _Told):
            return value.told(self.language)
        if isinstance(value, Iterable) and not isinstance(value, str):
            words = [told(one, self.language) for one in value]
            return self._joint(format_spec).join(words) or table("faults", self.language)["none"]
        said = format(value, format_spec)
        return _figure(said, self.language) if isinstance(value, Number) and format_spec else said

    def _joint(self, spec: str) -> str:
        words = {"and": "reason_and", "or": "fault_or"}
        return text(words[spec], self.language) if spec in words else f"{spec or ','} "


def _filled(key: str, values: Mapping[str, object], language: Language) -> str:
    sentence = table("faults", language).get(key)
    if sentence is None:
        return key
    return _Blanks(language).vformat(_of_one(sentence, values, language), (), values)


_SWEDISH = str.maketrans({",": NARROW_SPACE, ".": ",", "%": f"{NARROW_SPACE}%"})


def _figure(figure: str, language: Language) -> str:
    return figure.translate(_SWEDISH) if language == "sv" else figure


def whole(value: int, language: Language) -> str:
    """Return a whole number as a reader writes it: 1 287, in English 1,287."""
    return _figure(f"{value:,}", language)


def decimal(value: float, digits: int, language: Language) -> str:
    """Return one number as a reader writes it, in Swedish with a decimal comma: 0,96 and −1,0."""
    return _figure(f"{value:z.{digits}f}".replace("-", "−"), language)


def number(values: pd.Series, language: Language) -> pd.Series:
    """Return figures as a reader writes them, by the unit that their column's suffix names.

    Shares become percent, others whole numbers with spaces between thousands (commas in English);
    rates below 10 keep one decimal. NaN becomes an empty text.
    """
    name = str(values.name)
    share, rate = name.endswith("_share"), name.endswith("_per_1000")
    shown = values * 100 if share else values
    decimals = 1 if rate or (share and shown.abs().max() < 10) else 0
    form = f"{{:,.{decimals}f}}{'%' if share else ''}"
    told = shown.map(lambda figure: _figure(form.format(figure), language), na_action="ignore")
    return told.astype(object).fillna("")


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
