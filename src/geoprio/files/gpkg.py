"""The map as a GeoPackage: its levels and layers, with styles by which QGIS shows its colours."""

import io
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd

from geoprio.files.geodata import NO_DATE, undated, write_layer
from geoprio.files.maps import MapLayer, MapLevel
from geoprio.files.maps.layers import (
    PLAN_COLUMNS,
    TEXT_COLUMNS,
    VERDICT_COLOURS,
    Kind,
    colour_of,
    taken,
)
from geoprio.files.maps.payload import DECIMALS, layer_limits, set_title
from geoprio.tables import Audience, for_audience
from geoprio.words import Language, decimal, table, text, whole

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_UNKNOWN = "174,185,193,255"
_SCALE = {"share": 100.0}


def fill_style(
    column: str,
    limits: Sequence[float],
    labels: Sequence[str],
    *,
    language: Language,
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the QML of areas coloured by a column as on the map, named, and hatched where unknown.

    Rules and not QGIS's own classes, since a class here holds its lower limit and not its upper.
    `labels` are one more than `limits`, as `class_limits` and `class_labels` give them; `names` are
    what columns are called.
    """
    name, ends = _quoted(column), [None, *limits, None]
    classes = [
        (label, _condition(name, ends[place], ends[place + 1]), colour_of(place, len(limits)))
        for place, label in enumerate(labels)
    ]
    return _style(classes, f"{name} IS NULL", language, names)


def verdict_style(column: str, *, language: Language, names: Mapping[str, str]) -> str:
    """Return the QML of areas in the colours of their verdicts, which `column` has in words."""
    name = _quoted(column)
    told = {text(f"verdict_{one}", language): hue for one, hue in VERDICT_COLOURS.items()}
    # A verdict in words holds no sign that SQL would read.
    classes = [(label, f"{name} = '{label}'", hue) for label, hue in told.items()]
    return _style(classes, f"{name} IS NULL OR {name} = ''", language, names)


def _style(
    classes: Sequence[tuple[str, str, str]],
    unknown: str,
    language: Language,
    names: Mapping[str, str] | None,
) -> str:
    kept = {"version": "3.28.0", "styleCategories": "Symbology|Labeling|Fields"}
    root = ET.Element("qgis", kept | {"labelsEnabled": "1"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0"})
    rules = ET.SubElement(renderer, "rules", {"key": "rules"})
    symbols = ET.SubElement(renderer, "symbols")
    for place, (label, condition, colour) in enumerate(classes):
        _rule(rules, place, label, condition)
        _symbol(symbols, place, {"color": _rgb(colour), "style": "solid"})
    _rule(rules, len(classes), text("method_unknown", language), unknown)
    _symbol(symbols, len(classes), {"color": _UNKNOWN, "style": "b_diagonal"})
    _name_areas(root)
    aliases = ET.SubElement(root, "aliases")
    for place, (field, told) in enumerate((names or {}).items()):
        ET.SubElement(aliases, "alias", {"field": field, "index": str(place), "name": told})
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


def _name_areas(root: ET.Element) -> None:
    """Write each area's name on it, with a halo; QGIS leaves out those that would meet."""
    labelling = ET.SubElement(root, "labeling", {"type": "simple"})
    settings = ET.SubElement(labelling, "settings", {"calloutType": "simple"})
    ink = {"fieldName": "area_name", "fontSize": "8", "textColor": "29,39,48,255"}
    style = ET.SubElement(settings, "text-style", ink)
    halo = {"bufferDraw": "1", "bufferSize": "0.8", "bufferColor": "255,255,255,230"}
    ET.SubElement(style, "text-buffer", halo)
    ET.SubElement(settings, "text-format", {"wrapChar": "", "autoWrapLength": "24"})
    ET.SubElement(settings, "placement", {"placement": "4"})


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},255"


PLACE = ["area_name", "municipality_code", "association"]

_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', NULL, ?)"""
_DESCRIBE = "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?"
# The standard's extension for schemas: GDAL and QGIS show `title` in a field's place.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec/#extension_schema',
   'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
   'http://www.geopackage.org/spec/#extension_schema', 'read-write');
"""
_SHOWN = """
SELECT table_name, identifier, styleQML FROM gpkg_contents
JOIN layer_styles ON f_table_name = table_name WHERE useAsDefault
ORDER BY identifier NOT LIKE '%: %', gpkg_contents.rowid"""
_NAME = "INSERT INTO gpkg_data_columns (table_name, column_name, title) VALUES (?, ?, ?)"
_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,
  min_x, min_y, max_x, max_y, srs_id)
SELECT ?, 'features', ?, ?, ?, min_x, min_y, max_x, max_y, srs_id
FROM gpkg_contents WHERE table_name = ?"""
_GEOMETRY = """
INSERT INTO gpkg_geometry_columns
SELECT ?, column_name, geometry_type_name, srs_id, z, m
FROM gpkg_geometry_columns WHERE table_name = ?"""


MAILED = {name: f"mailed_{name}" for name in ("households_count", "target_persons_count")}
"""What the decided plan's figures are called beside those of all areas."""
MOST_LAYERS = 15
"""Tables and views that somebody who opens the file has to choose from."""


def render_geopackage(  # noqa: PLR0913 - a project of QGIS names the file that it stands in
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    audience: Audience,
    *,
    language: Language,
    mark: str | None,
    file: str = "areas.gpkg",
) -> bytes:
    """Return the map's levels as tables, and the layers of the first level as views.

    A view shares its level's geometry, shows one layer's columns and has its style as the default,
    so that a program that reads `layer_styles` shows the map's colours at once; a group's number
    of persons is a second style of its share. A level's table has the styles of all layers. Figures
    are rounded as on the map, so that no area stands in another class here. Tables, views and their
    columns are called what the map calls them, and a project of QGIS has them in groups under its
    headings: it is found in the package as long as that is called `file`. `mark` is a column of
    every table and view. Raises ContractError: the audience may not see a column.
    """
    said = {"audience": audience} | ({} if mark is None else {"demo_mark": mark})
    with TemporaryDirectory() as folder, undated():
        path = Path(folder) / "areas.gpkg"
        for place, level in enumerate(levels):
            frame = _table(level, layers)
            for_audience(frame.drop(columns="geometry"), audience)
            write_layer(frame.assign(**said), path, level.key, append=place > 0)
        with closing(sqlite3.connect(path)) as base, base:
            base.executescript(_SCHEMA)
            _add_style_table(base)
            for level in levels:
                told = f"{text('about_level', language)} {mark or text('about_areas', language)}"
                base.execute(_DESCRIBE, [set_title(level, language), told, level.key])
            for own in _seen(layers)[: MOST_LAYERS - len(levels)]:
                _add_view(base, levels[0], own, list(said), language)
            _add_styles(base, levels, layers, language)
            _add_project(base, file, language)
        return path.read_bytes()


def _seen(layers: Sequence[MapLayer]) -> list[list[MapLayer]]:
    """Return the layers of each view: a figure, and the number of persons that it is a share of."""
    alone = {layer.key: layer for layer in layers}
    counts = {key: alone.pop(f"{key}_count", None) for key in list(alone)}
    return [[layer, *filter(None, [counts[key]])] for key, layer in alone.items()]


def _add_style_table(base: sqlite3.Connection) -> None:
    base.execute(_STYLES)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        [NO_DATE],
    )


def _table(level: MapLevel, layers: Sequence[MapLayer]) -> gpd.GeoDataFrame:
    values = taken(level, list(layers)).rename(columns=MAILED)
    if level.sums is not None:
        # The name is the area's own figure here too, mailed or not.
        values = values.join(level.sums[list(MAILED)].round())
    kinds = {column: layer.kind for layer in layers for column in layer.columns.values()}
    rounded = values.round({column: DECIMALS[kind] for column, kind in kinds.items()})
    place = level.areas[[name for name in PLACE if name in level.areas and name not in values]]
    frame = pd.concat([place, rounded], axis=1).rename_axis("area_code").reset_index()
    return gpd.GeoDataFrame(frame, geometry=level.areas.geometry.to_numpy(), crs=level.areas.crs)


def _add_view(
    base: sqlite3.Connection,
    level: MapLevel,
    layers: Sequence[MapLayer],
    said: Sequence[str],
    language: Language,
) -> None:
    own = [
        column
        for layer in layers
        for column in (
            *layer.columns.values(),
            layer.shown_column,
            f"rank_{layer.key}",
            layer.words.get("verdict"),
            layer.words.get("place"),
        )
    ]
    columns = ["area_code", *PLACE, *filter(None, own), *said]
    known = _columns(base, level.key)
    shown = ", ".join(_quoted(name) for name in dict.fromkeys(columns) if name in known)
    first = layers[0]
    name = _view(level, first)
    # GDAL knows a view's rows by a column of this name.
    base.execute(
        f"CREATE VIEW {_quoted(name)} AS"
        f" SELECT fid AS OGC_FID, geom, {shown} FROM {_quoted(level.key)}"
    )
    heading = table("page", language)[first.heading]
    title = f"{heading}: {first.title} – {set_title(level, language)}"
    base.execute(_CONTENTS, [name, title, level.note(first), NO_DATE, level.key])
    base.execute(_GEOMETRY, [name, level.key])


def _add_styles(
    base: sqlite3.Connection,
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    language: Language,
) -> None:
    """Say of every table and view how it is coloured, and what its columns are called."""
    names, scored = field_names(layers, language), levels[0]
    views = {_view(scored, own[0]): (scored, own) for own in _seen(layers)}
    views |= {level.key: (level, list(layers)) for level in levels}
    for (name,) in base.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
        told = {column: names[column] for column in _columns(base, name) if column in names}
        base.executemany(_NAME, [(name, *one) for one in told.items()])
        level, own = views[name]
        for place, layer in enumerate(own):
            limits, decimals = layer_limits(layer, scored.values)
            labels = layer.labels or class_labels(
                limits, kind=layer.kind, decimals=decimals, language=language
            )
            style = fill_style(layer.column, limits, labels, language=language, names=told)
            about = [layer.title, style, place == 0, level.note(layer), NO_DATE]
            base.execute(_STYLE, [name, *about])
            verdict = layer.words.get("verdict")
            if verdict in told:
                title = table("page", language)["verdict_of"].format(layer=layer.title)
                style = verdict_style(verdict, language=language, names=told)
                base.execute(_STYLE, [name, title, style, False, level.note(layer), NO_DATE])


def _view(level: MapLevel, layer: MapLayer) -> str:
    return f"{level.key}_{re.sub(r'[^a-z0-9_]', '_', layer.key.lower())}"


def _add_project(base: sqlite3.Connection, file: str, language: Language) -> None:
    """Add a project of QGIS, in which the layers stand in groups under the map's headings."""
    root = ET.Element("qgis", {"version": "3.22.0", "projectname": file})
    tree, told = ET.SubElement(root, "layer-tree-group"), ET.SubElement(root, "projectlayers")
    groups: dict[str, ET.Element] = {}
    whole_sets = table("page", language)["level"]
    for name, title, style in base.execute(_SHOWN).fetchall():
        heading, _, own = title.partition(": ") if ": " in title else (whole_sets, "", title)
        source = f"./{file}|layername={name}"
        if heading not in groups:
            about = {"name": heading, "checked": "Qt::Checked", "expanded": "1"}
            groups[heading] = ET.SubElement(tree, "layer-tree-group", about)
        shown = "Qt::Checked" if not len(told) else "Qt::Unchecked"
        # QGIS gives a layer with a short key another, and then its group lacks it.
        key = f"geoprio_layer_{name}"
        about = {"id": key, "name": own, "source": source, "providerKey": "ogr"}
        ET.SubElement(groups[heading], "layer-tree-layer", about | {"checked": shown})
        styled = ET.fromstring(style.removeprefix(_HEAD))
        layer = ET.SubElement(told, "maplayer", {**styled.attrib, "type": "vector"})
        for tag, words in (("id", key), ("datasource", source), ("layername", own)):
            ET.SubElement(layer, tag).text = words
        ET.SubElement(layer, "provider", {"encoding": "UTF-8"}).text = "ogr"
        layer.extend(styled)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(zipfile.ZipInfo("karta.qgs"), ET.tostring(root))
    base.execute("CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)")
    base.execute("INSERT INTO qgis_projects VALUES ('karta', '{}', ?)", [packed.getvalue().hex()])


def _columns(base: sqlite3.Connection, name: str) -> list[str]:
    return [row[1] for row in base.execute(f"PRAGMA table_info({_quoted(name)})")]


_SAID = ("area_code", *PLACE, *TEXT_COLUMNS, *PLAN_COLUMNS, *MAILED.values(), "audience")


def field_names(layers: Sequence[MapLayer], language: Language) -> dict[str, str]:
    """Return what the columns of levels are called, by name: as people read them."""
    names = {name: text(f"column_{name}", language) for name in dict.fromkeys(_SAID)}
    names["demo_mark"] = text("column_note", language)
    for layer in layers:
        roles = {**layer.columns, **layer.words, **layer.sure, "rank": f"rank_{layer.key}"}
        roles |= {"shown": layer.shown_column} if layer.shown_column else {}
        for role, column in roles.items():
            key = layer.kind if role == "value" else role
            own = key in {layer.kind, "shown", "place", "p_top"}
            if key == "count":
                names.setdefault(column, layer.title)
                continue
            what = text(f"field_{key}" if own else f"column_{key}", language)
            names.setdefault(column, f"{layer.title}: {what}")
        for item in layer.criteria:
            told = text("field_points", language, criterion=item.title)
            names.setdefault(item.column, f"{layer.title}: {told}")
    return names


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
