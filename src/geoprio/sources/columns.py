"""From a file's rows to canonical columns, one function per kind of source.

What does not hold what its source promises is a `SourceError`, with every such cell at once.
"""

import math
from collections.abc import Callable
from functools import partial
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
    cells_told,
    matches,
    nth,
    refuse_any,
    title_case,
    wanted_categories,
)
from geoprio.sources.sheets import COMMA
from geoprio.tables import AREAS, COUNTS, NOT_TOLD, check
from geoprio.words import Phrase, one_line

SHARE = "_share"
Floats = np.ndarray[Any, np.dtype[np.float64]]


def shape_counts(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the county's counts by area code; unknown is NaN, never 0.

    A sum with an unknown part, or without one of its rows, is unknown.
    """
    numbers = _numbers(rows, source)
    summed = {column.name: _sum(rows, numbers, column, source.where) for column in source.columns}
    index = pd.Index(rows.codes.cat.categories, name="area_code", dtype=str)
    frame = pd.DataFrame(summed, index=index, dtype=float)
    if frame.eq(0).all(axis=None):
        # The statistics office answers 0, not an error, for codes of another vintage.
        raise SourceError("every_number_zero")
    return check(frame, COUNTS)


def _numbers(rows: Selection, source: Source) -> dict[str, Floats]:
    named = [name for column in source.columns for name in column.numbers]
    whole = {
        name
        for column in source.columns
        if column.name.endswith(("_count", "_class")) and column.scale == 1
        for name in column.numbers
    }
    zero = set(source.empty_is_zero.columns) if source.empty_is_zero else set()
    read: dict[str, Floats] = {}
    faults: list[Phrase] = []
    for name in dict.fromkeys(named):
        values, bad = as_numbers(rows.frame[name], empty_is_zero=name in zero)
        if name in whole:
            bad |= values.notna() & (values % 1 != 0)
        read[name] = values.to_numpy(float)
        faults += _faults(rows, name, bad.to_numpy(bool))
    # The word is the cure of all such cells: it is told once.
    comma = any(COMMA.match(str(fault.values["cell"])) for fault in faults)
    hint = Phrase("hint_decimal_comma") if comma else ""
    refuse_any("cells_not_counts", faults, count=len(faults), hint=hint)
    return read


def _faults(rows: Selection, name: str, bad: Mask) -> list[Phrase]:
    cells = rows.frame.loc[bad, name]
    return [
        Phrase("cell_found", place=nth(cells.index, number), code=code, name=name, cell=cell)
        for number, code, cell in zip(cells.index, rows.codes[bad], cells, strict=True)
    ]


def _sum(rows: Selection, numbers: dict[str, Floats], column: Column, fixed: Where) -> Floats:
    chosen = matches(rows.frame, column.where)
    dimensions = {**fixed, **column.where}
    _refuse_repeated(rows, column.name, list(dimensions), chosen)
    # So many rows make one area's number.
    wanted = [wanted_categories(rows.frame[name], texts) for name, texts in dimensions.items()]
    parts = math.prod(int(found.sum()) for found in wanted)
    if column.name.endswith(SHARE) and parts > 1:
        raise SourceError("where_fits_several", column=column.name, parts=parts)
    added = np.sum([numbers[name][chosen] for name in column.added], axis=0)
    for name in column.minus:
        added = added - numbers[name][chosen]
    codes = rows.codes.cat.categories
    place, size = rows.codes.cat.codes.to_numpy()[chosen], len(codes)
    # An unknown part makes the sum unknown: bincount carries NaN along.
    sums = np.bincount(place, weights=added, minlength=size).astype(float)
    sums[np.bincount(place, minlength=size) < parts] = np.nan
    below = list(codes[sums < 0])
    refuse_any("minus_above_value", below, column=column.name, count=len(below))
    scaled = np.asarray(sums * column.scale, dtype=float)
    if column.name.endswith(SHARE):
        beyond = pd.Series(scaled, codes)[scaled > 1]
        faults = [f"{code}: {value:g}" for code, value in beyond.items()]
        refuse_any("shares_above_one", faults, column=column.name)
    return scaled


def _refuse_repeated(rows: Selection, name: str, dimensions: list[str], chosen: Mask) -> None:
    told = {dimension: rows.frame[dimension].cat.codes[chosen] for dimension in dimensions}
    cells = pd.DataFrame({**told, "": rows.codes.cat.codes[chosen]})
    double = cells.duplicated(keep=False) & ~rows.unassigned[chosen]
    found = rows.codes[chosen][double.to_numpy()].astype(str)
    by = Phrase("by_dimensions", names=map(repr, dimensions)) if dimensions else ""
    faults = [
        Phrase("code_at", place=nth(found.index, number), code=code)
        for number, code in found.items()
    ]
    refuse_any("codes_twice_in_column", faults, name=name, count=found.nunique(), by=by)


PER_CENT = 100.0
SLACK = 0.02


def shape_mapping(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the official pairs: source_code (older), area_code (newer), share, comparable.

    An area that the publisher does not compare has one row with `comparable` False and no
    source_code (NaN). `share` is the part (0-1) of the older area that went to the newer; NaN
    where the publisher does not say.
    """
    columns = source.mapping
    if columns is None:
        raise SourceError("source_without_mapping")
    codes = rows.codes.astype(str).to_numpy()
    told = _told_as_code(rows.frame, columns)
    comparable = _comparable(rows.frame, columns) | told.ne("").to_numpy()
    shares = _shares(rows.frame, columns)
    old = [_old_codes(rows.frame[name], columns.width) for name in columns.from_columns]
    old.append(told.mask(pd.concat(old, axis=1).eq(told, axis=0).any(axis=1), ""))
    whole = pd.DataFrame({"area_code": codes, "share": shares}, index=shares.index)[comparable]
    pairs = pd.concat([whole.assign(source_code=part) for part in old])
    pairs = pairs.loc[pairs["source_code"] != "", ["source_code", "area_code", "share"]]
    refuse_any("comparable_without_older", sorted(set(codes[comparable]) - set(pairs["area_code"])))
    double = pairs[pairs.duplicated(["source_code", "area_code"])]
    refuse_any("pairs_stand_twice", list(double["source_code"] + " in " + double["area_code"]))
    apart = pd.DataFrame({"source_code": np.nan, "area_code": codes[~comparable], "share": np.nan})
    frame = pd.concat([pairs.assign(comparable=True), apart.assign(comparable=False)])
    frame["share"] = _as_parts(frame)
    return frame.astype({"source_code": object}).sort_values(
        ["area_code", "source_code"], ignore_index=True
    )


def _told_as_code(frame: pd.DataFrame, columns: MappingColumns) -> pd.Series:
    """Return the older codes that the publisher wrote where the status stands, else ""."""
    if columns.status is None:
        return pd.Series("", frame.index, dtype=object)
    words = as_category(frame[columns.status]).astype(str)
    code = words.str.fullmatch(rf"\d{{{columns.width - 1},{columns.width}}}")
    return words.str.zfill(columns.width).where(code, "")


def _comparable(frame: pd.DataFrame, columns: MappingColumns) -> Mask:
    if columns.status is None:
        return np.ones(len(frame), dtype=bool)
    words = as_category(frame[columns.status]).astype(str).str.casefold()
    yes = words.isin([word.casefold() for word in columns.comparable])
    known = yes | words.isin([word.casefold() for word in columns.changed])
    expected = ", ".join(map(repr, (*columns.comparable, *columns.changed)))
    faults = cells_told(words[~known & _told_as_code(frame, columns).eq("")])
    refuse_any("status_words_unknown", faults, status=columns.status, expected=expected)
    return yes.to_numpy(bool)


def _old_codes(values: pd.Series, width: int) -> pd.Series:
    texts = as_category(values).astype(str).replace({"None": "", "-": ""})
    padded = texts.where(texts.eq(""), texts.str.zfill(width))
    wrong = padded.ne("") & ~padded.str.fullmatch(rf"[0-9]{{{width}}}")
    refuse_any("codes_of_wrong_width", cells_told(texts[wrong]), column=values.name, width=width)
    return padded


def _shares(frame: pd.DataFrame, columns: MappingColumns) -> pd.Series:
    if columns.share is None:
        return pd.Series(np.nan, index=frame.index)
    shares, bad = as_numbers(frame[columns.share])
    refuse_any("shares_not_numbers", cells_told(frame.loc[bad | shares.isna(), columns.share]))
    return shares


def _as_parts(frame: pd.DataFrame) -> pd.Series:
    """Return the shares as parts of 1, whether written so or as per cent."""
    shares = frame["share"]
    sums = shares.groupby(frame["source_code"]).sum(min_count=1).dropna()
    if sums.empty:
        return shares
    whole = PER_CENT if (sums > 2).any() else 1.0
    wrong = sums[(sums / whole - 1).abs() > SLACK]
    faults = [f"{code}: {total:g}" for code, total in wrong.items()]
    refuse_any("older_shares_do_not_sum", faults, whole=whole)
    return shares / frame["source_code"].map(sums)


def shape_areas(rows: Selection, source: Source) -> gpd.GeoDataFrame:
    """Return the county's areas: name, municipality, geometry in EPSG:3006."""
    if not isinstance(rows.frame, gpd.GeoDataFrame):
        raise SourceError("areas_without_geometry")
    shapes = polygons(rows.frame.geometry)
    refuse_any("areas_without_polygon", list(rows.codes[shapes.is_empty.to_numpy()].astype(str)))
    if source.options.dissolve:
        rows = _dissolved(rows, shapes, source)
        shapes = rows.frame.geometry
    rows.refuse_duplicates(hint=Phrase("hint_dissolve"))
    frame = _text_frame(rows, source)
    codes = pd.Series(frame.index, index=frame.index)
    names = frame.get("area_name", codes)
    if source.lowercase_words is not None:
        names = names.map(partial(title_case, lowercase=source.lowercase_words))
    frame["area_name"] = names.where(names.ne(""), codes)
    shapes.index = frame.index
    areas = gpd.GeoDataFrame(frame, geometry=shapes)
    return check(areas.sort_index(), AREAS)


def _dissolved(rows: Selection, shapes: gpd.GeoSeries, source: Source) -> Selection:
    """Return one row per code, its parts made one shape; they may differ in no text."""
    texts = rows.frame[list(source.texts.values())].apply(as_category).astype(str)
    codes = rows.codes.astype(str).rename("area_code")
    apart = texts.groupby(codes).nunique().gt(1).any(axis=1)
    refuse_any("features_of_one_code_differ", list(apart.index[apart]))
    whole = gpd.GeoDataFrame(texts, geometry=shapes).dissolve(codes.to_numpy())
    return Selection(whole, as_category(whole.index.to_series()), rows.unassigned[: len(whole)])


def shape_key(rows: Selection, source: Source) -> pd.DataFrame:
    """Return which larger area each small one lies in; a parent bears one name."""
    frame = _text_frame(rows, source)
    refuse_any("areas_without_parent", list(frame.index[frame["parent_code"].eq("")]))
    named = frame.drop_duplicates(["parent_code", "parent_name", "municipality_name"])
    refuse_any(
        "parents_of_two_names", list(named["parent_code"][named["parent_code"].duplicated()])
    )
    columns = ["parent_code", "parent_name", "municipality_code", "municipality_name"]
    return frame[columns].sort_index()


def shape_names(rows: Selection, source: Source) -> pd.DataFrame:
    """Return municipalities and their names, or postal codes with locality and municipality."""
    columns, index = {
        "names": (["municipality_name"], "municipality_code"),
        "postal": (["locality", "municipality_code"], "postal_code"),
    }[source.provides]
    return _text_frame(rows, source)[columns].rename_axis(index).sort_index()


def shape_results(rows: Selection, source: Source) -> pd.DataFrame:
    """Return an election's counts by polling district, and which rows belong to none."""
    frame = shape_counts(rows, source)
    votes = frame.filter(regex="^votes_(?!other_).*_count$")
    absent = [str(name) for name in votes.columns[votes.eq(0).all()]]
    if absent:
        # The file calls it something else.
        raise SourceError("party_without_votes", parties=absent)
    if "votes_cast_count" in frame:
        # A final file is there as soon as one district is counted.
        waiting = list(frame.index[frame["votes_cast_count"].isna()])
        refuse_any("districts_not_counted", waiting, count=len(waiting), of=len(frame))
    outside = set(rows.codes[rows.unassigned])
    return frame.assign(unassigned=frame.index.isin(outside))


NATION = "00"
"""Code of what all of the country elects."""
WHOLE = {"region": 2, "kommun": 4}
"""Digits of a code that tell which council it elects; the rest of elections are the country's."""
LISTED = "parti "
"""What the columns of a full list of parties begin with."""


def sum_ballots(rows: Selection, source: Source) -> pd.DataFrame:
    """Return an election's votes by council, constituency and party, those of no district too.

    Returns
    -------
    ballots
        `election`, `year`, `council` (`00`, a county or a municipality), `constituency` ("" where
        the file does not say, and in a kommun of one or with votes of none), `party` ("OTHER" for
        those that the file adds up), `votes_count`; and of the constituency `constituency_name`,
        `valid_count`, `electors_count`, `areas` (its municipalities) and `parts_count`
        (constituencies of the council; NaN where the file does not say). A sum with an unknown
        part is NaN.
    """
    numbers = _lenient(rows, source)
    digits = WHOLE.get(str(source.election))
    codes = rows.codes.astype(str)
    part, told = pd.Series("", index=codes.index), source.constituency in rows.frame
    if told:
        part = as_category(rows.frame[source.constituency]).astype(str).str.zfill(2)
    keys = pd.DataFrame({"council": codes.str[:digits] if digits else NATION, "constituency": part})
    keys["constituency_name"] = ""
    if source.constituency_name in rows.frame:
        keys["constituency_name"] = _as_names(rows.frame[source.constituency_name])
    held = keys[~rows.unassigned].groupby("council")["constituency"].nunique()
    if source.election == "kommun":
        # Early votes of no district have a code of their own in some files: of no constituency.
        pairs = keys["council"] + " " + keys["constituency"]
        lost = keys.loc[~pairs.isin(pairs[~rows.unassigned]), "council"]
        whole_only = keys["council"].isin({*lost, *held.index[held < 2]})
        keys.loc[whole_only, ["constituency", "constituency_name"]] = ""
    by = [keys["council"], keys["constituency"]]
    sums = numbers.groupby(by).sum(skipna=False)
    towns = codes.str[:4].groupby(by).agg(lambda own: " ".join(sorted(set(own))))
    whole = pd.DataFrame({"valid_count": sums["valid"], "electors_count": sums["electors"]})
    count = whole.index.get_level_values(0).map(held.to_dict()) if told else np.nan
    names = keys.groupby(by)["constituency_name"].first()
    whole = whole.assign(areas=towns, parts_count=count, constituency_name=names)
    votes = sums.drop(columns=["valid", "electors"])
    long = votes.melt(var_name="party", value_name="votes_count", ignore_index=False)
    return (
        long.join(whole)
        .reset_index()
        .assign(election=str(source.election), year=float(source.vintage))
        .astype({"parts_count": float})
    )


def _lenient(rows: Selection, source: Source) -> pd.DataFrame:
    """Return votes by row and party; what is no number is unknown: a county's run need not stop."""
    zero = set(source.empty_is_zero.columns) if source.empty_is_zero else set()

    def read(name: str) -> pd.Series:
        values, bad = as_numbers(rows.frame[name], empty_is_zero=name in zero)
        return values.mask(bad)

    named = {name for column in source.columns for name in column.added}
    found = {
        column.name: sum(map(read, column.added)) - sum(map(read, column.minus))
        for column in source.columns
        if column.name.startswith(("votes_", "valid_", "electors_"))
        and column.name != "votes_cast_count"
    }
    frame = pd.DataFrame(found).rename(
        columns=lambda name: name.removesuffix("_count").removeprefix("votes_")
    )
    frame = frame.rename(
        columns=lambda name: name if name in ("valid", "electors") else name.upper()
    )
    own = [name for name in map(str, rows.frame) if name.startswith(LISTED) and name not in named]
    if own:
        # Another municipality's file has other parties: what it does not list got nothing there.
        listed = pd.DataFrame({one_line(name.removeprefix(LISTED)): read(name) for name in own})
        listed = listed.fillna(0.0)
        frame = frame.assign(OTHER=frame["OTHER"] - listed.sum(axis=1)).join(listed)
    return frame


SHAPERS: dict[str, Callable[[Selection, Source], pd.DataFrame]] = {
    "areas": shape_areas,
    "key": shape_key,
    "names": shape_names,
    "postal": shape_names,
    "counts": shape_counts,
    "results": shape_results,
    "mapping": shape_mapping,
}


def _as_names(values: pd.Series) -> pd.Series:
    cells = as_category(values).astype(str)
    return cells.map({cell: one_line(cell) for cell in cells.unique()})


def _text_frame(rows: Selection, source: Source) -> pd.DataFrame:
    """Return the text columns by code, the municipality being the code's first four.

    Names come in on one line, without signs that nobody sees: they go out on pages and in tables.
    """
    rows.refuse_duplicates()
    index = pd.Index(rows.codes.astype(str), name="area_code", dtype=str)
    texts = {
        name: _as_names(rows.frame[column]).to_numpy() for name, column in source.texts.items()
    }
    frame = pd.DataFrame(texts, index=index, dtype=str)
    for name, column in source.texts.items():
        formulas = frame[name][frame[name].str.startswith("=")]
        faults = [f"{code}: {text!r}" for code, text in formulas.items()]
        refuse_any("column_holds_formulas", faults, column=column)
    if source.municipality is not None:
        told = NOT_TOLD if source.municipality == OVERLAP else source.municipality
        frame["municipality_code"] = told
    elif "municipality_code" not in frame:
        frame["municipality_code"] = index.str[:4]
    return frame.assign(municipality_code=frame["municipality_code"].str.zfill(4))
