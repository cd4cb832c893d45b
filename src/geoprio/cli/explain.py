"""Why an area stands where it stands."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice


@command
def explain(
    voice: Voice,
    area: Annotated[str, typer.Argument(help="help_area", metavar="of_area")],
    run: Annotated[Path | None, typer.Option(help="help_finished", metavar="of_folder")] = None,
) -> None:
    """Say why an area stands where it stands, and how sure that is."""
    from dataclasses import asdict

    from geoprio.reports.explanation import explanations, lines
    from geoprio.runs import newest_run, read_run

    finished = read_run(run or newest_run(Path("data") / "processed"))
    found = explanations(area, finished, language=voice.language)
    for explanation in found:
        for line in lines(explanation, voice.language):
            voice.say(line)
    voice.give(areas=[asdict(explanation) for explanation in found])
