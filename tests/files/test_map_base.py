"""What lies under and over the areas: water of a file, a base map of others when it is chosen."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser

from geoprio.config import MapBase
from geoprio.files.maps import build_map, render_map, save_map
from geoprio.files.maps.geometry import PRECISION
from geoprio.files.maps.underlay import Underlay
from tests.files.conftest import EASTING, HOSTILE, NORTHING, toy_layers, toy_levels, toy_page
from tests.unpacked import payload_of, shapes_of
from tests.visits import DESKTOP, Visit

BASE = MapBase.model_validate(
    {
        "online_base": {
            "url": "https://tile.example.org/{z}/{x}/{y}.png",
            "attribution": "© <b>someone</b>",
            "title": {"sv": "Bakgrund", "en": "Background"},
        }
    }
).online_base


def page_with(**changes: object) -> str:
    return render_map(build_map(toy_levels(), toy_layers(), page=toy_page(**changes))).decode()


def test_without_a_base_the_page_names_no_host_and_offers_none() -> None:
    html = page_with()
    assert "img-src data:;" in html
    assert 'id="online"' not in html
    assert payload_of(html)["online"] is None
    assert payload_of(html)["ground"] is None


def underlay(**kinds: shapely.Geometry) -> Underlay:
    frame = gpd.GeoDataFrame(
        {"type": list(kinds), "area_name": "Namn"}, geometry=list(kinds.values()), crs=3006
    )
    return Underlay.of(frame)


def drawn(shapes: dict) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapes_of(shapes, PRECISION), crs=4326).to_crs(3006)


def test_water_is_drawn_as_the_file_has_it() -> None:
    lake = shapely.Point(EASTING + 3000, NORTHING + 3000).buffer(900)
    speck = shapely.Point(EASTING + 100, NORTHING + 100).buffer(3)
    both = shapely.union_all([lake, speck])
    water = drawn(payload_of(page_with(ground=underlay(water=both)))["ground"]["water"])
    assert len(water) == 1
    assert water.iloc[0].symmetric_difference(lake).area < 0.02 * lake.area


def test_roads_are_lines_and_places_are_names_that_are_not_run() -> None:
    road = shapely.LineString([(EASTING, NORTHING), (EASTING + 6000, NORTHING + 3000)])
    stop = shapely.Point(EASTING + 1000, NORTHING + 1000)
    frame = gpd.GeoDataFrame(
        {"type": ["roads", "places"], "area_name": ["E4", HOSTILE[0]]},
        geometry=[road, stop],
        crs=3006,
    )
    html = page_with(ground=Underlay.of(frame))
    assert HOSTILE[0] not in html
    ground = payload_of(html)["ground"]
    assert ground["roads"]["arcs"] == [2]
    assert ground["places"]["names"] == [HOSTILE[0]]
    assert ground["places"]["types"] == ["places"]


def test_no_area_vanishes_in_the_sea_and_large_ones_end_at_the_shore() -> None:
    """Squares of 9, 9, 9 and 1 km2: on land, half in the sea, all of it, small and all of it."""
    left = EASTING + np.array([0, 3000, 9000, 20_000])
    size = np.array([3000, 3000, 3000, 1000])
    areas = gpd.GeoDataFrame(
        geometry=shapely.box(left, NORTHING, left + size, NORTHING + size), crs=3006
    )
    land = shapely.box(EASTING - 9000, NORTHING - 9000, EASTING + 4500, NORTHING + 9000)
    seen, kept = underlay(land=land).ashore(areas)
    assert kept.tolist() == [False, False, True, True]
    assert (seen.area / 1e6).round(6).tolist() == [9.0, 4.5, 9.0, 1.0]
    assert seen.within(areas.geometry.buffer(1)).all()


def test_where_own_water_is_known_it_is_the_shore() -> None:
    areas = gpd.GeoDataFrame(
        geometry=[shapely.box(EASTING, NORTHING, EASTING + 3000, NORTHING + 3000)], crs=3006
    )
    land = shapely.box(EASTING - 9000, NORTHING, EASTING + 1500, NORTHING + 3000)
    bay = shapely.box(EASTING + 2000, NORTHING, EASTING + 2500, NORTHING + 3000)
    assert underlay(land=land).ashore(areas)[1].tolist() == [False]
    assert underlay(land=land, water=bay).ashore(areas)[1].tolist() == [True]


@pytest.mark.browser
def test_a_tap_answers_on_land_and_where_the_sea_is_painted(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    shore = shapely.box(EASTING - 9000, NORTHING - 9000, EASTING + 2000, NORTHING + 15_000)
    save_map(
        build_map(toy_levels(), toy_layers(), page=toy_page(ground=underlay(land=shore))), path
    )
    context = browser.new_context(**DESKTOP)
    opened = Visit(context, path)
    opened.drawn()
    box = opened.page.locator("#map_areas").bounding_box()
    assert box
    names = set()
    for part in (0.3, 0.5, 0.7):
        opened.page.mouse.click(box["x"] + part * box["width"] * 0.9, box["y"] + box["height"] / 2)
        names.add(opened.page.locator("#card-title").inner_text())
    assert len(names) >= 2
    assert opened.complaints == []
    context.close()


@pytest.mark.browser
def test_the_base_map_is_asked_for_only_when_the_reader_turns_it_on(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    save_map(build_map(toy_levels(), toy_layers(), page=toy_page(online_base=BASE)), path)
    context = browser.new_context(**DESKTOP)
    opened = Visit(context, path)
    opened.drawn()
    assert opened.requests == []
    assert "img-src data: https://tile.example.org;" in opened.page.content()
    opened.page.get_by_text("Karta från nätet under områdena").click()
    assert opened.page.get_by_text("får veta vilka platser").is_visible()
    with opened.page.expect_request("https://tile.example.org/**"):
        opened.page.get_by_label("Bakgrund", exact=True).check()
    opened.drawn()
    hosts = {address.split("/")[2] for address in opened.requests}
    assert hosts == {"tile.example.org"}
    context.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://tile.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{x}.png",
        "javascript:1",
        "https://tile.example.org'; script-src *//{z}",
    ],
)
def test_a_base_map_is_of_one_host_by_https(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        MapBase.model_validate(
            {"online_base": {"url": url, "attribution": "x", "title": {"sv": "x", "en": "x"}}}
        )
