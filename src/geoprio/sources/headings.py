"""Reader of tables whose layout is not known beforehand: csv or workbook, found by their headings.

Some files are published now as csv and now as a workbook, with titles above the table and the sheet
called anything. What the source needs tells where the table is.
"""

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.numbers import listed, plain_text
from geoprio.sources.tables import as_frame, read_csv, respelled, sheet_lines, sheet_names

SEARCHED = 30
"""Rows of a sheet among which its headings are looked for."""


def read_table(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of a csv file, or of the sheet of a workbook that has the headings wanted.

    The headings are the first row that holds every column of the source, in any spelling that it
    names; `sheet` may be a pattern.

    Raises
    ------
    SourceError
        As `read_csv` and `read_xlsx`; no sheet has such a row, or several have.
    """
    if path.suffix.lower() != ".xlsx":
        return read_csv(path, source)
    wanted = source.options.sheet or "*"
    sheets = [sheet for sheet in sheet_names(path) if fnmatch(sheet.lower(), wanted.lower())]
    if not sheets:
        message = f"no sheet {wanted!r}; found {', '.join(sheet_names(path))}"
        raise SourceError(message)
    lines = {sheet: sheet_lines(path, sheet) for sheet in sheets}
    places = {sheet: _heading(rows, source) for sheet, rows in lines.items()}
    found = {sheet: place for sheet, place in places.items() if place is not None}
    if len(found) != 1:
        raise SourceError(_lost(lines, list(found), source))
    ((sheet, place),) = found.items()
    return as_frame(lines[sheet][place:], source.options, first=place + 1)


def _needed(source: Source) -> set[str]:
    columns = [column for column in source.columns if not column.optional]
    numbers = [name for column in columns for name in (*column.added, *column.minus)]
    return {*source.key.names, *source.texts.values(), *numbers}


def _heading(rows: list[list[Any]], source: Source) -> int | None:
    spellings = source.options.spellings or {}
    for place, row in enumerate(rows[:SEARCHED]):
        if _needed(source) <= set(respelled([plain_text(cell) for cell in row], spellings)):
            return place
    return None


def _lost(lines: dict[str, list[list[Any]]], found: list[str], source: Source) -> str:
    wanted = ", ".join(map(repr, sorted(_needed(source))))
    if found:
        return f"sheets {', '.join(found)} all have {wanted}; name one: `sheet` in [options]"
    rows = [
        f"sheet {sheet!r} row {number}: {', '.join(map(repr, texts))}"
        for sheet, held in lines.items()
        for number, row in enumerate(held[:SEARCHED], 1)
        if len(texts := [text for text in map(plain_text, row) if text]) > 1
    ]
    heading = f"no row holds the headings {wanted}; add the file's own to `spellings` in [options]"
    return join_faults(heading, listed(rows))
