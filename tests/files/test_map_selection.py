"""Areas chosen together: sums, what cannot be summed, and the files that are taken along."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Download

from geoprio.errors import ContractError
from geoprio.files.maps import build_map, save_map
from geoprio.files.maps.layers import check_readers
from geoprio.files.maps.underlay import Underlay
from geoprio.runs import Run
from tests.files.conftest import EASTING, NORTHING, toy_layers, toy_levels, toy_page
from tests.unpacked import payload_of
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser


def with_sums() -> list:
    """Return the toy's levels, where area n has 100 n doors; the second's are unknown."""
    levels = []
    for level in toy_levels():
        number = pd.Series(range(1, len(level.areas) + 1), level.areas.index, dtype=float)
        sums = pd.DataFrame(
            {
                "households_count": (100 * number).where(number != 2),
                "electors_count": 200 * number,
                "target_persons_count": 50 * number,
                "se": 5 * number,
            }
        )
        levels.append(replace(level, sums=sums))
    return levels


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    path = tmp_path / "map.html"
    save_map(build_map(with_sums(), toy_layers(), page=toy_page(door_sek=2.5)), path)
    context = browser.new_context(
        **DESKTOP, locale="sv-SE", permissions=["clipboard-read", "clipboard-write"]
    )
    yield Visit(context, path)
    context.close()


def rows_of(saved: Download, tmp_path: Path) -> list[list[str]]:
    saved.save_as(tmp_path / "saved.csv")
    text = (tmp_path / "saved.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def choose(visit: Visit, *codes: str) -> None:
    """Choose areas from the list by keyboard alone."""
    level = with_sums()[0]
    for code in codes:
        place = list(level.areas.index).index(code)
        visit.page.locator(f'#rows button[data-area="{place}"]').focus()
        visit.page.keyboard.press("Enter")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_is_chosen_is_summed_and_a_second_tap_takes_it_out(visit: Visit) -> None:
    codes = list(with_sums()[0].areas.index)
    visit.page.get_by_role("button", name="Välj flera").click()
    assert visit.page.locator("#selection-copy").is_disabled()
    choose(visit, codes[0], codes[2], codes[3], codes[3])
    told = plain(visit.page.locator("#selection").inner_text())
    assert "2 områden valda" in told
    assert "Dörrar (hushåll)\n400" in told
    # 50 + 150 persons, 1.96 times 5 + 15 each way, of 800 electors.
    assert "200 (mellan 161 och 239)" in told
    assert "Träffsäkerhet\n25 %" in told
    assert "1 000 kr" in told
    assert "Områden där uppgift saknas" not in told
    assert visit.page.locator("#card").is_hidden()
    choose(visit, codes[1])
    assert "Områden där uppgift saknas\n1" in plain(visit.page.locator("#selection").inner_text())
    visit.page.get_by_role("button", name="Sluta välja").click()
    choose(visit, codes[0])
    assert visit.page.locator("#card").is_visible()
    assert visit.complaints == []


def test_a_ring_on_the_map_chooses_what_lies_in_it(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Välj flera").click()
    visit.page.get_by_role("button", name="Ringa in").click()
    box = visit.page.locator("#map_areas").bounding_box()
    assert box
    corners = [(0.06, 0.03), (0.97, 0.03), (0.97, 0.97), (0.06, 0.97), (0.06, 0.03)]
    for step, (x, y) in enumerate(corners):
        at = box["x"] + x * box["width"], box["y"] + y * box["height"]
        visit.page.mouse.move(*at, steps=4)
        if step == 0:
            visit.page.mouse.down()
    visit.page.mouse.up()
    count = len(with_sums()[0].areas)
    assert f"{count} områden valda" in visit.page.locator("#selection").inner_text()
    assert visit.page.locator("#ringing").get_attribute("aria-pressed") == "false"
    visit.page.get_by_role("button", name="Töm").click()
    assert "Inga områden valda" in visit.page.locator("#selection").inner_text()


def test_a_list_a_table_and_a_wish_file_leave_the_page(visit: Visit, tmp_path: Path) -> None:
    codes = list(with_sums()[0].areas.index)
    visit.page.get_by_role("button", name="Välj flera").click()
    choose(visit, codes[0], codes[2])
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Spara som förslag").click()
    assert saved.value.suggested_filename == "forslag.csv"
    heading, *rows = rows_of(saved.value, tmp_path)
    assert heading[:3] == ["area_code", "channel", "wish"]
    assert sorted(row[:3] for row in rows) == [[code, "canvass", "in"] for code in codes[0:3:2]]
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Spara som CSV").click()
    heading, *rows = rows_of(saved.value, tmp_path)
    assert heading[0] == "Områdeskod"
    doors = heading.index("Dörrar (hushåll)")
    assert sorted(row[doors] for row in rows) == ["100", "300"]
    visit.page.get_by_role("button", name="Kopiera som lista").click()
    visit.page.locator("#selection-count", has_text="Kopierat.").wait_for(state="visible")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert codes[0] in copied
    assert "Siffrorna beskriver områden, inte personer." in copied
    assert (visit.complaints, visit.requests) == ([], [])


@pytest.mark.parametrize(
    ("device", "language"), [(DESKTOP, "en"), (PHONE, "sv")], ids=["desktop", "phone"]
)
def test_axe_finds_no_fault_of_any_severity(
    browser: Browser, tmp_path: Path, language: str, device: dict[str, object]
) -> None:
    """With areas chosen, circles shown, a place found, and everything that folds unfolded."""
    path = tmp_path / "map.html"
    stop = shapely.Point(EASTING + 1000, NORTHING + 1000)
    rows = {"type": ["places"], "area_name": ["Torget"]}
    ground = Underlay.of(gpd.GeoDataFrame(rows, geometry=[stop], crs=3006))
    levels = [
        replace(level, electors=level.sums["electors_count"], sums=level.sums)
        for level in with_sums()
    ]
    page = toy_page(language=language, door_sek=2.5, ground=ground)
    save_map(build_map(levels, toy_layers(), page=page), path)
    context = browser.new_context(**device, bypass_csp=True)
    found = {"sv": "hittad", "en": "found"}[language]
    visit = Visit(context, path, f"{found}=places+Torget&form=people")
    visit.page.locator("#select").click()
    visit.page.locator("#rows button").first.click()
    visit.page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    visit.page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    faults = visit.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    context.close()
    assert [(one["id"], one["nodes"][0]["html"]) for one in faults["violations"]] == []


def test_an_association_chooses_by_nothing_it_may_not_see(demo_result: Run) -> None:
    folder = Path(demo_result.paths["map"]).parent / "foreningar"
    for path in folder.glob("*.html"):
        payload = payload_of(path.read_text(encoding="utf-8"))
        assert all(level["sums"] == {} for level in payload["levels"])
        assert payload["door_sek"] == 0
    sums = with_sums()[0].sums.assign(association="x")
    own = replace(toy_levels()[0], values=sums[["association"]], sums=sums)
    page = toy_page(audience="forening", association="x")
    with pytest.raises(ContractError, match="target_persons_count"):
        check_readers([own], [], page)
    check_readers([replace(own, sums=None)], [], page)
