"""The map's list, search, legend and paper in a real Chromium."""

import pytest

from tests.files.conftest import OpenMap

pytestmark = pytest.mark.browser


def test_equals_share_a_place_and_none_of_many_is_named_alone(visit: OpenMap) -> None:
    opened = visit()
    opened.page.select_option("#layer", "4")
    assert opened.texts("#rows td:first-child")[:6] == ["1", "1", "1", "1", "5", "6"]
    assert opened.texts("#answer") == ["Överst i listan: 4 områden med samma värde."]


def test_the_closer_look_keeps_the_class_limits(visit: OpenMap) -> None:
    opened = visit()
    ranges = opened.texts("#legend-classes .range")
    assert len(opened.texts("#rows tr")) == 16
    opened.page.get_by_text("DeSO (närmare titt)").click()
    opened.page.get_by_text("Visa alla 64 områden").click()
    assert len(opened.texts("#rows tr")) == 64
    assert opened.texts("#legend-classes .range") == ranges
    assert "Ruta 63" in opened.texts("#answer")[0]
    opened.page.get_by_text("Visa bara de 50 första").click()
    assert len(opened.texts("#rows tr")) == 50


def test_rows_not_yet_shown_are_reached_by_keyboard_and_search(visit: OpenMap) -> None:
    opened = visit()
    opened.page.get_by_text("DeSO (närmare titt)").click()
    opened.page.fill("#search", "Ruta 2")
    opened.page.keyboard.press("Enter")
    assert opened.texts("#card-title") == ["Ruta 2"]
    assert len(opened.texts("#rows tr")) == 51
    assert opened.texts("#rows tr[aria-current] td")[0] == "62"
    opened.page.keyboard.press("Escape")
    assert len(opened.texts("#rows tr")) == 50
    opened.page.locator('#rows button[data-area="14"]').focus()
    opened.page.keyboard.press("ArrowDown")
    assert "Ruta 13" in opened.page.evaluate("document.activeElement.textContent")
    assert len(opened.texts("#rows tr")) == 64
    opened.page.keyboard.press("End")
    assert "Ruta 0" in opened.page.evaluate("document.activeElement.textContent")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tensta", "Tensta"),
        ("sodermalm", "Södermalm"),
        ("ÅRSTA", "Årsta"),
        ("R06", "Årsta"),
        ("ruta 63", "Ruta 63"),
    ],
)
def test_search_by_keyboard_opens_the_area(visit: OpenMap, typed: str, found: str) -> None:
    opened = visit()
    opened.page.focus("#search")
    opened.page.keyboard.type(typed)
    opened.page.keyboard.press("Enter")
    assert opened.texts("#card-title") == [found]
    assert found in opened.texts("#rows tr[aria-current]")[0]


def test_search_by_municipality_arrows_and_escape(visit: OpenMap) -> None:
    opened = visit()
    opened.page.fill("#search", "botkyrka")
    options = opened.page.locator("#found [role=option]")
    assert options.count() == 8
    assert opened.texts("#search-said") == ["8 förslag"]
    opened.page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert opened.page.get_attribute("#search", "aria-activedescendant") == "found-1"
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#found").is_visible()
    opened.page.fill("#search", "finns inte")
    assert opened.texts("#found") == ["Inget område heter så"]


def test_search_by_association_and_the_true_count(visit: OpenMap) -> None:
    opened = visit()
    opened.page.fill("#search", "ostermalm")
    assert opened.page.locator("#found [role=option]").count() == 3
    opened.page.fill("#search", "testf")
    assert opened.page.locator("#found [role=option]").count() == 8
    assert opened.texts("#found li")[-1] == "och 5 till"
    assert opened.texts("#search-said") == ["13 förslag, de 8 första visas"]


def test_the_best_name_stands_first(visit: OpenMap) -> None:
    opened = visit()
    opened.page.fill("#search", "ruta 1")
    assert opened.texts("#found li")[0].startswith("Ruta 1\n")
    opened.page.fill("#search", "ten")
    assert opened.texts("#found li")[0].startswith("Tensta")


@pytest.mark.parametrize(("height", "folded"), [(800, False), (640, True)])
def test_the_legend_folds_and_unfolds(visit: OpenMap, height: int, *, folded: bool) -> None:
    opened = visit({"viewport": {"width": 1280, "height": height}})
    toggle = opened.page.get_by_role("button", name="Teckenförklaring")
    assert opened.page.locator("#legend-note").is_visible() is not folded
    assert toggle.get_attribute("aria-expanded") == str(not folded).lower()
    toggle.click()
    assert opened.page.locator("#legend-note").is_visible() is folded
    assert toggle.get_attribute("aria-expanded") == str(folded).lower()


def test_paper_holds_the_whole_map_and_no_controls(visit: OpenMap) -> None:
    opened = visit()
    opened.page.get_by_text("DeSO (närmare titt)").click()
    opened.page.get_by_text("Visa alla 64 områden").click()
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.set_viewport_size({"width": 703, "height": 1032})
    opened.page.emulate_media(media="print")
    box = opened.page.locator("#map_areas").bounding_box()
    canvas = opened.page.locator("#map_areas canvas").bounding_box()
    assert box
    assert canvas
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 703
    assert canvas["x"] <= box["x"]
    assert canvas["x"] + canvas["width"] >= box["x"] + box["width"]
    assert not opened.page.locator(".controls").is_visible()
    assert opened.page.locator("#rows tr:visible").count() == 50
    assert opened.page.get_by_text("Valmyndigheten").is_visible()


def test_after_printing_all_is_as_before(visit: OpenMap) -> None:
    opened = visit()
    where = "labels => labels.map((label) => Object.values(label.getBoundingClientRect().toJSON()))"
    labels = opened.page.locator("#map_areas .place")
    before = labels.evaluate_all(where)
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert labels.evaluate_all(where) != before
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert labels.evaluate_all(where) == before
    assert not opened.page.locator(".about").is_visible()


def test_the_list_is_the_keyboards_way_to_an_area(visit: OpenMap) -> None:
    opened = visit()
    assert opened.page.locator('#rows button[tabindex="0"]').count() == 1
    opened.page.locator('#rows button[tabindex="0"]').focus()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert opened.texts("#card-title") == ["Område 14"]
    assert opened.page.evaluate("document.activeElement.id") == "card-title"
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#card").is_visible()
    assert "Område 14" in opened.page.evaluate("document.activeElement.textContent")
