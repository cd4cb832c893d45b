"""Areas with columns as a map file: GeoPackage, Shapefile or KML; equal areas give equal bytes."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pyogrio

from geoprio.errors import ContractError
from geoprio.files.folder import safe_name

NO_DATE = "1980-01-01T00:00:00.000Z"
"""When every file says that it was made: equal areas give equal bytes."""
WGS84 = 4326
LONGEST_DBF_NAME, LONGEST_DBF_TEXT = 10, 254


def render_geopackage_layer(areas: gpd.GeoDataFrame, layer: str) -> bytes:
    """Return areas as a GeoPackage of one layer."""
    with TemporaryDirectory() as folder, undated():
        path = Path(folder) / "areas.gpkg"
        write_layer(areas, path, layer)
        return path.read_bytes()


def write_layer(areas: gpd.GeoDataFrame, path: Path, layer: str, *, append: bool = False) -> None:
    """Write areas as one layer of a GeoPackage; call it inside `undated`."""
    pyogrio.write_dataframe(
        areas,
        path,
        layer=layer,
        driver="GPKG",
        append=append,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        # Later versions are met with a warning by the GDAL and QGIS that are common yet.
        dataset_options=None if append else {"VERSION": "1.3"},
    )


def render_kml(areas: gpd.GeoDataFrame, layer: str, *, name: str) -> bytes:
    """Return areas as KML, in degrees; each place is called by its column `name`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "areas.kml"
        # GDAL takes a column called Name for what the place is called.
        named = areas.assign(Name=areas[name]).to_crs(WGS84)
        pyogrio.write_dataframe(named, path, layer=layer, driver="KML")
        return path.read_bytes()


def render_shapefile(areas: gpd.GeoDataFrame, layer: str, extra: dict[str, bytes]) -> bytes:
    """Return areas as a zipped Shapefile; `extra` are files that go in the zip beside it.

    Its columns have the names of `short_names`. Raises ContractError: a text is longer than the 254
    bytes of a field, where GDAL would cut it.
    """
    texts = areas.select_dtypes(["object", "str"])
    long = [
        str(column)
        for column in texts
        if (texts[column].dropna().map(lambda text: len(text.encode())) > LONGEST_DBF_TEXT).any()
    ]
    if long:
        raise ContractError("text_too_long_for_dbf", columns=long, most=LONGEST_DBF_TEXT)
    with TemporaryDirectory() as folder:
        pyogrio.write_dataframe(
            areas,
            Path(folder) / f"{layer}.shp",
            driver="ESRI Shapefile",
            encoding="UTF-8",
            layer_options={"DBF_DATE_LAST_UPDATE": NO_DATE[:10]},
        )
        parts = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    return zipped(parts | extra)


def short_names(columns: Iterable[str]) -> dict[str, str]:
    """Return the name of each column in a Shapefile: ten plain signs at most, no two alike."""
    short: dict[str, str] = {}
    for column in columns:
        plain = safe_name(column).replace("-", "_")
        options = (plain[:LONGEST_DBF_NAME], *(f"{plain[:8]}{n:02d}" for n in range(2, 100)))
        short[column] = next(name for name in options if name not in short.values())
    return short


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a zip whose bytes tell no time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in sorted(files.items()):
            archive.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), one, zipfile.ZIP_DEFLATED
            )
    return content.getvalue()


@contextmanager
def undated() -> Iterator[None]:
    """Let GDAL write `NO_DATE` for the time of day."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": NO_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
