"""From a file's rows to points: homes, which are only counted, and places that people go to."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.errors import SourceError
from geoprio.sources.borders import settled
from geoprio.sources.catalogue import Source
from geoprio.sources.raw import decode, read_bytes
from geoprio.sources.rows import (
    Selection,
    as_category,
    as_numbers,
    cells_told,
    nth,
    plain_text,
    refuse_any,
)
from geoprio.sources.sheets import respelled
from geoprio.words import Phrase

Texts = np.ndarray[Any, np.dtype[np.object_]]
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
LARGEST_HOUSE = 2
"""Dwellings of a house at most; a building with more is one of flats (SCB's småhus)."""
HOUSE, FLATS = re.compile("småhus", re.IGNORECASE), re.compile("flerfam|flerbost", re.IGNORECASE)


def shape_doors(features: pd.DataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return a point for each building or address where people live, by postal code.

    Parameters
    ----------
    features
        Points, or footprints, which are taken at a point inside.
    source
        Its key is the postal code, its column the number of dwellings, its text `building` what
        kind of building it is; a file may lack any of them.

    Returns
    -------
    doors
        Index `area_code`: the postal code, "" where it is not told. `dwellings_count`, NaN where it
        is not told; `houses_count`, those of them in houses: by the kind of building, else where
        there are two at most. Buildings without dwellings are left out, where any has them.
    """
    if not isinstance(features, gpd.GeoDataFrame):
        raise SourceError("areas_without_geometry")
    number = source.columns[0].added[0]
    untold = pd.Series(np.nan, features.index, name=number)
    dwellings, bad = as_numbers(features.get(number, untold))
    bad |= dwellings.notna() & (dwellings % 1 != 0)
    # What stands in such a cell is not repeated: it may be anybody's.
    wrong = [nth(bad.index, row) for row in bad.index[bad]]
    refuse_any("cells_not_counts", wrong, count=len(wrong), hint="")
    kind = _texts(features, source.texts.get("building"))
    small = kind.str.contains(HOUSE) | (~kind.str.contains(FLATS) & (dwellings <= LARGEST_HOUSE))
    shapes = np.asarray(features.geometry.array)
    points = shapely.get_type_id(shapes) == 0
    shapes = np.where(points, shapes, shapely.point_on_surface(shapes))
    found = gpd.GeoDataFrame(
        {
            "dwellings_count": dwellings.to_numpy(),
            "houses_count": dwellings.where(small | dwellings.isna(), 0.0).to_numpy(),
        },
        index=pd.Index(_postal_codes(features, source), name="area_code"),
        geometry=shapes,
        crs=features.crs,
    )
    return found[found["dwellings_count"] > 0] if dwellings.notna().any() else found


def _texts(features: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None or column not in features:
        return pd.Series("", features.index)
    return as_category(features[column]).astype(str)


def _postal_codes(features: pd.DataFrame, source: Source) -> Texts:
    codes = _texts(features, source.key.column).str.replace(r"\s", "", regex=True)
    like = source.key.pattern or ".+"
    wrong = codes.index[(codes != "") & ~codes.str.fullmatch(like)][:5]
    faults = [
        Phrase(
            "row_does_not_fit", name=source.key.column, place=nth(codes.index, row), pattern=like
        )
        for row in wrong
    ]
    refuse_any("points_wrong", faults, source=source.title)
    return codes.to_numpy(object)


def read_val_places(path: Path, source: Source) -> pd.DataFrame:
    """Return the places of a list in JSON as text, a column for each key; the index is their order.

    What is a list of its own, such as days and hours, is one text, its parts apart by blanks.
    """
    told = json.loads(decode(read_bytes(path), encoding="utf-8-sig"))
    if isinstance(told, Mapping):
        told = next((held for held in told.values() if isinstance(held, list)), None)
    if not (isinstance(told, list) and told and all(isinstance(one, Mapping) for one in told)):
        raise SourceError("no_list_of_places")
    rows = pd.DataFrame([{name: _flat(value) for name, value in one.items()} for one in told])
    rows.columns = pd.Index(respelled(list(map(str, rows)), source.options.spellings or {}))
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="row")
    return rows.fillna("")


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        value = list(value.values())
    return " ".join(map(_flat, value)) if isinstance(value, list) else plain_text(value)


def shape_places(rows: Selection, source: Source) -> gpd.GeoDataFrame:
    """Return the places that people go to, each once, in EPSG:3006.

    Returns
    -------
    places
        `place_name`, `place_kind` (the source's area set), `open_from` and `open_to` (days as
        ISO 8601 writes them, "" where the file tells none), `open_days_count` (NaN then), geometry
        of points; sorted by name and place. One without coordinates is left out.
    """
    names = as_category(rows.frame[source.texts["place_name"]]).astype(str)
    days = _texts(rows.frame, source.texts.get("open_days")).map(
        lambda told: sorted(set(DAY.findall(told)))
    )
    at = _points(rows.frame, source)
    found = gpd.GeoDataFrame(
        {
            "place_name": names,
            "place_kind": source.area_set,
            "open_from": days.map(lambda one: one[0] if one else ""),
            "open_to": days.map(lambda one: one[-1] if one else ""),
            "open_days_count": days.map(len).astype(float).where(days.map(bool)),
        },
        geometry=at.reindex(rows.frame.index).array,
        crs=at.crs,
    )
    found = found[~found.geometry.isna() & (found["place_name"] != "")]
    east, north = found.geometry.x, found.geometry.y
    order = np.lexsort((north, east, found["place_name"].to_numpy(object)))
    found = found.assign(east=east.round(), north=north.round()).iloc[order]
    once = found.drop_duplicates(["place_name", "east", "north"])
    return once.drop(columns=["east", "north"]).reset_index(drop=True)


def _points(rows: pd.DataFrame, source: Source) -> gpd.GeoSeries:
    """Return where each row lies, as far as it says, in EPSG:3006."""
    if isinstance(rows, gpd.GeoDataFrame):
        return rows.geometry.representative_point()
    if source.options.coordinates is None:
        raise SourceError("places_without_coordinates", options="coordinates")
    texts = (as_category(rows[name]).astype(str) for name in source.options.coordinates)
    read = [as_numbers(text.str.replace(",", ".", regex=False)) for text in texts]
    for (_, bad), name in zip(read, source.options.coordinates, strict=True):
        refuse_any("coordinates_not_numbers", cells_told(rows.loc[bad, name]), column=name)
    north, east = (values for values, _ in read)
    told = north.notna() & east.notna()
    if not told.any():
        raise SourceError("places_without_coordinates", options="coordinates")
    points = shapely.points(east[told], north[told])
    placed = settled(gpd.GeoDataFrame(geometry=points), source)
    return gpd.GeoSeries(placed.geometry.to_numpy(), index=rows.index[told], crs=placed.crs)


def shape_early_votes(rows: pd.DataFrame, source: Source, home: tuple[str, ...]) -> pd.DataFrame:
    """Return the early votes received by municipality and day, as far as any are counted.

    Parameters
    ----------
    rows
        A row for each place, a column for each day, and a row of sums that bears no code.
    source
        Its key is the municipality's code.
    home
        The county's two digits, or codes of municipalities.

    Returns
    -------
    early_votes
        `municipality_code`, `day` (ISO 8601) and `early_votes_count`, sorted. Days after the last
        one that any place of the file has a vote on are not there: they are to come.
    """
    days = [name for name in map(str, rows.columns) if DAY.match(name)]
    missing = [name for name in source.key.names if name not in rows]
    if not days or missing:
        raise SourceError("early_votes_columns_wrong", missing=missing, found=map(str, rows))
    counts = {}
    for name in days:
        counts[name[:10]], bad = as_numbers(rows[name])
        told = cells_told(rows.loc[bad, name])
        refuse_any("cells_not_counts", told, count=len(told), hint="")
    parts = [as_category(rows[name]).astype(str) for name in source.key.columns]
    padded = [one.str.zfill(width) for one, width in zip(parts, source.key.widths, strict=True)]
    bare = (pd.concat(parts, axis=1) == "").all(axis=1)
    code = pd.concat(padded, axis=1).sum(axis=1)
    votes = pd.DataFrame(counts)
    _refuse_wrong_sums(votes, bare)
    votes = votes.loc[:, votes[::-1].sum()[::-1].cumsum()[::-1] > 0]
    mine = ~bare & code.str.startswith(home)
    if not mine.any():
        found = sorted(set(code[~bare].str[:2]))
        raise SourceError("early_votes_elsewhere", home=home, found=found)
    summed = votes[mine].groupby(code[mine]).sum(min_count=1)
    summed = summed.rename_axis("municipality_code").reset_index()
    long = summed.melt("municipality_code", var_name="day", value_name="early_votes_count")
    return long.sort_values(["municipality_code", "day"], ignore_index=True)


def _refuse_wrong_sums(votes: pd.DataFrame, bare: pd.Series) -> None:
    """Raise where the file's own sums differ from those of its rows: it is cut off."""
    told, made = votes[bare].sum(), votes[~bare].sum()
    wrong = told.index[(told != made) & bool(bare.any())]
    faults = [Phrase("named", name=day, fault=f"{made[day]:g} / {told[day]:g}") for day in wrong]
    refuse_any("early_votes_sums_differ", faults)
