"""The page: a Folium map with one element of ours, and the frame of words around it."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import CssLink, Element, Figure, JavascriptLink, Link
from jinja2 import Environment, FunctionLoader, Template
from markupsafe import Markup, escape

from geoprio.errors import GeoprioError
from geoprio.files.folder import write_bytes
from geoprio.files.maps.additions import (
    SHIM,
    Opened,
    has_additions,
    marker_pictures,
    settle_links,
)
from geoprio.files.maps.geometry import WGS84, bounds_of
from geoprio.files.maps.layers import (
    COLOURS,
    MapLayer,
    MapLevel,
    MapPage,
    check_map,
    check_readers,
    colour_of,
)
from geoprio.files.maps.payload import (
    Encoded,
    build_payload,
    encode_levels,
    layer_limits,
    municipality_names,
    pack,
)
from geoprio.files.maps.underlay import Underlay
from geoprio.tables import CRS
from geoprio.words import finalize, table

_LEAFLET_SHA256 = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
}
_KEPT = {"leaflet": "leaflet.js", "leaflet_css": "leaflet.css"}
_DROPPED = frozenset(
    (
        *("jquery", "bootstrap", "awesome_markers", "bootstrap_css", "glyphicons_css"),
        *("awesome_markers_font_css", "awesome_markers_css", "awesome_rotate_css"),
    )
)
_OPENED = re.compile("<(script|style)>")
_IMAGE = re.compile(r"url\((images/[\w-]+\.png)\)")
_EXPLAINED = re.compile(r"^[ ]*(//.*|/\*.*\*/)?\n|^[ ]+", re.MULTILINE)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


class Verbatim(Element):
    """Text that is put on the page as it is.

    branca renders an element's text as a Jinja template; a name holding braces would then be run
    while the page is built.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: object) -> str:  # noqa: ARG002
        """Return the text."""
        return self.text


@cache
def asset(name: str) -> str:
    """Return a file of this folder's `assets`, with line ends as the hashes need them."""
    path = files("geoprio.files.maps") / "assets" / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def inline(header: Element, *, opened: bool = False) -> None:
    """Replace links to other hosts: Leaflet by its own text, what the page does not use by nothing.

    Of an opened map only Leaflet: `settle_links` has judged the rest. Raises GeoprioError: the page
    links something else, or Leaflet is not the release checked.
    """
    for name, child in list(header._children.items()):
        if not isinstance(child, Link):
            continue
        if name in _KEPT:
            header._children[name] = _inlined(child, _KEPT[name], pictures=opened)
        elif name in _DROPPED and not opened:
            del header._children[name]
        elif not opened:
            raise GeoprioError("map_loads_address", url=child.url, name=name)


def content_policy(
    html: str, *, pictures_from: str = "", hosts: Sequence[str] | None = None
) -> str:
    """Return the content security policy that allows only the scripts and styles of `html`.

    Pictures are those in the page, and from one host where a campaign has chosen a base map there.
    With `hosts` (`settle_links`) an analyst has added to the map: these may be asked, and styles
    may stand anywhere.
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _blocks(html):
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        hashes[kind].append(f"'sha256-{digest}'")
    styles, scripts = " ".join(hashes["style"]), " ".join([*hashes["script"], *(hosts or ())])
    asked = " ".join(_origins(hosts))
    if hosts is not None:
        styles, pictures_from = f"'unsafe-inline' {asked}", f"blob: {asked}"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {styles}".strip(),
            f"img-src data: {pictures_from}".strip(),
            f"connect-src {asked or chr(39) + 'none' + chr(39)}",
            *([f"font-src {asked}"] if asked else []),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _origins(hosts: Sequence[str] | None) -> list[str]:
    return [host for host in hosts or () if host.startswith("https:")]


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each script and style: whatever stands between its tags."""
    end = 0
    while opened := _OPENED.search(html, end):
        end = html.index(f"</{opened[1]}>", opened.end())
        yield opened[1], html[opened.end() : end]


def _inlined(link: Link, name: str, *, pictures: bool) -> Verbatim:
    text = _leaflet(name, pictures=pictures)
    if isinstance(link, CssLink):
        return Verbatim(f"<style>{text}</style>")
    if isinstance(link, JavascriptLink) and "</script" not in text:
        return Verbatim(f"<script>{text}</script>")
    raise GeoprioError("not_inside_page", name=name)


def _data_url(match: re.Match[str]) -> str:
    image = (files("xstatic.pkg.leaflet") / "data" / match.group(1)).read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(image).decode('ascii')})"


@cache
def _leaflet(name: str, *, pictures: bool = True) -> str:
    """Return a file of Leaflet with the pictures inside it that additions may show, or without."""
    content = (files("xstatic.pkg.leaflet") / "data" / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != _LEAFLET_SHA256[name]:
        raise GeoprioError(
            "leaflet_changed", name=name, found=found, expected=_LEAFLET_SHA256[name]
        )
    text = content.decode("utf-8").replace("\r\n", "\n")
    if name.endswith(".css"):
        return _IMAGE.sub(_data_url if pictures else "none", text)
    return _SOURCE_MAP.sub("", text)


def explore(areas: gpd.GeoDataFrame, column: str, **options: Any) -> folium.Map:  # noqa: ANN401
    """Return the areas on a map for a notebook, which draws without a network.

    Parameters
    ----------
    areas
        Any areas, such as `Run.geo`.
    column
        Figure or word that they are coloured by; areas where it is unknown are grey.
    **options
        Of `GeoDataFrame.explore`. There is no base map and no legend, which would be fetched.

    Returns
    -------
    map
        A Folium map that holds Leaflet, in a notebook and where it is saved.

    Examples
    --------
    >>> import geoprio as gp
    >>> areas = gp.read_run("data/processed/demo").geo()
    >>> page = gp.explore(areas, "score_canvass", tooltip=["area_name", "score_canvass"])
    >>> "https://" in page.get_root().header.render()
    False
    """
    given = {"tiles": None, "missing_kwds": {"color": "lightgrey"}, **options, "legend": False}
    map_: folium.Map = _escaped(areas).explore(column, **given)
    map_.default_js = [("leaflet", _whole_file("javascript", "leaflet.js"))]
    map_.default_css = [("leaflet_css", _whole_file("css", "leaflet.css"))]
    return map_


def _escaped(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas whose texts are shown as they stand: a tooltip takes them for HTML."""
    texts = areas.drop(columns=areas.geometry.name).select_dtypes(["object", "str"])
    shown = texts.map(lambda cell: str(escape(cell)) if isinstance(cell, str) else cell)
    return areas.assign(**dict(shown.items()))


def _whole_file(kind: str, name: str) -> str:
    """Return a file of Leaflet as an address that holds it."""
    content = base64.b64encode(_leaflet(name).encode("utf-8")).decode("ascii")
    return f"data:text/{kind};base64,{content}"


WIDTH = 720
"""Of the picture, in the page's pixels."""
COARSE = 120.0
"""Simplification in metres: less than a pixel of the picture."""
LEAST = 2_000.0
"""Metres beyond the middles of the outermost areas that are seen, at least."""
FIRST = 20
UNKNOWN, LAND, SEA = "#d5dbe0", "#eceeec", "#cbd9e2"


@dataclass(frozen=True)
class Still:
    """A picture and a list that need no script."""

    picture: Markup
    """An `svg` element."""
    rows: list[tuple[str, str, str]]
    """Place, area with its municipality, and verdict of the first areas."""


def still_of(
    one: Encoded, layer: MapLayer, limits: list[float], names: pd.Series, ground: Underlay | None
) -> Still:
    """Return the still page of one layer on one level; `names` are by municipality code."""
    level = one.level
    values = level.values[layer.column].astype(float)
    places = np.searchsorted(limits, values.to_numpy(), side="right")
    colours = np.array([colour_of(place, len(limits)) for place in range(len(limits) + 1)])
    fills = np.where(values.isna(), UNKNOWN, colours[places])
    kept = one.columns["kept"][one.rows]
    land = None if ground is None or ground.land.empty else ground.land
    window = bounds_of(one.seen)
    return Still(_picture(level.areas, fills, land, kept, window), _rows(level, layer, names))


def _picture(
    areas: gpd.GeoDataFrame,
    fills: np.ndarray,
    land: gpd.GeoSeries | None,
    kept: np.ndarray,
    window: list[list[float]],
) -> Markup:
    (south, west), (north, east) = window
    corners = gpd.GeoSeries(gpd.points_from_xy([west, east], [south, north]), crs=WGS84)
    left, low, right, high = corners.to_crs(CRS).total_bounds
    # A few small areas are seen with what lies around them, not one of them alone.
    pad = max(0.06 * (right - left), LEAST)
    left, low, right, high = left - pad, low - pad, right + pad, high + pad
    scale = WIDTH / (right - left)
    height = round((high - low) * scale)
    shapes = areas.geometry.to_numpy()
    simple = shapely.coverage_simplify(shapes, COARSE)
    # One that vanishes at this size is a speck in the picture anyway.
    seen = shapely.intersects(simple, shapely.box(left, low, right, high))

    def painted(which: np.ndarray) -> list[str]:
        return [
            f'<path fill="{fill}" d="{_outlines(simple[seen & which & (fills == fill)], *at)}"/>'
            for fill in (*COLOURS, UNKNOWN)
            if (seen & which & (fills == fill)).any()
        ]

    at, paths = (left, high, scale), []
    if land is not None:  # as on the map: the sea over the areas, but those that it would take
        whole = f"M0,0h{WIDTH}v{height}h-{WIDTH}z"
        paths = [f'<path fill="{LAND}" d="{whole}"/>', *painted(~kept)]
        sea = whole + _outlines(_shores(land, (left, low, right, high), scale), *at)
        paths.append(f'<path fill="{SEA}" fill-rule="evenodd" stroke="none" d="{sea}"/>')
    paths += painted(kept if land is not None else np.ones(len(kept), bool))
    return Markup(  # every part is a number or a colour of ours
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="presentation" stroke="#fff" stroke-width="0.5">'
        f"{''.join(paths)}</svg>"
    )


def _shores(land: gpd.GeoSeries, box: tuple[float, ...], scale: float) -> np.ndarray:
    """Return the land within a box, without islands of fewer than nine of the picture's pixels."""
    seen = shapely.clip_by_rect(shapely.simplify(land.to_numpy(), COARSE), *box)
    parts = shapely.get_parts(seen)
    large: np.ndarray = parts[shapely.area(parts) * scale**2 >= 9]
    return large


def _outlines(shapes: np.ndarray, left: float, high: float, scale: float) -> str:
    rings = shapely.get_rings(shapely.get_parts(shapes))
    lines = []
    for ring in rings:
        points = (shapely.get_coordinates(ring) - [left, high]) * [scale, -scale]
        whole = np.rint(points[:-1]).astype(int)
        steps = np.diff(whole, axis=0)
        steps = steps[steps.any(axis=1)]
        if len(steps) >= 2:
            moved = "l".join(f"{x},{y}" for x, y in steps)
            lines.append(f"M{whole[0, 0]},{whole[0, 1]}l{moved}z")
    return "".join(lines)


def _rows(level: MapLevel, layer: MapLayer, names: pd.Series) -> list[tuple[str, str, str]]:
    values = level.values
    rank = f"rank_{layer.key}"
    order = values[rank] if rank in values else -values[layer.column]
    first = order.dropna().sort_values(kind="stable").index[:FIRST]
    column = layer.words.get("verdict")
    verdict = values[column] if column else pd.Series("", values.index)
    towns = level.areas["municipality_code"].map(names).astype(object).fillna("")
    where = level.areas["area_name"] + (", " + towns).where(towns != "", "")
    places = order[first] if rank in values else pd.Series(range(1, len(first) + 1), first)
    return [
        (f"{place:.0f}", name, told)
        for place, name, told in zip(places, where[first], verdict[first], strict=True)
    ]


_SCRIPTS = (
    *("text", "shapes", "scores", "classes", "origins", "shades", "verdict", "plan", "agenda"),
    *(
        "ground",
        "underlay",
        "people",
        "circles",
        "drawing",
        "labels",
        "legend",
        "card",
        "calculation",
    ),
    *("list", "search", "find", "filters", "trial", "table", "csv", "selection", "address"),
    *("headline", "sheet", "view", "main"),
)
_WITHOUT_SCRIPT = f"<noscript><style>{asset('still.css')}</style></noscript>"
_FOLIUM_VIEWPORT = (
    '<meta name="viewport" content="width=device-width,\n'
    '                initial-scale=1.0, maximum-scale=1.0, user-scalable=no" />'
)


def build_map(
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    *,
    page: MapPage,
    drawn: Mapping[str, gpd.GeoSeries] | None = None,
) -> folium.Map:
    """Return the map: the first level is the scored one and sets the class limits of all.

    Shapes are sent once per level, never per layer; the first layer is shown when the page opens.
    `drawn` is what `draw_levels` gives, where that is at hand. Raises ContractError with every
    fault: frames, layers and page do not fit together, or its readers may not see something.
    """
    check_map(levels, layers, page.outline)
    check_readers(levels, layers, page)
    return _map(encode_levels(levels, layers, drawn, ground=page.ground), layers, page)


def build_maps(
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    *,
    pages: Iterable[MapPage],
    drawn: Mapping[str, gpd.GeoSeries] | None = None,
) -> Iterator[folium.Map]:
    """Yield the map of each association's page: its own areas alone, of a whole county's levels.

    Shapes and class limits are the county's, so that two associations' maps can be laid side by
    side. A level without areas of the association is left out of its map. Else as `build_map`.
    """
    limited = [
        replace(layer, limits=layer.limits or layer_limits(layer, levels[0].values))
        for layer in layers
    ]
    encoded: list[Encoded] = []
    ground = None
    for page in pages:
        if not encoded:
            check_map(levels, layers, page.outline)
            encoded = encode_levels(levels, layers, drawn, ground=page.ground)
            ground = page.ground and page.ground.thinned
        own = [level.own(page.association) for level in encoded]
        kept = [one for one in own if len(one.rows)]
        check_readers([one.level for one in kept], layers, page)
        around = ground and ground.around(kept[0].level.areas)
        yield _map(kept, limited, replace(page, ground=around))


def _map(encoded: Sequence[Encoded], layers: Sequence[MapLayer], page: MapPage) -> folium.Map:
    levels = [one.level for one in encoded]
    names = municipality_names(page)
    payload = build_payload(encoded, layers, page, names)
    (south, west), (north, east) = payload["view"]
    map_ = AreaMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        attribution_control=False,
        zoom_snap=0.5,
        zoom_delta=1,
    )
    map_._id = "areas"
    figure = PageFigure(
        page,
        payload,
        question=layers[0].question,
        methods=[(layer.title, levels[0].note(layer)) for layer in layers],
        still=still_of(encoded[0], layers[0], payload["layers"][0]["limits"], names, page.ground),
    )
    figure.add_child(map_)
    return map_


class AreaMap(folium.Map):
    """Folium's map, which is written whole or not at all."""

    def save(self, outfile: Any, close_file: bool = True, **kwargs: object) -> None:  # noqa: ANN401
        """Write the page to a file, as Folium does; ContractError: parts of it would be blank."""
        if isinstance(outfile, str | Path):
            write_bytes(Path(outfile), render_map(self))
        else:
            super().save(outfile, close_file, **kwargs)


def save_map(map_: folium.Map, path: Path) -> None:
    """Write the page to one file that needs no other; equal maps give equal bytes."""
    write_bytes(path, render_map(map_))


def render_map(map_: folium.Map) -> bytes:
    """Return the page as one file that needs no other; equal maps give equal bytes."""
    return str(map_.get_root().render()).encode()


class PageFigure(Figure):
    """A page with language, title, landmarks and a policy that lets nothing in or out."""

    def __init__(self, page: MapPage, payload: dict[str, Any], **around: object) -> None:
        super().__init__(title=page.title)
        self._id = "page"
        self.page = page
        self.opened = Opened()
        self.payload = payload
        self.around = around

    def _add_panel(self, map_name: str) -> None:
        """Add data, program, style and controls: what Folium itself has no element for."""
        panel = _template("panel.html").render(
            words=table("page", self.page.language), page=self.page
        )
        data = f'<script type="application/gzip" id="data">{pack(self.payload)}</script>'
        program = "\n".join(_bare(f"{name}.js") for name in _SCRIPTS)
        parts = {
            self.header: f"<style>\n{_bare('map.css')}</style>",
            self.html: panel + data,
            self.script: f'(async function () {{\n"use strict";\n{_bare("boot.js")}\n'
            f"const data = await unpack();\nif (!data) return;\n{program}\n"
            f"startPage({map_name});\n}})();",
        }
        for place, text in parts.items():
            place.add_child(Verbatim(text), name="panel")

    def _add_stand_ins(self) -> None:
        """Add what additions take for granted: Leaflet's marker, and `$`."""
        images = files("xstatic.pkg.leaflet") / "data" / "images"
        names = {
            "iconUrl": "marker-icon",
            "iconRetinaUrl": "marker-icon-2x",
            "shadowUrl": "marker-shadow",
        }
        pictures = {key: (images / f"{name}.png").read_bytes() for key, name in names.items()}
        text = f"<script>{SHIM}\n{marker_pictures(pictures)}</script>"
        # Among the map's own scripts, so that Leaflet is there.
        self.header.add_child(Verbatim(text), name="stand_ins")

    def render(self, **kwargs: object) -> str:
        """Return the whole page as text, everything it needs inside it.

        Raises ContractError: something that was added would be blank; see `settle_links`.
        """
        hosts: list[str] | None = None
        for child in self._children.values():
            child.render(**kwargs)
            self._add_panel(child.get_name())
            if has_additions(child):
                hosts = settle_links(child, self.header, self.opened)
                self._add_stand_ins()
        inline(self.header, opened=hosts is not None)
        head = _zoomable(self.header.render(**kwargs)) + _WITHOUT_SCRIPT
        script = f"<script>\n{self.script.render(**kwargs)}\n</script>"
        html: str = _template("page.html").render(
            page=self.page,
            **self.around,
            words=table("page", self.page.language),
            policy=content_policy(
                head + script,
                pictures_from=self.page.online_base.host if self.page.online_base else "",
                hosts=hosts,
            ),
            hosts=", ".join(_origins(hosts)),
            head=Markup(head),
            body=Markup(self.html.render(**kwargs)),
            script=Markup(script),
        )
        return html


@cache
def _bare(name: str) -> str:
    """Return an asset, a program or a style without indents and without the lines that explain it.

    They are a sixth of it, and stand in this folder's `assets`. No text there goes over a line.
    """
    return _EXPLAINED.sub("", asset(name))


def _zoomable(head: str) -> str:
    """Take away Folium's viewport, which forbids readers to enlarge the page; ours allows it."""
    if _FOLIUM_VIEWPORT not in head:
        raise GeoprioError("viewport_not_found")
    return head.replace(_FOLIUM_VIEWPORT, "")


@cache
def _template(name: str) -> Template:
    pages = Environment(autoescape=True, finalize=finalize, loader=FunctionLoader(asset))
    return pages.get_template(name)
