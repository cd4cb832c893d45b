"""How rows find their area code: a code, a name turned into a code once, or a slug of a name."""

import re
import unicodedata

import numpy as np
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Key, Source
from geoprio.sources.numbers import as_category, fits, listed

DASHES = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"
)
NAME = re.compile(r"(.+?) \((.+)\)")
ELSEWHERE = ""
"""Code of a row that belongs to another county."""


def unify(name: str) -> str:
    """Return a name with one kind of dash, single blanks, and none inside brackets' edges."""
    text = " ".join(unicodedata.normalize("NFC", name).translate(DASHES).split())
    return text.replace("( ", "(").replace(" )", ")")


def slug(name: str) -> str:
    """Return a name as a code: lower case, å and ä as a, ö as o, other signs as hyphens."""
    folded = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def title_case(name: str, *, lowercase: tuple[str, ...]) -> str:
    """Return a name in capitals as Swedish is written: Gamla stan, Norra Djurgården."""
    words = name.lower().split()
    cased = [word if word in lowercase else word[:1].upper() + word[1:] for word in words]
    text = " ".join(cased)
    return text[:1].upper() + text[1:]


def row_keys(rows: pd.DataFrame, key: Key) -> pd.Series:
    """Return each row's key as the file writes it, parts joined, in categories."""
    if key.constant is not None:
        return as_category(pd.Series(key.constant, index=rows.index, dtype=object))
    if key.column is not None:
        return as_category(rows[key.column])
    parts = [
        as_category(rows[name]).astype(object).map(lambda text, w=width: text.zfill(w) * bool(text))
        for name, width in zip(key.columns, key.widths, strict=True)
    ]
    table = pd.concat(parts, axis=1)
    return as_category(table.sum(axis=1).where((table != "").all(axis=1), ""))


def area_codes(keys: pd.Series, source: Source, *, key: pd.DataFrame | None) -> pd.Series:
    """Return each row's area code in categories, made once for each different key.

    NaN where the key is not one of `source`, "" where it belongs to another county.

    Raises
    ------
    SourceError
        A name is ambiguous, a named area of the key has no row, or the key's frame is missing.
    """
    texts = [str(text) for text in keys.cat.categories]
    if source.key.kind == "name":
        codes = _codes_by_name(texts, key)
    elif source.key.kind == "slug":
        codes = [source.key.prefix + slug(text) if slug(text) else None for text in texts]
    else:
        codes = _codes_by_code(texts, source.key)
    labels, unique = pd.factorize(np.array(codes, dtype=object))
    found = pd.Categorical.from_codes(
        labels[keys.cat.codes.to_numpy()], categories=pd.Index(unique, dtype=object)
    )
    return pd.Series(found, index=keys.index, name="area_code")


def _codes_by_code(texts: list[str], key: Key) -> list[str | None]:
    plain = [text.removesuffix(key.strip_suffix) for text in texts]
    marked = np.array([text.endswith(key.strip_suffix) for text in texts], dtype=bool)
    # A blank is never padded: it would become a code of zeros.
    padded = [text.zfill(key.width) if key.width and text else text for text in plain]
    right = marked & np.array([bool(text) for text in padded])
    if key.width:
        right &= np.array([len(text) == key.width for text in padded])
    if key.pattern:
        right &= fits(key.pattern, padded)
    return [key.prefix + text if good else None for text, good in zip(padded, right, strict=True)]


def _codes_by_name(texts: list[str], key: pd.DataFrame | None) -> list[str | None]:
    if key is None:
        message = "rows are keyed by name: the campaign must name the key that gives their codes"
        raise SourceError(message)
    areas = key.drop_duplicates("parent_code")
    names = areas["municipality_name"] + " (" + areas["parent_name"] + ")"
    known = pd.Series(areas["parent_code"].to_numpy(), index=names.map(unify))
    unified = [unify(text) for text in texts]
    double = sorted(set(known.index[known.index.duplicated()]) & set(unified))
    if double:
        heading = "names that stand for several areas of the key; expected one code each"
        raise SourceError(join_faults(heading, listed(double)))
    here = set(areas["municipality_name"].map(unify))
    _refuse_lost(known, unified, here=here)
    codes = known[~known.index.duplicated()].to_dict()
    return [codes.get(name) or _elsewhere(name, here) for name in unified]


def _elsewhere(name: str, here: set[str]) -> str | None:
    match = NAME.fullmatch(name)
    return ELSEWHERE if match and match[1] not in here else None


def _refuse_lost(known: pd.Series, unified: list[str], *, here: set[str]) -> None:
    """Raise where a municipality has rows but one of its areas has none: a name went astray."""
    found = set(unified)
    present = {match[1] for name in unified if (match := NAME.fullmatch(name))}
    lost = [
        name
        for name in known.index
        if name not in found and (match := NAME.fullmatch(name)) and match[1] in present
    ]
    if lost:
        same = {name.split(" (", 1)[1] for name in lost}
        strays = [
            name
            for name in unified
            if name not in known.index
            and (match := NAME.fullmatch(name))
            and (match[1] in here or name.split(" (", 1)[1] in same)
        ]
        heading = (
            f"{len(lost)} areas of the key are named by no row (exact after unifying blanks and"
            " dashes); mend the names, or take the vintage that belongs to the key"
        )
        hints = [f"rows with no area: {', '.join(listed(strays))}"] if strays else []
        raise SourceError(join_faults(heading, [*listed(lost), *hints]))
