"""Try a score in hindsight."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import Voice, stages


@command
def backtest(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    campaign: CampaignFile,
    first: Annotated[int, typer.Option("--from", help="help_from", metavar="of_year")],
    last: Annotated[int, typer.Option("--to", help="help_to", metavar="of_year")],
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="help_tolerance", metavar="of_share")
    ] = 0.1,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Write how a score made of one election fared at the next, and what it promises."""
    from geoprio.cli.retrospect import Terms, retrospect, where_we_were
    from geoprio.files.folder import replace_all

    with stages(voice, ("compare", "write")) as begins:
        begins("compare")
        made = retrospect(
            campaign, Terms((first, last), tolerance, voice.written), raw=raw, out=out
        )
        begins("write")
        folder = out / "data" / "processed" / made.campaign.name / "efterprov"
        stem = folder / f"efterprov-{first}-{last}"
        more = where_we_were(folder.parent, raw, voice.written)
        page, record = stem.with_suffix(".html"), stem.with_suffix(".json")
        replace_all({page: made.answer.page(more), record: made.record()}, seal=record)
    voice.give_files([page, record])
    for line in [made.answer.first, *made.answer.basis()]:
        voice.say(line)
