"""What is wrong in a file that election staff edit: where, what was found, and what was meant."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from geoprio.config.lines import Place
from geoprio.errors import ConfigError, join_faults


@dataclass(frozen=True)
class Fault:
    """One fault of a file."""

    kind: Literal["unknown_key", "missing", "wrong", "own"]
    place: Place = ()
    line: int | None = None
    wants: tuple[str, ...] = ()
    """What may stand there: names of texts `want_*`, whose blanks `limits` fills."""
    limits: Mapping[str, object] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    """The words that may stand there, where they are few enough to tell."""
    found: str = ""
    near: str = ""
    """The nearest of the words."""
    words: str = ""
    """What a model says in words of its own, in English."""

    def told(self, language: Literal["sv", "en"] = "en") -> str:
        """Return the fault as one line."""
        # The catalogue of texts needs pandas; who makes no faults does not wait for it.
        from geoprio.texts import text

        parts = {
            "wants": text("fault_or", language).join(self._wants(language)),
            "found": self.found,
            "known": ", ".join(self.known),
            "near": self.near,
        }
        said = [self.words if self.kind == "own" else text(f"fault_{self.kind}", language)]
        said += [
            text(f"fault_{part}", language).format(words) for part, words in parts.items() if words
        ]
        line = text("fault_line", language).format(self.line) if self.line else ""
        where = ".".join(map(str, self.place))
        heads = ", ".join(part for part in (line, where) if part)
        return ": ".join(part for part in (heads, "; ".join(filter(None, said))) if part)

    def _wants(self, language: Literal["sv", "en"]) -> list[str]:
        from geoprio.texts import TEXTS, text

        keys = [f"want_{want}" for want in self.wants]
        if not TEXTS.keys() >= set(keys):
            return [self.words]
        return [text(key, language).format(**self.limits) for key in keys]


class RefusedError(ValueError):
    """What a model raises of keys that do not fit together: all of it at once."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def refusal(name: str, faults: Collection[Fault]) -> ConfigError:
    """Return the error of a file with faults, in the order of their lines."""
    ordered = sorted(faults, key=lambda fault: fault.line or 0)
    return ConfigError(
        join_faults(f"{name}: {len(faults)} fault(s)", (it.told() for it in ordered))
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one was meant to be; empty where none is near.

    Examples
    --------
    >>> from geoprio.config import nearest
    >>> nearest("Minimumcount", ["minimum_count", "seed"]), nearest("vs", ["en", "sv"])
    ('minimum_count', 'sv')
    """
    folded = {name.casefold(): name for name in known}
    # The ratio counts letters in order: it sees too little in two that changed places.
    swapped = [name for name in folded if sorted(name) == sorted(word.casefold())]
    near = swapped or difflib.get_close_matches(word.casefold(), folded, n=1)
    return folded[near[0]] if near else ""
