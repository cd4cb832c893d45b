"""The map in a real Chromium: it opens, answers, and asks nothing of the world."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from geoprio.outputs.maps import save_map
from tests.outputs.conftest import DEMO_MARK, HOSTILE
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

MakeMap = Callable[..., object]


@pytest.fixture
def visit(browser: Browser, make_map: MakeMap, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def open_map(device: dict = DESKTOP, **page: object) -> Visit:
        path = tmp_path / "index.html"
        save_map(make_map(**page), path)
        contexts.append(browser.new_context(**device, locale="sv-SE"))
        visits.append(Visit(contexts[-1], path))
        return visits[-1]

    yield open_map
    complaints = [(one.complaints, one.requests) for one in visits]
    for context in contexts:
        context.close()
    assert complaints == [([], [])] * len(visits)


def test_every_layer_changes_colours_legend_question_and_list(
    visit: Callable[..., Visit],
) -> None:
    opened = visit()
    seen = []
    for place in range(4):
        opened.page.select_option("#layer", str(place))
        legend = tuple(opened.texts("#legend-classes li"))
        question = opened.texts("#question")[0]
        seen.append((opened.picture(), legend, question, opened.texts("#rows tr")[0]))
    for part in (1, 2, 3):
        assert len({one[part] for one in seen}) == 4
    assert len({seen[place][0] for place in (0, 1, 2)}) == 3
    assert [one[2] for one in seen] == [
        "Var knackar vi först?",
        "Var bor LO:s medlemmar?",
        "Var röstar flest?",
        "Var är lönen högst?",
    ]


def test_the_layers_stand_under_their_headings(visit: Callable[..., Visit]) -> None:
    opened = visit()
    groups = opened.page.locator("#layer optgroup")
    assert [groups.nth(n).get_attribute("label") for n in range(groups.count())] == [
        "Prioritering",
        "Målgrupper",
        "Val",
    ]


def test_numbers_are_written_as_a_swede_does(visit: Callable[..., Visit]) -> None:
    opened = visit()
    opened.page.select_option("#layer", "1")
    assert "uppskattning" in opened.texts("#legend-title")[0]
    rows = opened.texts("#rows tr")
    assert "15 100" in rows[0].replace("\xa0", " ")
    assert "Ingen uppgift" in rows[-1]
    assert "Ingen uppgift" in opened.texts("#legend-classes li")[-1]
    opened.page.locator("#rows button").first.click()
    card = opened.texts("#card")[0].replace("\xa0", " ")
    assert "uppskattning, mellan 12 080 och 18 120" in card
    assert "10,6 %" in card
    assert "850 000 kr" in card
    assert "plats 1 av 16" in card


def test_the_legend_counts_every_area_once(visit: Callable[..., Visit]) -> None:
    opened = visit()
    for place in range(4):
        opened.page.select_option("#layer", str(place))
        counts = opened.texts("#legend-classes .many")
        assert len(counts) <= 7
        assert sum(int(text.split()[0]) for text in counts) == 16


def test_the_closer_look_keeps_the_class_limits(visit: Callable[..., Visit]) -> None:
    opened = visit()
    ranges = opened.texts("#legend-classes .range")
    assert len(opened.texts("#rows tr")) == 16
    opened.page.get_by_text("DeSO (närmare titt)").click()
    assert len(opened.texts("#rows tr")) == 64
    assert opened.texts("#legend-classes .range") == ranges
    assert "Ruta 63" in opened.texts("#answer")[0]


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
def test_search_by_keyboard_opens_the_area(
    visit: Callable[..., Visit], typed: str, found: str
) -> None:
    opened = visit()
    opened.page.focus("#search")
    opened.page.keyboard.type(typed)
    opened.page.keyboard.press("Enter")
    assert opened.texts("#card-title") == [found]
    assert found in opened.texts("#rows tr[aria-current]")[0]


def test_search_by_municipality_arrows_and_escape(visit: Callable[..., Visit]) -> None:
    opened = visit()
    opened.page.fill("#search", "botkyrka")
    options = opened.page.locator("#found [role=option]")
    assert options.count() == 8
    opened.page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert opened.page.get_attribute("#search", "aria-activedescendant") == "found-1"
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#found").is_visible()
    opened.page.fill("#search", "finns inte")
    assert opened.texts("#found") == ["Inget område heter så"]


def test_the_list_is_the_keyboards_way_to_an_area(visit: Callable[..., Visit]) -> None:
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


def test_a_click_on_the_map_opens_the_area_and_a_hover_tells_its_value(
    visit: Callable[..., Visit],
) -> None:
    opened = visit()
    box = opened.page.locator("#map_areas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4
    opened.page.mouse.move(x, y)
    opened.page.mouse.move(x + 2, y)
    hint = opened.texts(".hint")[0]
    assert "Dörrknackning: " in hint
    opened.page.mouse.click(x, y)
    assert opened.texts("#card-title")[0] in hint


def test_hostile_names_are_shown_as_text(visit: Callable[..., Visit]) -> None:
    opened = visit()
    listed = "\n".join(opened.texts("#rows tr"))
    for name in HOSTILE:
        assert name in listed
        opened.page.fill("#search", name)
        opened.page.keyboard.press("Enter")
        assert opened.texts("#card-title") == [name]
    assert opened.page.evaluate("typeof window.hacked") == "undefined"
    assert opened.page.locator("img").count() == 0


def test_the_policy_stops_a_script_that_gets_in(
    browser: Browser, make_map: MakeMap, tmp_path: Path
) -> None:
    """The second wall: markup written into the file itself does not run."""
    path = tmp_path / "index.html"
    save_map(make_map(), path)
    html = path.read_text(encoding="utf-8")
    bad = "<script>window.hacked=1</script><img src=x onerror='window.hacked=2'>"
    path.write_text(html.replace("<main>", f"<main>{bad}"), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(path.as_uri())
        page.locator("#rows tr").first.wait_for(state="attached")
        assert page.evaluate("typeof window.hacked") == "undefined"


def test_phone_map_takes_half_the_screen_and_the_card_stands_under_it(
    visit: Callable[..., Visit],
) -> None:
    opened = visit(PHONE, demo_mark=DEMO_MARK)
    box = opened.page.locator("#map_areas").bounding_box()
    assert box
    assert box["height"] >= 844 / 2
    assert box["y"] + box["height"] < 844
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390
    opened.page.touchscreen.tap(195, box["y"] + box["height"] / 2)
    card = opened.page.locator("#card").bounding_box()
    assert card
    assert 844 / 2 <= card["y"] < 844 - 200
    assert not opened.page.locator(".hint").is_visible()


@pytest.mark.parametrize("device", [DESKTOP, PHONE])
def test_demo_mark_and_notice_are_seen(visit: Callable[..., Visit], device: dict) -> None:
    opened = visit(device, demo_mark=DEMO_MARK)
    assert opened.page.get_by_text(DEMO_MARK).is_visible()
    assert opened.page.get_by_text("Siffrorna beskriver områden, inte personer.").is_visible()


def test_the_swedish_page_has_no_english_and_the_english_no_swedish(
    visit: Callable[..., Visit],
) -> None:
    swedish = visit().page.content()
    for word in ("Zoom in", "Search", "Legend", "estimate<", "Flag"):
        assert word not in swedish.split('id="data"')[0].split("</style>")[-1]
    english = visit(language="en")
    shown = english.texts("body")[0]
    for word in ("Teckenförklaring", "Sök", "Visa på", "områden (", "uppskattning"):
        assert word not in shown
    assert "Show on the map" in shown
