"""The election authority's JSON of 2026: streamed, and never a guess where nothing is counted."""

import hashlib
import json
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import CoverageWarning, SourceError
from geoprio.sources import Source, load_source, read_source
from geoprio.sources.catalogue import ListFetch
from geoprio.sources.read import _seats
from tests.sources.fetch.toys import authority, zipped
from tests.sources.toy import write_zip

NAME = "Val_2026_slutlig_00_RD.zip"
MEMBER = "Val_2026_slutlig_rostfordelning_00_RD.json"
VOTES = {"M": 10, "C": 1, "L": 2, "KD": 3, "MP": 4, "S": 20, "V": 9, "SD": 8}


def district(code: str, votes: dict[str, int] | None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a district as the authority describes it; None for one that is not counted."""
    row = {
        "valdistriktskod": code,
        "namn": "Distrikt",
        "valdistriktstyp": "uppsamlingsdistrikt" if len(code) == 6 else "valdistrikt",
        "kommunkod": code[:4],
        "lankod": code[:2],
        "totaltAntalRoster": sum((votes or {}).values()) + 5 if votes else None,
        "antalRostberattigade": None if len(code) == 6 else 100,
        "valdistriktskodForegaendeVal": None,
        "rostfordelning": None,
    }
    if votes is not None:
        row["rostfordelning"] = {
            "rosterPaverkaMandat": {
                "antalRoster": sum(votes.values()),
                "partiRoster": [
                    {"partiforkortning": name, "partikod": "0001", "antalRoster": number}
                    for name, number in votes.items()
                ],
                "rosterOvrigaPartier": {"antalRoster": 0},
            },
            "rosterEjPaverkaMandat": {
                "antalRoster": 5,
                "blankaRoster": {"antalRoster": 3},
                "ovrigaOgiltiga": {"antalRoster": 1},
                "rosterEjAnmaltDeltagande": {"antalRoster": 1},
            },
        }
    return row | more


def shipped(name: str = "val_results_2026_riksdag") -> Source:
    return load_source(name)


def write(folder: Path, districts: list[Any], *, name: str = NAME, **head: object) -> Path:
    reply = {"valtyp": "RD", **head, "valdistrikt": districts}
    return write_zip(folder / name, {MEMBER: reply, "Val_2026_slutlig_mandatfordelning.json": {}})


def read(folder: Path, districts: list[Any], **head: object) -> pd.DataFrame:
    write(folder, districts, **head)
    return read_source(shipped(), folder, county_code="01")


def test_votes_sums_and_other_parties_are_read(tmp_path: Path) -> None:
    frame = read(tmp_path, [district("01140101", VOTES | {"FI": 2, "MED": 1})])
    row = frame.loc["01140101"]
    assert row["votes_v_count"] == 9
    assert row["votes_other_count"] == 3
    assert row["valid_count"] == 60
    assert row["invalid_count"] == 5
    assert row["blank_count"] == 3
    assert row["votes_cast_count"] == 65
    assert row["electors_count"] == 100
    assert not row["unassigned"]


def test_a_small_party_without_an_abbreviation_is_known_by_its_name(tmp_path: Path) -> None:
    one = district("01140101", VOTES)
    valid = one["rostfordelning"]["rosterPaverkaMandat"]
    valid["partiRoster"].append({"partibeteckning": "Väsbys bästa", "antalRoster": 4})
    valid["antalRoster"] += 4
    one["totaltAntalRoster"] += 4
    assert read(tmp_path, [one]).loc["01140101", "votes_other_count"] == 4


@pytest.mark.parametrize("inside", [True, False])
def test_other_parties_are_found_in_both_places(tmp_path: Path, inside: bool) -> None:
    one = district("01140101", VOTES)
    counted = one["rostfordelning"]
    valid = counted["rosterPaverkaMandat"]
    del valid["rosterOvrigaPartier"]
    (valid if inside else counted)["rosterOvrigaPartier"] = {"antalRoster": 7}
    valid["antalRoster"] += 7
    one["totaltAntalRoster"] += 7
    assert read(tmp_path, [one]).loc["01140101", "votes_other_count"] == 7


@pytest.mark.parametrize(
    "waiting",
    [
        district("01140102", None),
        district("01140102", VOTES, rapporteringsTid=None),
        district("011400", None),
    ],
)
def test_a_final_file_that_is_half_counted_is_refused(tmp_path: Path, waiting: Any) -> None:  # noqa: ANN401
    districts = [district("01140101", VOTES), waiting]
    with pytest.raises(SourceError, match=r"1 of 2 polling districts .* not counted yet") as told:
        read(tmp_path, districts)
    assert "011401" in str(told.value) or "01140000" in str(told.value)
    # What another county has not counted is no matter of this one.
    elsewhere = district("14800101", None)
    assert len(read(tmp_path, [district("01140101", VOTES), elsewhere])) == 1


def test_a_party_without_a_row_in_a_counted_district_has_no_vote(tmp_path: Path) -> None:
    few = {name: number for name, number in VOTES.items() if name != "V"}
    frame = read(tmp_path, [district("01140101", VOTES), district("01140102", few)])
    assert frame.loc["01140102", "votes_v_count"] == 0


def test_collecting_districts_are_kept_as_unassigned_per_municipality(tmp_path: Path) -> None:
    late = [district(code, VOTES) for code in ("018001", "018002", "011400")]
    frame = read(tmp_path, [district("01140101", VOTES), *late])
    assert list(frame.index[frame["unassigned"]]) == ["01140000", "01800000"]
    assert frame.loc["01800000", "votes_v_count"] == 18
    assert frame.loc["01800000", "electors_count"] == 0


@pytest.mark.parametrize("former", [None, "01140109", ["01140109", "01140110"]])
def test_former_codes_may_be_a_list_a_text_or_null(tmp_path: Path, former: object) -> None:
    one = district("01140101", VOTES, valdistriktskodForegaendeVal=former)
    assert len(read(tmp_path, [one])) == 1


def comparison(folder: Path, districts: list[Any]) -> pd.DataFrame:
    write(folder, districts)
    return read_source(shipped("val_former_2026"), folder, county_code="01")


def test_the_districts_of_the_election_before_are_those_that_the_file_names(tmp_path: Path) -> None:
    key, one, two = "valdistriktskodForegaendeVal", "01140109", "01140110"
    frame = comparison(
        tmp_path,
        [
            district("01140101", VOTES, statusJamforelse="Kan jämföras", **{key: one}),
            district(
                "01140102", None, statusJamforelse="Jämförs mot summerat", **{key: [one, two]}
            ),
            # What they were is told of some that cannot be compared, too: it is no comparison.
            district("01140103", VOTES, statusJamforelse="Ej jämförbart", **{key: [two]}),
            district("011400", VOTES),
        ],
    )
    pairs = frame.loc[frame["comparable"], ["source_code", "area_code"]]
    assert pairs.to_numpy().tolist() == [[one, "01140101"], [one, "01140102"], [two, "01140102"]]
    assert frame.loc[~frame["comparable"], "area_code"].tolist() == ["01140103"]


def test_a_word_that_is_no_known_status_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)'Nytt ord'|nytt ord"):
        comparison(tmp_path, [district("01140101", VOTES, statusJamforelse="Nytt ord")])


def test_more_older_districts_than_are_read_are_refused(tmp_path: Path) -> None:
    codes = [f"0114010{number}" for number in range(5)]
    one = district("01140101", VOTES, valdistriktskodForegaendeVal=codes)
    with pytest.raises(SourceError, match="compared with 5 older districts, more than the 4"):
        read(tmp_path, [one])


def test_another_county_is_left_out(tmp_path: Path) -> None:
    frame = read(tmp_path, [district("01140101", VOTES), district("14800101", VOTES)])
    assert list(frame.index) == ["01140101"]


@pytest.mark.parametrize(("place", "what"), [("valid", "the parties'"), ("cast", "valid and inv")])
def test_votes_that_do_not_add_up_are_refused(tmp_path: Path, place: str, what: str) -> None:
    one = district("01140101", VOTES)
    if place == "valid":
        one["rostfordelning"]["rosterPaverkaMandat"]["partiRoster"][0]["antalRoster"] = 99
    else:
        one["totaltAntalRoster"] = 99
    with pytest.raises(SourceError, match=rf"district 01140101: {what}"):
        read(tmp_path, [one])


@pytest.mark.parametrize(
    ("districts", "head", "message"),
    [
        *(
            ([district("01140101", VOTES)], head, "that it is a rehearsal .* not a result")
            for head in ({"test": True}, {"test": "true"}, {"test": 1}, {"valtillfalle": "Genrep"})
        ),
        ([district("01140101", VOTES)], {"rakningstillfalle": "Preliminär"}, "preliminary count"),
        ([], {}, "no `valdistrikt`"),
        (
            [{"valdistriktskod": "01140101"}],
            {},
            "KeyError: 'rostfordelning'",
        ),
        ([district("01140101", None)], {}, "no district is counted yet"),
    ],
)
def test_what_is_no_result_is_refused(
    tmp_path: Path, districts: list[Any], head: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, districts, **head)


def test_a_rehearsal_is_known_by_the_name_of_its_file_and_no_result_by_the_word(
    tmp_path: Path,
) -> None:
    assert len(read(tmp_path, [district("01140101", VOTES)], test=False)) == 1
    reply = {"valdistrikt": [district("01140101", VOTES)]}
    write_zip(tmp_path / NAME, {f"Genrep_{MEMBER[4:]}": reply})
    with pytest.raises(SourceError, match="that it is a rehearsal"):
        read_source(shipped(), tmp_path, county_code="01")


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    text = json.dumps({"valdistrikt": [district("01140101", VOTES)] * 3})
    write_zip(tmp_path / NAME, {MEMBER: text[:-200]})
    with pytest.raises(SourceError, match="IncompleteJSONError"):
        read_source(shipped(), tmp_path, county_code="01")


def test_the_listed_checksum_must_be_the_files(tmp_path: Path) -> None:
    path = write(tmp_path, [district("01140101", VOTES)])
    right = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    index = tmp_path / "index.md5"
    index.write_text(f"{right}  ./s/rd/{NAME}\n{'0' * 32}  ./s/rf/other.zip\n", encoding="utf-8")
    assert len(read_source(shipped(), tmp_path, county_code="01")) == 1
    index.write_text(f"{'0' * 32}  ./s/rd/{NAME}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=rf"its md5 is {right}"):
        read_source(shipped(), tmp_path, county_code="01")


SEALED = {"r.json": b"{}", "m.json": b"{}"}


@pytest.mark.parametrize("name", ["val_results_2026_riksdag", "val_former_2026"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, ""),
        ({MEMBER: b'{"valdistrikt": []}'}, r"signature is not that of the file: .*RD\.json"),
        ({"m_sign.sha256": b"0" * 256}, r"signature is not that of the file: m\.json"),
        ({"x.json": b"{}"}, r"signature is missing beside the file: x\.json"),
    ],
    ids=["right", "changed result", "other signature", "no signature"],
)
def test_a_result_placed_by_hand_beside_the_certificate_is_held_against_its_signature(
    tmp_path: Path, name: str, changed: dict[str, bytes], message: str
) -> None:
    reply = {"valdistrikt": [district("01140101", VOTES, statusJamforelse="Ej jämförbart")]}
    members = authority().signed({**SEALED, MEMBER: json.dumps(reply).encode()})
    (tmp_path / NAME).write_bytes(zipped(members | changed))
    source = trusted(name)
    if not message:
        # Without the certificate the file is read, and it is told that nobody held it to anything.
        with pytest.warns(CoverageWarning, match=r"val-sign-crt\.pem does not lie beside them"):
            read_source(source, tmp_path, county_code="01")
        (tmp_path / "val-sign-crt.pem").write_bytes(authority.__wrapped__().pem)
        with pytest.raises(SourceError, match="is another: its SHA-256"):
            read_source(source, tmp_path, county_code="01")
    (tmp_path / "val-sign-crt.pem").write_bytes(authority().pem)
    if message:
        with pytest.raises(SourceError, match=message):
            read_source(source, tmp_path, county_code="01")
        return
    assert len(read_source(source, tmp_path, county_code="01")) == 1


def trusted(name: str) -> Source:
    """Return a shipped source that trusts the tests' own authority."""
    source = shipped(name)
    assert isinstance(source.fetch, ListFetch)
    known = {"certificate_sha256": authority().fingerprint}
    return source.model_copy(update={"fetch": source.fetch.model_copy(update=known)})


def test_the_municipalities_files_are_read_as_one_and_none_may_lack(tmp_path: Path) -> None:
    few = {name: number for name, number in VOTES.items() if name != "L"}
    write(tmp_path, [district("01140101", VOTES)], name="Val_2026_slutlig_0114_KF.zip")
    write(tmp_path, [district("01800101", few)], name="Val_2026_slutlig_0180_KF.zip")
    key = pd.DataFrame({"municipality_code": ["0114", "0180"]})
    source = shipped("val_results_2026_kommun")
    frame = read_source(source, tmp_path, county_code="01", key=key)
    assert list(frame.index) == ["01140101", "01800101"]
    assert frame.loc["01800101", "votes_l_count"] == 0, "a party with no list there"
    key.loc[2] = "0186"
    with pytest.raises(SourceError, match=r"(?s)one file per municipality.*0186"):
        read_source(source, tmp_path, county_code="01", key=key)


@pytest.mark.parametrize("name", ["val_results_2026_riksdag", "val_results_2026_kommun"])
def test_a_party_that_the_file_calls_something_else_is_missed(tmp_path: Path, name: str) -> None:
    renamed = {"VP" if party == "V" else party: number for party, number in VOTES.items()}
    write(tmp_path, [district("01140101", renamed)])
    write(tmp_path, [district("01140101", renamed)], name="Val_2026_slutlig_0114_KF.zip")
    with pytest.raises(SourceError, match="votes_v_count: not one vote in the county"):
        read_source(shipped(name), tmp_path, county_code="01")


def test_the_eu_election_of_2024_is_read_in_the_same_form(tmp_path: Path) -> None:
    write(tmp_path, [district("01140101", VOTES)], name="Val_20240609_slutlig_00_E.zip")
    frame = read_source(shipped("val_results_2024_eu"), tmp_path, county_code="01")
    assert np.isclose(frame.loc["01140101", "votes_v_count"], 9)


def test_memory_does_not_grow_with_the_personal_votes(tmp_path: Path) -> None:
    """Ten megabytes of JSON, of which a few kilobytes are wanted."""
    people = [
        {"namn": f"Kandidat {i}", "kandidatNummer": i, "antalPersonroster": 1} for i in range(1500)
    ]
    one = district("01140101", VOTES, listRoster=people)
    districts = [one | {"valdistriktskod": f"0114{number:04d}"} for number in range(1, 101)]
    write(tmp_path, districts)
    assert len(json.dumps(districts)) > 9_000_000
    del districts
    source = shipped()
    tracemalloc.start()
    frame = read_source(source, tmp_path, county_code="01")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(frame) == 100
    assert peak < 4_000_000


# Not `getrusage`, whose peak a new process inherits from the one that started it.
READING = """
import sys
from pathlib import Path
from geoprio.config import shipped_folder
from geoprio.sources import load_source, read_source
source = load_source("val_results_2026_riksdag")
frame = read_source(source, Path(sys.argv[1]), county_code="01")
(peak,) = (line for line in Path("/proc/self/status").open() if line.startswith("VmHWM:"))
print(len(frame), int(frame["votes_v_count"].sum()), int(peak.split()[1]) * 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc"
)
def test_the_whole_countrys_result_is_read_in_300_mb_with_all_that_is_imported(
    tmp_path: Path,
) -> None:
    """As many districts and as many bytes as the riksdag's file of 2026: 6,312 and 130 MB."""
    people = [
        {"namn": f"Kandidat {i}", "kandidatNummer": i, "antalPersonroster": i % 7}
        for i in range(276)
    ]
    text = json.dumps(district("CODE", VOTES, listRoster=people) | {"kommunkod": "0114"})
    size = 0
    with (
        zipfile.ZipFile(tmp_path / NAME, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open(MEMBER, "w") as member,
    ):
        size += member.write(b'{"valtyp": "RD", "valdistrikt": [')
        for number in range(6312):
            county = "01" if number < 1400 else "14"
            code = f"{county}80{number:04d}"
            size += member.write((("," if number else "") + text.replace("CODE", code)).encode())
        size += member.write(b"]}")
    assert size >= 130_000_000
    done = subprocess.run(
        [sys.executable, "-c", READING, str(tmp_path)], check=True, capture_output=True, text=True
    )
    districts, votes, peak = map(int, done.stdout.split())
    assert (districts, votes) == (1400, 1400 * VOTES["V"])
    assert peak < 300_000_000


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


def write_seats(folder: Path, letters: str, area: dict[str, Any], **head: object) -> None:
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


def read_seats(folder: Path, ballot: str) -> pd.DataFrame:
    source = load_source(f"val_seats_2026_{ballot}")
    return read_source(source, folder, county_code="01")


def riksdag(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    parts = [krets("01", V=11, S=8), krets("02", S=20), krets("03", S=5)]
    return {"kod": "00", "namn": "Riket", "totaltAntalMandat": 44, "valkretsLista": parts} | more


def test_the_riksdags_seats_are_per_constituency_of_the_county(tmp_path: Path) -> None:
    write_seats(tmp_path, "RD", riksdag())
    frame = read_seats(tmp_path, "riksdag")
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
    write_seats(tmp_path, "RF", area)
    row = read_seats(tmp_path, "region").loc["01"]
    assert (row["seats_v_count"], row["seats_s_count"], row["seats_count"]) == (3, 6, 9)


def test_a_results_zip_says_its_councils_seats_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    """The whole and each constituency's fixed seats; none where the file does not say."""
    source = load_source("val_results_2026_region")
    path = tmp_path / "Val_2026_slutlig_01_RF.zip"
    area: dict[str, Any] = {"kod": "01", "totaltAntalMandat": 9, "mandatfordelning": None}
    area["valkretsLista"] = [krets("01", V=2, S=1), krets("02", V=1, S=5)]
    write_seats(tmp_path, "RF", area)
    told = _seats((path,), source)
    assert told is not None
    assert dict(zip(told["code"], told["seats"], strict=True)) == {"01": 9, "01-01": 3, "01-02": 6}
    write_seats(tmp_path, "RF", area | {"totaltAntalMandat": 10})
    with pytest.warns(CoverageWarning, match="10"):
        wrong = _seats((path,), source)
    assert wrong is not None
    assert wrong.empty
    write_zip(path, {"Val_2026_slutlig_rostfordelning_01_RF.json": {"valdistrikt": []}})
    none = _seats((path,), source)
    assert none is not None
    assert none.empty


def test_a_municipalitys_local_party_is_among_the_others(tmp_path: Path) -> None:
    for code, seats in {"0114": {"V": 3, "S": 10}, "0180": {"S": 9, "LOKAL": 2}}.items():
        area = {"kod": code, "mandatfordelning": parties(**seats), "valkretsLista": None}
        write_seats(tmp_path, "KF", area)
    frame = read_seats(tmp_path, "kommun")
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
            "KeyError: 'partibeteckning'",
        ),
    ],
)
def test_an_allocation_that_is_wrong_or_not_made_is_refused(
    tmp_path: Path, ballot: str, area: dict[str, Any], message: str
) -> None:
    write_seats(tmp_path, {"riksdag": "RD", "region": "RF"}[ballot], area)
    with pytest.raises(SourceError, match=message):
        read_seats(tmp_path, ballot)


def test_a_rehearsal_of_an_allocation_is_refused(tmp_path: Path) -> None:
    write_seats(tmp_path, "RD", riksdag(), test=True)
    with pytest.raises(SourceError, match="rehearsal"):
        read_seats(tmp_path, "riksdag")


def test_votes_per_person_are_passed_over_while_reading(tmp_path: Path) -> None:
    """The riksdag's file holds every list's personal votes: megabytes that no row needs."""
    person = {"kandidatnummer": 1, "namn": "x" * 40, "antalPersonroster": 1}
    heavy = {"rosterPaverkaMandat": {"partiRoster": [{"listRoster": [person] * 40_000}]}}
    parts = [krets("01", S=1) | {"rostfordelning": heavy}]
    write_seats(tmp_path, "RD", riksdag(valkretsLista=parts, totaltAntalMandat=1))
    size = len(json.dumps(heavy))
    read_seats(tmp_path, "riksdag")
    tracemalloc.start()
    read_seats(tmp_path, "riksdag")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < size / 2
