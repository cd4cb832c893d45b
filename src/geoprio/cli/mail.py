"""Write the files of the mailing that a run has planned, or an alternative to it."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import FinishedRun, Out, amount, command, count, finished_run
from geoprio.cli.voice import Voice, stages

STAGES = ("recall", "choose", "write")


@command
def mail(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    run: FinishedRun,
    budget: Annotated[
        float | None, typer.Option(parser=amount, help="help_budget", metavar="of_sum")
    ] = None,
    households: Annotated[
        int | None, typer.Option(parser=count, help="help_households", metavar="of_number")
    ] = None,
    precision: Annotated[
        float | None, typer.Option(help="help_precision", metavar="of_share")
    ] = None,
    out: Out = Path(),
) -> None:
    """Write each edition's files of the run's plan; asked for another size, of an alternative."""
    from geoprio.plans import MailingWish
    from geoprio.reports import editions
    from geoprio.reports.edition_page import mailing_line

    wish = None
    if any(size is not None for size in (budget, households, precision)):
        wish = MailingWish(budget_sek=budget, households=households, precision=precision)
    with stages(voice, STAGES) as begins:
        begins("recall")
        found, folders = finished_run(run, out)
        begins("choose")
        chosen = editions.mailings(found, wish)
        begins("write")
        paths = editions.mail(found, folders, chosen)
    voice.give_files(paths)
    for mailing in chosen:
        voice.say(mailing_line(mailing, voice.language))
    for line in editions.print_lines(found, folders, chosen, language=voice.language):
        voice.say(line)
