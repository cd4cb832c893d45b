"""A page of Markdown, on which what people have written is shown as it is."""

import re
from collections.abc import Iterable, Sequence

from geoprio.words import one_line

_OBEYED = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


class Marked(str):
    """Text that is Markdown already; any other is escaped when it comes on a page."""

    __slots__ = ()


def escaped(words: str) -> Marked:
    """Return text as Markdown that shows it as it is, on one line."""
    return words if isinstance(words, Marked) else Marked(_OBEYED.sub(r"\\\1", one_line(words)))


def heading(words: str) -> Marked:
    """Return a heading of the second level."""
    return Marked(f"## {escaped(words)}")


def bullets(items: Iterable[str]) -> Marked:
    """Return a list; without items it is empty."""
    return Marked("\n".join(f"- {escaped(item)}" for item in items))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Marked:
    """Return a table."""
    lines = [headings, [Marked("---")] * len(headings), *rows]
    return Marked("\n".join(f"| {' | '.join(map(escaped, line))} |" for line in lines))


def page(title: str, mark: str | None, parts: Iterable[str]) -> bytes:
    """Return a page: its title, the mark where it belongs, and the parts that are not empty."""
    marks = [Marked(f"**{escaped(mark)}**")] if mark else []
    shown = [Marked(f"# {escaped(title)}"), *marks, *map(escaped, filter(None, parts))]
    return ("\n\n".join(shown) + "\n").encode()
