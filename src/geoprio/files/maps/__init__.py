"""One offline, interactive Folium page: areas coloured by score, group or election."""

from geoprio.files.maps.layers import (
    OWN_LAYERS,
    Headline,
    HeadlineNumber,
    MapLayer,
    MapLevel,
    MapPage,
    map_layer,
    own_layers,
)
from geoprio.files.maps.own_map import map, open_map  # noqa: A004
from geoprio.files.maps.page import build_map, build_maps, explore, render_map, save_map
from geoprio.files.maps.payload import draw_levels

__all__ = [
    "OWN_LAYERS",
    "Headline",
    "HeadlineNumber",
    "MapLayer",
    "MapLevel",
    "MapPage",
    "build_map",
    "build_maps",
    "draw_levels",
    "explore",
    "map",
    "map_layer",
    "open_map",
    "own_layers",
    "render_map",
    "save_map",
]
