"""A paper that people print: one text, as an HTML page and as a tagged PDF of A4 pages."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from geoprio.errors import ConfigError
from geoprio.files.maps.page import content_policy
from geoprio.words import Language, finalize, straight

POLICY = "content-policy"
"""What stands in a page until it is known what it holds."""
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
    dense: bool = False
    """What is looked up rather than read, in small letters; a small map."""


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
    told = {"language": paper.language, "title": paper.title, "marks": paper.marks}
    return render_template("geoprio.files/paper.html", paper=paper, drawn=_drawn, **told)


def render_template(name: str, /, **values: object) -> bytes:
    """Return a page of a template, which has its package before it and extends `page.html`.

    It shows `title`, `language` and `marks`; of styles and scripts its own alone are allowed.
    """
    html = _templates().get_template(name).render(policy=POLICY, **values)
    return html.replace(POLICY, content_policy(html), 1).encode()


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
            _source("geoprio.files/paper.typ").encode(),
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
    package, _, file = name.rpartition("/")
    return files(package).joinpath(file).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _templates() -> Environment:
    return Environment(autoescape=True, finalize=finalize, loader=FunctionLoader(_source))
