"""Reader of borders from a file of the user's own: the formats that map programs write.

GeoPackage, GeoJSON, Shapefile, GeoParquet, and a zip of any of these. Everything is read into
memory: no path in a zip reaches the disk, and a GeoPackage is never opened for writing.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyarrow.parquet
import pyogrio
from pyarrow import ArrowException
from pyogrio import errors

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Options, Source
from geoprio.sources.files import LARGEST, decode, open_zip, read_bytes, refuse_bomb
from geoprio.sources.geometry import parse_geojson, settle
from geoprio.sources.numbers import listed
from geoprio.sources.tables import respelled

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

    Raises
    ------
    SourceError
        The file, or the one in the zip, is empty, truncated or of another format; a part of a
        shapefile is missing; a GeoPackage has several layers and the source names none; a Parquet
        file says nothing of geometry; text was read in the wrong encoding; the coordinates lie
        outside Sweden (as `read_geojson`).
    """
    parts = _parts(path, source.options)
    suffix = next(suffix for suffix in FORMATS if suffix in parts)
    features = FORMATS[suffix](parts, source.options)
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        message = "the file holds no features with geometry; take another layer or file"
        raise SourceError(message)
    names = respelled([str(name) for name in features.columns], source.options.spellings or {})
    features.columns = pd.Index(names, dtype=object)
    _refuse_misread(features)
    return settle(features, source)


def _parts(path: Path, options: Options) -> dict[str, bytes]:
    content = read_bytes(path)
    suffix = _suffix(path.name)
    if suffix == ".zip":
        return _unpacked(content, options)
    if suffix not in FORMATS:
        message = f"no format of borders ends in {suffix!r}; expected {', '.join(FORMATS)} or .zip"
        raise SourceError(message)
    if suffix != ".shp":
        return {suffix: content}
    beside = {_suffix(other.name): other for other in _siblings(path)}
    return {".shp": content} | {
        other: beside[other].read_bytes() for other in SHAPEFILE if other in beside
    }


def _siblings(path: Path) -> list[Path]:
    return [other for other in sorted(path.parent.iterdir()) if other.stem == path.stem]


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return {".json": ".geojson", ".geoparquet": ".parquet"}.get(suffix, suffix)


def _unpacked(content: bytes, options: Options) -> dict[str, bytes]:
    with open_zip(io.BytesIO(content)) as packed:
        members = [
            item
            for item in packed.infolist()
            if not item.is_dir() and not item.filename.startswith("__MACOSX/")
        ]
        chosen = _chosen(members, options)
        refuse_bomb(chosen)
        return {_suffix(item.filename): packed.read(item) for item in chosen}


def _chosen(members: list[zipfile.ZipInfo], options: Options) -> list[zipfile.ZipInfo]:
    """Return the one file of borders in a zip, with its other parts if it is a shapefile."""
    pattern = (options.member or "*").lower()
    found = [
        item
        for item in members
        if _suffix(item.filename) in FORMATS
        and fnmatch(PurePosixPath(item.filename).name.lower(), pattern)
    ]
    if len(found) != 1:
        names = ", ".join(item.filename for item in found or members) or "nothing"
        message = (
            f"expected one file of borders ({', '.join(FORMATS)}) in the zip; found {names};"
            " name it in the source: `member` in [options]"
        )
        raise SourceError(message)
    stem = PurePosixPath(found[0].filename).with_suffix("")
    others = [
        item
        for item in members
        if PurePosixPath(item.filename).with_suffix("") == stem
        and _suffix(item.filename) in SHAPEFILE
        and _suffix(found[0].filename) == ".shp"
    ]
    return [*found, *others]


def _geojson(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    text = decode(parts[".geojson"], encoding=options.encoding or "utf-8-sig")
    return parse_geojson(text.encode())


def _geopackage(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    content = parts[".gpkg"]
    if not content.startswith(SQLITE):
        message = f"not a GeoPackage: the file begins with {content[:20]!r}; fetch it again"
        raise SourceError(message)
    layers = _layers(parts)
    if options.layer is None and len(layers) == 1:
        return _features(parts, layer=layers[0])
    if options.layer not in layers:
        found = ", ".join(layers) or "none"
        asked = "" if options.layer is None else f"no layer {options.layer!r}: "
        message = (
            f"{asked}the GeoPackage has these layers with geometry: {found}; name the one with the"
            " borders in the source: `layer` in [options]"
        )
        raise SourceError(message)
    return _features(parts, layer=options.layer)


def _layers(parts: Parts) -> list[str]:
    try:
        found = pyogrio.list_layers(_packed(parts))
    except DAMAGE as error:
        raise _broken(error) from None
    return [str(name) for name, kind in found if kind is not None]


def _shapefile(parts: Parts, options: Options) -> gpd.GeoDataFrame:
    needed = (".shp", ".shx", ".dbf", *((".prj",) if options.crs is None else ()))
    lost = [suffix for suffix in needed if suffix not in parts]
    if lost:
        what = [f"{suffix}: {SHAPEFILE.get(suffix, 'the shapes')}" for suffix in lost]
        heading = (
            "the shapefile lacks parts; put them beside it under the same name, or zip them"
            " together (without .prj: state `crs` in [options])"
        )
        raise SourceError(join_faults(heading, what))
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
        raise _misread(str(error)) from None
    except DAMAGE as error:
        raise _broken(error) from None


def _geoparquet(parts: Parts, options: Options) -> gpd.GeoDataFrame:  # noqa: ARG001 - one signature
    content = io.BytesIO(parts[".parquet"])
    try:
        held = pyarrow.parquet.read_metadata(content)
        size = sum(held.row_group(number).total_byte_size for number in range(held.num_row_groups))
        if size > LARGEST:
            message = f"the file unpacks to {size:,} bytes; at most {LARGEST:,} are expected"
            raise SourceError(message)
        if b"geo" not in (held.metadata or {}):
            message = (
                "a Parquet file without geo metadata: a table, not borders; save it as GeoParquet"
                " (geopandas `to_parquet`, or export from QGIS)"
            )
            raise SourceError(message)
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

SHAPEFILE = {
    ".shx": "the index of the shapes",
    ".dbf": "the names and codes",
    ".prj": "what the coordinates are",
    ".cpg": "the encoding of the text",
}
"""The parts beside the shapes, and what each holds."""


def _broken(error: Exception) -> SourceError:
    text = " ".join(str(error).split())[:120]
    return SourceError(f"the file is truncated or damaged ({text}); fetch it again")


def _misread(found: str) -> SourceError:
    return SourceError(
        f"the text was read in the wrong encoding ({found}); state the right one in [options],"
        ' for example encoding = "utf-8" or "cp1252" (or mend the .cpg of a shapefile)'
    )


def _refuse_misread(features: gpd.GeoDataFrame) -> None:
    texts = pd.DataFrame(features.drop(columns=features.geometry.name))
    bad = [
        f"{str(name)!r}: {text!r}"
        for name in texts.select_dtypes(["str", "object"])
        for text in texts[name].dropna().unique()
        if isinstance(text, str) and MISREAD.search(text)
    ]
    if bad:
        raise _misread("; ".join(listed(bad)))
