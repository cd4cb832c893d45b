"""A map to add to: any areas, or a run's own, as a Folium map."""

from pathlib import Path
from typing import cast

import folium
import geopandas as gpd
import pandas as pd

from geoprio.files.maps.additions import Opened
from geoprio.files.maps.layers import Kind, MapLayer, MapLevel, MapPage
from geoprio.files.maps.page import PageFigure, build_map
from geoprio.words import Language, text

KINDS: dict[str, Kind] = {
    "_share": "share",
    "_count": "count",
    "_sek": "sek",
    "_per_km2": "density",
    "_per_1000": "density",
}
"""How a figure is written, by the ending of its name; others as a score is."""


def map(  # noqa: A001 - what it is called as gp.map
    areas: gpd.GeoDataFrame,
    column: str,
    *,
    title: str = "",
    language: Language = "sv",
    offline: bool | Path | str = True,
) -> folium.Map:
    """Return any areas on a map like a run's, with list, search and legend, and yours to add to.

    Parameters
    ----------
    areas
        AREAS with the figure, such as `Run.geo`.
    column
        Figure that they are coloured by; its ending tells how it is written (`_share`, `_count`,
        `_sek`). NaN is unknown.
    title
        What the figure is called; else the column's name.
    language
        Of the page.
    offline
        As in `Run.map`.

    Returns
    -------
    map
        A Folium map; see `Run.map`.

    Raises
    ------
    ContractError
        The areas break their contract, or there is no such figure.

    Examples
    --------
    >>> import folium
    >>> import geoprio as gp
    >>> areas = gp.read_run("data/processed/demo").geo()
    >>> page = gp.map(areas, "turnout_share", title="Valdeltagande")
    >>> marker = folium.Marker([59.33, 18.06], popup="Kansliet").add_to(page)
    >>> page.save("karta.html")
    """
    name = title or column
    kinds = [kind for ending, kind in KINDS.items() if column.endswith(ending)]
    held = areas.columns.intersection(["area_name", "municipality_code", "geometry"])
    values = pd.DataFrame(areas[areas.columns.intersection([column])])
    level = MapLevel("areas", name, gpd.GeoDataFrame(areas[held]), values)
    layer = MapLayer(column, column, name, name, [*kinds, "score"][0], "", section="priority")
    page = MapPage(name, "", language, "valledning", (), notices=(text("about_areas", language),))
    return open_map(build_map([level], [layer], page=page), offline=offline)


def open_map(map_: folium.Map, *, offline: bool | Path | str) -> folium.Map:
    """Return a map of `build_map`, with where its additions get their files; see `Run.map`."""
    folder = None if isinstance(offline, bool) else Path(offline)
    page = cast("PageFigure", map_.get_root())
    page.opened = Opened(offline is not False, folder)
    return map_
