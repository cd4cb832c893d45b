"""What a map's page holds, unpacked in Python as its own scripts unpack it."""

import base64
import gzip
import json
import re
from typing import Any

import numpy as np
import shapely

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
"""Of `base64.b85decode`."""
STEPS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-"
"""Of numbers."""


def payload_of(html: str) -> dict:
    """Return the data of a page."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found
    letters, length, text = found.group(1).split(" ")
    digits = text.translate(str.maketrans(letters, DIGITS))
    return read(json.loads(gzip.decompress(base64.b85decode(digits)[: int(length)])))


def read(node: Any) -> Any:  # noqa: ANN401
    """Return what the digits of `payload.written_out` tell, as lists of numbers."""
    if isinstance(node, list):
        return [read(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "digits" not in node:
        return {key: read(one) for key, one in node.items()}
    count, per, wide = node["count"], node.get("per", 1), node.get("wide", 0)
    told = numbers(node["digits"], count * max(1, wide))
    whole = [None if one == 0 else one - (one > 0) for one in told.tolist()]
    if "once" in node:
        return [node["once"][one] for one in whole]
    column = [one if one is None or per == 1 else one / per for one in whole]
    return [column[at::count] for at in range(count)] if wide else column


def numbers(texts: list[str], count: int) -> np.ndarray:
    """Return whole numbers of base 64, of which the odd are below zero."""
    told = np.zeros(count, np.int64)
    for place, text in enumerate(texts):
        told += len(STEPS) ** place * np.array([STEPS.index(one) for one in text])
    return np.where(told % 2, -(told + 1) // 2, told // 2)


def shapes_of(shapes: dict[str, list[int]], precision: int) -> list[shapely.Geometry]:
    """Return the polygons, in degrees, that a page draws of its arcs."""
    steps = numbers(shapes["xy"], 2 * sum(shapes["arcs"]))
    points = np.cumsum(steps.reshape(-1, 2), axis=0) / precision
    arcs = np.split(points, np.cumsum(shapes["arcs"])[:-1])
    refs = iter(np.cumsum(shapes["refs"]).tolist())
    rings, parts = iter(shapes["rings"]), iter(shapes["parts"])

    def ring() -> np.ndarray:
        named = [next(refs) for _ in range(next(rings))]
        lines = [arcs[one] if one >= 0 else arcs[-1 - one][::-1] for one in named]
        # An arc's last point is the next one's first.
        return np.concatenate([line[:-1] for line in lines])

    def polygon() -> shapely.Polygon:
        shell, *holes = (ring() for _ in range(next(parts)))
        return shapely.Polygon(shell, holes)

    found = []
    for number in shapes["areas"]:
        polygons = [polygon() for _ in range(number)]
        found.append(polygons[0] if number == 1 else shapely.MultiPolygon(polygons))
    return found
