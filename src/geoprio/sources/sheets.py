"""Readers of tables: csv and xlsx. Rows keep the file's own row number as their index.

A file that is empty, damaged, in another encoding or not as its source says is a `SourceError`.
"""

import csv
import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatch
from functools import reduce
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.raw import decode, only_member, read_bytes, refuse_bomb
from geoprio.sources.rows import as_category, as_numbers, listed, plain_text, refuse_any
from geoprio.words import Phrase

WORKBOOK = 200_000_000
"""Bytes that a workbook may unpack to; the largest official one is 17 MB."""
CELLS = 6_000_000
"""Cells of the box around all that a sheet holds: the library makes room for every one."""
MANY = 1_000_000
"""Cells of a box that official files do not reach: there blanks are looked for."""
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
COMMA = re.compile(r"^\s*([+-]?\d+),(\d+)\s*$", re.ASCII)
SEPARATOR = re.compile(r"\A\"?sep=(.)\"?(\r?\n|\r)", re.IGNORECASE)
"""The first line by which a spreadsheet is told what separates the cells."""
FORMULA_CELL = re.compile(rb'r="([A-Z]+\d+)"[^<>]*><(?:\w+:)?f[ />]')


def read_csv(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of a csv file as text; the index is the row number, the header being 1.

    A short row, as notes after the data are, is filled with empty text.
    """
    options = source.options
    lines, first = _cells(_text(path, source), options.separator or ",")
    if options.decimal is not None:
        lines = [[COMMA.sub(r"\1.\2", cell) for cell in line] for line in lines]
    return _as_frame(lines, options, first=first)


def _cells(text: str, separator: str) -> tuple[list[list[str]], int]:
    """Return the rows of a text, and the number of the first."""
    told = SEPARATOR.match(text)
    file = io.StringIO(text[told.end() :] if told else text, newline="")
    lines = list(csv.reader(file, delimiter=told[1] if told else separator, strict=True))
    return lines, 2 if told else 1


def read_list(path: Path, *, judge: Callable[[str], object] = len) -> pd.DataFrame:
    """Return a list of the user's own as text; the index is the row number, an empty cell is NaN.

    What separates the cells of the header does so in every row, for a spreadsheet chooses by what
    it saves as. `judge` may refuse the text before it is cut into cells.

    SourceError: It is not UTF-8, or rows have more cells than the header.
    """
    try:
        text = decode(read_bytes(path), encoding="utf-8-sig")
    except SourceError as error:
        fault = error if error.heading == Phrase("file_empty") else Phrase("list_not_utf8")
        raise SourceError("list_unreadable", file=path.name, error=fault) from None
    judge(text)
    header = SEPARATOR.sub("", text, count=1).partition("\n")[0]
    try:
        lines, first = _cells(text, next((sign for sign in ";\t," if sign in header), ";"))
        # A list may have a header alone.
        rows = _as_frame([*lines, []], Options(), first=first)
    except (SourceError, csv.Error) as error:
        raise SourceError("list_unreadable", file=path.name, error=error) from None
    return rows.mask(rows == "").dropna(how="all").astype("str")


def _text(path: Path, source: Source) -> str:
    content = read_bytes(path)
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = packed.read(only_member(packed, source.options.member or "*.csv"))
    encoding, hint = source.options.encoding or "utf-8-sig", Phrase("save_as_csv")
    return decode(content, encoding=encoding, hint=hint)


def read_xlsx(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of one sheet; cells are text or numbers as the workbook has them.

    Formulas are refused: official files hold values, and what one would show is not known here.
    """
    return _as_frame(_Workbook(path).lines(source.options.sheet or ""), source.options)


def sheet_lines(path: Path, sheets: Sequence[str]) -> list[list[list[Any]]]:
    """Return the rows of some sheets of a workbook that is no source; cells as `read_xlsx` has."""
    try:
        book = _Workbook(path)
        return [book.lines(sheet) for sheet in sheets]
    except (*CUT_OFF, CalamineError):
        raise SourceError("workbook_damaged", file=path.name) from None


CUT_OFF = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, LookupError),
    *(RuntimeError, StopIteration, ValueError),
)
"""What a damaged workbook raises in Python's own readers; encrypted ones among them."""


class _Workbook:
    """A workbook: its parts as they are packed, and the values of its sheets."""

    def __init__(self, path: Path) -> None:
        self.content = read_bytes(path)
        self.packed = zipfile.ZipFile(io.BytesIO(self.content))
        refuse_bomb(self.packed.infolist(), most=WORKBOOK)
        book = ElementTree.fromstring(self.packed.read("xl/workbook.xml"))
        links = ElementTree.fromstring(self.packed.read("xl/_rels/workbook.xml.rels"))
        target = {link.get("Id"): link.get("Target", "") for link in links}
        # Another form of the format ("strict") has other namespaces, and nothing else that matters.
        sheets = {
            sheet.get("name", ""): target[
                next(it for key, it in sheet.items() if key[-3:] == "}id")
            ]
            for sheet in book.findall("{*}sheets/{*}sheet")
        }
        self.parts = {name: posixpath.join("/xl", part)[1:] for name, part in sheets.items()}

    def lines(self, sheet: str) -> list[list[Any]]:
        """Return the rows of one sheet as lists of cells.

        Whatever would make the library ask for more memory than there is must be refused before:
        it ends the whole process.
        """
        if sheet not in self.parts:
            raise SourceError("no_sheet", wanted=sheet, sheet_names=list(self.parts))
        part, content = self.parts[sheet], self.content
        xml = self.packed.read(part)
        _refuse_formulas(xml, sheet)
        if _box(xml) > MANY:
            content = self._with(part, _without_blanks(xml, self._blank_texts()))
        page = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
        lines: list[list[Any]] = page.to_python(skip_empty_area=False)
        _refuse_formula_texts(lines)
        return lines

    def _blank_texts(self) -> frozenset[bytes]:
        """Return the numbers of the shared texts that are nothing but blanks."""
        name = "xl/sharedStrings.xml"
        if name not in self.packed.namelist():
            return frozenset()
        texts = ElementTree.fromstring(self.packed.read(name))
        blank = (n for n, text in enumerate(texts) if not "".join(text.itertext()).strip())
        return frozenset(str(number).encode() for number in blank)

    def _with(self, part: str, xml: bytes) -> bytes:
        """Return the workbook with another sheet in place of one."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as packed:
            for name in self.packed.namelist():
                packed.writestr(name, xml if name == part else self.packed.read(name))
        return made.getvalue()


TAG = rb"<(?:\w+:)?%s(?=[\s/>])"
CELL = re.compile(
    TAG % b"c" + rb"([^<>]*?)(?:/>|>((?:[^<]|<(?!/?(?:\w+:)?c[\s/>]).)*)</(?:\w+:)?c>)", re.DOTALL
)
PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d+)")
EMPTY_ROW = re.compile(TAG % b"row" + rb"[^<>]*(?:/>|>\s*</(?:\w+:)?row>)")


def _box(xml: bytes) -> int:
    """Return how many cells lie in the box around all cells of a sheet, or a bound of it.

    Exactly is counted only where something may be far away: what official files hold costs little.
    """
    columns = re.findall(rb' r="([A-Z]+)\d', xml)
    widest = max(map(_column, set(columns)), default=1)
    others = xml.count(b"<co") + xml.count(b"<cf") - xml.count(b":c")
    for digits in (4, 5) if len(columns) >= xml.count(b"<c") - others else ():
        if widest * 10**digits <= MANY and not re.search(rb' r="[A-Z]*\d{%d}' % (digits + 1), xml):
            return widest * 10**digits
    places, rows = PLACE.findall(xml), re.split(TAG % b"row", xml)[1:]
    widest = max((_column(letters) for letters, _ in places), default=1)
    tallest = max((int(number) for _, number in places), default=1)
    cells = [len(re.findall(TAG % b"c", row)) for row in rows]
    if sum(letters != b"" for letters, _ in places) < sum(cells):
        # A cell that does not say where it is stands after the one before it.
        widest, tallest = widest + max(cells), tallest + len(rows)
    return widest * tallest


def _column(letters: bytes) -> int:
    return reduce(lambda number, letter: number * 26 + letter - 64, letters.upper(), 0)


def _without_blanks(xml: bytes, blank_texts: frozenset[bytes]) -> bytes:
    """Return a sheet without its blank cells: somebody pressed space far below the table.

    SourceError: Something else stands there.
    """

    def kept(cell: re.Match[bytes]) -> bytes:
        held = re.sub(rb"<[^>]*>", b"", cell[2] or b"").strip()
        return b"" if not held or (b't="s"' in cell[1] and held in blank_texts) else cell[0]

    bare = EMPTY_ROW.sub(b"", CELL.sub(kept, xml))
    if _box(bare) > CELLS:
        places = [
            (_column(letters) * int(row), letters + row) for letters, row in PLACE.findall(bare)
        ]
        raise SourceError("cell_far_away", cell=max(places, default=(0, b"?"))[1].decode())
    return bare


def _refuse_formula_texts(lines: list[list[Any]]) -> None:
    """Raise where a text would become a formula in the next spreadsheet that opens it."""
    # Most texts stand in many cells, and hardly ever is one a formula.
    texts = {cell for line in lines for cell in line if type(cell) is str}
    formulas = {cell for cell in texts if cell[:1] == "="}
    if formulas:
        cells = [(number, cell) for number, line in enumerate(lines, 1) for cell in line]
        faults = [Phrase("row_cell", number=n, cell=cell) for n, cell in cells if cell in formulas]
        refuse_any("formula_for_value", faults)


def _refuse_formulas(xml: bytes, sheet: str) -> None:
    # The plain search is a hundred times faster than the expression, and nearly always enough.
    if (b"<f" not in xml and b":f" not in xml) or FORMULA.search(xml) is None:
        return
    cells = [match.decode() for match in FORMULA_CELL.findall(xml)]
    raise SourceError("sheet_holds_formulas", listed(cells), sheet=sheet)


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
    book = _Workbook(path)
    sheets = [sheet for sheet in book.parts if fnmatch(sheet.lower(), wanted.lower())]
    if not sheets:
        raise SourceError("no_sheet", wanted=wanted, sheet_names=list(book.parts))
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
