"""Run a campaign."""

from pathlib import Path
from typing import TYPE_CHECKING

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import Voice, stages

if TYPE_CHECKING:
    from geoprio.runs import Run


@command
def run(voice: Voice, campaign: CampaignFile, raw: Raw = None, out: Out = Path()) -> None:
    """Run a campaign: raw files in; map, ranking, mailing plan and record out."""
    from geoprio import pipeline

    voice.stopped = "stopped_run"
    with stages(voice, pipeline.STAGES) as begins:
        found = pipeline.run(campaign, raw=raw, out=out, language=voice.written, begins=begins)
    tell_run(voice, found)


def tell_run(voice: Voice, run: "Run") -> None:
    """Say what a run warns of and which files it has written."""
    for warning in run.warnings:
        voice.warn(warning)
    for name, path in run.paths.items():
        voice.say(f"{voice.words(f'file_{name}'):13} {path}")
    voice.give(
        campaign=run.campaign.name,
        files={name: path.as_posix() for name, path in run.paths.items()},
    )
