"""Write what editors need to complete the files of a campaign folder."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def schema(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_campaign_folder", metavar="of_folder")],
) -> None:
    """Write JSON Schema for editors that complete the campaign folder's files."""
    from geoprio.cli.kinds import write_schemas

    voice.give_files(write_schemas(folder))
