"""Order a mailing from a vendor."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import FinishedRun, Out, command, edition_names, finished_run, vendor_names
from geoprio.cli.voice import Voice


@command
def vendor(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    run: FinishedRun,
    profile: Annotated[
        str, typer.Argument(help="help_profile", metavar="of_vendor", autocompletion=vendor_names)
    ],
    edition: Annotated[
        str | None,
        typer.Option(help="help_edition", metavar="of_name", autocompletion=edition_names),
    ] = None,
    election_day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="help_election_day", metavar="of_date"),
    ] = None,
    out: Out = Path(),
) -> None:
    """Write what a vendor is sent for the run's mailing plan, with a control sheet."""
    from geoprio.reports import editions

    found, folders = finished_run(run, out)
    day = election_day.date() if election_day else None
    voice.give_files(editions.order(found, folders, profile, edition=edition, election_day=day))
    chosen = [editions.ordered(found, edition)]
    for line in editions.print_lines(
        found, folders, chosen, language=voice.language, vendor=profile
    ):
        voice.say(line)
