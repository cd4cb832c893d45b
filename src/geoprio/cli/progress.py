"""Bars of long work, on standard error, for somebody who looks at a terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    from rich.progress import Progress

    from geoprio.sources.fetch import Ask, FilePlan, Outcome, Reply


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
