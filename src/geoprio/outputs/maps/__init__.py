"""One offline, interactive Folium page: areas coloured by score, group or election."""

from geoprio.outputs.maps.layers import MapLayer, MapLevel, MapPage
from geoprio.outputs.maps.page import build_map, render_map, save_map

__all__ = ["MapLayer", "MapLevel", "MapPage", "build_map", "render_map", "save_map"]
