"""The map in a real Chromium: it opens, answers, and asks nothing of the world."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from geoprio.files.maps import build_map, save_map
from tests.files.conftest import DEMO_MARK, HOSTILE, OpenMap, toy_layers, toy_levels, toy_page
from tests.visits import DESKTOP, PHONE

pytestmark = pytest.mark.browser

MakeMap = Callable[..., object]


def test_every_layer_changes_colours_legend_question_and_list(visit: OpenMap) -> None:
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


def test_the_layers_stand_under_their_headings(visit: OpenMap) -> None:
    opened = visit()
    groups = opened.page.locator("#layer optgroup")
    assert [groups.nth(n).get_attribute("label") for n in range(groups.count())] == [
        "Prioritering",
        "Målgrupper",
        "Val",
    ]


def test_numbers_are_written_as_a_swede_does(visit: OpenMap) -> None:
    opened = visit()
    opened.page.select_option("#layer", "1")
    rows = opened.texts("#rows tr")
    assert "15 100" in rows[0].replace("\xa0", " ")
    assert "Ingen uppgift" in rows[-1]
    assert "Ingen uppgift" in opened.texts("#legend-classes li")[-1]
    opened.page.locator("#rows button").nth(2).click()
    opened.page.get_by_text("Visa beräkningen").click()
    card = opened.texts("#card")[0].replace("\xa0", " ")
    assert "uppskattning, mellan 10 480 och 15 720" in card
    assert "21,9 %" in card
    assert "750 000 kr" in card
    assert "plats 3 av 16" in card


def test_an_estimate_is_called_so_only_where_it_has_an_interval(visit: OpenMap) -> None:
    opened = visit()
    assert opened.texts("#legend-title .tag") == []
    opened.page.select_option("#layer", "1")
    assert opened.texts("#legend-title .tag") == ["delvis uppskattning"]
    opened.page.locator("#rows button").first.click()
    opened.page.get_by_text("Visa beräkningen").click()
    lines = opened.texts("#card .unsure")
    assert "publicerad uppgift" in lines
    assert not any("uppskattning" in line for line in lines)
    opened.page.locator("#rows button").nth(2).click()
    lines = opened.texts("#card .unsure")
    assert "publicerad uppgift" not in lines
    assert sum("uppskattning, mellan" in line for line in lines) == 1


def test_the_note_is_the_shown_levels_own(visit: OpenMap) -> None:
    opened = visit()
    opened.page.select_option("#layer", "1")
    assert opened.texts("#legend-note") == ["Cirkelns yta visar antalet. Metod B"]
    opened.page.get_by_text("DeSO (närmare titt)").click()
    assert opened.texts("#legend-note") == ["Cirkelns yta visar antalet. Metod B, fin"]
    opened.page.locator("#rows button").first.click()
    opened.page.get_by_text("Visa beräkningen").click()
    assert opened.texts("#card .note") == ["LO: Metod B, fin"]


def test_the_card_reads_verdict_reason_action_then_figures(visit: OpenMap) -> None:
    opened = visit()
    opened.page.select_option("#layer", "2")
    opened.page.locator("#rows button").first.click()
    opened.page.get_by_text("Visa beräkningen").click()
    card = opened.texts("#card")[0].replace("\xa0", " ")
    parts = [
        "Tensta",
        "Östermalms S-förening",
        "Dörrknackning: Satsa fullt",
        "Många hyresrätter. Få medlemmar.",
        "Gör så här: Knacka dörr i hela området.",
        "Valdeltagande: 95,0 %",
        "Prioritering",
    ]
    places = [card.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_bars_of_shares_and_scores_stand_on_a_hundred(visit: OpenMap) -> None:
    opened = visit()
    opened.page.locator("#rows button").first.click()
    widths = opened.page.locator("#card .bar span").evaluate_all(
        "bars => bars.map((bar) => parseFloat(bar.style.width))"
    )
    # Score 89,4; LO and wage at their highest; the share of young 72,5 %; turnout 10,6 %.
    assert widths == pytest.approx([89.4, 100, 100, 72.5, 10.6], abs=0.1)


def test_the_legend_counts_every_area_once(visit: OpenMap) -> None:
    opened = visit()
    for place in range(4):
        opened.page.select_option("#layer", str(place))
        counts = opened.texts("#legend-classes .many")
        assert len(counts) <= 7
        assert sum(int(text.split()[0]) for text in counts) == 16


def test_a_click_on_the_map_opens_the_area_and_a_hover_tells_its_value(visit: OpenMap) -> None:
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


def test_hostile_names_are_shown_as_text(visit: OpenMap) -> None:
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


def test_phone_map_takes_half_the_screen_and_the_card_stands_under_it(visit: OpenMap) -> None:
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
def test_demo_mark_and_notice_are_seen(visit: OpenMap, device: dict) -> None:
    opened = visit(device, demo_mark=DEMO_MARK)
    assert opened.page.locator(".demo").get_by_text(DEMO_MARK).is_visible()
    notice = opened.page.locator(".foot").get_by_text("Siffrorna beskriver områden, inte personer.")
    assert notice.is_visible()


def test_the_swedish_page_has_no_english_and_the_english_no_swedish(visit: OpenMap) -> None:
    swedish = visit().page.content()
    for word in ("Zoom in", "Search", "Legend", "estimate<", "Flag"):
        assert word not in swedish.split('id="data"')[0].split("</style>")[-1]
    english = visit(language="en")
    shown = english.texts("body")[0]
    for word in ("Teckenförklaring", "Sök", "Visa på", "områden (", "uppskattning"):
        assert word not in shown
    assert "Show on the map" in shown


def test_a_small_group_and_what_protects_it_are_told_apart(visit: OpenMap) -> None:
    level, _ = toy_levels()
    values = level.values.assign(lo_shown="shown")
    values.loc[["R00", "R02"], ["lo_count", "lo_low", "lo_high"]] = np.nan
    values.loc[["R00", "R02"], "lo_shown"] = ["small", "withheld"]
    layer = replace(toy_layers()[1], shown_column="lo_shown")
    page = toy_page(few="färre än 10")
    opened = visit(shown=build_map([replace(level, values=values)], [layer], page=page))
    rows = {row.split("\t")[1].split("\n")[0]: row for row in opened.texts("#rows tr")}
    assert sum("färre än 10" in row for row in rows.values()) == 1
    assert sum("visas inte" in row for row in rows.values()) == 1
    assert "färre än 10" in rows["Tensta"]
    assert "Ingen uppgift, eller visas inte" in opened.texts("#legend-classes li")[-1]
    where = next(n for n, row in enumerate(rows.values()) if "visas inte" in row)
    opened.page.locator("#rows button").nth(where).click()
    assert "så att ingen kan räkna ut en liten grupp" in opened.texts("#card")[0]


# The list, the search, the legend and paper.


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
    # Some more are shown as their end comes near, and it moves.
    every = opened.page.get_by_text("Visa alla 64 områden")
    every.scroll_into_view_if_needed()
    opened.page.locator("#rows tr").nth(49).wait_for()
    every.click()
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
    assert len(opened.texts("#rows tr")) == 21
    assert opened.texts("#rows tr[aria-current] td")[0] == "62"
    opened.page.keyboard.press("Escape")
    assert len(opened.texts("#rows tr")) == 20
    # Some more when the last of them comes near.
    opened.page.locator("#rows tr").last.scroll_into_view_if_needed()
    opened.page.locator("#rows tr").nth(49).wait_for()
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


INK = """one => {
  const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    found += data[at] < 90 && data[at + 1] < 90 && data[at + 2] < 90 && data[at + 3] > 200;
  }
  return found;
}"""
"""How much of the dark borders of municipalities is on a canvas."""


def test_paper_holds_the_whole_map_and_no_controls(visit: OpenMap) -> None:
    opened = visit()
    opened.page.get_by_text("DeSO (närmare titt)").click()
    opened.page.get_by_text("Visa alla 64 områden").click()
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.set_viewport_size({"width": 703, "height": 1032})
    opened.page.emulate_media(media="print")
    box = opened.page.locator("#map_areas").bounding_box()
    canvas = opened.page.locator("#map_areas canvas").first.bounding_box()
    assert box
    assert canvas
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 703
    # An upper canvas is white on paper: all stands on the first, lines over colours.
    assert opened.page.locator("#map_areas canvas:visible").count() == 1
    assert opened.page.locator("#map_areas canvas").first.evaluate(INK) > 100
    assert canvas["x"] <= box["x"]
    assert canvas["x"] + canvas["width"] >= box["x"] + box["width"]
    assert not opened.page.locator(".controls").is_visible()
    assert opened.page.locator("#rows tr:visible").count() == 20
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
