"""Tell every fault of a campaign folder."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import MEND, Voice


@command
def validate(
    voice: Voice, place: Annotated[Path, typer.Argument(help="help_place", metavar="of_folder")]
) -> None:
    """Tell every fault of every file of a campaign folder at once; exit 2 if there is one."""
    from geoprio.cli import kinds

    whole = kinds.validate(place, language=voice.language, tell=voice.say)
    voice.give(whole=whole, lines=voice.lines)
    if not whole:
        raise typer.Exit(MEND)
