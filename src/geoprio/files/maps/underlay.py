"""What lies under and over the areas: sea, water, roads and the names of places."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geoprio.files.maps.geometry import (
    PRECISION,
    TOLERANCE,
    WGS84,
    encode_shapes,
    lat_lon,
    written_steps,
)
from geoprio.tables import CRS

PLACES = ("district", "places", "polling", "postal", "town")
COARSE = 60.0
"""Simplification of shores in metres: their own generalisation is coarser."""
LEAST_KM2 = 4.0
"""Areas smaller than this keep their own border: the shore is too coarse to cut them."""
OWN_WATER = 0.01
"""Part (0-1) of an area that own water covers where its file knows the area's shore."""
SEEN_KM2 = 1.0
"""Ground that is enough to be seen and tapped, whatever the sea takes of an area."""


@dataclass(frozen=True)
class Underlay:
    """What a map draws besides its areas, in EPSG:3006; any part may be empty.

    Attributes
    ----------
    land, water
        Polygons; what is not land is painted as sea.
    roads
        Lines.
    places
        Points with `area_name` and `type`: a `district`, `places` such as stations; and, found by
        the search and not drawn, a `town`, `polling` districts and `postal` codes, "code name".
    thin
        Whether the polygons are as they are drawn: simplified, and none on another.
    """

    land: gpd.GeoSeries
    water: gpd.GeoSeries
    roads: gpd.GeoSeries
    places: gpd.GeoDataFrame
    thin: bool = False

    @classmethod
    def of(cls, ground: gpd.GeoDataFrame) -> "Underlay":
        """Return it of rows of `type`, `area_name` and `geometry`."""
        shapes = {
            kind: ground.geometry[ground["type"] == kind] for kind in ("land", "water", "roads")
        }
        named = ground["type"].isin(PLACES) & (ground["area_name"] != "")
        columns = ["area_name", "type", "geometry"]
        return cls(**shapes, places=gpd.GeoDataFrame(ground.loc[named, columns]))

    def around(self, areas: gpd.GeoDataFrame) -> "Underlay":
        """Return what is in sight of a page of these areas, and the places inside them."""
        west, south, east, north = areas.total_bounds
        wide, high = max(east - west, 5_000), max(north - south, 5_000)
        window = shapely.box(west - wide, south - high, east + wide, north + high)
        inside = self.places.sjoin(areas[["geometry"]], predicate="intersects").index
        cut = {kind: _cut(getattr(self, kind), window) for kind in ("land", "water", "roads")}
        places = self.places.loc[self.places.index.isin(inside)]
        return Underlay(**cut, places=places, thin=self.thin)

    @cached_property
    def thinned(self) -> "Underlay":
        """Return it with polygons as they are drawn: once for all pages that are cut from it."""
        land, water = _simple(self.land, COARSE), _simple(self.water, TOLERANCE)
        return replace(self, land=land, water=water, thin=True)

    def ashore(self, areas: gpd.GeoDataFrame) -> tuple[gpd.GeoSeries, np.ndarray]:
        """Return areas as they are seen, and which of them keep a border that lies in the sea.

        The sea is taken from an area that is large enough for a coarse shore to cut, if half of it
        or `SEEN_KM2` is left; the others are seen as they are, so that none vanishes. Where own
        water lies in an area, that is its shore.
        """
        shapes = areas.geometry.to_numpy()
        land = self._whole_land
        wet = ~shapely.covers(land, shapes)
        size = shapely.area(shapes)
        seen = shapes.copy()
        cut = wet & (size >= LEAST_KM2 * 1e6) & ~self._watered(shapes)
        seen[cut] = shapely.intersection(shapes[cut], land)
        small = shapely.area(seen) < np.minimum(size / 2, SEEN_KM2 * 1e6)
        kept = wet & (~cut | small)
        return gpd.GeoSeries(np.where(kept, shapes, seen), areas.index, CRS), kept

    @cached_property
    def _whole_land(self) -> shapely.Geometry:
        return _united(self.land)

    @cached_property
    def _whole_water(self) -> shapely.Geometry:
        return _united(self.water.make_valid())

    def _watered(self, shapes: np.ndarray) -> npt.NDArray[np.bool_]:
        if not len(self.water):
            return np.zeros(len(shapes), bool)
        water = self._whole_water
        near = shapely.intersects(water, shapes)
        share = np.zeros(len(shapes))
        share[near] = shapely.area(shapely.intersection(shapes[near], water))
        own: npt.NDArray[np.bool_] = share > OWN_WATER * shapely.area(shapes)
        return own

    def payload(self) -> dict[str, Any]:
        """Return it as the page reads it."""
        if not self.thin:
            return self.thinned.payload()
        points = self.places.to_crs(WGS84).geometry.to_numpy()
        return {
            "land": _polygons(self.land),
            "water": _polygons(self.water),
            "roads": _lines(self.roads),
            "places": {
                "names": self.places["area_name"].tolist(),
                "points": lat_lon(points),
                "types": self.places["type"].tolist(),
            },
        }


def _united(shapes: gpd.GeoSeries) -> shapely.Geometry:
    whole = shapely.union_all(shapes.to_numpy())
    shapely.prepare(whole)
    return whole


def _cut(shapes: gpd.GeoSeries, window: shapely.Polygon) -> gpd.GeoSeries:
    cut = shapes.intersection(window)
    return cut[~cut.is_empty]


def _simple(shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoSeries:
    """Return polygons simplified, each on its own ground; specks are left out."""
    # Of shapes that lie on each other the page would paint what two of them share as neither.
    parts = shapely.get_parts(shapely.union_all(shapes.make_valid().to_numpy()))
    simple = shapely.simplify(parts[shapely.get_type_id(parts) == 3], tolerance)
    kept = simple[~shapely.is_empty(simple) & (shapely.area(simple) > tolerance**2)]
    return gpd.GeoSeries(kept, crs=CRS)


def _polygons(shapes: gpd.GeoSeries) -> Mapping[str, list[int] | list[str]] | None:
    """Return polygons in degrees; None where there are none."""
    parts = shapely.get_parts(shapes.to_numpy())
    parts = parts[shapely.get_type_id(parts) == 3]
    if not len(parts):
        return None
    return encode_shapes(gpd.GeoSeries([shapely.multipolygons(parts)], crs=CRS).to_crs(WGS84))


def _lines(roads: gpd.GeoSeries) -> Mapping[str, list[int] | list[str]] | None:
    """Return lines as `xy` and `arcs`, as `encode_shapes` has them."""
    simple = roads.simplify(TOLERANCE).to_crs(WGS84)
    parts = shapely.get_parts(simple.to_numpy())
    parts = parts[shapely.get_type_id(parts) == 1]
    if not len(parts):
        return None
    points, owner = shapely.get_coordinates(parts, return_index=True)
    whole = np.rint(points * PRECISION).astype(np.int64)
    return {
        "xy": written_steps(whole),
        "arcs": np.bincount(owner, minlength=len(parts)).tolist(),
    }
