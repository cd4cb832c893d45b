"""Run a campaign, or a demo of one."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw
from geoprio.cli.progress import stages
from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    from geoprio.runs import Run


@command
def run(voice: Voice, campaign: CampaignFile, raw: Raw = None, out: Out = Path()) -> None:
    """Run a campaign: raw files in; map, ranking, mailing plan and record out."""
    from geoprio import pipeline

    voice.stopped = "stopped_run"
    with stages(voice, pipeline.STAGES) as begins:
        result = pipeline.run(campaign, raw=raw, out=out, language=voice.written, begins=begins)
    _tell(voice, result)


@command
def demo(
    voice: Voice,
    areas: Annotated[int, typer.Option(help="help_areas", metavar="of_number")] = 1290,
    seed: Annotated[int, typer.Option(min=0, help="help_seed", metavar="of_number")] = 2026,
    out: Out = Path(),
) -> None:
    """Make a synthetic county in the official file formats and run the main job on it."""
    from geoprio import pipeline
    from geoprio.config import shipped_folder
    from geoprio.demo import write_demo

    raw = out / "data" / "raw" / "demo"
    with stages(voice, ("demo", *pipeline.STAGES)) as begins:
        begins("demo")
        write_demo(raw, areas=areas, seed=seed)
        for name in ("demo.toml", "demo2026.toml"):
            shutil.copyfile(shipped_folder() / name, raw / name)
        result = pipeline.run(
            raw / "demo.toml", raw=raw, out=out, language=voice.written, begins=begins
        )
    _tell(voice, result)


def _tell(voice: Voice, result: "Run") -> None:
    for warning in result.warnings:
        voice.warn(warning)
    for name, path in result.paths.items():
        voice.say(f"{voice.words(f'file_{name}'):13} {path}")
    voice.give(
        campaign=result.campaign.name,
        files={name: path.as_posix() for name, path in result.paths.items()},
    )
