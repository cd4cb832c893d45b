"""A paper that people print: one text, as an HTML page and as a tagged PDF of A4 pages."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jinja2 import Environment, Template
from markupsafe import Markup

from geoprio.errors import ConfigError
from geoprio.words import Language, finalize, straight

Kind = Literal["heading", "text", "box", "list", "steps", "table", "maps", "blank", "page"]


@dataclass(frozen=True)
class Picture:
    """A map with its words; whoever cannot see it has `alt`."""

    svg: str
    title: str
    alt: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Block:
    """One part of a paper."""

    kind: Kind
    text: str = ""
    """Heading, paragraph, first line of a box, or heading of a table."""
    items: Sequence[str] = ()
    """Lines of a box or a list; what is to be written by hand after each."""
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Paper:
    """What a paper says, from top to bottom."""

    language: Language
    title: str
    lead: str
    """Status and basis, below the title."""
    blocks: Sequence[Block]
    foot: str
    """What the figures are about, last and at the foot of each printed page."""
    marks: Sequence[str] = field(default_factory=tuple)


def render_page(paper: Paper) -> bytes:
    """Return a paper as one HTML file that runs nothing and asks nobody for anything."""
    shown = _template().render(paper=paper, drawn=_drawn)
    return shown.encode()


def render_pdf(paper: Paper) -> bytes:
    """Return a paper as a tagged PDF (PDF/UA-1); equal papers give equal bytes.

    Raises
    ------
    ConfigError
        Typst, which the extra `pdf` brings, is not installed.
    """
    try:
        # An extra, and heavy: who makes no PDF does without.
        import typst
    except ImportError:
        raise ConfigError("pdf_without_typst") from None
    given = json.dumps(_straight(asdict(paper)), ensure_ascii=False)

    def compiled(standards: Literal["ua-1"] | None) -> bytes:
        made: bytes = typst.compile(
            _source("paper.typ").encode(),
            sys_inputs={"paper": given},
            ignore_system_fonts=True,
            pdf_standards=standards,
        )
        return made

    try:
        return compiled("ua-1")
    except typst.TypstError:
        # A sign that its letters lack, as in a name, is no reason to have no paper.
        return compiled(None)


def _straight(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    if isinstance(value, dict):
        return {key: _straight(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_straight(one) for one in value]
    return straight(value) if isinstance(value, str) else value


def _drawn(picture: Picture) -> Markup:
    """Return a map, which geoprio drew and escaped itself, as a part of the page."""
    return Markup(picture.svg)


def _source(name: str) -> str:
    return files("geoprio.files").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    return Environment(autoescape=True, finalize=finalize).from_string(_source("paper.html"))
