"""What lies under and over the areas: water of a file, a base map of others when it is chosen."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Browser

from geoprio.config import MapBase
from geoprio.files.maps import build_map, render_map, save_map
from geoprio.files.maps.geometry import PRECISION
from tests.files.conftest import EASTING, NORTHING, toy_layers, toy_levels, toy_page
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
    assert payload_of(html)["water"] is None


def test_water_is_drawn_as_the_file_has_it() -> None:
    lake = shapely.Point(EASTING + 3000, NORTHING + 3000).buffer(900)
    speck = shapely.Point(EASTING + 100, NORTHING + 100).buffer(3)
    html = page_with(water=gpd.GeoSeries([lake, speck], crs=3006))
    drawn = gpd.GeoSeries(shapes_of(payload_of(html)["water"], PRECISION), crs=4326).to_crs(3006)
    assert len(drawn) == 1
    assert drawn.iloc[0].symmetric_difference(lake).area < 0.02 * lake.area


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
