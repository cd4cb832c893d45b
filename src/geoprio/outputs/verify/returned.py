"""Read a file that came back, in whatever way a program saved it: every cell as text."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyogrio
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError
from geoprio.outputs.files import bare
from geoprio.outputs.vendors.control import Control
from geoprio.outputs.vendors.form import Form

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
MAP_FILES = (".gpkg", ".shp", ".zip", ".kml")
LARGEST = 500 << 20
"""Bytes that a zip or workbook may unpack to."""
SEPARATORS = (";", ",", "\t", "|")
_ONE_BYTE = ("cp1252", "iso-8859-1", "iso-8859-15")


@dataclass(frozen=True)
class Returned:
    """A file that came back."""

    name: str
    cells: pd.DataFrame
    """Every cell as text; empty where nothing stands."""
    form: Form | None = None
    """How a CSV is written; None of other files."""
    uneven: tuple[int, ...] = ()
    """Rows of a CSV that have another number of cells than the headings, by number in the file."""


def read_returned(path: Path, control: Control) -> Returned:
    """Return the cells of a CSV, workbook or map file; `control` says what to expect of its form.

    Raises
    ------
    SourceError
        The file is missing, empty, or none of these.
    """
    content = _content(path)
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        return Returned(path.name, _workbook(path, content, control))
    if kind in MAP_FILES:
        return Returned(path.name, _map_file(path, control))
    return read_csv(path, content, expected=control.form, columns=_headings(control))


def control_of(path: Path) -> Control:
    """Return what a file of our own, such as `ranking.csv`, holds: what a copy is compared with.

    Raises
    ------
    SourceError
        The file is missing or empty.
    """
    ours = Form("utf-8", True, ";", ",", "\r\n")
    blank = Control(pd.DataFrame(), ours, {})
    read = read_returned(path, blank)
    return Control(read.cells, read.form or ours, {})


def read_csv(path: Path, content: bytes, *, expected: Form, columns: Sequence[str]) -> Returned:
    """Return the cells of a CSV, whatever its encoding, separator and line ends have become."""
    encoding, bom = _encoding(content, expected)
    written = content.decode("utf-8-sig" if bom and encoding == "utf-8" else encoding)
    separator = _separator(written, expected, columns)
    try:
        lines = csv.reader(io.StringIO(written, newline=""), delimiter=separator)
        rows = [row for row in lines if any(row)]
    except csv.Error as error:
        message = f"{path.name}: cannot be read as CSV ({error}); save it as CSV or .xlsx again"
        raise SourceError(message) from None
    if not rows:
        message = f"{path.name}: holds no rows; expected the file as it was saved"
        raise SourceError(message)
    head, body = (rows[0], rows[1:]) if expected.header else (list(columns), rows)
    first = 2 if expected.header else 1
    uneven = tuple(place + first for place, row in enumerate(body) if len(row) != len(head))
    even = [[*row, *[""] * len(head)][: len(head)] for row in body]
    return Returned(
        path.name,
        pd.DataFrame(even, columns=_unlike(head), dtype=str).map(bare).rename(columns=bare),
        Form(encoding, bom, separator, expected.decimal, _line_end(written), expected.header),
        uneven,
    )


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); expected the file that came back"
        raise SourceError(message) from None
    if content.startswith(b"PK") and _unpacked_size(content) > LARGEST:
        message = f"{path.name}: unpacks to more than {LARGEST >> 20} MiB; no list of areas does"
        raise SourceError(message)
    return content


def _unpacked_size(content: bytes) -> int:
    """Return what a zip, or a workbook, says that it unpacks to; 0 of one that is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(item.file_size for item in packed.infolist())
    except zipfile.BadZipFile:
        return 0


def _encoding(content: bytes, expected: Form) -> tuple[str, bool]:
    """Return the encoding and whether there is a mark; what fits the expected one is that."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8", True
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", True
    if content.isascii():
        return (expected.encoding if expected.encoding != "utf-16" else "utf-8"), False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # One byte a letter: which of these tables it is cannot be told, so the expected one is.
        return (expected.encoding if expected.encoding in _ONE_BYTE else "iso-8859-1"), False
    return "utf-8", False


def _separator(written: str, expected: Form, columns: Sequence[str]) -> str:
    """Return the sign that parts the headings into most columns; the expected one of equals."""
    if not expected.header:
        return expected.separator
    first = written.splitlines()[0] if written else ""
    wanted = set(columns)

    def score(sign: str) -> tuple[int, int, bool]:
        parts = next(csv.reader([first], delimiter=sign), [])
        return len(wanted & set(parts)), len(parts), sign == expected.separator

    return max(SEPARATORS, key=score)


def _line_end(written: str) -> str:
    return next((end for end in ("\r\n", "\n", "\r") if end in written), "")


def _workbook(path: Path, content: bytes, control: Control) -> pd.DataFrame:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        message = f"{path.name}: cannot be read as a workbook ({error}); expected .xlsx or .csv"
        raise SourceError(message) from None
    cells = [[_as_text(cell) for cell in row] for row in rows if any(cell != "" for cell in row)]
    if not cells:
        message = f"{path.name}: the first sheet is empty; expected the rows there"
        raise SourceError(message)
    head, body = (cells[0], cells[1:]) if control.form.header else (_headings(control), cells)
    return pd.DataFrame(body, columns=_unlike(head), dtype=str)


def _as_text(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _map_file(path: Path, control: Control) -> pd.DataFrame:
    place = f"/vsizip/{path.resolve()}" if path.suffix.lower() == ".zip" else path
    try:
        frame = pyogrio.read_dataframe(place, read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        message = f"{path.name}: cannot be read as a map file ({error})"
        raise SourceError(message) from None
    full = {short: column for column, short in control.renamed.items()}
    named = frame.rename(columns=full if set(full) & set(frame) else {})
    if path.suffix.lower() == ".kml":  # readers add columns of their own, as many as they know
        named = named[[name for name in named if name in control.cells]]
    known = named.astype(object).where(named.notna(), "")
    return pd.DataFrame(known.map(_as_text))


def _headings(control: Control) -> list[str]:
    return [str(name) for name in control.cells]


def _unlike(headings: Sequence[str]) -> list[str]:
    """Return headings, a repeated one with its number, so that each is a column of its own."""
    counts: dict[str, int] = {}
    named = []
    for heading in headings:
        counts[heading] = counts.get(heading, 0) + 1
        named.append(heading if counts[heading] == 1 else f"{heading} ({counts[heading]})")
    return named
