"""Tables as files: CSV and workbooks that people open in Excel, Parquet, and the record of a run.

In a workbook numbers are real numbers and text stays text; equal tables give equal bytes.
"""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from math import ceil
from numbers import Number
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from geoprio.errors import ContractError
from geoprio.tables import Audience, for_audience, refuse_keys
from geoprio.words import Language, Phrase, text

PLACE = ["area_name", "municipality_name", "association"]


@dataclass(frozen=True)
class Table:
    """A table whose columns keep their own names, for the gate, beside their headings."""

    frame: pd.DataFrame
    headings: Mapping[str, str]
    """Heading by column, and by the index's name."""

    @classmethod
    def of(cls, frame: pd.DataFrame, language: Language, **blanks: object) -> "Table":
        """Return a frame under the headings that its columns and its index have."""
        names = map(str, [frame.index.name, *frame])
        return cls(frame, {name: header(name, language, **blanks) for name in names})

    @property
    def headed(self) -> pd.DataFrame:
        """The table as people read it."""
        names = [self.headings.get(str(name), str(name)) for name in self.frame]
        named = self.frame.set_axis(names, axis=1)
        return named.rename_axis(self.headings.get(str(named.index.name)))


def header(key: str, language: Language, **blanks: object) -> str:
    """Return a column's heading."""
    return text(f"column_{key}", language, **blanks)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters by which a spreadsheet takes text for a formula."""


def render_csv(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> bytes:
    """Return `table` as Swedish Excel reads it: semicolon, decimal comma, UTF-8 with BOM, CRLF.

    Who may read it and each of `notes` become last columns that repeat their text on every row, so
    that it follows the rows wherever they are copied. Text that a spreadsheet would run gets a
    leading `'`. Raises ContractError: the audience may not see a column.
    """
    for_audience(table.frame, audience)
    marked = marked_rows(table, audience, language=language, notes=notes)
    texts = marked.select_dtypes(["object", "str"]).columns
    marked[texts] = marked[texts].map(_inert)
    whole = {name: "Int64" for name in marked.select_dtypes("float") if _is_whole(marked[name])}
    marked = marked.astype(whole).rename(columns=lambda name: str(_inert(str(name))))
    content = marked.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return content.encode("utf-8-sig")


def marked_rows(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table as people read it, with the notes and its readers as last columns.

    A table without rows gets one that holds them alone.
    """
    rows = table.headed.reset_index()
    readers = {text("column_audience", language): text(f"audience_{audience}", language)}
    return (rows if len(rows) else rows.reindex([0])).assign(**notes, **readers)


def render_frame(frame: pd.DataFrame, audience: Audience, *, mark: str | None) -> bytes:
    """Return a frame as Parquet, as GeoParquet when it has geometry.

    The audience and the mark become columns, and attributes of the frame for one without rows.
    Raises ContractError: the audience may not see a column, or the groups are not protected.
    """
    said = {"audience": audience} | ({} if mark is None else {"demo_mark": mark})
    marked = for_audience(frame, audience).assign(**said)
    marked.attrs |= said
    content = io.BytesIO()
    marked.to_parquet(content)
    return content.getvalue()


def render_record(record: Mapping[str, Any], audience: Audience) -> bytes:
    """Return the record of a run as JSON, in its order; it says whom it is for.

    Raises ContractError: it tells of what the audience may not see; ValueError: a number is NaN or
    infinite, where a record says null.
    """
    refuse_keys(record, audience)
    said = {**record, "audience": audience}
    content = json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{content}\n".encode()


def bare(cell: str) -> str:
    """Return a text as it was before `render_csv` kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _runs(value) else value


def _runs(value: str) -> bool:
    """Return whether a text is a formula, or one made inert: so that every `'` can be undone."""
    return value.lstrip("'").startswith(FORMULA)


def _is_whole(values: pd.Series) -> bool:
    known = values.dropna()
    return bool((known == known.round()).all())


NO_TIME = datetime(1980, 1, 1)
"""When every workbook says that it was made: equal tables give equal bytes."""
LONGEST_TEXT = 32_767
"""Characters (of UTF-16) that a cell holds."""
NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
CHAINED = re.compile(r"_x[0-9a-fA-F]{4}(?=_x[0-9a-fA-F]{4}_)")
"""Text that reads as two escapes sharing a `_`; no writer at hand escapes it so that it returns."""
MARKUP = re.compile(r"<r>.*</r>", re.DOTALL)
"""Text that xlsxwriter takes for markup of its own and writes as it is."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS = (
    (re.compile(r"(.*_)?(score|share|precision|percent)"), "0.0"),
    (re.compile(r"(.*_)?(rank|rank_\w+|order|wave)"), "0"),
    (re.compile(r".*_(km2|per_1000)"), "#,##0.0"),
)
_WHOLE, _TEXT = "#,##0", "@"
_WIDEST, _NARROWEST = 60, 8
_LINE = 15
"""Points of a line of text."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    table: Table


@dataclass(frozen=True)
class Wording:
    """The words around the tables of a workbook."""

    language: Language
    notes: Mapping[str, str]
    """Last columns of every sheet, as in a CSV; they stand on every printed page too."""
    about: Sequence[tuple[str, str]]
    """What is told, and how, on the last sheet: sources and definitions."""


def render_workbook(
    sheets: Sequence[Sheet], audience: Audience, wording: Wording, *, association: str | None = None
) -> bytes:
    """Return tables as a workbook of one sheet each, and a last one on what they are.

    Numbers are numbers, shown by their column's suffix; whatever is text is text, also where it
    looks like a formula, a number or an address. `association` is whose it is, for `forening`.
    Raises ContractError: the audience may not see a column, or a text that no cell can hold (longer
    than 32,767 characters, or with signs that XML has no place for).
    """
    content, language, notes = io.BytesIO(), wording.language, wording.notes
    with Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": sheets[0].title, "created": NO_TIME})
        *names, last = _sheet_names([*(one.title for one in sheets), text("sheet_about", language)])
        for name, sheet in zip(names, sheets, strict=True):
            for_audience(sheet.table.frame, audience, association=association)
            rows = marked_rows(sheet.table, audience, language=language, notes=notes)
            own = [str(sheet.table.frame.index.name), *map(str, sheet.table.frame)]
            _write_table(book, name, rows, own)
            _set_page(book.get_worksheet_by_name(name), " · ".join(notes.values()))
        _write_about(book.add_worksheet(last), book, wording.about)
    return content.getvalue()


def render_sheet(rows: pd.DataFrame, title: str) -> bytes:
    """Return one sheet and nothing else, for a program to read: text is text, numbers are numbers.

    `rows` must have been through the gate. Raises ContractError: a text that no cell can hold.
    """
    content = io.BytesIO()
    with Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": title, "created": NO_TIME})
        _write_table(book, _sheet_names([title])[0], rows)
    return content.getvalue()


def _format(name: str, cells: Sequence[object]) -> str:
    if not any(issubclass(kind, Number) for kind in set(map(type, cells))):
        return _TEXT
    return next((shown for pattern, shown in _FORMATS if pattern.fullmatch(name)), _WHOLE)


def _plain_format(values: pd.Series) -> str:
    if not pd.api.types.is_numeric_dtype(values):
        return _TEXT
    return "0.00" if pd.api.types.is_float_dtype(values) else "0"


def _write_table(
    book: Workbook, name: str, rows: pd.DataFrame, own: Sequence[str] | None = None
) -> None:
    """Write a sheet; numbers are shown by `own`, the names of the first columns, else plainly."""
    sheet = book.add_worksheet(name)
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#eeeeee", "bottom": 1}
    )
    content = rows.to_numpy(object, copy=True)
    content[rows.isna()] = None
    columns = content.T.tolist()
    if own is None:
        formats = [_plain_format(rows.iloc[:, place]) for place in range(rows.shape[1])]
    else:
        formats = [_format(*one) for one in zip_longest(own, columns, fillvalue="")]
    looks = {shown: book.add_format({"num_format": shown}) for shown in dict.fromkeys(formats)}
    lines = 1
    for place, (heading, cells, shown) in enumerate(zip(rows, columns, formats, strict=True)):
        _write_cells(sheet, place, [str(heading)], head, row=0)
        _write_cells(sheet, place, cells, looks[shown], row=1)
        width = _width(str(heading), cells)
        sheet.set_column(place, place, width)
        lines = max(lines, ceil(1.2 * len(str(heading)) / width))
    sheet.freeze_panes(1, min(2, rows.shape[1]))
    sheet.autofilter(0, 0, len(rows), rows.shape[1] - 1)
    sheet.set_row(0, 4 + _LINE * lines)
    # A code of digits is text on purpose: no green triangle on each.
    sheet.ignore_errors({"number_stored_as_text": _block(len(rows), rows.shape[1])})


def _write_cells(
    sheet: Worksheet, column: int, cells: Sequence[object], look: Format, *, row: int
) -> None:
    """Write a column's cells; text is checked first, since xlsxwriter cuts or alters in silence."""
    _refuse_unwritable(cells)
    sheet.write_column(row, column, cells, look)
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and MARKUP.fullmatch(cell):
            sheet.write_rich_string(row + place, column, cell[0], look, cell[1:], look)


def _refuse_unwritable(cells: Sequence[object]) -> None:
    faults = [
        f"{cell[:40]!r}: {why}"
        for cell in dict.fromkeys(cells)
        if isinstance(cell, str)
        for why in _why_unwritable(cell)
    ]
    if faults:
        raise ContractError("text_not_for_workbook", faults)


def _why_unwritable(cell: str) -> list[Phrase]:
    why = []
    if len(cell) * 2 > LONGEST_TEXT and len(cell.encode("utf-16-le", "replace")) > 2 * LONGEST_TEXT:
        why.append(Phrase("longer_than_cell", most=LONGEST_TEXT))
    if NOT_IN_XML.search(cell):
        why.append(Phrase("holds_no_character"))
    if CHAINED.search(cell):
        why.append(Phrase("holds_two_escapes"))
    return why


def _width(heading: str, cells: Sequence[object]) -> int:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(longest, len(heading) // 3, _NARROWEST) + 2, _WIDEST)


def _block(rows: int, columns: int) -> str:
    return f"A1:{xl_rowcol_to_cell(rows, max(columns - 1, 0))}"


def _set_page(sheet: Worksheet, foot: str) -> None:
    """Set how a sheet is printed: wide, headings on every page, the notes at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{foot.replace('&', '&&')[:200]}&R&P/&N")


def _write_about(sheet: Worksheet, book: Workbook, about: Sequence[tuple[str, str]]) -> None:
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": _TEXT})
    _write_cells(sheet, 0, [what for what, _ in about], bold, row=0)
    _write_cells(sheet, 1, [how for _, how in about], wrapped, row=0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.fit_to_pages(1, 0)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Return names that Excel takes: short, without brackets, colon or slashes, no two alike."""
    names: list[str] = []
    for title in titles:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:28] or "Blad"
        alike = sum(name.casefold().startswith(plain.casefold()) for name in names)
        names.append(f"{plain} {alike + 1}" if alike else plain)
    return names
