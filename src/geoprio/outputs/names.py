"""File names made of what people call things: any name, also a hostile one, gives a plain one."""

import re
import unicodedata
from collections.abc import Iterable

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for its devices."""
LONGEST = 60


def safe_name(name: str) -> str:
    """Return the file name of one name, as `safe_names` gives it."""
    return _plain(name)


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name without suffix by name: `a-z`, `0-9` and `-` alone, no two alike.

    Letters lose their accents (å and ä become a, ö becomes o); whatever else becomes one `-`. Of
    names that would give the same, the later in alphabetical order get a number.
    """
    safe: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        plain = _plain(name)
        chosen = next(
            option
            for option in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3)))
            if option not in taken
        )
        taken.add(chosen)
        safe[name] = chosen
    return safe


def _plain(name: str) -> str:
    signs = unicodedata.normalize("NFKD", name).lower()
    letters = "".join(sign for sign in signs if not unicodedata.combining(sign))
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].strip("-")
    return f"{plain or 'utan-namn'}-x" if not plain or RESERVED.match(plain) else plain
