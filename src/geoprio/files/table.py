"""Tables as files: CSV and workbooks that people open in Excel, Parquet, and the record of a run.

In a workbook numbers are real numbers and text stays text; equal tables give equal bytes.
"""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from math import ceil
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from geoprio.errors import ContractError
from geoprio.files.maps.layers import VERDICT_COLOURS, colour_of
from geoprio.tables import Audience, for_audience, refuse_keys
from geoprio.words import Language, Phrase, decimal, text, whole

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
    marked[texts] = marked[texts].map(inert)
    whole = {name: "Int64" for name in marked.select_dtypes("float") if _is_whole(marked[name])}
    marked = marked.astype(whole).rename(columns=lambda name: str(inert(str(name))))
    content = marked.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return content.encode("utf-8-sig")


def list_bytes(rows: pd.DataFrame) -> bytes:
    """Return rows that a program reads back, as Excel opens them: no column is added.

    They hold names, keys and checksums, or have passed the gate (`for_audience`) already.
    """
    texts = rows.select_dtypes(["object", "str"]).columns
    safe = rows.assign(**{str(name): rows[name].map(inert) for name in texts})
    return safe.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")


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


def inert(value: object) -> object:
    """Return a text that no spreadsheet runs; whatever is no text as it is."""
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
    (re.compile(r"(.*_)?(score|share|precision(_\w+)?|percent)"), "0.0"),
    (re.compile(r"rank_correlation|lift"), "0.00"),
    (re.compile(r"(.*_)?(rank|rank_\w+|order|wave)"), "0"),
    (re.compile(r".*_(km2?|per_1000)"), "#,##0.0"),
    (re.compile(r".*_sek"), '#,##0 "kr"'),
)
_WHOLE, _TEXT = "#,##0", "@"
_WIDEST, _NARROWEST = 60, 6
_SENTENCE, _NAME = 36, 16
"""Widest columns of sentences and of names where people read them: nine or so fit an A4 page."""
_LINE = 15
"""Points of a line of text."""
_HEADED = 3
"""Rows over the headings: the title, whose it is, and what is the same of every row."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    table: Table
    told: str = ""
    """What it is, in a sentence for the front sheet."""
    analyst: bool = False
    """Whether it has every column, as a program wants it, rather than what fits an A4 page."""
    limits: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """The map's class limits by column that is coloured as the map is."""
    verdicts: Sequence[str] = ()
    """Columns of verdicts in words, which have the verdicts' colours."""


@dataclass(frozen=True)
class Wording:
    """The words around the tables of a workbook."""

    language: Language
    notes: Mapping[str, str]
    """What a CSV says on every row: it stands once over each table, and on every printed page."""
    front: Sequence[tuple[str, str]]
    """What the first sheet tells, and how: what it is, of when and from what."""
    reading: Sequence[tuple[str, str]] = ()
    """How it is read: below, and after what each sheet holds."""
    about: Sequence[tuple[str, str]] = ()
    """What the last sheet tells: sources and definitions; without any there is none."""


def render_workbook(
    sheets: Sequence[Sheet], audience: Audience, wording: Wording, *, association: str | None = None
) -> bytes:
    """Return a workbook: a front sheet, one sheet for each table, and a last one on sources.

    Numbers are numbers, shown by their column's suffix; whatever is text is text, also where it
    looks like a formula, a number or an address. What is the same on every row of a table that
    people read stands over it, not in a column. `association` is whose it is, for `forening`.
    Raises ContractError: the audience may not see a column, or a text that no cell can hold (longer
    than 32,767 characters, or with signs that XML has no place for).
    """
    content, language = io.BytesIO(), wording.language
    readers = f"{header('audience', language)}: {text(f'audience_{audience}', language)}"
    over = " · ".join([*wording.notes.values(), readers])
    ends = [text("sheet_front", language), text("sheet_about", language)]
    first, *names, last = _sheet_names([ends[0], *(one.title for one in sheets), ends[1]])
    contents = [
        (text("sheet_of", language, name=name), one.told)
        for name, one in zip(names, sheets, strict=True)
    ]
    with Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": sheets[0].title, "created": NO_TIME})
        _write_told(book, first, [*wording.front, *contents, *wording.reading], over)
        for name, sheet in zip(names, sheets, strict=True):
            for_audience(sheet.table.frame, audience, association=association)
            _write_sheet(book, name, sheet, over, language)
        if wording.about:
            _write_told(book, last, wording.about, over)
    return content.getvalue()


def _write_sheet(book: Workbook, name: str, sheet: Sheet, over: str, language: Language) -> None:
    """Write a table under its title; what people read is without its index of codes in front."""
    frame = sheet.table.frame
    rows = sheet.table.headed.reset_index()
    own = [str(frame.index.name), *map(str, frame)]
    same: list[str] = []
    if not sheet.analyst:
        kept, same = _parted(rows, own, language)
        rows, own = rows.iloc[:, kept], [own[at] for at in kept]
    width = _write_table(book, name, rows, own, wrapped=not sheet.analyst)
    page, end = book.get_worksheet_by_name(name), max(rows.shape[1] - 1, 1)
    heads: dict[str, dict[str, Any]] = {
        sheet.title: {"bold": True, "font_size": 14},
        over: {},
        " · ".join(same): {"italic": True},
    }
    for row, (told, look) in enumerate(heads.items()):
        shown = book.add_format({**look, "text_wrap": True, "valign": "top"})
        page.merge_range(row, 0, row, end, "", shown)
        write_cells(page, 0, [told], shown, row=row)
        page.set_row(row, (5 if row == 0 else 0) + _LINE * max(ceil(1.1 * len(told) / width), 1))
    for column, limits in sheet.limits.items():
        if column in own:
            _colour(book, page, own.index(column), len(rows), limits)
    for column in sheet.verdicts:
        if column in own:
            _colour_verdicts(book, page, own.index(column), len(rows), language)
    _set_page(page, over, wide=sheet.analyst)


def _parted(
    rows: pd.DataFrame, own: Sequence[str], language: Language
) -> tuple[list[int], list[str]]:
    """Return which columns are for people, codes last, and in words what is alike on every row."""
    order = [*range(1, len(own)), 0] if own[0] == "area_code" else list(range(len(own)))
    alike = [at for at in order if len(rows) > 1 and rows.iloc[:, at].duplicated()[1:].all()]
    told = {rows.columns[at]: rows.iloc[0, at] for at in alike}
    same = [f"{name}: {_said(value, language)}" for name, value in told.items() if value != ""]
    return [at for at in order if at not in alike and own[at] != "row"], same


def _said(value: Any, language: Language) -> str:  # noqa: ANN401
    """Return one cell as a reader writes it."""
    if pd.isna(value):
        return text("method_unknown", language)
    if isinstance(value, float) and not value.is_integer():
        return decimal(value, 1, language)
    return whole(int(value), language) if isinstance(value, float) else str(value)


def _colour(
    book: Workbook, page: Worksheet, column: int, count: int, limits: Sequence[float]
) -> None:
    """Give each figure the colour that its class has on the map; what is unknown has none."""
    block = (_HEADED + 1, column, _HEADED + max(count, 1), column)
    page.conditional_format(*block, {"type": "blanks", "stop_if_true": True})
    rules: list[dict[str, Any]] = [
        {"type": "cell", "criteria": ">=", "value": limit} for limit in limits
    ]
    for place, rule in reversed(list(enumerate([{"type": "no_blanks"}, *rules]))):
        ink = "#000000" if place <= len(limits) / 2 else "#ffffff"
        look = book.add_format({"bg_color": colour_of(place, len(limits)), "font_color": ink})
        page.conditional_format(*block, {**rule, "format": look, "stop_if_true": True})


def _colour_verdicts(
    book: Workbook, page: Worksheet, column: int, count: int, language: Language
) -> None:
    """Give each verdict in words the colour that it has on the map."""
    block = (_HEADED + 1, column, _HEADED + max(count, 1), column)
    for name, colour in VERDICT_COLOURS.items():
        ink = "#ffffff" if name == "full" else "#000000"
        look = book.add_format({"bg_color": colour, "font_color": ink})
        told = {"type": "cell", "criteria": "==", "value": f'"{text(f"verdict_{name}", language)}"'}
        page.conditional_format(*block, {**told, "format": look, "stop_if_true": True})


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
    book: Workbook,
    name: str,
    rows: pd.DataFrame,
    own: Sequence[str] | None = None,
    *,
    wrapped: bool = False,
) -> int:
    """Write a sheet and return its width in letters.

    Numbers are shown by `own`, the names of the columns, and leave room for a title; else plainly.
    """
    sheet, top = book.add_worksheet(name), _HEADED if own is not None else 0
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#eeeeee", "bottom": 1}
        | ({"align": "left", "indent": 1} if wrapped else {})
    )
    content = rows.to_numpy(object, copy=True)
    content[rows.isna()] = None
    columns = content.T.tolist()
    if own is None:
        formats = [_plain_format(rows.iloc[:, place]) for place in range(rows.shape[1])]
    else:
        formats = [_format(*one) for one in zip_longest(own, columns, fillvalue="")]
    looks = {shown: _look(book, shown, wrapped=wrapped) for shown in dict.fromkeys(formats)}
    lines, whole, high = 1, 0, np.ones(len(rows))
    for place, (heading, cells, shown) in enumerate(zip(rows, columns, formats, strict=True)):
        write_cells(sheet, place, [str(heading)], head, row=top)
        write_cells(sheet, place, cells, looks[shown], row=top + 1)
        width = _width(str(heading), cells, wrapped=wrapped)
        sheet.set_column(place, place, width)
        lines, whole = max(lines, ceil(1.2 * len(str(heading)) / width)), whole + width
        high = np.maximum(high, _lines(cells, width))
    if wrapped:
        _set_heights(sheet, top + 1, high)
    sheet.freeze_panes(top + 1, min(2, rows.shape[1]))
    sheet.autofilter(top, 0, top + len(rows), rows.shape[1] - 1)
    sheet.set_row(top, 4 + _LINE * lines)
    # A code of digits is text on purpose: no green triangle on each.
    sheet.ignore_errors({"number_stored_as_text": _block(top + len(rows), rows.shape[1])})
    return whole


def _look(book: Workbook, shown: str, *, wrapped: bool) -> Format:
    """Return the format of cells that are shown so; what people read is lined and wrapped."""
    left = {"align": "left", "indent": 1} if shown == _TEXT else {}
    lined = {"text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": "#dddddd"}
    return book.add_format({"num_format": shown, **left, **(lined if wrapped else {})})


def write_cells(
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


def _width(heading: str, cells: Sequence[object], *, wrapped: bool) -> int:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    # A heading breaks between its words alone, and leaves room for the arrow of its filter.
    word = max(map(len, heading.split()), default=0) + 2
    if not wrapped:
        return min(max(longest, len(heading) // 3, _NARROWEST) + 2, _WIDEST)
    widest = _SENTENCE if longest > 3 * _NAME else _NAME
    return max(min(longest, widest), min(word, widest), _NARROWEST) + 3


def _lines(cells: Sequence[object], width: int) -> np.ndarray:
    """Return how many lines each cell takes in a column: letters are narrower than its digits."""
    lengths = np.array([len(str(cell)) for cell in cells if cell is not None] or [0])
    known = np.array([cell is not None for cell in cells], bool)
    lines = np.ones(len(cells))
    lines[known] = np.ceil(lengths / (1.1 * width - 3))[: known.sum()]
    return lines


def _set_heights(sheet: Worksheet, first: int, lines: np.ndarray) -> None:
    """Make rows as high as their text, which only some programs do when they open a file."""
    for row in np.flatnonzero(lines > 1):
        sheet.set_row(first + int(row), 3 + _LINE * lines[row])


def _block(rows: int, columns: int) -> str:
    return f"A1:{xl_rowcol_to_cell(rows, max(columns - 1, 0))}"


def _set_page(sheet: Worksheet, foot: str, *, wide: bool) -> None:
    """Set how a sheet is printed: on A4, headings on every page, what it is at the foot.

    A `wide` one is four pages of A3 across, each with its first columns: on one nobody could read
    it.
    """
    sheet.set_landscape()
    sheet.set_paper(8 if wide else 9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    sheet.fit_to_pages(4 if wide else 1, 0)
    if wide:
        sheet.repeat_columns(0, 1)
    sheet.repeat_rows(_HEADED)
    sheet.set_footer(f"&L{foot.replace('&', '&&')[:200]}&R&P/&N")


def _write_told(book: Workbook, name: str, rows: Sequence[tuple[str, str]], foot: str) -> None:
    """Write a sheet of words, what is told beside how, for an A4 page."""
    sheet = book.add_worksheet(name)
    wrapped = {"text_wrap": True, "valign": "top", "num_format": _TEXT}
    bold, plain = book.add_format(wrapped | {"bold": True}), book.add_format(wrapped)
    write_cells(sheet, 0, [what for what, _ in rows], bold, row=0)
    write_cells(sheet, 1, [how for _, how in rows], plain, row=0)
    large = book.add_format(wrapped | {"bold": True, "font_size": 14})
    write_cells(sheet, 1, [rows[0][1]], large, row=0)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 84)
    beside = [_lines([told[at] for told in rows], width) for at, width in ((0, 26), (1, 84))]
    # A line of air parts what is told from what follows.
    _set_heights(sheet, 0, np.maximum(*beside) + 0.4)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{foot.replace('&', '&&')[:200]}&R&P/&N")


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Return names that Excel takes: short, without brackets, colon or slashes, no two alike."""
    names: list[str] = []
    for title in titles:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:28] or "Blad"
        alike = sum(name.casefold().startswith(plain.casefold()) for name in names)
        names.append(f"{plain} {alike + 1}" if alike else plain)
    return names
