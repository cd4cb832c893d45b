"""Compare a file that came back with its control sheet, cell by cell."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import pandas as pd
import pyogrio
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError, why
from geoprio.files.delivery import OUR_FORM, Control, Form
from geoprio.files.table import bare

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

    Raises SourceError: the file is missing, empty, or none of these.
    """
    content = _content(path)
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        return Returned(path.name, _workbook(path, content, control))
    if kind in MAP_FILES:
        return Returned(path.name, _map_file(path, control))
    return read_csv(path, content, expected=control.form, columns=_names(control.cells))


def control_of(path: Path) -> Control:
    """Return what a file of our own, such as `ranking.csv`, holds: what a copy is compared with."""
    read = read_returned(path, Control(pd.DataFrame(), OUR_FORM, {}))
    return Control(read.cells, read.form or OUR_FORM, {})


def read_csv(path: Path, content: bytes, *, expected: Form, columns: Sequence[str]) -> Returned:
    """Return the cells of a CSV, whatever its encoding, separator and line ends have become."""
    encoding, bom = _encoding(content, expected)
    written = content.decode("utf-8-sig" if bom and encoding == "utf-8" else encoding)
    separator = _separator(written, expected, columns)
    try:
        lines = csv.reader(io.StringIO(written, newline=""), delimiter=separator)
        rows = [row for row in lines if any(row)]
    except csv.Error as error:
        raise SourceError("csv_unreadable", path=path.name, error=error) from None
    if not rows:
        raise SourceError("returned_file_empty", path=path.name)
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
        raise SourceError("returned_file_unreadable", path=path, error=why(error)) from None
    if content.startswith(b"PK") and _unpacked_size(content) > LARGEST:
        raise SourceError("workbook_too_large", path=path.name, most=LARGEST >> 20)
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
        raise SourceError("workbook_unreadable", path=path.name, error=error) from None
    cells = [[_as_text(cell) for cell in row] for row in rows if any(cell != "" for cell in row)]
    if not cells:
        raise SourceError("first_sheet_empty", path=path.name)
    head, body = (cells[0], cells[1:]) if control.form.header else (_names(control.cells), cells)
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
        raise SourceError("map_file_unreadable", path=path.name, error=error) from None
    full = {short: column for column, short in control.renamed.items()}
    named = frame.rename(columns=full if set(full) & set(frame) else {})
    if path.suffix.lower() == ".kml":  # readers add columns of their own, as many as they know
        named = named[[name for name in named if name in control.cells]]
    known = named.astype(object).where(named.notna(), "")
    return pd.DataFrame(known.map(_as_text))


def _unlike(headings: Sequence[str]) -> list[str]:
    """Return headings, a repeated one with its number, so that each is a column of its own."""
    counts: dict[str, int] = {}
    named = []
    for heading in headings:
        counts[heading] = counts.get(heading, 0) + 1
        named.append(heading if counts[heading] == 1 else f"{heading} ({counts[heading]})")
    return named


CellKind = Literal["changed", "zeros", "letters"]

_READ_AS = ("cp1252", "iso-8859-1", "cp850", "mac_roman")
"""Tables that UTF-8 is often read by, by mistake."""
_LOST = frozenset("?\N{REPLACEMENT CHARACTER}_")


def differences(pairs: pd.DataFrame, decimal: str) -> Iterator[tuple[str, CellKind, str, str]]:
    """Yield key, kind, found and expected of each pair of cells that do not say the same.

    `pairs` has `found` and `expected` as text, by key; `decimal` is the mark of `expected`.
    """
    unlike = pairs[pairs["found"] != pairs["expected"]]
    equal = number(unlike["found"], decimal) == number(unlike["expected"], decimal)
    codes = unlike["expected"].str.fullmatch(r"0\d+")
    for key, found, expected in unlike[~equal | codes].itertuples():
        yield str(key), _kind(found, expected), found, expected


def number(values: pd.Series, decimal: str) -> pd.Series:
    """Return text as numbers, NaN where it is none; the other decimal mark is taken too.

    Blanks between thousands are passed over. "1,205" is 1.205: whoever wrote 1205 so has changed
    it for everyone who reads a decimal comma.
    """
    plain = values.str.replace(r"[\s\u00a0\u202f\u2009]", "", regex=True)
    both = plain.str.contains(",", regex=False) & plain.str.contains(".", regex=False)
    read = pd.to_numeric(plain.str.replace(decimal, ".").str.replace(",", "."), errors="coerce")
    return read.where(~both)


def _kind(found: str, expected: str) -> CellKind:
    if expected.startswith("0") and found and found.lstrip("0") == expected.lstrip("0"):
        return "zeros"
    return "letters" if _garbled(found, expected) else "changed"


def _garbled(found: str, expected: str) -> bool:
    """Return whether `found` is `expected` with its letters beyond ASCII read or saved wrong."""
    if expected.isascii():
        return False
    if unicodedata.normalize("NFC", found) == expected or found == _unaccented(expected):
        return True
    if any(expected.encode().decode(table, "replace") == found for table in _READ_AS):
        return True
    return len(found) == len(expected) and all(
        one == other or (not other.isascii() and (one in _LOST or not one.isascii()))
        for one, other in zip(found, expected, strict=True)
    )


def _unaccented(word: str) -> str:
    signs = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


FormKind = Literal["encoding", "bom", "separator", "line_end"]
TableKind = Literal["uneven", "decimal", "column_missing", "column_new", "column_moved"]
RowKind = Literal["row_missing", "row_new", "row_doubled", "rows", "sum"]
Kind = FormKind | TableKind | RowKind | CellKind


@dataclass(frozen=True)
class Finding:
    """One difference."""

    kind: Kind
    where: str = ""
    """Row, column, or both."""
    found: str = ""
    expected: str = ""


def compare(control: Control, returned: Returned) -> list[Finding]:
    """Return every difference between what was sent and what came back; none when all is as sent.

    The order of rows is free. A row is known by its first columns, as many as part all rows, and
    still known where they have lost leading zeros. Numbers are compared as numbers, other cells as
    text.
    """
    findings = [*_form(control.form, returned), *_columns(control, returned)]
    shared = [column for column in _names(control.cells) if column in returned.cells]
    if not shared or shared[0] != control.cells.columns[0]:
        return findings
    keys = _key_columns(control.cells[shared])
    sent = _keyed(control.cells, keys)
    came = _keyed(returned.cells, keys)
    came, zeros = _restored(sent, came, keys)
    findings += [*zeros, *_rows(sent, came)]
    both = came[came.index.isin(sent.index)]
    for column in shared:
        if column in keys:
            continue
        pairs = pd.DataFrame({"found": both[column], "expected": sent[column].reindex(both.index)})
        findings += [
            Finding(kind, f"{_row_name(str(key))}, {column}", found, expected)
            for key, kind, found, expected in differences(pairs, control.form.decimal)
        ]
    return [*findings, *_decimals(control, returned, shared), *_sums(control, returned)]


def _form(sent: Form, returned: Returned) -> list[Finding]:
    came = returned.form
    if came is None:
        return []
    told, wanted = came.told(), sent.told()
    found = [
        Finding(kind, found=str(told[kind]), expected=str(wanted[kind]))
        for kind in get_args(FormKind)
        if told[kind] not in (wanted[kind], "")
    ]
    return found + [Finding("uneven", str(row)) for row in returned.uneven]


def _columns(control: Control, returned: Returned) -> list[Finding]:
    sent, came = _names(control.cells), _names(returned.cells)
    findings = [Finding("column_missing", column) for column in sent if column not in came]
    findings += [Finding("column_new", column) for column in came if column not in sent]
    moved = [column for column in came if column in sent]
    if not findings and moved != sent:
        findings.append(Finding("column_moved", found=", ".join(moved), expected=", ".join(sent)))
    return findings


def _key_columns(cells: pd.DataFrame) -> list[str]:
    """Return the fewest first columns by which no two rows are alike."""
    names = _names(cells)
    widths = range(1, len(names) + 1)
    width = next((n for n in widths if not cells[names[:n]].duplicated().any()), len(names))
    return names[:width]


def _names(cells: pd.DataFrame) -> list[str]:
    return [str(name) for name in cells]


_JOIN = "\x1f"


def _keyed(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    joined = cells[[key for key in keys if key in cells]].agg(_JOIN.join, axis=1)
    return cells.set_axis(pd.Index(joined, dtype=object))


def _row_name(key: str) -> str:
    return key.replace(_JOIN, " – ")


def _restored(
    sent: pd.DataFrame, came: pd.DataFrame, keys: list[str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give rows whose code lost its leading zeros their own name again, and tell of it."""
    lost = sent.index[~sent.index.isin(came.index)]
    whole = dict(zip(lost.str.lstrip("0"), lost, strict=True))
    names = pd.Series(came.index, dtype=object)
    strange = names.where(~names.isin(sent.index))
    restored = strange.str.lstrip("0").map(whole).astype(object)
    findings = [
        Finding("zeros", f"{_row_name(expected)}, {keys[0]}", _row_name(found), _row_name(expected))
        for found, expected in zip(names, restored, strict=True)
        if isinstance(expected, str)
    ]
    return came.set_axis(pd.Index(restored.fillna(names), dtype=object)), findings


def _rows(sent: pd.DataFrame, came: pd.DataFrame) -> list[Finding]:
    times = came.index.value_counts(sort=False)
    missing = sent.index[~sent.index.isin(came.index)]
    new = came.index[~came.index.isin(sent.index)].unique()
    findings = [Finding("row_missing", _row_name(key)) for key in missing]
    findings += [Finding("row_new", _row_name(key)) for key in new]
    findings += [
        Finding("row_doubled", _row_name(str(key)), str(count), "1")
        for key, count in times[times > 1].items()
    ]
    if len(sent) != len(came):
        findings.append(Finding("rows", found=str(len(came)), expected=str(len(sent))))
    return findings


def _decimals(control: Control, returned: Returned, shared: list[str]) -> list[Finding]:
    """Tell of a CSV's columns that are written with the other decimal mark."""
    mark = control.form.decimal
    other = "," if mark == "." else "."
    return [
        Finding("decimal", column, other, mark)
        for column in (shared if returned.form else [])
        if control.cells[column].str.fullmatch(rf"-?\d+\{mark}\d+").any()
        and returned.cells[column].str.fullmatch(rf"-?\d+\{other}\d+").any()
    ]


def _sums(control: Control, returned: Returned) -> list[Finding]:
    findings = []
    for column, expected in control.sums.items():
        if column in returned.cells:
            found = number(returned.cells[column], control.form.decimal).sum()
            if found != expected:
                findings.append(Finding("sum", column, f"{found:.0f}", str(expected)))
    return findings
