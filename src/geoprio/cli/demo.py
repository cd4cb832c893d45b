"""Make a synthetic county, and run the main job on it."""

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
    county: Annotated[
        str | None, typer.Option(help="help_demo_county", metavar="of_county")
    ] = None,
    out: Out = Path(),
) -> None:
    """Make a synthetic county in the official file formats and run the main job on it."""
    from geoprio import pipeline
    from geoprio.demo import write_campaigns, write_demo

    home = {} if county is None else {"county": county}
    raw = out / "data" / "raw" / "demo"
    with stages(voice, ("demo", *pipeline.STAGES)) as begins:
        begins("demo")
        write_demo(raw, areas=areas, seed=seed, **home)
        campaign, *_ = write_campaigns(raw, **home)
        found = pipeline.run(campaign, raw=raw, out=out, language=voice.written, begins=begins)
    tell_run(voice, found)
