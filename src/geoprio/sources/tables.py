"""Readers of tables: csv and xlsx. Rows keep the file's own row number as their index."""

import csv
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.files import read_bytes, read_text, refuse_bomb
from geoprio.sources.numbers import listed, plain_text

DAMAGE = (
    CalamineError,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the libraries raise on a workbook that is cut off, mangled or locked."""

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
FORMULA_CELL = re.compile(rb'r="([A-Z]+\d+)"[^<>]*><(?:\w+:)?f[ />]')


def read_csv(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of a csv file as text; the index is the row number, the header being 1.

    A short row, as notes after the data are, is filled with empty text.

    Raises
    ------
    SourceError
        The file is empty, not in its encoding, badly quoted, or has a row longer than the header.
    """
    options = source.options
    text = read_text(path, encoding=options.encoding or "utf-8-sig")
    try:
        lines = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter=options.separator or ",", strict=True
            )
        )
    except csv.Error as error:
        message = f"the csv is damaged: {error}; fetch it again"
        raise SourceError(message) from None
    return _frame(lines)


def read_xlsx(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of one sheet; cells are text or numbers as the workbook has them.

    Raises
    ------
    SourceError
        The workbook is truncated or damaged, lacks the sheet, or holds formulas there: official
        files hold values, and what a formula would show is not known here.
    """
    content = read_bytes(path)
    wanted = source.options.sheet or ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            refuse_bomb(packed.infolist())
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            if wanted not in book.sheet_names:
                message = f"no sheet {wanted!r}; found {', '.join(book.sheet_names)}"
                raise SourceError(message)
            _refuse_formulas(packed, wanted)
            lines = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    except DAMAGE as error:
        message = f"the workbook is truncated or damaged ({error}); fetch it again"
        raise SourceError(message) from None
    _refuse_formula_texts(lines)
    return _frame(lines)


def _refuse_formula_texts(lines: list[list[Any]]) -> None:
    """Raise where a text would become a formula in the next spreadsheet that opens it."""
    faults = [
        f"row {number}: {cell!r}"
        for number, line in enumerate(lines, 1)
        for cell in line
        if isinstance(cell, str) and cell[:1] == "="
    ]
    if faults:
        heading = "a formula where a name or a value is expected; fetch the file again"
        raise SourceError(join_faults(heading, listed(faults)))


def _refuse_formulas(packed: zipfile.ZipFile, sheet: str) -> None:
    xml = packed.read(_sheet_part(packed, sheet))
    # The plain search is a hundred times faster than the expression, and nearly always enough.
    if (b"<f" not in xml and b":f" not in xml) or FORMULA.search(xml) is None:
        return
    cells = [match.decode() for match in FORMULA_CELL.findall(xml)]
    heading = (
        f"sheet {sheet!r} holds formulas where values are expected;"
        " fetch the file again, or paste its values"
    )
    raise SourceError(join_faults(heading, listed(cells)))


def _sheet_part(packed: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    ids = {item.get("name"): item.get(RELATION) for item in book.iter(f"{MAIN}sheet")}
    part = target[ids[sheet]]
    return part.lstrip("/") if part.startswith("/") else f"xl/{part}"


def _frame(lines: list[list[Any]]) -> pd.DataFrame:
    if len(lines) < 2:
        message = "the file holds no rows under its header; fetch it again"
        raise SourceError(message)
    header = [plain_text(cell) for cell in lines[0]]
    width = len(header)
    long = [
        number
        for number, line in enumerate(lines, 1)
        if len(line) > width and any(_filled(cell) for cell in line[width:])
    ]
    if long:
        message = f"row {long[0]} has more cells than the header's {width} ({len(long)} such rows)"
        raise SourceError(message)
    body = [
        line if len(line) == width else (line + [""] * (width - len(line)))[:width]
        for line in lines[1:]
    ]
    rows = pd.DataFrame(body, dtype=object)
    rows.columns = pd.Index(header, dtype=object)
    rows.index = pd.RangeIndex(2, len(lines) + 1, name="row")
    return rows


def _filled(cell: object) -> bool:
    return plain_text(cell) != ""
