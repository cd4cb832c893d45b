"""A small map for paper: a few areas with their numbers, shore, neighbours and places by name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.files.maps.underlay import Underlay
from geoprio.tables import CRS
from geoprio.words import one_line

WIDTH, HEIGHT = 360, 270
MARGIN = 0.18
"""Of what is shown, around the marked areas."""
LEAST = 1_200.0
"""Metres across at the least: whoever looks must know where it is."""
DETAIL = 0.7
"""Pixels below which a bend is not drawn."""
NAMES = 5
"""Names of places at most."""
MANY = 30
"""Areas from which their edges are thin."""
SEA, LAND, MARKED, LINE, EDGE = "#d6e4ee", "#f6f3ec", "#f2b56b", "#8a8a8a", "#9a4a00"
KINDS = ("district", "places")
SMALL = 13
"""Size of a place's name."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What all sketches of a run are drawn on, in EPSG:3006."""

    areas: gpd.GeoDataFrame
    """Every area, whose borders are drawn, with `area_name`."""
    under: Underlay

    @classmethod
    def of(cls, areas: gpd.GeoDataFrame, ground: pd.DataFrame | None) -> "Ground":
        """Return it of the areas and a run's ground, if it has any: shores are thinned once."""
        if ground is None:
            ground = gpd.GeoDataFrame(
                {"type": [], "area_name": []}, geometry=gpd.GeoSeries([], crs=CRS)
            )
        return cls(areas, Underlay.of(gpd.GeoDataFrame(ground)).thinned)


def sketch(
    marked: gpd.GeoSeries,
    numbers: Sequence[str],
    ground: Ground,
    bounds: tuple[float, ...] | None = None,
) -> str:
    """Return a map around some areas as SVG: the same bytes every time, all text escaped.

    Parameters
    ----------
    marked
        Polygons in EPSG:3006; empty ones are passed over.
    numbers
        What stands in each; "" for nothing.
    ground
        What it is drawn on.
    bounds
        What is shown, in metres; left out, what is around the marked areas.

    Returns
    -------
    svg
        `WIDTH` by `HEIGHT` units, without a declaration, to stand in a page.
    """
    around = bounds or shapely.union_all(marked.to_numpy()).bounds
    window = _window(around, 0.02 if bounds else MARGIN)
    edge = 2.2 if len(marked) < MANY else 0.7
    west, _, east, north = window.bounds
    scale = (east - west) / WIDTH
    frame = _Frame(west, north, scale)
    land, water = (
        shapely.intersection(shapely.union_all(shapes.to_numpy()), window)
        for shapes in (ground.under.land, ground.under.water)
    )
    near = ground.areas.iloc[ground.areas.sindex.query(window, predicate="intersects")]
    shown = marked.intersection(window)
    dry = shapely.intersection(shown.to_numpy(), land) if not land.is_empty else shown.to_numpy()
    parts = [
        *frame.paths([land], f'fill="{LAND}"'),
        *frame.paths(dry, f'fill="{MARKED}"'),
        *frame.paths([water], f'fill="{SEA}"'),
        *frame.paths(near.intersection(window), f'fill="none" stroke="{LINE}" stroke-width="0.7"'),
        *frame.paths(shown, f'fill="none" stroke="{EDGE}" stroke-width="{edge}"'),
    ]
    labels = [*_numbers(shown, numbers)]
    if bounds is None:  # a whole county's names are too small to read
        labels += _names(near.drop(marked.index, errors="ignore"), ground, window)
    parts += _texts(labels, frame)
    back = SEA if not land.is_empty else LAND
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="Libertinus Serif, Arial, DejaVu Sans, sans-serif">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{back}"/>{"".join(parts)}</svg>'
    )


def _window(bounds: tuple[float, ...], margin: float) -> shapely.Polygon:
    """Return the box that is shown, in the picture's shape."""
    west, south, east, north = bounds
    wide = max((east - west) * (1 + 2 * margin), LEAST)
    high = max((north - south) * (1 + 2 * margin), wide * HEIGHT / WIDTH)
    wide = high * WIDTH / HEIGHT
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


@dataclass(frozen=True)
class _Frame:
    """Where the picture lies on the ground."""

    west: float
    north: float
    scale: float
    """Metres a unit."""

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return units of the picture, to a tenth."""
        found: np.ndarray = ((points - [self.west, self.north]) / [self.scale, -self.scale]).round(
            1
        )
        return found + 0.0  # no "-0.0"

    def paths(self, shapes: Iterable[shapely.Geometry], look: str) -> Iterator[str]:
        """Yield one path of all rings of some shapes."""
        thin = shapely.simplify(np.asarray(list(shapes), dtype=object), DETAIL * self.scale)
        parts = shapely.get_parts(shapely.get_parts(thin))
        rings = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
        drawn = [
            "M" + "L".join(f"{x:g},{y:g}" for x, y in self.place(shapely.get_coordinates(ring)))
            for ring in rings
        ]
        if drawn:
            yield f'<path d="{"".join(f"{one}Z" for one in drawn)}" fill-rule="evenodd" {look}/>'


Label = tuple[str, float, float, int]
"""Text, place in metres and size."""
Box = tuple[float, float, float, float]
TURNS = np.arange(12) * np.pi / 6
AROUND = [
    (0.0, 0.0),
    *(
        (far * np.cos(turn), far * np.sin(turn))
        for far in range(18, WIDTH // 2, 14)
        for turn in TURNS
    ),
]
"""Where a number may stand beside its place, the nearest first."""


def _numbers(shown: gpd.GeoSeries, numbers: Sequence[str]) -> Iterator[Label]:
    points = shapely.point_on_surface(shown.to_numpy())
    size = 24 if len(numbers) < 4 else 15
    for number, point in zip(numbers, points, strict=True):
        if number and not point.is_empty:
            yield number, point.x, point.y, size


def _names(near: gpd.GeoDataFrame, ground: Ground, window: shapely.Polygon) -> Iterator[Label]:
    """Yield names of places in sight and then of the areas around, nearest to the middle first."""
    kept = ground.under.places
    places = kept[kept["type"].isin(KINDS)].clip(window)
    around = near.set_geometry(near.intersection(window).representative_point())
    for named in (places, around):
        order = named.distance(window.centroid).sort_values(kind="stable").index
        for name, point in zip(named["area_name"][order], named.geometry[order], strict=True):
            if not point.is_empty:
                yield str(name), point.x, point.y, SMALL


def _texts(labels: Iterable[Label], frame: _Frame) -> list[str]:
    """Return labels that lie on no earlier one, `NAMES` of places at most, over their lines.

    A number whose place is taken stands beside it, with a line to where it belongs.
    """
    lines: list[str] = []
    texts: list[str] = []
    taken: list[Box] = []
    named: set[str] = set()
    for label, east, north, size in labels:
        words, name = one_line(label), size == SMALL
        x, y = frame.place(np.array([east, north]))
        if name and (words in named or len(named) >= NAMES):
            continue
        around = [(x, y)] if name else [(x + right, y + down) for right, down in AROUND]
        boxes = {at: _box(at, size, words) for at in around}
        free = (at for at, box in boxes.items() if _within(box) and not _meets(box, taken))
        at = next(free, None)
        if at is None:
            continue
        named |= {words} if name else set()
        taken.append(boxes[at])
        if at != (x, y):
            line = f"M{x:g},{y:g}L{at[0]:.1f},{at[1]:.1f}"
            lines.append(f'<path d="{line}" stroke="#111" stroke-width="0.8"/>')
        texts.append(
            f'<text x="{at[0]:.1f}" y="{at[1] + size / 3:.1f}" text-anchor="middle"'
            f' font-size="{size}" font-weight="{"normal" if name else "bold"}" stroke="#fff"'
            f' stroke-width="3" paint-order="stroke" fill="#111">{escape(words)}</text>'
        )
    return [*lines, *texts]


def _box(at: tuple[float, float], size: int, words: str) -> Box:
    """Return what a text takes, in the widest of its letters; a name has air about it."""
    half, high = 0.32 * size * len(words) + 2, size if size == SMALL else size / 2
    return at[0] - half, at[1] - high, at[0] + half, at[1] + high


def _within(box: Box) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT


def _meets(one: Box, others: Iterable[Box]) -> bool:
    return any(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for other in others
    )
