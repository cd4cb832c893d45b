"""Verify a file that came back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import WANTING, Voice


@command
def verify(
    voice: Voice,
    file: Annotated[Path, typer.Argument(help="help_file", metavar="of_file")],
    against: Annotated[Path | None, typer.Option(help="help_against", metavar="of_file")] = None,
) -> None:
    """Say how a file that came back differs from what was sent; exit 1 if it does."""
    from geoprio.cli.verification import lines_of, verified

    found = verified(file, against=against)
    for line in lines_of(found, voice.language):
        voice.say(line)
    voice.give(same=found.same, differences=[asdict(one) for one in found.findings])
    if not found.same:
        raise typer.Exit(WANTING)
