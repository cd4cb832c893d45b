"""Start a campaign, and check what it has to go by."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from geoprio.cli.codes import WANTING
from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw
from geoprio.cli.voice import Voice
from geoprio.errors import ConfigError


@command
def init(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_folder", metavar="of_folder")],
) -> None:
    """Write a campaign folder to start from: every file that staff edit."""
    from geoprio.config import load_campaign, shipped_folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder}: holds something already; expected a new or empty folder"
        raise ConfigError(message)
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)
    loaded = {path: load_campaign(path) for path in sorted(folder.glob("*.toml"))}
    campaign, name = next((path, one.name) for path, one in loaded.items() if not one.demo)
    then = [f'geoprio fetch "{campaign}"', f'geoprio run "{campaign}"']
    voice.say(voice.words("init_edit", folder=folder, campaign=campaign.name))
    voice.say(f"  {then[0]}")
    voice.say(voice.words("init_own", name=name))
    voice.say(f"  {then[1]}")
    voice.give(folder=folder.as_posix(), campaign=campaign.as_posix(), then=then)


@command
def check(
    voice: Voice,
    campaign: CampaignFile,
    election: Annotated[
        Literal["riksdag", "region", "kommun", "eu"] | None, typer.Option(help="help_election")
    ] = None,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Say how each group would be located, and what a better method lacks; exit 1 if one cannot."""
    from geoprio import checking

    loaded = checking.load(campaign, raw=raw, out=out, language=voice.language)
    report = checking.report_on(loaded, election=election)
    if voice.speaks:
        checking.tell(report, voice.language)
    voice.give(**asdict(report))
    if not report.whole:
        raise typer.Exit(WANTING)
