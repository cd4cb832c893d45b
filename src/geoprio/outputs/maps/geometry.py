"""Shapes for the page: light, without gaps between neighbours, no area lost."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.errors import ContractError
from geoprio.schemas import CRS

TOLERANCE = 12.0
"""Simplification in metres: half a pixel at the nearest zoom where a whole area fits a screen."""

GAP = 100.0
"""Gaps between neighbours narrower than this, in metres, are errors of the source's drawing."""

FEW = 60
"""Areas below which a map opens with all of them in sight."""

WGS84 = 4326
_SWEDEN = (10.0, 55.0, 25.0, 70.0)


@dataclass(frozen=True)
class Drawn:
    """Shapes in EPSG:4326: one per area, and one per municipality made of them."""

    areas: gpd.GeoSeries
    borders: gpd.GeoSeries


def draw_areas(areas: gpd.GeoDataFrame) -> Drawn:
    """Return the shapes simplified as one coverage, one for each area given.

    Neighbours keep one common border, so no gap opens between them. Real files overlap and gape
    by some metres; they are cleaned into a coverage first. Municipality borders are made of the
    drawn areas, so that the two never part. Scoring never uses these shapes.

    Raises
    ------
    ContractError
        The areas do not lie in Sweden, as when northing and easting have changed places.
    """
    given = areas.geometry.to_numpy()
    simple = shapely.coverage_simplify(_clean(given), TOLERANCE)
    shapes = gpd.GeoSeries(_keep_all(simple, given), index=areas.index, crs=CRS)
    whole = gpd.GeoDataFrame({"code": areas["municipality_code"]}, geometry=shapes).dissolve("code")
    drawn = Drawn(shapes.to_crs(WGS84), whole.geometry.to_crs(WGS84))
    _require_sweden(drawn.areas)
    return drawn


def draw_water(water: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return water in EPSG:4326, simplified as the areas are; specks are left out."""
    simple = water.make_valid().simplify(TOLERANCE)
    return simple[~simple.is_empty & (simple.area > TOLERANCE**2)].to_crs(WGS84)


def label_points(shapes: gpd.GeoSeries) -> list[list[float]]:
    """Return where a name stands, [latitude, longitude]: the centroid, else a point inside."""
    geometry = shapes.to_numpy()
    return _lat_lon(_inside(geometry, shapely.centroid(geometry)))


def places(drawn: Drawn, municipality: pd.Series, names: pd.Series) -> dict[str, Any]:
    """Return names, label points and weights of municipalities.

    A name stands where the municipality's areas lie thickest, not out in its archipelago. The
    weight is the number of areas: the larger place keeps its name where two collide.
    """
    centres = shapely.get_coordinates(shapely.centroid(drawn.areas.to_numpy()))
    by_code = pd.DataFrame(centres, index=drawn.areas.index).groupby(municipality)
    codes = drawn.borders.index
    middles = shapely.points(by_code.median().loc[codes].to_numpy())
    return {
        "names": names.reindex(codes).fillna("").tolist(),
        "points": _lat_lon(_inside(drawn.borders.to_numpy(), middles)),
        "weights": by_code.size().loc[codes].tolist(),
    }


def bounds_of(shapes: gpd.GeoSeries) -> list[list[float]]:
    """Return the corners of everything, [[south, west], [north, east]] in degrees."""
    west, south, east, north = shapes.total_bounds
    return _corners(np.array([[west, south], [east, north]]))


def settled_bounds(shapes: gpd.GeoSeries) -> list[list[float]]:
    """Return the corners around the middle nine tenths of the areas: where the map opens.

    Areas hold about as many people each, so this is where people live; the archipelago and the
    woods are a button away. A few areas, such as an association's own, are all seen.
    """
    if len(shapes) < FEW:
        return bounds_of(shapes)
    centres = shapely.get_coordinates(shapely.centroid(shapes.to_numpy()))
    return _corners(np.quantile(centres, [0.05, 0.95], axis=0))


def _clean(given: np.ndarray) -> np.ndarray:
    """Return the shapes as a coverage where shapely can make one (2.2 and later), else as given.

    Points closer than the simplification's own tolerance are joined; besides being invisible
    afterwards, that takes most gaps away at a third of the time it takes to fill them.
    """
    clean = getattr(shapely, "coverage_clean", None)
    if clean is None or shapely.coverage_is_valid(given, gap_width=GAP):
        return given
    return _keep_all(clean(given, gap_width=GAP, snapping_distance=TOLERANCE), given)


def _keep_all(changed: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Take the given shape where the changed one is empty or has lost more than half its area."""
    lost = shapely.is_empty(changed) | (shapely.area(changed) < shapely.area(given) / 2)
    return np.where(lost, given, changed)


def _inside(geometry: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Take a point on the surface where the wanted point misses its shape."""
    return np.where(
        shapely.intersects(geometry, wanted), wanted, shapely.point_on_surface(geometry)
    )


def _lat_lon(points: np.ndarray) -> list[list[float]]:
    pairs: list[list[float]] = np.round(shapely.get_coordinates(points)[:, ::-1], 5).tolist()
    return pairs


def _corners(lon_lat: np.ndarray) -> list[list[float]]:
    corners: list[list[float]] = np.round(lon_lat[:, ::-1], 5).tolist()
    return corners


def _require_sweden(drawn: gpd.GeoSeries) -> None:
    west, south, east, north = drawn.total_bounds
    if west < _SWEDEN[0] or south < _SWEDEN[1] or east > _SWEDEN[2] or north > _SWEDEN[3]:
        found = f"{west:.2f}-{east:.2f} east, {south:.2f}-{north:.2f} north"
        message = (
            f"geometry: the areas lie at {found}; expected Sweden (10-25 east, 55-70 north)."
            " Have northing and easting changed places?"
        )
        raise ContractError(message)
