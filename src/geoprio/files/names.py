"""What people call things, made harmless: as a file name, and as text inside Markdown."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for its devices."""
LONGEST = 60


def safe_name(name: str) -> str:
    """Return the file name of one name, without suffix: `a-z`, `0-9` and `-` alone."""
    signs = unicodedata.normalize("NFKD", name).lower()
    letters = "".join(sign for sign in signs if not unicodedata.combining(sign))
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].strip("-")
    return f"{plain or 'utan-namn'}-x" if not plain or RESERVED.match(plain) else plain


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name by name, no two alike.

    Letters lose their accents (å and ä become a, ö becomes o); whatever else becomes one `-`. Of
    names that would give the same, the later in alphabetical order get a number.
    """
    safe: dict[str, str] = {}
    for name in sorted(set(names)):
        plain = safe_name(name)
        options = (plain, *(f"{plain}-{n}" for n in range(2, len(safe) + 3)))
        safe[name] = next(option for option in options if option not in safe.values())
    return safe


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
