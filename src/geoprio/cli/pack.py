"""Pack what each association is given."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import FinishedRun, Out, Raw, command, finished_run
from geoprio.cli.voice import Voice


@command
def pack(
    voice: Voice,
    run: FinishedRun,
    maps: Annotated[Path | None, typer.Option(help="help_maps", metavar="of_folder")] = None,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Write a packet for each association, and what is in it; nothing is sent."""
    from geoprio.reports.papers import hand_of, makes_pdf, write_parcels
    from geoprio.reports.publication import maps_of
    from geoprio.sources.raw import default_raw
    from geoprio.sources.responses import told_since

    found, _ = finished_run(run, out)
    since = told_since(raw or default_raw(found.campaign, out), found.within)
    voice.give_files(write_parcels(hand_of(found, **since), maps or maps_of(found)))
    if not makes_pdf():
        voice.warn(voice.words("no_pdf"))
