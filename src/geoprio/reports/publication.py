"""Every document of a run: one by its name, or all of them written together."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from geoprio.errors import ConfigError
from geoprio.files.folder import earlier_files, remove_superseded, replace_all
from geoprio.files.gpkg import render_geopackage
from geoprio.files.maps.page import build_map, render_map
from geoprio.files.table import render_frame, render_record
from geoprio.reports.books import association_workbooks, leadership_workbook
from geoprio.reports.map import association_maps, leadership_map
from geoprio.reports.ranking import TABLES, table_file
from geoprio.runs import RECORD, Run
from geoprio.tables import Audience

ASSOCIATIONS = "foreningar"
"""Where the associations' maps and workbooks stand, beside the leadership's."""
READERS: Audience = "valledning"
"""Whom the files of a run are for, but the associations'."""

Files = dict[str, bytes]
"""Contents by place: `maps/...` in the campaign's folder of maps, else in that of the run."""


def _map(run: Run) -> Files:
    levels, layers, page = leadership_map(run)
    return {"maps/index.html": render_map(build_map(levels, layers, page=page))}


def _geopackage(run: Run) -> Files:
    levels, layers, _ = leadership_map(run)
    content = render_geopackage(levels, layers, READERS, language=run.language, mark=run.mark)
    return {f"{run.campaign.name}.gpkg": content}


def _associations(run: Run) -> Files:
    maps = {
        f"maps/{ASSOCIATIONS}/{name}.html": render_map(build_map(levels, layers, page=page))
        for name, (levels, layers, page) in association_maps(run).items()
    }
    books = association_workbooks(run).items()
    return maps | {f"{ASSOCIATIONS}/{name}.xlsx": book for name, book in books}


def _table(name: str, file: str) -> Callable[[Run], Files]:
    return lambda run: {file: table_file(run, name)}


DOCUMENTS: Mapping[str, Callable[[Run], Files]] = {
    "map": _map,
    **{
        name: _table(name, f"{'need_capacity' if name == 'quadrants' else name}.csv")
        for name in TABLES
    },
    "workbook": lambda run: {"ranking.xlsx": leadership_workbook(run)},
    "geopackage": _geopackage,
    "associations": _associations,
}
"""What a run is told by, by name; each is made of the run alone."""


def render(run: Run, name: str) -> Files:
    """Return the files of one document.

    Raises
    ------
    ConfigError
        There is no document of that name.
    """
    if name not in DOCUMENTS:
        message = f"{name}: there is no such document; expected one of {', '.join(DOCUMENTS)}"
        raise ConfigError(message)
    return DOCUMENTS[name](run)


def report(run: Run, name: str, *, maps: Path) -> list[Path]:
    """Write the files of one document anew, beside the others of its run, and return them.

    Raises
    ------
    ConfigError
        There is no document of that name.
    """
    made = render(run, name)
    contents = {_place(file, run.folder or Path(), maps): made[file] for file in made}
    replace_all(contents, seal=next(reversed(contents)))
    return list(contents)


def publish(run: Run, *, processed: Path, maps: Path) -> Run:
    """Write every document and frame, all of them or none, and return the run with their paths.

    The record is written last and holds the checksum of every other file: where it stands, the
    run is whole. Every file but the associations' is the leadership's, frames for analysts too:
    what disclosure control withholds stands in none of them. Files that an earlier run wrote and
    this one does not, such as a renamed association's, are removed.
    """
    files = dict(_all_files(run))
    sums = {
        file.removeprefix("maps/"): hashlib.sha256(content).hexdigest()
        for file, content in files.items()
    }
    record = {**run.record, "files": sums}
    contents = {_place(file, processed, maps): content for file, content in files.items()}
    contents[processed / RECORD] = render_record(record, READERS)
    earlier = earlier_files(processed / RECORD, [processed, maps])
    replace_all(contents, seal=processed / RECORD)
    remove_superseded(earlier, contents)
    singles = [name for name in DOCUMENTS if name != "associations"]
    paths = dict(zip(singles, contents, strict=False)) | {"record": processed / RECORD}
    return replace(run, record=record, folder=processed, paths=paths)


def _all_files(run: Run) -> Iterator[tuple[str, bytes]]:
    for name in DOCUMENTS:
        yield from render(run, name).items()
    for name, frame in run.frames.items():
        yield f"{name}.parquet", render_frame(frame, READERS, mark=run.mark)


def _place(file: str, processed: Path, maps: Path) -> Path:
    return maps / file.removeprefix("maps/") if file.startswith("maps/") else processed / file
