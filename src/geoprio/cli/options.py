"""What several commands may be given."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from geoprio.runs import Run

DEPTH = 3
"""Folders below the one typed that campaign files are looked for in: data/raw/demo."""
MARK = "county_code"
"""A key that a campaign's file cannot do without, and other TOML files have not."""
ELECTIONS = ("riksdag", "region", "kommun", "eu")


def campaign_files(incomplete: str) -> list[str]:
    """Return the campaign files that begin as typed; without any, the shell offers its own."""
    folder = Path(incomplete.rpartition("/")[0])
    found = [
        path for depth in range(DEPTH + 1) for path in folder.glob("[!.]*/" * depth + "*.toml")
    ]
    begun = [path for path in found if path.as_posix().startswith(incomplete)]
    return sorted(path.as_posix() for path in begun if _is_campaign(path))


def vendor_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the vendors that the campaign typed, or geoprio, has profiles of."""
    from geoprio.config import config_folders

    folders = config_folders(Path(ctx.params.get("run") or "campaign.toml"))
    names = {path.stem for folder in folders for path in (folder / "vendors").glob("*.toml")}
    return sorted(name for name in names if name.startswith(incomplete))


def edition_names(incomplete: str) -> list[str]:
    """Return the elections, which most editions are named after."""
    return [name for name in ELECTIONS if name.startswith(incomplete)]


def _is_campaign(path: Path) -> bool:
    try:
        return any(line.startswith(MARK) for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeError):
        return False


CampaignFile = Annotated[
    Path,
    typer.Argument(help="help_campaign", metavar="of_campaign", autocompletion=campaign_files),
]
FinishedRun = Annotated[
    Path,
    typer.Argument(help="help_run_place", metavar="of_run", autocompletion=campaign_files),
]
Out = Annotated[Path, typer.Option(help="help_out", metavar="of_folder", file_okay=False)]
Raw = Annotated[Path | None, typer.Option(help="help_raw", metavar="of_folder", file_okay=False)]


def finished_run(place: Path, out: Path) -> "tuple[Run, tuple[Path, ...]]":
    """Return a finished run, and the folders where its vendors and notices are looked for.

    Parameters
    ----------
    place
        The run's folder (beside the profiles that geoprio comes with, those of the folder that one
        stands in are looked for), or its campaign's TOML (those beside it).
    out
        Folder that the campaign was run in.

    Raises
    ------
    SourceError
        The campaign has no run in that folder: run it first.
    """
    from geoprio.config import config_folders, load_campaign
    from geoprio.errors import SourceError
    from geoprio.runs import RECORD, read_run

    if place.suffix != ".toml":
        return read_run(place), config_folders(Path("campaign.toml"))
    folder = out / "data" / "processed" / load_campaign(place).name
    if not (folder / RECORD).is_file():
        raise SourceError("no_finished_run_yet", folder=folder, place=place)
    return read_run(folder), config_folders(place)
