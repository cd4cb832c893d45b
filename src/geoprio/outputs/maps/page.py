"""The page: a Folium map with one element of ours, and the frame of words around it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure, MacroElement
from jinja2 import Environment, FunctionLoader, Template
from markupsafe import Markup

from geoprio.errors import GeoprioError
from geoprio.outputs.atomic import write_bytes
from geoprio.outputs.maps.inline import Verbatim, asset, content_policy, inline
from geoprio.outputs.maps.layers import MapLayer, MapLevel, MapPage, check_map
from geoprio.outputs.maps.payload import build_payload, municipality_names, pack
from geoprio.outputs.maps.still import Still, still_of
from geoprio.outputs.maps.words import TEXTS

_SCRIPTS = (
    "text.js",
    "shapes.js",
    "scores.js",
    "classes.js",
    "shades.js",
    "verdict.js",
    "ground.js",
    "drawing.js",
    "labels.js",
    "legend.js",
    "card.js",
    "calculation.js",
    "list.js",
    "search.js",
    "filters.js",
    "trial.js",
    "table.js",
    "csv.js",
    "address.js",
    "view.js",
    "main.js",
)
_WITHOUT_SCRIPT = f"<noscript><style>{asset('still.css')}</style></noscript>"
_FOLIUM_VIEWPORT = (
    '<meta name="viewport" content="width=device-width,\n'
    '                initial-scale=1.0, maximum-scale=1.0, user-scalable=no" />'
)


def build_map(
    levels: Sequence[MapLevel], layers: Sequence[MapLayer], *, page: MapPage
) -> folium.Map:
    """Return the map: the first level is the scored one and sets the class limits of all.

    Parameters
    ----------
    levels
        Sets of areas to choose between; shapes are sent once per level, never per layer.
    layers
        Ways to colour them; the first is shown when the page opens.
    page
        The words around the map.

    Raises
    ------
    ContractError
        The frames, layers and page do not fit together; every fault at once.
    """
    check_map(list(levels), list(layers), page)
    payload = build_payload(list(levels), list(layers), page)
    (south, west), (north, east) = payload["view"]
    map_ = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        attribution_control=False,
        zoom_snap=0.5,
        zoom_delta=1,
    )
    map_._id = "areas"
    map_.add_child(AreaPanel(payload, page))
    methods = [(layer.title, levels[0].note(layer)) for layer in layers]
    limits = payload["layers"][0]["limits"]
    still = still_of(levels[0], layers[0], limits, municipality_names(list(levels), page))
    figure = PageFigure(page, question=layers[0].question, methods=methods, still=still)
    figure.add_child(map_)
    return map_


def save_map(map_: folium.Map, path: Path) -> None:
    """Write the page to one file that needs no other; equal maps give equal bytes.

    Raises
    ------
    GeoprioError
        The map links something that cannot be inlined, or the file cannot be written.
    """
    write_bytes(path, render_map(map_))


def render_map(map_: folium.Map) -> bytes:
    """Return the page as one file that needs no other; equal maps give equal bytes.

    Raises
    ------
    GeoprioError
        The map links something that cannot be inlined.
    """
    return str(map_.get_root().render()).encode()


class AreaPanel(MacroElement):
    """Data, program, style and controls: what Folium itself has no element for."""

    def __init__(self, payload: dict[str, Any], page: MapPage) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "AreaPanel"
        self._id = "areas"
        self.payload = payload
        self.page = page

    def render(self, **kwargs: object) -> str:  # noqa: ARG002
        """Put the parts in the page's header, body and script; there is no text of its own."""
        figure, parent, name = self.get_root(), self._parent, self.get_name()
        if parent is None or not isinstance(figure, Figure):
            message = "The panel stands on no map; build the page with build_map."
            raise GeoprioError(message)
        panel = _template("panel.html").render(words=TEXTS[self.page.language], page=self.page)
        data = f'<script type="application/gzip" id="data">{pack(self.payload)}</script>'
        program = "\n".join(map(asset, _SCRIPTS))
        start = f"startPage({parent.get_name()});"
        figure.header.add_child(Verbatim(f"<style>\n{asset('map.css')}</style>"), name=name)
        figure.html.add_child(Verbatim(panel + data), name=name)
        figure.script.add_child(
            Verbatim(
                f'(async function () {{\n"use strict";\n{asset("boot.js")}\n'
                f"const data = await unpack();\nif (!data) return;\n{program}\n{start}\n}})();"
            ),
            name=name,
        )
        return ""


class PageFigure(Figure):
    """A page with language, title, landmarks and a policy that lets nothing in or out."""

    def __init__(
        self, page: MapPage, *, question: str, methods: Sequence[tuple[str, str]], still: Still
    ) -> None:
        super().__init__(title=page.title)
        self._id = "page"
        self.page = page
        self.question = question
        self.methods = tuple(methods)
        self.still = still

    def render(self, **kwargs: object) -> str:
        """Return the whole page as text, everything it needs inside it."""
        for child in self._children.values():
            child.render(**kwargs)
        inline(self.header)
        head = _zoomable(self.header.render(**kwargs)) + _WITHOUT_SCRIPT
        script = f"<script>\n{self.script.render(**kwargs)}\n</script>"
        html: str = _template("page.html").render(
            page=self.page,
            question=self.question,
            methods=self.methods,
            still=self.still,
            words=TEXTS[self.page.language],
            policy=content_policy(
                head + script,
                pictures_from=self.page.online_base.host if self.page.online_base else "",
            ),
            head=Markup(head),
            body=Markup(self.html.render(**kwargs)),
            script=Markup(script),
        )
        return html


def _zoomable(head: str) -> str:
    """Take away Folium's viewport, which forbids readers to enlarge the page; ours allows it."""
    if _FOLIUM_VIEWPORT not in head:
        message = (
            "Folium's viewport is not where it was; the page would forbid zooming. Pin folium."
        )
        raise GeoprioError(message)
    return head.replace(_FOLIUM_VIEWPORT, "")


@cache
def _template(name: str) -> Template:
    return Environment(autoescape=True, loader=FunctionLoader(asset)).get_template(name)
