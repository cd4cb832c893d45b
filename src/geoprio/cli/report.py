"""Make one document of a finished run anew."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def report(
    voice: Voice,
    run: Annotated[Path, typer.Argument(help="help_run_folder", metavar="of_folder")],
    document: Annotated[str, typer.Argument(help="help_document", metavar="of_name")],
    maps: Annotated[Path | None, typer.Option(help="help_maps", metavar="of_folder")] = None,
) -> None:
    """Make one document of a finished run anew, from what the run kept and from its plan."""
    from geoprio.reports.papers import makes_pdf, write_papers
    from geoprio.reports.publication import ASKED_FOR, DOCUMENTS
    from geoprio.reports.publication import report as write
    from geoprio.runs import Run

    found = Run.read(run)
    # A run's folder is data/processed/<campaign>, and its maps stand in maps/<campaign> beside it.
    beside = run.resolve().parents[2] / "maps" / found.campaign.name
    if document in {**DOCUMENTS, **ASKED_FOR}:
        return voice.give_files(write(found, document, maps=maps or beside))
    voice.give_files(write_papers(found, document))
    if not makes_pdf():
        voice.warn(voice.words("no_pdf"))
    return None
