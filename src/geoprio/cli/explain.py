"""Why an area stands where it stands."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice

OTHERS = 5
"""So many areas that answer to the name too are named."""


@command
def explain(
    voice: Voice,
    area: Annotated[str, typer.Argument(help="help_area", metavar="of_area")],
    run: Annotated[Path | None, typer.Option(help="help_finished", metavar="of_folder")] = None,
    whole: Annotated[bool, typer.Option("--all", help="help_all")] = False,
) -> None:
    """Say why an area stands where it stands, and how sure that is."""
    from dataclasses import asdict

    from geoprio.reports.explanation import explanations, gathered_lines, lines, short_lines
    from geoprio.runs import newest_run, read_run

    finished = read_run(run or newest_run(Path("data") / "processed"))
    gatherings, areas = explanations(area, finished, language=voice.language)
    told = [line for one in gatherings for line in gathered_lines(one, voice.language)]
    if whole:
        told += [line for one in areas for line in lines(one, voice.language)]
    else:
        told += short_lines(areas[0], voice.language) if areas else []
        others = [f"{one.area_name} ({one.area_code})" for one in areas[1 : 1 + OTHERS]]
        told += [voice.words("explain_others", areas=", ".join(others))] if others else []
        told += [voice.words("explain_more")] if areas else []
    for line in told:
        voice.say(line)
    voice.give(areas=[asdict(one) for one in areas], gatherings=[asdict(one) for one in gatherings])
