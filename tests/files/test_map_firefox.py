"""The map in Firefox: another engine draws it, refuses scripts, takes clicks and keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from axe_playwright_python.base import AXE_FILE_PATH

from geoprio.files.maps import save_map
from geoprio.files.maps.layers import MapLayer
from tests.files.conftest import EASTING, HOSTILE, NORTHING
from tests.files.test_map_agenda import PLAN_STATUS, toy_work
from tests.files.test_map_base import underlay
from tests.files.test_map_screen import HEADLINE, decided
from tests.firefox import Firefox

pytestmark = pytest.mark.browser

ESCAPE, TAB, RIGHT = "\ue00c", "\ue004", "\ue014"
COLOURS_OF_THEIRS = "browser.display.document_color_use"
GOVERN = ("Vi styr", "Kan växla", "Andra styr")
WHO = MapLayer(
    "majorities", "council", "Vem styr", "Vem styr?", "class", "Uppgift", None, labels=GOVERN
)
VIEWS = ("vy=plan&plats=R15", "visa=majorities", "visa=turnout", "visa=lo", "form=people", "")


def address(folder: Path, language: str) -> str:
    west = shapely.box(EASTING - 9000, NORTHING - 9000, EASTING + 3000, NORTHING + 9000)
    lake = shapely.box(EASTING - 3000, NORTHING, EASTING - 1000, NORTHING + 4000)
    path, work = folder / f"{language}.html", toy_work()
    ground = underlay(land=west, water=lake)
    save_map(decided(WHO, ground=ground, work=work, language=language), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def start(firefox: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable]:
    folder, started = tmp_path_factory.mktemp("firefox"), []

    def begin(**settings: object) -> Firefox:
        started.append(Firefox(firefox, folder / str(len(started)), **settings))
        started[-1].home, started[-1].abroad = (address(folder, one) for one in ("sv", "en"))
        return started[-1]

    yield begin
    for one in started:
        one.close()


@pytest.fixture(scope="module")
def page(start: Callable[..., Firefox]) -> Firefox:
    return start()


def texts(page: Firefox, selector: str) -> list[str]:
    found = page.run(f"[...document.querySelectorAll('{selector}')].map((one) => one.innerText)")
    return [" ".join(one.split()) for one in found]


def choose(page: Firefox, name: str, value: str) -> None:
    page.run(f"""document.querySelector('[name={name}][value="{value}"]').click()""")


def picture(page: Firefox) -> str:
    """Return what stands on the map's own canvases."""
    page.run("until(() => true)")
    return str(
        page.run(
            "[...document.querySelectorAll('.leaflet-ground-pane canvas')]"
            ".map((one) => one.toDataURL()).join()"
        )
    )


def another_picture(page: Firefox, drawn: list[str]) -> str:
    """Return what stands there once it is none of those before: a busy machine draws later."""
    return next((made for _ in range(200) if (made := picture(page)) not in drawn), "")


def test_it_opens_with_what_is_decided_and_asks_for_nothing(page: Firefox) -> None:
    page.open(page.home, 1280, 800)
    assert texts(page, "#headline .sentence") == [HEADLINE.sentence]
    assert "Satsa fullt" in texts(page, "#legend-classes")[0]
    assert set(texts(page, "#rows button bdi:first-child")) & set(HOSTILE)
    assert page.run("window.hacked ?? null") is None
    assert not [one for one in page.asked if not one.startswith(("data:", page.home))]
    assert page.complaints == []


def test_views_layers_and_circles_are_drawn_and_told(page: Firefox) -> None:
    page.open(page.home, 1280, 800)
    drawn = [picture(page)]
    for name, value in (("view", "plan"), ("view", "where")):
        choose(page, name, value)
        drawn.append(another_picture(page, drawn))
    assert texts(page, "#legend-title")[0].startswith("Dörrknackning")
    page.run(
        "(() => { const select = document.getElementById('layer');"
        " select.value = '2'; select.dispatchEvent(new Event('change')); })()"
    )
    assert texts(page, "#question") == ["Var röstar flest?"]
    assert len(texts(page, "#legend-whence li")) == 3
    drawn.append(another_picture(page, drawn))
    assert all(drawn)


def test_the_sea_and_own_water_are_painted_and_a_click_opens_an_area(page: Firefox) -> None:
    page.open(page.home, 1280, 800)
    found = page.run(
        "(() => { const one = document.querySelectorAll('.leaflet-ground-pane canvas')[1];"
        " const at = one.getContext('2d').getImageData(0, 0, one.width, one.height).data;"
        " let sea = 0; for (let i = 0; i < at.length; i += 4)"
        " if (at[i] === 203 && at[i + 1] === 217 && at[i + 2] === 226) sea++;"
        " return sea / (at.length / 4); })()"
    )
    assert 0.05 < found < 0.95
    box = page.run(
        "(() => { const { left, top, width, height } = document"
        ".getElementById('map_areas').getBoundingClientRect();"
        " return [left, top, width, height]; })()"
    )
    page.click(box[0] + 0.3 * box[2], box[1] + 0.5 * box[3])
    assert not page.run("document.getElementById('card').hidden")
    page.type(ESCAPE)
    assert page.run("document.getElementById('card').hidden")


def test_on_a_phone_s_width_a_row_answers_after_a_search(page: Firefox) -> None:
    page.open(page.home, 390, 844)
    assert page.run("document.getElementById('rows').getBoundingClientRect().top < innerHeight")
    page.run("document.getElementById('search').focus()")
    page.type("Tensta")
    assert texts(page, "#found li")[0].startswith("Tensta")
    # Below what is found, which lies over the first rows.
    row = "document.querySelector('#rows tr:nth-child(6) button')"
    page.run(f"{row}.scrollIntoView({{ block: 'end' }})")
    x, y = page.run(f"(({{ left, top }}) => [left, top])({row}.getBoundingClientRect())")
    page.click(x + 8, y + 6)
    wanted = texts(page, "#rows tr:nth-child(6) button > bdi")
    assert texts(page, "#card-title") == wanted


def test_weights_that_weigh_nothing_are_refused(page: Firefox) -> None:
    page.open(page.home, 1280, 800)
    page.run(
        "(document.getElementById('trial').open = true,"
        " until(() => document.querySelector('#sliders input')))"
    )
    page.run(
        "document.querySelectorAll('#sliders input').forEach((one) => {"
        " one.value = 0; one.dispatchEvent(new Event('input', { bubbles: true })); })"
    )
    assert texts(page, "#rows button")
    assert page.run("document.getElementById('trial-said').textContent").strip()


def go(page: Firefox, fragment: str) -> None:
    """Show another view of the open page, and wait until it is drawn."""
    page.run(f"(location.hash = {fragment!r}, 1)")
    page.run("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go(1))))")


def test_axe_finds_nothing_in_any_view_of_either_language(page: Firefox) -> None:
    found = {}
    for home in (page.home, page.abroad):
        page.open(home, 1280, 800)
        page.run(f"(() => {{ {AXE_FILE_PATH.read_text(encoding='utf-8')} }})()")
        for fragment in VIEWS:
            go(page, fragment)
            told = page.run("axe.run().then((told) => told.violations.map((one) => one.id))")
            found[home, fragment] = told
    assert {view: faults for view, faults in found.items() if faults} == {}


def test_the_plan_is_told_and_walked_week_by_week_by_keyboard_alone(page: Firefox) -> None:
    page.open(f"{page.home}#vy=plan", 1280, 800)
    assert texts(page, "#question") == ["Vem gör vad, var och vilken vecka?"]
    assert texts(page, "#answer") == [PLAN_STATUS]
    whole = page.run("document.querySelectorAll('#rows tr').length")
    for _ in range(40):
        page.run("(window.before = document.activeElement, 1)")
        page.type(TAB)
        page.run("until(() => document.activeElement !== window.before)")
        if page.run("document.activeElement.id") == "work-week":
            break
    page.type(RIGHT)
    page.run("until(() => document.getElementById('work-when').textContent === 'v. 10 2030')")
    assert page.run("document.querySelectorAll('#rows tr').length") == 1 < whole
    assert "Runda 1: 10 timmar" in texts(page, "#rows p")
    page.type(RIGHT)
    page.run("until(() => document.getElementById('work-when').textContent === 'v. 11 2030')")
    go(page, "vy=plan&plats=R15")
    assert [HOSTILE[0], "Alby", HOSTILE[1]] == texts(page, "#card .planned bdi")
    assert page.run("window.hacked ?? null") is None
    assert page.complaints == []


def test_what_is_next_is_said_and_chosen_areas_are_summed(page: Firefox) -> None:
    page.open(page.home, 1280, 800)
    assert texts(page, ".begin") == [f"Härnäst: {HEADLINE.begin}"]
    page.run("document.getElementById('select').click()")
    page.run("[0, 1].forEach((at) => document.querySelectorAll('#rows button')[at].click())")
    assert texts(page, "#selection-count") == ["2 områden valda"]
    assert texts(page, "#selection-sums dd")


def test_who_governs_is_told_in_words_and_colours_of_its_own(page: Firefox) -> None:
    page.open(f"{page.home}#visa=majorities", 1280, 800)
    assert texts(page, "#legend-classes .word") == [*GOVERN[::-1]]
    counts = [int(one.split()[0]) for one in texts(page, "#legend-classes .many")]
    assert sum(counts) == 16


def test_colours_of_the_reader_s_own_keep_the_legend(start: Callable[..., Firefox]) -> None:
    page = start(**{COLOURS_OF_THEIRS: 2})
    for fragment in ("", "#vy=plan"):
        page.open(f"{page.home}{fragment}", 1280, 800)
        assert page.run("matchMedia('(forced-colors: active)').matches")
        shown = page.run(
            "[...document.querySelectorAll('#legend-classes .swatch')].map((one) =>"
            " getComputedStyle(one).backgroundColor + getComputedStyle(one).backgroundImage)"
        )
        assert len(set(shown)) == len(shown) > 1
