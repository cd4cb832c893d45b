"""What a map's page holds, unpacked in Python as its own scripts unpack it."""

import base64
import gzip
import json
import re

import numpy as np
import shapely

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
"""Of `base64.b85decode`."""
STEPS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-"
"""Of the points."""


def payload_of(html: str) -> dict:
    """Return the data of a page."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found
    letters, length, text = found.group(1).split(" ")
    digits = text.translate(str.maketrans(letters, DIGITS))
    return json.loads(gzip.decompress(base64.b85decode(digits)[: int(length)]))


def shapes_of(shapes: dict[str, list[int]], precision: int) -> list[shapely.Geometry]:
    """Return the polygons, in degrees, that a page draws of its arcs."""
    digits = [[STEPS.index(one) for one in text] for text in shapes["xy"]]
    steps = sum(len(STEPS) ** place * np.array(line) for place, line in enumerate(digits))
    signed = np.where(steps % 2, -(steps + 1) // 2, steps // 2)
    points = np.cumsum(signed.reshape(-1, 2), axis=0) / precision
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
