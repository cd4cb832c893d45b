"""Where people's doors are: which area each lies in, and how many an area has."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

HECTARE_M = 100.0
"""Side of the squares that are built where anybody lives in them."""


def homes_of(doors: gpd.GeoDataFrame) -> Floats:
    """Return the dwellings behind each door; 1 where the file tells of none at all."""
    told = doors["dwellings_count"].to_numpy(float)
    return np.ones(len(told)) if np.isnan(told).all() else np.nan_to_num(told)


def located(doors: gpd.GeoDataFrame, shapes: Shapes) -> Positions:
    """Return which shape each door lies in, -1 outside them all; of several, the first."""
    points = shapely.STRtree(doors.geometry.to_numpy())
    # The shapes are asked about and not the points: GEOS prepares what is asked about.
    shape, door = points.query(shapes, predicate="intersects")
    found = np.full(len(doors), len(shapes), dtype=np.intp)
    np.minimum.at(found, door, shape)
    return np.where(found < len(shapes), found, -1)


def count_doors(doors: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, least: int) -> pd.DataFrame:
    """Return how many doors areas have, as far as it may be told.

    Parameters
    ----------
    doors
        Points in EPSG:3006 with `dwellings_count` and `houses_count`, NaN where not told.
    areas
        AREAS.
    least
        An area with fewer dwellings, or fewer in houses or in flats but not none, is NaN there.

    Returns
    -------
    counts
        COUNTS: `doors_count` (dwellings), `doors_houses_count`, `doors_flats_count`, and
        `built_hectares_count`, squares of 100 m where anybody lives: one that areas share is part
        of each as its dwellings are. NaN everywhere where the file tells of no dwellings, but for
        the built ground.
    """
    at, homes = located(doors, areas.geometry.to_numpy()), homes_of(doors)
    inside, size = at >= 0, len(areas)
    at, homes, own = at[inside], homes[inside], doors[inside]
    total = np.bincount(at, homes, size)
    houses = np.bincount(at, np.nan_to_num(own["houses_count"].to_numpy(float)), size)
    told = own["dwellings_count"].notna().any()
    built = np.bincount(at, _share_of_square(own, homes), size)
    frame = pd.DataFrame(
        {
            "doors_count": total,
            "doors_houses_count": houses,
            "doors_flats_count": total - houses,
            "built_hectares_count": built,
        },
        index=areas.index,
    )
    parts = ["doors_houses_count", "doors_flats_count"]
    small = ((frame[parts] > 0) & (frame[parts] < least)).any(axis=1)
    frame[parts] = frame[parts].mask(small)
    frame = frame.mask(frame["doors_count"] < least)
    return frame if told else frame.assign(doors_count=np.nan, **dict.fromkeys(parts, np.nan))


def _share_of_square(doors: gpd.GeoDataFrame, homes: Floats) -> Floats:
    """Return each door's part of the square of 100 m that it lies in, by its dwellings."""
    points = shapely.get_coordinates(doors.geometry.to_numpy())
    east, north = np.floor(points / HECTARE_M).astype(np.int64).T
    _, square = np.unique(east * 10_000_000 + north, return_inverse=True)
    whole = np.bincount(square, homes)[square]
    return np.divide(homes, whole, out=np.zeros(len(homes)), where=whole > 0)
