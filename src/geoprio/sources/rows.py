"""Which rows of a file count: those of the county, with a code, that the source keeps."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.config import slug
from geoprio.errors import SourceError
from geoprio.sources.catalogue import Key, Source, Span, Wanted, Where
from geoprio.words import Phrase

FLOATS = ("floating", "integer", "mixed-integer-float")
MISSING = ("", "..")
"""What stands for an unknown number in the official files, besides null."""

NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"
OTHER_DIGIT = re.compile(r"[^\D0-9]")
"""A digit of another script, which Python takes for one and nobody else does."""
SHOWN = 10
Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def as_category(values: pd.Series) -> pd.Series:
    """Return the column as categories of stripped text; unknown is empty text.

    A whole number loses its decimals, so that a code kept as a number (1140101.0) is "1140101".
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        found, codes = values.cat.categories.to_numpy(object), values.cat.codes.to_numpy()
    else:
        codes, uniques = pd.factorize(values.to_numpy(object), use_na_sentinel=False)
        found = np.asarray(uniques, dtype=object)
    texts = _categories([plain_text(item) for item in found], codes)
    return pd.Series(texts, index=values.index, name=values.name)


def _categories(texts: Sequence[str | None], codes: npt.NDArray[np.integer[Any]]) -> pd.Categorical:
    """Return the text that each number of `codes` stands for; None is NaN."""
    labels, unique = pd.factorize(np.array(texts, dtype=object))
    return pd.Categorical.from_codes(labels[codes], categories=pd.Index(unique, dtype=object))


def plain_text(value: object) -> str:
    """Return one cell as stripped text: unknown is empty, a whole number has no decimals."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFC", str(value).strip())


def as_numbers(values: pd.Series, *, empty_is_zero: bool = False) -> tuple[pd.Series, pd.Series]:
    """Return the column as floats, and which cells are neither a number >= 0 nor missing.

    `..`, empty and null are NaN, never 0, unless the source says that empty means none.
    """
    if pd.api.types.infer_dtype(values, skipna=True) in FLOATS:
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


def listed(items: Sequence[str]) -> list[str]:
    """Return the first items of a long list of faults, and how many more there are."""
    more = len(items) - SHOWN
    return [*items[:SHOWN], Phrase("and_more_listed", more=more)] if more > 0 else [*items]


def refuse_any(key: str, faults: Sequence[str], **values: object) -> None:
    """Raise a `SourceError` where there are faults: the first ones, and how many more."""
    if len(faults):
        raise SourceError(key, listed(faults), **values)


NTH = {
    "area": "nth_area",
    "cell": "nth_cell",
    "code": "nth_code",
    "district": "nth_district",
    "feature": "nth_feature",
}
"""What the parts of a file are called that are no rows, by the name of its index."""


def nth(index: pd.Index, *numbers: object) -> Phrase:
    """Return which rows of a file are meant, or cells, features, ...: what its index is named."""
    return Phrase(NTH.get(str(index.name), "nth_row"), number=list(map(str, numbers)))


def cells_told(cells: pd.Series) -> list[str]:
    """Return each cell with its row, as a fault tells of it: `row 3: 'x'`."""
    return [
        Phrase("cell_at", place=nth(cells.index, row), cell=cell) for row, cell in cells.items()
    ]


DASHES = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"
)
NAME = re.compile(r"(.+?) \((.+)\)")
ELSEWHERE = ""
"""Code of a row that belongs to another county."""


@lru_cache(maxsize=1 << 14)
def unify(name: str) -> str:
    """Return a name with one kind of dash, single blanks, and none inside brackets' edges."""
    text = " ".join(unicodedata.normalize("NFC", name).translate(DASHES).split())
    return text.replace("( ", "(").replace(" )", ")")


def title_case(name: str, *, lowercase: tuple[str, ...]) -> str:
    """Return a name in capitals as Swedish is written: Gamla stan, Norra Djurgården."""
    words = name.lower().split()
    text = " ".join(word if word in lowercase else word[:1].upper() + word[1:] for word in words)
    return text[:1].upper() + text[1:]


def _row_keys(rows: pd.DataFrame, key: Key) -> pd.Series:
    """Return each row's key as the file writes it, parts joined, in categories."""
    if key.column is not None:
        return as_category(rows[key.column])
    texts = rows[list(key.columns)].apply(lambda column: as_category(column).astype(object))
    whole = (texts != "").all(axis=1)
    padded = [texts[n].str.zfill(w) for n, w in zip(key.columns, key.widths, strict=True)]
    return as_category(pd.concat(padded, axis=1).sum(axis=1).where(whole, ""))


def _area_codes(keys: pd.Series, source: Source, *, key: pd.DataFrame | None) -> pd.Series:
    """Return each row's area code in categories, made once for each different key.

    NaN where the key is not one of `source`, "" where it belongs to another county.
    """
    texts = [str(text) for text in keys.cat.categories]
    codes: list[str | None]
    if source.key.kind == "name":
        codes = _codes_by_name(texts, key)
    elif source.key.kind == "slug":
        codes = [source.key.prefix + slug(text) if slug(text) else None for text in texts]
    else:
        codes = [_code(text, source.key) for text in texts]
    found = _categories(codes, keys.cat.codes.to_numpy())
    return pd.Series(found, index=keys.index, name="area_code")


def _code(text: str, key: Key) -> str | None:
    plain = text.removesuffix(key.strip_suffix)
    # A blank is never padded: it would become a code of zeros.
    code = plain.zfill(key.width or 0) if plain else ""
    right = code and text.endswith(key.strip_suffix) and key.width in (None, len(code))
    if not right or OTHER_DIGIT.search(code):
        return None
    if not (key.pattern is None or re.fullmatch(key.pattern, code)):
        return None
    return key.prefix + code


def _codes_by_name(texts: list[str], key: pd.DataFrame | None) -> list[str | None]:
    if key is None:
        raise SourceError("name_key_without_key")
    areas = key.drop_duplicates("parent_code")
    names = areas["municipality_name"] + " (" + areas["parent_name"] + ")"
    known = pd.Series(areas["parent_code"].to_numpy(), index=names.map(unify))
    unified = [unify(text) for text in texts]
    double = set(known.index[known.index.duplicated()])
    refuse_any("names_of_several_areas", sorted(double & set(unified)))
    here = set(areas["municipality_name"].map(unify))
    _refuse_strays(known, unified, here=here)
    codes = known[~known.index.duplicated()].to_dict()
    return [codes.get(name) or _elsewhere(name, here) for name in unified]


def _elsewhere(name: str, here: set[str]) -> str | None:
    match = NAME.fullmatch(name)
    return ELSEWHERE if match and match[1] not in here else None


def _refuse_strays(known: pd.Series, unified: list[str], *, here: set[str]) -> None:
    """Raise where a municipality has rows but one of its areas has none: a name went astray."""
    found = set(unified)
    parts = {name: match for name in (*known.index, *unified) if (match := NAME.fullmatch(name))}
    present = {parts[name][1] for name in found & set(parts)}
    missing = [name for name in known.index if name not in found]
    lost = [name for name in missing if name in parts and parts[name][1] in present]
    if lost:
        same = {name.split(" (", 1)[1] for name in lost}
        strays = [
            name
            for name in unified
            if name not in known.index
            and name in parts
            and (parts[name][1] in here or name.split(" (", 1)[1] in same)
        ]
        hints = [Phrase("rows_without_area", strays=listed(strays))] if strays else []
        raise SourceError("key_areas_without_row", [*listed(lost), *hints], count=len(lost))


OVERLAP = "overlap"


@dataclass(frozen=True)
class Selection:
    """The county's rows of a file, the area code of each, and which belong to no district."""

    frame: pd.DataFrame
    codes: pd.Series
    """In categories, sorted."""
    unassigned: Mask

    def refuse_duplicates(self, *, hint: str = "") -> None:
        """Raise where a code stands twice, with its rows; the hint tells what may be done."""
        twice = self.codes[self.codes.duplicated(keep=False)].astype(str)
        faults = [
            Phrase("code_at", place=code, code=nth(twice.index, *rows))
            for code, rows in twice.groupby(twice).groups.items()
        ]
        refuse_any("codes_stand_twice", faults, count=len(faults), hint=hint)


def select_rows(
    rows: pd.DataFrame, source: Source, *, home: tuple[str, ...], key: pd.DataFrame | None
) -> Selection:
    """Return the rows that `source` keeps of the county or the municipalities of `home`.

    Rows after the last number are notes, and dropped, unless they bear a code.

    SourceError: A column is missing or stands twice, a row has no code or a malformed one, or no
    row is of the county.
    """
    _refuse_missing(rows, source)
    wheres = [source.where, *(column.where for column in source.columns)]
    asked = [name for name in dict.fromkeys(n for where in wheres for n in where) if name in rows]
    rows = rows.assign(**{name: as_category(rows[name]) for name in asked})
    kept = _taken(rows, matches(rows, source.where))
    keys = _row_keys(kept, source.key)
    codes = _area_codes(keys, source, key=key)
    unknown = codes.isna().to_numpy()
    if unknown.any():
        _refuse_keys(keys[unknown][~_notes(kept, unknown, source)], source)
    unassigned = _unassigned(kept, codes, source)
    if source.unassigned is not None:
        texts = codes.astype(object)
        codes = as_category(texts.mask(unassigned, texts.str[:4] + source.unassigned.suffix))
    mine = _in_county(kept, codes, source, home)
    own = _taken(kept, mine)
    own = own.assign(**{name: own[name].cat.remove_unused_categories() for name in asked})
    codes = codes[mine].cat.remove_unused_categories()
    codes = codes.cat.reorder_categories(sorted(codes.cat.categories))
    return Selection(own, codes, unassigned[mine])


def _taken(rows: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    return rows if mask.all() else rows[mask]


def matches(rows: pd.DataFrame, where: Where) -> Mask:
    """Return which rows hold the wanted texts; the columns asked about are categories.

    SourceError: A wanted text stands in no row: the file has other words for it, or another year.
    """
    mask = np.ones(len(rows), dtype=bool)
    for column, wanted in where.items():
        chosen = wanted_categories(rows[column], wanted)
        _refuse_lost(column, wanted, list(rows[column].cat.categories), chosen)
        mask &= chosen[rows[column].cat.codes.to_numpy()]
    return mask


def wanted_categories(texts: pd.Series, wanted: Wanted) -> Mask:
    """Return which of a column's categories are wanted."""
    return np.array([_is_wanted(text, wanted) for text in texts.cat.categories], dtype=bool)


def _refuse_lost(column: str, wanted: Wanted, found: list[str], chosen: Mask) -> None:
    if isinstance(wanted, Span):
        lost: list[str] = [] if chosen.any() else [Phrase("span", first=wanted.first, to=wanted.to)]
    else:
        names = {wanted} if isinstance(wanted, str) else set(wanted)
        lost = [repr(name) for name in sorted(names - set(found))]
    if lost:
        raise SourceError(
            "where_fits_nothing", column=column, lost=lost, found=listed(sorted(found))
        )


def _is_wanted(text: str, wanted: Wanted) -> bool:
    if isinstance(wanted, Span):
        return text.isascii() and text.isdecimal() and wanted.first <= int(text) <= wanted.to
    return text == wanted if isinstance(wanted, str) else text in wanted


def _refuse_missing(rows: pd.DataFrame, source: Source) -> None:
    found = [str(name) for name in rows.columns]
    lone = found[0] if len(found) == 1 else ""
    for sign in ";\t,|" if lone else "":
        if set(source.needed) & {name.strip().strip('"') for name in lone.split(sign)}:
            expected = source.options.separator or ","
            raise SourceError("columns_in_one", sign=sign, expected=expected)
    faults = [Phrase("word_missing", name=name) for name in source.needed if name not in found] + [
        Phrase("word_stands_twice", name=name) for name in source.needed if found.count(name) > 1
    ]
    if faults:
        raise SourceError("columns_wrong", [*faults, Phrase("found_here", found=map(repr, found))])


def _notes(rows: pd.DataFrame, unknown: Mask, source: Source) -> Mask:
    """Return which unknown rows are blank, or come after the last row that holds a number.

    A shape is never a note.
    """
    if "geometry" in rows:
        return np.zeros(unknown.sum(), dtype=bool)
    frame = rows
    names = list(frame.columns)
    blank = _are_blank(frame[unknown], [name for name in names if names.count(name) == 1])
    named = {name for column in source.columns for name in column.numbers}
    if not named & set(names):
        return blank
    filled = np.flatnonzero(~_are_blank(frame, [name for name in names if name in named]))
    return np.asarray(blank | (np.flatnonzero(unknown) > filled.max(initial=-1)), dtype=bool)


def _are_blank(frame: pd.DataFrame, names: list[Any]) -> Mask:
    """Return which rows hold nothing in any of the columns (`..` is a number withheld)."""
    blank = np.ones(len(frame), dtype=bool)
    for name in names:
        values = frame[name]
        if not pd.api.types.is_numeric_dtype(values.dtype):
            values = values.mask(values.astype(str).str.strip().eq(""))
        blank &= values.isna().to_numpy(bool)
    return blank


def _refuse_keys(bad: pd.Series, source: Source) -> None:
    refuse_any(
        "rows_of_unknown_area",
        cells_told(bad.astype(str)),
        count=len(bad),
        area_set=source.area_set,
        columns=" + ".join(map(repr, source.key.names)),
        expected=(source.key.pattern or f"a {source.key.kind}") + source.key.strip_suffix,
    )


def _unassigned(rows: pd.DataFrame, codes: pd.Series, source: Source) -> Mask:
    rule = source.unassigned
    if rule is None:
        return np.zeros(len(rows), dtype=bool)
    marked = codes.astype(object).str.endswith(rule.suffix).eq(other=True).to_numpy(bool)
    if rule.column is not None:
        marked = marked | as_category(rows[rule.column]).eq(rule.equals).to_numpy(bool)
    return np.asarray(marked, dtype=bool)


def _places(rows: pd.DataFrame, codes: pd.Series, source: Source) -> pd.Series:
    """Return each row's municipality, as a code that begins with it, in categories."""
    if source.municipality is not None:
        return as_category(pd.Series(source.municipality, index=codes.index))
    column = source.texts.get("municipality_code")
    if column is None:
        return codes
    places = as_category(rows[column])
    bare = places.index[places.eq("") & codes.notna()]
    faults = [f"{bare.name} {row}" for row in bare]
    refuse_any("rows_without_municipality", faults, count=len(bare), column=column)
    return places.cat.rename_categories(lambda text: text.zfill(4))


def _in_county(rows: pd.DataFrame, codes: pd.Series, source: Source, home: tuple[str, ...]) -> Mask:
    if source.municipality == OVERLAP:
        # Which areas lie in the county is for their borders to say.
        return codes.notna().to_numpy(bool)
    place = _places(rows, codes, source)
    places = [str(text) for text in place.cat.categories]
    counties = np.array([text[:2] for text in places], dtype=object)
    # A row of the whole county, or of a constituency, is of all its municipalities.
    wholes = {code[:2] for code in home}
    ours = [text.startswith(home) or _is_whole(text, wholes) for text in places]
    number = place.cat.codes.to_numpy()
    known = (number >= 0) & codes.notna().to_numpy() & codes.ne(ELSEWHERE).to_numpy()
    mine = np.asarray(known & np.array(ours, dtype=bool)[number], dtype=bool)
    if not mine.any():
        if wholes & set(counties):
            raise SourceError("no_row_of_municipalities", municipalities=home)
        others = pd.Series(counties[number[known]], dtype=object).value_counts()
        found = [Phrase("rows_of", code=code, count=count) for code, count in others.items()]
        raise SourceError(
            "no_row_of_county",
            county_code=home,
            words=Phrase("county_named", found=found) if found else Phrase("none"),
        )
    return mine


def _is_whole(place: str, counties: set[str]) -> bool:
    return place in counties or (place[:2] in counties and not place[:4].isdigit())
