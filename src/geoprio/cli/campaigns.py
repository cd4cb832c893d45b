"""Start a campaign, and check what it has to go by."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw
from geoprio.cli.voice import MEND, WANTING, Voice


@command
def init(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_folder", metavar="of_folder")],
    county: Annotated[str | None, typer.Option(help="help_county", metavar="of_county")] = None,
) -> None:
    """Write a campaign folder to start from: every file that staff edit."""
    from geoprio.cli import schemas as completing
    from geoprio.cli import start as starting
    from geoprio.config import load_campaign

    campaign = starting.start(folder, county=county)
    completing.write_schemas(folder)
    name = load_campaign(campaign).name
    then = [f'geoprio fetch "{campaign}"', f'geoprio run "{campaign}"']
    voice.say(voice.words("init_edit", folder=folder, campaign=campaign.name))
    voice.say(f"  {then[0]}")
    voice.say(voice.words("init_own", name=name))
    voice.say(f"  {then[1]}")
    assumed = starting.assumed_lines(county, voice.language) if county else []
    for line in assumed:
        voice.say(line)
    voice.give(folder=folder.as_posix(), campaign=campaign.as_posix(), then=then, assumed=assumed)


@command
def validate(
    voice: Voice,
    place: Annotated[Path, typer.Argument(help="help_place", metavar="of_folder")],
) -> None:
    """Tell every fault of every file of a campaign folder at once; exit 2 if there is one."""
    from geoprio.cli import validation as validating

    whole = validating.validate(place, language=voice.language, tell=voice.say)
    voice.give(whole=whole, lines=voice.lines)
    if not whole:
        raise typer.Exit(MEND)


@command
def schema(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_campaign_folder", metavar="of_folder")],
) -> None:
    """Write JSON Schema for editors that complete the campaign folder's files."""
    from geoprio.cli import schemas as completing

    paths = completing.write_schemas(folder)
    for path in paths:
        voice.say(str(path))
    voice.give(files=[path.as_posix() for path in paths])


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
    from geoprio.cli import readiness as checking

    loaded = checking.load(campaign, raw=raw, out=out, language=voice.language)
    report = checking.report_on(loaded, election=election)
    if voice.speaks:
        checking.tell(report, voice.language)
    voice.give(**asdict(report))
    if not report.whole:
        raise typer.Exit(WANTING)
