"""The search finds what is no area, and the reader: each leads to the area that it lies in."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Browser, BrowserContext

from geoprio.files.maps import build_map, save_map
from geoprio.files.maps.underlay import Underlay
from tests.files.conftest import EASTING, NORTHING, OpenMap, toy_layers, toy_levels, toy_page
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser
FOUND = {
    "Tensta torg": ("places", 1000, 1000),
    "Spånga": ("district", 5000, 1000),
    "01800101 Tensta 1 Norra": ("polling", 1000, 5000),
    "16361": ("postal", 5000, 5000),
    "Rimbo": ("town", 5000, 5000),
    "Långt bort": ("places", 90_000, 0),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {
        "type": [kind for kind, _, _ in FOUND.values()],
        "area_name": list(FOUND),
    }
    points = [shapely.Point(EASTING + x, NORTHING + y) for _, x, y in FOUND.values()]
    ground = Underlay.of(gpd.GeoDataFrame(rows, geometry=points, crs=3006))
    path = tmp_path_factory.mktemp("find") / "map.html"
    save_map(build_map(toy_levels(), toy_layers(), page=toy_page(ground=ground)), path)
    return path


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(**DESKTOP)
    yield made
    made.close()


def code_shown(visit: Visit) -> str:
    visit.page.locator("#card-title").wait_for(state="visible")
    return visit.page.locator("#card .where").inner_text().split()[-1]


@pytest.mark.parametrize(
    ("asked", "kind", "quarter"),
    [
        ("tensta t", "plats", (0, 0)),
        ("spanga", "stadsdel", (1, 0)),
        ("01800101", "valdistrikt", (0, 1)),
        ("tensta 1", "valdistrikt", (0, 1)),
        ("163 61", "postnummer", (1, 1)),
        ("rimbo", "tätort", (1, 1)),
    ],
)
def test_a_place_is_found_by_name_or_code_and_leads_to_its_area(
    visit: OpenMap, path: Path, asked: str, kind: str, quarter: tuple[int, int]
) -> None:
    first = visit(shown=path)
    level = toy_levels()[0]
    x, y = EASTING + 1000 + 4000 * quarter[0], NORTHING + 1000 + 4000 * quarter[1]
    home = level.areas.index[level.areas.contains(shapely.Point(x, y))][0]
    first.page.locator("#search").fill(asked)
    assert kind in first.texts("#found li")[0]
    first.page.keyboard.press("Enter")
    assert code_shown(first) == home
    assert first.page.locator(".leaflet-tooltip.hint").count() == 1
    first.page.wait_for_url("**hittad=**")
    again = visit(shown=path, fragment=first.page.url.split("#")[1])
    assert code_shown(again) == home
    assert again.page.locator(".leaflet-tooltip.hint").count() == 1
    again.page.keyboard.press("Escape")
    again.page.locator(".leaflet-tooltip.hint").wait_for(state="detached")


def test_here_i_am_is_asked_for_by_a_tap_alone_and_kept_out_of_the_address(
    browser: Browser, path: Path
) -> None:
    spot = gpd.GeoSeries([shapely.Point(EASTING + 5000, NORTHING + 5000)], crs=3006).to_crs(4326)
    place = {"latitude": spot.iloc[0].y, "longitude": spot.iloc[0].x}
    context = browser.new_context(**PHONE, geolocation=place, permissions=["geolocation"])
    context.add_init_script(
        "const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);"
        "globalThis.asked = 0;"
        "navigator.geolocation.getCurrentPosition = (...given) => { asked++; ask(...given); };"
    )
    visit = Visit(context, path)
    assert visit.page.evaluate("asked") == 0
    visit.page.get_by_role("button", name="Här är jag").tap()
    level = toy_levels()[0]
    home = level.areas.contains(shapely.Point(EASTING + 5000, NORTHING + 5000))
    assert code_shown(visit) == level.areas.index[home][0]
    assert visit.page.evaluate("asked") == 1
    visit.page.wait_for_url("**plats=**")
    address = visit.page.url.split("#")[1]
    assert "hittad" not in address
    assert str(place["latitude"])[:5] not in address
    assert (visit.complaints, visit.requests) == ([], [])
    context.close()


def test_who_says_no_or_stands_outside_is_told_so(context: BrowserContext, path: Path) -> None:
    visit = Visit(context, path)
    visit.page.locator("#search").fill("långt")
    visit.page.keyboard.press("Enter")
    assert "utanför" in visit.page.locator("#here-said").inner_text()
    assert visit.page.locator("#card").is_hidden()
    visit.page.get_by_role("button", name="Här är jag").click()
    visit.page.get_by_text("säger inte var du är").wait_for(state="visible")
