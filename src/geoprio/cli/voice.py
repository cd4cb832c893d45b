"""How a command speaks: in which language, how much, in lines or as one JSON document.

While long work lasts, bars show how far it has come, on standard error, for somebody who looks at
a terminal.
"""

import json
import locale
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, get_args

import typer

from geoprio.errors import ConfigError
from geoprio.words import Language, text

if TYPE_CHECKING:
    from rich.progress import Progress

    from geoprio.sources.fetch import Ask, FilePlan, Outcome, Reply

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

    def give_files(self, paths: Sequence[Path]) -> None:
        """Say and give which files were written."""
        self.data["files"] = [path.as_posix() for path in paths]
        for path in paths:
            self.say(str(path))

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
    BadParameter, ConfigError: `--lang` or `GEOPRIO_LANG` is no language that geoprio knows.
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


@contextmanager
def stages(voice: Voice, names: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """Show how far work has come, and give what it calls as each stage (`stage_<name>`) begins."""
    with _progress(voice, left=False) as progress:
        task = progress.add_task("", total=len(names))

        def begins(name: str) -> None:
            words = voice.words(f"stage_{name}")
            progress.update(task, description=words, completed=names.index(name))

        yield begins


class FetchBar:
    """What is being fetched, how many requests are left, how long it takes; and what is done."""

    def __init__(self, voice: Voice) -> None:
        self.placed_files: list[Outcome] = []
        self._voice, self._progress = voice, _progress(voice, left=True)
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def planned(self, source: str, plan: "FilePlan") -> None:
        """Show what is fetched now, and of how many requests it is made."""
        size = sum(ask.cells or 0 for ask in plan.asks)
        cells = ", " + self._voice.words("fetch_cells", count=f"{size:,}") if size else ""
        what = f"{source}: {plan.name}{cells}"
        self._progress.reset(self._task, description=what, total=len(plan.asks))

    def answered(self, ask: "Ask", reply: "Reply") -> None:  # noqa: ARG002 - one signature
        """Count a reply."""
        self._progress.advance(self._task)

    def placed(self, outcome: "Outcome") -> None:
        """Note a file that is done, for a fetch that does not come to its end."""
        self.placed_files.append(outcome)


def _progress(voice: Voice, *, left: bool) -> "Progress":
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        *([progress.TimeRemainingColumn()] if left else []),
        console=Console(stderr=True),
        disable=not voice.shows_progress,
        transient=True,
        # Else rich would send what is said meanwhile to standard error too.
        redirect_stdout=False,
        redirect_stderr=False,
    )
