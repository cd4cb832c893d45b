"""Area sets made from others: parents dissolved from the children that nest in them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.areas.crosswalk import refuse_orphans
from geoprio.areas.overlay import Positions, Shapes
from geoprio.errors import ContractError
from geoprio.schemas import AREAS, CRS, check

GAP_WIDTH_M = 50.0
"""A hole narrower than this is a gap between two drawings, not an area of its own: DeSO is
published simplified to about 50 m (gaps there reach 39 m, the narrowest real hole is 152 m)."""


def dissolve(
    areas: gpd.GeoDataFrame, parent: pd.Series, *, names: pd.Series | None = None
) -> gpd.GeoDataFrame:
    """Return the parents of `areas` as an area set of their own (AREAS).

    Parameters
    ----------
    areas
        AREAS.
    parent
        Parent's code by area code; codes that are not in `areas` are passed over.
    names
        Name by parent code; a parent without one is called by its code.

    Returns
    -------
    parents
        AREAS in EPSG:3006, sorted by the parents' codes; gaps of a metre or less are filled.

    Raises
    ------
    CoverageError
        Areas without a parent.
    ContractError
        A parent in two municipalities, or areas that break their contract.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import shapely
    >>> from geoprio import dissolve
    >>> codes = pd.Index(["a", "b"], name="area_code")
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_name": ["A", "B"], "municipality_code": "0199"},
    ...     geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)],
    ...     index=codes,
    ...     crs=3006,
    ... )
    >>> whole = dissolve(areas, pd.Series("p", codes), names=pd.Series({"p": "Parent"}))
    >>> whole["area_name"].tolist(), whole.area.tolist()
    (['Parent'], [2000000.0])
    """
    check(areas, AREAS)
    refuse_orphans(areas.index, parent)
    group, codes = pd.factorize(parent.reindex(areas.index), sort=True)
    index = pd.Index(codes, name="area_code").astype(str)
    label = pd.Series(index, index=index)
    if names is not None:
        label = names.reindex(index).fillna(label)
    frame = gpd.GeoDataFrame(
        {
            "area_name": label.astype(str),
            "municipality_code": _one_municipality(areas, pd.Series(group, areas.index), index),
        },
        geometry=fill_gaps(_union_by_group(np.asarray(areas.geometry), group)),
        index=index,
        crs=CRS,
    )
    return check(frame, AREAS)


def fill_gaps(shapes: Shapes, *, width: float = GAP_WIDTH_M) -> Shapes:
    """Return the shapes without holes narrower than `width` metres (2 * area / perimeter)."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.diff(part, prepend=-1) > 0
    disc = shapely.polygons(rings)
    wide = 2 * shapely.area(disc) >= width * shapely.length(disc)
    kept = outer | wide
    filled = shapely.polygons(rings[kept], indices=part[kept])
    return _union_by_group(filled, owner)


def _union_by_group(shapes: Shapes, group: Positions) -> Shapes:
    order = np.argsort(group, kind="stable")
    bundles = shapely.geometrycollections(shapes[order], indices=group[order])
    union: Shapes = shapely.union_all(bundles[:, np.newaxis], axis=1)
    return union


def _one_municipality(areas: gpd.GeoDataFrame, group: pd.Series, codes: pd.Index) -> pd.Series:
    found = areas["municipality_code"].groupby(group).agg(["first", "nunique"])
    torn = codes[found["nunique"] > 1]
    if len(torn):
        message = (
            f"key: {', '.join(torn[:5])} ({len(torn)} parents in all) lie in several"
            " municipalities; expected one each. Check the key."
        )
        raise ContractError(message)
    municipality: pd.Series = found["first"].set_axis(codes)
    return municipality
