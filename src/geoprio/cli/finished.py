"""Ask finished runs: why an area stands where it does, and what moved between two of them."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def explain(
    voice: Voice,
    area: Annotated[str, typer.Argument(help="help_area", metavar="of_area")],
    run: Annotated[Path | None, typer.Option(help="help_finished", metavar="of_folder")] = None,
) -> None:
    """Say why an area stands where it stands, and how sure that is."""
    from geoprio.reports import explanation as explaining

    found = explaining.explain(area, run, language=voice.language, tell=voice.say)
    voice.give(areas=found)


@command
def diff(
    voice: Voice,
    first: Annotated[Path, typer.Argument(help="help_first_run", metavar="of_folder")],
    second: Annotated[Path, typer.Argument(help="help_second_run", metavar="of_folder")],
) -> None:
    """Say which areas moved between two runs, and why."""
    from geoprio.reports import difference as differing

    voice.give(**differing.differ(first, second, language=voice.language, tell=voice.say))
