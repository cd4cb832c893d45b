"""Everything the page shows, as one JSON text: columns of values and shapes of whole numbers."""

import base64
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from geoprio.files.maps.geometry import (
    PRECISION,
    Drawn,
    bounds_of,
    draw_areas,
    draw_water,
    encode_shapes,
    label_points,
    places,
    settled_bounds,
)
from geoprio.files.maps.layers import (
    COLOURS,
    PLAN_COLUMNS,
    TEXT_COLUMNS,
    Kind,
    MapLayer,
    MapLevel,
    MapPage,
    class_limits,
    taken,
)
from geoprio.words import Language, table

DECIMALS: dict[Kind, int] = {"score": 1, "share": 4, "count": 0, "sek": 0, "density": 0, "class": 0}
"""Decimals that leave Python; a share's four are two of a percentage."""

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def build_payload(levels: list[MapLevel], layers: list[MapLayer], page: MapPage) -> dict[str, Any]:
    """Return what the page's program reads.

    Only the columns that the layers name, the ranks of those layers and the texts `association`,
    `level`, `action` and `reason` are taken: nothing else of a frame can reach a reader.
    """
    names = municipality_names(levels, page)
    scored = levels[0]
    with ThreadPoolExecutor() as pool:  # GEOS works outside Python's lock
        drawn = list(pool.map(draw_areas, [level.areas for level in levels]))
    return {
        "words": table("page", page.language) | {"few": page.few, "mark": page.demo_mark or ""},
        "title": page.title,
        "planned": page.planned,
        "readers": page.readers,
        "water": None if page.water is None else encode_shapes(draw_water(page.water)),
        "online": page.online_base and page.online_base.url,
        "subtitle": page.subtitle,
        "sources": list(page.sources),
        "answers": [{"label": label, "means": means} for label, means in page.answers.items()],
        "colours": list(COLOURS),
        "precision": PRECISION,
        "view": settled_bounds(drawn[0].areas),
        "bounds": bounds_of(drawn[0].areas),
        "layers": [_layer(layer, scored) for layer in layers],
        "levels": [
            _level(level, layers, drawn=shapes, names=names)
            | {"title": level.title or _set_title(level.key, page.language)}
            for level, shapes in zip(levels, drawn, strict=True)
        ],
        "places": places(drawn[0], scored.areas["municipality_code"], names),
    }


def pack(payload: dict[str, Any]) -> str:
    """Return the payload as gzipped JSON in base64: letters that are safe in any element."""
    packed = gzip.compress(to_json(payload).encode(), compresslevel=9, mtime=0)
    return base64.b64encode(packed).decode("ascii")


def to_json(payload: dict[str, Any]) -> str:
    """Return JSON that is safe inside a `<script>` element: no `<`, `>`, `&` or line separators.

    Raises
    ------
    ValueError
        A number is NaN or infinite; unknown values must have become null.
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def layer_limits(layer: MapLayer, values: pd.DataFrame) -> tuple[list[float], int]:
    """Return a layer's class limits and their decimals, of figures as they are shown."""
    if layer.kind == "class":
        return [place + 0.5 for place in range(1, len(layer.labels))], 0
    return class_limits(values[layer.column].astype(float).round(DECIMALS[layer.kind]), layer.kind)


def _layer(layer: MapLayer, scored: MapLevel) -> dict[str, Any]:
    limits, decimals = layer.limits or layer_limits(layer, scored.values)
    return {
        "key": layer.key,
        "title": layer.title,
        "question": layer.question,
        "kind": layer.kind,
        "note": layer.note,
        "heading": layer.heading,
        "limits": limits,
        "decimals": decimals,
        "labels": list(layer.labels),
        "criteria": [
            {"key": item.key, "title": item.title, "weight": item.weight} for item in layer.criteria
        ],
        "cuts": [
            {"from": cut.from_percentile, "label": cut.label, "action": cut.action}
            for cut in layer.cuts
        ],
        "scenarios": [
            {"title": one.title, "weights": [one.weights[item.key] for item in layer.criteria]}
            for one in layer.scenarios
        ],
    }


def _level(
    level: MapLevel, layers: list[MapLayer], *, drawn: Drawn, names: pd.Series
) -> dict[str, Any]:
    areas, values = level.areas, taken(level, layers)
    own = [layer.key for layer in layers if layer.key in level.notes]
    municipality = pd.Categorical(areas["municipality_code"])
    texts = values.assign(association=_association(level)) if "association" in areas else values
    return {
        "key": level.key,
        "notes": {key: level.notes[key] for key in own},
        "codes": areas.index.tolist(),
        "names": areas["area_name"].tolist(),
        "municipality": municipality.codes.tolist(),
        "municipalities": names.reindex(municipality.categories).fillna("").tolist(),
        "points": label_points(drawn.areas),
        "shapes": encode_shapes(drawn.areas),
        "texts": {column: _coded(texts[column]) for column in TEXT_COLUMNS if column in texts},
        "values": {layer.key: _layer_values(layer, values) for layer in layers},
        "ranked": dict(level.ranked),
        "overview": level.overview,
        "plan": {
            column: _numbers(values[column], 0)
            for column in PLAN_COLUMNS
            if column in values and "wave" in values and values["wave"].notna().any()
        },
    }


def _set_title(area_set: str, language: Language) -> str:
    """Return the words a reader chooses an area set by; `area_set` ends in its year."""
    kind = area_set.split("_")[0]
    return table("area_sets", language).get(kind, kind.capitalize())


def _association(level: MapLevel) -> pd.Series:
    frame = level.values if "association" in level.values else level.areas
    return frame["association"]


def _layer_values(layer: MapLayer, values: pd.DataFrame) -> dict[str, Any]:
    decimals = DECIMALS[layer.kind]
    columns: dict[str, Any] = {
        role: _numbers(values[column], decimals) for role, column in layer.columns.items()
    }
    columns |= {
        role: _numbers(values[column], 3 if role == "p_top" else 0)
        for role, column in layer.sure.items()
        if column in values
    }
    if layer.words:
        columns["words"] = {
            role: _coded(values[column]) for role, column in layer.words.items() if column in values
        }
    if layer.criteria:
        # Six decimals: areas that are alike stay alike when a score is made anew of them.
        columns["points"] = [_numbers(values[item.column], 6) for item in layer.criteria]
    rank = f"rank_{layer.key}"
    if rank in values:
        columns["rank"] = _numbers(values[rank], 0)
    if layer.shown_column is not None:
        shown = values[layer.shown_column].to_numpy()
        columns |= {key: np.flatnonzero(shown == key).tolist() for key in ("small", "withheld")}
    return columns


def _numbers(values: pd.Series, decimals: int) -> list[float | None]:
    """Return rounded numbers, null where unknown; whole numbers without a decimal point."""
    rounded = values.astype(float).round(decimals)
    kept = rounded.astype("Int64") if decimals == 0 else rounded
    return kept.astype(object).where(rounded.notna(), None).tolist()


def _coded(values: pd.Series) -> dict[str, list[Any]]:
    """Return every text once, in order of appearance, and the place of each area's."""
    places, once = pd.factorize(values.astype(object).where(values.notna(), "").astype(str))
    return {"once": once.tolist(), "places": places.tolist()}


def municipality_names(levels: list[MapLevel], page: MapPage) -> pd.Series:
    """Return names by municipality code: the page's, else those the areas carry; else none."""
    tables = [level.areas for level in levels if "municipality_name" in level.areas]
    named = [frame.set_index("municipality_code")["municipality_name"] for frame in tables]
    if page.outline is not None:
        named.insert(0, page.outline["municipality_name"].rename_axis("municipality_code"))
    if not named:
        return pd.Series(dtype=object)
    names: pd.Series = pd.concat(named).dropna().astype(str)
    return names[~names.index.duplicated()]
