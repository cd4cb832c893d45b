"""What an analyst adds to a map is seen, on top and clickable; what would be blank is refused."""

import os
import re
from pathlib import Path

import folium  # noqa: TID251
import geopandas as gpd
import pytest
import shapely
from folium import plugins  # noqa: TID251
from playwright.sync_api import Browser, Route

from geoprio.errors import ContractError
from geoprio.files.maps import build_map, map, open_map, render_map  # noqa: A004
from geoprio.runs import Run
from tests.files.conftest import HOSTILE, toy_areas, toy_layers, toy_levels, toy_page
from tests.visits import DESKTOP

LAT, LON = 59.36, 18.05
"""A place in the toy county."""
TILE = "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=#{z}{x}{y}"
BUTTON = """L.Control.{name} = L.Control.extend({{
  initialize(first, second) {{ L.setOptions(this, second || first); }},
  onAdd() {{
    const made = L.DomUtil.create("button", "plugin-{name}");
    made.textContent = "{name}";
    made.onclick = () => {{ document.body.dataset.clicked = "{name}"; }};
    return made;
  }},
}});
L.control.{lower} = (options) => new L.Control.{name}(options);
"""
GROUP = "L.markerClusterGroup = (options) => L.layerGroup([], options);"
EVENTS = 'L.Draw = { Event: { CREATED: "draw:created" } };'
FILES = {
    "Fullscreen": ("Control.FullScreen.min.js", ""),
    "MiniMap": ("Control.MiniMap.js", ""),
    "Draw": ("leaflet.draw.js", EVENTS),
    "Measure": ("leaflet-measure.min.js", "new Function('return 1')();"),
    "Locate": ("L.Control.Locate.min.js", ""),
    "MousePosition": ("L.Control.MousePosition.min.js", ""),
}
"""Stand-ins of the plugins' own files, which no package here holds: a control with a button."""


def opened(*, offline: bool | Path = True) -> folium.Map:
    page = build_map(toy_levels(), toy_layers(), page=toy_page())
    return open_map(page, offline=offline)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files of the plugins."""
    made = tmp_path / "plugins"
    made.mkdir()
    for name, (file, more) in FILES.items():
        text = BUTTON.format(name=name, lower=name.lower()) + more
        (made / file).write_text(text, encoding="utf-8")
        (made / re.sub(r"(\.min)?\.js$", ".css", file)).write_text("", encoding="utf-8")
    (made / "leaflet.markercluster.js").write_text(GROUP, encoding="utf-8")
    styles = ("Control.FullScreen", "MarkerCluster", "MarkerCluster.Default", "leaflet-measure.min")
    for style in (*styles, "L.Control.Locate.min", "L.Control.MousePosition.min"):
        (made / f"{style}.css").write_text(".x { color: red; }", encoding="utf-8")
    return made


def add_all(page: folium.Map) -> None:
    """Add the eight plugins, a marker with a popup, a shape with one, and `explore`."""
    plugins.Fullscreen().add_to(page)
    plugins.Draw(position="topright").add_to(page)
    plugins.MeasureControl(position="topright").add_to(page)
    plugins.LocateControl(position="bottomleft").add_to(page)
    plugins.MousePosition().add_to(page)
    plugins.MiniMap(tile_layer=folium.TileLayer(TILE, attr="-")).add_to(page)
    plugins.HeatMap([[LAT, LON]]).add_to(page)
    cluster = plugins.MarkerCluster().add_to(page)
    folium.Marker([LAT + 0.01, LON - 0.02], popup="I gruppen").add_to(cluster)
    folium.Marker([LAT, LON], popup="Kansliet", tooltip="Här").add_to(page)
    shape = gpd.GeoDataFrame(
        {"namn": ["Torget"]},
        geometry=[shapely.box(LON + 0.01, LAT - 0.01, LON + 0.03, LAT)],
        crs=4326,
    )
    shape.explore(m=page, color="black", popup=["namn"], tooltip=False)


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["folder", "hosts"])
def test_everything_that_is_added_is_drawn_and_answers(
    browser: Browser, tmp_path: Path, folder: Path, mode: str
) -> None:
    page = opened(offline=folder if mode == "folder" else False)
    add_all(page)
    path = tmp_path / "map.html"
    page.save(path)
    asked, complaints = [], []

    def answer(route: Route) -> None:
        name = route.request.url.split("/")[-1]
        if route.request.url == path.as_uri():
            route.continue_()
        elif (folder / name).is_file():
            asked.append(name)
            route.fulfill(path=folder / name)
        else:
            asked.append(name)
            route.abort()

    context = browser.new_context(**DESKTOP)
    context.route(lambda url: not url.startswith("data:"), answer)
    view = context.new_page()
    view.on("pageerror", lambda error: complaints.append(str(error)))
    view.goto(path.as_uri())
    view.locator("html[data-ready]").wait_for(state="attached")
    assert complaints == []
    assert (asked == []) == (mode == "folder")
    for name in FILES:
        view.locator(f".plugin-{name}").click()
        assert view.evaluate("document.body.dataset.clicked") == name
    assert view.locator("canvas.leaflet-heatmap-layer").is_visible()
    card, popup = view.locator("#card"), view.locator(".leaflet-popup-content")
    for place, words in ((0, "I gruppen"), (1, "Kansliet")):
        # A popup that opens moves the map, and what is pressed with it.
        view.locator(".leaflet-pan-anim").wait_for(state="detached")
        view.locator(".leaflet-marker-icon").nth(place).click()
        popup.get_by_text(words).wait_for(state="visible")
        # What lies on top answers, and the area under it does not.
        assert card.is_hidden()
    view.keyboard.press("Escape")
    found = view.evaluate(
        f"""() => {{
          const box = document.getElementById("map_areas").getBoundingClientRect();
          const at = map_areas.latLngToContainerPoint([{LAT - 0.005}, {LON + 0.02}]);
          return [box.left + at.x, box.top + at.y];
        }}"""
    )
    view.mouse.click(*found)
    popup.get_by_text("Torget").wait_for(state="visible")
    assert card.is_hidden()
    # The areas themselves still do.
    view.mouse.click(found[0], found[1] + 60)
    card.wait_for(state="visible")
    context.close()


@pytest.mark.browser
def test_the_real_plugins_are_drawn_and_answer(browser: Browser, tmp_path: Path) -> None:
    """All eight, `explore`, a marker and a tile layer on one page that asks for nothing."""
    plugins_folder = os.environ.get("GEOPRIO_PLUGINS")
    if not plugins_folder:
        pytest.skip("no plugins: run tests/find-plugins.sh FOLDER, and set GEOPRIO_PLUGINS to it")
    page = opened(offline=Path(plugins_folder))
    add_all(page)
    folium.TileLayer(TILE, attr="-").add_to(page)
    page.save(tmp_path / "map.html")
    context = browser.new_context(**DESKTOP, permissions=["geolocation"])
    context.set_geolocation({"latitude": LAT, "longitude": LON})
    complaints, view = [], context.new_page()
    view.set_default_timeout(10_000)
    view.on("pageerror", lambda error: complaints.append(str(error)))
    view.on("console", lambda told: told.type == "error" and complaints.append(told.text))
    view.on("request", lambda asked: asked.url.startswith("http") and complaints.append(asked.url))
    view.goto((tmp_path / "map.html").as_uri())
    view.locator("html[data-ready]").wait_for(state="attached")
    for seen in (
        "canvas.leaflet-heatmap-layer",
        ".leaflet-tile-pane img",
        ".leaflet-control-minimap",
    ):
        view.locator(seen).first.wait_for(state="visible")
    view.mouse.move(400, 400)
    assert re.search(r"\d", view.locator(".leaflet-control-mouseposition").inner_text())
    view.locator(".leaflet-marker-icon").nth(0).click()
    view.locator(".leaflet-popup-content").get_by_text("I gruppen").wait_for(state="visible")
    view.keyboard.press("Escape")
    view.locator(".leaflet-draw-draw-marker").click()
    view.mouse.click(330, 420)
    assert view.locator("#card").is_hidden()
    view.locator(".leaflet-control-measure").hover()
    view.locator(".leaflet-control-measure .js-start").click()
    view.locator(".leaflet-control-measure .js-cancel").click()
    view.locator(".leaflet-control-fullscreen a, a.fullscreen-icon").first.click()
    view.evaluate("document.exitFullscreen?.()")
    view.locator(".leaflet-control-minimap").click()
    view.locator(".leaflet-control-locate a").click()
    locating = ".leaflet-control-locate.requesting, .leaflet-control-locate.active"
    view.locator(locating).wait_for(state="visible")
    assert complaints == []
    context.close()


def test_only_what_was_added_is_let_in_and_nothing_offline() -> None:
    bare = render_map(opened()).decode()
    assert "unsafe" not in bare.split("<title>")[0]
    page = opened()
    plugins.HeatMap([[LAT, LON]]).add_to(page)
    folium.Marker([LAT, LON], popup="x").add_to(page)
    policy = re.search(r'Policy" content="([^"]*)"', render_map(page).decode())[1]
    assert "https:" not in policy
    assert "unsafe-eval" not in policy
    assert "connect-src &#39;none&#39;" in policy
    online = opened(offline=False)
    folium.TileLayer("https://{s}.tile.example.org/{z}/{x}/{y}.png", attr="x").add_to(online)
    html = render_map(online).decode()
    policy = re.search(r'Policy" content="([^"]*)"', html)[1]
    assert "img-src data: blob: https://*.tile.example.org;" in policy
    assert "får veta vilka platser som visas: https://*.tile.example.org" in html
    assert "jquery" not in html


@pytest.mark.parametrize(
    ("added", "named"),
    [
        (lambda: plugins.Fullscreen(), "Control.FullScreen.min.js"),
        (lambda: folium.TileLayer(), "tile.openstreetmap.org"),
        (lambda: plugins.MiniMap(), "tile.openstreetmap.org"),
        (lambda: folium.Marker([LAT, LON], icon=folium.Icon()), "awesome-markers"),
        (lambda: folium.GeoJson("lokaler.geojson", embed=False), "lokaler.geojson"),
    ],
    ids=["plugin", "tiles", "minimap", "icon", "data"],
)
def test_what_would_be_blank_is_refused_by_name(
    added: object, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lokaler.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    page = opened()
    page.add_child(added())  # type: ignore[operator]
    with pytest.raises(ContractError, match=re.escape(named)) as caught:
        page.save(tmp_path / "map.html")
    assert "offline=False" in str(caught.value)
    assert not (tmp_path / "map.html").exists()


def test_a_legend_that_explore_would_fetch_is_refused() -> None:
    areas, page = toy_areas(2, ["A", "B", "C", "D"], "0180C"), opened()
    areas.assign(value=[1.0, 2, 3, 4]).explore("value", m=page)
    with pytest.raises(ContractError, match="d3"):
        render_map(page)


def test_any_frame_of_areas_is_a_map_and_names_are_not_run() -> None:
    areas = toy_areas(2, list(HOSTILE), "0180C").assign(turnout_share=[0.1, 0.2, None, 0.4])
    html = render_map(map(areas, "turnout_share", title="Valdeltagande", language="sv")).decode()
    assert HOSTILE[0] not in html
    assert '<h1 id="question">Valdeltagande</h1>' in html
    with pytest.raises(ContractError, match="other_share"):
        map(areas, "other_share")


@pytest.mark.browser
def test_a_run_shows_its_map_in_a_notebook(
    browser: Browser, demo_result: Run, tmp_path: Path
) -> None:
    shown = demo_result._repr_html_()
    assert "<table" in shown
    path = tmp_path / "cell.html"
    path.write_text(f"<!DOCTYPE html><body>{shown}</body>", encoding="utf-8")
    context = browser.new_context(**DESKTOP)
    view = context.new_page()
    complaints: list[str] = []
    view.on("pageerror", lambda error: complaints.append(str(error)))
    view.goto(path.as_uri())
    inner = view.frame_locator("iframe")
    inner.locator("html[data-ready]").wait_for(state="attached")
    inner.locator("#rows button").first.click()
    inner.locator("#card-title").wait_for(state="visible")
    view.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert complaints == []
    context.close()
