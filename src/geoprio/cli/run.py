"""Run a campaign."""

from pathlib import Path
from typing import TYPE_CHECKING

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import Voice, stages

if TYPE_CHECKING:
    import pandas as pd

    from geoprio.runs import Run

NAMED = 3
"""So many areas of each channel are named when a run is done."""


@command
def run(voice: Voice, campaign: CampaignFile, raw: Raw = None, out: Out = Path()) -> None:
    """Run a campaign: raw files in; map, ranking, mailing plan and record out."""
    from geoprio import pipeline
    from geoprio.sources.raw import remember_raw

    voice.stopped = "stopped_run"
    with stages(voice, pipeline.STAGES) as begins:
        found = pipeline.run(campaign, raw=raw, out=out, language=voice.written, begins=begins)
    if raw:
        remember_raw(found.campaign, out, raw)
    tell_run(voice, found)


def tell_run(voice: Voice, run: "Run") -> None:
    """Say what a run warns of, which files it has written, and what to look at first.

    All of it in the language of its files, which its warnings and names are in.
    """
    voice.language = run.language
    for warning in run.warnings:
        voice.warn(warning)
    for name, path in run.paths.items():
        voice.say(f"{voice.words(f'file_{name}'):13} {path}")
    first = {channel: _first(run, own) for channel, own in run.scored.known.items()}
    for channel, names in first.items():
        label = run.profiles[channel].label.told(voice.language)
        voice.say(voice.words("run_first", channel=label, areas=", ".join(names)))
    voice.say(voice.words("run_open", map=run.paths["map"]))
    voice.give(
        campaign=run.campaign.name,
        first=first,
        files={name: path.as_posix() for name, path in run.paths.items()},
    )


def _first(run: "Run", scores: "pd.DataFrame") -> list[str]:
    """Return the names of a channel's first areas, the first of all first."""
    ranked = scores["rank"].dropna().sort_values(kind="stable").index[:NAMED]
    return [str(name) for name in run.scored.areas["area_name"][ranked]]
