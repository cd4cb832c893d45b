"""Plan who works where, when and with which people, from a finished run."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import FinishedRun, Out, command, finished_run
from geoprio.cli.voice import Voice, stages

STAGES = ("recall", "choose", "write")


@command
def plan(
    voice: Voice,
    run: FinishedRun,
    wishes: Annotated[
        Path | None, typer.Option(help="help_wishes", metavar="of_file", dir_okay=False)
    ] = None,
    workplaces: Annotated[
        Path | None, typer.Option(help="help_workplaces", metavar="of_file", dir_okay=False)
    ] = None,
    out: Out = Path(),
) -> None:
    """Write each association's plan: which areas, which channel, how many hours, which week."""
    from geoprio.config import load_campaign
    from geoprio.plans.efforts import HOURLY
    from geoprio.plans.programme import NO_WISHES
    from geoprio.reports.plan_files import against_decided, plan_lines, write_plan
    from geoprio.reports.proposal import planned
    from geoprio.sources.private import read_wishes, read_workplaces
    from geoprio.sources.raw import default_raw
    from geoprio.sources.responses import FILE, read_answers, with_answers

    with stages(voice, STAGES) as begins:
        begins("recall")
        found, _ = finished_run(run, out)
        # People and calendar change more often than figures do: the campaign's file is newer.
        own = load_campaign(run).plan if run.suffix == ".toml" else found.campaign.plan
        answers = read_answers(default_raw(found.campaign, out) / "privat" / FILE)
        if own is not None and len(answers):
            own = with_answers(own, answers, found.scored.areas["association"])
            voice.say(voice.words("plan_answers", count=len(answers)))
        asked = NO_WISHES if wishes is None else read_wishes(wishes, HOURLY)
        begins("choose")
        made = planned(found, plan=own, wishes=asked)
        if workplaces is not None:
            made = replace(made, workplaces=read_workplaces(workplaces))
        begins("write")
        paths = write_plan(made)
    voice.give_files(paths)
    for line in [*plan_lines(made), *against_decided(made)]:
        voice.say(line)
