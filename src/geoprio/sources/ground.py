"""What maps draw and nothing is counted in: land, water, roads and named places of a file."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.errors import SourceError
from geoprio.sources.borders import polygons, read_boundaries, settled
from geoprio.sources.catalogue import Source
from geoprio.sources.rows import plain_text
from geoprio.sources.sheets import read_list, respelled
from geoprio.words import Phrase

WGS84 = 4326
TABLES = frozenset({".csv", ".txt"})
DEGREES = {
    "lat": ("latitude", "latitud", "breddgrad", "y"),
    "lon": ("lng", "long", "longitude", "longitud", "längdgrad", "x"),
}
"""The headings that places of a table may stand under; their size tells metres from degrees."""
KINDS = {
    "land": ("Polygon", "MultiPolygon"),
    "water": ("Polygon", "MultiPolygon"),
    "roads": ("LineString", "MultiLineString"),
    "places": ("Point", "MultiPoint", "Polygon", "MultiPolygon"),
}


def read_places(path: Path, source: Source) -> gpd.GeoDataFrame:
    """Return the features of a file of shapes, or of a table with `lat` and `lon`, in EPSG:3006."""
    if path.suffix.lower() not in TABLES:
        return read_boundaries(path, source)
    rows = read_list(path)
    spellings = {**DEGREES, **(source.options.spellings or {})}
    rows.columns = pd.Index(respelled(list(map(plain_text, rows.columns)), spellings))
    missing = [name for name in DEGREES if name not in rows]
    if missing:
        raise SourceError("places_without_degrees", missing=missing, found=list(rows.columns))
    texts = rows[list(DEGREES)].apply(lambda cells: cells.str.replace(",", ".", regex=False))
    lon, lat = (pd.to_numeric(texts[name], errors="coerce") for name in ("lon", "lat"))
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), rows.index)
    return settled(gpd.GeoDataFrame(rows, geometry=points), source)


def shape_ground(features: pd.DataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the shapes of a file with what each is called, "" where it is nothing.

    Returns
    -------
    ground
        `area_name` and `geometry` in EPSG:3006, by name and place, so that a file's order decides
        nothing; of places their middle. Nothing else of the file is kept.

    Raises
    ------
    SourceError
        There are no shapes, no such column, or shapes of another kind than the source's.
    """
    column = source.key.column
    if column not in features or not isinstance(features, gpd.GeoDataFrame):
        raise SourceError("column_missing", column=column, features=map(str, features))
    wanted, found = KINDS[source.provides], features.geometry.geom_type
    odd = ~found.isin(wanted)
    if odd.any():
        kinds = ", ".join(sorted(set(found[odd].astype(str))))
        words = Phrase("ground_of_other_kind", wanted=wanted, count=odd.sum(), kinds=kinds)
        raise SourceError("ground_wrong", [words], source=source.title)
    shapes = features.geometry
    if "Polygon" in wanted and source.provides != "places":
        shapes = polygons(shapes)
    if source.provides == "places":
        shapes = gpd.GeoSeries(
            shapely.point_on_surface(shapes.to_numpy()), shapes.index, shapes.crs
        )
    names = features[column].map(plain_text).fillna("").astype(str).to_numpy(object)
    ground = gpd.GeoDataFrame({"area_name": names}, geometry=shapes.to_numpy(), crs=features.crs)
    corners = np.nan_to_num(shapely.bounds(ground.geometry.to_numpy()))
    order = np.lexsort((corners[:, 1], corners[:, 0], names.astype(str)))
    return ground.iloc[order].reset_index(drop=True)
