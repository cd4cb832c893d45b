"""What several commands may be given."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

# What the shell completes beside names of commands and options.


DEPTH = 3
"""Folders below the one typed that campaign files are looked for in: data/raw/demo."""
MARK = "county_code"
"""A key that a campaign's file cannot do without, and other TOML files have not."""
ELECTIONS = ("riksdag", "region", "kommun", "eu")


def campaign_files(incomplete: str) -> list[str]:
    """Return the campaign files that begin as typed; without any, the shell offers its own."""
    typed, _, _ = incomplete.rpartition("/")
    found = _below(Path(typed) if typed else Path(), DEPTH)
    return sorted(path.as_posix() for path in found if path.as_posix().startswith(incomplete))


def vendor_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the vendors that the campaign typed, or geoprio, has profiles of."""
    from geoprio.config import config_folders

    folders = config_folders(Path(ctx.params.get("campaign") or "campaign.toml"))
    names = {path.stem for folder in folders for path in (folder / "vendors").glob("*.toml")}
    return sorted(name for name in names if name.startswith(incomplete))


def editions(incomplete: str) -> list[str]:
    """Return the elections, which most editions are named after."""
    return [name for name in ELECTIONS if name.startswith(incomplete)]


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.suffix == ".toml" and _is_campaign(path):
            yield path
        elif depth and not path.name.startswith(".") and path.is_dir():
            yield from _below(path, depth - 1)


def _is_campaign(path: Path) -> bool:
    try:
        return any(line.startswith(MARK) for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeError):
        return False


CampaignFile = Annotated[
    Path,
    typer.Argument(help="help_campaign", metavar="of_campaign", autocompletion=campaign_files),
]
Out = Annotated[Path, typer.Option(help="help_out", metavar="of_folder", file_okay=False)]
Raw = Annotated[Path | None, typer.Option(help="help_raw", metavar="of_folder", file_okay=False)]
