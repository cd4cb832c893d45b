"""The door: a source by its name, and what its file holds as a canonical frame."""

import csv
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pandas as pd
from ijson import JSONError
from pyarrow import ArrowException
from python_calamine import CalamineError
from shapely.errors import ShapelyError

from geoprio.config import (
    Campaign,
    Document,
    Fault,
    judge,
    named_documents,
    read_named,
    refusal,
    shipped_folder,
    unknown_names,
)
from geoprio.config.counties import counties, names_of_counties
from geoprio.errors import CoverageWarning, SourceError
from geoprio.sources.borders import read_boundaries, shape_points
from geoprio.sources.catalogue import GROUND, Loaded, Options, OwnFile, Source
from geoprio.sources.columns import SHAPERS, WHOLE, sum_ballots
from geoprio.sources.cubes import read_jsonstat2, read_jsonstat2_labels, read_pxweb_json
from geoprio.sources.ground import shape_ground
from geoprio.sources.places import (
    read_val_places,
    shape_doors,
    shape_early_votes,
    shape_places,
)
from geoprio.sources.raw import find_files, has_file, refuse_old_results
from geoprio.sources.rows import refuse_any, select_rows
from geoprio.sources.sheets import read_csv, read_table, read_val_long, read_xlsx
from geoprio.sources.val import (
    read_council_seats,
    read_val_electors,
    read_val_json,
    read_val_rolls,
    read_val_seats,
)
from geoprio.words import Phrase

Reader = Callable[[Path, Source], pd.DataFrame]

LAYOUT = frozenset({"names", "header", "comment", "spellings", "coordinates"})
BORDERS = frozenset({"crs", "member", "layer", "encoding", "dissolve", "spellings"})
SHAPING = {**SHAPERS, "places": shape_places}
WORKBOOKS = frozenset({"xlsx", "val_long", "val_electors", "val_rolls"})

UNPLACED = {
    "points": shape_points,
    "doors": shape_doors,
    **dict.fromkeys(sorted(GROUND), shape_ground),
}
"""What makes shapes of a file, whole, whichever county they lie in."""

READERS: dict[str, tuple[Reader, frozenset[str]]] = {
    "csv": (read_csv, frozenset({"separator", "encoding", "decimal", "member", *LAYOUT})),
    "xlsx": (read_xlsx, frozenset({"sheet", *LAYOUT})),
    "table": (read_table, frozenset({"separator", "encoding", "sheet", "spellings"})),
    "val_long": (read_val_long, frozenset({"sheet", "spellings"})),
    "val_json": (read_val_json, frozenset({"member"})),
    "val_places": (read_val_places, frozenset({"spellings", "coordinates", "crs"})),
    "val_seats": (read_val_seats, frozenset({"member"})),
    "val_electors": (read_val_electors, frozenset({"sheet", "spellings", "ages"})),
    "val_rolls": (read_val_rolls, frozenset({"sheet", "spellings"})),
    "geojson": (read_boundaries, frozenset({"crs", "member"})),
    "boundaries": (read_boundaries, BORDERS),
    "pxweb_json": (read_pxweb_json, frozenset()),
    "jsonstat2": (read_jsonstat2, frozenset({"labels"})),
    "jsonstat2_labels": (read_jsonstat2_labels, frozenset()),
}
"""One function per file format, and the options that it understands."""


def reader(name: str, *options: str) -> Callable[[Reader], Reader]:
    """Register a reader of a file format, to be named by a source's `reader`.

    Parameters
    ----------
    name
        What sources call it.
    *options
        Those of a source's `options` that it understands.

    Returns
    -------
    decorator
        Of a function of the file's path and the source, to a frame with a column for each of the
        file's, all text; what is wrong with the file is a `SourceError`.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import reader
    >>> from geoprio.sources import READERS
    >>> @reader("fixed_width", "encoding")
    ... def read_fixed_width(path, source):
    ...     return pd.read_fwf(path, dtype=str, encoding=source.options.encoding)
    >>> _ = READERS.pop("fixed_width")  # only for the example
    """

    def register(function: Reader) -> Reader:
        READERS[name] = function, frozenset(options)
        return function

    return register


def load_source(name: str, folders: Sequence[Path] | None = None) -> Source:
    """Return the source in `sources/<name>.toml` of the first folder that has it.

    Parameters
    ----------
    name
        Name of the source.
    folders
        Configuration folders, the campaign's own first; else the one that geoprio comes with.

    Returns
    -------
    source
        Publisher, licence, file names, reader, columns and year.

    Raises
    ------
    ConfigError
        No folder has it, or every fault of the file at once.

    Examples
    --------
    >>> from geoprio import load_source
    >>> source = load_source("val_valdistrikt_2022")
    >>> source.publisher, source.vintage, source.area_set
    ('Valmyndigheten', 2022, 'valdistrikt_2022')
    """
    document = read_named("sources", name, tuple(folders or [shipped_folder()]))
    source, faults = judge_source(document)
    if source is None or faults:
        raise refusal(document.path.name, faults)
    return source


def judge_source(document: Document) -> tuple[Source | None, list[Fault]]:
    """Return the source that a document holds, and every fault, its reader's too."""
    source, faults = judge(Source, document)
    table = document.table
    reader, options = table.get("reader"), table.get("options")
    given = set(options) & set(Options.model_fields) if isinstance(options, dict) else set()
    faults += unknown_names(document, {"reader": "readers"}, {"readers": list(READERS)})
    if not isinstance(reader, str) or reader not in READERS:
        return source, faults
    understood = READERS[reader][1]

    def fault(option: str, words: Phrase, known: Iterable[str] = ()) -> Fault:
        place = ("options", option)
        return Fault("own", place, document.line(place), known=tuple(sorted(known)), words=words)

    not_known = Phrase("option_not_of_reader", reader=reader)
    faults += [fault(option, not_known, understood) for option in sorted(given - understood)]
    if reader in WORKBOOKS and "sheet" not in given:
        faults.append(fault("sheet", Phrase("sheet_unnamed")))
    return source, faults


def source_at_hand(name: str, folders: Sequence[Path], raw: Path) -> Source:
    """Return the source of that name, or the one named in its `instead` where it has no file.

    Parameters
    ----------
    name, folders
        As in `load_source`.
    raw
        Folder of the raw files.

    Returns
    -------
    source
        As in `load_source`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import config_folders, source_at_hand
    >>> folders = config_folders(Path("data/raw/demo/demo.toml"))
    >>> source_at_hand("deso_2018", folders, Path("data/raw/demo")).reader
    'geojson'
    """
    # So a campaign made for files put in place by hand is fetched in an empty folder too.
    source = load_source(name, folders)
    if source.instead is None or has_file(source, raw):
        return source
    return load_source(source.instead, folders)


def read_source(
    source: Source,
    raw: Path,
    *,
    county_code: str | tuple[str, ...],
    key: pd.DataFrame | None = None,
    campaign: str = "<campaign>",
) -> pd.DataFrame:
    """Return what the source's file in `raw` says of the county, rows sorted by code.

    Parameters
    ----------
    source
        What the file is.
    raw
        Folder of the raw files.
    county_code
        Two digits, such as "14", of one county or of several; or codes of the municipalities that
        are kept.
    key
        Frame of a `key` source, for tables keyed by "Kommun (RegSO)".
    campaign
        Shown in the command that would fetch a missing file.

    Returns
    -------
    frame
        A GeoDataFrame in EPSG:3006 of areas, or of points by code; COUNTS, where unknown is NaN; of
        cells, every row of the file as the reader has it.

    Raises
    ------
    SourceError
        A file is missing, damaged, or does not hold what its source promises.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import load_source, read_source
    >>> source = load_source("val_valdistrikt_2022")
    >>> districts = read_source(source, Path("data/raw/demo"), county_code="01")
    >>> districts.crs.to_epsg(), districts.index.name
    (3006, 'area_code')
    """
    paths, rows = _rows(source, raw, campaign)
    return _frame(paths, rows, source, county_code=county_code, key=key)


def _rows(source: Source, raw: Path, campaign: str) -> tuple[tuple[Path, ...], pd.DataFrame]:
    """Return the source's files and their rows, as the reader has them."""
    paths = find_files(source, raw, campaign=campaign)
    parts = []
    for path in paths:
        with _telling((path,), source):
            refuse_old_results(path)
            parts.append(READERS[source.reader][0](path, source))
    rows = parts[0]
    if len(parts) > 1:
        rows = pd.concat(parts, ignore_index=True)
        rows.index.name = parts[0].index.name
    return paths, rows


def _frame(
    paths: tuple[Path, ...],
    rows: pd.DataFrame,
    source: Source,
    *,
    county_code: str | tuple[str, ...],
    key: pd.DataFrame | None,
) -> pd.DataFrame:
    if source.provides == "cells":
        return rows
    frame: pd.DataFrame
    with _telling(paths, source):
        if source.provides in UNPLACED:
            shapes: pd.DataFrame = UNPLACED[source.provides](rows, source)
            return shapes
        home = (county_code,) if isinstance(county_code, str) else county_code
        if source.provides == "early_votes":
            return shape_early_votes(rows, source, home)
        selection = select_rows(rows, source, home=home, key=key)
        frame = SHAPING[source.provides](selection, source)
    whole = source.provides in {"areas", "places"}
    if source.several and not whole and key is not None:
        # A municipality without a file: its votes would be missing without a word.
        missing = sorted(set(key["municipality_code"]) - set(frame.index.str[:4]))
        refuse_any("one_file_per_municipality", missing, source=source.title, files=source.files)
    return frame


EVERYWHERE = ("0", "1", "2")
"""What the code of every county begins with."""


def _ballots(rows: pd.DataFrame, source: Source, home: tuple[str, ...]) -> pd.DataFrame | None:
    """Return votes by council and party of a source of results; of the country where it elects."""
    if source.provides != "results":
        return None
    county = tuple({code[:2] for code in home}) if source.election == "region" else home
    whole = county if source.election in WHOLE else EVERYWHERE
    return sum_ballots(select_rows(rows, source, home=whole, key=None), source)


def _seats(paths: Sequence[Path], source: Source) -> pd.DataFrame | None:
    """Return the seats that the authority's own results say, of councils and constituencies."""
    if source.provides != "results" or source.reader != "val_json":
        return None
    found = []
    for path in paths:
        try:
            with _telling((path,), source):
                found.append(read_council_seats(path))
        except SourceError as error:
            # The votes stand without it, and what it says is never guessed.
            warnings.warn(Phrase("shown_left_out", fault=error), CoverageWarning, stacklevel=2)
    whole = pd.concat([pd.DataFrame(columns=["code", "seats"]), *found], ignore_index=True)
    return whole.assign(election=source.election, year=str(source.vintage))


DAMAGE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError),
    *(TypeError, UnboundLocalError, ValueError, zipfile.BadZipFile, zlib.error, csv.Error),
    *(ParseError, ArrowException, CalamineError, JSONError, ShapelyError),
)
"""What Python and the libraries raise on a file that is cut off, mangled or of another kind:
GDAL, the projections and the encodings raise some of the first. No reader catches them."""


@contextmanager
def _telling(paths: Sequence[Path], source: Source) -> Iterator[None]:
    """Tell of which files and source a fault is, and of damage as what it is."""
    try:
        yield
    except BaseException as error:
        fault: object = error
        if not isinstance(error, SourceError):
            # A workbook's library, which is not Python, panics: that is no `Exception`.
            if not isinstance(error, DAMAGE) and type(error).__name__ != "PanicException":
                raise
            words = f"{type(error).__name__}: {' '.join(str(error).split())}"[:120]
            fault = Phrase("damaged_as", reader=source.reader, error=words)
        more = Phrase("and_more", count=len(paths) - 1) if len(paths) > 1 else ""
        name, title = paths[0].name, source.title
        raise SourceError("of_source", paths=name, more=more, source=title, error=fault) from error


def other_tables(campaign: Campaign, folders: Sequence[Path]) -> dict[str, Source]:
    """Return the tables of counts on the campaign's area sets that it does not name, by name.

    Those of the closer set come first. A file with a fault is no concern of a campaign that does
    not name it: it is left out.
    """
    sets = campaign.area_sets[::-1]
    found = {}
    for name, document in named_documents("sources", folders).items():
        given = document.table.get("provides"), document.table.get("area_set")
        if name in campaign.sources or given not in [("counts", area_set) for area_set in sets]:
            continue
        source, faults = judge_source(document)
        if source is not None and not faults:
            found[name] = source
    return dict(sorted(found.items(), key=lambda item: (sets.index(item[1].area_set), item[0])))


_FIRST = {"key": 0, "areas": 1, "names": 2}
"""What is read before the rest: the key, or what it is made from."""


def read_all(
    campaign: Campaign, sources: Mapping[str, Source], raw: Path, campaign_file: str
) -> tuple[tuple[Loaded, ...], pd.DataFrame | None]:
    """Return the sources of a campaign, read, and the key by which its areas nest."""
    # Without a file of what is only shown, less is shown, and everything else is the same.
    drawn = {source.area_set for source in sources.values() if source.provides == "areas"}
    sources = {
        name: source
        for name, source in sources.items()
        if not _is_spare(source, drawn, campaign) or has_file(source, raw)
    }
    missing = [source for source in sources.values() if not has_file(source, raw)]
    if len(missing) > 1:
        faults = [_missing(source) for source in missing]
        raise SourceError("files_missing", faults, raw=raw, campaign=campaign_file)
    for source in sources.values():
        find_files(source, raw, campaign=campaign_file)
    home = campaign.municipalities or campaign.home
    key = None
    loaded: dict[str, Loaded] = {}
    for name in sorted(sources, key=lambda name: _FIRST.get(sources[name].provides, len(_FIRST))):
        source = sources[name]
        try:
            paths, rows = _rows(source, raw, campaign_file)
            frame = _frame(paths, rows, source, county_code=home, key=key)
        except SourceError as error:
            if source.is_by_hand or not source.is_shown:
                raise
            # An official list whose form was never seen whole is no reason to stop a run.
            warnings.warn(Phrase("shown_left_out", fault=error), CoverageWarning, stacklevel=2)
            continue
        votes, seats = _ballots(rows, source, home), _seats(paths, source)
        loaded[name] = Loaded(name, source, paths, frame, votes, seats)
        _refuse_lost_county(loaded[name], campaign, sources.values())
        key = _key(campaign, loaded) if key is None else key
    return tuple(loaded[name] for name in sources if name in loaded), key


def _is_spare(source: Source, drawn: Collection[str], campaign: Campaign) -> bool:
    """Whether a run is the same without it: what is only shown, and votes that no area gets."""
    basis, year = campaign.election.basis, campaign.election.year
    # A European campaign looks back to the riksdag's; any other to its own.
    compared = "riksdag" if basis == "eu" else basis
    other = source.vintage != year and source.election != compared
    voted = source.provides == "results" and (source.area_set not in drawn or other)
    return source.is_shown or voted


def _refuse_lost_county(item: Loaded, campaign: Campaign, sources: Iterable[Source]) -> None:
    """Raise where a source that a run rests on in every county says nothing of one.

    Its votes or people would be missing without a word. Not all counties vote for a region.
    """
    source, frame = item.source, item.frame
    voted = {one.area_set for one in sources if one.provides == "results"}
    needed = {
        **dict.fromkeys(("key", "names", "results"), True),
        "areas": source.area_set in {campaign.base_set, *voted},
        "counts": source.area_set == campaign.base_set and "population_count" in frame,
    }
    if len(campaign.home) == 1 or not needed.get(source.provides):
        return
    held = set(pd.Series(frame.get("municipality_code", frame.index), dtype=object).str[:2])
    asked = {code[:2] for code in campaign.municipalities} or set(campaign.home)
    lost = [
        code
        for code in sorted(asked - held)
        if source.election != "region" or counties()[code].elects_region
    ]
    if lost:
        name, there = item.files[0].name, names_of_counties(lost)
        raise SourceError("no_row_of_counties", name=name, source=source.title, counties=there)


def _missing(source: Source) -> Phrase:
    fetch = source.fetch
    how = Phrase("missing_own", how=fetch.how) if isinstance(fetch, OwnFile) else ""
    return Phrase("missing_one", source=source.title, files=source.files, how=how)


def _key(campaign: Campaign, loaded: Mapping[str, Loaded]) -> pd.DataFrame | None:
    """Return the key, also one made of borders; None until all that it takes is loaded."""
    nesting = campaign.nesting
    item = None if nesting is None else loaded.get(nesting.key)
    if nesting is None or item is None or item.source.provides == "key":
        return None if item is None else item.frame
    larger = [
        other.frame["area_name"]
        for other in loaded.values()
        if (other.source.provides, other.source.area_set) == ("areas", nesting.area_set)
    ]
    towns = [town_names(other) for other in loaded.values() if other.source.provides == "names"]
    if not larger or not towns or "parent_code" not in item.frame:
        return None
    parent, home = item.frame["parent_code"], item.frame["municipality_code"]
    return pd.DataFrame(
        {
            "parent_code": parent,
            "parent_name": parent.map(larger[0]).fillna(parent),
            "municipality_code": home,
            "municipality_name": home.map(towns[0]),
        }
    )


def town_names(item: Loaded) -> pd.Series:
    """Return name by municipality code, of a source of names or a key."""
    frame = item.frame
    if item.source.provides != "names":
        frame = frame.drop_duplicates("municipality_code").set_index("municipality_code")
    return frame["municipality_name"]
