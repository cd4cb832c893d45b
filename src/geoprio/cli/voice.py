"""How a command speaks: in which language, how much, and in lines or as one JSON document."""

import json
import locale
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, get_args

import typer

from geoprio.errors import ConfigError
from geoprio.words import Language, text

FINE = 0
WANTING = 1
"""Something was checked, and it lacks something or differs."""
MEND = 2
"""Something that the user can mend: a file, a setting, or the command line."""
OWN_FAULT = 70
"""A fault of geoprio's own, told with its traceback; Python's 1 would mean `WANTING`."""
STOPPED = 130
"""Ctrl-C, by the shells' custom."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
VARIABLE = "GEOPRIO_LANG"
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables that say the computer's language; the first that is set."""


@dataclass
class Voice:
    """Says what a command has to say, as the command line asks."""

    language: Language
    """Of what is said."""
    written: Language = "sv"
    """Of the files that are written: never by the computer's language, which would make a nightly
    run write other files than a person's."""
    quiet: bool = False
    as_json: bool = False
    command: str = ""
    stopped: str = "stopped"
    """What to say at Ctrl-C, by its name in the catalogue."""
    data: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def speaks(self) -> bool:
        """Whether lines are wanted."""
        return not self.quiet and not self.as_json

    @property
    def shows_progress(self) -> bool:
        """Whether somebody looks at what long work is doing."""
        return self.speaks and sys.stderr.isatty()

    def words(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the language spoken."""
        return text(key, self.language, **values)

    def say(self, line: str) -> None:
        """Say a line; in JSON only if the command gives nothing of its own with `give`."""
        self.lines.append(line)
        if self.speaks:
            typer.echo(line)

    def warn(self, message: str) -> None:
        """Say something that people must judge, `--quiet` or not."""
        self.warnings.append(message)
        if not self.as_json:
            typer.echo(self.words("warning", message=message), err=True)

    def give(self, **data: object) -> None:
        """Give what the command found or made, for the JSON document."""
        self.data |= data

    def end(self, code: int, *, kind: str = "", message: str = "") -> int:
        """Tell what went wrong, if anything did, write the document, and return the code."""
        if self.as_json:
            document = {"command": self.command, "exit_code": code}
            told = self.data or ({"lines": self.lines} if self.lines else {})
            fault = {"error": {"kind": kind, "message": message}} if kind else {}
            whole = document | told | {"warnings": self.warnings} | fault
            typer.echo(json.dumps(whole, ensure_ascii=False, indent=2, default=str))
        elif code != FINE and message:
            typer.echo(message, err=True)
        return code


def voice_for(line: Sequence[str], environment: Mapping[str, str]) -> Voice:
    """Return the voice that a command line asks for, wherever on the line it does.

    It is found before the line is read, for help and faults of the line are told by it too.

    Raises
    ------
    BadParameter, ConfigError
        `--lang` or `GEOPRIO_LANG` is no language that geoprio knows.
    """
    words = list(line[: line.index("--")]) if "--" in line else list(line)
    chosen = _asked(words, environment.get(VARIABLE, ""))
    return Voice(
        language=chosen or of_computer(environment),
        written=chosen or "sv",
        quiet="--quiet" in words,
        # Help is for people: it is never a document.
        as_json="--json" in words and "--help" not in words,
    )


def of_computer(environment: Mapping[str, str]) -> Language:
    """Return Swedish where the computer speaks it, else English."""
    said = next((environment[name] for name in LOCALES if environment.get(name)), None)
    # Windows sets no variable.
    said = said or locale.getlocale()[0] or ""
    return "sv" if said.lower().startswith(("sv", "swedish")) else "en"


def _asked(words: Sequence[str], standing: str) -> Language | None:
    """Return the last language of the line, else the `standing` one of the environment."""
    # A last `--lang` has nothing after it, which typer tells.
    said = [
        following if word == "--lang" else word.removeprefix("--lang=")
        for word, following in zip_longest(words, words[1:])
        if word.startswith("--lang=") or (word == "--lang" and following is not None)
    ]
    for word in said:
        if word not in LANGUAGES:
            known = ", ".join(repr(language) for language in LANGUAGES)
            message = f"{word!r} is not one of {known}."
            raise typer.BadParameter(message, param_hint="'--lang'")
    if not said and standing and standing not in LANGUAGES:
        raise ConfigError(
            "variable_not_language", variable=VARIABLE, named=standing, languages=LANGUAGES
        )
    return next((language for language in LANGUAGES if language in [standing, *said][-1:]), None)
