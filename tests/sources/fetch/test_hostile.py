"""Replies and folders that nobody should send or keep: refused, with what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geoprio.errors import SourceError
from geoprio.sources import read_source
from geoprio.sources.fetch import Client
from geoprio.sources.fetch.client import DamagedError, read_json
from geoprio.sources.fetch.wfs import JoinFeatures, is_page_of
from tests.sources.fetch.conftest import OLD_API, Fetch, states, table_source
from tests.sources.fetch.replay import Answer, Fault, Replay
from tests.sources.fetch.statistics_office import Cube, Office
from tests.sources.fetch.toys import VAL, Site, source, zipped
from tests.sources.toy import square

Make = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("office")
GOOD = zipped({"d.json": b"{}"})


def test_links_that_are_no_addresses_or_lead_away_are_passed_over_or_refused(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    site = Site("/val", {"/b/toy.zip": GOOD})
    replay.apps["/val"] = site.answer
    origin = {
        "kind": "file",
        "index_page": f"{VAL}/sida",
        "file_name": "toy.zip",
        "credit": "Valmyndigheten",
    }
    one = source(origin, files=["toy.zip"])
    site.files["/sida"] = b'<a href="https://[x/toy.zip">x</a><a href="/b/toy.zip">y</a>'
    assert states(fetch(one)) == ["new"]
    site.files["/sida"] = b'<a href="https://evil.example\\@www.val.se/toy.zip">x</a>'
    with pytest.raises(SourceError, match="refused; expected https to a host"):
        fetch(one, tmp_path / "other")


@pytest.mark.parametrize(
    "config",
    [
        {"maxDataCells": 0, "maxCallsPerTimeWindow": 30, "timeWindow": 1},
        {"maxDataCells": 1000, "maxCallsPerTimeWindow": 0, "timeWindow": 1},
        {"maxDataCells": 1000, "maxCallsPerTimeWindow": 30, "timeWindow": 0},
        {"maxDataCells": 1000, "maxCallsPerTimeWindow": 30, "timeWindow": "nan"},
        {"maxDataCells": "1e9", "maxCallsPerTimeWindow": 30, "timeWindow": 1},
        {"maxDataCells": 1000, "timeWindow": 1},
        [],
    ],
)
def test_limits_that_mean_nothing_are_told_and_nothing_is_asked(
    replay: Replay, config: Any, fetch: Fetch
) -> None:
    replay.faults.append(Fault("/config", Answer.json(config)))
    with pytest.raises(SourceError, match="/config: the server"):
        fetch(table_source())
    assert not replay.paths("/data")


def test_an_old_server_with_limits_that_mean_nothing_is_asked_with_care(
    replay: Replay, office: Office, fetch: Fetch
) -> None:
    office.closed, office.calls = True, 0
    old = {"url": OLD_API, "path": office.cubes["TAB6574"].old_path}
    assert states(fetch(table_source({"v1": old}))) == ["new"]
    assert len(replay.paths("/v1host", "POST")) == 1


def dotted(answer: Answer) -> Answer:
    reply = json.loads(answer.body)
    reply["value"] = [".." if value is None else value for value in reply["value"]]
    return Answer.json(reply)


def sparse(answer: Answer) -> Answer:
    reply = json.loads(answer.body)
    reply["value"] = {str(at): "..." if v is None else v for at, v in enumerate(reply["value"])}
    return Answer.json(reply)


def beyond(answer: Answer) -> Answer:
    reply = json.loads(answer.body)
    reply["value"] = {"0": 1, "999": 2}
    return Answer.json(reply)


def turned(answer: Answer) -> Answer:
    reply = json.loads(answer.body)
    cells = np.array(reply["value"], dtype=object).reshape(reply["size"])
    turned = {name: reply[name][::-1] for name in ("id", "size")}
    return Answer.json({**reply, **turned, "value": cells.T.ravel().tolist()})


@pytest.mark.parametrize("times", [1, 9], ids=["one reply", "every reply"])
def test_a_reply_whose_variables_come_in_another_order_is_put_in_its_place(
    tmp_path: Path, replay: Replay, office: Office, times: int, fetch: Fetch
) -> None:
    fetch(table_source(), tmp_path / "straight")
    office.most_cells = 30
    before = len(replay.paths("/data"))
    replay.faults += [Fault("/data", change=lambda true: true), Fault("/data", change=turned)]
    replay.faults[-1].times = times
    fetch(table_source(), tmp_path / "turned")
    assert len(replay.paths("/data")) - before > 2
    frames = [
        read_source(table_source(), tmp_path / name, county_code="01")
        for name in ("straight", "turned")
    ]
    pd.testing.assert_frame_equal(*frames)


@pytest.mark.parametrize("most", [150_000, 40], ids=["one call", "several"])
def test_two_dots_are_missing_and_never_zero(
    tmp_path: Path, replay: Replay, office: Office, most: int, fetch: Fetch
) -> None:
    office.most_cells = most
    replay.faults.append(Fault("/data", change=dotted, times=9))
    fetch(table_source())
    counts = read_source(table_source(), tmp_path, county_code="01")["population_count"]
    assert counts.isna().sum() == 1
    assert counts["0114A1010"] == 23
    assert (counts.dropna() > 0).all()


def test_other_words_for_a_figure_are_told_when_they_are_read(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    replay.faults.append(Fault("/data", change=sparse))
    fetch(table_source())
    with pytest.raises(SourceError, match=r"holds '\.\.\.'; expected numbers, null or"):
        read_source(table_source(), tmp_path, county_code="01")


def test_a_figure_in_a_cell_that_is_not_there_is_refused(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    replay.faults.append(Fault("/data", change=beyond))
    with pytest.raises(SourceError, match="figures stand in 999 of 72 cells"):
        fetch(table_source())
    assert not list(tmp_path.iterdir())


def test_json_without_a_bottom_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "deep"
    path.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(DamagedError, match="expected whole JSON"):
        read_json(path)


def page(*features: Any, crs: Any = None) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), "crs": crs}


def feature(number: int, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": f"a.{number}", "properties": {}, "geometry": geometry}


def test_a_feature_without_geometry_does_not_shift_the_others(tmp_path: Path) -> None:
    squares = [square(660_000 + 5_000 * number, 6_599_000) for number in range(3)]
    features = [feature(0, None), *(feature(1 + at, one) for at, one in enumerate(squares))]
    path, made = tmp_path / "page", tmp_path / "made"
    path.write_text(json.dumps(page(*features)), encoding="utf-8")
    extent = [shapely.from_geojson(json.dumps(squares[1]))]
    JoinFeatures(4, "EPSG:3006", extent)([path], made)
    held = json.loads(made.read_text(encoding="utf-8"))["features"]
    assert [one["id"] for one in held] == ["a.2"]


@pytest.mark.parametrize("crs", ["EPSG:3006", {"properties": "x"}, 3006, None])
def test_a_system_declared_in_another_form_is_none_declared(tmp_path: Path, crs: Any) -> None:
    path = tmp_path / "page"
    held = page(feature(1, square(660_000, 6_599_000)), crs=crs)
    path.write_text(json.dumps(held), encoding="utf-8")
    JoinFeatures(1, "EPSG:3006")([path], tmp_path / "made")


def test_a_page_of_other_things_than_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_text(json.dumps(page("a")), encoding="utf-8")
    with pytest.raises(SourceError, match="expected a GeoJSON FeatureCollection"):
        is_page_of(1)(path)
    path.write_text(json.dumps(page(feature(1, {"type": "Blob"}))), encoding="utf-8")
    with pytest.raises(SourceError, match="a geometry of the page is not one of GeoJSON"):
        JoinFeatures(1, "EPSG:3006")([path], tmp_path / "made")


def test_a_period_without_a_year_is_told(office: Office, fetch: Fetch) -> None:
    cube = office.cubes["TAB6574"]
    variables = {**cube.variables, "Tid": {"nu": "nu"}}
    office.cubes["TAB6574"] = Cube(**{**vars(cube), "variables": variables})
    with pytest.raises(SourceError, match="'nu': expected a period that names its year"):
        fetch(table_source({"times": ["nu"]}))
