"""From an empty folder to counts: one table, one year, one county."""

import json
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geoprio.sources import read_source, sha256
from geoprio.sources.fetch import Client, fetch_sources
from tests.sources.fetch.conftest import Fetch, table_source
from tests.sources.fetch.replay import Replay
from tests.sources.fetch.statistics_office import Office

Make = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("office")


def test_a_table_is_fetched_into_an_empty_folder_and_read(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    source = table_source()
    raw = tmp_path / "raw" / "toy"
    done = fetch(source, raw)
    assert [(item.source, item.state) for item in done] == [("folk", "new")]
    counts = read_source(source, raw, county_code="01")
    assert list(counts.index) == [
        *("0114A1010", "0114A1020", "0114A1030", "0114C1010", "0114C1020", "0114C1030"),
        *("0180A1010", "0180A1020", "0180A1030", "0180C1010", "0180C1020", "0180C1030"),
    ]
    assert counts.loc["0114A1010", "population_count"] == 23
    assert pd.isna(counts.loc["0180A1030", "population_count"])
    assert len(replay.paths("/data", "POST")) == 1


def test_the_sidecar_proves_where_each_byte_came_from(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    fetch(table_source())
    path = tmp_path / "TAB6574.json"
    told = tomllib.loads((tmp_path / "TAB6574.json.toml").read_text(encoding="utf-8"))
    assert told["sha256"] == sha256(path)
    assert told["credit"] == "Källa: SCB"
    assert (told["publisher"], told["licence"]) == ("SCB", "CC0")
    assert (told["reference_year"], told["area_set"]) == (2023, "deso_2018")
    assert told["noise"] is False
    (sent,) = told["requests"]
    assert sent["url"].startswith("https://statistikdatabasen.scb.se/api/v2/tables/TAB6574/data")
    assert json.loads(sent["body"]) == replay.paths("/data", "POST")[0].body
    assert sent["sha256"] == told["sha256"]
    for one in (path, tmp_path / "TAB6574.json.toml"):
        assert not one.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["TAB6574.json", "TAB6574.json.toml"]


def test_a_whole_municipality_is_asked_for_by_its_prefix(replay: Replay, fetch: Fetch) -> None:
    fetch(table_source())
    (call,) = replay.paths("/data", "POST")
    region = next(p for p in call.body["selection"] if p["variableCode"] == "Region")
    assert region == {
        "variableCode": "Region",
        "codelist": "vs_DeSO2018",
        "valueCodes": ["0114*", "0180*"],
    }


def test_a_second_fetch_asks_for_no_figures_where_nothing_changed(
    tmp_path: Path, replay: Replay, office: Office, client: Make
) -> None:
    sources = {"folk": table_source()}
    fetch_sources(sources, tmp_path, county_code="01", client=client())
    (again,) = fetch_sources(sources, tmp_path, county_code="01", client=client())
    assert again.state == "unchanged"
    assert len(replay.paths("/data")) == 1
    office.cubes["TAB6574"].updated = "2026-03-01T07:00:00Z"
    (third,) = fetch_sources(sources, tmp_path, county_code="01", client=client())
    assert third.state == "changed"
    assert third.old_sha256
    assert len(replay.paths("/data")) == 2
