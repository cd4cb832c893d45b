"""A toy municipality of four squares, 1 km a side, and an island.

y=2  +----+----+
     | b  | d  |
y=1  +----+----+    +----+
     | a  | c  |    | e  |     (e is an island, from x=3)
y=0  +----+----+    +----+
    x=0  1    2    3    4
"""

from itertools import starmap

import geopandas as gpd
import pandas as pd
import shapely

from geoprio.tables import AREAS, CRS, check

KM = 1000.0
CORNERS = {"a": (0, 0), "b": (0, 1), "c": (1, 0), "d": (1, 1), "e": (3, 0)}


def make_areas(boxes: dict[str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    """Return an area set of boxes given in km: west, south, east, north."""
    metres = [[KM * side for side in box] for box in boxes.values()]
    index = pd.Index(list(boxes), name="area_code", dtype="str")
    frame = gpd.GeoDataFrame(
        {"area_name": [f"Area {code}" for code in boxes], "municipality_code": "0199"},
        geometry=list(starmap(shapely.box, metres)),
        index=index,
        crs=CRS,
    )
    return check(frame.sort_index(), AREAS)


def toy() -> gpd.GeoDataFrame:
    return make_areas({code: (x, y, x + 1, y + 1) for code, (x, y) in CORNERS.items()})


def count(**values: float) -> pd.DataFrame:
    """Return counts of residents by area code."""
    index = pd.Index(list(values), name="area_code", dtype="str")
    return pd.DataFrame({"population_count": list(map(float, values.values()))}, index=index)
