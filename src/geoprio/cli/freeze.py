"""Lock a plan that has been decided."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import FinishedRun, Out, command, finished_run
from geoprio.cli.voice import Voice


@command
def freeze(
    voice: Voice,
    run: FinishedRun,
    decided: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="help_decided", metavar="of_date")
    ],
    paragraph: Annotated[str, typer.Option(help="help_paragraph", metavar="of_paragraph")],
    out: Out = Path(),
) -> None:
    """Write a run's plan as decided, where no later plan overwrites it."""
    from geoprio.reports.plan_files import freeze
    from geoprio.reports.proposal import Decision

    found, _ = finished_run(run, out)
    voice.give_files(freeze(found, Decision(decided.date().isoformat(), paragraph)))
