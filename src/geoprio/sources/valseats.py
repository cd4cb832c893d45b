"""Reader of how the seats were allocated in 2026: the second JSON in the result zips.

Its form is the authority's own description of the file (`Root-objekt.valomrade.mandatfordelning`),
the same for 2022 and 2026.
"""

import re
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import ijson
import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.files import open_zip
from geoprio.sources.valjson import (
    HEAD,
    MEMBER,
    only_member,
    party_column,
    read_districts,
    refuse_other,
    refuse_rehearsal,
    with_absent_parties,
)

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

    Raises
    ------
    SourceError
        The zip is damaged or is not the listed one, its JSON is of another form or a rehearsal's,
        no seats are allocated yet, or an area's seats do not add up.
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
        message = f"an area is not of the expected form: {error} is missing or of another kind"
        raise SourceError(message) from None
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
        message = f"not whole JSON ({str(error).splitlines()[0][:120]}); fetch it again"
        raise SourceError(message) from None
    reply = builder.value
    if not isinstance(reply, dict) or not isinstance(reply.get("valomrade"), dict):
        message = "the file holds no `valomrade`; it is not an allocation of seats"
        raise SourceError(message)
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
        message = f"constituencies {', '.join(lost)} have no district in the file of votes"
        raise SourceError(message)
    rows = [
        _row(f"{homes[str(part['kod'])]}-{part['kod']}", part.get("namnValkrets"), _list(part))
        for part in parts
    ]
    _refuse_sum(str(whole.get("namn")), sum(row["mandat"] for row in rows), whole)
    return rows


def _whole(whole: Node) -> Node:
    parties = _list(whole) if whole.get("mandatfordelning") else _sum(whole)
    row = _row(str(whole["kod"]), whole.get("namn"), parties)
    _refuse_sum(row["kod"], row["mandat"], whole)
    return row


def _sum(whole: Node) -> list[Node]:
    """Return the seats of every constituency in one list, where the whole has none."""
    return [party for part in whole.get("valkretsLista") or () for party in _list(part)]


def _list(part: Node) -> list[Node]:
    held = part.get("mandatfordelning")
    parties: list[Node] = (held or {}).get("partiLista") or []
    return parties


def _row(code: str, name: str | None, parties: list[Node]) -> Node:
    if not parties:
        message = f"area {code}: no seats are allocated yet (`mandatfordelning` is null or empty)"
        raise SourceError(message)
    row: Node = {"kod": code, "namn": name, "mandat": 0, "fasta": 0, "utjämning": 0}
    for party in parties:
        column = party_column(party)
        row[column] = row.get(column, 0) + party["antalMandat"]
        row["mandat"] += party["antalMandat"]
        row["fasta"] += party.get("antalFastaMandat") or 0
        row["utjämning"] += party.get("antalUtjamningsmandat") or 0
    return row


def _refuse_sum(code: str, found: int, whole: Node) -> None:
    expected = whole.get("totaltAntalMandat")
    if expected is not None and found != expected:
        message = f"area {code}: the parties' seats are {found}; the file says {expected} in all"
        raise SourceError(message)
