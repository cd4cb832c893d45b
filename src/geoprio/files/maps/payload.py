"""Everything the page shows, as one JSON text: columns of values and shapes of whole numbers."""

import base64
import gzip
import json
import re
import string
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import NoneType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.files.maps.circles import place_circles
from geoprio.files.maps.geometry import (
    PRECISION,
    STEPS,
    WGS84,
    bounds_of,
    draw_areas,
    encode_shapes,
    label_points,
    lat_lon,
    places,
    written,
)
from geoprio.files.maps.layers import (
    COLOURS,
    PLAN_COLUMNS,
    SUMS,
    TEXT_COLUMNS,
    VERDICT_COLOURS,
    Kind,
    MapLayer,
    MapLevel,
    MapPage,
    MapWork,
    class_limits,
    taken,
)
from geoprio.files.maps.underlay import Underlay
from geoprio.words import Language, straight, table

DECIMALS: dict[Kind, int] = {"score": 1, "share": 4, "count": 0, "sek": 0, "density": 0, "class": 0}
"""Decimals that leave Python; a share's four are two of a percentage."""


_WIDE = re.compile("[^\0-\xff]+")
"""Letters of two bytes, of which one makes the page keep all text so: told as escapes."""
_SAFE = bytes.maketrans(b"<>&", b",.:")
LETTERS = f"{string.digits}{string.ascii_letters.swapcase()}!#$%:()*+-;,=.?@^_`{{|}}~"
"""The digits of base 85: those of `base64.b85encode`, but for what HTML reads as its own."""

WEB, CIRCLE = 3857, 10
"""The plane of the screen, and the steps in metres that circles are told in."""
FEWEST = 3
"""Areas that are worth drawing as circles."""
LONG = 32
"""Numbers in a row that are worth writing as digits."""
PAIRED = 2
"""Dimensions that digits are told of: numbers, or rows of as many numbers."""


@dataclass(frozen=True)
class Encoded:
    """One level in the page's numbers, of which pages of all or some of its areas are made.

    Attributes
    ----------
    level
        Its areas, and what the layers take of its values.
    shapes
        Drawn areas in EPSG:4326.
    columns
        What is said of each area: arrays, a number, a text or a place each; nested by name.
    rows
        Which of their entries are this level's areas.
    seen
        What of the shapes the sea leaves to be seen.
    """

    level: MapLevel
    shapes: gpd.GeoSeries
    columns: dict[str, Any]
    rows: np.ndarray
    seen: gpd.GeoSeries

    def own(self, association: str | None) -> "Encoded":
        """Return an association's own areas."""
        own = (self.level.areas["association"] == association).to_numpy()
        level = replace(self.level, areas=self.level.areas[own], values=self.level.values[own])
        cut = {"shapes": self.shapes[own], "rows": self.rows[own], "seen": self.seen[own]}
        return replace(self, level=level, **cut)


def encode_levels(
    levels: Sequence[MapLevel],
    layers: Sequence[MapLayer],
    drawn: Mapping[str, gpd.GeoSeries] | None = None,
    *,
    ground: Underlay | None = None,
) -> list[Encoded]:
    """Return levels as numbers: what the layers name, their ranks and `TEXT_COLUMNS`, no more."""
    shapes = drawn or draw_levels(levels)
    encoded = []
    for level in levels:
        small = replace(level, values=taken(level, layers))
        rows, columns = np.arange(len(level.areas)), _columns(small, layers)
        seen, kept = _ashore(shapes[level.key], level.areas, ground)
        columns |= {"points": np.array(label_points(seen)), "kept": kept}
        columns["circles"] = _circles(columns["points"], level)
        columns["sums"] = (
            {}
            if level.sums is None
            else {role: _numbers(level.sums[name], 0) for name, role in SUMS.items()}
        )
        encoded.append(Encoded(small, shapes[level.key], columns, rows, seen))
    return encoded


def _ashore(
    shapes: gpd.GeoSeries, areas: gpd.GeoDataFrame, ground: Underlay | None
) -> tuple[gpd.GeoSeries, np.ndarray]:
    """Return areas as the sea leaves them, and which of them are painted over it."""
    if ground is None:
        return shapes, np.zeros(len(shapes), bool)
    seen, kept = ground.ashore(areas)
    return seen.to_crs(WGS84), kept


def _circles(points: np.ndarray, level: MapLevel) -> np.ndarray:
    """Return middle and radius of each area's circle in steps of `CIRCLE` m of EPSG:3857.

    That is the plane that the page draws in, where a circle stays one; none without electors.
    """
    if level.electors is None or len(points) < FEWEST:
        return np.zeros((len(points), 0), np.int64)
    lat, lon = points.T
    plane = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=WGS84).to_crs(WEB)
    at = shapely.get_coordinates(plane.to_numpy())
    municipality = pd.Categorical(level.areas["municipality_code"]).codes.astype(np.int64)
    middles, radii = place_circles(at, level.electors.reindex(level.areas.index), municipality)
    # Rounded, two middles may come as much nearer each other.
    whole = np.column_stack([np.rint(middles / CIRCLE), np.floor(radii / CIRCLE - 0.71)])
    return whole.astype(np.int64)


def draw_levels(levels: Sequence[MapLevel]) -> dict[str, gpd.GeoSeries]:
    """Return each level's areas as they are drawn, by its key."""
    with ThreadPoolExecutor() as pool:  # GEOS works outside Python's lock
        drawn = pool.map(draw_areas, [level.areas for level in levels])
        return {level.key: shapes for level, shapes in zip(levels, drawn, strict=True)}


def build_payload(
    levels: Sequence[Encoded], layers: Sequence[MapLayer], page: MapPage, names: pd.Series
) -> dict[str, Any]:
    """Return what the page's program reads; `names` are by municipality code."""
    scored = levels[0]
    return {
        "words": table("page", page.language) | {"few": page.few, "mark": page.demo_mark or ""},
        "title": page.title,
        "planned": page.planned,
        "plan_words": page.plan_words,
        "door_sek": page.door_sek,
        "readers": page.readers,
        "ground": page.ground and page.ground.payload(),
        "online": page.online_base and page.online_base.url,
        "subtitle": page.subtitle,
        "sources": list(page.sources),
        "verdicts": [
            {"label": label, "means": means, "colour": colour}
            for (label, means), colour in zip(
                page.verdicts.items(), VERDICT_COLOURS.values(), strict=False
            )
        ],
        "certainty": page.certainty,
        "weeks": list(page.weeks),
        "work": page.work and _work(page.work, levels, page),
        "association": page.association or "",
        "evening_doors": page.evening_doors,
        "colours": list(COLOURS),
        "precision": PRECISION,
        "steps": STEPS,
        "view": bounds_of(scored.seen[_ranked(scored.level, layers[0])]),
        "bounds": bounds_of(scored.seen),
        "layers": [_layer(layer, scored.level) for layer in layers],
        "levels": [
            _level(one, layers, names) | {"title": set_title(one.level, page.language)}
            for one in levels
        ],
        "places": places(scored.shapes, scored.level.areas["municipality_code"], names),
    }


def _work(work: MapWork, levels: Sequence[Encoded], page: MapPage) -> dict[str, Any]:
    """Return what people do, areas and weeks by their places in those of the page."""
    codes = [one.level.areas.index for one in levels]
    days, kinds = list(work.weeks), list(work.channels)
    first = pd.Series(np.arange(len(codes[0])), codes[0])
    seat = pd.Series(np.arange(len(work.rounds)), work.rounds.index)
    tasks = work.tasks[work.tasks["area_code"].isin(codes[0])]
    stops, done = work.stops, work.done[work.done.index.isin(codes[0])]

    def placed(of: pd.Series, index: pd.Index) -> list[int]:
        return of.reindex(index).fillna(-1).astype(int).tolist()

    return {
        "status": work.status,
        "begin": work.begins.get(page.association or "", ""),
        "kinds": [[key, title] for key, title in work.channels.items()],
        "days": [
            [told, *pd.Timestamp(day).isocalendar()[1::-1]] for day, told in work.weeks.items()
        ],
        "tasks": _spans(tasks, days)
        | {
            "area": placed(first, pd.Index(tasks["area_code"])),
            "kind": [kinds.index(key) for key in tasks["channel"]],
        },
        "rounds": _spans(work.rounds, days)
        | {
            "number": work.rounds["round_number"].astype(int).tolist(),
            "name": work.rounds["round_name"].tolist(),
        },
        "members": [placed(work.members.map(seat), index) for index in codes],
        "homes": [placed(work.homes.map(first), index) for index in codes[1:]],
        "stops": {
            "points": lat_lon(stops.to_crs(WGS84).geometry.to_numpy()),
            "kinds": stops["channel"].tolist(),
            "names": stops["meeting_place"].tolist(),
            "areas": placed(first, pd.Index(stops["area_code"])),
        },
        "done": {"areas": placed(first, done.index), "counts": _numbers(done, 0).tolist()},
        "left": first.index.get_indexer(pd.Index(work.left).intersection(first.index)).tolist(),
        "idle": list(work.idle),
    }


def _spans(frame: pd.DataFrame, days: Sequence[str]) -> dict[str, Any]:
    """Return how much is done, where, and the hours of each week."""
    counts = {"doors": "doors_count", "homes": "households_count", "nights": "evenings"}
    own = [one if isinstance(one, dict) else {} for one in frame["week"]]
    return {
        "hours": _numbers(frame["hours"], 1).tolist(),
        "weeks": [[[days.index(day), round(one[day], 1)] for day in sorted(one)] for one in own],
        "at": frame["meeting_place"].tolist(),
    } | {key: _numbers(frame[name], 0).tolist() for key, name in counts.items() if name in frame}


def _ranked(level: MapLevel, layer: MapLayer) -> np.ndarray:
    """Return which areas the first layer ranks: all are seen when the page opens."""
    ranked = level.values[layer.column].notna().to_numpy()
    return ranked if ranked.any() else ~ranked


def pack(payload: dict[str, Any]) -> str:
    """Return the payload as gzipped JSON in base 85: the letters, the bytes, and the text of them.

    A tenth shorter than base64. No letter opens a tag or an entity, so it is safe in a script.
    """
    zipped = gzip.compress(to_json(written_out(payload)).encode(), compresslevel=9, mtime=0)
    text = base64.b85encode(zipped, pad=True).translate(_SAFE)
    return f"{LETTERS} {len(zipped)} {text.decode('ascii')}"


def written_out(node: Any) -> Any:  # noqa: ANN401
    """Return a payload with its long columns as digits, which the page reads when it asks for them.

    `digits` are those of `written`, one column of `wide` after the other, of numbers times `per`;
    what is null is 0 and all else one further from it. Texts of which most are told before are
    places in `once`.
    """
    if isinstance(node, dict):
        return {key: written_out(one) for key, one in node.items()}
    if not isinstance(node, list):
        return node
    kinds = set(map(type, node)) if len(node) >= LONG else set()
    if kinds == {str} and 4 * len(set(node)) < len(node):
        places, once = pd.factorize(np.array(node, object))
        return _digits(places) | {"once": once.tolist()}
    even = kinds == {list} and len(set(map(len, node))) == 1
    if (kinds and kinds <= {int, float, NoneType}) or even:
        return _column(node)
    return [written_out(one) for one in node]


def _column(column: list[Any]) -> Any:  # noqa: ANN401
    known = np.array([one is not None for one in column])
    told = np.array(column if known.all() else [0 if one is None else one for one in column])
    if told.dtype.kind not in "if" or told.ndim > PAIRED or not told.size:
        return [written_out(one) for one in column]
    if not np.isfinite(told).all():
        return column  # refused as it is told
    for per in 10 ** np.arange(7):
        whole = np.rint(told * per)
        if (whole / per == told).all():
            return _digits(whole.astype(np.int64), known) | {"per": int(per)}
    return column


def _digits(whole: np.ndarray, known: np.ndarray | bool = True) -> dict[str, Any]:
    further = whole + (whole >= 0)  # -1 stays, 0 is 1
    if whole.ndim == 1:
        further = np.where(known, further, 0)
    wide = {"wide": whole.shape[1]} if whole.ndim == 2 else {}
    return {"digits": written(further.T.ravel()), "count": len(whole)} | wide


def to_json(payload: dict[str, Any]) -> str:
    """Return JSON that is safe inside a `<script>` element: no `<`, `>`, `&` or line separators.

    Nor has it any sign that turns the direction of what follows it.
    Raises ValueError: a number is NaN or infinite; unknown values must have become null.
    """
    text = straight(json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return _WIDE.sub(lambda found: json.dumps(found[0])[1:-1], text)


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
        "scenarios": [
            {"title": one.title, "weights": [one.weights[item.key] for item in layer.criteria]}
            for one in layer.scenarios
        ],
    }


def _level(one: Encoded, layers: Sequence[MapLayer], names: pd.Series) -> dict[str, Any]:
    level = one.level
    own = [layer.key for layer in layers if layer.key in level.notes]
    municipality = pd.Categorical(level.areas["municipality_code"])
    columns = _told(one.columns, one.rows)
    return {
        "key": level.key,
        "notes": {key: level.notes[key] for key in own},
        "codes": level.areas.index.tolist(),
        "names": level.areas["area_name"].tolist(),
        "municipality": municipality.codes.tolist(),
        "municipalities": names.reindex(municipality.categories).fillna("").tolist(),
        "points": columns["points"],
        "kept": columns["kept"],
        "circled": one.columns["circles"].shape[1] > 0,
        "circles": columns["circles"] if one.columns["circles"].shape[1] else [],
        "sums": columns["sums"],
        "shapes": encode_shapes(one.shapes),
        "texts": columns["texts"],
        "values": _once(columns["values"]),
        "ranked": dict(level.ranked),
        "first": level.first,
        "overview": level.overview,
        "plan": columns["plan"],
    }


def _once(values: dict[str, Any]) -> dict[str, Any]:
    """Return the layers' columns, each column of words once: a later one names its layer and role.

    A group's share and its count have their larger areas' names in common.
    """
    told: dict[str, list[str]] = {}
    for key, columns in values.items():
        for role, words in columns.get("words", {}).items():
            first = told.setdefault(json.dumps(words), [key, role])
            if first != [key, role]:
                columns["words"][role] = first
    return values


def _columns(level: MapLevel, layers: Sequence[MapLayer]) -> dict[str, Any]:
    values = level.values
    planned = any(values[one].notna().any() for one in PLAN_COLUMNS if one in values)
    return {
        "texts": {column: _coded(values[column]) for column in TEXT_COLUMNS if column in values},
        "values": {layer.key: _layer_values(layer, values) for layer in layers},
        "plan": {
            column: _numbers(values[column], 0)
            for column in PLAN_COLUMNS
            if planned and column in values
        },
    }


def _told(columns: Any, rows: np.ndarray) -> Any:  # noqa: ANN401
    """Return the rows of every column as the page reads them.

    Numbers and texts are an entry an area, texts each once and its place at every area; what is
    true of some areas alone are the places of these.
    """
    if isinstance(columns, dict):
        return {key: _told(column, rows) for key, column in columns.items()}
    if isinstance(columns, list):
        return [_told(column, rows) for column in columns]
    if isinstance(columns, pd.Categorical):
        places, once = pd.factorize(columns.codes[rows])
        return {"once": columns.categories[once].tolist(), "places": places.tolist()}
    if columns.dtype == bool:
        return np.flatnonzero(columns[rows]).tolist()
    return columns[rows].tolist()


def set_title(level: MapLevel, language: Language) -> str:
    """Return the words a reader chooses an area set by: its own, else those of its kind."""
    kind = level.key.split("_")[0]
    return level.title or table("area_sets", language).get(kind, kind.capitalize())


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
        columns |= {key: np.asarray(shown == key, bool) for key in ("small", "withheld")}
    return columns


def _numbers(values: pd.Series, decimals: int) -> np.ndarray:
    """Return rounded numbers, null where unknown; whole numbers without a decimal point."""
    rounded = values.to_numpy(float, na_value=np.nan).round(decimals)
    known = ~np.isnan(rounded)
    kept = np.full(len(rounded), None, object)
    kept[known] = rounded[known].astype(np.int64) if decimals == 0 else rounded[known]
    return kept


def _coded(values: pd.Series) -> pd.Categorical:
    """Return texts, "" where there is none, in their order of appearance."""
    texts = values.astype(object).where(values.notna(), "").astype(str)
    return pd.Categorical.from_codes(*pd.factorize(texts))


def municipality_names(page: MapPage) -> pd.Series:
    """Return the names that the page's outline has, by municipality code."""
    if page.outline is None:
        return pd.Series(dtype=object)
    names: pd.Series = page.outline["municipality_name"].dropna().astype(str)
    return names
