"""Reader of the election authority's result files of 2026: zips of JSON, read district by district.

The riksdag's file unpacks to about 130 MB, most of it personal votes: it is streamed, and only a
row of numbers per district is kept. The EU election of 2024 is expected in the same form.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ijson
import numpy as np
import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.raw import only_member, open_zip, read_text
from geoprio.sources.rows import as_category, as_numbers, listed
from geoprio.sources.sheets import read_xlsx
from geoprio.words import Phrase

MEMBER = "*rostfordelning*.json"
INDEX = "index.md5"
COLLECTING = "uppsamlingsdistrikt"
OTHERS = "övriga partier"
INVALID = {
    "blanka": "blankaRoster",
    "övriga ogiltiga": "ovrigaOgiltiga",
    "ej anmält deltagande": "rosterEjAnmaltDeltagande",
}
PARTY = re.compile("^parti ")
HEAD = 4096
REHEARSAL = re.compile(rb'"test"\s*:\s*true')
BODY = re.compile(rb'"(?:valdistrikt|valomrade)"')
SUM = re.compile(r"^([0-9a-fA-F]{32})\s+\*?(.+)$")

District = dict[str, Any]


def read_val_json(path: Path, source: Source) -> pd.DataFrame:
    """Return one row per district: code, name, type, electors, votes cast, valid, per party.

    A party's column is its abbreviation, else its name. A counted district has 0 votes for a
    party that it does not list; one that is not counted (`rostfordelning` is null) has no numbers
    at all. Collecting districts (six digits) have no roll: their electorate is 0.

    Where the publisher's list of checksums (`index.md5`) lies beside the zip and names it, the
    zip must be the one that is listed.

    SourceError: The zip is damaged or is not the listed one, its JSON is cut off or of another
    form, it is a rehearsal's, or a district's votes do not add up.
    """
    refuse_other(path)
    with open_zip(path) as packed:
        member = only_member(packed, source.options.member or MEMBER)
        with packed.open(member) as file:
            refuse_rehearsal(file.read(HEAD))
        with packed.open(member) as file:
            rows = [_row(district) for district in read_districts(file)]
    if not rows:
        raise SourceError("not_a_district_result")
    return _frame(rows, source)


def refuse_other(path: Path) -> None:
    """Raise where a list of checksums lies beside the zip and names another.

    SourceError: As `read_val_json`.
    """
    index = path.with_name(INDEX)
    if not index.is_file():
        return
    lines = (SUM.match(line) for line in read_text(index).splitlines())
    sums = {PurePosixPath(line[2]).name: line[1].lower() for line in lines if line}
    expected = sums.get(path.name)
    if expected is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != expected:
        raise SourceError("md5_differs", found=found, index=INDEX, expected=expected)


def refuse_rehearsal(head: bytes) -> None:
    """Raise where the beginning of a file says that it is a rehearsal.

    SourceError: It does.
    """
    if REHEARSAL.search(BODY.split(head, maxsplit=1)[0]):
        raise SourceError("result_is_rehearsal")


def read_districts(file: IO[bytes]) -> Iterator[District]:
    """Yield the districts of a file of votes, one at a time.

    SourceError: The JSON is cut off.
    """
    try:
        yield from ijson.items(file, "valdistrikt.item", use_float=True)
    except ijson.JSONError as error:
        raise SourceError("json_broken", error=str(error).splitlines()[0][:120]) from None


def _row(district: District) -> District:
    try:
        code = str(district["valdistriktskod"])
        counted = district["rostfordelning"]
        row = {
            "valdistriktskod": code,
            "namn": district.get("namn"),
            "typ": COLLECTING if len(code) == 6 else "valdistrikt",
            "röstberättigade": district.get("antalRostberattigade"),
        }
        if row["typ"] == COLLECTING and row["röstberättigade"] is None:
            row["röstberättigade"] = 0
        if counted is not None:
            row |= _votes(counted, district["totaltAntalRoster"], code)
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("district_misformed", error=error) from None
    return row


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
        name = party_column(party)
        parties[name] = parties.get(name, 0) + party["antalRoster"]
    _refuse_sum(code, Phrase("of_parties"), sum(parties.values()) + votes[OTHERS], votes["giltiga"])
    invalid = sum(votes[name] for name in INVALID)
    _refuse_sum(code, Phrase("of_valid_and_invalid"), votes["giltiga"] + invalid, cast)
    return votes | parties


def party_column(party: District) -> str:
    """Return what a party's column is called: by its abbreviation, else its name."""
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
    return with_absent_parties(frame, source, known=frame["giltiga"].notna()).rename_axis(
        "district"
    )


def with_absent_parties(frame: pd.DataFrame, source: Source, *, known: pd.Series) -> pd.DataFrame:
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

    SourceError: The zip is damaged or is not the listed one, its JSON is of another form or a
    rehearsal's, no seats are allocated yet, or an area's seats do not add up.
    """
    refuse_other(path)
    with open_zip(path) as packed:
        member = only_member(packed, source.options.member or SEATS)
        with packed.open(member) as file:
            refuse_rehearsal(file.read(HEAD))
        with packed.open(member) as file:
            kind, whole = _read(file)
        homes = _homes(packed) if kind == RIKSDAG else {}
    try:
        rows = _constituencies(whole, homes) if kind == RIKSDAG else [_whole(whole)]
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("seats_area_misformed", error=error) from None
    frame = pd.DataFrame(rows)
    return with_absent_parties(frame, source, known=frame["mandat"].notna()).rename_axis("area")


def _read(file: IO[bytes]) -> tuple[str, Node]:
    """Return the kind of election and its area, without the votes per list and person."""
    builder = ijson.ObjectBuilder()
    try:
        for prefix, event, value in ijson.parse(file, use_float=True):
            if _is_wanted(f"{prefix}.{value}".lstrip(".") if event == "map_key" else prefix):
                builder.event(event, value)
    except ijson.JSONError as error:
        raise SourceError("json_broken", error=str(error).splitlines()[0][:120]) from None
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
            for district in read_districts(file)
        }


def _constituencies(whole: Node, homes: dict[str, str]) -> list[Node]:
    parts = whole["valkretsLista"] or []
    lost = [str(part["kod"]) for part in parts if str(part["kod"]) not in homes]
    if lost:
        raise SourceError("constituencies_without_district", lost=lost)
    rows = [
        _valseats_row(
            f"{homes[str(part['kod'])]}-{part['kod']}", part.get("namnValkrets"), _list(part)
        )
        for part in parts
    ]
    _valseats_refuse_sum(str(whole.get("namn")), sum(row["mandat"] for row in rows), whole)
    return rows


def _whole(whole: Node) -> Node:
    parties = _list(whole) if whole.get("mandatfordelning") else _sum(whole)
    row = _valseats_row(str(whole["kod"]), whole.get("namn"), parties)
    _valseats_refuse_sum(row["kod"], row["mandat"], whole)
    return row


def _sum(whole: Node) -> list[Node]:
    """Return the seats of every constituency in one list, where the whole has none."""
    return [party for part in whole.get("valkretsLista") or () for party in _list(part)]


def _list(part: Node) -> list[Node]:
    held = part.get("mandatfordelning")
    parties: list[Node] = (held or {}).get("partiLista") or []
    return parties


def _valseats_row(code: str, name: str | None, parties: list[Node]) -> Node:
    if not parties:
        raise SourceError("no_seats_allocated", code=code)
    row: Node = {"kod": code, "namn": name, "mandat": 0, "fasta": 0, "utjämning": 0}
    for party in parties:
        column = party_column(party)
        row[column] = row.get(column, 0) + party["antalMandat"]
        row["mandat"] += party["antalMandat"]
        row["fasta"] += party.get("antalFastaMandat") or 0
        row["utjämning"] += party.get("antalUtjamningsmandat") or 0
    return row


def _valseats_refuse_sum(code: str, found: int, whole: Node) -> None:
    expected = whole.get("totaltAntalMandat")
    if expected is not None and found != expected:
        raise SourceError("seats_do_not_sum", code=code, found=found, expected=expected)


CODE, TOTAL = "Valdistriktskod", "Totalt"
SEX, AGE, VALUE, ALL = "kön", "ålder", "antal", "alla"
WOMEN, MEN = "kvinnor", "män"
OLDEST = 200
BAND = re.compile(r"(?<!\d)(\d{2})\s*[-–—]\s*(\d{2,3})(?!\d)")
OPEN = re.compile(r"(?<!\d)(\d{2})\s*(?:år)?\s*(?:\+|[-–—](?!\s*\d)|och äldre|eller äldre|w\b)")
SEXES = {
    WOMEN: re.compile(r"kvinn", re.IGNORECASE),
    MEN: re.compile(r"\bm[äa]n\b|\bman\b", re.IGNORECASE),
}

Ages = tuple[int, int]


def read_val_electors(path: Path, source: Source) -> pd.DataFrame:
    """Return electors per district, sex and age: a row for each of them and for all together.

    `kön` is "kvinnor", "män" or "alla"; `ålder` one of the source's `ages` or "alla". What the
    file does not give (sex by age where it has only the margins) is NaN. Columns are found by what
    their headers say, in any order: a sex, an age band ("18-29 år", "65+"), both, or the total;
    others (first-time voters, electors abroad) are passed over. Rows after the last one with a
    code are footers.

    SourceError: The workbook is damaged, has no code, total, sex or age columns, a band lies in two
    of the wanted age groups, or a district's sexes or ages do not make its total.
    """
    rows = read_xlsx(path, source)
    columns = [str(name) for name in rows.columns]
    _refuse_missing(columns)
    codes = as_category(rows[CODE]).astype(str)
    last = int(np.flatnonzero(codes.str.fullmatch(r"\d+").to_numpy()).max(initial=-1))
    rows, codes = rows.iloc[: last + 1], codes.iloc[: last + 1]
    wanted = _wanted(source)
    found = {name: _meaning(name, wanted) for name in columns if name != CODE}
    kinds = {name: kind for name, kind in found.items() if kind is not None}
    numbers = _numbers(rows, list(kinds))
    meant = pd.MultiIndex.from_tuples(list(kinds.values()))
    cells = numbers.set_axis(meant, axis=1).T.groupby(level=[0, 1]).sum(min_count=1).T
    cells = _with_margins(cells, list(wanted))
    _refuse_sums(cells, codes, list(wanted))
    return _long(cells, codes)


def _wanted(source: Source) -> dict[str, Ages]:
    wanted = {text: _ages(text) for text in source.options.ages or ()}
    unclear = [text for text, ages in wanted.items() if ages is None]
    if unclear or not wanted:
        raise SourceError("ages_unclear", unclear=unclear)
    return {text: ages for text, ages in wanted.items() if ages is not None}


def _refuse_missing(columns: Sequence[str]) -> None:
    missing = [name for name in (CODE, TOTAL) if columns.count(name) != 1]
    if missing:
        raise SourceError(
            "columns_wrong_found",
            [Phrase("word_missing", name=name) for name in missing],
            columns=map(repr, columns),
        )


def _meaning(header: str, wanted: dict[str, Ages]) -> tuple[str, str] | None:
    """Return which sex and age group a column counts, None where it is something else."""
    if header == TOTAL:
        return ALL, ALL
    sexes = [sex for sex, pattern in SEXES.items() if pattern.search(header)]
    ages = _ages(header)
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
    faults = []
    for name in columns:
        read[name], bad = as_numbers(rows[name], empty_is_zero=False)
        faults += [
            Phrase("row_cell_found", row=row, name=name, cell=rows.loc[row, name])
            for row in rows.index[bad]
        ]
    if faults:
        raise SourceError("cells_not_numbers", listed(faults), count=len(faults))
    return pd.DataFrame(read)


def _with_margins(cells: pd.DataFrame, ages: list[str]) -> pd.DataFrame:
    """Return the cells of every sex and age; a margin that is not given is the sum of its parts."""
    full = pd.MultiIndex.from_product([[WOMEN, MEN, ALL], [*ages, ALL]])
    cells = cells.reindex(columns=full).astype(float)
    for sex in (WOMEN, MEN):
        cells[sex, ALL] = cells[sex, ALL].fillna(
            cells[[(sex, age) for age in ages]].sum(axis=1, min_count=len(ages))
        )
    for age in ages:
        both = cells[[(WOMEN, age), (MEN, age)]].sum(axis=1, min_count=2)
        cells[ALL, age] = cells[ALL, age].fillna(both)
    lost = [
        name
        for name in ((WOMEN, ALL), (MEN, ALL), *((ALL, age) for age in ages))
        if cells[name].isna().all()
    ]
    if lost:
        raise SourceError("population_columns_missing", [f"{sex}, {age}" for sex, age in lost])
    return cells


def _refuse_sums(cells: pd.DataFrame, codes: pd.Series, ages: list[str]) -> None:
    total = cells[ALL, ALL]
    sexes = cells[WOMEN, ALL] + cells[MEN, ALL]
    groups = cells[[(ALL, age) for age in ages]].sum(axis=1, skipna=False)
    wrong = (sexes.notna() & sexes.ne(total)) | (groups.notna() & groups.ne(total))
    if wrong.any():
        faults = [
            Phrase("sexes_ages_total", code=code, sexes=a, ages=b, total=c)
            for code, a, b, c in zip(
                codes[wrong], sexes[wrong], groups[wrong], total[wrong], strict=True
            )
        ]
        raise SourceError("sexes_or_ages_do_not_sum", listed(faults))


def _long(cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    size = cells.shape[1]
    sexes, ages = (
        np.tile(cells.columns.get_level_values(i).to_numpy(), len(cells)) for i in (0, 1)
    )
    return pd.DataFrame(
        {
            CODE: np.repeat(codes.to_numpy(), size),
            SEX: sexes,
            AGE: ages,
            VALUE: cells.to_numpy().ravel(),
        }
    ).rename_axis("cell")
