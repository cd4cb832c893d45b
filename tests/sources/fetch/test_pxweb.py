"""Tables of PxWebApi: what is asked, in how many calls, and what is refused."""

import json
import math
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import Source, read_source, sha256
from geoprio.sources.fetch import Client, fetch_sources, preview
from tests.sources.fetch.conftest import OLD_API, Fetch, table_source
from tests.sources.fetch.replay import Answer, Fault, Replay
from tests.sources.fetch.statistics_office import Cube, Office

Make = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("office")
DATA = "/data"
OLD = {"url": OLD_API, "path": "BE/BE0101/BE0101Y/FolkmDesoAldKon"}
NEW_KEY = {"column": "Region", "pattern": r"\d{4}[ABC]\d{4}", "strip_suffix": "_DeSO2025"}


def new_source(year: str, **changes: Any) -> Source:
    origin = {"codelist": "vs_DeSO2025", "times": [year], **changes}
    settings = {"vintage": int(year), "area_set": "deso_2025", "key": NEW_KEY}
    return table_source(origin, **settings)


@pytest.mark.parametrize("most", [60, 30, 10])
def test_a_table_over_the_limit_is_cut_and_put_together_again(
    tmp_path: Path, replay: Replay, office: Office, most: int, fetch: Fetch
) -> None:
    fetch(table_source(), tmp_path / "whole")
    whole = read_source(table_source(), tmp_path / "whole", county_code="01")
    before = len(replay.paths(DATA))
    office.most_cells = most
    fetch(table_source(), tmp_path / "cut")
    pd.testing.assert_frame_equal(
        read_source(table_source(), tmp_path / "cut", county_code="01"), whole
    )
    calls = len(replay.paths(DATA)) - before
    assert 1 < calls <= math.ceil(12 * 2 * 3 / (0.8 * most)) + 1
    reply = json.loads((tmp_path / "cut" / "TAB6574.json").read_text(encoding="utf-8"))
    assert reply["size"] == [12, 2, 3, 1, 1]
    # The one area that has no figures keeps its null.
    assert reply["value"].count(None) == 6


@pytest.mark.parametrize("status", [400, 403])
def test_a_server_that_gives_fewer_cells_than_it_states_is_asked_for_less(
    tmp_path: Path, replay: Replay, office: Office, status: int, fetch: Fetch
) -> None:
    office.too_many_status = status
    config = Answer.json({"maxDataCells": 1000, "maxCallsPerTimeWindow": 30, "timeWindow": 1})
    replay.faults.append(Fault("/config", config))
    office.most_cells = 40
    fetch(table_source())
    assert len(read_source(table_source(), tmp_path, county_code="01")) == 12
    assert [len(call.body["selection"]) for call in replay.paths(DATA)] == [5, 5, 5]


def test_the_calls_stay_inside_the_rate_limit(
    tmp_path: Path, replay: Replay, office: Office, client: Make, fetch: Fetch
) -> None:
    import time

    office.most_cells, office.calls, office.seconds = 8, 5, 0.4
    replay.allowed = (5, 0.4)
    fetch(table_source(), tmp_path, client(clock=time.monotonic, sleep=time.sleep))
    # The server counts the calls for the 72 cells, and how close together they come.
    assert 72 / 8 < len(replay.paths(DATA)) <= math.ceil(72 / (0.8 * 8)) + 1
    assert replay.refused == 0


@pytest.mark.parametrize(("year", "noise"), [("2024", False), ("2025", True)])
def test_the_2025_areas_are_read_and_noise_is_told_of(
    tmp_path: Path, year: str, fetch: Fetch, *, noise: bool
) -> None:
    source = new_source(year).model_copy(update={"vintage": 2023})
    fetch(source)
    counts = read_source(source, tmp_path, county_code="01")
    assert counts.index[0] == "0114A1010"
    assert counts.loc["0114A1010", "population_count"] == 21 + 2 * (int(year) - 2022)
    told = (tmp_path / "TAB6574.json.toml").read_text(encoding="utf-8")
    # Those of the figures, whatever year the source says.
    assert f"reference_year = {year}" in told
    assert f"noise = {str(noise).lower()}" in told


@pytest.mark.parametrize("nothing", [0, None, ".."])
def test_a_table_of_nothing_but_zeros_or_missing_is_refused(
    tmp_path: Path, office: Office, fetch: Fetch, nothing: Any
) -> None:
    office.cubes["TAB6574"].figure = lambda cell: 0 if cell["Kon"] == "1" else nothing
    with pytest.raises(SourceError, match="every figure of the reply is zero or missing"):
        fetch(table_source())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "TAB9999"}, "refused with 404.*Non-existent table"),
        ({"codelist": "vs_DeSO2030"}, "no value set 'vs_DeSO2030'; found vs_DeSO2018, vs_DeSO2025"),
        ({"times": ["2019"]}, r"variable 'Tid'.*has no such value"),
        ({"select": {"Alder": ["totalt"], "ContentsCode": "*"}}, "select.Kon is missing"),
        ({"select": {"*": "*", "Civil": "*"}}, "select.Civil: the table has no such variable"),
        ({"region": "Omrade"}, "no variable 'Omrade'; found Region, Alder"),
        # Years of other areas: the server would answer with zeros.
        ({"times": ["2024"]}, "would answer with zeros: not sent"),
        ({"times": ["2025"]}, "would answer with zeros: not sent"),
        # Of areas in another variable than the region, too.
        (
            {"region": "", "codelist": None, "times": ["2025"]}
            | {"select": {"Region": ["0180C1010"], "*": "*"}},
            "would answer with zeros: not sent",
        ),
    ],
)
def test_what_the_table_does_not_have_is_told_before_figures_are_asked_for(
    replay: Replay, change: Mapping[str, Any], message: str, fetch: Fetch
) -> None:
    with pytest.raises(SourceError, match=f"(?s){message}"):
        fetch(table_source(change))
    assert not replay.paths(DATA)


def test_values_are_found_by_their_labels(tmp_path: Path, replay: Replay, fetch: Fetch) -> None:
    chosen = {"Alder": {"labels": ["15-19 år"]}, "*": "*"}
    columns = [
        {"name": "age_15_19_count", "value": "value", "where": {"Kon": "1", "Alder": "15-19"}}
    ]
    source = table_source({"select": chosen}, columns=columns)
    fetch(source)
    (call,) = replay.paths(DATA)
    ages = next(part for part in call.body["selection"] if part["variableCode"] == "Alder")
    assert ages["valueCodes"] == ["15-19"]
    counts = read_source(source, tmp_path, county_code="01")
    assert counts.loc["0114A1010", "age_15_19_count"] == 11


def test_a_table_is_found_by_a_search(
    tmp_path: Path, replay: Replay, office: Office, fetch: Fetch
) -> None:
    search = {"query": "folkmängden", "variables": ["region", "kön"], "label": "ålder"}
    source = table_source({"table": None, "search": search})
    fetch(source)
    assert 'part = "TAB6574"' in (tmp_path / "TAB6574.json.toml").read_text(encoding="utf-8")
    office.cubes["TAB1"] = Cube(**{**vars(office.cubes["TAB6574"]), "table": "TAB1"})
    with pytest.raises(SourceError, match=r"(?s)gives 2 tables; expected one.*TAB6574.*TAB1"):
        fetch(source, tmp_path / "again")
    assert replay.paths("/tables$")


def test_v1_answers_where_v2_has_closed(
    tmp_path: Path, replay: Replay, office: Office, fetch: Fetch
) -> None:
    fetch(table_source(), tmp_path / "v2")
    office.closed = True
    with pytest.raises(SourceError, match="refused with 404"):
        fetch(table_source(), tmp_path / "none")
    office.most_cells = 30
    (done,) = fetch(table_source({"v1": OLD}), tmp_path / "v1")
    assert "old interface" in str(done.note)
    assert "closes in 2026/27" in str(done.note)
    frames = [
        read_source(table_source(), tmp_path / name, county_code="01") for name in ("v2", "v1")
    ]
    pd.testing.assert_frame_equal(*frames)
    asked = replay.paths("/v1host.*FolkmDesoAldKon", "POST")
    assert 3 <= len(asked) <= math.ceil(72 / 24) + 1
    assert asked[0].body["response"] == {"format": "json-stat2"}


def test_v1_is_not_asked_for_what_v2_refuses(replay: Replay, fetch: Fetch) -> None:
    replay.faults.append(Fault("/metadata", Answer.json({"title": "Illegal"}, 400)))
    with pytest.raises(SourceError, match="refused with 400"):
        fetch(table_source({"v1": OLD}))
    assert not replay.paths("/v1host")


def test_neither_version_is_told_of_both(office: Office, fetch: Fetch) -> None:
    office.closed = True
    lost = {**OLD, "path": "BE/Gone"}
    with pytest.raises(SourceError, match=r"(?s)neither version.*v2: .*404.*v1: .*Parameter error"):
        fetch(table_source({"v1": lost}))


def test_a_reply_that_holds_something_else_is_refused(replay: Replay, fetch: Fetch) -> None:
    def without_one(answer: Answer) -> Answer:
        reply = json.loads(answer.body)
        del reply["dimension"]["Region"]["category"]["index"]["0114A1010"]
        return Answer.json(reply)

    replay.faults.append(Fault(DATA, change=without_one))
    with pytest.raises(SourceError, match="Region: asked for and not given: 0114A1010"):
        fetch(table_source())


def test_a_dry_run_lists_every_request_and_asks_for_no_figures(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    plans, faults = preview({"folk": table_source()}, tmp_path, county_code="01", client=client())
    ((name, plan),) = plans
    assert (name, plan.name, [ask.cells for ask in plan.asks]) == ("folk", "TAB6574.json", [72])
    assert not faults
    assert not replay.paths(DATA)
    assert not list(tmp_path.iterdir())


def test_a_file_that_the_user_put_there_is_never_touched(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    own = tmp_path / "TAB6574.json"
    own.write_text("mine", encoding="utf-8")
    assert fetch(table_source())[0].state == "own"
    assert own.read_text(encoding="utf-8") == "mine"
    assert not replay.calls


def test_a_file_that_is_not_what_was_fetched_is_put_aside(tmp_path: Path, fetch: Fetch) -> None:
    fetch(table_source())
    path = tmp_path / "TAB6574.json"
    path.chmod(0o600)
    path.write_text("spoilt", encoding="utf-8")
    (outcome,) = fetch(table_source())
    assert "it was moved to" in outcome.note
    assert (tmp_path / ".replaced" / path.name).read_text(encoding="utf-8") == "spoilt"
    assert len(read_source(table_source(), tmp_path, county_code="01")) == 12


KILLED = """
import os, sys
from pathlib import Path
from geoprio.sources.fetch import Client, fetch_sources
from tests.sources.fetch.conftest import table_source
class Dying(Client):
    def save(self, *arguments, **named):
        global left
        reply = super().save(*arguments, **named)
        left -= 1
        if left == 0:
            os._exit(9)
        return reply
client = Dying(frozenset({"statistikdatabasen.scb.se"}),
               route={"https://statistikdatabasen.scb.se": sys.argv[2] + "/v2host"})
sources = {"a": table_source(), "b": table_source(files=["b.json"])}
for number in range(1, int(sys.argv[3]) + 1):
    child, left = os.fork(), number
    if not child:
        fetch_sources(sources, Path(sys.argv[1]) / str(number), county_code="01", client=client)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


REQUESTS = 7
"""Limits and metadata once, the figures of one source and of the other: all that are sent."""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no fork")
def test_a_fetch_killed_at_any_request_leaves_a_folder_that_the_next_completes(
    tmp_path: Path, replay: Replay, office: Office, client: Make
) -> None:
    office.most_cells = 45
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), replay.base, str(REQUESTS + 1)],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.split() == [b"9"] * REQUESTS + [b"0"], done.stderr
    sources = {"a": table_source(), "b": table_source(files=["b.json"])}
    for folder in tmp_path.iterdir():
        fetch_sources(sources, folder, county_code="01", client=client())
        frames = [read_source(source, folder, county_code="01") for source in sources.values()]
        assert np.isfinite(frames[0]["population_count"]).sum() == 11
        pd.testing.assert_frame_equal(*frames)
        names = ["TAB6574.json", "TAB6574.json.toml", "b.json", "b.json.toml"]
        assert sorted(path.name for path in folder.iterdir()) == names


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
