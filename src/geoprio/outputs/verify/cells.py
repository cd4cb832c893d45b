"""What became of a cell: the same, another value, lost zeros, or letters read wrong."""

import unicodedata
from collections.abc import Iterator
from typing import Literal

import pandas as pd

CellKind = Literal["changed", "zeros", "letters"]

_READ_AS = ("cp1252", "iso-8859-1", "cp850", "mac_roman")
"""Tables that UTF-8 is often read by, by mistake."""
_LOST = frozenset("?\N{REPLACEMENT CHARACTER}_")


def differences(pairs: pd.DataFrame, decimal: str) -> Iterator[tuple[str, CellKind, str, str]]:
    """Yield key, kind, found and expected of each pair of cells that do not say the same.

    Parameters
    ----------
    pairs
        `found` and `expected` as text, by key.
    decimal
        The decimal mark of `expected`.
    """
    unlike = pairs[pairs["found"] != pairs["expected"]]
    equal = number(unlike["found"], decimal) == number(unlike["expected"], decimal)
    codes = unlike["expected"].str.fullmatch(r"0\d+")
    for key, found, expected in unlike[~equal | codes].itertuples():
        yield str(key), _kind(found, expected), found, expected


def number(values: pd.Series, decimal: str) -> pd.Series:
    """Return text as numbers, NaN where it is none; the other decimal mark is taken too.

    Blanks between thousands are passed over. "1,205" is 1.205: whoever wrote 1205 so has changed
    it for everyone who reads a decimal comma.
    """
    plain = values.str.replace(r"[\s\u00a0\u202f\u2009]", "", regex=True)
    both = plain.str.contains(",", regex=False) & plain.str.contains(".", regex=False)
    read = pd.to_numeric(plain.str.replace(decimal, ".").str.replace(",", "."), errors="coerce")
    return read.where(~both)


def _kind(found: str, expected: str) -> CellKind:
    if expected.startswith("0") and found and found.lstrip("0") == expected.lstrip("0"):
        return "zeros"
    return "letters" if _garbled(found, expected) else "changed"


def _garbled(found: str, expected: str) -> bool:
    """Return whether `found` is `expected` with its letters beyond ASCII read or saved wrong."""
    if expected.isascii():
        return False
    if unicodedata.normalize("NFC", found) == expected or found == _unaccented(expected):
        return True
    if any(expected.encode().decode(table, "replace") == found for table in _READ_AS):
        return True
    return len(found) == len(expected) and all(
        one == other or (not other.isascii() and (one in _LOST or not one.isascii()))
        for one, other in zip(found, expected, strict=True)
    )


def _unaccented(word: str) -> str:
    signs = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
