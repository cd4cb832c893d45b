"""The map's colours as a style that QGIS reads (QML): the same classes, limits and colours."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from geoprio.outputs.maps.classes import COLOURS
from geoprio.outputs.maps.layers import Kind
from geoprio.texts import Language, text, whole

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_UNKNOWN = "174,185,193,255"
_SCALE = {"share": 100.0}


def fill_style(
    column: str, limits: Sequence[float], labels: Sequence[str], *, language: Language
) -> str:
    """Return the QML of areas coloured by a column as on the map; unknown areas are hatched.

    Rules and not QGIS's own classes, since a class here holds its lower limit and not its upper.

    Parameters
    ----------
    limits
        Between the classes, as `class_limits` gives them.
    labels
        What each class is called, one more than the limits; see `class_labels`.
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
        _symbol(symbols, place, {"color": _rgb(class_colour(place, len(limits))), "style": "solid"})
    _rule(rules, len(labels), text("method_unknown", language), f"{name} IS NULL")
    _symbol(symbols, len(labels), {"color": _UNKNOWN, "style": "b_diagonal"})
    ET.indent(root)
    return _HEAD + ET.tostring(root, encoding="unicode")


def class_colour(place: int, last: int) -> str:
    """Return the colour of a class, 0 first, when `last` is the last: spread over the scale."""
    if last == 0:
        return COLOURS[len(COLOURS) // 2]
    return COLOURS[int(np.floor(place * (len(COLOURS) - 1) / last + 0.5))]


def class_labels(
    limits: Sequence[float], *, kind: Kind, decimals: int, language: Language
) -> list[str]:
    """Return what classes are called that are told by their limits: "under 20 %", "20–40 %"."""
    if not limits:
        return [text("class_all", language)]
    unit = text(f"class_unit_{kind}", language)
    shown = [_number(limit * _SCALE.get(kind, 1.0), decimals, language) for limit in limits]
    under = text("class_under", language).format(high=shown[0])
    over = text("class_from", language).format(low=shown[-1])
    between = [f"{low}–{high}" for low, high in pairwise(shown)]
    return [f"{label}{unit}" for label in (under, *between, over)]


def _condition(name: str, low: float | None, high: float | None) -> str:
    parts = [f"{name} >= {low!r}"] if low is not None else []
    parts += [f"{name} < {high!r}"] if high is not None else []
    return " AND ".join(parts) or f"{name} IS NOT NULL"


def _number(value: float, decimals: int, language: Language) -> str:
    if decimals == 0:
        return whole(round(value), language)
    shown = f"{value:.{decimals}f}"
    return shown.replace(".", ",") if language == "sv" else shown


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
