"""Make one document of a finished run anew."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import Raw, command
from geoprio.cli.voice import Voice


@command
def report(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    run: Annotated[Path, typer.Argument(help="help_run_folder", metavar="of_folder")],
    document: Annotated[str, typer.Argument(help="help_document", metavar="of_name")],
    maps: Annotated[Path | None, typer.Option(help="help_maps", metavar="of_folder")] = None,
    raw: Raw = None,
    result: Annotated[Path | None, typer.Option(help="help_result", metavar="of_file")] = None,
) -> None:
    """Make one document of a finished run anew, from what the run kept and from its plan."""
    from dataclasses import replace

    from geoprio.cli.effect import result_by_area
    from geoprio.reports.papers import hand_of, makes_pdf, refuse_unknown, work_shown, write_papers
    from geoprio.reports.publication import OF_A_RUN, WITH_WORK, maps_of
    from geoprio.reports.publication import report as write
    from geoprio.runs import Run
    from geoprio.sources.activity import done_at
    from geoprio.sources.raw import default_raw
    from geoprio.sources.responses import told_since

    found = Run.read(run)
    # A run's folder is data/processed/<campaign>.
    root = (run.resolve() / "../../..").resolve()
    if document in OF_A_RUN:
        done = done_at(raw or default_raw(found.campaign, root), found.within)
        work = work_shown(found, done) if document in WITH_WORK else None
        made = write(found, document, maps=maps or maps_of(found), work=work)
        return voice.give_files(made)
    refuse_unknown(document)
    since = told_since(raw or default_raw(found.campaign, root), found.within)
    hand = hand_of(found, **since)
    hand = hand if result is None else replace(hand, after=result_by_area(result))
    voice.give_files(write_papers(hand, document))
    if not makes_pdf():
        voice.warn(voice.words("no_pdf"))
    return None
