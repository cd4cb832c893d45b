"""From a file's rows to canonical columns, one function per kind of source."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.borders import polygons
from geoprio.sources.catalogue import Column, MappingColumns, Source, Where
from geoprio.sources.rows import (
    OVERLAP,
    Mask,
    Selection,
    as_category,
    as_numbers,
    listed,
    matches,
    title_case,
    wanted_categories,
)
from geoprio.tables import AREAS, COUNTS, NOT_TOLD, check
from geoprio.words import Phrase

SHARE = "_share"
Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Layout:
    """Where the numbers of a file go: the codes, sorted, and the place of each row among them."""

    rows: Selection
    index: pd.Index
    place: Ints
    numbers: dict[str, Floats]


def count_frame(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the canonical columns by area code, sorted; unknown is NaN, never 0.

    A sum with an unknown part, or without one of its rows, is unknown.

    SourceError: Every text in a number column, every negative number and every count that is not
    whole, at once; a row that stands twice; a `where` that no row fits; nothing but zeros.
    """
    columns = [column for column in source.columns if _is_there(rows.frame, column)]
    index = pd.Index(sorted(rows.codes.cat.categories), name="area_code", dtype=str)
    rank = index.get_indexer(rows.codes.cat.categories)
    place = rank[rows.codes.cat.codes.to_numpy()].astype(np.int64)
    layout = Layout(rows, index, place, _numbers(rows, source, columns))
    summed = {column.name: _sum(layout, column, source.where) for column in columns}
    frame = pd.DataFrame(summed, index=index, dtype=float)
    if frame.eq(0).all(axis=None):
        # The statistics office answers 0, not an error, for codes of another vintage.
        raise SourceError("every_number_zero")
    return frame


def _is_there(frame: pd.DataFrame, column: Column) -> bool:
    needed = {*column.added, *column.minus, *column.where}
    return not column.optional or needed <= set(frame.columns)


def _numbers(rows: Selection, source: Source, columns: list[Column]) -> dict[str, Floats]:
    named = [name for column in columns for name in (*column.added, *column.minus)]
    whole = {
        name
        for column in columns
        if column.name.endswith(("_count", "_class")) and column.scale == 1
        for name in (*column.added, *column.minus)
    }
    zero = set(source.empty_is_zero.columns) if source.empty_is_zero else set()
    read: dict[str, Floats] = {}
    faults: list[str] = []
    for name in dict.fromkeys(named):
        values, bad = as_numbers(rows.frame[name], empty_is_zero=name in zero)
        if name in whole:
            bad |= values.notna() & (values % 1 != 0)
        read[name] = values.to_numpy(float)
        faults += _faults(rows, name, bad.to_numpy(bool))
    if faults:
        raise SourceError("cells_not_counts", listed(faults), count=len(faults))
    return read


def _faults(rows: Selection, name: str, bad: Mask) -> list[Phrase]:
    cells = rows.frame.loc[bad, name]
    kind = rows.frame.index.name
    return [
        Phrase("cell_found", kind=kind, number=number, code=code, name=name, cell=cell)
        for number, code, cell in zip(cells.index, rows.codes[bad], cells, strict=True)
    ]


def _sum(layout: Layout, column: Column, fixed: Where) -> Floats:
    chosen = matches(layout.rows.frame, column.where)
    dimensions = {**fixed, **column.where}
    _refuse_repeated(layout, column.name, list(dimensions), chosen)
    parts = _parts(layout.rows.frame, dimensions)
    if column.name.endswith(SHARE) and parts > 1:
        raise SourceError("where_fits_several", column=column.name, parts=parts)
    added = np.sum([layout.numbers[name][chosen] for name in column.added], axis=0)
    for name in column.minus:
        added = added - layout.numbers[name][chosen]
    place, size = layout.place[chosen], len(layout.index)
    # An unknown part makes the sum unknown: bincount carries NaN along.
    sums = np.bincount(place, weights=added, minlength=size).astype(float)
    sums[np.bincount(place, minlength=size) < parts] = np.nan
    if (sums < 0).any():
        codes = layout.index[sums < 0]
        raise SourceError(
            "minus_above_value", listed(list(codes)), column=column.name, count=len(codes)
        )
    return _scaled(sums, layout, column)


def _scaled(sums: Floats, layout: Layout, column: Column) -> Floats:
    scaled = np.asarray(sums * column.scale, dtype=float)
    if column.name.endswith(SHARE) and (scaled > 1).any():
        codes = [f"{code}: {value:g}" for code, value in zip(layout.index, scaled, strict=True)]
        beyond = [text for text, value in zip(codes, scaled, strict=True) if value > 1]
        raise SourceError("shares_above_one", listed(beyond), column=column.name)
    return scaled


def _parts(frame: pd.DataFrame, dimensions: Where) -> int:
    """Return how many rows make one area's number."""
    counts = [wanted_categories(frame[name], wanted).sum() for name, wanted in dimensions.items()]
    return int(np.prod(counts, dtype=int))


def _refuse_repeated(layout: Layout, name: str, dimensions: list[str], chosen: Mask) -> None:
    combined = layout.place[chosen]
    for dimension in dimensions:
        texts = layout.rows.frame[dimension].cat
        codes = texts.codes.to_numpy()[chosen].astype(np.int64)
        combined = combined * len(texts.categories) + codes
    double = pd.Series(combined).duplicated(keep=False).to_numpy(bool)
    double = double & ~layout.rows.unassigned[chosen]
    if double.any():
        found = layout.rows.codes[chosen][double].astype(str)
        by = Phrase("by_dimensions", names=map(repr, dimensions)) if dimensions else ""
        faults = [f"{found.index.name} {number}: {code}" for number, code in found.items()]
        raise SourceError(
            "codes_twice_in_column", listed(faults), name=name, count=found.nunique(), by=by
        )


PER_CENT = 100.0
SLACK = 0.02


def shape_mapping(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the official pairs: source_code (older), area_code (newer), share, comparable.

    An area that the publisher does not compare has one row with `comparable` False and no
    source_code (NaN). `share` is the part (0-1) of the older area that went to the newer; NaN
    where the publisher does not say.

    SourceError: Unknown words for the status, an older code that is none, a comparable area without
    any, a pair that stands twice, or shares that do not add up.
    """
    columns = source.mapping
    if columns is None:
        raise SourceError("source_without_mapping")
    codes = rows.codes.astype(str).to_numpy()
    comparable = _comparable(rows.frame, columns)
    shares = _shares(rows.frame, columns)
    old = [_old_codes(rows.frame[name], columns.width) for name in columns.from_columns]
    pairs = pd.concat(
        [
            pd.DataFrame({"source_code": part, "area_code": codes, "share": shares})[
                comparable & part.ne("").to_numpy()
            ]
            for part in old
        ]
    )
    bare = sorted(set(codes[comparable]) - set(pairs["area_code"]))
    if bare:
        raise SourceError("comparable_without_older", listed(bare))
    double = pairs[pairs.duplicated(["source_code", "area_code"])]
    if len(double):
        faults = list(double["source_code"] + " in " + double["area_code"])
        raise SourceError("pairs_stand_twice", listed(faults))
    apart = pd.DataFrame({"source_code": np.nan, "area_code": codes[~comparable], "share": np.nan})
    frame = pd.concat([pairs.assign(comparable=True), apart.assign(comparable=False)])
    frame["share"] = _as_parts(frame)
    return frame.astype({"source_code": object}).sort_values(
        ["area_code", "source_code"], ignore_index=True
    )


def _comparable(frame: pd.DataFrame, columns: MappingColumns) -> Mask:
    if columns.status is None:
        return np.ones(len(frame), dtype=bool)
    words = as_category(frame[columns.status]).astype(str).str.casefold()
    yes = words.isin([word.casefold() for word in columns.comparable])
    known = yes | words.isin([word.casefold() for word in columns.changed])
    if not known.all():
        faults = [f"{words.index.name} {row}: {word!r}" for row, word in words[~known].items()]
        expected = ", ".join(map(repr, (*columns.comparable, *columns.changed)))
        raise SourceError(
            "status_words_unknown", listed(faults), status=columns.status, expected=expected
        )
    return yes.to_numpy(bool)


def _old_codes(values: pd.Series, width: int) -> pd.Series:
    texts = as_category(values).astype(str).replace({"None": "", "-": ""})
    padded = texts.where(texts.eq(""), texts.str.zfill(width))
    wrong = padded.ne("") & ~padded.str.fullmatch(rf"\d{{{width}}}")
    if wrong.any():
        faults = [f"{values.index.name} {row}: {code!r}" for row, code in texts[wrong].items()]
        raise SourceError("codes_of_wrong_width", listed(faults), column=values.name, width=width)
    return padded


def _shares(frame: pd.DataFrame, columns: MappingColumns) -> pd.Series:
    if columns.share is None:
        return pd.Series(np.nan, index=frame.index)
    shares, bad = as_numbers(frame[columns.share], empty_is_zero=False)
    if bad.any() or shares.isna().any():
        wrong = shares.index[bad | shares.isna()]
        faults = [f"{frame.index.name} {row}: {frame.loc[row, columns.share]!r}" for row in wrong]
        raise SourceError("shares_not_numbers", listed(faults))
    return shares


def _as_parts(frame: pd.DataFrame) -> pd.Series:
    """Return the shares as parts of 1, whether written so or as per cent."""
    shares = frame["share"]
    sums = shares.groupby(frame["source_code"]).sum(min_count=1).dropna()
    if sums.empty:
        return shares
    whole = PER_CENT if (sums > 2).any() else 1.0
    wrong = sums[(sums / whole - 1).abs() > SLACK]
    if len(wrong):
        faults = [f"{code}: {total:g}" for code, total in wrong.items()]
        raise SourceError("older_shares_do_not_sum", listed(faults), whole=whole)
    return shares / frame["source_code"].map(sums)


def shape_areas(rows: Selection, source: Source) -> gpd.GeoDataFrame:
    """Return the county's areas: name, municipality, geometry in EPSG:3006.

    SourceError: A code stands twice and its features are not parts of one area
    (`options.dissolve`), or an area has no polygon.
    """
    if not isinstance(rows.frame, gpd.GeoDataFrame):
        raise SourceError("areas_without_geometry")
    shapes = polygons(rows.frame.geometry)
    bare = rows.codes[shapes.is_empty.to_numpy()]
    if len(bare):
        raise SourceError("areas_without_polygon", listed([str(code) for code in bare]))
    if source.options.dissolve:
        rows = _dissolved(rows, shapes, source)
        shapes = rows.frame.geometry
    rows.refuse_duplicates(hint=Phrase("hint_dissolve"))
    frame = _text_frame(rows, source)
    frame["area_name"] = _named(frame, source)
    shapes.index = frame.index
    areas = gpd.GeoDataFrame(frame, geometry=shapes)
    return check(areas.sort_index(), AREAS)


def _dissolved(rows: Selection, shapes: gpd.GeoSeries, source: Source) -> Selection:
    """Return one row per code, its parts made one shape.

    SourceError: Parts of one code differ in a text, so that they are no parts of one area.
    """
    texts = rows.frame[list(source.texts.values())].apply(as_category).astype(str)
    codes = rows.codes.astype(str).rename("area_code")
    apart = texts.groupby(codes).nunique().gt(1).any(axis=1)
    if apart.any():
        raise SourceError("features_of_one_code_differ", listed(list(apart.index[apart])))
    whole = gpd.GeoDataFrame(texts, geometry=shapes).dissolve(codes.to_numpy())
    return Selection(whole, as_category(whole.index.to_series()), rows.unassigned[: len(whole)])


def shape_key(rows: Selection, source: Source) -> pd.DataFrame:
    """Return which larger area each small one lies in.

    SourceError: A code stands twice, a parent is missing, or a parent bears two names.
    """
    frame = _text_frame(rows, source)
    blank = frame.index[frame["parent_code"].eq("")]
    if len(blank):
        raise SourceError("areas_without_parent", listed(list(blank)))
    named = frame.drop_duplicates(["parent_code", "parent_name", "municipality_name"])
    double = named["parent_code"][named["parent_code"].duplicated()]
    if len(double):
        raise SourceError("parents_of_two_names", listed(list(double)))
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

    SourceError: A party of the source has no vote anywhere: the file calls it something else.
    """
    frame = count_frame(rows, source)
    votes = frame.filter(regex=PARTY_VOTES)
    absent = [str(name) for name in votes.columns[votes.eq(0).all()]]
    if absent:
        raise SourceError("party_without_votes", parties=absent)
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
        raise SourceError("column_holds_formulas", listed(faults), column=column)


def _named(frame: pd.DataFrame, source: Source) -> pd.Series:
    codes = pd.Series(frame.index, index=frame.index)
    if "area_name" not in frame:
        return codes
    names = frame["area_name"]
    if source.lowercase_words is not None:
        lowercase = source.lowercase_words
        names = names.map(lambda name: title_case(name, lowercase=lowercase))
    return names.where(names.ne(""), codes)
