"""Layers: filtered by county, page by page, whole and in the right system."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from geoprio.errors import SourceError
from geoprio.sources import read_source
from geoprio.sources.fetch import Client, fetch_sources
from tests.sources.fetch.conftest import Fetch
from tests.sources.fetch.replay import Answer, Fault, Replay
from tests.sources.fetch.toys import GeoServer, layer, source

Make = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("geo")


@pytest.fixture
def geo(replay: Replay) -> GeoServer:
    server = GeoServer()
    replay.apps["/geo"] = lambda call: server.answer(call)
    return server


@pytest.mark.parametrize("dialect", ["cql", "filter"])
def test_a_layer_is_read_page_by_page_for_the_county_alone(
    tmp_path: Path, replay: Replay, geo: GeoServer, dialect: str, fetch: Fetch
) -> None:
    one = source(layer(dialect=dialect))
    fetch(one)
    areas = read_source(one, tmp_path, county_code="01")
    assert list(areas.index) == [f"0114A000{number}" for number in range(1, 6)]
    assert areas.area.tolist() == [1_000_000.0] * 5
    pages = [call for call in replay.paths("/geo") if not call.one("resultType")]
    assert [call.one("startIndex") for call in pages] == ["0", "2", "4"]
    assert len(geo.features) == 7


@pytest.mark.parametrize("dialect", ["cql", "filter"])
def test_a_layer_is_read_for_several_counties(
    tmp_path: Path, geo: GeoServer, dialect: str, client: Make
) -> None:
    geo.counties = ("01",) * 3 + ("03",) * 2 + ("25",)
    geo.__post_init__()
    one, home = source(layer(dialect=dialect)), ("01", "25")
    fetch_sources({"folk": one}, tmp_path, county_code=home, client=client())
    areas = read_source(one, tmp_path, county_code=home)
    assert list(areas.index.str[:2]) == ["01", "01", "01", "25"]
    assert len(json.loads((tmp_path / "toy.geojson").read_text("utf-8"))["features"]) == 4


def test_the_same_layer_again_is_unchanged_whatever_its_time_stamp(
    tmp_path: Path, geo: GeoServer, fetch: Fetch
) -> None:
    one = source(layer())
    assert fetch(one)[0].state == "new"
    assert fetch(one)[0].state == "unchanged"
    geo.features[0]["properties"]["regsokod"] = "0114R009"
    assert fetch(one)[0].state == "changed"
    held = json.loads((tmp_path / "toy.geojson").read_text(encoding="utf-8"))
    assert held["features"][0]["properties"]["regsokod"] == "0114R009"


SERVED = GeoServer().features


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exception": "Illegal property name: lanskod"}, "Illegal property name: lanskod"),
        ({"swapped": True}, "swaps the axes"),
        ({"most": 1}, r"holds 1 features; expected 2.*lower `page_size`"),
        ({"features": [*SERVED[:3], SERVED[0], *SERVED[4:]]}, "4 different features; expected 5"),
        ({"features": SERVED[:4], "stuck": True}, "2 different features; expected 4"),
        ({"features": SERVED[5:]}, "no feature where lanskod is 01"),
    ],
    ids=[
        "exception with status 200",
        "axes",
        "fewer at a time",
        "on two pages",
        "again",
        "other county",
    ],
)
def test_a_layer_that_is_not_what_was_asked_for_is_refused(
    tmp_path: Path, geo: GeoServer, fetch: Fetch, change: dict[str, Any], message: str
) -> None:
    vars(geo).update(change)
    with pytest.raises(SourceError, match=message):
        fetch(source(layer()))
    assert not list(tmp_path.iterdir())


def pages_asked(replay: Replay) -> list[str]:
    calls = replay.paths("/geo")
    return [call.one("startIndex") for call in calls if not call.one("resultType")]


@pytest.fixture
def broken_off(replay: Replay, geo: GeoServer, fetch: Fetch) -> None:
    """Fetch the layer from a server that gives up before its third page, and mend that."""

    def lost(true: Answer) -> Answer:
        last = re.search(rb'"numberReturned": ?1\b', true.body)
        return Answer(b"", 503) if last else true

    replay.faults.append(Fault("/geo", change=lost, times=99))
    with pytest.raises(SourceError, match="503"):
        fetch(source(layer()))
    assert pages_asked(replay)[:3] == ["0", "2", "4"]
    assert len(geo.features) == 7
    replay.faults.clear()
    replay.calls.clear()


@pytest.mark.usefixtures("broken_off")
def test_a_layer_that_was_broken_off_is_gone_on_with_from_its_last_page(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    assert [path.name for path in tmp_path.iterdir()] == [".fetch"]
    assert [item.state for item in fetch(source(layer()))] == ["new"]
    assert pages_asked(replay) == ["4"]
    held = json.loads((tmp_path / "toy.geojson").read_text(encoding="utf-8"))
    assert [one["id"] for one in held["features"]] == [f"DeSO_2018.{n}" for n in range(1, 6)]
    assert not (tmp_path / ".fetch").exists()


@pytest.mark.parametrize("kept", ["stale", "cut"])
@pytest.mark.usefixtures("broken_off")
def test_a_page_of_another_day_or_that_is_no_page_is_asked_for_again(
    tmp_path: Path, replay: Replay, fetch: Fetch, kept: str
) -> None:
    for page in (tmp_path / ".fetch" / "pages").iterdir():
        if kept == "stale":
            os.utime(page, (0, 0))
        else:
            page.write_bytes(page.read_bytes()[:-9])
    fetch(source(layer()))
    assert pages_asked(replay) == ["0", "2", "4"]


def test_an_xml_exception_in_place_of_a_page_is_told(
    replay: Replay, geo: GeoServer, fetch: Fetch
) -> None:
    report = b"<ows:ExceptionReport><ows:ExceptionText>Java heap</ows:ExceptionText></x>"

    def spoilt(answer: Answer) -> Answer:
        return Answer(report) if answer.body.startswith(b"{") else answer

    replay.faults.append(Fault("/geo", change=spoilt, times=9))
    with pytest.raises(SourceError, match=r"expected JSON; found XML or HTML.*Java heap"):
        fetch(source(layer()))
    assert geo.features


def test_another_system_than_the_one_asked_for_is_refused(fetch: Fetch) -> None:
    with pytest.raises(SourceError, match="asked for EPSG:4326; the server declares"):
        fetch(source(layer(crs="EPSG:4326")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crs": "EPSG:999999"}, "a coordinate system that is known"),
        ({"crs": "EPSG:4326", "clip_by": "areas"}, "clip_by: the areas are in EPSG:3006"),
    ],
)
def test_a_system_that_cannot_be_used_is_told_when_the_source_is_read(
    change: dict[str, str], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        source(layer(**change))


def test_a_layer_that_cannot_be_filtered_is_cut_to_the_countys_areas(
    tmp_path: Path, geo: GeoServer, client: Make
) -> None:
    # The county's five squares touch their neighbour: the seventh feature lies apart.
    grid = source(layer(filter_by=None, clip_by="areas"), files=["grid.geojson"])
    sources = {"grid": grid, "areas": source(layer())}
    done = fetch_sources(sources, tmp_path, county_code="01", client=client())
    assert [item.source for item in done] == ["areas", "grid"]
    held = json.loads((tmp_path / "grid.geojson").read_text(encoding="utf-8"))
    assert [one["id"] for one in held["features"]] == [f"DeSO_2018.{n}" for n in range(1, 7)]
    assert len(geo.features) == 7
