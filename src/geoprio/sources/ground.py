"""What maps draw and nothing is counted in: land, water and roads of a file."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.errors import SourceError
from geoprio.sources.borders import polygons
from geoprio.sources.catalogue import Source
from geoprio.sources.rows import plain_text
from geoprio.words import Phrase

KINDS = {
    "land": ("Polygon", "MultiPolygon"),
    "water": ("Polygon", "MultiPolygon"),
    "roads": ("LineString", "MultiLineString"),
}


def shape_ground(features: pd.DataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the shapes of a file with what each is called, "" where it is nothing.

    Returns
    -------
    ground
        `area_name` and `geometry` in EPSG:3006, by name and place, so that a file's order decides
        nothing. Nothing else of the file is kept.

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
    if "Polygon" in wanted:
        shapes = polygons(shapes)
    names = features[column].map(plain_text).fillna("").astype(str).to_numpy(object)
    ground = gpd.GeoDataFrame({"area_name": names}, geometry=shapes.to_numpy(), crs=features.crs)
    corners = np.nan_to_num(shapely.bounds(ground.geometry.to_numpy()))
    order = np.lexsort((corners[:, 1], corners[:, 0], names.astype(str)))
    return ground.iloc[order].reset_index(drop=True)
