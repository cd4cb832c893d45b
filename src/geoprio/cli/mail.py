"""Choose whom to mail."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw
from geoprio.cli.voice import Voice


@command
def mail(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    campaign: CampaignFile,
    budget: Annotated[float | None, typer.Option(help="help_budget", metavar="of_sum")] = None,
    households: Annotated[
        int | None, typer.Option(help="help_households", metavar="of_number")
    ] = None,
    precision: Annotated[
        float | None, typer.Option(help="help_precision", metavar="of_share")
    ] = None,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Choose the areas of each edition that reach most target persons, and write its files."""
    from geoprio.plans.wish import MailingWish
    from geoprio.reports import editions as mailings

    voice.stopped = "stopped_run"
    wish = MailingWish(budget_sek=budget, households=households, precision=precision)
    paths = mailings.mail(campaign, wish, raw=raw, out=out, language=voice.written)
    for path in paths:
        voice.say(str(path))
    voice.give(files=[path.as_posix() for path in paths])
