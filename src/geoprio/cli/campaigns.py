"""Start a campaign, and check what it has to go by."""

import shutil
from pathlib import Path
from typing import Annotated, Literal

import typer

from geoprio.cli.entry import app
from geoprio.cli.options import CampaignFile, Lang, Out, Raw
from geoprio.config import load_campaign, shipped_folder
from geoprio.errors import ConfigError


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
) -> None:
    """Write a campaign folder to start from: every file that staff edit."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder}: holds something already; expected a new or empty folder"
        raise ConfigError(message)
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)
    campaign = next(path for path in sorted(folder.glob("*.toml")) if not _is_demo(path))
    name = load_campaign(campaign).name
    typer.echo(f"{folder}: edit {campaign.name}, then get the files that its sources name:")
    typer.echo(f'  geoprio fetch "{campaign}"')
    typer.echo(
        f"it tells which are your own to put in data/raw/{name}/ (or where --raw says). Then:"
    )
    typer.echo(f'  geoprio run "{campaign}"')


@app.command()
def check(
    campaign: CampaignFile,
    election: Annotated[
        Literal["riksdag", "region", "kommun", "eu"] | None,
        typer.Option(help="Ask for this election only; else for all."),
    ] = None,
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Say how each group would be located, and what a better method lacks; exit 1 if one cannot."""
    from geoprio import checking

    loaded = checking.load(campaign, raw=raw, out=out, language=lang)
    if not checking.tell(loaded, election=election):
        raise typer.Exit(1)


def _is_demo(path: Path) -> bool:
    return load_campaign(path).demo
