"""Layers from a WFS that nobody here wrote: MapServer, run as the program that it is."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoprio.errors import SourceError
from geoprio.sources import Source, read_source
from geoprio.sources.fetch.wfs import standard_filter
from tests.conftest import AREAS
from tests.sources.fetch.conftest import Fetch
from tests.sources.fetch.mapserver import PLAIN, map_server
from tests.sources.fetch.replay import Replay
from tests.sources.fetch.toys import layer, source

Serve = Callable[..., None]
VERSIONS = ("2.0.0", "1.1.0")
TEXTS = {"municipality_code": "kommunkod"}


@pytest.fixture(scope="session")
def mapserv() -> Path:
    found = os.environ.get("GEOPRIO_MAPSERV") or shutil.which("mapserv")
    if not found or not Path(found).exists():
        pytest.skip(
            "no MapServer: install the package 'cgi-mapserver', or set GEOPRIO_MAPSERV to the"
            " program mapserv"
        )
    return Path(found)


@pytest.fixture(scope="module")
def county(demo_raw: Path) -> gpd.GeoDataFrame:
    """Return the demo's DeSO with the attributes of SCB's layer, and some of another county."""
    return with_neighbours(gpd.read_file(demo_raw / "deso-2018-wfs.geojson"))


def with_neighbours(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    areas = areas[["desokod", "kommunkod", "lanskod", "geometry"]]
    other = areas.head(20).assign(
        desokod="03" + areas["desokod"].str[2:],
        kommunkod="03" + areas["kommunkod"].str[2:],
        lanskod="03",
    )
    return gpd.GeoDataFrame(pd.concat([other, areas], ignore_index=True), crs=areas.crs)


@pytest.fixture
def serve(mapserv: Path, tmp_path: Path, county: gpd.GeoDataFrame, replay: Replay) -> Serve:
    def start(areas: gpd.GeoDataFrame = county, **settings: object) -> None:
        server = map_server(mapserv, tmp_path / "server", areas, **settings)  # type: ignore[arg-type]
        replay.apps["/geo"] = server.answer

    return start


def asked(**changes: object) -> Source:
    return source(layer(**{"dialect": "filter", "page_size": 50, **changes}), texts=TEXTS)


def assert_same_areas(fetched: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    served = areas[areas["lanskod"] == "01"].set_index("desokod").sort_index()
    assert list(fetched.index) == list(served.index)
    assert fetched.crs.to_epsg() == 3006
    # A multipolygon of one part comes as a polygon: the parts are what is compared.
    parts, owners = shapely.get_parts(fetched.geometry.array, return_index=True)
    true_parts, true_owners = shapely.get_parts(served.geometry.array, return_index=True)
    assert owners.tolist() == true_owners.tolist()
    assert shapely.equals_exact(parts, true_parts, tolerance=1e-6).all()
    assert fetched["municipality_code"].tolist() == served["kommunkod"].tolist()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("data", "sort_by"),
    [
        *(("areas.gpkg", "desokod"), ("areas.gpkg", None)),
        *(("areas.geojson", "desokod"), ("areas.shp", "desokod")),
    ],
)
def test_the_countys_areas_arrive_as_they_are_page_by_page(
    tmp_path: Path,
    replay: Replay,
    county: gpd.GeoDataFrame,
    serve: Serve,
    version: str,
    sort_by: str | None,
    data: str,
    fetch: Fetch,
) -> None:
    serve(data=data)
    one = asked(version=version, sort_by=sort_by)
    assert fetch(one)[0].state == "new"
    assert_same_areas(read_source(one, tmp_path, county_code="01"), county)
    pages = [call for call in replay.calls if not call.one("resultType")]
    assert [call.one("startIndex") for call in pages] == ["0", "50", "100"]
    assert len(county) == (county["lanskod"] == "01").sum() + 20
    assert fetch(one)[0].state == "unchanged"


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::3006", "EPSG:4326"])
def test_another_name_of_the_system_and_another_system_give_the_same_areas(
    tmp_path: Path, county: gpd.GeoDataFrame, serve: Serve, crs: str, fetch: Fetch
) -> None:
    serve()
    one = asked(crs=crs)
    fetch(one)
    held = json.loads((tmp_path / "toy.geojson").read_text(encoding="utf-8"))
    # MapServer declares no system, and a reader of such a file takes it for degrees.
    declared = f"urn:ogc:def:crs:EPSG::{crs[-4:]}"
    assert held["crs"] == {"type": "name", "properties": {"name": declared}}
    fetched = read_source(one, tmp_path, county_code="01")
    served = county[county["lanskod"] == "01"].set_index("desokod").sort_index()
    assert fetched.geometry.hausdorff_distance(served.geometry).max() < 0.01


def test_areas_that_share_their_attributes_are_not_taken_for_one(
    tmp_path: Path, county: gpd.GeoDataFrame, serve: Serve, fetch: Fetch
) -> None:
    # A published layer may hold an area of two islands as two features; MapServer gives no ids.
    doubled = pd.concat([county, county.tail(1).translate(10).to_frame("geometry")])
    doubled = gpd.GeoDataFrame(doubled.ffill(), crs=county.crs)
    serve(doubled)
    fetch(asked())
    held = json.loads((tmp_path / "toy.geojson").read_text(encoding="utf-8"))
    codes = [one["properties"]["desokod"] for one in held["features"]]
    assert len(codes) == len(set(codes)) + 1


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"layer": "stat:DeSO_2019"},
            "says: .*DeSO_2019' doesn't exist in this server",
        ),
        (
            {"filter_by": "lankod"},
            "says: .*('lankod' is unknown|Invalid Field name: lankod)",
        ),
        ({"format": "text/csv"}, "says: .*'text/csv' is not a permitted output format"),
        ({"crs": "EPSG:3011"}, "says: .*Invalid SRS"),
    ],
    ids=["layer", "attribute", "format", "system"],
)
def test_what_the_server_does_not_have_is_told_in_its_own_words(
    tmp_path: Path,
    replay: Replay,
    serve: Serve,
    version: str,
    change: dict[str, str],
    words: str,
    fetch: Fetch,
) -> None:
    serve()
    with pytest.raises(SourceError, match=words) as told:
        fetch(asked(version=version, **change))
    assert "<" not in str(told.value).split("says:")[1]
    assert not list(tmp_path.glob("*.geojson"))
    assert 1 <= len(replay.calls) <= 2, "a refusal is not asked for again"


def test_an_unknown_layer_comes_with_a_status_that_says_success(
    mapserv: Path, replay: Replay, serve: Serve, fetch: Fetch
) -> None:
    serve()
    answers = []
    true = replay.apps["/geo"]
    replay.apps["/geo"] = lambda call: answers.append(true(call)) or answers[-1]
    with pytest.raises(SourceError, match="expected a count of features; the server says"):
        fetch(asked(layer="DeSO_2019", version="1.1.0"))
    assert answers[0].status == 200
    assert b"ExceptionReport" in answers[0].body
    assert mapserv


def test_degrees_in_place_of_the_system_asked_for_are_refused(
    tmp_path: Path, serve: Serve, fetch: Fetch
) -> None:
    # A server set up for RFC 7946 gives degrees whatever is asked for, and does not say so.
    serve(options=(*PLAIN, "LCO:RFC7946=YES"))
    with pytest.raises(SourceError, match=r"such as 1\d\.\d+ 5\d\.\d+ are not east, north in EPSG"):
        fetch(asked())
    fetch(asked(crs="EPSG:4326"))
    assert len(read_source(asked(), tmp_path, county_code="01")) == AREAS


def test_a_reply_that_is_packed_is_told_at_once(replay: Replay, serve: Serve, fetch: Fetch) -> None:
    # What MapServer does unless its owner states otherwise.
    serve(options=())
    with pytest.raises(SourceError, match="expected JSON; found a zip: state a `format`"):
        fetch(asked())
    assert len(replay.calls) == 2


def test_a_filter_that_the_server_does_not_know_is_told(serve: Serve, fetch: Fetch) -> None:
    # CQL is GeoServer's own: MapServer gives the whole layer, without a word.
    serve()
    with pytest.raises(SourceError, match=r"lanskod is 01; found 03: .*does not heed the filter"):
        fetch(asked(dialect="cql"))


@pytest.mark.real
@pytest.mark.parametrize("version", VERSIONS)
def test_the_real_countys_areas_arrive_as_they_are(
    tmp_path: Path, replay: Replay, serve: Serve, real_raw: Path, version: str, fetch: Fetch
) -> None:
    areas = gpd.read_file(real_raw / "deso-2018-stockholms-lan-forenklad.geojson").to_crs(3006)
    areas = areas.rename(columns={"id": "desokod", "kommun": "kommunkod"})
    areas = with_neighbours(areas.assign(lanskod=areas["kommunkod"].str[:2]))
    serve(areas)
    one = asked(version=version, page_size=500)
    fetch(one)
    fetched = read_source(one, tmp_path, county_code="01")
    assert len(fetched) == 1287
    assert_same_areas(fetched, areas)
    assert len(replay.calls) == 4
    assert replay.calls[0].one("FILTER") == standard_filter("lanskod", ["01"], version=version)
