"""The map's three questions, filters, other weights, table and address, in a real Chromium."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from geoprio.files.maps import MapLayer, MapLevel, build_map, save_map
from geoprio.files.maps.layers import MapCriterion, MapScenario
from tests.files.conftest import DEMO_MARK, HOSTILE, OpenMap, toy_layers, toy_levels, toy_page
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

VERDICTS = {
    "Satsa fullt": "Minst 9 av 10 sådana områden hör till de 4 främsta.",
    "Bedöm lokalt": "Siffrorna räcker inte för att säga ja eller nej.",
    "Komplettera": "Hör inte till de 4 främsta, men ligger bra till.",
    "Håll kontakten": "Hör inte till de 4 främsta, och ligger i mitten.",
    "Gemensam kampanj": "Hör inte till de 4 främsta, och ligger långt ned.",
}
LONG = "Å" * 10_000
TURNS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows them."""
OpenPage = Callable[..., Page]


def richer(level: MapLevel) -> MapLevel:
    """Return a level with a score of two criteria, how sure it is, and a plan of two waves."""
    values = level.values
    count = len(values)
    place = np.arange(count, dtype=float)
    up, down = 100 * (place + 0.5) / count, 100 * (count - place - 0.5) / count
    score = pd.Series(0.75 * up + 0.25 * down, values.index)
    rank = score.rank(ascending=False)
    told = pd.cut(rank, [0, 2, 6, 9, 12, count], labels=list(VERDICTS)).astype(object)
    return replace(
        level,
        values=values.assign(
            score_canvass=score,
            rank_canvass=rank,
            p_top_canvass=np.select([rank <= 2, rank <= 6], [0.95, 0.5], 0.0),
            rank_low_canvass=(rank - 1).clip(lower=1),
            rank_high_canvass=(rank + 1).clip(upper=count),
            verdict_canvass=told,
            depends_canvass=np.where(rank == 3, "hänger på vikterna", ""),
            action_canvass="Dörrar i de tätaste kvarteren.",
            reason_canvass="Många hyresrätter.",
            points_canvass_up=up,
            points_canvass_down=down,
            wave=np.where(rank <= 2, 1.0, np.where(rank <= 4, 2.0, np.nan)),
            households_count=np.where(rank <= 4, 100.0, np.nan),
            opening_line="Börja med hyrorna: 68 procent bor i hyresrätt.",
            type="unga hyresgäster",
        ),
    )


def score_layer() -> MapLayer:
    words = {role: f"{role}_canvass" for role in ("verdict", "action", "reason", "depends")}
    return replace(
        toy_layers()[0],
        words=words,
        sure={role: f"{role}_canvass" for role in ("p_top", "rank_low", "rank_high")},
        criteria=(
            MapCriterion("up", "stiger", "points_canvass_up", 1.5),
            MapCriterion("down", "faller", "points_canvass_down", 0.5),
        ),
        scenarios=(
            MapScenario("Dubbelt så mycket av allt", {"up": 3.0, "down": 1.0}),
            MapScenario("Tvärtom", {"up": 0.5, "down": 1.5}),
        ),
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    made: dict[str, Path] = {}

    def make(language: str = "sv") -> Path:
        if language not in made:
            layers = [score_layer(), *toy_layers()[1:]]
            page = toy_page(
                language=language, verdicts=VERDICTS, planned="canvass", demo_mark=DEMO_MARK
            )
            made[language] = tmp_path_factory.mktemp("views") / f"{language}.html"
            save_map(
                build_map([richer(one) for one in toy_levels()], layers, page=page), made[language]
            )
        return made[language]

    return make


@pytest.fixture
def opened(visit: OpenMap, page_file: Callable[..., Path]) -> OpenPage:
    def open_page(fragment: str = "", device: dict = DESKTOP, language: str = "sv") -> Page:
        return visit(device, shown=page_file(language), fragment=fragment).page

    return open_page


def texts(page: Page, selector: str) -> list[str]:
    return [text.replace("\xa0", " ") for text in page.locator(selector).all_inner_texts()]


def view(page: Page, name: str) -> None:
    page.locator("#views label").get_by_text(name, exact=True).click()


def test_each_view_has_its_question_and_its_legend(opened: OpenPage) -> None:
    page = opened()
    assert texts(page, "#views label") == ["Slutsats", "Siffror", "Plan"]
    assert texts(page, "#question") == ["Var knackar vi först?"]
    assert texts(page, "#legend-classes .word") == list(VERDICTS)
    assert texts(page, "#legend-classes .means") == list(VERDICTS.values())
    assert [text[:1] for text in texts(page, "#legend-classes .many")] == list("24334")
    view(page, "Plan")
    assert texts(page, "#legend-classes .word") == ["Omgång 1", "Omgång 2", "Inget utskick"]
    assert texts(page, "#legend-classes .means") == ["200 hushåll", "200 hushåll"]
    assert page.locator("#rows tr").count() == 4
    view(page, "Siffror")
    assert texts(page, "#question") == ["Var knackar vi först?"]
    assert texts(page, "#legend-classes .word")[0] == "Högst"


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (0, "Utskick, omgång 1"),
        (2, "Utskick, omgång 2"),
        (4, "Bedöm lokalt"),
        (15, "Gemensam kampanj"),
    ],
)
def test_one_verdict_and_a_plan_before_it(opened: OpenPage, place: int, verdict: str) -> None:
    page = opened()
    page.locator("#rows button").nth(place).click()
    assert texts(page, "#card .verdict") == [f"Dörrknackning: {verdict}"]
    assert not page.get_by_text("Trolig plats").is_visible()
    page.get_by_text("Visa beräkningen").click()
    assert page.get_by_text("Trolig plats").is_visible()
    assert "68 procent bor i hyresrätt" in texts(page, "#card")[0]


@pytest.mark.parametrize("place", [0, 5, 15])
def test_contributions_add_up_to_the_score_as_they_are_written(
    opened: OpenPage, place: int
) -> None:
    page = opened()
    page.locator("#rows button").nth(place).click()
    page.get_by_text("Visa beräkningen").click()
    given = texts(page, "#card .sum dd")
    average, *parts, score = (
        float(text.replace("−", "-").replace("+", "").replace(",", ".")) for text in given
    )
    assert len(parts) == 2
    assert average == pytest.approx(50, abs=0.11)
    assert average + sum(parts) == pytest.approx(score, abs=1e-9)


def test_a_filter_dims_the_rest_and_lists_its_own(opened: OpenPage) -> None:
    page = opened()
    page.get_by_text("Filtrera").click()
    page.select_option("#in-municipality", "Botkyrka")
    assert page.locator("#rows tr").count() == 8
    assert {row.split("\n")[-1].split(" · ")[0] for row in texts(page, "#rows button")} == {
        "Botkyrka"
    }
    assert sum(int(text.split()[0]) for text in texts(page, "#legend-classes .many")) == 8
    page.select_option("#in-verdict", "Bedöm lokalt")
    assert 0 < page.locator("#rows tr").count() < 8
    page.get_by_role("button", name="Visa alla områden", exact=True).click()
    assert page.locator("#rows tr").count() == 16


def test_other_weights_are_tried_stamped_and_taken_back(opened: OpenPage) -> None:
    page = opened()
    central = texts(page, "#rows tr")
    page.get_by_text("Prova andra vikter").click()
    # The same proportions are the central weights: as Python has them, and not stamped.
    page.get_by_text("Dubbelt så mycket av allt").click()
    assert texts(page, "#rows tr") == central
    assert not page.locator("#stamp").is_visible()
    page.get_by_text("Tvärtom").click()
    assert page.locator("#stamp").is_visible()
    assert "INTE BESLUTAD" in texts(page, "#stamp")[0]
    assert texts(page, "#rows tr") != central
    assert "Tensta" in texts(page, "#rows tr")[0]
    page.locator("#rows button").first.click()
    # Weights that are tried decide nothing.
    assert texts(page, "#card .verdict") == []
    page.locator("#restore").click()
    assert texts(page, "#rows tr") == central
    assert not page.locator("#stamp").is_visible()


def test_a_score_made_anew_is_the_score(opened: OpenPage) -> None:
    """Weights a hair from the central ones: every rank and every shown decimal is Python's."""
    central = texts(opened("vy=where"), "#rows tr")
    again = opened("vikt.canvass=1.5001,0.5")
    assert again.locator("#stamp").is_visible()
    assert texts(again, "#rows tr") == central


def test_a_slider_moves_by_keyboard(opened: OpenPage) -> None:
    page = opened()
    page.get_by_text("Prova andra vikter").click()
    page.get_by_text("Egna vikter").click()
    page.locator("#weight-1").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert texts(page, "#stamp-what") == [
        "Dörrknackning med andra vikter: stiger 1,5 och faller 0,8."
    ]
    assert page.locator("#weight-1").evaluate("one => one === document.activeElement")


def test_the_address_keeps_all_that_is_chosen(opened: OpenPage) -> None:
    page = opened()
    view(page, "Siffror")
    page.get_by_text("DeSO (närmare titt)").click()
    page.get_by_text("Filtrera").click()
    page.select_option("#in-association", "Testföreningen")
    page.get_by_text("Prova andra vikter").click()
    page.get_by_text("Tvärtom").click()
    page.locator("#rows button").nth(3).click()
    page.wait_for_url("**plats=*")
    fragment = page.url.split("#")[1]
    other = opened(fragment)
    for selector in ("#question", "#rows tr", "#card h2", "#stamp", "#legend-classes li"):
        assert texts(other, selector) == texts(page, selector)
    assert other.locator("#in-association").input_value() == "Testföreningen"


@pytest.mark.parametrize(
    "fragment",
    [
        "vy=<script>&visa=x&omr=__proto__&plats=constructor",
        "vikt.canvass=1e999,-1&vikt.lo=1,2&vikt.canvass=a,b",
        "kommun=%3Cimg src=x onerror=alert(1)%3E&slutsats=%00&forening=${1}",
        "%E0%A4%A&&&===",
    ],
)
def test_a_hostile_address_is_passed_over(opened: OpenPage, fragment: str) -> None:
    page = opened(fragment)
    assert page.locator("#rows tr").count() == 16
    assert page.evaluate("window.hacked") is None
    assert not page.locator("#stamp").is_visible()


def test_the_table_holds_every_area_sorts_and_finds(opened: OpenPage) -> None:
    page = opened()
    page.get_by_text("DeSO (närmare titt)").click()
    page.get_by_role("button", name="Tabell", exact=True).click()
    assert page.locator("#table-rows tr").count() == 64
    assert texts(page, "#table-page") == ["Rad 1–64 av 64"]
    page.get_by_role("button", name="Område", exact=True).click()
    assert page.locator("#table-head th").nth(1).get_attribute("aria-sort") == "ascending"
    names = texts(page, "#table-rows th")
    assert names == [f"Ruta {n}" for n in range(64)]
    page.locator("#table-search").fill("ruta 12")
    assert texts(page, "#table-rows th") == ["Ruta 12"]
    page.locator("#table-rows button").click()
    assert texts(page, "#card h2") == ["Ruta 12"]
    assert not page.locator("#table").is_visible()


def test_an_estimate_in_the_table_has_its_interval(opened: OpenPage) -> None:
    page = opened()
    page.get_by_role("button", name="Tabell", exact=True).click()
    page.locator("#table-search").fill("R02")
    assert "2 100 (1 680–2 520)" in texts(page, "#table-rows td")


def test_how_sure_is_not_asked_of_weights_that_it_was_not_worked_out_for(opened: OpenPage) -> None:
    page = opened("vy=verdict&vikt.canvass=1,2")
    assert not page.locator("#views label").get_by_text("Slutsats").is_visible()
    assert texts(page, "#question") == ["Var knackar vi först?"]


def test_the_table_is_saved_as_swedish_excel_reads_it(opened: OpenPage) -> None:
    page = opened("vikt.canvass=1,2")
    page.get_by_role("button", name="Tabell", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Spara som CSV").click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 17
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 16
    assert {row["anmärkning"] for row in rows} == {DEMO_MARK}
    assert all(row["INTE BESLUTAD"].startswith("Dörrknackning med andra") for row in rows)
    by_code = {row["Områdeskod"]: row for row in rows}
    assert by_code["R01"]["Område"] == HOSTILE[0]
    assert by_code["R01"]["LO"] == "Ingen uppgift"
    assert by_code["R00"]["Valdeltagande, procent"] == "95"
    assert "," in by_code["R01"]["Valdeltagande, procent"]
    # An estimate has its interval beside it, what is published has none.
    ends = [f"LO, {end} (uppskattning)" for end in ("lägst", "högst")]
    assert [by_code["R02"][name] for name in ends] == ["1680", "2520"]
    assert [by_code["R15"][name] for name in ends] == ["", ""]
    assert {row["får läsas av"] for row in rows} == {"Internt – valledningen"}


def test_names_that_a_spreadsheet_would_run_or_that_never_end_are_text(visit: OpenMap) -> None:
    names = ["=cmd|' /C calc'!A0", "@SUM(1)", "\u202etxt.exe", LONG, *HOSTILE, *"abcdefgh"]
    coarse = toy_levels()[0]
    level = richer(
        replace(
            coarse,
            areas=coarse.areas.assign(area_name=names),
            values=coarse.values.assign(association=names),
        )
    )
    layers = [score_layer(), *toy_layers()[1:]]
    page_of = toy_page(
        verdicts=VERDICTS,
        outline=pd.DataFrame({"municipality_name": [LONG, HOSTILE[1]]}, index=["0127", "0180"]),
    )
    page = visit(shown=build_map([level], layers, page=page_of)).page
    page.get_by_role("button", name="Tabell", exact=True).click()
    shown = page.locator("#table-rows th").all_text_contents()
    assert {name.replace("\u202e", "") for name in names} <= set(shown)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Spara som CSV").click()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    saved = {row["Område"] for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert {"'=cmd|' /C calc'!A0", "'@SUM(1)", LONG} <= saved
    page.locator("#table-close").click()
    page.locator("#rows button").first.click()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_name_turns_nothing_round_and_wraps_wherever_it_stands(
    browser: Browser, tmp_path: Path, device: dict
) -> None:
    names = ["Å" * 300, "\u202eabc\u2066", "שלום 12", *(f"Område {n}" for n in range(13))]
    coarse = toy_levels()[0]
    level = richer(
        replace(
            coarse,
            areas=coarse.areas.assign(area_name=names[::-1]),
            values=coarse.values.assign(association=names[::-1]),
        )
    )
    towns = pd.DataFrame({"municipality_name": [names[0], names[2]]}, index=["0127", "0180"])
    page_of = toy_page(verdicts=VERDICTS, outline=towns, notices=(names[1], names[0]))
    shown = build_map([level], [score_layer(), *toy_layers()[1:]], page=page_of)
    save_map(shown, tmp_path / "map.html")
    assert not TURNS & set((tmp_path / "map.html").read_text(encoding="utf-8"))
    context = browser.new_context(**device)
    page = Visit(context, tmp_path / "map.html").page
    page.locator("#rows button").first.click()
    page.get_by_role("button", name="Tabell", exact=True).dispatch_event("click")
    assert not TURNS & set(page.locator("body").inner_text())
    for place in ("#rows", "#card", "#table-rows"):
        assert page.locator(f"{place} bdi", has_text=names[0]).count() >= 1, place
    page.locator("#table-close").dispatch_event("click")
    page.locator("#search").fill("שלום")
    assert page.locator("#found bdi").first.inner_text() == names[2]
    wide = device["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    for place in ("#rows button", "#card", "#found li", "#answer"):
        for one in page.locator(place).all()[:20]:
            assert one.evaluate("one => one.scrollWidth <= one.clientWidth + 1"), place
    context.close()


@pytest.mark.parametrize(
    ("device", "language"), [(DESKTOP, "en"), (PHONE, "sv")], ids=["desktop", "phone"]
)
def test_axe_finds_nothing_in_either_language(
    browser: Browser, page_file: Callable[..., Path], language: str, device: dict
) -> None:
    context = browser.new_context(**device, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    axe = AXE_FILE_PATH.read_text(encoding="utf-8")
    faults = []
    for fragment in ("", "vy=where&plats=R03", "vy=plan", "visa=lo&vikt.canvass=1,3"):
        page.goto(f"{page_file(language).as_uri()}#{fragment}")
        page.reload()
        page.locator("html[data-ready]").wait_for(state="attached")
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        faults += run_axe(page, axe)
    page.locator("#table-open").dispatch_event("click")  # what is unfolded lies over it
    faults += run_axe(page, axe)
    context.close()
    assert faults == []


def run_axe(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def test_without_scripts_a_picture_and_the_first_twenty_stand_there(
    browser: Browser, page_file: Callable[..., Path]
) -> None:
    context = browser.new_context(**DESKTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file().as_uri())
    assert page.locator(".still svg path").count() >= 5
    assert page.locator(".still svg").bounding_box()["height"] > 300
    rows = texts(page, ".still li")
    assert len(rows) == 16
    assert rows[0].endswith("– Satsa fullt")
    assert "öppna den i en webbläsare" in texts(page, ".still p")[0]
    assert page.locator(".still p").first.is_visible()
    assert page.locator(".demo").first.is_visible()
    assert not page.locator("#panel").is_visible()
    context.close()


@pytest.mark.parametrize("landscape", [False, True])
def test_a_printed_page_has_legend_sources_and_stamp_and_no_controls(
    opened: OpenPage, landscape: bool
) -> None:
    page = opened("vikt.canvass=1,2")
    page.emulate_media(media="print")
    for selector in ("#legend-classes", ".foot", "#stamp", ".demo", ".basis"):
        assert page.locator(selector).first.is_visible(), selector
    for selector in ("#layer", "#restore", "#table-open", ".leaflet-control-zoom"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.pdf(format="A4", landscape=landscape).startswith(b"%PDF")


def test_a_coarse_overview_is_ranked_but_never_told_what_to_do(visit: OpenMap) -> None:
    coarse, fine = (richer(one) for one in toy_levels())
    afar = replace(coarse, key="kommun", title="Kommuner", overview=True)
    layers = [score_layer(), *toy_layers()[1:]]
    map_ = build_map([fine, afar], layers, page=toy_page(verdicts=VERDICTS, planned="canvass"))
    page = visit(shown=map_, fragment="vikt.canvass=1,2").page
    assert texts(page, "#level-choices label") == ["Kommuner", "DeSO (närmare titt)"]
    assert page.get_by_label("DeSO (närmare titt)").is_checked()
    for fragment in ("omr=kommun", "omr=kommun&vikt.canvass=1,2"):
        page = visit(shown=map_, fragment=fragment).page
        page.locator("#rows button").nth(7).click()
        assert "plats 8 av 16" in texts(page, "#card .shown")[0]
        assert page.locator("#card .action").count() == 0
        assert not any(name in texts(page, "#card")[0] for name in ("Satsa", "Håll kont"))


def test_a_layer_of_classes_is_told_in_its_own_words(visit: OpenMap) -> None:
    labels = ("Mindre behov", "Stort behov")
    layer = MapLayer(
        *("need", "quadrant_place", "Behov", "Var är behovet?", "class", "Egna uppgifter"),
        section="priority",
        labels=labels,
    )
    level = richer(toy_levels()[0])
    wanted = [2.0] * 3 + [1.0] * 12 + [np.nan]
    level = replace(level, values=level.values.assign(quadrant_place=wanted))
    layers = [score_layer(), layer]
    page = visit(shown=build_map([level], layers, page=toy_page()), fragment="visa=need").page
    assert texts(page, "#legend-classes .word") == [*labels[::-1], "Ingen uppgift"]
    assert [text.split()[0] for text in texts(page, "#legend-classes .many")] == ["3", "12", "1"]
    assert texts(page, "#rows tr:first-child td:last-child") == ["Stort behov"]
    assert texts(page, "#answer") == [""]
    page.locator("#rows button").first.click()
    assert "Behov: Stort behov" in texts(page, "#card .shown")[0]
