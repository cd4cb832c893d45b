"""What several commands may be given."""

from pathlib import Path
from typing import Annotated, Literal

import typer

CampaignFile = Annotated[Path, typer.Argument(help="The campaign's TOML file.")]
Out = Annotated[
    Path, typer.Option(help="Folder in which data/processed/ and maps/ are made.", file_okay=False)
]
Raw = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the raw files; else GEOPRIO_RAW, else data/raw/<campaign>/.",
        file_okay=False,
    ),
]
Lang = Annotated[Literal["sv", "en"], typer.Option(help="Language of the outputs.")]
