"""One offline, interactive Folium page: areas coloured by score, group or election."""

from geoprio.outputs.maps.layers import MapLayer, MapLevel, MapPage
from geoprio.outputs.maps.own_layers import OWN_LAYERS, map_layer, own_layers
from geoprio.outputs.maps.page import build_map, render_map, save_map

__all__ = [
    "OWN_LAYERS",
    "MapLayer",
    "MapLevel",
    "MapPage",
    "build_map",
    "map_layer",
    "own_layers",
    "render_map",
    "save_map",
]
