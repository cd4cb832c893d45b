"""Which areas lie side by side."""

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array

LEAST_BORDER_M = 1.0
"""Metres of border that two areas share at least; less is a corner."""


def shared_borders(areas: gpd.GeoDataFrame) -> csr_array:
    """Return which areas share a border: 1 or 0, symmetric, rows and columns as in `areas`.

    Areas that meet in a corner only are no neighbours. An area without neighbours, such as an
    island, has an empty row. Where the polygons are generalised and overlap a little, the overlap
    counts as a border.

    Parameters
    ----------
    areas
        AREAS with polygons in metres.
    """
    shapes = areas.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Each pair once.
    one, other = one[one < other], other[one < other]
    met = shapely.intersection(shapes[one], shapes[other])
    border = shapely.length(met) >= LEAST_BORDER_M
    rows, columns = one[border], other[border]
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(areas), len(areas)))
    return csr_array(matrix + matrix.T)
