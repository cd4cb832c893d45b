"""Columns of text or numbers, as the files have them, made into categories and floats."""

import math
import re
from typing import Any

import numpy as np
import pandas as pd

NUMERIC = ("floating", "integer", "mixed-integer-float")
MISSING = ("", "..")
"""What stands for an unknown number in the official files, besides null."""

NUMBER = r"[+-]?\d+(\.\d+)?"
SHOWN = 10


def as_category(values: pd.Series) -> pd.Series:
    """Return the column as categories of stripped text; unknown is empty text.

    A whole number loses its decimals, so that a code kept as a number (1140101.0) is "1140101".
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        found, codes = values.cat.categories.to_numpy(object), values.cat.codes.to_numpy()
    else:
        codes, uniques = pd.factorize(values.to_numpy(object), use_na_sentinel=False)
        found = np.asarray(uniques, dtype=object)
    labels, texts = pd.factorize(np.array([plain_text(item) for item in found], dtype=object))
    taken = pd.Categorical.from_codes(labels[codes], categories=pd.Index(texts, dtype=object))
    return pd.Series(taken, index=values.index, name=values.name)


def plain_text(value: object) -> str:
    """Return one cell as stripped text: unknown is empty, a whole number has no decimals."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def is_blank(values: pd.Series) -> pd.Series:
    """Return which cells hold nothing at all (`..` is something: a number withheld)."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.isna()
    return values.isna() | values.astype(str).str.strip().eq("")


def as_numbers(values: pd.Series, *, empty_is_zero: bool) -> tuple[pd.Series, pd.Series]:
    """Return the column as floats, and which cells are neither a number >= 0 nor missing.

    `..`, empty and null are NaN, never 0, unless the source says that empty means none.
    """
    if pd.api.types.infer_dtype(values, skipna=True) in NUMERIC:
        read = values.astype(float)
        return read, (read < 0) | np.isinf(read)
    text = values.astype(object).where(values.notna(), "").astype(str).str.strip()
    missing = text.isin(MISSING)
    good = text.str.fullmatch(NUMBER)
    read = pd.to_numeric(text.where(good, "nan"), errors="coerce").astype(float)
    bad = (~missing & ~good) | (read < 0)
    if empty_is_zero:
        read = read.mask(text.eq(""), 0.0)
    return read, bad


def listed(items: list[str]) -> list[str]:
    """Return the first items of a long list of faults, and how many more there are."""
    more = len(items) - SHOWN
    return [*items[:SHOWN], f"and {more} more"] if more > 0 else items


def fits(pattern: str, texts: list[str]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return which texts the regular expression describes as a whole."""
    compiled = re.compile(pattern)
    return np.array([compiled.fullmatch(text) is not None for text in texts], dtype=bool)
