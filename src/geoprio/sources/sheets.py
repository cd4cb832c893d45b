"""Readers of tables: csv and xlsx. Rows keep the file's own row number as their index.

A file that is empty, damaged, in another encoding or not as its source says is a `SourceError`.
"""

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.raw import decode, only_member, open_zip, read_bytes, read_text, refuse_bomb
from geoprio.sources.rows import as_category, as_numbers, listed, plain_text, refuse_any
from geoprio.words import Phrase

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
    """
    options = source.options
    text = io.StringIO(_text(path, source), newline="")
    try:
        lines = list(csv.reader(text, delimiter=options.separator or ",", strict=True))
    except csv.Error as error:
        raise SourceError("csv_damaged", error=error) from None
    if options.decimal is not None:
        lines = [[COMMA.sub(r"\1.\2", cell) for cell in line] for line in lines]
    return _as_frame(lines, options)


def _text(path: Path, source: Source) -> str:
    encoding = source.options.encoding or "utf-8-sig"
    if path.suffix.lower() != ".zip":
        return read_text(path, encoding=encoding)
    with open_zip(path) as packed:
        content = packed.read(only_member(packed, source.options.member or "*.csv"))
    return decode(content, encoding=encoding)


def read_xlsx(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of one sheet; cells are text or numbers as the workbook has them.

    Formulas are refused: official files hold values, and what one would show is not known here.
    """
    with _workbook(path) as book:
        lines = book.lines(source.options.sheet or "")
    return _as_frame(lines, source.options)


@dataclass(frozen=True)
class _Workbook:
    """A workbook that is open: its values, and the parts that it is packed in."""

    values: CalamineWorkbook
    packed: zipfile.ZipFile

    def lines(self, sheet: str) -> list[list[Any]]:
        """Return the rows of one sheet as lists of cells."""
        if sheet not in self.values.sheet_names:
            raise SourceError("no_sheet", wanted=sheet, sheet_names=self.values.sheet_names)
        _refuse_formulas(self.packed, sheet)
        page = self.values.get_sheet_by_name(sheet)
        lines: list[list[Any]] = page.to_python(skip_empty_area=False)
        _refuse_formula_texts(lines)
        return lines


@contextmanager
def _workbook(path: Path) -> Iterator[_Workbook]:
    content = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            refuse_bomb(packed.infolist())
            yield _Workbook(CalamineWorkbook.from_filelike(io.BytesIO(content)), packed)
    except DAMAGE as error:
        raise SourceError("workbook_damaged", error=error) from None


def _refuse_formula_texts(lines: list[list[Any]]) -> None:
    """Raise where a text would become a formula in the next spreadsheet that opens it."""
    # Most texts stand in many cells, and hardly ever is one a formula.
    texts = {cell for line in lines for cell in line if type(cell) is str}
    formulas = {cell for cell in texts if cell[:1] == "="}
    if formulas:
        cells = [(number, cell) for number, line in enumerate(lines, 1) for cell in line]
        faults = [Phrase("row_cell", number=n, cell=cell) for n, cell in cells if cell in formulas]
        refuse_any("formula_for_value", faults)


def _refuse_formulas(packed: zipfile.ZipFile, sheet: str) -> None:
    xml = packed.read(_sheet_part(packed, sheet))
    # The plain search is a hundred times faster than the expression, and nearly always enough.
    if (b"<f" not in xml and b":f" not in xml) or FORMULA.search(xml) is None:
        return
    cells = [match.decode() for match in FORMULA_CELL.findall(xml)]
    raise SourceError("sheet_holds_formulas", listed(cells), sheet=sheet)


def _sheet_part(packed: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    ids = {item.get("name"): item.get(RELATION) for item in book.iter(f"{MAIN}sheet")}
    part = target[ids[sheet]]
    return part.lstrip("/") if part.startswith("/") else f"xl/{part}"


def _as_frame(lines: list[list[Any]], options: Options, *, first: int = 1) -> pd.DataFrame:
    """Return rows of cells as a frame; the index is the row number, `first` being the header's."""
    numbered = [
        (number, line)
        for number, line in enumerate(lines, first)
        if options.comment is None or not str(line[:1] and line[0]).startswith(options.comment)
    ]
    begin = 0 if options.header is False else 1
    if len(numbered) <= begin:
        raise SourceError("file_without_rows")
    header = [plain_text(cell) for cell in numbered[0][1]]
    if options.names is not None:
        header = _given_names(header, options.names)
    header = respelled(header, options.spellings or {})
    width = len(header)
    long = [
        number
        for number, line in numbered
        if len(line) > width and any(plain_text(cell) for cell in line[width:])
    ]
    if long:
        raise SourceError("rows_too_long", row=long[0], width=width, count=len(long))
    body = [
        line if len(line) == width else (line + [""] * (width - len(line)))[:width]
        for _, line in numbered[begin:]
    ]
    rows = pd.DataFrame(body, dtype=object)
    numbers = pd.Index([number for number, _ in numbered[begin:]], name="row")
    return rows.set_axis(pd.Index(header, dtype=object), axis=1).set_axis(numbers)


def _given_names(found: list[str], names: tuple[str, ...]) -> list[str]:
    if len(found) != len(names):
        raise SourceError(
            "columns_differ_in_number",
            count=len(found),
            found=map(repr, found),
            expected=len(names),
            names=map(repr, names),
        )
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


SEARCHED = 30
"""Rows of a sheet among which its headings are looked for."""


def read_table(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of a csv file, or of the sheet of a workbook that has the headings wanted.

    The headings are the first row that holds every column of the source, in any spelling that it
    names; `sheet` may be a pattern.
    """
    if path.suffix.lower() != ".xlsx":
        return read_csv(path, source)
    wanted = source.options.sheet or "*"
    with _workbook(path) as book:
        names = book.values.sheet_names
        sheets = [sheet for sheet in names if fnmatch(sheet.lower(), wanted.lower())]
        if not sheets:
            raise SourceError("no_sheet", wanted=wanted, sheet_names=names)
        lines = {sheet: book.lines(sheet) for sheet in sheets}
    places = {sheet: _heading(rows, source) for sheet, rows in lines.items()}
    found = {sheet: place for sheet, place in places.items() if place is not None}
    if len(found) != 1:
        raise _lost(lines, list(found), source)
    ((sheet, place),) = found.items()
    return _as_frame(lines[sheet][place:], source.options, first=place + 1)


def _heading(rows: list[list[Any]], source: Source) -> int | None:
    spellings, needed = source.options.spellings or {}, set(source.needed)
    for place, row in enumerate(rows[:SEARCHED]):
        if needed <= set(respelled([plain_text(cell) for cell in row], spellings)):
            return place
    return None


def _lost(lines: dict[str, list[list[Any]]], found: list[str], source: Source) -> SourceError:
    wanted = ", ".join(map(repr, sorted(source.needed)))
    if found:
        return SourceError("several_sheets_fit", found=found, wanted=wanted)
    rows = [
        Phrase("row_of_sheet", sheet=sheet, number=number, texts=map(repr, texts))
        for sheet, held in lines.items()
        for number, row in enumerate(held[:SEARCHED], 1)
        if len(texts := [text for text in map(plain_text, row) if text]) > 1
    ]
    return SourceError("headings_not_found", listed(rows), wanted=wanted)


CODE, PARTY, VOTES, ELECTORS = "Valdistriktskod", "Parti", "Röster", "Röstberättigade"
VALID, CAST = "Summa giltiga röster", "Valdeltagande"
INVALID = ("ej anmält deltagande", "blanka röster", "övriga ogiltiga")
KIND, COLLECTING, ORDINARY = "typ", "uppsamlingsdistrikt", "valdistrikt"
HEADERS = (CODE, PARTY, VOTES, ELECTORS)


def read_val_long(path: Path, source: Source) -> pd.DataFrame:
    """Return one row per district: code, type, electors, and a column per party and sum.

    A party without a row has 0 votes in a district whose rows make up its sum of valid votes; the
    invalid kinds likewise. In a district where they do not, what has no row is unknown.

    Codes that lost their leading zero get it back: up to six digits is a collecting district, else
    a polling district of eight.
    """
    rows = read_xlsx(path, source)
    refuse_headers(rows, HEADERS)
    codes = as_category(rows[CODE]).astype(str)
    padded = codes.map(lambda code: code.zfill(6 if len(code) <= 6 else 8))
    rows = rows.assign(**{CODE: padded})[codes.ne("").to_numpy()]
    spellings = source.options.spellings or {}
    known = {name: (*spellings.get(name, ()),) for name in (VALID, CAST, *INVALID)} | spellings
    parties = pd.Index(respelled(list(as_category(rows[PARTY]).astype(str)), known))
    votes = _wide(rows, parties)
    electors = _electors(rows)
    frame = _with_zeros(votes).reset_index()
    collecting = frame[CODE].str.len().eq(6)
    kind = collecting.map({True: COLLECTING, False: ORDINARY})
    known_electors = electors.reindex(frame[CODE]).to_numpy()
    return frame.assign(
        **{KIND: kind, ELECTORS: pd.Series(known_electors).mask(collecting, 0.0)}
    ).rename_axis("district", axis=0)


def refuse_headers(rows: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise unless each name heads one column."""
    found = list(rows.columns)
    faults = [Phrase("word_missing", name=name) for name in names if found.count(name) != 1]
    if faults:
        raise SourceError("columns_wrong_found", faults, columns=map(repr, found))


def _wide(rows: pd.DataFrame, parties: pd.Index) -> pd.DataFrame:
    numbers, bad = as_numbers(rows[VOTES])
    faults = [Phrase("row_found", row=row, cell=rows.loc[row, VOTES]) for row in rows.index[bad]]
    refuse_any("votes_not_counts", faults, count=len(faults))
    long = pd.DataFrame({CODE: rows[CODE].to_numpy(), PARTY: parties, VOTES: numbers.to_numpy()})
    twice = long.set_index(rows.index)[long.duplicated([CODE, PARTY], keep=False).to_numpy()]
    faults = [
        Phrase("row_party", row=row, party=party, code=code)
        for row, code, party in zip(twice.index, twice[CODE], twice[PARTY], strict=True)
    ]
    refuse_any("party_twice_in_district", faults)
    wide = long.pivot_table(index=CODE, columns=PARTY, values=VOTES)
    lost = [name for name in (VALID, CAST) if name not in wide]
    if lost:
        raise SourceError("sums_missing", lost, columns=listed(list(wide.columns)))
    return wide.rename_axis(columns=None)


def _with_zeros(votes: pd.DataFrame) -> pd.DataFrame:
    votes = votes.reindex(columns=[*votes.columns, *(n for n in INVALID if n not in votes)])
    parties = votes.columns.difference([VALID, CAST, *INVALID])
    whole = votes[parties].sum(axis=1).eq(votes[VALID])
    invalid = list(INVALID)
    counted = (votes[VALID] + votes[invalid].sum(axis=1)).eq(votes[CAST])
    filled = votes.copy()
    filled.loc[whole, parties] = votes.loc[whole, parties].fillna(0.0)
    filled.loc[counted, invalid] = votes.loc[counted, invalid].fillna(0.0)
    return filled


def _electors(rows: pd.DataFrame) -> pd.Series:
    numbers, _ = as_numbers(rows[ELECTORS])
    by_code = numbers.groupby(rows[CODE])
    several = by_code.nunique()
    refuse_any("districts_of_two_electorates", list(several.index[several > 1]))
    electors: pd.Series = by_code.first()
    return electors
