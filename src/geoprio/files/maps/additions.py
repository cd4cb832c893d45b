"""What an analyst adds to a map: what it loads, where that is at hand, and what would be blank."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import folium
from branca.element import CssLink, Element, Link

from geoprio.errors import ContractError
from geoprio.words import Phrase

RESTYLES = frozenset({"bootstrap", "bootstrap_css"})
"""What Folium links that would only restyle the page around the map."""
ICONS = frozenset(
    (
        *("awesome_markers", "awesome_markers_css", "awesome_rotate_css"),
        *("awesome_markers_font_css", "glyphicons_css"),
    )
)
"""What Folium links for markers with an `Icon` alone."""
MAKES_CODE = "leaflet_measure_js"
"""The one plugin of Folium's that makes functions of texts, which a policy must allow."""
LEAFLET = frozenset({"leaflet", "leaflet_css"})
SHELVES = ("xstatic.pkg.leaflet", "folium")
"""Installed packages that hold files of Leaflet and its plugins."""
PICTURES = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}
_REMOTE = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?(//[^\s"'>]+)""")
_PICTURE = re.compile(r"url\(['\"]?(?!data:)([^)'\"]+)['\"]?\)")
_SOURCE_MAP = re.compile(r"\n?(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")

# Folium's popups are made with `$(...)[0]` alone: that is all there is of it. Clusters ask how near
# a map without tiles can be seen.
SHIM = """L.Map.mergeOptions({ maxZoom: 17 });
window.$ = window.$ || ((html) => {
  if (typeof html !== "string") return { ready: (then) => then() };
  const held = document.createElement("template");
  held.innerHTML = html.trim();
  return [held.content.firstElementChild];
});"""


@dataclass(frozen=True)
class Opened:
    """How a map that may be added to gets what its additions need.

    Attributes
    ----------
    offline
        Whether everything must stand in the page; else it may be got from its hosts.
    folder
        Files of plugins that the user has saved, by the names that they have at their hosts.
    """

    offline: bool = True
    folder: Path | None = None

    def text_of(self, url: str) -> str | None:
        """Return the file of an address from the user's folder or an installed package."""
        name = _name(url)
        own = [] if self.folder is None else [self.folder / name]
        for path in [*own, *_shelved(name)]:
            if path.is_file():
                text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
                return _PICTURE.sub(self._picture, _SOURCE_MAP.sub("", text))
        return None

    def _picture(self, match: re.Match[str]) -> str:
        """Return a picture that a style names, from beside it; none where it is not there."""
        path = None if self.folder is None else self.folder / _name(match[1])
        if path is None or not path.is_file() or path.suffix not in PICTURES:
            return match[0] if match[1].startswith("#") else "none"
        content = base64.b64encode(path.read_bytes()).decode("ascii")
        return f"url(data:{PICTURES[path.suffix]};base64,{content})"


def _name(url: str) -> str:
    return re.split("[?#]", url)[0].rsplit("/", 1)[-1]


def _shelved(name: str) -> Iterator[Traversable]:
    for package in SHELVES:
        for folder in ("data", "templates"):
            yield files(package) / folder / name


def has_additions(map_: Element) -> bool:
    """Return whether anything was added to the map that geoprio made."""
    return bool(map_._children)


def settle_links(map_: Element, header: Element, opened: Opened) -> list[str]:
    """Put the files that additions link into the page; return what its policy must let in.

    That is the origins that it still asks, and `'unsafe-eval'` where a plugin cannot do without.

    Raises
    ------
    ContractError
        Something would be blank: every such addition, and what to do, at once.
    """
    asked = [*_addresses(map_), *_raw(header)]
    urls = {url for _, url in asked}
    for name in _needless(map_, header):
        header._children.pop(name, None)
    hosts, lost = [], []
    for name, link in list(header._children.items()):
        if not isinstance(link, Link) or name in LEAFLET:
            continue
        text = opened.text_of(link.url)
        if text is not None:
            header._children[name] = Within(link, text)
        elif opened.offline:
            lost.append(Phrase("addition_of_host", name=name, url=link.url))
        hosts += [link.url] if text is None else []
    # A file beside the page is read by no browser.
    linked = {str(url) for one in _all(map_) if (url := getattr(one, "embed_link", None))}
    lost += [Phrase("addition_of_host", name="GeoJson", url=url) for url in sorted(linked - urls)]
    if opened.offline:
        lost += [Phrase("addition_of_host", name=name, url=url) for name, url in asked]
    if lost:
        raise ContractError("additions_would_be_blank", lost)
    origins = sorted({_origin(url) for url in [*hosts, *urls]})
    return [*origins, *(["'unsafe-eval'"] if MAKES_CODE in header._children else [])]


def _needless(map_: Element, header: Element) -> frozenset[str]:
    """Return what Folium links and these additions do not use; jQuery's `$` has a stand-in."""
    icons = any(isinstance(one, folium.Icon) for one in _all(map_))
    jquery = any(getattr(one, "embed_link", None) for one in _all(map_)) or any(_raw(header))
    none = frozenset[str]()
    return RESTYLES | (none if icons else ICONS) | (none if jquery else {"jquery"})


class Within(Element):
    """The text of a file in the page, as it is."""

    def __init__(self, link: Link, text: str) -> None:
        super().__init__()
        kind = "style" if isinstance(link, CssLink) else "script"
        self.text = f"<{kind}>{text.replace(f'</{kind}', f'<{chr(92)}/{kind}')}</{kind}>"

    def render(self, **kwargs: object) -> str:  # noqa: ARG002
        """Return the element."""
        return self.text


def _all(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _all(child)
        icon = getattr(child, "icon", None)
        if isinstance(icon, Element):
            yield icon
        for part in ("html", "header", "script"):
            held = getattr(child, part, None)
            if isinstance(held, Element):
                yield from _all(held)


def _addresses(map_: Element) -> Iterator[tuple[str, str]]:
    """Yield the kind and address of every tile, picture and file that additions would ask for."""
    for one in _all(map_):
        options = getattr(one, "options", None)
        icon = options.get("icon_url") if isinstance(options, Mapping) else None
        held = [getattr(one, name, None) for name in ("tiles", "url", "video_url", "embed_link")]
        small = getattr(getattr(one, "tile_layer", None), "tiles", None)
        for url in (*held, icon, small):
            if isinstance(url, str) and re.match(r"(https?:)?//", url):
                yield type(one).__name__, url


def _raw(header: Element) -> Iterator[tuple[str, str]]:
    """Yield what the header's own markup loads, beside its links."""
    for name, child in header._children.items():
        if not isinstance(child, Link | Within):
            for address in _REMOTE.findall(child.render()):
                yield name, f"https:{address}"


def _origin(url: str) -> str:
    """Return the origin of an address; a subdomain that varies is any."""
    host = url.split("//", 1)[1].split("/", 1)[0]
    return f"https://{re.sub('[{][^}]*[}]', '*', host)}"


def marker_pictures(picture: Mapping[str, bytes]) -> str:
    """Return the script that gives Leaflet's own marker its pictures, which its style names."""
    urls = {
        key: f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
        for key, content in picture.items()
    }
    pairs = ", ".join(f'{key}: "{url}"' for key, url in urls.items())
    return f'L.Icon.Default.imagePath = "";\nL.Icon.Default.mergeOptions({{ {pairs} }});'
