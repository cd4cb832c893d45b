"""Reader of the election authority's result files of 2026: zips of JSON, read district by district.

The riksdag's file unpacks to about 130 MB, most of it personal votes: it is streamed, and only a
row of numbers per district is kept. The EU election of 2024 is expected in the same form.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ijson
import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.files import open_zip, read_text, refuse_bomb

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

    Raises
    ------
    SourceError
        The zip is damaged or is not the listed one, its JSON is cut off or of another form, it is
        a rehearsal's, or a district's votes do not add up.
    """
    refuse_other(path)
    with open_zip(path) as packed:
        member = only_member(packed, source.options.member or MEMBER)
        with packed.open(member) as file:
            refuse_rehearsal(file.read(HEAD))
        with packed.open(member) as file:
            rows = [_row(district) for district in read_districts(file)]
    if not rows:
        message = "the file holds no `valdistrikt`; it is not a result per polling district"
        raise SourceError(message)
    return _frame(rows, source)


def refuse_other(path: Path) -> None:
    """Raise where a list of checksums lies beside the zip and names another.

    Raises
    ------
    SourceError
        As `read_val_json`.
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
        message = f"its md5 is {found}; {INDEX} says {expected}; fetch both again"
        raise SourceError(message)


def only_member(packed: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    """Return the one member whose name fits.

    Raises
    ------
    SourceError
        None fits, or several do, or it unpacks to more than any official file.
    """
    fitting = [
        item
        for item in packed.infolist()
        if fnmatch(PurePosixPath(item.filename).name.lower(), pattern.lower())
    ]
    if len(fitting) != 1:
        found = ", ".join(item.filename for item in fitting or packed.infolist()) or "nothing"
        message = f"expected one file {pattern} in the zip; found {found}"
        raise SourceError(message)
    refuse_bomb(fitting)
    return fitting[0]


def refuse_rehearsal(head: bytes) -> None:
    """Raise where the beginning of a file says that it is a rehearsal.

    Raises
    ------
    SourceError
        It does.
    """
    if REHEARSAL.search(BODY.split(head, maxsplit=1)[0]):
        message = 'the file says `"test": true`: it is a rehearsal, not a result'
        raise SourceError(message)


def read_districts(file: IO[bytes]) -> Iterator[District]:
    """Yield the districts of a file of votes, one at a time.

    Raises
    ------
    SourceError
        The JSON is cut off.
    """
    try:
        yield from ijson.items(file, "valdistrikt.item", use_float=True)
    except ijson.JSONError as error:
        message = f"not whole JSON ({str(error).splitlines()[0][:120]}); fetch it again"
        raise SourceError(message) from None


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
        message = f"a district is not of the expected form: {error} is missing or of another kind"
        raise SourceError(message) from None
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
    _refuse_sum(code, "the parties'", sum(parties.values()) + votes[OTHERS], votes["giltiga"])
    invalid = sum(votes[name] for name in INVALID)
    _refuse_sum(code, "valid and invalid", votes["giltiga"] + invalid, cast)
    return votes | parties


def party_column(party: District) -> str:
    """Return what a party's column is called: by its abbreviation, else its name."""
    return f"parti {party.get('partiforkortning') or party['partibeteckning']}"


def _invalid(group: District, key: str) -> int:
    part = group[key]
    return int(part["antalRoster"] if isinstance(part, dict) else part)


def _refuse_sum(code: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        message = f"district {code}: {what} votes are {found}; the file says {expected} in all"
        raise SourceError(message)


def _frame(rows: list[District], source: Source) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    if "giltiga" not in frame:
        message = "no district is counted yet (`rostfordelning` is null everywhere)"
        raise SourceError(message)
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
