"""From a file's rows to canonical columns, one function per kind of source."""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.schemas import AREAS, COUNTS, NOT_TOLD, check
from geoprio.sources.catalogue import Source
from geoprio.sources.counts import count_frame
from geoprio.sources.geometry import polygons
from geoprio.sources.keys import title_case
from geoprio.sources.mappings import shape_mapping
from geoprio.sources.numbers import as_category, listed
from geoprio.sources.rows import OVERLAP, Selection


def shape_areas(rows: Selection, source: Source) -> gpd.GeoDataFrame:
    """Return the county's areas: name, municipality, geometry in EPSG:3006.

    Raises
    ------
    SourceError
        A code stands twice and its features are not parts of one area (`options.dissolve`), or an
        area has no polygon.
    """
    if not isinstance(rows.frame, gpd.GeoDataFrame):
        message = "areas need a file with geometry"
        raise SourceError(message)
    shapes = polygons(rows.frame.geometry)
    bare = rows.codes[shapes.is_empty.to_numpy()]
    if len(bare):
        heading = "areas without any polygon; mend the file, or fetch it again"
        raise SourceError(join_faults(heading, listed([str(code) for code in bare])))
    if source.options.dissolve:
        rows = _dissolved(rows, shapes, source)
        shapes = rows.frame.geometry
    rows.refuse_duplicates(hint="; of parts of one area, set `dissolve = true` in [options]")
    frame = _text_frame(rows, source)
    frame["area_name"] = _named(frame, source)
    shapes.index = frame.index
    areas = gpd.GeoDataFrame(frame, geometry=shapes)
    return check(areas.sort_index(), AREAS)


def _dissolved(rows: Selection, shapes: gpd.GeoSeries, source: Source) -> Selection:
    """Return one row per code, its parts made one shape.

    Raises
    ------
    SourceError
        Parts of one code differ in a text, so that they are no parts of one area.
    """
    texts = rows.frame[list(source.texts.values())].apply(as_category).astype(str)
    codes = rows.codes.astype(str).rename("area_code")
    apart = texts.groupby(codes).nunique().gt(1).any(axis=1)
    if apart.any():
        heading = "features of one code that differ in name or municipality; expected one area each"
        raise SourceError(join_faults(heading, listed(list(apart.index[apart]))))
    whole = gpd.GeoDataFrame(texts, geometry=shapes).dissolve(codes.to_numpy())
    return Selection(whole, as_category(whole.index.to_series()), rows.unassigned[: len(whole)])


def shape_key(rows: Selection, source: Source) -> pd.DataFrame:
    """Return which larger area each small one lies in.

    Raises
    ------
    SourceError
        A code stands twice, a parent is missing, or a parent bears two names.
    """
    frame = _text_frame(rows, source)
    blank = frame.index[frame["parent_code"].eq("")]
    if len(blank):
        heading = "areas without a parent; expected one each"
        raise SourceError(join_faults(heading, listed(list(blank))))
    named = frame.drop_duplicates(["parent_code", "parent_name", "municipality_name"])
    double = named["parent_code"][named["parent_code"].duplicated()]
    if len(double):
        heading = "parents that bear two names; expected one each"
        raise SourceError(join_faults(heading, listed(list(double))))
    columns = ["parent_code", "parent_name", "municipality_code", "municipality_name"]
    return frame[columns].sort_index()


def shape_names(rows: Selection, source: Source) -> pd.DataFrame:
    """Return municipalities and their names."""
    frame = _text_frame(rows, source)
    return frame[["municipality_name"]].rename_axis("municipality_code").sort_index()


def shape_postal(rows: Selection, source: Source) -> pd.DataFrame:
    """Return postal codes, their locality and municipality."""
    frame = _text_frame(rows, source)
    columns = ["locality", "municipality_code"]
    return frame[columns].rename_axis("postal_code").sort_index()


def shape_counts(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the county's counts; unknown is NaN, never 0."""
    return check(count_frame(rows, source), COUNTS)


def shape_results(rows: Selection, source: Source) -> pd.DataFrame:
    """Return an election's counts by polling district, and which rows belong to none.

    Raises
    ------
    SourceError
        A party of the source has no vote anywhere: the file calls it something else.
    """
    frame = count_frame(rows, source)
    votes = frame.filter(regex=PARTY_VOTES)
    absent = [str(name) for name in votes.columns[votes.eq(0).all()]]
    if absent:
        message = (
            f"{', '.join(absent)}: not one vote in the county; the file may have another name for"
            " the party: mend the source's `value`"
        )
        raise SourceError(message)
    outside = set(rows.codes[rows.unassigned])
    return check(frame, COUNTS).assign(unassigned=frame.index.isin(outside))


PARTY_VOTES = "^votes_(?!other_).*_count$"

SHAPERS: dict[str, Callable[[Selection, Source], pd.DataFrame]] = {
    "areas": shape_areas,
    "key": shape_key,
    "names": shape_names,
    "postal": shape_postal,
    "counts": shape_counts,
    "results": shape_results,
    "mapping": shape_mapping,
}


def _text_frame(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the text columns by code, the municipality being the code's first four."""
    rows.refuse_duplicates()
    index = pd.Index(rows.codes.astype(str), name="area_code", dtype=str)
    texts = {
        name: as_category(rows.frame[column]).astype(str).to_numpy()
        for name, column in source.texts.items()
    }
    frame = pd.DataFrame(texts, index=index, dtype=str)
    for name, column in source.texts.items():
        _refuse_formula(frame[name], column)
    if source.municipality is not None:
        told = NOT_TOLD if source.municipality == OVERLAP else source.municipality
        frame["municipality_code"] = told
    elif "municipality_code" not in frame:
        frame["municipality_code"] = index.str[:4]
    return frame.assign(municipality_code=frame["municipality_code"].str.zfill(4))


def _refuse_formula(texts: pd.Series, column: str) -> None:
    formulas = texts[texts.str.startswith("=")]
    if len(formulas):
        faults = [f"{code}: {text!r}" for code, text in formulas.items()]
        heading = f"column {column!r} holds formulas where names are expected; paste its values"
        raise SourceError(join_faults(heading, listed(faults)))


def _named(frame: pd.DataFrame, source: Source) -> pd.Series:
    codes = pd.Series(frame.index, index=frame.index)
    if "area_name" not in frame:
        return codes
    names = frame["area_name"]
    if source.lowercase_words is not None:
        lowercase = source.lowercase_words
        names = names.map(lambda name: title_case(name, lowercase=lowercase))
    return names.where(names.ne(""), codes)
