"""Replies that SCB's own server gave, recorded in June 2026: read as they are."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat

from geoprio.errors import SourceError
from geoprio.sources.cubes import read_jsonstat2
from geoprio.sources.fetch.pxweb import codes_of as listed_codes
from geoprio.sources.fetch.pxweb import datasets_codes_of as codes_of
from geoprio.sources.fetch.pxweb import from_v2, joined_dataset, refuse_other, resolve
from tests.sources.fetch.conftest import table_source


def recorded(facts: Path, name: str) -> Any:
    path = facts / "samples" / "pxwebpy" / name
    return json.loads(path.read_text(encoding="utf-8"))


def test_figures_of_21_counties_in_4_months(facts: Path) -> None:
    path = facts / "samples" / "pxwebpy" / "TAB6471_data.json"
    rows = read_jsonstat2(path, table_source())
    assert len(rows) == 21 * 11 * 3 * 4
    assert rows["value"].notna().all()
    assert [rows[name].nunique() for name in ("Region", "Alder", "Kon", "Tid")] == [21, 11, 3, 4]
    first = rows.iloc[0]
    assert (first["Region"], first["Tid"], first["value"]) == (
        *("01", "2026M01"),
        json.loads(path.read_text(encoding="utf-8"))["value"][0],
    )
    assert validate_jsonstat(json.loads(path.read_text(encoding="utf-8")))


def test_the_metadata_becomes_a_table(facts: Path) -> None:
    table = from_v2("TAB6471", recorded(facts, "TAB6471_metadata.json"))
    assert list(table.variables) == ["Region", "Alder", "Kon", "ContentsCode", "Tid"]
    assert [len(variable.values) for variable in table.variables.values()] == [312, 134, 3, 1, 16]
    assert table.variables["Region"].values["0180"] == "Stockholm"
    assert table.updated == "2026-06-08T06:00:00Z"
    assert "vs_CKM03Kommun" in table.variables["Region"].codelists
    assert resolve(table.variables["Tid"], "2026M0?")[-1] == "2026M04"


def test_a_code_list_is_read(facts: Path) -> None:
    codes = listed_codes(recorded(facts, "agg_Ålder10årJ.json"))
    assert codes["20-29"] == "20-29 år"
    assert len(codes) == 11


def test_the_reply_cut_by_county_is_the_same_when_joined(facts: Path) -> None:
    whole = recorded(facts, "TAB6471_data.json")
    selection = {name: tuple(codes_of(whole, name)) for name in whole["id"]}
    refuse_other(whole, selection)
    step = 11 * 3 * 4
    parts = []
    for at, county in enumerate(selection["Region"]):
        part = json.loads(json.dumps(whole))
        part["size"][0] = 1
        part["dimension"]["Region"]["category"]["index"] = {county: 0}
        part["value"] = whole["value"][at * step : (at + 1) * step]
        refuse_other(part, {**selection, "Region": (county,)})
        parts.append(part)
    joined = joined_dataset(list(reversed(parts)), selection)
    assert joined["value"] == whole["value"]
    assert joined["size"] == whole["size"]
    assert validate_jsonstat(joined)
    with pytest.raises(SourceError, match="Region: given and not asked for: 25"):
        refuse_other(whole, {**selection, "Region": selection["Region"][:-1]})
