"""Order a mailing from a vendor, and verify a file that came back."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw, editions, vendor_names
from geoprio.cli.voice import WANTING, Voice


@command
def vendor(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    campaign: CampaignFile,
    profile: Annotated[
        str,
        typer.Argument(help="help_profile", metavar="of_vendor", autocompletion=vendor_names),
    ],
    edition: Annotated[
        str, typer.Option(help="help_edition", metavar="of_name", autocompletion=editions)
    ],
    election_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="help_election_day", metavar="of_date")
    ],
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Write what a vendor is sent for the campaign's mailing plan, with a control sheet."""
    from geoprio.reports import vendor_order as ordering

    voice.stopped = "stopped_run"
    wish = ordering.Wish(profile, edition, election_day.date())
    paths = ordering.order(campaign, wish, raw=raw, out=out, language=voice.written)
    for path in paths:
        voice.say(str(path))
    voice.give(files=[path.as_posix() for path in paths])


@command
def verify(
    voice: Voice,
    file: Annotated[Path, typer.Argument(help="help_file", metavar="of_file")],
    against: Annotated[Path | None, typer.Option(help="help_against", metavar="of_file")] = None,
) -> None:
    """Say how a file that came back differs from what was sent; exit 1 if it does."""
    from geoprio.cli import verification as verifying

    found = verifying.verified(file, against=against)
    for line in verifying.lines_of(found, voice.language):
        voice.say(line)
    voice.give(same=found.same, differences=[asdict(one) for one in found.findings])
    if not found.same:
        raise typer.Exit(WANTING)
