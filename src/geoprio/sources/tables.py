"""Readers of tables: csv and xlsx. Rows keep the file's own row number as their index."""

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.files import decode, read_bytes, read_member, read_text, refuse_bomb
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
COMMA = re.compile(r"^\s*([+-]?\d+),(\d+)\s*$")
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
    text = _text(path, source)
    try:
        lines = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter=options.separator or ",", strict=True
            )
        )
    except csv.Error as error:
        message = f"the csv is damaged: {error}; fetch it again"
        raise SourceError(message) from None
    if options.decimal is not None:
        lines = [[COMMA.sub(r"\1.\2", cell) for cell in line] for line in lines]
    return as_frame(lines, options)


def _text(path: Path, source: Source) -> str:
    encoding = source.options.encoding or "utf-8-sig"
    if path.suffix.lower() != ".zip":
        return read_text(path, encoding=encoding)
    content = read_member(path, patterns=(source.options.member or "*.csv",))
    return decode(content, encoding=encoding)


def read_xlsx(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of one sheet; cells are text or numbers as the workbook has them.

    Raises
    ------
    SourceError
        The workbook is truncated or damaged, lacks the sheet, or holds formulas there: official
        files hold values, and what a formula would show is not known here.
    """
    sheet = source.options.sheet or ""
    return as_frame(sheet_lines(path, sheet), source.options)


def sheet_names(path: Path) -> list[str]:
    """Return the sheets of a workbook in their order.

    Raises
    ------
    SourceError
        The workbook is truncated or damaged.
    """
    content = io.BytesIO(read_bytes(path))
    try:
        return [str(name) for name in CalamineWorkbook.from_filelike(content).sheet_names]
    except DAMAGE as error:
        raise _broken(error) from None


def sheet_lines(path: Path, sheet: str) -> list[list[Any]]:
    """Return the rows of one sheet as lists of cells.

    Raises
    ------
    SourceError
        As `read_xlsx`.
    """
    content = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            refuse_bomb(packed.infolist())
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            if sheet not in book.sheet_names:
                message = f"no sheet {sheet!r}; found {', '.join(book.sheet_names)}"
                raise SourceError(message)
            _refuse_formulas(packed, sheet)
            lines: list[list[Any]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except DAMAGE as error:
        raise _broken(error) from None
    _refuse_formula_texts(lines)
    return lines


def _broken(error: Exception) -> SourceError:
    return SourceError(f"the workbook is truncated or damaged ({error}); fetch it again")


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


def as_frame(lines: list[list[Any]], options: Options, *, first: int = 1) -> pd.DataFrame:
    """Return rows of cells as a frame; the index is the row number, `first` being the header's.

    Raises
    ------
    SourceError
        There is no row under the header, one is longer than it, or the columns are not as many as
        the source names.
    """
    numbered = [
        (number, line)
        for number, line in enumerate(lines, first)
        if options.comment is None or not str(line[:1] and line[0]).startswith(options.comment)
    ]
    begin = 0 if options.header is False else 1
    if len(numbered) <= begin:
        message = "the file holds no rows under its header; fetch it again"
        raise SourceError(message)
    header = [plain_text(cell) for cell in numbered[0][1]]
    if options.names is not None:
        header = _given_names(header, options.names)
    header = respelled(header, options.spellings or {})
    width = len(header)
    long = [
        number
        for number, line in numbered
        if len(line) > width and any(_filled(cell) for cell in line[width:])
    ]
    if long:
        message = f"row {long[0]} has more cells than the header's {width} ({len(long)} such rows)"
        raise SourceError(message)
    body = [
        line if len(line) == width else (line + [""] * (width - len(line)))[:width]
        for _, line in numbered[begin:]
    ]
    rows = pd.DataFrame(body, dtype=object)
    rows.columns = pd.Index(header, dtype=object)
    rows.index = pd.Index([number for number, _ in numbered[begin:]], name="row")
    return rows


def _given_names(found: list[str], names: tuple[str, ...]) -> list[str]:
    if len(found) != len(names):
        message = (
            f"found {len(found)} columns ({', '.join(map(repr, found))}); expected the"
            f" {len(names)} that the source names: {', '.join(map(repr, names))}"
        )
        raise SourceError(message)
    return list(names)


def respelled(found: list[str], spellings: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the texts with every known spelling of a name in place of the name itself.

    Letters and digits alone decide: case, accents, blanks and signs do not count.
    """
    known = {_letters(text): name for name, others in spellings.items() for text in (*others, name)}
    return [known.get(_letters(text), text) if text else text for text in found]


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def _filled(cell: object) -> bool:
    return plain_text(cell) != ""
