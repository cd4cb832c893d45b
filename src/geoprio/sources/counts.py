"""Canonical counts: each column is a sum over the rows that its source names, or unknown."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Column, Source, Where
from geoprio.sources.numbers import as_numbers, listed
from geoprio.sources.rows import Mask, Selection, matches, wanted_categories

SHARE = "_share"
Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Layout:
    """Where the numbers of a file go: the codes, sorted, and the place of each row among them."""

    rows: Selection
    index: pd.Index
    place: Ints
    numbers: dict[str, Floats]


def count_frame(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the canonical columns by area code, sorted; unknown is NaN, never 0.

    A sum with an unknown part, or without one of its rows, is unknown.

    Raises
    ------
    SourceError
        Every text in a number column, every negative number and every count that is not whole, at
        once; a row that stands twice; a `where` that no row fits; nothing but zeros.
    """
    columns = [column for column in source.columns if _is_there(rows.frame, column)]
    index = pd.Index(sorted(rows.codes.cat.categories), name="area_code", dtype=str)
    rank = index.get_indexer(rows.codes.cat.categories)
    place = rank[rows.codes.cat.codes.to_numpy()].astype(np.int64)
    layout = Layout(rows, index, place, _numbers(rows, source, columns))
    summed = {column.name: _sum(layout, column, source.where) for column in columns}
    frame = pd.DataFrame(summed, index=index, dtype=float)
    if frame.eq(0).all(axis=None):
        # The statistics office answers 0, not an error, for codes of another vintage.
        message = "every number is 0: the codes and the year belong to different area vintages"
        raise SourceError(message)
    return frame


def _is_there(frame: pd.DataFrame, column: Column) -> bool:
    needed = {*column.added, *column.minus, *column.where}
    return not column.optional or needed <= set(frame.columns)


def _numbers(rows: Selection, source: Source, columns: list[Column]) -> dict[str, Floats]:
    named = [name for column in columns for name in (*column.added, *column.minus)]
    whole = {
        name
        for column in columns
        if column.name.endswith(("_count", "_class")) and column.scale == 1
        for name in (*column.added, *column.minus)
    }
    zero = set(source.empty_is_zero.columns) if source.empty_is_zero else set()
    read: dict[str, Floats] = {}
    faults: list[str] = []
    for name in dict.fromkeys(named):
        values, bad = as_numbers(rows.frame[name], empty_is_zero=name in zero)
        if name in whole:
            bad |= values.notna() & (values % 1 != 0)
        read[name] = values.to_numpy(float)
        faults += _faults(rows, name, bad.to_numpy(bool))
    if faults:
        heading = f"{len(faults)} cells are no numbers >= 0 (counts whole), `..` or empty"
        raise SourceError(join_faults(heading, listed(faults)))
    return read


def _faults(rows: Selection, name: str, bad: Mask) -> list[str]:
    cells = rows.frame.loc[bad, name]
    kind = rows.frame.index.name
    return [
        f"{kind} {number} ({code}), column {name!r}: found {cell!r}"
        for number, code, cell in zip(cells.index, rows.codes[bad], cells, strict=True)
    ]


def _sum(layout: Layout, column: Column, fixed: Where) -> Floats:
    chosen = matches(layout.rows.frame, column.where)
    dimensions = {**fixed, **column.where}
    _refuse_repeated(layout, column.name, list(dimensions), chosen)
    parts = _parts(layout.rows.frame, dimensions)
    if column.name.endswith(SHARE) and parts > 1:
        message = f"{column.name}: `where` fits {parts} rows of each area; shares are never added"
        raise SourceError(message)
    added = np.sum([layout.numbers[name][chosen] for name in column.added], axis=0)
    for name in column.minus:
        added = added - layout.numbers[name][chosen]
    place, size = layout.place[chosen], len(layout.index)
    # An unknown part makes the sum unknown: bincount carries NaN along.
    sums = np.bincount(place, weights=added, minlength=size).astype(float)
    sums[np.bincount(place, minlength=size) < parts] = np.nan
    if (sums < 0).any():
        codes = layout.index[sums < 0]
        heading = f"{column.name}: `minus` takes more than `value` holds for {len(codes)} areas"
        raise SourceError(join_faults(heading, listed(list(codes))))
    return _scaled(sums, layout, column)


def _scaled(sums: Floats, layout: Layout, column: Column) -> Floats:
    scaled = np.asarray(sums * column.scale, dtype=float)
    if column.name.endswith(SHARE) and (scaled > 1).any():
        codes = [f"{code}: {value:g}" for code, value in zip(layout.index, scaled, strict=True)]
        beyond = [text for text, value in zip(codes, scaled, strict=True) if value > 1]
        heading = f"{column.name}: shares above 1; of percentages, write `scale = 0.01`"
        raise SourceError(join_faults(heading, listed(beyond)))
    return scaled


def _parts(frame: pd.DataFrame, dimensions: Where) -> int:
    """Return how many rows make one area's number."""
    counts = [wanted_categories(frame[name], wanted).sum() for name, wanted in dimensions.items()]
    return int(np.prod(counts, dtype=int))


def _refuse_repeated(layout: Layout, name: str, dimensions: list[str], chosen: Mask) -> None:
    combined = layout.place[chosen]
    for dimension in dimensions:
        texts = layout.rows.frame[dimension].cat
        codes = texts.codes.to_numpy()[chosen].astype(np.int64)
        combined = combined * len(texts.categories) + codes
    double = pd.Series(combined).duplicated(keep=False).to_numpy(bool)
    double = double & ~layout.rows.unassigned[chosen]
    if double.any():
        found = layout.rows.codes[chosen][double].astype(str)
        by = f" (by {', '.join(map(repr, dimensions))})" if dimensions else ""
        faults = [f"{found.index.name} {number}: {code}" for number, code in found.items()]
        heading = (
            f"{name}: {found.nunique()} codes stand twice{by}; expected one row each: a row"
            " is repeated, or `where` names too few of the file's dimensions"
        )
        raise SourceError(join_faults(heading, listed(faults)))
