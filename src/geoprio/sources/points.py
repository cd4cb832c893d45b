"""Points that each bear a code, such as addresses with their postal code."""

import re

import geopandas as gpd
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source

POINTS = frozenset({"Point", "MultiPoint"})


def shape_points(features: pd.DataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return the points of a file by code, blanks in it taken away; a code may have many.

    Nothing but code and place is kept: an address is nobody's here.

    Raises
    ------
    SourceError
        Every fault at once: the column is missing, a feature is no point, a code does not fit the
        source's pattern.
    """
    column = source.key.column
    if column not in features or not isinstance(features, gpd.GeoDataFrame):
        message = f"column {column!r} is missing; found {', '.join(map(str, features))}"
        raise SourceError(message)
    codes = features[column].astype(str).str.replace(r"\s", "", regex=True)
    shapes = features.geometry
    pattern = re.compile(source.key.pattern or ".+")
    wrong = codes[~codes.str.fullmatch(pattern)].unique()
    faults = [f"{code!r} does not fit the pattern {pattern.pattern}" for code in wrong[:5]]
    odd = ~shapes.geom_type.isin(POINTS) | shapes.is_empty
    if odd.any():
        kinds = ", ".join(sorted(set(shapes[odd].geom_type.astype(str))))
        faults.append(f"{odd.sum()} features are no points ({kinds}); areas are another source")
    if faults:
        raise SourceError(join_faults(f"{source.title}: the points cannot be read", faults))
    places = gpd.GeoDataFrame(geometry=shapes.to_numpy(), crs=features.crs)
    places.index = pd.Index(codes, name="area_code")
    order = pd.DataFrame({"code": codes.to_numpy(), **_coordinates(places)})
    return places.iloc[order.sort_values(["code", "x", "y"], kind="stable").index]


def _coordinates(places: gpd.GeoDataFrame) -> dict[str, pd.Series]:
    middle = places.geometry.centroid
    return {"x": middle.x.to_numpy(), "y": middle.y.to_numpy()}
