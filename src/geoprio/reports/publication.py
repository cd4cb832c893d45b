"""Every document of a run: one by its name, or all of them written together."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import count
from pathlib import Path

import geopandas as gpd

from geoprio.errors import ConfigError
from geoprio.files.folder import earlier_files, replace_all
from geoprio.files.gpkg import render_geopackage
from geoprio.files.maps import build_map, build_maps, draw_levels, render_map
from geoprio.files.maps.layers import MapWork
from geoprio.files.table import render_frame, render_record
from geoprio.reports.lists import TABLES, association_workbooks, leadership_workbook, table_file
from geoprio.reports.majorities import majorities_files
from geoprio.reports.map import Content, association_maps, leadership_map
from geoprio.runs import RECORD, Run
from geoprio.tables import Audience

ASSOCIATIONS = "foreningar"
"""Where the associations' maps and workbooks stand, beside the leadership's."""
MAILING_FOLDER = "utskick"
"""Where what is made of the mailing plan stands, beside the files of a run."""
PLAN_FOLDER = "plan"
"""Where the plan of associations' hours does."""
DECIDED_FOLDER = "beslutad plan"
"""Where it does once it is decided."""
PAPERS_FOLDER = "underlag"
"""Where what people are handed does: reports, forms and files for the phone."""
READERS: Audience = "valledning"
"""Whom the files of a run are for, but the associations'."""

Files = dict[str, bytes]
"""Contents by place: `maps/...` in the campaign's folder of maps, else in that of the run."""


@dataclass(frozen=True, eq=False)
class Press:
    """A run with what several of its documents are made of, each made once."""

    run: Run
    work: MapWork | None = None
    """What the maps show of people's hours."""

    @cached_property
    def leadership(self) -> Content:
        """Levels, layers and page of the leadership's map."""
        return leadership_map(self.run, work=self.work)

    @cached_property
    def drawn(self) -> Mapping[str, gpd.GeoSeries]:
        """Shapes of every level as the maps show them."""
        return draw_levels(self.leadership[0])


def _map(press: Press) -> Files:
    levels, layers, page = press.leadership
    map_ = build_map(levels, layers, page=page, drawn=press.drawn)
    return {"maps/index.html": render_map(map_)}


def _geopackage(press: Press) -> Files:
    run, (levels, layers, _) = press.run, press.leadership
    file = f"{run.campaign.name}.gpkg"
    content = render_geopackage(
        levels, layers, READERS, language=run.language, mark=run.mark, file=file
    )
    return {file: content}


def _own_maps(press: Press) -> Files:
    page, work = press.leadership[2], press.work
    levels, layers, pages = association_maps(press.run, page=page, work=work)
    maps = build_maps(levels, layers, pages=pages.values(), drawn=press.drawn)
    return {
        f"maps/{ASSOCIATIONS}/{name}.html": render_map(map_)
        for name, map_ in zip(pages, maps, strict=True)
    }


def _associations(press: Press) -> Files:
    books = association_workbooks(press.run, press.work).items()
    return _own_maps(press) | {f"{ASSOCIATIONS}/{name}.xlsx": book for name, book in books}


def _workbook(press: Press) -> Files:
    return {"ranking.xlsx": leadership_workbook(press.run, press.work)}


def _table(name: str, press: Press) -> Files:
    file = "need_capacity" if name == "quadrants" else name
    return {f"{file}.csv": table_file(press.run, name)}


def _early_votes(press: Press) -> Files:
    """Return nothing where no source counts early votes."""
    return _table("early_votes", press) if "early_votes" in press.run.frames else {}


DOCUMENTS: Mapping[str, Callable[[Press], Files]] = {
    "map": _map,
    **{name: partial(_table, name) for name in TABLES},
    "early_votes": _early_votes,
    "workbook": _workbook,
    "geopackage": _geopackage,
    "associations": _associations,
}
"""What a run is told by, by name; each is made of the run alone."""
ASKED_FOR: Mapping[str, Callable[[Press], Files]] = {
    "majorities": lambda press: majorities_files(press.run),
}
"""Documents that are made when somebody asks for them, and not with every run."""
OF_A_RUN = {**DOCUMENTS, **ASKED_FOR}
WITH_WORK = ("map", "associations", "workbook")
"""Documents that show the plan of people's hours, once it is written."""


def render(press: Press, name: str) -> Files:
    """Return the files of one document; ConfigError where there is none of that name."""
    if name not in OF_A_RUN:
        raise ConfigError("no_such_document", name=name, documents=OF_A_RUN)
    return OF_A_RUN[name](press)


def report(run: Run, name: str, *, maps: Path, work: MapWork | None = None) -> list[Path]:
    """Write the files of one document anew, beside the others of its run, and return them."""
    made = render(Press(run, work), name)
    if not made:
        raise ConfigError("document_of_nothing", name=name)
    return _anew(run, made, maps)


def maps_of(run: Run) -> Path:
    """Return where a written run's maps stand: in `maps/<campaign>`, beside `data`."""
    home = (run.folder or Path()).resolve()
    return home.parents[2] / "maps" / run.campaign.name


def show_work(run: Run, work: MapWork) -> list[Path]:
    """Write maps and workbooks of a run anew with what people do; none where there is no map."""
    maps, press = maps_of(run), Press(run, work)
    if not (maps / "index.html").is_file():
        return []
    return _anew(run, _map(press) | _associations(press) | _workbook(press), maps)


def _anew(run: Run, made: Files, maps: Path) -> list[Path]:
    home = run.folder or Path()
    contents = {_place(file, home, maps): content for file, content in made.items()}
    record = {**run.record, "files": {**run.record.get("files", {}), **_sums(made)}}
    replace_all(contents | {home / RECORD: render_record(record, READERS)}, seal=home / RECORD)
    return list(contents)


def publish(run: Run, *, processed: Path, maps: Path) -> Run:
    """Write every document and frame, all of them or none, and return the run with their paths.

    The record is written last and holds the checksum of every other file: where it stands, the
    run is whole. Every file but the associations' is the leadership's, frames for analysts too:
    what disclosure control withholds stands in none of them. Files that an earlier run wrote and
    this one does not, such as a renamed association's, are removed.
    """
    press, seal = Press(run), processed / RECORD
    made = {name: render(press, name) for name in DOCUMENTS}
    files = {
        **{file: content for document in made.values() for file, content in document.items()},
        **{
            f"{name}.parquet": render_frame(frame, READERS, mark=run.mark)
            for name, frame in run.frames.items()
        },
    }
    record = {**run.record, "files": _sums(files)}
    contents = {_place(file, processed, maps): content for file, content in files.items()}
    contents[seal] = render_record(record, READERS)

    frames = [path for path in contents if path.suffix == ".parquet"]

    def earlier() -> dict[Path, str]:
        found = earlier_files(seal, [processed, maps])
        mailing = [processed / "mailing.parquet"]
        for folder, made_of in (
            (MAILING_FOLDER, mailing),
            *((folder, frames) for folder in (PLAN_FOLDER, PAPERS_FOLDER)),
        ):
            _set_aside(processed / folder, found, {path: contents[path] for path in made_of})
        return found

    replace_all(contents, seal=seal, earlier=earlier)
    paths = {
        name: _place(next(iter(document)), processed, maps)
        for name, document in made.items()
        if len(document) == 1
    }
    return replace(run, record=record, folder=processed, paths={**paths, "record": seal})


def _set_aside(ordered: Path, earlier: Mapping[Path, str], made_of: Mapping[Path, bytes]) -> None:
    """Give what was made of an earlier run another name: it must not lie beside this one."""
    same = all(
        earlier.get(path.resolve()) == hashlib.sha256(content).hexdigest()
        for path, content in made_of.items()
    )
    if same or not ordered.is_dir():
        return
    stem = "tidigare plan" if ordered.name == PLAN_FOLDER else f"{ordered.name} - tidigare plan"
    names = (ordered.with_name(f"{stem} {number}") for number in count(1))
    ordered.rename(next(name for name in names if not name.exists()))


def _sums(files: Files) -> dict[str, str]:
    return {
        file.removeprefix("maps/"): hashlib.sha256(content).hexdigest()
        for file, content in files.items()
    }


def _place(file: str, processed: Path, maps: Path) -> Path:
    return maps / file.removeprefix("maps/") if file.startswith("maps/") else processed / file
