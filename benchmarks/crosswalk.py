"""Times a crosswalk three ways in one run and prints a markdown table.

weights: `build_crosswalk` (two threads, no control layer, sliver rule off);
ours: the same and `move_counts`, so that it ends in counts per target as tobler does;
tobler: `tobler.area_weighted.area_interpolate` of the same count;
bare: GEOS intersection and area of the very pairs that share ground, in two threads, nothing else.

Run it with `python benchmarks/crosswalk.py [--raw FOLDER] [--areas 6160] [--repeat 7]`.
"""

import argparse
import os
import platform
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import tobler
from scipy.spatial import Voronoi
from tobler.area_weighted import area_interpolate

from geoprio.areas import build_crosswalk, move_counts
from geoprio.areas.crosswalk import Floats, Shapes, overlay
from geoprio.sources import load_source, read_source
from geoprio.tables import CRS

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = "electors_count"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "storstockholm"
CONFIG = Path(__file__).parents[1] / "config"
SIDE_M = 100_000.0
CORNER = np.array([620_000.0, 6_520_000.0])
SEGMENTS = 16  # per border between two cells; about six borders make some 96 vertices an area


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, default=os.environ.get("GEOPRIO_RAW", SHARED))
    parser.add_argument("--areas", type=int, default=6160)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    print(describe_machine(), end="\n\n")
    print(
        "| case | areas | pairs | weights s | ours s | tobler s | bare s | tobler / ours"
        " | weights / bare"
        " | largest relative difference from tobler |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    if Path(options.raw).is_dir():
        print(compare("districts x DeSO", *read_real(Path(options.raw)), repeat=options.repeat))
    sources, targets = draw_coverage(options.areas, seed=1), draw_coverage(options.areas, seed=2)
    print(compare("synthetic", sources, targets, repeat=options.repeat))


def compare(case: str, sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, *, repeat: int) -> str:
    """Return one row of the table: medians of `repeat` rounds, the four taking turns."""
    rng = np.random.default_rng(20260913)
    counts = pd.DataFrame({COUNT: rng.uniform(500, 2500, len(sources))}, sources.index)
    counted = sources.join(counts)
    left, right = np.asarray(sources.geometry), np.asarray(targets.geometry)
    pieces = overlay(left, right)
    near, far = left[pieces.left], right[pieces.right]
    runs: dict[str, Callable[[], object]] = {
        "weights": lambda: build_crosswalk(sources, targets, drop_slivers=False),
        "ours": lambda: move_counts(counts, build_crosswalk(sources, targets, drop_slivers=False)),
        "tobler": lambda: area_interpolate(counted, targets, extensive_variables=[COUNT]),
        "bare": lambda: intersect(near, far),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat + 1):  # the first round warms up
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    weights, ours, theirs, bare = (statistics.median(t[1:]) for t in seconds.values())
    mine = move_counts(counts, build_crosswalk(sources, targets, drop_slivers=False))[COUNT]
    tobler_s = area_interpolate(counted, targets, extensive_variables=[COUNT])[COUNT]
    difference = (mine / tobler_s - 1).abs().max()
    return (
        f"| {case} | {len(sources)} x {len(targets)} | {len(near)} | {weights:.3f}"
        f" | {ours:.3f} | {theirs:.3f} | {bare:.3f} | {theirs / ours:.2f}"
        f" | {weights / bare:.2f} | {difference:.1e} |"
    )


def intersect(near: Shapes, far: Shapes, *, threads: int = 2, chunks: int = 64) -> Floats:
    """Return the areas of the pairs' intersections, in two threads."""
    edges = np.linspace(0, len(near), chunks + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(
            lambda start, stop: shapely.area(
                shapely.intersection(near[start:stop], far[start:stop])
            ),
            edges[:-1],
            edges[1:],
        )
        return np.concatenate(list(parts))


def draw_coverage(n: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return `n` cells that cover a square without gaps, their borders wiggly."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, SIDE_M, (n, 2))
    # Mirrored across each side, so that the cells inside end exactly at the square's edge.
    x, y = points.T
    mirrors = [(-x, y), (2 * SIDE_M - x, y), (x, -y), (x, 2 * SIDE_M - y)]
    diagram = Voronoi(np.concatenate([points, *(np.column_stack(m) for m in mirrors)]))
    inner = (diagram.ridge_points < n).any(axis=1)
    ends = diagram.vertices[np.array(diagram.ridge_vertices)[inner]]
    crooked = (diagram.ridge_points[inner] < n).all(axis=1)
    borders = shapely.linestrings(wiggle(ends, crooked, rng))
    cells = shapely.get_parts(shapely.polygonize(borders))
    codes = pd.Index([f"{number:06d}" for number in range(len(cells))], name="area_code")
    return gpd.GeoDataFrame(
        {"area_name": codes.to_numpy(), "municipality_code": "0180"},
        geometry=shapely.transform(cells, lambda xy: xy + CORNER),
        index=codes,
        crs=CRS,
    )


def wiggle(ends: Floats, crooked: npt.NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Return each border as a line of `SEGMENTS` parts, midpoints displaced again and again."""
    line = ends
    for _ in range(int(np.log2(SEGMENTS))):
        step = np.diff(line, axis=1)
        across = np.stack([-step[..., 1], step[..., 0]], axis=-1)
        shift = rng.uniform(-0.06, 0.06, (*step.shape[:2], 1)) * crooked[:, None, None]
        middle = line[:, :-1] + step / 2 + across * shift
        longer = np.empty((len(line), 2 * line.shape[1] - 1, 2))
        longer[:, ::2], longer[:, 1::2] = line, middle
        line = longer
    return line


def read_real(raw: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the real county's polling districts and DeSO."""
    names = ("val_valdistrikt_2022", "deso_2018")
    districts, deso = (
        read_source(load_source(name, [CONFIG]), raw, county_code="01") for name in names
    )
    return districts, deso


def describe_machine() -> str:
    """Return machine and versions in one line."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()}, Python {platform.python_version()}, shapely {shapely.__version__},"
        f" GEOS {shapely.geos_version_string}, geopandas {gpd.__version__},"
        f" tobler {tobler.__version__}"
    )


if __name__ == "__main__":
    main()
