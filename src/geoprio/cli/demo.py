"""Make a synthetic county, and run the main job on it."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import Out, command
from geoprio.cli.run import tell_run
from geoprio.cli.voice import Voice, stages


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
        found = pipeline.run(
            raw / "demo.toml", raw=raw, out=out, language=voice.written, begins=begins
        )
    tell_run(voice, found)
