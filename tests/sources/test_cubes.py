"""Replies of the statistics office: PxWeb v1 json and json-stat2."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import read_source
from geoprio.sources.cubes import read_jsonstat2
from tests.sources.toy import source

WHERE = {"name": "women_count", "value": "value", "where": {"Kon": "2"}}
BOTH = {"name": "population_count", "value": "value", "where": {"Kon": ["1", "2"]}}
KEY = {"column": "Region", "pattern": r"\d{4}[ABC]\d{4}"}


def dataset(value: object, **changes: object) -> dict[str, Any]:
    """Return two areas x two sexes x one year, as the office replies."""
    return {
        "version": "2.0",
        "class": "dataset",
        "id": ["Region", "Kon", "ContentsCode", "Tid"],
        "size": [2, 2, 1, 1],
        "dimension": {
            "Region": {"category": {"index": {"0114A0010": 0, "0114A0020": 1}}},
            # Listed backwards: the index decides the order, not the listing.
            "Kon": {"category": {"index": {"2": 1, "1": 0}}},
            "ContentsCode": {"category": {"index": ["000007Y7"]}},
            "Tid": {"category": {"label": {"2023": "2023"}}},
        },
        "value": value,
        **changes,
    }


def read(folder: Path, reply: object, reader: str = "jsonstat2", **changes: object) -> pd.DataFrame:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    (folder / "toy.json").write_text(text, encoding="utf-8")
    table = {"reader": reader, "key": KEY, "columns": [WHERE, BOTH], **changes}
    return read_source(source(**table), folder, county_code="01")


def test_jsonstat2_is_read_by_its_codes(tmp_path: Path) -> None:
    frame = read(tmp_path, dataset([1, 2, 3, 4]), where={"Tid": "2023"})
    assert frame["women_count"].to_dict() == {"0114A0010": 2, "0114A0020": 4}
    assert frame["population_count"].to_dict() == {"0114A0010": 3, "0114A0020": 7}


def test_jsonstat2_null_is_unknown_and_so_is_its_sum(tmp_path: Path) -> None:
    frame = read(tmp_path, dataset([1, None, 3, 4]))
    assert np.isnan(frame.loc["0114A0010"]).all()
    assert frame.loc["0114A0020", "population_count"] == 7


def test_jsonstat2_sparse_values_leave_the_rest_unknown(tmp_path: Path) -> None:
    frame = read(tmp_path, dataset({"0": 1, "1": 2, "3": 4}))
    assert frame["women_count"].to_dict() == {"0114A0010": 2, "0114A0020": 4}
    assert np.isnan(frame.loc["0114A0020", "population_count"])


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (dataset([1, 2, 3]), "found 3 numbers; the dimensions hold 4"),
        (dataset({"4": 1}), "the dimensions hold 4"),
        (dataset([1, 2, 3, "x"]), "holds 'x'"),
        (dataset([1, 2, 3, 4, 5, 6], size=[3, 2, 1, 1]), "do not fit its size"),
        (dataset([1, 2, 3, 4], id=None), "of another kind than jsonstat2"),
        ({"error": "429"}, "of another kind than jsonstat2 \\(KeyError: 'id'"),
        ([1], "expected a JSON object; found a list"),
        ('{"version": "2.0", "id": [', "JSONDecodeError"),
        ("API calls quota exceeded!", "JSONDecodeError"),
        (dataset([1, 2, 3, -4]), r"\(0114A0020\), column 'value': found -4.0"),
        (dataset([0, 0, 0, 0]), "every number is 0"),
    ],
)
def test_jsonstat2_that_is_wrong_is_refused(tmp_path: Path, reply: object, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, reply)


def test_another_year_than_the_source_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no row where 'Tid' is '2024'; found 2023"):
        read(tmp_path, dataset([1, 2, 3, 4]), where={"Tid": "2024"})


def pxweb(cells: list[tuple[list[str], list[str]]]) -> dict[str, Any]:
    return {
        "columns": [
            {"code": "Region", "text": "region", "type": "d"},
            {"code": "Kon", "text": "kön", "type": "d"},
            {"code": "Tid", "text": "år", "type": "t"},
            {"code": "Folkmängd", "text": "Folkmängd", "type": "c"},
        ],
        "comments": [],
        "data": [{"key": key, "values": values} for key, values in cells],
    }


CELLS = [
    (["0114A0010", "1", "2024"], ["10"]),
    (["0114A0010", "2", "2024"], ["11"]),
    (["0114A0020", "1", "2024"], [".."]),
    (["0114A0020", "2", "2024"], ["13"]),
]


def test_pxweb_v1_is_read_and_two_dots_are_unknown(tmp_path: Path) -> None:
    frame = read(tmp_path, pxweb(CELLS), "pxweb_json")
    assert frame["women_count"].to_dict() == {"0114A0010": 11, "0114A0020": 13}
    assert frame.loc["0114A0010", "population_count"] == 21
    assert np.isnan(frame.loc["0114A0020", "population_count"])


def test_pxweb_v1_with_a_repeated_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="stand twice"):
        read(tmp_path, pxweb([*CELLS, CELLS[1]]), "pxweb_json")


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ({"columns": []}, "KeyError: 'data'"),
        (pxweb([]), "do not fit its columns"),
        (pxweb([(["0114A0010", "1"], ["1"])]), "do not fit its columns"),
    ],
)
def test_pxweb_v1_that_is_wrong_is_refused(tmp_path: Path, reply: object, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, reply, "pxweb_json")


def test_a_recorded_jsonstat2_reply_is_read(facts: Path) -> None:
    """SCB's own reply for one DeSO of Södermalm; one cell is withheld."""
    rows = read_jsonstat2(facts / "samples/v1/scb-tenure_legendary-umbrella.json", source())
    found = rows.set_index("Upplatelseform")["value"].to_dict()
    assert np.isnan(found.pop("ÄG/ANDEL"))
    assert found == {"BOSTADSRÄTT": 1275, "HYRESRÄTT": 315, "ÖVRIGT": 26}


def test_a_recorded_v2_reply_has_a_row_per_cell(facts: Path) -> None:
    path = facts / "samples/pxwebpy/TAB6471_data.json"
    reply = json.loads(path.read_text(encoding="utf-8"))
    rows = read_jsonstat2(path, source())
    assert len(rows) == len(reply["value"]) == np.prod(reply["size"])
    assert rows["value"].sum() == pytest.approx(sum(v for v in reply["value"] if v is not None))
