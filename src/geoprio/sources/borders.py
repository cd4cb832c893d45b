"""Reader of borders from a file of the user's own: the formats that map programs write.

GeoPackage, GeoJSON, Shapefile, GeoParquet, and a zip of any of these. Everything is read into
memory: no path in a zip reaches the disk, and a GeoPackage is never opened for writing. What is
damaged, misread or lies outside Sweden is a `SourceError`.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import shapely
from pyarrow import ArrowException
from pyogrio import errors
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.raw import (
    LARGEST,
    decode,
    is_named,
    members,
    open_zip,
    read_bytes,
    refuse_bomb,
)
from geoprio.sources.rows import listed, refuse_any
from geoprio.sources.sheets import respelled
from geoprio.tables import CRS as SWEREF
from geoprio.words import Phrase

SWEDEN = (250_000.0, 6_110_000.0, 930_000.0, 7_690_000.0)
"""West, south, east and north of Sweden in EPSG:3006, metres."""

WGS84 = 4326
Shapes = np.ndarray[Any, np.dtype[np.object_]]
Points = np.ndarray[Any, np.dtype[np.float64]]
MATCHED = re.compile(rb'"numberMatched"\s*:\s*(\d+)')
RETURNED = re.compile(rb'"numberReturned"\s*:\s*(\d+)')


def _parsed(content: bytes) -> gpd.GeoDataFrame:
    """Return the features of GeoJSON as they stand."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise SourceError("not_geojson", start=content[:40].decode("utf-8", "replace"))
    ends = content[:2000] + content[-2000:]
    matched, returned = MATCHED.search(ends), RETURNED.search(ends)
    if matched and returned and int(matched[1]) > int(returned[1]):
        raise SourceError("geojson_is_one_page", given=int(returned[1]), all=int(matched[1]))
    try:
        features = pyogrio.read_dataframe(io.BytesIO(content))
    except (errors.DataSourceError, errors.DataLayerError) as error:
        raise SourceError("geojson_broken", error=str(error)[:120]) from None
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        raise SourceError("geojson_without_features")
    return features


def _settled(features: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the features without heights, numbered from 1, in EPSG:3006.

    The coordinates decide what they are, not the declaration: what the source says (`options.crs`)
    is tried first, then what the file declares, EPSG:3006 and EPSG:4326, and the first that puts
    every shape inside Sweden is right, else with the axes the other way. So metres declared as
    degrees, or not declared, are read right, and so is north before east.
    """
    numbered = features.set_index(pd.RangeIndex(1, len(features) + 1, name="feature"))
    shapes = shapely.force_2d(np.asarray(numbered.geometry.array))
    bare = numbered.index[shapely.is_missing(shapes) | shapely.is_empty(shapes)]
    if len(bare):
        raise SourceError("features_without_geometry", features=bare[:5], count=len(bare))
    flat = numbered.set_geometry(gpd.GeoSeries(shapes, numbered.index, features.crs))
    points = shapely.get_coordinates(shapes)
    candidates = _candidates(features.crs, source)
    for crs in candidates:
        if in_sweden(points, crs):
            return flat.set_crs(crs, allow_override=True).to_crs(SWEREF)
    for crs in candidates:
        if in_sweden(points[:, ::-1], crs):
            turned = shapely.transform(shapes, lambda they: they[:, ::-1])
            return flat.set_geometry(gpd.GeoSeries(turned, flat.index, crs)).to_crs(SWEREF)
    raise _misplaced(points, candidates, features.crs)


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


def _candidates(declared: CRS | None, source: Source) -> list[CRS]:
    named = (source.options.crs, declared, SWEREF, WGS84)
    try:
        found = [CRS.from_user_input(item) for item in named if item is not None]
    except CRSError as error:
        raise SourceError("unknown_crs", item=source.options.crs or error) from None
    # Of two that are the same, the place of the first counts.
    return list({crs.to_string(): crs for crs in found}.values())


def in_sweden(points: Points, crs: CRS) -> bool:
    """Return whether all points (n, 2), east and north in a CRS, lie inside Sweden.

    Each is transformed: the corners of a box about a long country lie far out at sea.
    """
    if not np.isfinite(points).all():
        return False
    if crs.is_geographic and (np.abs(points) > (180, 90)).any():
        return False
    if crs.to_epsg() != SWEREF:
        transformer = Transformer.from_crs(crs, SWEREF, always_xy=True)
        points = np.column_stack(transformer.transform(*points.T))
    west, south, east, north = SWEDEN
    # What cannot be transformed is infinite.
    return bool(((points >= (west, south)) & (points <= (east, north))).all())


def _misplaced(points: Points, candidates: list[CRS], declared: CRS | None) -> SourceError:
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    found = Phrase("box", west=west, east=east, south=south, north=north)
    tried = [crs.to_string() for crs in candidates]
    declares = Phrase("nothing") if declared is None else declared.to_string()
    return SourceError("coordinates_outside_sweden", found=found, tried=tried, declares=declares)


SQLITE = b"SQLite format 3\x00"
MISREAD = re.compile("[\u0080-\u009f\ufffd]|Ã.")
"""What Swedish letters become when text is read in another encoding than it was written in."""

DAMAGE = (
    errors.DataSourceError,
    errors.DataLayerError,
    errors.FeatureError,
    errors.FieldError,
    errors.GeometryError,
)
Parts = Mapping[str, bytes]
"""The bytes of a file by its suffix; a shapefile is several."""


def read_boundaries(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Return the features of a file of borders in EPSG:3006, the format told by its suffix.

    Heights are dropped; only polygons are areas (`shape_areas` mends and refuses).
    """
    parts = _parts(path, source.options)
    suffix = next(suffix for suffix in FORMATS if suffix in parts)
    features = FORMATS[suffix](parts, source.options)
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        raise SourceError("layer_without_geometry")
    names = respelled([str(name) for name in features.columns], source.options.spellings or {})
    features.columns = pd.Index(names, dtype=object)
    texts = pd.DataFrame(features.drop(columns=features.geometry.name))
    bad = [
        f"{str(name)!r}: {text!r}"
        for name in texts.select_dtypes(["str", "object"])
        for text in texts[name].dropna().unique()
        if isinstance(text, str) and MISREAD.search(text)
    ]
    if bad:
        raise SourceError("text_misread", found=listed(bad))
    return _settled(features, source)


def _parts(path: Path, options: Options) -> dict[str, bytes]:
    content = read_bytes(path)
    suffix = _suffix(path.name)
    if suffix == ".zip":
        return _unpacked(content, options)
    if suffix not in FORMATS:
        raise SourceError("no_borders_format", suffix=suffix, formats=FORMATS)
    if suffix != ".shp":
        return {suffix: content}
    siblings = [other for other in sorted(path.parent.iterdir()) if other.stem == path.stem]
    beside = {_suffix(other.name): other for other in siblings if _suffix(other.name) in SHAPEFILE}
    return {".shp": content} | {part: other.read_bytes() for part, other in beside.items()}


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return {".json": ".geojson", ".geoparquet": ".parquet"}.get(suffix, suffix)


def _unpacked(content: bytes, options: Options) -> dict[str, bytes]:
    with open_zip(io.BytesIO(content)) as packed:
        chosen = _chosen(members(packed), options)
        refuse_bomb(chosen)
        return {_suffix(item.filename): packed.read(item) for item in chosen}


def _chosen(items: list[zipfile.ZipInfo], options: Options) -> list[zipfile.ZipInfo]:
    """Return the one file of borders in a zip, with its other parts if it is a shapefile."""
    borders = [item for item in items if _suffix(item.filename) in FORMATS]
    found = [item for item in borders if is_named(item, options.member or "*")]
    if len(found) != 1:
        names = [item.filename for item in found or items] or Phrase("nothing")
        raise SourceError("zip_not_one_borders_file", formats=FORMATS, names=names)
    name = found[0].filename
    parts = SHAPEFILE if _suffix(name) == ".shp" else {}
    beside = [item for item in items if _suffix(item.filename) in parts]
    return [*found, *(item for item in beside if _bare(item.filename) == _bare(name))]


def _bare(name: str) -> PurePosixPath:
    return PurePosixPath(name).with_suffix("")


def _geojson(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    text = decode(parts[".geojson"], encoding=options.encoding or "utf-8-sig")
    return _parsed(text.encode())


def _geopackage(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    content = parts[".gpkg"]
    if not content.startswith(SQLITE):
        raise SourceError("not_geopackage", content=content[:20])
    try:
        found = pyogrio.list_layers(_packed(parts))
    except DAMAGE as error:
        raise _broken(error) from None
    layers = [str(name) for name, kind in found if kind is not None]
    if options.layer is None and len(layers) == 1:
        return _features(parts, layer=layers[0])
    if options.layer not in layers:
        asked = "" if options.layer is None else Phrase("no_layer", layer=options.layer)
        raise SourceError("geopackage_layers", asked=asked, found=layers)
    return _features(parts, layer=options.layer)


def _shapefile(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    needed = (".shp", ".shx", ".dbf", *((".prj",) if options.crs is None else ()))
    lost = [suffix for suffix in needed if suffix not in parts]
    whats = {suffix: Phrase(SHAPEFILE.get(suffix, "part_shapes")) for suffix in lost}
    refuse_any(
        "shapefile_lacks_parts", [Phrase("named", name=n, fault=it) for n, it in whats.items()]
    )
    if options.encoding is not None:
        # GDAL passes over an encoding that it does not know.
        decode(b" ", encoding=options.encoding)
    return _features(parts, encoding=options.encoding)


def _packed(parts: Parts) -> io.BytesIO:
    """Return a zip of the parts, under a name of our own: GDAL reads it from memory by suffix."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for suffix, content in parts.items():
            made.writestr(f"borders{suffix}", content)
    packed.seek(0)
    return packed


def _features(
    parts: Parts, *, layer: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # GDAL warns of heights, measures and the turn of rings, which are all dropped here.
            warnings.simplefilter("ignore")
            return pyogrio.read_dataframe(_packed(parts), layer=layer, encoding=encoding)
    except UnicodeDecodeError as error:
        raise SourceError("text_misread", found=str(error)) from None
    except DAMAGE as error:
        raise _broken(error) from None


def _geoparquet(parts: Parts, options: Options) -> gpd.GeoDataFrame:  # noqa: ARG001 - one signature
    content = io.BytesIO(parts[".parquet"])
    try:
        held = pyarrow.parquet.read_metadata(content)
        size = sum(held.row_group(number).total_byte_size for number in range(held.num_row_groups))
        if size > LARGEST:
            raise SourceError("borders_too_large", size=size, most=LARGEST)
        if b"geo" not in (held.metadata or {}):
            raise SourceError("parquet_without_geo")
        features = gpd.read_parquet(content)
    except (ArrowException, ValueError, OSError) as error:
        raise _broken(error) from None
    active = features.geometry.name
    if active == "geometry":
        return features
    return features.drop(columns="geometry", errors="ignore").rename_geometry("geometry")


FORMATS: dict[str, Callable[[Parts, Options], gpd.GeoDataFrame]] = {
    ".gpkg": _geopackage,
    ".geojson": _geojson,
    ".shp": _shapefile,
    ".parquet": _geoparquet,
}
"""One function per format, by suffix."""

SHAPEFILE = {".shx": "part_shx", ".dbf": "part_dbf", ".prj": "part_prj", ".cpg": "part_cpg"}
"""The parts beside the shapes, and what each holds."""


def _broken(error: Exception) -> SourceError:
    return SourceError("file_damaged", text=" ".join(str(error).split())[:120])


POINTS = frozenset({"Point", "MultiPoint"})


def shape_points(features: pd.DataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the points of a file by code, blanks in it taken away; a code may have many.

    Nothing but code and place is kept: an address is nobody's here.
    """
    column = source.key.column
    if column not in features or not isinstance(features, gpd.GeoDataFrame):
        raise SourceError("column_missing", column=column, features=map(str, features))
    codes = features[column].astype(str).str.replace(r"\s", "", regex=True)
    shapes = features.geometry
    pattern = re.compile(source.key.pattern or ".+")
    wrong = codes[~codes.str.fullmatch(pattern)].unique()
    faults = [Phrase("code_does_not_fit", code=code, pattern=pattern.pattern) for code in wrong[:5]]
    odd = ~shapes.geom_type.isin(POINTS) | shapes.is_empty
    if odd.any():
        kinds = ", ".join(sorted(set(shapes[odd].geom_type.astype(str))))
        faults.append(Phrase("features_not_points", count=odd.sum(), kinds=kinds))
    if faults:
        raise SourceError("points_wrong", faults, source=source.title)
    places = gpd.GeoDataFrame(geometry=shapes.to_numpy(), crs=features.crs)
    places.index = pd.Index(codes, name="area_code")
    middle = places.geometry.centroid
    return places.iloc[np.lexsort((middle.y, middle.x, codes.to_numpy(object)))]
