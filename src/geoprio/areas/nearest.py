"""Where an area's people live on the whole, and which places are nearest to them."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geoprio.areas.atlas import Atlas, find_way
from geoprio.areas.crosswalk import FEWEST_DOORS
from geoprio.areas.doors import homes_of, located
from geoprio.tables import CRS

Floats = npt.NDArray[np.float64]
METRES_PER_KM = 1000.0
EARLY = "early"
"""The kind of place that is open on some days alone."""
OPEN = ["open_from", "open_to", "open_days_count"]


def lived_centres(
    atlas: Atlas, area_set: str, urban: gpd.GeoDataFrame | None = None
) -> gpd.GeoSeries:
    """Return the middle of where the people of each area live, in EPSG:3006.

    Of the smallest areas: the mean of their doors where ten or more are known, else a point inside
    the part that is urban, else a point inside. Of larger ones the mean of the smallest, each as
    heavy as it has residents; a point inside where none is known.

    Parameters
    ----------
    atlas
        The areas, with doors where there are any.
    area_set
        Name of one of its sets.
    urban
        Ground of urban areas; None where no source has it.
    """
    base = atlas.sets[atlas.base]
    small = _small_centres(base, atlas.doors, urban)
    if area_set == atlas.base:
        return small
    areas = atlas.sets[area_set]
    way = find_way(atlas, atlas.base, area_set).frame
    people = way["weight"] * way["source_code"].map(atlas.population)
    parts = pd.DataFrame({"east": small.x, "north": small.y}).loc[way["source_code"]]
    parts = parts.mul(people.to_numpy(), axis=0).set_axis(way["area_code"], axis=0)
    sums = parts.groupby(level=0).sum().reindex(areas.index)
    whole = people.groupby(way["area_code"]).sum().reindex(areas.index)
    mean = sums.div(whole.where(whole > 0), axis=0)
    inside = areas.representative_point()
    east, north = mean["east"].fillna(inside.x), mean["north"].fillna(inside.y)
    return gpd.GeoSeries.from_xy(east, north, index=areas.index, crs=CRS)


def _small_centres(
    areas: gpd.GeoDataFrame, doors: gpd.GeoDataFrame | None, urban: gpd.GeoDataFrame | None
) -> gpd.GeoSeries:
    shapes = areas.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    if urban is not None and len(urban):
        towns = shapely.union_all(urban.geometry.to_numpy())
        within = shapely.intersection(shapes, towns)
        built = shapely.area(within) > 0
        points[built] = shapely.point_on_surface(within[built])
    found = shapely.get_coordinates(points)
    if doors is not None:
        at, homes = located(doors, shapes), homes_of(doors)
        xy, inside = shapely.get_coordinates(doors.geometry.to_numpy()), at >= 0
        count = np.bincount(at[inside], homes[inside], len(shapes))
        # The middle of a few addresses would tell of each of them.
        many = (np.bincount(at[inside], minlength=len(shapes)) >= FEWEST_DOORS) & (count > 0)
        for axis in (0, 1):
            total = np.bincount(at[inside], (homes * xy[:, axis])[inside], len(shapes))
            mean = np.divide(total, count, out=found[:, axis].copy(), where=many)
            found[:, axis] = mean
    return gpd.GeoSeries.from_xy(found[:, 0], found[:, 1], index=areas.index, crs=CRS)


def nearest_places(centres: gpd.GeoSeries, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return by area the nearest place of each kind, as the crow flies.

    Parameters
    ----------
    centres
        From `lived_centres`.
    places
        `place_name`, `place_kind`, the days it is open and points, in the CRS of the centres.

    Returns
    -------
    nearest
        `nearest_<kind>` (its name) and `nearest_<kind>_km` for each kind, to 0.1 km so that no
        address can be told by how far it is from everything; and of early voting, where any has
        days, `nearest_early_open_from`, `_open_to` and `_open_days_count`. Of places as near as
        each other the first.
    """
    wanted = np.column_stack([centres.x, centres.y])
    parts = []
    for kind, own in places.groupby("place_kind", sort=True):
        distance, place = cKDTree(shapely.get_coordinates(own.geometry.to_numpy())).query(wanted)
        found = own.iloc[place].set_index(centres.index)
        columns = {
            f"nearest_{kind}": found["place_name"],
            f"nearest_{kind}_km": pd.Series(distance / METRES_PER_KM, centres.index).round(1),
        }
        days = OPEN if kind == EARLY and own["open_days_count"].notna().any() else []
        columns |= {f"nearest_{kind}_{name}": found[name] for name in days}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, axis=1)
