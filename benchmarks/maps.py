"""Times the map beside plain Folium with the same layers: size, opening, switching, panning.

ready: from the start of the navigation until the page is drawn and answers. switch: from another
layer's choice until it is painted. pan: the time between two frames while the map is dragged. Each
is a median of `--repeat` loads in a real Chromium, phone: 390 x 844 with touch, processor slowed
four times. Plain Folium: a `Choropleth` of each layer and a `GeoJson` with tooltip, at full
precision, as its documentation shows them; its size is that of one layer times the layers. It
cannot be opened here: it loads its scripts from other hosts. "Shapes once": the same shapes as ours
and every layer's figures in one GeoJSON, drawn by Leaflet's own canvas in a page that holds it and
nothing more (no list, legend, card or search), and opened in the same run. heap: JavaScript's, once
ready.

Run it with `python benchmarks/maps.py [--repeat 5] [--areas 6160 100000]`; the real county's map is
measured where GEOPRIO_RAW is set.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Browser, Page, sync_playwright

from crosswalk import describe_machine, draw_coverage
from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.files.maps import MapLayer, MapLevel, MapPage, build_map, draw_levels, save_map
from geoprio.files.maps.payload import layer_limits
from geoprio.reports.map import leadership_map

QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAYERS = 11
"""As many as the leadership's map of the real county has."""
SWITCH = """async (place) => {
  const select = document.getElementById("layer");
  const start = performance.now();
  select.value = String(place);
  select.dispatchEvent(new Event("change"));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""
FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--areas", type=int, nargs="*", default=[6160, 100_000])
    options = parser.parse_args()
    chromium = os.environ.get("GEOPRIO_CHROMIUM") or shutil.which("chromium")
    print(describe_machine(), end="\n\n")
    print(
        "| map | MB | plain Folium MB | times smaller | shapes once MB | times smaller |"
        " ready ms, desktop | phone | switch ms, desktop | phone | pan ms a frame | heap MB |"
        f"\n{'|---' * 12}|"
    )
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=QUIET)
        for title, path, content in maps(Path(name), options.areas):
            print("\n".join(rows(browser, title, path, content, options.repeat)), flush=True)
        browser.close()


Content = tuple[list[MapLevel], list[MapLayer]]


def maps(folder: Path, sizes: list[int]) -> Iterator[tuple[str, Path, Content]]:
    """Yield what each map is called, its file, and its levels and layers."""
    raw = os.environ.get("GEOPRIO_RAW")
    if raw is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = pipeline.run(
                shipped_folder() / "storstockholm.toml", raw=Path(raw), out=folder
            )
        levels, layers, _ = leadership_map(result)
        yield "real county, 524 RegSO and 1,287 DeSO", result.paths["map"], (levels, layers)
    for size in sizes:
        areas = draw_coverage(size, seed=size).rename_axis("area_code")
        areas = areas.assign(area_name=areas.index, municipality_code="0180").sort_index()
        path, content = folder / f"{size}.html", drawn(areas)
        page = MapPage("Prov", "Slumptal", "sv", "valledning", ("Slumptal",))
        save_map(build_map(*content, page=page), path)
        yield f"{size:,} synthetic areas", path, content


def drawn(areas: gpd.GeoDataFrame) -> Content:
    """Return random figures, as many layers and texts as the leadership's."""
    rng = np.random.default_rng(1)
    names = [f"layer_{n}_share" for n in range(LAYERS)]
    values = pd.DataFrame(rng.beta(2, 8, (len(areas), LAYERS)), areas.index, names)
    bounds = {
        name.replace("_share", f"_{end}_share"): values[name] * by
        for name in names
        for end, by in ENDS.items()
    }
    told = pd.Series(rng.integers(0, 100, len(areas)), areas.index).map("Därför, nummer {}.".format)
    values = values.assign(**bounds, reason=told, level="Satsa", action="Knacka dörr.")
    layers = [
        MapLayer(
            key=name,
            column=name,
            title=f"Lager {n}",
            question="Var?",
            kind="share",
            note="Slumptal",
            low_column=name.replace("_share", "_low_share"),
            high_column=name.replace("_share", "_high_share"),
        )
        for n, name in enumerate(names)
    ]
    electors = pd.Series(rng.lognormal(7, 0.4, len(areas)), areas.index)
    return [MapLevel("prov", "Prov", areas, values, electors=electors)], layers


ENDS = {"low": 0.9, "high": 1.1}


def plain_size(areas: gpd.GeoDataFrame, folder: Path) -> float:
    """Return the bytes of plain Folium's page of one layer, beyond an empty page's."""
    value = pd.Series(np.arange(len(areas), dtype=float), areas.index)
    frame = areas[["area_name", "geometry"]].assign(value=value).reset_index()
    map_ = folium.Map(location=[59.3, 18.0])
    folium.Choropleth(
        geo_data=frame.to_crs(4326).to_json(),
        data=frame,
        columns=["area_code", "value"],
        key_on="feature.properties.area_code",
        fill_color="YlGnBu",
    ).add_to(map_)
    tip = folium.GeoJsonTooltip(["area_name", "value"])
    folium.GeoJson(frame.to_crs(4326).to_json(), tooltip=tip).add_to(map_)
    path = folder / "plain.html"
    map_.save(path)
    return path.stat().st_size


PEER = """<!DOCTYPE html><meta charset="utf-8"><style>{css}#map {{ height: 100vh }}</style>
<div id="map"></div><select id="layer">{options}</select><script>{leaflet}</script><script>
const data = {data};
const colours = ["#f9f1b4", "#a6d68a", "#4bab8c", "#2f7a94", "#3f4a88", "#3a0d52"];
const map = L.map("map", {{ preferCanvas: true }});
const limits = {limits};
let shown = 0;
const style = ({{ properties }}) => {{
  const value = properties.v[shown];
  const place = limits[shown].filter((one) => value >= one).length;
  const fillColor = value === null ? "#ddd" : colours[place];
  return {{ fillColor, fillOpacity: 1, color: "#fff", weight: 0.6 }};
}};
const layer = L.geoJSON(data[data.length - 1], {{ style, smoothFactor: 0 }}).addTo(map);
layer.bindTooltip((one) => one.feature.properties.n);
map.fitBounds(layer.getBounds());
document.getElementById("layer").addEventListener("change", (event) => {{
  shown = Number(event.target.value);
  layer.setStyle(style);
}});
document.documentElement.dataset.ready = "true";
performance.mark("ready");
</script>"""


def shapes_once(content: Content, folder: Path) -> Path:
    """Write the page that draws the same shapes with Leaflet's canvas, and return it."""
    levels, layers = content
    shapes, sets = draw_levels(levels), []
    limits = [(layer.limits or layer_limits(layer, levels[0].values))[0] for layer in layers]
    for level in sorted(levels, key=lambda level: len(level.areas)):
        figures = level.values[[layer.column for layer in layers]].astype(float).round(4)
        listed = figures.astype(object).where(figures.notna(), None).to_numpy().tolist()
        frame = gpd.GeoDataFrame(
            {"n": level.areas["area_name"], "v": listed},
            geometry=shapely.set_precision(shapes[level.key].to_numpy(), 1e-5, mode="pointwise"),
            crs=4326,
        )
        sets.append(frame.to_json(drop_id=True, separators=(",", ":")))
    stock = files("xstatic.pkg.leaflet") / "data"
    options = "".join(f"<option value={n}>{n}</option>" for n in range(len(layers)))
    html = PEER.format(
        css=(stock / "leaflet.css").read_text(encoding="utf-8"),
        leaflet=(stock / "leaflet.js").read_text(encoding="utf-8"),
        data=f"[{','.join(sets)}]",
        limits=json.dumps(limits),
        options=options,
    )
    path = folder / "shapes-once.html"
    path.write_text(html, encoding="utf-8")
    return path


def rows(browser: Browser, title: str, path: Path, content: Content, repeat: int) -> Iterator[str]:
    """Yield the map's row of the table, and that of the same shapes on Leaflet's canvas."""
    levels, layers = content
    finest = max(levels, key=lambda level: len(level.areas)).areas
    peer = shapes_once(content, path.parent)
    plain = len(layers) * plain_size(finest, path.parent) / 1e6
    size, once = path.stat().st_size / 1e6, peer.stat().st_size / 1e6
    ratios = [f"{plain:.0f}", f"{plain / size:.0f}", f"{once:.2f}", f"{once / size:.1f}"]
    for name, file, cells in (
        (title, path, [f"{size:.2f}", *ratios]),
        ("the same shapes on Leaflet's canvas", peer, [f"{once:.2f}", "", "", "", ""]),
    ):
        desktop = [measured(browser, file, DESKTOP, slowed=1) for _ in range(repeat)]
        phone = [measured(browser, file, PHONE, slowed=4) for _ in range(repeat)]
        for what in (0, 1):
            for loads in (desktop, phone):
                cells.append(f"{statistics.median(load[what] for load in loads):.0f}")
        cells += [f"{statistics.median(load[what] for load in desktop):.0f}" for what in (2, 3)]
        yield f"| {' | '.join([name, *cells])} |"


def measured(
    browser: Browser, path: Path, device: dict, *, slowed: int
) -> tuple[float, float, float, float]:
    """Return milliseconds until ready, of a switch and between frames of a pan, and MB of heap."""
    context = browser.new_context(**device)
    page = context.new_page()
    session = context.new_cdp_session(page)
    if slowed > 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    # The real county's small areas, the most that it has.
    page.goto(f"{path.as_uri()}#omr=deso_2018")
    page.locator("html[data-ready]").wait_for(state="attached", timeout=180_000)
    ready = page.evaluate("performance.getEntriesByName('ready')[0].startTime")
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    switches = [page.evaluate(SWITCH, place) for place in (3, 4, 0)]
    pan = panned(page) if slowed == 1 else 0.0
    context.close()
    return ready, statistics.median(switches), pan, heap


def panned(page: Page) -> float:
    """Return the median time between two frames while the map is dragged."""
    page.evaluate(FRAMES)
    page.mouse.move(400, 500)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(400 - 4 * step, 500 - 2 * step)
    page.mouse.up()
    return float(statistics.median(page.evaluate("window.frames_")))


if __name__ == "__main__":
    main()
