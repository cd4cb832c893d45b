"""What several commands may be given."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.completing import campaign_files

CampaignFile = Annotated[
    Path,
    typer.Argument(help="help_campaign", metavar="of_campaign", autocompletion=campaign_files),
]
Out = Annotated[Path, typer.Option(help="help_out", metavar="of_folder", file_okay=False)]
Raw = Annotated[Path | None, typer.Option(help="help_raw", metavar="of_folder", file_okay=False)]
