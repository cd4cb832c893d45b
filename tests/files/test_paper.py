"""A paper is one text: as a page that runs nothing, and as a tagged PDF; names stay text."""

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import which

import geopandas as gpd
import pytest
import shapely

import geoprio
from geoprio.errors import ConfigError
from geoprio.files.paper import Block, Paper, Picture, render_page, render_pdf
from geoprio.files.sketch import HEIGHT, WIDTH, Ground, sketch

HOSTILE = "<script>alert(1)</script> #[x] $y$ @z `q` \u202eabc & \"'"
KINDS = (
    Block("heading", HOSTILE),
    Block("text", HOSTILE),
    Block("box", HOSTILE, items=[HOSTILE]),
    Block("list", items=[HOSTILE]),
    Block("steps", items=[HOSTILE, HOSTILE]),
    Block("table", HOSTILE, head=[HOSTILE, "b"], rows=[[HOSTILE, "1"], ["c" * 90, "2"]]),
    Block("blank", items=[HOSTILE]),
    Block("page"),
)


def square(x: float, size: float = 1000) -> shapely.Polygon:
    return shapely.box(x, 0, x + size, size)


def ground() -> Ground:
    areas = gpd.GeoDataFrame(
        {"area_name": [HOSTILE, "B"]}, geometry=[square(0), square(1000)], crs=3006
    )
    land = gpd.GeoDataFrame(
        {"type": ["land", "places"], "area_name": ["", "<b>"]},
        geometry=[square(-5000, 9000), shapely.Point(1300, 500)],
        crs=3006,
    )
    return Ground.of(areas, land)


def paper() -> Paper:
    drawn = ground()
    svg = sketch(drawn.areas.geometry.iloc[:1], ["1"], drawn)
    maps = Block("maps", pictures=[Picture(svg, HOSTILE, HOSTILE, [HOSTILE])])
    return Paper("sv", HOSTILE, HOSTILE, [*KINDS, maps], HOSTILE, [HOSTILE])


def test_a_page_runs_nothing_and_asks_nobody() -> None:
    told = render_page(paper()).decode()
    assert "default-src 'none'" in told
    assert not re.search(r"<script|https?:(?!//www\.w3\.org/2000/svg)|src=|\u202e", told)
    assert told.count("&lt;script&gt;") >= len(KINDS)


def test_a_page_allows_its_own_style_by_its_sum_and_no_other() -> None:
    page = render_page(paper()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "unsafe" not in policy
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in policy
    # What is put about the page's base begins as it does: one head, one policy.
    for path in Path(geoprio.__file__).parent.glob("*/*.html"):
        own = path.read_text("utf-8")
        assert own.startswith('{% extends "geoprio.files/page.html" %}') or "{{ policy }}" in own


def test_a_sign_that_the_letters_lack_stops_no_paper() -> None:
    pytest.importorskip("typst")
    named = Paper("sv", "Torget \N{ROSE} \u4e2d", "x", [Block("text", "y")], "z")
    assert render_pdf(named).startswith(b"%PDF")


@pytest.mark.browser
def test_a_page_is_accessible(browser: object) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 390, "height": 800})  # type: ignore[attr-defined]
    for blocks in (paper().blocks, paper().blocks[::-1]):
        page.set_content(render_page(replace(paper(), blocks=blocks)).decode())
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_a_pdf_is_tagged_the_same_again_and_holds_names_as_text() -> None:
    made = render_pdf(paper())
    assert render_pdf(paper()) == made
    assert b"/MarkInfo" in made
    assert b"pdfuaid" in made
    if which("pdftotext"):
        told = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True)
        assert "<script>alert(1)</script> #[x] $y$ @z" in told.stdout.decode()


def test_without_typst_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ConfigError, match=r"geoprio\[pdf\]"):
        render_pdf(paper())


def test_a_sketch_shows_the_marked_area_in_the_middle_and_sea_beyond_the_shore() -> None:
    drawn = ground()
    svg = sketch(drawn.areas.geometry.iloc[:1], ["7"], drawn)
    assert ">7</text>" in svg
    assert "&lt;b&gt;" in svg
    number = re.search(r'x="([\d.]+)" y="([\d.]+)"[^>]*>7<', svg)
    assert number is not None
    assert float(number[1]) == pytest.approx(WIDTH / 2, abs=1)
    assert float(number[2]) == pytest.approx(HEIGHT / 2, abs=12)
    assert sketch(drawn.areas.geometry.iloc[:1], ["7"], drawn) == svg


def test_a_sketch_without_ground_or_shape_is_drawn_all_the_same() -> None:
    drawn = Ground.of(ground().areas, None)
    assert ">1</text>" in sketch(drawn.areas.geometry.iloc[:1], ["1"], drawn)


def test_every_number_of_a_sketch_is_drawn_and_no_two_labels_lie_on_each_other() -> None:
    """The boxes are those of wide letters, so that they hold in any."""
    squares = [
        shapely.box(600 * x, 600 * y, 600 * x + 300, 600 * y + 300)
        for x in range(8)
        for y in range(5)
    ]
    far = shapely.box(60_000, 0, 61_000, 40_000)
    shapes = gpd.GeoSeries([*squares, far], [f"A{n}" for n in range(41)], crs=3006)
    areas = gpd.GeoDataFrame({"area_name": ["Ljusterö omkringliggande"] * 41}, geometry=shapes)
    drawn = sketch(shapes, [str(n) for n in range(1, 42)], Ground.of(areas, None))
    found = re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-size="(\d+)"[^>]*>([^<]*)<', drawn
    )
    assert [name for *_, name in found][:41] == [str(n) for n in range(1, 42)]
    boxes = [
        shapely.box(x - 0.32 * s * len(n), y - s / 2, x + 0.32 * s * len(n), y + s / 2)
        for x, y, s, n in ((float(x), float(y), float(s), n) for x, y, s, n in found)
    ]
    assert not any(one.intersects(two) for at, one in enumerate(boxes) for two in boxes[:at])
    assert drawn.count("<path d=") > 30
