"""Write a campaign folder to start from."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def init(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_folder", metavar="of_folder")],
    county: Annotated[str | None, typer.Option(help="help_county", metavar="of_county")] = None,
    year: Annotated[int | None, typer.Option(help="help_year", metavar="of_year")] = None,
) -> None:
    """Write a campaign folder to start from: every file that staff edit."""
    from geoprio.cli import start
    from geoprio.cli.kinds import write_schemas
    from geoprio.config import load_campaign

    campaign = start.start(folder, county=county, year=year)
    write_schemas(folder)
    name = load_campaign(campaign).name
    then = [f'geoprio fetch "{campaign}"', f'geoprio run "{campaign}"']
    voice.say(voice.words("init_edit", folder=folder, campaign=campaign.name))
    voice.say(f"  {then[0]}")
    voice.say(voice.words("init_own", name=name))
    voice.say(f"  {then[1]}")
    assumed = start.assumed_lines(campaign, voice.language) if county else []
    for line in assumed:
        voice.say(line)
    voice.give(folder=folder.as_posix(), campaign=campaign.as_posix(), then=then, assumed=assumed)
