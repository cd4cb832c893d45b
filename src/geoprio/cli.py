"""The command line: says what was made and where, or what to mend, and exits 2."""

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from geoprio import __version__
from geoprio.config import load_campaign, shipped_folder
from geoprio.errors import ConfigError, GeoprioError

INTERRUPTED = 130
"""Exit code of a command that was stopped with Ctrl-C, by the shells' custom."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Where a party's target groups live, and which areas to work first.",
)

Out = Annotated[
    Path, typer.Option(help="Folder in which data/processed/ and maps/ are made.", file_okay=False)
]
Raw = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the raw files; else GEOPRIO_RAW, else data/raw/<campaign>/.",
        file_okay=False,
    ),
]
Lang = Annotated[Literal["sv", "en"], typer.Option(help="Language of the outputs.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"geoprio {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Where a party's target groups live, and which areas to work first."""


@app.command()
def run(
    campaign: Annotated[Path, typer.Argument(help="The campaign's TOML file.")],
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Run a campaign: raw files in; map, ranking, mailing plan and record out."""
    _run_and_tell(campaign, raw=raw, out=out, lang=lang)


@app.command()
def fetch(
    campaign: Annotated[Path, typer.Argument(help="The campaign's TOML file.")],
    raw: Raw = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List every request and its cells; fetch nothing.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: only check what is there.")
    ] = False,
    out: Out = Path(),
) -> None:
    """Fetch the official files that a campaign names, each with proof of where it came from."""
    from geoprio import fetching

    loaded = fetching.load(campaign, raw=raw, out=out)
    client = fetching.client_for(loaded, offline=offline)
    if dry_run:
        fetching.tell_requests(loaded, client, typer.echo)
        return
    try:
        fetching.fetch(loaded, client, typer.echo)
    except KeyboardInterrupt:
        typer.echo(
            "stopped: the files that were whole are kept; the same command fetches the rest",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None


@app.command()
def sources(
    campaign: Annotated[Path, typer.Argument(help="The campaign's TOML file.")],
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """List a campaign's sources: what is there, how old, its licence, and what is missing."""
    from geoprio import fetching

    fetching.tell_sources(fetching.load(campaign, raw=raw, out=out), typer.echo)


@app.command()
def check(
    campaign: Annotated[Path, typer.Argument(help="The campaign's TOML file.")],
    election: Annotated[
        Literal["riksdag", "region", "kommun", "eu"] | None,
        typer.Option(help="Ask for this election only; else for all."),
    ] = None,
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Say how each group would be located, and what a better method lacks; exit 1 if one cannot."""
    from geoprio import checking

    loaded = checking.load(campaign, raw=raw, out=out, language=lang)
    if not checking.tell(loaded, election=election):
        raise typer.Exit(1)


@app.command()
def vendor(  # noqa: PLR0913 - a command has its options
    campaign: Annotated[Path, typer.Argument(help="The campaign's TOML file.")],
    profile: Annotated[str, typer.Argument(help="Name of a vendor's profile in vendors/.")],
    edition: Annotated[str, typer.Option(help="What is mailed, such as riksdag.")],
    election_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="It arrives before early voting starts.")
    ],
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Write what a vendor is sent for the campaign's mailing plan, with a control sheet."""
    from geoprio.pipeline import ordering

    wish = ordering.Wish(profile, edition, election_day.date())
    for path in ordering.order(campaign, wish, raw=raw, out=out, language=lang):
        typer.echo(str(path))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A CSV, workbook or map file that came back.")],
    against: Annotated[
        Path | None,
        typer.Option(help="Its control sheet, or the original; else what names it in its folder."),
    ] = None,
    lang: Lang = "sv",
) -> None:
    """Say how a file that came back differs from what was sent; exit 1 if it does."""
    from geoprio import verifying

    if not verifying.verify(file, against=against, language=lang, tell=typer.echo):
        raise typer.Exit(1)


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


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
) -> None:
    """Write a campaign folder to start from: every file that staff edit."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder}: holds something already; expected a new or empty folder"
        raise ConfigError(message)
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)
    campaign = next(path for path in sorted(folder.glob("*.toml")) if not _is_demo(path))
    name = load_campaign(campaign).name
    typer.echo(f"{folder}: edit {campaign.name}, then get the files that its sources name:")
    typer.echo(f'  geoprio fetch "{campaign}"')
    typer.echo(
        f"it tells which are your own to put in data/raw/{name}/ (or where --raw says). Then:"
    )
    typer.echo(f'  geoprio run "{campaign}"')


def main() -> None:
    """Run the command; a fault that the user can mend is told without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot write å ä ö must not stop a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except GeoprioError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(
            f"{error.filename}: {error.strerror}; expected a place that can be used", err=True
        )
        sys.exit(2)


def _run_and_tell(campaign_file: Path, *, raw: Path | None, out: Path, lang: str) -> None:
    from geoprio import pipeline

    result = pipeline.run(campaign_file, raw=raw, out=out, language=lang)  # type: ignore[arg-type]
    for warning in result.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for name, path in result.paths.items():
        typer.echo(f"{name:8} {path}")


def _is_demo(path: Path) -> bool:
    return load_campaign(path).demo
