"""Reader of GeoJSON, and the checks that put every shape where it belongs in EPSG:3006."""

import io
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geoprio.errors import SourceError
from geoprio.schemas import CRS as SWEREF
from geoprio.sources.catalogue import Source
from geoprio.sources.files import read_bytes, read_member

SWEDEN = (250_000.0, 6_110_000.0, 930_000.0, 7_690_000.0)
"""West, south, east and north of Sweden in EPSG:3006, metres."""

WGS84 = 4326
Shapes = np.ndarray[Any, np.dtype[np.object_]]
Box = np.ndarray[Any, np.dtype[np.float64]]
MATCHED = re.compile(rb'"numberMatched"\s*:\s*(\d+)')
RETURNED = re.compile(rb'"numberReturned"\s*:\s*(\d+)')


def read_geojson(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Return the features of a GeoJSON file, plain or zipped, in EPSG:3006.

    As `settle` has them.

    Raises
    ------
    SourceError
        The file is empty, truncated or not GeoJSON, is one page of several, has features without
        geometry, or lies outside Sweden however it is read (swapped axes are named).
    """
    return settle(parse_geojson(_content(path, source)), source)


def parse_geojson(content: bytes) -> gpd.GeoDataFrame:
    """Return the features of GeoJSON as they stand.

    Raises
    ------
    SourceError
        The content is truncated or not GeoJSON, is one page of several, or holds no features.
    """
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        start = content[:40].decode("utf-8", "replace")
        message = f"not GeoJSON: the file begins with {start!r}; fetch it again"
        raise SourceError(message)
    _refuse_page(content)
    try:
        features = pyogrio.read_dataframe(io.BytesIO(content))
    except (DataSourceError, DataLayerError) as error:
        message = f"not whole GeoJSON ({str(error)[:120]}); fetch it again"
        raise SourceError(message) from None
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        message = "the file holds no features with geometry; fetch it again"
        raise SourceError(message)
    return features


def settle(features: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the features without heights, numbered from 1, in EPSG:3006.

    The coordinates decide what they are, not the declaration: what the source says (`options.crs`)
    is tried first, then what the file declares, EPSG:3006 and EPSG:4326, and the first that puts
    every shape inside Sweden is right. So metres declared as degrees, or not declared, are read
    right.

    Raises
    ------
    SourceError
        Features without geometry, or shapes outside Sweden however they are read (swapped axes are
        named).
    """
    numbered = features.set_index(pd.RangeIndex(1, len(features) + 1, name="feature"))
    flat = shapely.force_2d(np.asarray(numbered.geometry.array))
    return _place(numbered.set_geometry(gpd.GeoSeries(flat, numbered.index, features.crs)), source)


def polygons(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the same shapes, valid, with polygonal parts only; the index is kept.

    Only invalid shapes are touched. A shape with no polygonal part becomes empty.
    """
    mended = np.asarray(shapes.array).copy()
    bad = ~shapely.is_valid(mended) | ~np.isin(shapely.get_type_id(mended), (3, 6))
    if bad.any():
        mended[bad] = _polygonal_parts(shapely.make_valid(mended[bad]))
    return gpd.GeoSeries(mended, index=shapes.index, crs=shapes.crs, name="geometry")


def _polygonal_parts(shapes: Shapes) -> Shapes:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    # A collection may hold multipolygons: taken apart twice, every part is a simple shape.
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    kept = shapely.get_type_id(parts) == 3
    whole = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    owners = np.unique(owner[kept])
    _, place = np.unique(owner[kept], return_inverse=True)
    if owners.size:
        whole[owners] = shapely.multipolygons(parts[kept], indices=place)
    return whole


def _content(path: Path, source: Source) -> bytes:
    if path.suffix.lower() != ".zip":
        return read_bytes(path)
    read_bytes(path)
    member = source.options.member
    return read_member(path, patterns=(member,) if member else ("*.geojson", "*.json"))


def _refuse_page(content: bytes) -> None:
    ends = content[:2000] + content[-2000:]
    matched, returned = MATCHED.search(ends), RETURNED.search(ends)
    if matched and returned and int(matched[1]) > int(returned[1]):
        message = (
            f"the file holds {int(returned[1])} of {int(matched[1])} features:"
            " it is one page of the reply; fetch them all"
        )
        raise SourceError(message)


def _place(features: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    shapes = np.asarray(features.geometry.array)
    bare = features.index[shapely.is_missing(shapes) | shapely.is_empty(shapes)]
    if len(bare):
        listed = ", ".join(map(str, bare[:5]))
        message = f"no geometry in feature {listed} ({len(bare)} in all); mend or fetch the file"
        raise SourceError(message)
    box = shapely.total_bounds(shapes)
    candidates = _candidates(features.crs, source)
    for crs in candidates:
        if in_sweden(box, crs):
            return features.set_crs(crs, allow_override=True).to_crs(SWEREF)
    raise SourceError(_misplaced(box, candidates, features.crs))


def _candidates(declared: CRS | None, source: Source) -> list[CRS]:
    listed = [source.options.crs, declared, SWEREF, WGS84]
    unique: dict[str, CRS] = {}
    for item in listed:
        if item is not None:
            crs = _crs(item)
            unique.setdefault(crs.to_string(), crs)
    return list(unique.values())


def _crs(item: CRS | str | int) -> CRS:
    try:
        return CRS.from_user_input(item)
    except CRSError:
        message = f"unknown CRS {item!r}; state another in the source's `crs`"
        raise SourceError(message) from None


def in_sweden(box: Box, crs: CRS) -> bool:
    """Return whether west, south, east and north of a CRS lie inside Sweden."""
    if not np.isfinite(box).all():
        return False
    if crs.is_geographic and (np.abs(box) > (180, 90, 180, 90)).any():
        return False
    if crs.to_epsg() != SWEREF:
        transformer = Transformer.from_crs(crs, SWEREF, always_xy=True)
        box = np.array(transformer.transform_bounds(*box))
    west, south, east, north = SWEDEN
    return bool(
        np.isfinite(box).all()
        and west <= box[0] <= box[2] <= east
        and south <= box[1] <= box[3] <= north
    )


def _misplaced(box: Box, candidates: list[CRS], declared: CRS | None) -> str:
    found = f"x {box[0]:,.6g} to {box[2]:,.6g}, y {box[1]:,.6g} to {box[3]:,.6g}"
    swapped = box[[1, 0, 3, 2]]
    fits = [crs.to_string() for crs in candidates if in_sweden(swapped, crs)]
    if fits:
        return (
            f"swapped axes: the coordinates ({found}) are (north, east) in {fits[0]};"
            " expected (east, north): swap them in the file or fetch it as GeoJSON again"
        )
    tried = ", ".join(crs.to_string() for crs in candidates)
    declares = "nothing" if declared is None else declared.to_string()
    return (
        f"the coordinates ({found}) lie outside Sweden however they are read (tried {tried};"
        f" the file declares {declares}); state the right `crs` in the source, for example"
        ' "EPSG:3006"'
    )
