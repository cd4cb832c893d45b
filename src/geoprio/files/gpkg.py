"""The map as a GeoPackage: its levels and layers, with styles by which QGIS shows its colours."""

import re
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd

from geoprio.files.geodata import NO_DATE, undated, write_layer
from geoprio.files.maps import MapLayer, MapLevel
from geoprio.files.maps.layers import Kind, colour_of, taken
from geoprio.files.maps.payload import DECIMALS, layer_limits
from geoprio.tables import Audience, for_audience
from geoprio.words import Language, decimal, text, whole

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_UNKNOWN = "174,185,193,255"
_SCALE = {"share": 100.0}


def fill_style(
    column: str, limits: Sequence[float], labels: Sequence[str], *, language: Language
) -> str:
    """Return the QML of areas coloured by a column as on the map; unknown areas are hatched.

    Rules and not QGIS's own classes, since a class here holds its lower limit and not its upper.
    `labels` are one more than `limits`, as `class_limits` and `class_labels` give them.
    """
    root = ET.Element("qgis", {"version": "3.28.0", "styleCategories": "Symbology"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0"})
    rules = ET.SubElement(renderer, "rules", {"key": "rules"})
    symbols = ET.SubElement(renderer, "symbols")
    name = '"' + column.replace('"', '""') + '"'
    ends = [None, *limits, None]
    for place, label in enumerate(labels):
        condition = _condition(name, ends[place], ends[place + 1])
        _rule(rules, place, label, condition)
        _symbol(symbols, place, {"color": _rgb(colour_of(place, len(limits))), "style": "solid"})
    _rule(rules, len(labels), text("method_unknown", language), f"{name} IS NULL")
    _symbol(symbols, len(labels), {"color": _UNKNOWN, "style": "b_diagonal"})
    ET.indent(root)
    return _HEAD + ET.tostring(root, encoding="unicode")


def class_labels(
    limits: Sequence[float], *, kind: Kind, decimals: int, language: Language
) -> list[str]:
    """Return what classes are called that are told by their limits: "under 20 %", "20–40 %"."""
    if not limits:
        return [text("class_all", language)]
    unit = text(f"class_unit_{kind}", language)
    shown = [_number(limit * _SCALE.get(kind, 1.0), decimals, language) for limit in limits]
    under = text("class_under", language, high=shown[0])
    over = text("class_from", language, low=shown[-1])
    between = [f"{low}–{high}" for low, high in pairwise(shown)]
    return [f"{label}{unit}" for label in (under, *between, over)]


def _condition(name: str, low: float | None, high: float | None) -> str:
    parts = [f"{name} >= {low!r}"] if low is not None else []
    parts += [f"{name} < {high!r}"] if high is not None else []
    return " AND ".join(parts) or f"{name} IS NOT NULL"


def _number(value: float, decimals: int, language: Language) -> str:
    if decimals == 0:
        return whole(round(value), language)
    return decimal(value, decimals, language)


def _rule(rules: ET.Element, place: int, label: str, condition: str) -> None:
    ET.SubElement(
        rules,
        "rule",
        {"key": f"rule{place}", "symbol": str(place), "label": label, "filter": condition},
    )


def _symbol(symbols: ET.Element, place: int, look: dict[str, str]) -> None:
    own = {"type": "fill", "name": str(place), "alpha": "1", "clip_to_extent": "1"}
    symbol = ET.SubElement(symbols, "symbol", own | {"force_rhr": "0"})
    about = {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"}
    layer = ET.SubElement(symbol, "layer", about)
    line = {"outline_color": "255,255,255,255", "outline_style": "solid"}
    options = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in (look | line | {"outline_width": "0.1"}).items():
        ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},255"


PLACE = ["area_name", "municipality_code", "association"]

_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', NULL, ?)"""
_DESCRIBE = "UPDATE gpkg_contents SET description = ? WHERE table_name = ?"
_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,
  min_x, min_y, max_x, max_y, srs_id)
SELECT ?, 'features', ?, ?, ?, min_x, min_y, max_x, max_y, srs_id
FROM gpkg_contents WHERE table_name = ?"""
_GEOMETRY = """
INSERT INTO gpkg_geometry_columns
SELECT ?, column_name, geometry_type_name, srs_id, z, m
FROM gpkg_geometry_columns WHERE table_name = ?"""


def render_geopackage(
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    audience: Audience,
    *,
    language: Language,
    mark: str | None,
) -> bytes:
    """Return the map's levels as tables, and each of its layers on each level as a view.

    A view shares its level's geometry, shows one layer's columns and has its style as the default,
    so that a program that reads `layer_styles` shows the map's colours at once. A level's table has
    the styles of all layers, the first as its default. Figures are rounded as on the map, so that
    no area stands in another class here; `mark` is a column of every table and view. Raises
    ContractError: the audience may not see a column.
    """
    said = {"audience": audience} | ({} if mark is None else {"demo_mark": mark})
    with TemporaryDirectory() as folder, undated():
        path = Path(folder) / "areas.gpkg"
        for place, level in enumerate(levels):
            frame = _table(level, layers)
            for_audience(frame.drop(columns="geometry"), audience)
            write_layer(frame.assign(**said), path, level.key, append=place > 0)
        with closing(sqlite3.connect(path)) as base, base:
            _add_style_table(base)
            styles = [_style(layer, levels[0], language) for layer in layers]
            for level in levels:
                base.execute(_DESCRIBE, [mark or text("about_areas", language), level.key])
                for place, (layer, style) in enumerate(zip(layers, styles, strict=True)):
                    _add_style(base, level.key, layer, style, default=place == 0)
                    _add_view(base, level, layer, list(said))
                    _add_style(base, _view(level, layer), layer, style, default=True)
        return path.read_bytes()


def _add_style_table(base: sqlite3.Connection) -> None:
    base.execute(_STYLES)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        [NO_DATE],
    )


def _table(level: MapLevel, layers: Sequence[MapLayer]) -> gpd.GeoDataFrame:
    values = taken(level, list(layers))
    kinds = {column: layer.kind for layer in layers for column in layer.columns.values()}
    rounded = values.round({column: DECIMALS[kind] for column, kind in kinds.items()})
    place = level.areas[[name for name in PLACE if name in level.areas and name not in values]]
    frame = pd.concat([place, rounded], axis=1).rename_axis("area_code").reset_index()
    return gpd.GeoDataFrame(frame, geometry=level.areas.geometry.to_numpy(), crs=level.areas.crs)


def _style(layer: MapLayer, scored: MapLevel, language: Language) -> str:
    limits, decimals = layer_limits(layer, scored.values)
    labels = layer.labels or class_labels(
        limits, kind=layer.kind, decimals=decimals, language=language
    )
    return fill_style(layer.column, limits, labels, language=language)


def _view(level: MapLevel, layer: MapLayer) -> str:
    return f"{level.key}_{re.sub(r'[^a-z0-9_]', '_', layer.key.lower())}"


def _add_view(
    base: sqlite3.Connection, level: MapLevel, layer: MapLayer, said: Sequence[str]
) -> None:
    own = [
        *layer.columns.values(),
        layer.shown_column,
        f"rank_{layer.key}",
        layer.words.get("place"),
    ]
    known = {row[1] for row in base.execute(f"PRAGMA table_info({_quoted(level.key)})")}
    columns = ["area_code", *PLACE, *filter(None, own), *said]
    shown = ", ".join(_quoted(name) for name in dict.fromkeys(columns) if name in known)
    name = _view(level, layer)
    # GDAL knows a view's rows by a column of this name.
    base.execute(
        f"CREATE VIEW {_quoted(name)} AS"
        f" SELECT fid AS OGC_FID, geom, {shown} FROM {_quoted(level.key)}"
    )
    title = f"{layer.title} ({level.key})"
    base.execute(_CONTENTS, [name, title, level.note(layer), NO_DATE, level.key])
    base.execute(_GEOMETRY, [name, level.key])


def _add_style(
    base: sqlite3.Connection, table: str, layer: MapLayer, style: str, *, default: bool
) -> None:
    base.execute(_STYLE, [table, layer.title[:30], style, default, layer.question, NO_DATE])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
