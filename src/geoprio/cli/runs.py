"""Run a campaign, or a demo of one."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import app
from geoprio.cli.options import CampaignFile, Lang, Out, Raw
from geoprio.config import shipped_folder


@app.command()
def run(
    campaign: CampaignFile,
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Run a campaign: raw files in; map, ranking, mailing plan and record out."""
    _run_and_tell(campaign, raw=raw, out=out, lang=lang)


@app.command()
def demo(
    areas: Annotated[int, typer.Option(help="Number of small areas (DeSO).")] = 1290,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives another county.")] = 2026,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Make a synthetic county in the official file formats and run the main job on it."""
    from geoprio.demo import write_demo

    raw = out / "data" / "raw" / "demo"
    write_demo(raw, areas=areas, seed=seed)
    for name in ("demo.toml", "demo2026.toml"):
        shutil.copyfile(shipped_folder() / name, raw / name)
    _run_and_tell(raw / "demo.toml", raw=raw, out=out, lang=lang)


def _run_and_tell(campaign_file: Path, *, raw: Path | None, out: Path, lang: str) -> None:
    from geoprio import pipeline

    result = pipeline.run(campaign_file, raw=raw, out=out, language=lang)  # type: ignore[arg-type]
    for warning in result.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for name, path in result.paths.items():
        typer.echo(f"{name:8} {path}")
