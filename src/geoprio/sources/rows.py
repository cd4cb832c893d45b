"""Which rows of a file count: those of the county, with a code, that the source keeps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source, Span, Wanted, Where
from geoprio.sources.keys import ELSEWHERE, area_codes, row_keys
from geoprio.sources.numbers import as_category, is_blank, listed

OVERLAP = "overlap"
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Selection:
    """The county's rows of a file, the area code of each, and which belong to no district."""

    frame: pd.DataFrame
    codes: pd.Series
    unassigned: Mask

    def refuse_duplicates(self, *, hint: str = "") -> None:
        """Raise where a code stands twice.

        Parameters
        ----------
        hint
            What may be done about it, added to the message.

        Raises
        ------
        SourceError
            Every such code, with the rows that bear it.
        """
        twice = self.codes[self.codes.duplicated(keep=False)].astype(str)
        if len(twice):
            rows = {
                code: ", ".join(map(str, group))
                for code, group in twice.groupby(twice).groups.items()
            }
            faults = [f"{code}: {twice.index.name} {numbers}" for code, numbers in rows.items()]
            heading = f"{len(rows)} codes stand twice; expected one row each{hint}"
            raise SourceError(join_faults(heading, listed(faults)))


def select_rows(
    rows: pd.DataFrame, source: Source, *, county_code: str, key: pd.DataFrame | None
) -> Selection:
    """Return the rows of the county that `source` keeps.

    Rows after the last number are notes, and dropped, unless they bear a code.

    Raises
    ------
    SourceError
        A column is missing or stands twice, a row has no code or a malformed one, or no row is of
        the county.
    """
    _refuse_missing(rows, source)
    rows = _with_categories(rows, source)
    kept = _taken(rows, matches(rows, source.where))
    keys = row_keys(kept, source.key)
    codes = area_codes(keys, source, key=key)
    unknown = codes.isna().to_numpy()
    if unknown.any():
        _refuse_keys(keys[unknown & ~_notes(kept, source)], source)
    unassigned = _unassigned(kept, codes, source)
    if source.unassigned is not None:
        texts = codes.astype(object)
        codes = as_category(texts.mask(unassigned, texts.str[:4] + source.unassigned.suffix))
    mine = _in_county(kept, codes, source, county_code)
    frame = _used(_taken(kept, mine), _asked(kept, source))
    return Selection(frame, codes[mine].cat.remove_unused_categories(), unassigned[mine])


def _with_categories(rows: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return the rows with the columns that `where` asks about as categories, made once."""
    return rows.assign(**{name: as_category(rows[name]) for name in _asked(rows, source)})


def _asked(rows: pd.DataFrame, source: Source) -> list[str]:
    wheres = [source.where, *(column.where for column in source.columns)]
    asked = dict.fromkeys(name for where in wheres for name in where)
    return [name for name in asked if name in rows.columns]


def _taken(rows: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    return rows if mask.all() else rows[mask]


def _used(rows: pd.DataFrame, asked: list[str]) -> pd.DataFrame:
    """Return the rows without the categories that only other counties have."""
    return rows.assign(**{name: rows[name].cat.remove_unused_categories() for name in asked})


def matches(rows: pd.DataFrame, where: Where) -> Mask:
    """Return which rows hold the wanted texts; the columns asked about are categories.

    Raises
    ------
    SourceError
        A wanted text stands in no row: the file has other words for it, or another year.
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
        lost = [] if chosen.any() else [f"{wanted.first} to {wanted.to}"]
    else:
        names = {wanted} if isinstance(wanted, str) else set(wanted)
        lost = [repr(name) for name in sorted(names - set(found))]
    if lost:
        message = (
            f"no row where {column!r} is {', '.join(lost)};"
            f" found {', '.join(listed(sorted(found)))}"
        )
        raise SourceError(message)


def _is_wanted(text: str, wanted: Wanted) -> bool:
    if isinstance(wanted, Span):
        return text.isdecimal() and wanted.first <= int(text) <= wanted.to
    return text == wanted if isinstance(wanted, str) else text in wanted


def _refuse_missing(rows: pd.DataFrame, source: Source) -> None:
    needed = [*source.key.names, *source.where, *source.texts.values()]
    if source.mapping is not None:
        needed += source.mapping.needed
    if source.unassigned is not None and source.unassigned.column is not None:
        needed.append(source.unassigned.column)
    for column in source.columns:
        if not column.optional:
            needed += [*column.added, *column.minus, *column.where]
    found = [str(name) for name in rows.columns]
    lost = [name for name in dict.fromkeys(needed) if name not in found]
    double = [name for name in dict.fromkeys(needed) if found.count(name) > 1]
    faults = [f"{name!r} is missing" for name in lost] + [
        f"{name!r} stands twice" for name in double
    ]
    if faults:
        faults.append(f"found: {', '.join(map(repr, found))}")
        raise SourceError(join_faults("the columns are not the expected ones", faults))


def _notes(rows: pd.DataFrame, source: Source) -> Mask:
    """Return which rows are blank, or come after the last row that holds a number."""
    frame = pd.DataFrame(rows.drop(columns="geometry", errors="ignore"))
    blank = np.logical_and.reduce([is_blank(frame[name]).to_numpy() for name in _known(frame)])
    values = _values(source, rows)
    if not values:
        return np.asarray(blank, dtype=bool)
    filled = ~np.logical_and.reduce([is_blank(frame[name]).to_numpy() for name in values])
    last = int(np.flatnonzero(filled).max(initial=-1))
    return np.asarray(blank | (np.arange(len(rows)) > last), dtype=bool)


def _known(frame: pd.DataFrame) -> list[Any]:
    names = list(frame.columns)
    return [name for name in names if names.count(name) == 1]


def _values(source: Source, rows: pd.DataFrame) -> list[str]:
    named = [name for column in source.columns for name in (*column.added, *column.minus)]
    return [name for name in dict.fromkeys(named) if name in rows.columns]


def _refuse_keys(bad: pd.Series, source: Source) -> None:
    if len(bad) == 0:
        return
    faults = [f"{bad.index.name} {number}: {str(text)!r}" for number, text in bad.items()]
    expected = (source.key.pattern or f"a {source.key.kind}") + source.key.strip_suffix
    heading = (
        f"{len(bad)} rows with no area of {source.area_set}"
        f" (column {' + '.join(map(repr, source.key.names))}; expected {expected})"
    )
    raise SourceError(join_faults(heading, listed(faults)))


def _unassigned(rows: pd.DataFrame, codes: pd.Series, source: Source) -> Mask:
    rule = source.unassigned
    if rule is None:
        return np.zeros(len(rows), dtype=bool)
    marked = codes.astype(object).str.endswith(rule.suffix).eq(other=True).to_numpy(bool)
    if rule.column is not None:
        marked = marked | as_category(rows[rule.column]).eq(rule.equals).to_numpy(bool)
    return np.asarray(marked, dtype=bool)


def _refuse_bare(places: pd.Series, column: str) -> None:
    bare = places.index[places.eq("")]
    if len(bare):
        heading = f"{len(bare)} rows without a municipality in column {column!r}"
        raise SourceError(join_faults(heading, listed([f"{bare.name} {row}" for row in bare])))


def _in_county(rows: pd.DataFrame, codes: pd.Series, source: Source, county_code: str) -> Mask:
    place = codes
    if source.municipality == OVERLAP or source.key.constant is not None:
        # Which areas lie in the county is for their borders to say; the country is everybody's.
        return codes.notna().to_numpy(bool)
    if source.municipality is not None:
        place = as_category(pd.Series(source.municipality, index=codes.index))
    elif "municipality_code" in source.texts:
        places = as_category(rows[source.texts["municipality_code"]])
        _refuse_bare(places[codes.notna().to_numpy()], source.texts["municipality_code"])
        place = places.cat.rename_categories(lambda text: text.zfill(4))
    counties = np.array([str(text)[:2] for text in place.cat.categories], dtype=object)
    number = place.cat.codes.to_numpy()
    known = (number >= 0) & codes.notna().to_numpy() & codes.ne(ELSEWHERE).to_numpy()
    mine = np.asarray(known & (counties == county_code)[number], dtype=bool)
    if not mine.any():
        others = pd.Series(counties[number[known]], dtype=object).value_counts()
        found = ", ".join(f"{code} ({count} rows)" for code, count in others.items())
        message = (
            f"no row of county {county_code}; found {f'county {found}' if found else 'none'}:"
            " the file is for another county, or the wrong one"
        )
        raise SourceError(message)
    return mine
