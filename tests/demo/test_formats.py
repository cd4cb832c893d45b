"""The demo's files have the same keys, headers and types as the real and recorded ones."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

BALLOTS = {"riksdag": "RI_tab4", "region": "RE_tab3", "kommun": "KO_tab3"}
SCB = [f"TAB{n}" for n in (6534, 6568, 6571, 6572, 6574, 6638, 6679, 6680, 6681)]
TYPES = (str, float)


def _sheet(path: Path) -> tuple[list[str], list[list[Any]], list[str]]:
    book = CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_index(0).to_python()
    return book.sheet_names, rows[1:], [str(title) for title in rows[0]]


def _types(rows: list[list[Any]], width: int) -> list[set[str]]:
    return [{type(row[place]).__name__ for row in rows} for place in range(width)]


@pytest.mark.real
@pytest.mark.parametrize("ballot", BALLOTS)
def test_result_workbooks_like_the_real(raw: Path, real_raw: Path, ballot: str) -> None:
    name = f"valresultat-2022-{ballot}-per-valdistrikt.xlsx"
    real_sheets, real_rows, real_header = _sheet(real_raw / name)
    sheets, rows, header = _sheet(raw / name)
    assert sheets == real_sheets == [BALLOTS[ballot]]
    assert header == real_header
    place = header.index("Valdistriktskod")
    real_rows = [row for row in real_rows if row[place].startswith("01")]
    assert _types(rows, len(header)) == _types(real_rows, len(header))
    early = [row for row in rows if row[place].endswith("9800")]
    real_early = [row for row in real_rows if row[place].endswith("9800")]
    assert len(early) == len(real_early) == 34
    assert len({row[place] for row in early}) == 26
    name_place = header.index("Valdistriktsnamn")
    assert early[0][name_place] == real_early[0][name_place]
    if ballot == "kommun":
        kind = header.index("Valkretskod")
        assert {row[kind] for row in early} == {row[kind] for row in real_early} == {"99"}


@pytest.mark.real
@pytest.mark.parametrize("letter", ["R", "L", "K"])
def test_workbooks_of_2018_like_the_recorded_rows(raw: Path, facts: Path, letter: str) -> None:
    sheets, rows, header = _sheet(raw / f"2018_{letter}_per_valdistrikt.xlsx")
    recorded = facts / "samples" / "val" / "valresultat-2018.head200.csv"
    real = pd.read_csv(recorded, encoding="utf-8-sig")
    assert sheets == [f"{letter} antal"]
    assert header == real.columns.tolist()
    text = {title for title in header if real[title].dtype == "str"}
    found = _types(rows, len(header))
    for title, types in zip(header, found, strict=True):
        filled = {"str"} if title in text else {"float"}
        assert types <= filled | {"str"} and (types & filled or real[title].isna().mean() > 0.2)
    frame = pd.DataFrame(rows, columns=header)
    collected = frame[frame["VALDISTRIKTSNAMN"] == "Uppsamlingsdistrikt"]
    real_collected = real[real["VALDISTRIKTSNAMN"] == "Uppsamlingsdistrikt"]
    for column in ("VALDISTRIKTSKOD", "RÖSTBERÄTTIGADE", "VALDELTAGANDE"):
        assert set(collected[column]) == set(real_collected[column]) == {0}


@pytest.mark.real
def test_district_zip_like_the_real(raw: Path, real_raw: Path) -> None:
    name = "valdistrikt-stockholms-lan-2022.zip"
    both = []
    for folder in (raw, real_raw):
        with zipfile.ZipFile(folder / name) as packed:
            (member,) = packed.namelist()
            both.append((member, json.loads(packed.read(member))))
    (member, found), (real_member, real) = both
    assert member == real_member
    assert found.keys() == real.keys()
    assert found["features"][0].keys() == real["features"][0].keys()
    assert found["features"][0]["properties"].keys() == real["features"][0]["properties"].keys()
    kinds = {feature["geometry"]["type"] for feature in real["features"]}
    assert {feature["geometry"]["type"] for feature in found["features"]} <= kinds
    point = found["features"][0]["geometry"]["coordinates"]
    while isinstance(point[0], list):
        point = point[0]
    assert 600_000 < point[0] < 760_000 and 6_500_000 < point[1] < 6_720_000


@pytest.mark.real
def test_wfs_like_the_recorded_page(raw: Path, facts: Path) -> None:
    path = facts / "samples" / "wfs" / "DeSO_2025_page_retyped.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    recorded.pop("_note")
    deso = json.loads((raw / "deso-2018-wfs.geojson").read_text(encoding="utf-8"))
    regso = json.loads((raw / "regso-2020-wfs.geojson").read_text(encoding="utf-8"))
    for page in (deso, regso):
        assert page.keys() == recorded.keys()
        assert page["features"][0].keys() == recorded["features"][0].keys()
        assert page["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3006"
        assert page["totalFeatures"] == page["numberReturned"] == len(page["features"])
    keys = list(recorded["features"][0]["properties"])
    properties = deso["features"][0]["properties"]
    assert list(properties) == keys
    for key, value in recorded["features"][0]["properties"].items():
        assert type(properties[key]) is type(value)
    named = ["regsonamn" if key == "regsokod" else key for key in keys]
    assert set(regso["features"][0]["properties"]) == {*named, "regsokod"} - {"desokod"}


@pytest.mark.real
@pytest.mark.parametrize("table", [*SCB, "malgrupper-samfordelning-lan"])
def test_jsonstat2_like_the_recorded_reply(raw: Path, facts: Path, table: str) -> None:
    path = facts / "samples" / "pxwebpy" / "TAB6471_data.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    found = json.loads((raw / f"{table}.json").read_text(encoding="utf-8"))
    assert list(found) == list(recorded)
    assert found["extension"].keys() == recorded["extension"].keys()
    assert found["extension"]["px"].keys() == recorded["extension"]["px"].keys()
    assert found["role"] == recorded["role"]
    assert found["id"][0] == "Region" and found["id"][-2:] == recorded["id"][-2:]
    for name in ("Region", "ContentsCode", "Tid"):
        mine, theirs = found["dimension"][name], recorded["dimension"][name]
        assert mine.keys() == theirs.keys()
        assert mine["category"].keys() == theirs["category"].keys()
        assert mine["extension"].keys() == theirs["extension"].keys()
    for mine in found["dimension"].values():
        assert mine.keys() == recorded["dimension"]["Region"].keys()


@pytest.mark.real
def test_jsonstat2_codes_are_those_of_the_recorded_metadata(raw: Path, facts: Path) -> None:
    path = facts / "samples" / "v2meta" / "scb_tables.json"
    meta = {table["id"]: table for table in json.loads(path.read_text(encoding="utf-8"))["tables"]}
    for name in SCB:
        found = json.loads((raw / f"{name}.json").read_text(encoding="utf-8"))["dimension"]
        for variable, values in meta[name]["vars"].items():
            if variable in ("Region", "Tid") or isinstance(values, str):
                continue
            codes = set(found[variable.removesuffix("(mandatory)")]["category"]["index"])
            assert codes <= set(values), (name, variable)
            if "(" not in variable:
                assert codes == set(values), (name, variable)


@pytest.mark.parametrize("table", [*SCB, "malgrupper-samfordelning-lan"])
def test_jsonstat2_is_well_formed(raw: Path, table: str) -> None:
    found = json.loads((raw / f"{table}.json").read_text(encoding="utf-8"))
    size = 1
    for name, length in zip(found["id"], found["size"], strict=True):
        index = found["dimension"][name]["category"]["index"]
        assert list(index.values()) == list(range(length))
        size *= length
    assert len(found["value"]) == size
    assert found["note"][0].startswith("DEMO")


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "koppling-deso2018-regso2020.csv",
        "kommuner.csv",
        "kommun-folkmangd-alder-kon-2018-2022.csv",
    ],
)
def test_csv_files_like_the_real(raw: Path, real_raw: Path, name: str) -> None:
    found, real = (raw / name).read_bytes(), (real_raw / name).read_bytes()
    assert found.startswith(b"\xef\xbb\xbf") == real.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in found) == (b"\r\n" in real)
    assert found.splitlines()[0] == real.splitlines()[0]
    rows = list(csv.reader(found.decode("utf-8-sig").splitlines()))
    real_rows = list(csv.reader(real.decode("utf-8-sig").splitlines()))
    if name.startswith("kommun-"):
        assert [row[:4] for row in rows] == [row[:4] for row in real_rows]
    assert [len(cell) for cell in rows[1][:1]] == [len(cell) for cell in real_rows[1][:1]]
