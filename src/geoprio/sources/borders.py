"""Reader of borders from a file of the user's own: the formats that map programs write.

GeoPackage, GeoJSON, Shapefile, GeoParquet, and a zip of any of these. Everything is read into
memory: no path in a zip reaches the disk, and a GeoPackage is never opened for writing. What is
damaged, misread or lies outside Sweden is a `SourceError`.
"""

import io
import json
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
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.raw import (
    LARGEST,
    decode,
    is_named,
    members,
    read_bytes,
    refuse_bomb,
)
from geoprio.sources.rows import OTHER_DIGIT, listed, plain_text, refuse_any
from geoprio.sources.sheets import respelled
from geoprio.tables import CRS as SWEREF
from geoprio.words import Phrase

SWEDEN = (250_000.0, 6_110_000.0, 930_000.0, 7_690_000.0)
"""West, south, east and north of Sweden in EPSG:3006, metres."""

WGS84 = 4326
Shapes = np.ndarray[Any, np.dtype[np.object_]]
Points = np.ndarray[Any, np.dtype[np.float64]]


def settled(features: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the features without heights, numbered from 1, in EPSG:3006.

    The coordinates decide what they are, not the declaration: what the source says (`options.crs`)
    is tried first, then what the file declares, EPSG:3006 and EPSG:4326, and the first that puts
    every shape inside Sweden is right, else with the axes the other way. So metres declared as
    degrees, or not declared, are read right, and so is north before east.
    """
    numbered = features.set_index(pd.RangeIndex(1, len(features) + 1, name="feature"))
    shapes = shapely.force_2d(np.asarray(numbered.geometry.array))
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    bare[owner[~np.isfinite(points).all(axis=1)]] = True
    if bare.any():
        bad = numbered.index[bare]
        raise SourceError("features_without_geometry", features=bad[:5], count=len(bad))
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
        try:
            transformer = Transformer.from_crs(crs, SWEREF, always_xy=True)
        except ProjError:
            return False
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
HELD = (dict, list, np.ndarray)
"""What a property of GeoJSON may be besides text and numbers: it is no one's code or name."""
OF_PERSONS = re.compile(
    r"person|samordningsn|^((för|efter|till|ägar)e?[ _]?)?namn$"
    r"|^((first|last|full|owner)[ _]?)?name$"
    r"|ägare|boende|innehavare|född|födelse|telefon|mobil|phone|e-?post|mail",
    re.IGNORECASE,
)
"""Columns that a file of addresses may not have: geoprio counts doors, not who is behind them."""
MISREAD = re.compile("[\u0080-\u009f\ufffd]|Ã.")
"""What Swedish letters become when text is read in another encoding than it was written in."""
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
    names = respelled(
        [plain_text(name) for name in features.columns], source.options.spellings or {}
    )
    features.columns = pd.Index(names, dtype=object)
    if source.provides == "doors":
        refuse_any("doors_of_persons", [name for name in names if OF_PERSONS.search(name)])
        # Of an address nothing but what is counted is kept.
        features = features[[*(set(source.needed) & set(names)), features.geometry.name]]
    texts = pd.DataFrame(features.drop(columns=features.geometry.name))
    columns = list(texts.select_dtypes(["str", "object"]))
    bad = [
        f"{str(name)!r}: {text!r}"
        for name in columns
        for text in dict.fromkeys(cell for cell in texts[name] if isinstance(cell, str))
        if MISREAD.search(text)
    ]
    if bad:
        raise SourceError("text_misread", found=listed(bad))
    held = [name for name in columns if texts[name].map(lambda it: isinstance(it, HELD)).any()]
    refuse_any("columns_hold_lists", [name for name in held if name in source.needed])
    return settled(features.drop(columns=held), source)


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
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
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
    if not text.lstrip().startswith("{"):
        raise SourceError("not_geojson", start=text[:40])
    document = json.loads(text)
    held = document.get("features", ())
    matched, given = document.get("numberMatched"), document.get("numberReturned", len(held))
    if isinstance(matched, int) and matched > given:
        raise SourceError("geojson_is_one_page", given=given, all=matched)
    features = _features(io.BytesIO(text.encode()))
    # GDAL passes over what it does not know without a word.
    if held and len(features) != len(held):
        raise SourceError("features_lost", held=len(held), read=len(features))
    return features


def _geopackage(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    content = parts[".gpkg"]
    if not content.startswith(SQLITE):
        raise SourceError("not_geopackage", content=content[:20])
    found = pyogrio.list_layers(_packed(parts))
    layers = [str(name) for name, kind in found if kind is not None]
    if options.layer is None and len(layers) == 1:
        return _features(_packed(parts), layer=layers[0])
    if options.layer not in layers:
        asked = "" if options.layer is None else Phrase("no_layer", layer=options.layer)
        raise SourceError("geopackage_layers", asked=asked, found=layers)
    return _features(_packed(parts), layer=options.layer)


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
    index, table = parts[".shx"], parts[".dbf"]
    shapes, rows = (len(index) - 100) // 8, int.from_bytes(table[4:8], "little")
    # The index ends with the last shape's place and length, in words of two bytes.
    last = sum(int.from_bytes(index[at:][:4], "big") for at in (-8, -4)) * 2 + 8
    if shapes != rows or last != len(parts[".shp"]):
        raise SourceError("shapefile_parts_differ", shapes=shapes, rows=rows)
    return _features(_packed(parts), encoding=options.encoding)


def _packed(parts: Parts) -> io.BytesIO:
    """Return a zip of the parts, under a name of our own: GDAL reads it from memory by suffix."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for suffix, content in parts.items():
            made.writestr(f"borders{suffix}", content)
    packed.seek(0)
    return packed


def _features(file: io.BytesIO, **asked: str | None) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # GDAL warns of heights, measures and the turn of rings, which are all dropped here.
            warnings.simplefilter("ignore")
            # A ring that is not closed is closed; what is no shape is None, and told by its number.
            return pyogrio.read_dataframe(file, on_invalid="fix", **asked)
    except UnicodeDecodeError as error:
        raise SourceError("text_misread", found=str(error)) from None


def _geoparquet(parts: Parts, options: Options) -> gpd.GeoDataFrame:  # noqa: ARG001 - one signature
    content = io.BytesIO(parts[".parquet"])
    file = pyarrow.parquet.ParquetFile(content)
    if b"geo" not in (file.metadata.metadata or {}):
        raise SourceError("parquet_without_geo")
    size = 0
    # What the file says of its size is not believed: one shape may be told to stand there for ever.
    for batch in file.iter_batches(batch_size=100):
        size += batch.nbytes
        if size > LARGEST:
            raise SourceError("borders_too_large", size=size, most=LARGEST)
    features = gpd.read_parquet(content)
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
    wrong = codes[~codes.str.fullmatch(pattern) | codes.str.contains(OTHER_DIGIT)].unique()
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
