"""Text of people's own, such as names, inside Markdown: shown letter by letter, never obeyed."""

import re
import unicodedata
from collections.abc import Sequence

_OBEYED = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})


def one_line(words: str) -> str:
    """Return text without line breaks, control characters and signs that nobody sees."""
    kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFC", words)]
    seen = "".join(" " if kind in _BREAKS else sign for sign, kind in kinds if kind not in _UNSEEN)
    return " ".join(part for part in seen.split(" ") if part)


def escaped(words: str) -> str:
    """Return text as Markdown that shows it as it is, on one line."""
    return _OBEYED.sub(r"\\\1", one_line(words))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; every cell is shown as it is."""
    lines = [headings, ["---"] * len(headings), *rows]
    return [
        f"| {' | '.join(cell if cell == '---' else escaped(cell) for cell in line)} |"
        for line in lines
    ]
