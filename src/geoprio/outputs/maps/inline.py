"""Everything a page needs, inside it: no request leaves the file, and no other script may run."""

import base64
import hashlib
import re
from importlib.resources import files

from branca.element import CssLink, Element, JavascriptLink, Link

from geoprio.errors import GeoprioError

_LEAFLET_SHA256 = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
}
_KEPT = {"leaflet": "leaflet.js", "leaflet_css": "leaflet.css"}
_DROPPED = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)
_BLOCK = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_IMAGE = re.compile(r"url\((images/[\w-]+\.png)\)")
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


def asset(name: str) -> str:
    """Return a file of this folder's `assets`, with line ends as the hashes need them."""
    path = files("geoprio.outputs.maps") / "assets" / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def inline(header: Element) -> None:
    """Replace links to other hosts: Leaflet by its own text, what the page does not use by nothing.

    Raises
    ------
    GeoprioError
        The page links something unknown here, or Leaflet is not the release that was checked.
    """
    for name, child in list(header._children.items()):
        if not isinstance(child, Link):
            continue
        if name in _DROPPED:
            del header._children[name]
        elif name in _KEPT:
            header._children[name] = _inlined(child, _KEPT[name])
        else:
            message = (
                f"The map would load {child.url} when it is opened ({name}); expected only Leaflet."
                " Remove the plugin that adds it, or inline its file."
            )
            raise GeoprioError(message)


def content_policy(html: str, *, pictures_from: str = "") -> str:
    """Return the content security policy that allows only the scripts and styles of `html`.

    Pictures are those in the page, and from one host where a campaign has chosen a base map there.
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _BLOCK.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        hashes[kind].append(f"'sha256-{digest}'")
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(hashes['script'])}",
            f"style-src {' '.join(hashes['style'])}",
            f"img-src data: {pictures_from}".strip(),
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _inlined(link: Link, name: str) -> Verbatim:
    text = _leaflet(name).decode("utf-8").replace("\r\n", "\n")
    if isinstance(link, CssLink):
        return Verbatim(f"<style>{_IMAGE.sub(_data_url, text)}</style>")
    if isinstance(link, JavascriptLink) and "</script" not in text:
        return Verbatim(f"<script>{_SOURCE_MAP.sub('', text)}</script>")
    message = f"{name}: cannot be put inside a page"
    raise GeoprioError(message)


def _data_url(match: re.Match[str]) -> str:
    image = (files("xstatic.pkg.leaflet") / "data" / match.group(1)).read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(image).decode('ascii')})"


def _leaflet(name: str) -> bytes:
    content = (files("xstatic.pkg.leaflet") / "data" / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != _LEAFLET_SHA256[name]:
        message = (
            f"{name} of xstatic-leaflet: found sha256 {found}; expected {_LEAFLET_SHA256[name]}."
            " Install xstatic-leaflet==1.9.3.0 again."
        )
        raise GeoprioError(message)
    return content
