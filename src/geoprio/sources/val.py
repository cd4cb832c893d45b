"""Reader of the election authority's result files of 2026: zips of JSON, read district by district.

The riksdag's file of 2026 unpacks to about 260 MB, most of it personal votes: it is streamed, and
only a row of numbers per district is kept. The EU election of 2024 is expected in the same form.

What is damaged, of another form, or does not add up is a `SourceError`.
"""

import fnmatch
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import urlsplit

import ijson
import numpy as np
import pandas as pd

from geoprio.errors import CoverageWarning, SourceError
from geoprio.sources.catalogue import ListFetch, Source
from geoprio.sources.raw import SIGNATURE, checksums, decode, md5, only_member, read_bytes
from geoprio.sources.rows import as_category, as_numbers, refuse_any
from geoprio.sources.sheets import read_xlsx, refuse_headers
from geoprio.words import Phrase

MEMBER = "*rostfordelning*.json"
INDEX = "index.md5"
DISTRICTS = "valdistrikt.item"
COLLECTING = "uppsamlingsdistrikt"
OTHERS = "övriga partier"
INVALID = {
    "blanka": "blankaRoster",
    "övriga ogiltiga": "ovrigaOgiltiga",
    "ej anmält deltagande": "rosterEjAnmaltDeltagande",
}
PARTY = re.compile("^parti ")
REHEARSAL = re.compile(
    rb'"test"\s*:\s*(?!(?:false|null)\s*[,}])[^\s,}][^,}]*[,}]'
    rb'|"valtillfalle"\s*:\s*"[^"]*(?:test|genrep|simuler)',
    re.IGNORECASE,
)
"""A rehearsal bears the key `test`, which no result does, whatever stands there."""
PRELIMINARY = re.compile(rb'"rakningstillfalle"\s*:\s*"prelimin', re.IGNORECASE)
TAIL = 64
FORMER = tuple(f"föregående {number}" for number in range(1, 5))
"""Columns of the districts of the election before that a district is compared with."""
DEEPEST = 100
"""Levels that a result may have; it has ten. The library's memory grows with their square."""
STEPS = np.zeros(256, dtype=np.int8)
"""What a sign of JSON does to the level: one down, one up. In texts these signs hardly stand."""
STEPS[[ord("["), ord("{")]], STEPS[[ord("]"), ord("}")]] = 1, -1

DIGITS = bytes.maketrans(b"023456789", b"111111111")
LONG = b"11111111"
"""Every 16th sign of a number too long for a vote: of thousands of digits the library dies."""

District = dict[str, Any]


def read_val_json(path: Path, source: Source) -> pd.DataFrame:
    """Return one row per district: code, name, type, electors, votes cast, valid, per party.

    Beside them what it is compared with: `jämförelse`, and the older codes (`FORMER`).

    A party's column is its abbreviation, else its name. A counted district has 0 votes for a
    party that it does not list; one that is not counted (`rostfordelning` is null) has no numbers
    at all. Collecting districts (six digits) have no roll: their electorate is 0.
    """
    with _result(path, source, source.options.member or MEMBER) as (_, file):
        rows = [_row(one) for one in ijson.items(file, DISTRICTS, use_float=True)]
    if not rows:
        raise SourceError("not_a_district_result")
    return _frame(rows, source)


@contextmanager
def _result(
    path: Path, source: Source, pattern: str
) -> Iterator[tuple[zipfile.ZipFile, "_Watched"]]:
    """Open the one file that a zip holds of a pattern: no rehearsal's, and no damaged one's.

    Where the publisher's list of checksums (`index.md5`) lies beside the zip and names it, the
    zip must be the one that is listed; where the publisher's certificate does, its files must be
    signed by it.
    """
    index = path.with_name(INDEX)
    listed = checksums(decode(read_bytes(index), encoding="utf-8-sig")) if index.is_file() else {}
    expected = {PurePosixPath(name).name: of_it for name, of_it in listed.items()}.get(path.name)
    if expected is not None and expected != (found := md5(path)):
        raise SourceError("md5_differs", found=found, index=INDEX, expected=expected)
    if isinstance(source.fetch, ListFetch) and source.fetch.certificate is not None:
        _refuse_unsigned(path, source.fetch.certificate, source.fetch.certificate_sha256 or "")
    with zipfile.ZipFile(path) as packed, packed.open(only_member(packed, pattern)) as file:
        if str(file.name).lower().startswith("genrep"):
            raise SourceError("result_is_rehearsal")
        yield packed, _Watched(file)


def _refuse_unsigned(path: Path, address: str, fingerprint: str) -> None:
    """Raise where a signature fails; warn where a file placed by hand has nothing to hold it to."""
    certificate = path.with_name(PurePosixPath(urlsplit(address).path).name)
    if certificate.is_file():
        # Its library is not loaded by a run that has nothing signed.
        from geoprio.sources.signature import is_signed, public_key

        is_signed(public_key(certificate.read_bytes(), fingerprint))(path)
    elif not path.with_name(f"{path.name}.toml").is_file():
        with zipfile.ZipFile(path) as packed:
            signed = any(name.endswith(SIGNATURE) for name in packed.namelist())
        if signed:
            words = Phrase("signature_unheld", certificate=certificate.name, address=address)
            warnings.warn(words, CoverageWarning, stacklevel=2)


class _Watched:
    """A result as it is read: refused once it goes too deep, or says that it is no final result."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._level, self._tail = file, 0, b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. JSON has no order: these marks may stand anywhere."""
        chunk = self._file.read(size)
        if REHEARSAL.search(self._tail + chunk):
            raise SourceError("result_is_rehearsal")
        if PRELIMINARY.search(self._tail + chunk):
            raise SourceError("result_is_preliminary")
        levels = self._level + np.cumsum(STEPS[np.frombuffer(chunk, np.uint8)], dtype=np.int64)
        if levels.max(initial=0) > DEEPEST or LONG in chunk[::16].translate(DIGITS):
            raise SourceError("json_too_deep", most=DEEPEST)
        self._level, self._tail = int(levels[-1]) if len(levels) else 0, chunk[-TAIL:]
        return chunk


def _row(district: District) -> District:
    code = str(district["valdistriktskod"])
    counted = district["rostfordelning"]
    if "rapporteringsTid" in district and not district["rapporteringsTid"]:
        # Some that wait have their parties listed already, with nothing beside them.
        counted = None
    row = {
        "valdistriktskod": code,
        "namn": district.get("namn"),
        "typ": COLLECTING if len(code) == 6 else "valdistrikt",
        "röstberättigade": district.get("antalRostberattigade"),
        "jämförelse": district.get("statusJamforelse") or "",
        "krets": district.get("kretskod") or "",
        **_former(district, code),
    }
    if row["typ"] == COLLECTING and row["röstberättigade"] is None:
        row["röstberättigade"] = 0
    return row if counted is None else row | _votes(counted, district["totaltAntalRoster"], code)


def _former(district: District, code: str) -> dict[str, str]:
    """Return the district's older ones, which the files give as a list, as a text or not at all."""
    told = district.get("valdistriktskodForegaendeVal") or []
    codes = [told] if isinstance(told, str) else list(map(str, told))
    most = len(FORMER)
    if len(codes) > most:
        raise SourceError(
            "former_codes_too_many", code=code, count=len(codes), most=most, codes=codes
        )
    return dict(zip(FORMER, [*codes, *[""] * (most - len(codes))], strict=True))


def _votes(counted: District, cast: int, code: str) -> District:
    valid = counted["rosterPaverkaMandat"]
    # The authority's own descriptions place the other parties here or there.
    others = valid.get("rosterOvrigaPartier") or counted.get("rosterOvrigaPartier") or {}
    votes = {
        "röstande": cast,
        "giltiga": valid["antalRoster"],
        **{name: _invalid(counted["rosterEjPaverkaMandat"], key) for name, key in INVALID.items()},
        OTHERS: others.get("antalRoster") or 0,
    }
    parties: District = {}
    for party in valid["partiRoster"] or ():
        name = _party_column(party)
        parties[name] = parties.get(name, 0) + party["antalRoster"]
    _refuse_sum(code, Phrase("of_parties"), sum(parties.values()) + votes[OTHERS], votes["giltiga"])
    invalid = sum(votes[name] for name in INVALID)
    _refuse_sum(code, Phrase("of_valid_and_invalid"), votes["giltiga"] + invalid, cast)
    return votes | parties


def _party_column(party: District) -> str:
    return f"parti {party.get('partiforkortning') or party['partibeteckning']}"


def _invalid(group: District, key: str) -> int:
    part = group[key]
    return int(part["antalRoster"] if isinstance(part, dict) else part)


def _refuse_sum(code: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise SourceError(
            "district_votes_do_not_sum", code=code, what=what, found=found, expected=expected
        )


def _frame(rows: list[District], source: Source) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    if "giltiga" not in frame:
        raise SourceError("no_district_counted")
    # The parties of a counted district make its sum (checked above): one without a row has none.
    known = frame["giltiga"].notna()
    return _with_absent_parties(frame, source, known=known).rename_axis("district")


def _with_absent_parties(frame: pd.DataFrame, source: Source, *, known: pd.Series) -> pd.DataFrame:
    """Return the rows with 0 for every party that a known row does not list.

    Also for one that the source asks for and that stands in no row of a municipality's own file.
    """
    asked = {name for column in source.columns for name in column.added if PARTY.match(name)}
    found = [str(name) for name in frame if PARTY.match(str(name))]
    parties = frame.reindex(columns=[*found, *sorted(asked - set(found))])
    filled = parties.mask(known, parties.fillna(0.0))
    return frame.assign(**{str(name): column for name, column in filled.items()})


SEATS = "*mandatfordelning*.json"
RIKSDAG = "RD"
AREA = r"(kod|namn|namnValkrets|totaltAntalMandat|mandatfordelning(\..*)?)"
WANTED = re.compile(rf"|valtyp|valomrade(\.{AREA}|\.valkretsLista(\.item(\.{AREA})?)?)?")
"""What is kept of the file; most of it is votes per list and person."""

Node = dict[str, Any]


def read_val_seats(path: Path, source: Source) -> pd.DataFrame:
    """Return one row per area: code, name, seats, fixed and adjustment seats, seats per party.

    An area is the municipality or the county, and in the riksdag's file each constituency, whose
    code is its county's and its own, `01-02`: which county it lies in is read from the districts
    of the same zip. A party that took no seat in an area has 0.
    """
    with _result(path, source, source.options.member or SEATS) as (packed, file):
        kind, whole = _allocation(file)
        homes = _homes(packed) if kind == RIKSDAG else {}
    rows = _constituencies(whole, homes) if kind == RIKSDAG else [_whole(whole)]
    frame = pd.DataFrame(rows)
    return _with_absent_parties(frame, source, known=frame["mandat"].notna()).rename_axis("area")


def read_council_seats(path: Path) -> pd.DataFrame:
    """Return `code` and `seats` of the council that a zip of results elects, by the authority.

    Its constituencies' fixed seats too, under its code, a hyphen and theirs; none where the file
    does not say. Empty where the zip holds no allocation. To be called when `read_val_json` has
    found the zip to be whole and signed.
    """
    with zipfile.ZipFile(path) as packed:
        if not fnmatch.filter(packed.namelist(), SEATS):
            return pd.DataFrame({"code": [], "seats": []})
        with packed.open(only_member(packed, SEATS)) as file:
            _, whole = _allocation(_Watched(file))
    council = _whole(whole)
    rows = [(council["kod"], council["mandat"])]
    for part in whole.get("valkretsLista") or []:
        own = _seats(f"{council['kod']}-{part['kod']}", None, _list(part))
        rows += [(own["kod"], own["fasta"])] if own["fasta"] else []
    return pd.DataFrame(rows, columns=["code", "seats"])


def _allocation(file: _Watched) -> tuple[str, Node]:
    """Return the kind of election and its area, without the votes per list and person."""
    builder = ijson.ObjectBuilder()
    for prefix, event, value in ijson.parse(file, use_float=True):
        if _is_wanted(f"{prefix}.{value}".lstrip(".") if event == "map_key" else prefix):
            builder.event(event, value)
    reply = builder.value
    if not isinstance(reply, dict) or not isinstance(reply.get("valomrade"), dict):
        raise SourceError("not_an_allocation")
    return str(reply.get("valtyp")), reply["valomrade"]


@lru_cache(maxsize=4096)
def _is_wanted(path: str) -> bool:
    return WANTED.fullmatch(path) is not None


def _homes(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the county of each constituency of the riksdag."""
    with packed.open(only_member(packed, MEMBER)) as file:
        return {
            str(district.get("kretskod")): str(district.get("lankod"))
            for district in ijson.items(_Watched(file), DISTRICTS)
        }


def _constituencies(whole: Node, homes: dict[str, str]) -> list[Node]:
    parts = whole["valkretsLista"] or []
    lost = [str(part["kod"]) for part in parts if str(part["kod"]) not in homes]
    if lost:
        raise SourceError("constituencies_without_district", lost=lost)
    rows = [
        _seats(f"{homes[str(part['kod'])]}-{part['kod']}", part.get("namnValkrets"), _list(part))
        for part in parts
    ]
    _refuse_seats(str(whole.get("namn")), sum(row["mandat"] for row in rows), whole)
    return rows


def _whole(whole: Node) -> Node:
    # Where the whole has no list of its own, its constituencies' together are it.
    parts = [whole] if whole.get("mandatfordelning") else whole.get("valkretsLista") or []
    parties = [party for part in parts for party in _list(part)]
    row = _seats(str(whole["kod"]), whole.get("namn"), parties)
    _refuse_seats(row["kod"], row["mandat"], whole)
    return row


def _list(part: Node) -> list[Node]:
    parties: list[Node] = (part.get("mandatfordelning") or {}).get("partiLista") or []
    return parties


def _seats(code: str, name: str | None, parties: list[Node]) -> Node:
    if not parties:
        raise SourceError("no_seats_allocated", code=code)
    row: Node = {"kod": code, "namn": name, "mandat": 0, "fasta": 0, "utjämning": 0}
    for party in parties:
        column = _party_column(party)
        row[column] = row.get(column, 0) + party["antalMandat"]
        row["mandat"] += party["antalMandat"]
        row["fasta"] += party.get("antalFastaMandat") or 0
        row["utjämning"] += party.get("antalUtjamningsmandat") or 0
    return row


def _refuse_seats(code: str, found: int, whole: Node) -> None:
    expected = whole.get("totaltAntalMandat")
    if expected is not None and found != expected:
        raise SourceError("seats_do_not_sum", code=code, found=found, expected=expected)


CODE, TOTAL = "Valdistriktskod", "Totalt"
SEX, AGE, VALUE, ALL = "kön", "ålder", "antal", "alla"
WOMEN, MEN = "kvinnor", "män"
OLDEST = 200
BAND = re.compile(r"(?<!\d)(\d{2})\s*[-–—]\s*(\d{2,3})(?!\d)", re.ASCII)
OPEN = re.compile(r"(?<!\d)(\d{2})\s*(?:år)?\s*(?:\+|[-–—](?!\s*\d)|och äldre|eller äldre|w\b)")
SEXES = {
    WOMEN: re.compile(r"kvinn", re.IGNORECASE),
    MEN: re.compile(r"\bm[äa]n\b|\bman\b", re.IGNORECASE),
}
BESIDE = {
    "förstagångsväljare": re.compile(r"f[öo]rsta\s?g", re.IGNORECASE),
    "utlandssvenskar": re.compile(r"utland", re.IGNORECASE),
}
"""Electors that are counted beside sex and age."""

Ages = tuple[int, int]


def read_val_electors(path: Path, source: Source) -> pd.DataFrame:
    """Return electors per district, sex and age: a row for each of them and for all together.

    `kön` is "kvinnor", "män" or "alla"; `ålder` one of the source's `ages`, "alla", or what is
    counted beside them (`BESIDE`). What the file does not give (sex by age where it has only the
    margins) is NaN. Columns are found by what their headers say, in any order: a sex, an age band
    ("18-29 år", "65+"), both, the total, first-time voters, Swedes abroad; others are passed over.
    Rows after the last one with a code are footers.
    """
    rows = _without_footer(read_xlsx(path, source), (CODE, TOTAL))
    codes = as_category(rows[CODE]).astype(str)
    wanted = _wanted(source)
    headers = [str(name) for name in rows.columns if name != CODE]
    kinds = {name: kind for name in headers if (kind := _meaning(name, wanted)) is not None}
    numbers = _numbers(rows, list(kinds))
    meant = pd.MultiIndex.from_tuples(list(kinds.values()))
    cells = numbers.set_axis(meant, axis=1).T.groupby(level=[0, 1]).sum(min_count=1).T
    cells = _with_margins(cells, list(wanted))
    _refuse_sums(cells, codes, list(wanted))
    return _long(cells, codes)


def read_val_rolls(path: Path, source: Source) -> pd.DataFrame:
    """Return the rows of electors per district and kind of election, as the workbook has them.

    Rows after the last one with a code are footers.
    """
    return _without_footer(read_xlsx(path, source), (CODE,))


def _without_footer(rows: pd.DataFrame, headers: tuple[str, ...]) -> pd.DataFrame:
    refuse_headers(rows, headers)
    codes = as_category(rows[CODE]).astype(str)
    last = int(np.flatnonzero(codes.str.fullmatch(r"[0-9]+").to_numpy()).max(initial=-1))
    return rows.iloc[: last + 1]


def _wanted(source: Source) -> dict[str, Ages]:
    wanted = {text: _ages(text) for text in source.options.ages or ()}
    unclear = [text for text, ages in wanted.items() if ages is None]
    if unclear or not wanted:
        raise SourceError("ages_unclear", unclear=unclear)
    return {text: ages for text, ages in wanted.items() if ages is not None}


def _meaning(header: str, wanted: dict[str, Ages]) -> tuple[str, str] | None:
    """Return which sex and age group a column counts, None where it is something else."""
    if header == TOTAL:
        return ALL, ALL
    sexes = [sex for sex, pattern in SEXES.items() if pattern.search(header)]
    ages = _ages(header)
    beside = [name for name, pattern in BESIDE.items() if pattern.search(header)]
    if beside:
        return None if sexes or ages else (ALL, beside[0])
    if ages is None:
        # A header that says more than a sex is another count: women abroad, for example.
        plain = len(sexes) == 1 and len(header.split()) == 1
        return (sexes[0], ALL) if plain else None
    low, high = ages
    for text, (first, to) in wanted.items():
        if first <= low and high <= to:
            return (sexes[0] if len(sexes) == 1 else ALL), text
    raise SourceError("column_between_ages", header=header, wanted=wanted)


def _ages(text: str) -> Ages | None:
    if match := BAND.search(text):
        return int(match[1]), int(match[2])
    if match := OPEN.search(text):
        return int(match[1]), OLDEST
    return None


def _numbers(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    read: dict[str, pd.Series] = {}
    faults: list[str] = []
    for name in columns:
        read[name], bad = as_numbers(rows[name])
        faults += [
            Phrase("row_cell_found", row=row, name=name, cell=rows.loc[row, name])
            for row in rows.index[bad]
        ]
    refuse_any("cells_not_numbers", faults, count=len(faults))
    return pd.DataFrame(read)


def _with_margins(cells: pd.DataFrame, ages: list[str]) -> pd.DataFrame:
    """Return the cells of every sex and age; a margin that is not given is the sum of its parts."""
    full = pd.MultiIndex.from_product([[WOMEN, MEN, ALL], [*ages, ALL]])
    beside = pd.MultiIndex.from_product([[ALL], list(BESIDE)])
    cells = cells.reindex(columns=full.append(beside)).astype(float)
    margins = {(sex, ALL): [(sex, age) for age in ages] for sex in (WOMEN, MEN)}
    margins |= {(ALL, age): [(WOMEN, age), (MEN, age)] for age in ages}
    for margin, parts in margins.items():
        summed = cells[parts].sum(axis=1, min_count=len(parts))
        cells[margin] = cells[margin].fillna(summed)
    lost = [f"{sex}, {age}" for sex, age in margins if cells[sex, age].isna().all()]
    if lost:
        raise SourceError("population_columns_missing", lost)
    return cells


def _refuse_sums(cells: pd.DataFrame, codes: pd.Series, ages: list[str]) -> None:
    total = cells[ALL, ALL]
    sexes = cells[WOMEN, ALL] + cells[MEN, ALL]
    groups = cells[[(ALL, age) for age in ages]].sum(axis=1, skipna=False)
    wrong = (sexes.notna() & sexes.ne(total)) | (groups.notna() & groups.ne(total))
    wrong |= (cells[[(ALL, name) for name in BESIDE]].max(axis=1) > total).to_numpy()
    rows = zip(codes[wrong], sexes[wrong], groups[wrong], total[wrong], strict=True)
    faults = [Phrase("sexes_ages_total", code=i, sexes=a, ages=b, total=c) for i, a, b, c in rows]
    refuse_any("sexes_or_ages_do_not_sum", faults)


def _long(cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    sexes, ages = (np.tile(cells.columns.get_level_values(i), len(cells)) for i in (0, 1))
    code = np.repeat(codes.to_numpy(), cells.shape[1])
    values = cells.to_numpy().ravel()
    return pd.DataFrame({CODE: code, SEX: sexes, AGE: ages, VALUE: values}).rename_axis("cell")
