"""What the page shows where no script runs, as in a mail's preview: a still map and the top 20."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from geoprio.outputs.maps.classes import COLOURS, colour_of
from geoprio.outputs.maps.geometry import WGS84, settled_bounds
from geoprio.outputs.maps.layers import MapLayer, MapLevel
from geoprio.schemas import CRS

WIDTH = 720
"""Of the picture, in the page's pixels."""
COARSE = 120.0
"""Simplification in metres: less than a pixel of the picture."""
LEAST = 2_000.0
"""Metres beyond the middles of the outermost areas that are seen, at least."""
FIRST = 20
UNKNOWN = "#d5dbe0"


@dataclass(frozen=True)
class Still:
    """A picture and a list that need no script."""

    picture: Markup
    """An `svg` element."""
    rows: list[tuple[str, str, str]]
    """Place, area with its municipality, and verdict of the first areas."""


def still_of(level: MapLevel, layer: MapLayer, limits: list[float], names: pd.Series) -> Still:
    """Return the still page of one layer on one level.

    Parameters
    ----------
    limits
        The layer's class limits.
    names
        Name by municipality code.
    """
    values = level.values[layer.column].astype(float)
    places = np.searchsorted(limits, values.to_numpy(), side="right")
    colours = np.array([colour_of(place, len(limits)) for place in range(len(limits) + 1)])
    fills = np.where(values.isna(), UNKNOWN, colours[places])
    return Still(_picture(level.areas, fills), _rows(level, layer, names))


def _picture(areas: gpd.GeoDataFrame, fills: np.ndarray) -> Markup:
    (south, west), (north, east) = settled_bounds(areas.geometry.to_crs(WGS84))
    corners = gpd.GeoSeries(gpd.points_from_xy([west, east], [south, north]), crs=WGS84)
    left, low, right, high = corners.to_crs(CRS).total_bounds
    # A few small areas are seen with what lies around them, not one of them alone.
    pad = max(0.06 * (right - left), LEAST)
    left, low, right, high = left - pad, low - pad, right + pad, high + pad
    scale = WIDTH / (right - left)
    height = round((high - low) * scale)
    shapes = areas.geometry.to_numpy()
    simple = shapely.coverage_simplify(shapes, COARSE)
    # One that vanishes at this size is a speck in the picture anyway.
    seen = shapely.intersects(simple, shapely.box(left, low, right, high))
    paths = [
        f'<path fill="{fill}" d="{_outlines(simple[seen & (fills == fill)], left, high, scale)}"/>'
        for fill in (*COLOURS, UNKNOWN)
        if (seen & (fills == fill)).any()
    ]
    return Markup(  # every part is a number or a colour of ours
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="presentation" stroke="#fff" stroke-width="0.5">'
        f"{''.join(paths)}</svg>"
    )


def _outlines(shapes: np.ndarray, left: float, high: float, scale: float) -> str:
    rings = shapely.get_rings(shapely.get_parts(shapes))
    lines = []
    for ring in rings:
        points = (shapely.get_coordinates(ring) - [left, high]) * [scale, -scale]
        whole = np.rint(points[:-1]).astype(int)
        steps = np.diff(whole, axis=0)
        steps = steps[steps.any(axis=1)]
        if len(steps) >= 2:
            moved = "l".join(f"{x},{y}" for x, y in steps)
            lines.append(f"M{whole[0, 0]},{whole[0, 1]}l{moved}z")
    return "".join(lines)


def _rows(level: MapLevel, layer: MapLayer, names: pd.Series) -> list[tuple[str, str, str]]:
    values = level.values
    rank = f"rank_{layer.key}"
    order = values[rank] if rank in values else -values[layer.column]
    first = order.dropna().sort_values(kind="stable").index[:FIRST]
    column = layer.words.get("answer") or layer.words.get("level")
    verdict = values[column] if column else pd.Series("", values.index)
    towns = level.areas["municipality_code"].map(names).astype(object).fillna("")
    where = level.areas["area_name"] + (", " + towns).where(towns != "", "")
    places = order[first] if rank in values else pd.Series(range(1, len(first) + 1), first)
    return [
        (f"{place:.0f}", name, told)
        for place, name, told in zip(places, where[first], verdict[first], strict=True)
    ]
