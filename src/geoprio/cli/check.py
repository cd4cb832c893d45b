"""Say how each group would be located."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import WANTING, Voice


@command
def check(
    voice: Voice,
    campaign: CampaignFile,
    election: Annotated[
        Literal["riksdag", "region", "kommun", "eu"] | None, typer.Option(help="help_election")
    ] = None,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Say how each group would be located, and what a better method lacks; exit 1 if one cannot."""
    from geoprio.cli import readiness

    loaded = readiness.load(campaign, raw=raw, out=out, language=voice.language)
    if not loaded.raw.is_dir():
        voice.warn(voice.words("check_no_raw", folder=loaded.raw))
    report = readiness.report_on(loaded, election=election)
    if voice.speaks:
        readiness.tell(report, voice.language)
    voice.give(**asdict(report))
    if not report.whole:
        raise typer.Exit(WANTING)
