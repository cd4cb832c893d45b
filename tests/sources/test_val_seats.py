"""How the seats were allocated: read from the result zips, and never a guess."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source
from tests.sources.test_val_json import VOTES, district
from tests.sources.toy import write_zip


def parties(**seats: int) -> dict[str, Any]:
    """Return an allocation; one seat in ten is an adjustment seat."""
    return {
        "partiLista": [
            {
                "partibeteckning": f"Partiet {name}",
                "partiforkortning": name,
                "partikod": f"{number:04d}",
                "antalMandat": won,
                "antalFastaMandat": won - won // 10,
                "antalUtjamningsmandat": won // 10,
            }
            for number, (name, won) in enumerate(seats.items())
        ]
    }


def krets(code: str, **seats: int) -> dict[str, Any]:
    return {"kod": code, "namnValkrets": f"Krets {code}", "mandatfordelning": parties(**seats)}


def write(folder: Path, letters: str, area: dict[str, Any], **head: object) -> None:
    code = area["kod"]
    votes = [
        district("01800101", VOTES, kretskod="01"),
        district("01140101", VOTES, kretskod="02"),
        district("03050101", VOTES, kretskod="03"),
    ]
    stem = f"Val_2026_slutlig_{{}}_{code}_{letters}.json"
    write_zip(
        folder / f"Val_2026_slutlig_{code}_{letters}.zip",
        {
            stem.format("rostfordelning"): {"valtyp": letters, "valdistrikt": votes},
            stem.format("mandatfordelning"): {"valtyp": letters, **head, "valomrade": area},
        },
    )


def read(folder: Path, ballot: str) -> pd.DataFrame:
    source = load_source(f"val_seats_2026_{ballot}", [shipped_folder()])
    return read_source(source, folder, county_code="01")


def riksdag(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    parts = [krets("01", V=11, S=8), krets("02", S=20), krets("03", S=5)]
    return {"kod": "00", "namn": "Riket", "totaltAntalMandat": 44, "valkretsLista": parts} | more


def test_the_riksdags_seats_are_per_constituency_of_the_county(tmp_path: Path) -> None:
    write(tmp_path, "RD", riksdag())
    frame = read(tmp_path, "riksdag")
    assert list(frame.index) == ["01-01", "01-02"]
    assert list(frame["seats_count"]) == [19, 20]
    assert list(frame["seats_v_count"]) == [11, 0]
    assert list(frame["seats_fixed_count"]) == [18, 18]
    assert list(frame["seats_adjustment_count"]) == [1, 2]


@pytest.mark.parametrize("in_parts", [False, True])
def test_a_region_is_a_county(tmp_path: Path, in_parts: bool) -> None:
    area: dict[str, Any] = {"kod": "01", "totaltAntalMandat": 9, "valkretsLista": []}
    if in_parts:
        area["valkretsLista"] = [krets("01", V=2, S=1), krets("02", V=1, S=5)]
        area["mandatfordelning"] = None
    else:
        area["mandatfordelning"] = parties(V=3, S=6)
    write(tmp_path, "RF", area)
    row = read(tmp_path, "region").loc["01"]
    assert (row["seats_v_count"], row["seats_s_count"], row["seats_count"]) == (3, 6, 9)


def test_a_municipalitys_local_party_is_among_the_others(tmp_path: Path) -> None:
    for code, seats in {"0114": {"V": 3, "S": 10}, "0180": {"S": 9, "LOKAL": 2}}.items():
        area = {"kod": code, "mandatfordelning": parties(**seats), "valkretsLista": None}
        write(tmp_path, "KF", area)
    frame = read(tmp_path, "kommun")
    assert list(frame["seats_v_count"]) == [3, 0]
    assert list(frame["seats_other_count"]) == [0, 2]


@pytest.mark.parametrize(
    ("ballot", "area", "message"),
    [
        (
            "riksdag",
            riksdag(totaltAntalMandat=349),
            "the parties' seats are 44; the file says 349",
        ),
        (
            "region",
            {"kod": "01", "totaltAntalMandat": 9, "mandatfordelning": None, "valkretsLista": []},
            "area 01: no seats are allocated yet",
        ),
        (
            "riksdag",
            riksdag(valkretsLista=[krets("01", S=1), krets("29", S=1)], totaltAntalMandat=2),
            "constituencies 29 have no district",
        ),
        (
            "region",
            {"kod": "01", "mandatfordelning": {"partiLista": [{"partikod": "1"}]}},
            "not of the expected form: 'partibeteckning'",
        ),
    ],
)
def test_an_allocation_that_is_wrong_or_not_made_is_refused(
    tmp_path: Path, ballot: str, area: dict[str, Any], message: str
) -> None:
    write(tmp_path, {"riksdag": "RD", "region": "RF"}[ballot], area)
    with pytest.raises(SourceError, match=message):
        read(tmp_path, ballot)


def test_a_rehearsal_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "RD", riksdag(), test=True)
    with pytest.raises(SourceError, match="rehearsal"):
        read(tmp_path, "riksdag")


def test_votes_per_person_are_passed_over_while_reading(tmp_path: Path) -> None:
    """The riksdag's file holds every list's personal votes: megabytes that no row needs."""
    person = {"kandidatnummer": 1, "namn": "x" * 40, "antalPersonroster": 1}
    heavy = {"rosterPaverkaMandat": {"partiRoster": [{"listRoster": [person] * 40_000}]}}
    parts = [krets("01", S=1) | {"rostfordelning": heavy}]
    write(tmp_path, "RD", riksdag(valkretsLista=parts, totaltAntalMandat=1))
    size = len(json.dumps(heavy))
    read(tmp_path, "riksdag")
    tracemalloc.start()
    read(tmp_path, "riksdag")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < size / 2
