"""What the map opens with, its plan, where figures come from, and controls that do not lie."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from geoprio.files.maps import Headline, HeadlineNumber, build_map, save_map
from geoprio.files.maps.layers import VERDICT_COLOURS, MapLayer
from tests.files.conftest import HOSTILE, OpenMap, toy_layers, toy_levels, toy_page
from tests.files.test_map_views import VERDICTS, richer, run_axe, score_layer, texts
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

HEADLINE = Headline(
    "Satsa fullt på dörrknackning i 2 områden och skicka till 400 hushåll.",
    (
        HeadlineNumber("2", "Satsa fullt", "verdict", "Satsa fullt", "områden"),
        HeadlineNumber("4", "Bedöm lokalt", "verdict", "Bedöm lokalt"),
        HeadlineNumber("400", "hushåll", "plan", more="1 000 av 1 200 kr · träffsäkerhet 66 %"),
        HeadlineNumber("2", "föreningar", "associations"),
    ),
    ("satsa fullt", "folk"),
    (("Testföreningen", "2", "ingen uppgift"), (HOSTILE[1], "0", "få aktiva")),
    "föreningarna svarar på planen före v. 10 2030, då alla 36 föreningar börjar. "
    "Utskicket delas ut från v. 32 2030: beställ i god tid.",
)


def decided(*more: MapLayer, **changes: object) -> object:
    """Return a toy map with all: a headline, a plan on every level, figures of three origins.

    `more` are layers of classes.
    """
    coarse, fine = (richer(one) for one in toy_levels())
    waves = coarse.values["wave"]
    # The fine level's squares lie four in each coarse one.
    row, column = np.divmod(np.arange(64), 8)
    around = (row // 2) * 4 + column // 2
    names = coarse.areas["area_name"].to_numpy()
    parts = pd.Series(names[around], fine.areas.index).where(waves.notna().to_numpy()[around], "")
    fine_values = fine.values.drop(columns=["households_count"]).assign(
        wave=waves.to_numpy()[around], planned_within=parts
    )
    south = fine.areas["municipality_code"] == "0180"
    place = pd.Series("", coarse.values.index).mask(
        coarse.areas["municipality_code"] == "0180", "Stockholm"
    )
    share = coarse.values["turnout_share"]
    told = coarse.values.assign(
        cost_sek=coarse.values["households_count"] * 2.5,
        turnout_place=place,
        turnout_low_share=(share - 0.02).where(coarse.values.index > "R08"),
        turnout_high_share=(share + 0.02).where(coarse.values.index > "R08"),
    )
    fine_told = fine_values.assign(
        turnout_place=np.where(south, "Stockholm", ""),
        turnout_low_share=np.nan,
        turnout_high_share=np.nan,
    )
    afar = replace(
        coarse,
        key="kommun",
        title="Kommuner",
        overview=True,
        values=told.drop(columns="wave").assign(
            households_count=np.where(coarse.values.index == "R15", 300.0, np.nan)
        ),
    )
    layers = [score_layer(), *toy_layers()[1:], *more]
    layers[2] = replace(
        layers[2],
        low_column="turnout_low_share",
        high_column="turnout_high_share",
        words={"place": "turnout_place"},
    )
    doors = coarse.values["score_canvass"].rename("households_count")
    names = ("electors_count", "target_persons_count", "se")
    sums = doors.to_frame().assign(**dict.fromkeys(names, doors)) if "work" in changes else None
    levels = [
        replace(coarse, values=told, first=4, sums=sums),
        replace(fine, values=fine_told),
        afar,
    ]
    for one in more:
        place = [np.arange(len(level.areas)) % len(one.labels) + 1 for level in levels]
        levels = [
            replace(level, values=level.values.assign(**{one.column: own.astype(float)}))
            for level, own in zip(levels, place, strict=True)
        ]
    page = toy_page(
        verdicts=VERDICTS,
        planned="canvass",
        headline=HEADLINE,
        plan_words="Planen kostar 1 000 kr av 1 200.",
        weeks=("2030 v. 33", "2030 v. 34"),
        certainty="Vi har räknat om 2 000 gånger.",
        **changes,
    )
    return build_map(levels, layers, page=page)


@pytest.fixture(scope="module")
def screen_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("screen") / "map.html"
    save_map(decided(), path)
    return path


@pytest.fixture
def opened(visit: OpenMap, screen_file: Path) -> Callable[..., Page]:
    def open_page(fragment: str = "", device: dict = DESKTOP, **more: object) -> Page:
        return visit({**device, **more}, shown=screen_file, fragment=fragment).page

    return open_page


def test_the_first_screen_says_what_is_decided_and_lists_verdicts_before_places(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    assert texts(page, ".sentence") == [HEADLINE.sentence]
    assert texts(page, "#headline button strong") == ["2", "4", "400", "2"]
    assert texts(page, "#list-head th") == ["Plats", "Slutsats", "Område"]
    assert texts(page, "#rows tr:first-child td")[1] == "Utskick, omgång 1"
    assert texts(page, "#rows tr:nth-child(5) td")[1] == "Bedöm lokalt"
    # No score before somebody asks for the calculation.
    page.locator("#rows button").nth(4).click()
    assert texts(page, "#card .shown") == ["Dörrknackning: plats 5 av 16"]
    page.get_by_text("Visa beräkningen").click()
    assert page.locator("#card .sum").is_visible()


def test_a_phone_s_list_begins_on_its_first_screen(opened: Callable[..., Page]) -> None:
    page = opened(device=PHONE)
    first = page.locator("#rows tr").first.bounding_box()
    assert first
    assert first["y"] + 20 < 844
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not page.locator("#layer").is_visible()
    page.locator("#options-toggle").click()
    assert page.locator("#layer").is_visible()


def test_each_number_shows_what_it_counts_and_lets_go_again(opened: Callable[..., Page]) -> None:
    page = opened()
    numbers = page.locator("#headline button")
    numbers.nth(1).click()
    assert page.locator("#rows tr").count() == 2  # of four two are in the plan, which stands first
    assert texts(page, "#rows .told") == ["Bedöm lokalt"] * 2
    assert numbers.nth(1).get_attribute("aria-pressed") == "true"
    numbers.nth(1).click()
    assert page.locator("#rows tr").count() == 16
    numbers.nth(2).click()
    assert texts(page, "#list-head th") == ["Plats", "Omgång", "Område", "Hushåll, kostnad"]
    numbers.nth(3).click()
    assert texts(page, "#associations tbody th") == ["Testföreningen", HOSTILE[1]]
    page.locator("#associations tbody button").first.click()
    assert not page.locator("#associations").is_visible()
    assert page.locator("#rows tr").count() == 13
    assert page.evaluate("window.hacked") is None


def test_the_numbers_are_reached_and_pressed_by_keyboard(opened: Callable[..., Page]) -> None:
    page = opened()
    page.keyboard.press("Tab")  # to the list
    page.keyboard.press("Tab")
    assert "Satsa fullt" in page.evaluate("document.activeElement.textContent")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#associations").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#associations").is_visible()
    assert "föreningar" in page.evaluate("document.activeElement.textContent")


def test_the_plan_is_told_in_list_legend_card_and_dot_on_every_set(
    opened: Callable[..., Page],
) -> None:
    page = opened("vy=plan")
    assert texts(page, "#legend-classes .word") == [
        "Omgång 1, 2030 v. 33",
        "Omgång 2, 2030 v. 34",
        "Inget utskick",
    ]
    assert texts(page, "#legend-classes .means") == ["200 hushåll, 500 kr"] * 2
    assert "Planen kostar 1 000 kr av 1 200." in texts(page, "#legend-note")[0]
    assert [row.split("\n") for row in texts(page, "#rows .value")] == [
        ["100 hushåll", "250 kr"]
    ] * 4
    of_row = page.locator("#rows .dot").first.evaluate(
        "one => getComputedStyle(one).backgroundColor"
    )
    page.locator("#rows button").first.click()
    assert texts(page, "#card .planned") == ["Utskick: Omgång 1, 2030 v. 33: 100 hushåll, 250 kr"]
    dot = page.locator("#card .planned .dot")
    assert dot.evaluate("one => getComputedStyle(one).backgroundColor") == of_row
    page = opened("plats=R00")
    assert texts(page, "#card .planned") == [
        "Utskick: inget hit. Pengarna når fler i målgrupperna i andra områden."
    ]
    page = opened("vy=plan&omr=deso")
    assert page.locator("#rows tr").count() == 16  # four in each of the four chosen
    assert texts(page, "#rows .value")[0] == "som en del av Område 15"
    assert texts(page, "#legend-classes .means") == ["200 hushåll, 500 kr"] * 2
    page = opened("vy=plan&omr=kommun")
    assert [row.split("\n")[0] for row in texts(page, "#rows .value")] == ["300 hushåll"]


def test_where_a_figure_comes_from_is_seen_in_its_view(opened: Callable[..., Page]) -> None:
    page = opened("visa=turnout")
    told = dict(
        zip(
            texts(page, "#legend-whence .word"),
            [int(one.split()[0]) for one in texts(page, "#legend-whence .many")],
            strict=True,
        )
    )
    assert told == {
        "områdets egen siffra": 4,
        "det större områdets siffra": 8,
        "uppskattad med modell": 4,
    }
    # What is one municipality's figure is drawn as that municipality: one class, no lines in it.
    counts = [int(one.split()[0]) for one in texts(page, "#legend-classes .many")]
    assert sum(counts) == 16
    assert max(counts) >= 8
    assert "ritade som det större område" in texts(page, "#legend-note")[0]
    assert texts(opened("visa=income"), "#legend-whence li") == []


def test_a_count_is_a_circle_and_asks_how_many(opened: Callable[..., Page]) -> None:
    page = opened("visa=lo")
    assert page.locator("#legend-classes .swatch.round").count() == 6
    assert texts(page, "#legend-note")[0].startswith("Cirkelns yta visar antalet.")


def test_the_scenario_follows_the_sliders_and_nothing_weighs_nothing(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    page.get_by_text("Prova andra vikter").click()
    page.get_by_text("Egna vikter").click()
    chosen = "all => all.findIndex((one) => one.checked)"
    radios = page.locator("#scenarios input")
    assert radios.evaluate_all(chosen) == 0
    for weight, value in (("#weight-0", "0.5"), ("#weight-1", "1.5")):
        page.locator(weight).fill(value)
    assert radios.evaluate_all(chosen) == 2
    page.locator("#weight-1").fill("1.6")
    assert radios.evaluate_all(chosen) == -1
    assert page.locator("#stamp").is_visible()
    page.locator("#weight-1").fill("0")
    page.locator("#weight-0").fill("0")
    assert texts(page, "#trial-said") == ["Minst ett kriterium måste väga något."]
    assert page.locator("#weight-0").input_value() == "0.5"
    assert page.locator("#stamp").is_visible()
    page.locator("#trial-restore").click()
    assert not page.locator("#stamp").is_visible()
    assert radios.evaluate_all(chosen) == 0
    assert page.locator("#trial-restore").is_visible()


def test_a_tap_on_a_row_after_a_search_on_a_phone_arrives(opened: Callable[..., Page]) -> None:
    page = opened(device=PHONE)
    page.locator("#search").tap()
    page.locator("#search").fill("zzz")
    row = page.locator("#rows tr").nth(3)
    # High on the screen, where the map will be as soon as the search lets go.
    row.evaluate("one => window.scrollBy(0, one.getBoundingClientRect().top - 200)")
    wanted = row.locator("button bdi").first.inner_text()
    box = row.bounding_box()
    assert box
    page.touchscreen.tap(200, box["y"] + box["height"] / 2)
    assert texts(page, "#card h2") == [wanted]


def test_forced_colours_keep_the_legend(opened: Callable[..., Page]) -> None:
    page = opened(forced_colors="active")
    shown = page.locator("#legend-classes .swatch").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    wanted = [
        tuple(int(one[at : at + 2], 16) for at in (1, 3, 5)) for one in VERDICT_COLOURS.values()
    ]
    assert shown == [f"rgb({red}, {green}, {blue})" for red, green, blue in wanted]


def test_the_table_keeps_names_in_sight_and_has_verdict_and_wave(
    opened: Callable[..., Page],
) -> None:
    for device in (DESKTOP, PHONE):
        page = opened(device=device)
        page.locator("#table-open").click()
        assert texts(page, "#table-head th")[:4] == [
            "Plats",
            "Område",
            "Slutsats: Dörrknackning",
            "Omgång",
        ]
        name = page.locator("#table-rows th").first
        page.locator("#table .scroll").evaluate("one => { one.scrollLeft = 600; }")
        box, within = name.bounding_box(), page.locator("#table .scroll").bounding_box()
        assert box
        assert within
        assert abs(box["x"] - within["x"]) <= 2
        assert box["width"] <= 0.5 * within["width"]


def test_the_opening_holds_every_ranked_area_beside_the_legend(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    map_ = page.locator("#map_areas").bounding_box()
    legend = page.locator("#legend").bounding_box()
    assert map_
    assert legend
    # The toy county is a square of sixteen: it takes all of the room beside the legend.
    names = page.locator(".place.area")
    names.last.wait_for()
    boxes = [one.bounding_box() for one in names.all()]
    assert len(boxes) > 12  # all but the longest
    assert max(one["x"] + one["width"] for one in boxes) <= legend["x"]
    rows = sorted({round(one["y"]) for one in boxes})
    assert map_["y"] <= rows[0] <= map_["y"] + map_["height"] / 4
    assert map_["y"] + 3 * map_["height"] / 4 <= rows[-1] <= map_["y"] + map_["height"]


def test_a_filter_offers_verdicts_in_the_scale_s_order(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_text("Filtrera").click()
    assert texts(page, "#in-verdict option") == [
        "Alla slutsatser",
        "Utskick, omgång 1",
        "Utskick, omgång 2",
        *list(VERDICTS)[1:],
    ]


def test_names_are_white_on_dark_areas(opened: Callable[..., Page]) -> None:
    page = opened("omr=regso&vy=where&plats=R15")
    page.locator(".place.area").first.wait_for()
    light = page.locator(".place.area.light").evaluate_all(
        "all => all.map((one) => one.dataset.area)"
    )
    every = page.locator(".place.area").evaluate_all("all => all.map((one) => one.dataset.area)")
    assert "15" in light
    assert set(light) <= set(every)


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_of_any_severity(
    browser: Browser, screen_file: Path, device: dict
) -> None:
    context = browser.new_context(**device, bypass_csp=True)
    page = context.new_page()
    for fragment in ("", "#vy=plan&plats=R15", "#visa=turnout", "#visa=lo"):
        page.goto("about:blank")
        page.goto(screen_file.as_uri() + fragment)
        page.locator("html[data-ready]").wait_for(state="attached")
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], one["impact"]) for one in found["violations"]] == []
    context.close()


A4 = 1024
"""Height of a page within its margins, in pixels of the screen."""


def on_paper(page: Page) -> Page:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 703, "height": 1024})
    page.emulate_media(media="print")
    return page


def lowest(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"] + box["height"]


def test_the_leadership_s_first_page_holds_all_that_is_decided(
    opened: Callable[..., Page],
) -> None:
    page = on_paper(opened("omr=deso"))
    for selector in (".sentence", "#headline ul", "#map_areas", "#legend", "#rows", ".notice"):
        assert page.locator(selector).first.is_visible(), selector
        assert lowest(page, selector) <= A4, selector
    assert page.locator("#rows tr:visible").count() == 20
    # How it was made comes after, on pages of its own.
    breaks = page.locator(".about").evaluate("one => getComputedStyle(one).breakBefore")
    assert breaks == "page"
    assert not page.locator("#legend-note").is_visible()


def test_an_association_s_page_has_boxes_doors_evenings_and_what_to_say(
    browser: Browser, tmp_path: Path
) -> None:
    level = richer(toy_levels()[0])
    own = level.areas.assign(association="Testföreningen")
    values = level.values.assign(association="Testföreningen", doors_count=95.0)
    names = ["score_canvass", "rank_canvass", "verdict_canvass", "association"]
    kept = values[[*names, "wave", "households_count", "doors_count", "opening_line"]]
    layer = replace(toy_layers()[0], words={"verdict": "verdict_canvass"})
    page_of = toy_page(
        audience="forening",
        association="Testföreningen",
        verdicts=VERDICTS,
        planned="mailing",
        evening_doors=40.0,
        weeks=("2030 v. 33", "2030 v. 34"),
    )
    ranked = replace(level, areas=own, values=kept, ranked={"canvass": 100})
    save_map(build_map([ranked], [layer], page=page_of), tmp_path / "map.html")
    context = browser.new_context(**DESKTOP, bypass_csp=True)
    page = Visit(context, tmp_path / "map.html").page
    page.locator("#rows button").first.click()
    assert run_axe(page, AXE_FILE_PATH.read_text(encoding="utf-8")) == []
    assert "plats 1 av era 16 (plats 1 i hela distriktet)" in texts(page, "#card .shown")[0]
    on_paper(page)
    assert texts(page, "#sheet tr:nth-child(1) td") == [
        *("☐", "1", "Område 15", "Satsa fullt", "95", "3", "2030 v. 33"),
        "Börja med hyrorna: 68 procent bor i hyresrätt.",
    ]
    assert page.locator("#sheet tbody tr").count() == 16
    assert "som hinner 40 dörrar" in texts(page, "#sheet p")[0]
    assert lowest(page, ".notice") <= A4
    assert not page.locator("#rows").is_visible()
    context.close()


def test_verdicts_and_waves_are_told_apart_by_lines_too(opened: Callable[..., Page]) -> None:
    """Legend, list and map: of two colours that a reader sees as one, one has lines."""
    page = opened()
    for fragment in ("", "vy=plan"):
        page.goto(f"{page.url.split('#')[0]}#{fragment}")
        page.reload()
        page.locator("html[data-ready]").wait_for(state="attached")
        lines = page.locator("#legend-classes .swatch").evaluate_all(
            "all => all.slice(0, 3).map((one) => getComputedStyle(one).backgroundImage)"
        )
        ranked = lines if fragment == "" else lines[:2]
        assert len(set(ranked)) == len(ranked)
        marks = page.locator("#rows .dot").evaluate_all(
            "all => all.map((one) => getComputedStyle(one))"
            ".map((one) => one.backgroundColor + one.backgroundImage)"
        )
        assert len(set(marks)) > 1
        # A tile of the map's own lines has more than the colour.
        shades = page.locator("#map_areas canvas").first.evaluate(SHADES)
        assert shades > len(lines)


SHADES = """one => {
  const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
  const found = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const key = data.slice(at, at + 4).join();
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return [...found.values()].filter((count) => count > 500).length;
}"""
"""How many colours cover a part of a canvas."""
