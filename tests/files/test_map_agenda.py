"""The plan of people's hours on the map: what, where and which week, and by keyboard alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect

from geoprio.files.maps import build_map, save_map
from geoprio.files.maps.layers import MapWork
from tests.files.conftest import HOSTILE, toy_layers, toy_levels, toy_page
from tests.files.test_map_screen import HEADLINE, VERDICTS, decided
from tests.files.test_map_views import richer, run_axe, score_layer, texts
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

OURS = "Testföreningen"
WALKED = "v. 10–11 2030, 3 kvällar, omkring 400 dörrar, samling vid Alby"
PLAN_STATUS = "Planen är ett förslag."


def toy_work() -> MapWork:
    """Two rounds in R15 and R14, a stand, leaflets and letters; one area left, one nobody's."""
    columns = ["area_code", "association", "channel", "hours", "doors_count", "households_count"]
    rows = [
        ("R15", OURS, "canvass", 30.0, 400.0, 400.0, {"2030-03-04": 10.0, "2030-03-11": 20.0}, ""),
        ("R14", OURS, "canvass", 10.0, 120.0, 120.0, {"2030-03-11": 10.0}, ""),
        ("R15", OURS, "stand", 8.0, np.nan, np.nan, {"2030-08-12": 8.0}, HOSTILE[1]),
        ("R13", OURS, "distribution", 5.0, 0.0, 350.0, {"2030-08-12": 5.0}, ""),
        ("R15", OURS, "mailing", np.nan, np.nan, 100.0, {"2030-08-12": 0.0}, ""),
    ]
    walked = [
        (OURS, 1.0, HOSTILE[0], 3.0, 30.0, 400.0, {"2030-03-04": 10.0, "2030-03-11": 20.0}, "Alby"),
        (OURS, 2.0, "Södra delen", 1.0, 10.0, 120.0, {"2030-03-11": 10.0}, ""),
    ]
    names = ["association", "round_number", "round_name", "evenings", "hours", "doors_count"]
    fine = [f"D{n:02d}" for n in range(64)]
    row, column = np.divmod(np.arange(64), 8)
    homes = pd.Series([f"R{n:02d}" for n in (row // 2) * 4 + column // 2], fine)
    stop = gpd.points_from_xy([675_500.0], [6_585_500.0], crs=3006)
    told = {"area_code": ["R15"], "association": [OURS], "channel": ["stand"]}
    return MapWork(
        status=PLAN_STATUS,
        channels={
            "canvass": "Dörrknackning",
            "organise": "Organisering",
            "distribution": "Egen utdelning",
            "stand": "Bokbord",
            "mailing": "Utskick",
        },
        weeks={"2030-03-04": "v. 10 2030", "2030-03-11": "v. 11 2030", "2030-08-12": "v. 33 2030"},
        tasks=pd.DataFrame(rows, columns=[*columns, "week", "meeting_place"]),
        rounds=pd.DataFrame(walked, columns=[*names, "week", "meeting_place"]),
        members=homes[homes.isin(["R15", "R14"])].map({"R15": 0, "R14": 1}),
        homes=homes,
        stops=gpd.GeoDataFrame(
            {**told, "meeting_place": [f"Bokbord: {HOSTILE[1]}"]}, geometry=stop
        ),
        done=pd.Series([120.0, np.nan, 0.0], ["R15", "R14", "R13"]),
        left=("R12",),
        idle=("Östermalms S-förening",),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for language in ("sv", "en"):
        made[language] = tmp_path_factory.mktemp("agenda") / f"{language}.html"
        save_map(decided(work=toy_work(), language=language), made[language])
    return made


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    visits: list[Visit] = []

    def open_page(
        fragment: str = "vy=plan", device: dict = DESKTOP, language: str = "sv", **more: object
    ) -> Page:
        context = browser.new_context(**device, locale="sv-SE", reduced_motion="reduce", **more)
        visits.append(Visit(context, files[language], fragment))
        visits[-1].page.set_default_timeout(5000)
        return visits[-1].page

    yield open_page
    complaints = [(one.complaints, one.requests) for one in visits]
    for one in visits:
        one.page.context.close()
    assert complaints == [([], [])] * len(complaints)


def plain(found: list[str]) -> list[str]:
    return [" ".join(one.split()) for one in found]


def test_the_plan_says_what_where_and_when_and_a_week_its_own(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    assert texts(page, "#question") == ["Vem gör vad, var och vilken vecka?"]
    assert texts(page, "#answer") == [PLAN_STATUS]
    legend = dict(
        zip(texts(page, "#legend-classes .word"), texts(page, "#legend-classes .many"), strict=True)
    )
    # An area that is worked in several ways counts in each, though one gives it its colour.
    assert legend == {
        "Dörrknackning": "2 områden",
        "Egen utdelning": "1 område",
        "Bokbord": "1 område",
        "Utskick": "1 område",
        "Lämnas i fred genom lottning": "1 område",
        "Ingen har tid": "3 områden",
        "Inget i planen": "9 områden",
    }
    assert texts(page, "#legend-classes .means")[0] == "40 timmar, omkring 520 dörrar"
    assert texts(page, "#rows button")[0].startswith("Område 15")
    assert plain(texts(page, "#rows tr:first-child p")) == [
        "Runda 1: 30 timmar, omkring 400 dörrar",
        "Bokbord: 8 timmar",
        "Utskick: 100 hushåll",
        "Gjort: 120 av omkring 400 dörrar.",
    ]
    assert texts(page, "#rows .told")[0] == "v. 10 2030"
    page.locator("#work-week").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#work-week").get_attribute("aria-valuetext") == "v. 10 2030"
    assert page.locator("#rows tr").count() == 1
    assert plain(texts(page, "#rows p"))[0] == "Runda 1: 10 timmar"
    page.locator("#work-later").click()
    page.locator("#work-later").click()
    assert texts(page, "#legend-title") == ["Planen: v. 33 2030"]
    assert texts(page, "#legend-classes .word")[:3] == ["Egen utdelning", "Bokbord", "Utskick"]
    page.locator("#work-later").click()  # there is no later one
    assert texts(page, "#work-when") == ["v. 33 2030"]
    expect(page).to_have_url(re.compile("vecka=3"))
    page.locator("#work-what").select_option("mailing")
    assert texts(page, "#legend-title") == ["Plan för utskick"]
    assert not page.locator("#weeks").is_visible()


def test_a_week_names_the_rounds_that_are_walked_in_it(browser: Browser, tmp_path: Path) -> None:
    work = toy_work()
    own = work.homes[work.homes == "R15"].index
    members = pd.Series([0, 0, 1, 1], own)
    save_map(decided(work=replace(work, members=members)), tmp_path / "map.html")
    context = browser.new_context(**DESKTOP, reduced_motion="reduce")
    said = {
        "": "Runda 1 och 2: 30 timmar, omkring 400 dörrar",
        "&vecka=1": "Runda 1: 10 timmar",
        "&vecka=2": "Runda 1 och 2: 20 timmar",
    }
    page = Visit(context, tmp_path / "map.html", "vy=plan").page
    for week, words in said.items():
        page.evaluate("one => { location.hash = one }", f"vy=plan{week}")
        expect(page.locator("#rows tr:first-child p").first).to_have_text(words)
    context.close()


def test_the_card_tells_rounds_what_is_done_and_why_nothing_is(
    opened: Callable[..., Page],
) -> None:
    page = opened("plats=R15")
    assert plain(texts(page, "#card .planned")) == [
        f"Dörrknackning: Runda 1, {HOSTILE[0]}: {WALKED}",
        f"Bokbord: v. 33 2030, 8 timmar, vid {HOSTILE[1]}",
        "Gjort: 120 av omkring 400 dörrar.",
        "Utskick: Omgång 1, 2030 v. 33: 100 hushåll, 250 kr",
    ]
    # A name is read in its own direction.
    assert texts(page, "#card .planned bdi") == [HOSTILE[0], "Alby", HOSTILE[1]]
    said = {
        "R14": "Gjort: visas inte, färre än 10 hushåll är besökta.",
        "R13": "Gjort: 0 dörrar. Planen har inga här.",
        "R12": "Lämnas i fred genom lottning",
        "R00": "Ingen i föreningen har tid i planen än.",
        "R05": "Inget planerat här.",
    }
    for code, words in said.items():
        page.evaluate("one => { location.hash = one }", f"plats={code}")
        page.wait_for_function(
            "one => document.querySelector('#card').textContent.includes(one)", arg=code
        )
        assert words in texts(page, "#card .planned"), code
    page.evaluate("location.hash = 'omr=deso&plats=D63&vy=plan'")
    page.wait_for_function("document.querySelector('#card').textContent.includes('D63')")
    assert plain(texts(page, "#card .planned"))[0].startswith("Dörrknackning: Runda 1,")
    assert "minst 120 av omkring 520 dörrar" in texts(page, "#legend-note")[0]
    page.evaluate("location.hash = 'omr=kommun&vy=plan'")
    page.wait_for_function(
        "document.querySelector('#legend-note').textContent.includes('visar timmarna')"
    )
    assert page.evaluate("window.hacked") is None


def test_rounds_are_drawn_and_numbered_when_they_can_be_told_apart(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    for _ in range(2):
        page.locator(".leaflet-control-zoom-in").click()
    page.locator(".pin.round").first.wait_for()
    assert set(texts(page, ".pin.round")) <= {"1", "2"}
    boxes = [one.bounding_box() for one in page.locator("#map_areas .pin, #map_areas .place").all()]
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 8
                or other["x"] + other["width"] <= one["x"] + 8
                or one["y"] + one["height"] <= other["y"] + 8
                or other["y"] + other["height"] <= one["y"] + 8
            )
            assert apart
    page.locator("#work-what").select_option("stand")
    assert texts(page, ".pin.round") == []


def test_an_association_opens_with_where_to_begin(browser: Browser, tmp_path: Path) -> None:
    """In words first, and on the map of the plan."""
    begin = "Runda 1, v. 10. 3 kvällar för 4 personer."
    coarse, fine = (richer(one) for one in toy_levels())
    own = coarse.values["association"] == OURS
    levels = [
        replace(coarse, areas=coarse.areas[own], values=coarse.values[own]),
        fine,
    ]
    fine_own = fine.values["association"] == OURS
    levels[1] = replace(fine, areas=fine.areas[fine_own], values=fine.values[fine_own])
    levels = [
        replace(
            one,
            areas=one.areas.assign(association=OURS),
            values=one.values.drop(columns=["reason", "cost_sek"], errors="ignore"),
        )
        for one in levels
    ]
    work = replace(toy_work().own(OURS), begins={OURS: begin})
    layer = replace(score_layer(), criteria=(), scenarios=(), words={"verdict": "verdict_canvass"})
    page = toy_page(
        audience="forening",
        association=OURS,
        verdicts=VERDICTS,
        headline=replace(HEADLINE, associations=(), begin=begin),
        work=work,
    )
    path = tmp_path / "own.html"
    save_map(build_map(levels, [layer, toy_layers()[2]], page=page), path)
    context = browser.new_context(**PHONE, locale="sv-SE", reduced_motion="reduce")
    try:
        visit = Visit(context, path)
        assert visit.texts(".begin") == [f"Börja här: {begin}"]
        first = visit.page.locator("#rows tr").first.bounding_box()
        assert first
        assert first["y"] + 20 < 844
        visit.page.locator("#options-toggle").click()
        visit.page.get_by_text("Plan", exact=True).click()
        visit.page.locator(".pin.round").first.wait_for()
        assert "1" in visit.texts(".pin.round")
        assert visit.texts(".pin.said") == ["börja här"]
        number, said = (
            visit.page.locator(one).first.bounding_box() for one in (".pin.round", ".pin.said")
        )
        assert number
        assert said
        assert said["y"] >= number["y"] + number["height"] or number["y"] >= said["y"] + 20
        assert visit.texts("#question") == ["Vad gör ni, var och vilken vecka?"]
        assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        told = "all => all.map(one => one.textContent)"
        paper = visit.page.locator("#sheet th").evaluate_all(told)
        assert paper == ["", "När", "Område", "Vad", "Säg"]
        rows = visit.page.locator("#sheet tr td:nth-child(4)").evaluate_all(told)
        assert rows[0].startswith("Runda 1:")
        assert len(rows) == 3  # the areas that anything is planned in
        assert (visit.complaints, visit.requests) == ([], [])
    finally:
        context.close()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_axe_finds_nothing_in_the_plan(opened: Callable[..., Page], language: str) -> None:
    axe = Path(AXE_FILE_PATH).read_text("utf-8")
    view = {"sv": "vy=plan&plats=R15&vecka=2", "en": "view=plan&place=R15&week=2"}[language]
    for device in (DESKTOP, PHONE):
        assert run_axe(opened(view, device, language), axe) == []


def test_forced_colours_keep_the_plan_s_legend(opened: Callable[..., Page]) -> None:
    page = opened(forced_colors="active")
    swatches = page.locator("#legend-classes .swatch")
    colours = swatches.evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(set(colours)) >= 5


def test_all_is_done_by_keyboard_with_the_focus_in_sight(
    opened: Callable[..., Page],
) -> None:
    """View, layer, week, search, card, choosing and summing, a wish saved, and closing again."""
    page = opened("", permissions=["clipboard-write"])

    def focused(wanted: str = "") -> str:
        """Say what has the focus; it is never lost, never out of sight, and has a ring."""
        told = page.evaluate(
            """() => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              const shown = one.closest("label") ?? one, style = getComputedStyle(one);
              const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
                || getComputedStyle(shown).outlineStyle !== "none" || style.boxShadow !== "none";
              const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
              return [one === document.body, seen, ring, one.id || one.value || one.textContent];
            }"""
        )
        assert told[:3] == [False, True, True], (wanted, told)
        return told[3]

    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(80):
            page.keyboard.press(key)
            focused(selector)
            if page.evaluate("one => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(selector)

    tab_to("input[name=view]")
    while texts(page, "#question") != ["Vem gör vad, var och vilken vecka?"]:
        page.keyboard.press("ArrowRight")
    tab_to("#work-week")
    page.keyboard.press("ArrowRight")
    assert texts(page, "#work-when") == ["v. 10 2030"]
    focused("week")
    tab_to("#work-what", "Shift+Tab")
    page.keyboard.press("End")
    focused("what")
    tab_to("input[name=view]", "Shift+Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    tab_to("#layer")
    page.keyboard.press("ArrowDown")
    assert texts(page, "#legend-title") != ["Slutsats: Dörrknackning"]
    page.keyboard.press("ArrowUp")
    tab_to("#search", "Shift+Tab")
    page.keyboard.type("Område 15")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert texts(page, "#card h2") == ["Område 15"]
    focused("card")
    page.keyboard.press("Escape")
    assert not page.locator("#card").is_visible()
    assert focused("closed") == "search"
    tab_to("input[name=level]")  # a municipality was found: back to the areas that are scored
    page.keyboard.press("ArrowRight")
    assert page.locator("#level-0").is_checked()
    tab_to("#select")
    page.keyboard.press("Enter")
    focused("select")
    tab_to("#rows button")
    page.keyboard.press("Enter")
    focused("chosen")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert texts(page, "#selection-count")[0].startswith("2 ")
    tab_to("#selection-wish", "Shift+Tab")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename.endswith(".csv")
    focused("saved")
    tab_to("#selection-clear")  # which has nothing more to do then
    page.keyboard.press("Enter")
    focused("cleared")
    tab_to("#select")
    page.keyboard.press("Enter")
    focused("done")
    tab_to("#table-open")
    page.keyboard.press("Enter")
    assert page.locator("#table").is_visible()
    focused("table")
    page.keyboard.press("Escape")
    assert not page.locator("#table").is_visible()
    focused("end")
