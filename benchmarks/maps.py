"""Times the map beside the same shapes on Leaflet's canvas, in turns: opening, switching, heap.

The peer is a page that holds Leaflet, the same shapes as ours and the figures of every layer in one
GeoJSON, drawn by Leaflet's own canvas, and nothing more: no ground, circles, list, legend, card or
search. Ours is the whole page. open: from a blank page until the map has been painted. switch:
another layer, until it is painted. pan: a drag of forty steps. ms by the clock, and `cpu` of
processor time of the page's process (all its threads), which a busy machine changes less; phone:
390 x 844 with touch, its processor slowed four times. heap: JavaScript's, with its buffers, after a
collection, once the map is painted; beside it after each layer has been shown. Each is a median of
`--repeat` loads in a real Chromium, and each ratio the median of the ratios of two loads in a row.

Plain Folium, which is only weighed: a `Choropleth` of each layer and a `GeoJson` with tooltip, at
full precision, as its documentation shows them; its size is that of one layer times the layers.

Run it with `python benchmarks/maps.py [--repeat 7] [--areas 6160 100000]`; the real county's map is
measured where GEOPRIO_RAW is set.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

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
WATCH = """const mark = performance.mark.bind(performance), frame = requestAnimationFrame;
performance.mark = (name) => {
  mark(name);
  if (name === "ready") frame(() => frame(() => { window.painted_ = performance.now(); }));
};"""
"""Notes when a page that says it is ready has been painted."""
PLACES = 2 * [*range(1, 9), 0]
"""The layers that are chosen, one after the other."""
SWITCH = """async (places) => {
  const select = document.getElementById("layer");
  const took = [];
  for (const place of places) {
    const start = performance.now();
    select.value = String(place);
    select.dispatchEvent(new Event("change"));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    took.push(performance.now() - start);
  }
  return took;
}"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--areas", type=int, nargs="*", default=[6160, 100_000])
    options = parser.parse_args()
    chromium = os.environ.get("GEOPRIO_CHROMIUM") or shutil.which("chromium")
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=QUIET)
        for title, path, content in maps(Path(name), options.areas):
            peer = shapes_once(content, path.parent)
            print(f"\n{title}: {sizes(path, peer, content)}\n", flush=True)
            print("| | ours | Leaflet | ratio | asked |\n|---|---|---|---|---|")
            print("\n".join(rows(browser, path, peer, options.repeat)), flush=True)
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


def sizes(path: Path, peer: Path, content: Content) -> str:
    """Return the sizes of the map, of the same shapes in the peer and of plain Folium."""
    levels, layers = content
    finest = max(levels, key=lambda level: len(level.areas)).areas
    ours, once = path.stat().st_size / 1e6, peer.stat().st_size / 1e6
    plain = len(layers) * plain_size(finest, path.parent) / 1e6
    return (
        f"{ours:.2f} MB, {ours / once:.2f} of the peer's {once:.2f} MB (at most 0.60 asked); plain"
        f" Folium {plain:,.0f} MB, {plain / ours:.0f} times as large."
    )


ASKED = {"open": "0.80", "switch": "2.00", "heap": "0.40"}
"""At most, of the peer's."""


def rows(browser: Browser, path: Path, peer: Path, repeat: int) -> Iterator[str]:
    """Yield what was measured of both, a row each, and our part of the peer's."""
    for device, setting, slowed in (("desktop", DESKTOP, 1), ("phone", PHONE, 4)):
        pairs = []
        for turn in range(repeat):
            order = (path, peer) if turn % 2 else (peer, path)
            loads = {file: measured(browser, file, setting, slowed=slowed) for file in order}
            pairs.append((loads[path], loads[peer]))
        for what in pairs[0][0]:
            both = [(ours[what], theirs[what]) for ours, theirs in pairs]
            ratio = statistics.median(ours / theirs for ours, theirs in both)
            ours, theirs = (f"{statistics.median(side):.1f}" for side in zip(*both, strict=True))
            asked = ASKED.get(what.split(",")[0], "")
            yield f"| {device}: {what} | {ours} | {theirs} | {ratio:.2f} | {asked} |"


def measured(browser: Browser, path: Path, device: dict, *, slowed: int) -> dict[str, float]:
    """Return what one load takes: milliseconds by the clock and of the processor, MB of heap."""
    blank = path.with_name("blank.html")
    blank.write_text("<!DOCTYPE html><title>blank</title>", encoding="utf-8")
    context = browser.new_context(**device)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(blank.as_uri())
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    begun = processor_ms(session)
    # The real county's small areas, the most that it has.
    page.goto(f"{path.as_uri()}#omr=deso_2018", timeout=600_000)
    while (opened := told(session, "window.painted_")) is None:
        time.sleep(0.05)
    found = {"open, ms": opened, "open, cpu ms": processor_ms(session) - begun}
    found["heap, MB"] = heap_mb(session)
    begun = processor_ms(session)
    switches = told(session, f"({SWITCH})({PLACES})")
    found |= {
        "switch, ms": statistics.median(switches),
        "switch, cpu ms": (processor_ms(session) - begun) / len(switches),
        "heap after switches, MB": heap_mb(session),
    }
    begun, start = processor_ms(session), time.perf_counter()
    dragged(page)
    told(session, "new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)))")
    found |= {
        "pan, ms": 1e3 * (time.perf_counter() - start),
        "pan, cpu ms": processor_ms(session) - begun,
    }
    context.close()
    return found


def told(session: CDPSession, code: str) -> Any:  # noqa: ANN401
    """Return what code gives in the page; Playwright's own way leaves its helpers in the heap."""
    asked = {"expression": code, "awaitPromise": True, "returnByValue": True}
    return session.send("Runtime.evaluate", asked)["result"].get("value")


def processor_ms(session: CDPSession) -> float:
    """Return the processor time of the page's process, all threads."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1e3 * next(one["value"] for one in metrics if one["name"] == "ProcessTime")


def heap_mb(session: CDPSession) -> float:
    """Return the bytes that are reached: objects and the buffers of typed arrays."""
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return (usage["usedSize"] + usage.get("backingStorageSize", 0.0)) / 1e6


def dragged(page: Page) -> None:
    """Drag the map."""
    page.mouse.move(300, 400)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(300 - 4 * step, 400 - 2 * step)
    page.mouse.up()


if __name__ == "__main__":
    main()
