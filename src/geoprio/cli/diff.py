"""What moved between two runs."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def diff(
    voice: Voice,
    first: Annotated[Path, typer.Argument(help="help_first_run", metavar="of_folder")],
    second: Annotated[Path, typer.Argument(help="help_second_run", metavar="of_folder")],
    whole: Annotated[bool, typer.Option("--all", help="help_all_moved")] = False,
) -> None:
    """Say which areas moved between two runs, and why."""
    from dataclasses import asdict

    from geoprio.reports.difference import MOST, difference, lines
    from geoprio.runs import read_run

    found = difference(read_run(first), read_run(second), language=voice.language)
    for line in lines(found, voice.language, most=None if whole else MOST):
        voice.say(line)
    voice.give(**asdict(found))
