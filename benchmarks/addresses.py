"""Times a user's GeoPackage of addresses from file to weights and prints a markdown table.

read: the file's points, checked, in EPSG:3006; count: doors, houses and flats and built ground of
every small area; way: polling districts to small areas by residents and doors. Seconds are of
processor time; peak is that of the whole process, libraries included.
sjoin: `geopandas.sjoin` of the same points and areas, which gives the join alone.

Run it with `python benchmarks/addresses.py [--raw FOLDER] [--points 300000]`.
"""

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoprio.areas import count_doors
from geoprio.areas.crosswalk import Control, crosswalk_of, share_ground
from geoprio.sources import load_source, read_source
from geoprio.tables import CRS

SHARED = Path(__file__).parents[2] / "shared" / "data" / "storstockholm"
MB = 1000.0
Made = TypeVar("Made")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, default=os.environ.get("GEOPRIO_RAW", SHARED))
    parser.add_argument("--points", type=int, default=300_000)
    options = parser.parse_args()
    raw = Path(options.raw)
    areas, districts = (
        gpd.GeoDataFrame(read_source(load_source(name), raw, county_code="01"))
        for name in ("deso_2018", "val_valdistrikt_2022")
    )
    people = read_source(load_source("scb_population_deso_2023"), raw, county_code="01")
    areas = areas.assign(population_count=people["population_count"].reindex(areas.index))
    load = os.getloadavg()[0]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"
    print(f"{machine}, geopandas {gpd.__version__}\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "egna-adresser.gpkg"
        pyogrio.write_dataframe(scattered(areas, options.points), path, driver="GPKG")
        source = load_source("own_addresses")
        read, doors = spent(lambda: read_source(source, Path(folder), county_code="01"))
        size = path.stat().st_size / MB**2
    points, ground = gpd.GeoDataFrame(doors), share_ground(districts, areas)
    count, _ = spent(lambda: count_doors(points, areas, least=10))
    way, _ = spent(
        lambda: crosswalk_of(ground, (districts, areas), Control(areas, points), kappa=2.0)
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    joined, _ = spent(lambda: points.sjoin(areas[["geometry"]]))
    print("| points | file MB | read s | count s | way s | all s | peak MB | sjoin s |")
    print("|---|---|---|---|---|---|---|---|")
    whole = read + count + way
    print(
        f"| {len(points):,} | {size:.0f} | {read:.2f} | {count:.2f} | {way:.2f} | {whole:.2f}"
        f" | {peak:,.0f} | {joined:.2f} |"
    )


def spent(make: Callable[[], Made]) -> tuple[float, Made]:
    """Return the processor seconds that something takes, and what it makes."""
    start = time.process_time()
    made = make()
    return time.process_time() - start, made


def scattered(areas: gpd.GeoDataFrame, count: int) -> gpd.GeoDataFrame:
    """Return addresses in the form of a user's file, spread evenly over each area's ground."""
    rng = np.random.default_rng(1)
    shapes = areas.geometry.to_numpy()
    shapely.prepare(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    home, waiting = rng.integers(len(shapes), size=count), np.arange(count)
    points = np.empty((count, 2))
    while len(waiting):
        at = home[waiting]
        points[waiting, 0] = rng.uniform(west[at], east[at])
        points[waiting, 1] = rng.uniform(south[at], north[at])
        waiting = waiting[~shapely.contains_xy(shapes[at], *points[waiting].T)]
    told = pd.DataFrame(
        {
            "objektidentitet": [f"{number:032x}" for number in range(count)],
            "adress": [f"Storgatan {number % 500}" for number in range(count)],
            "postnummer": rng.integers(10_000, 19_999, size=count).astype(str),
            "andamal1": rng.choice(["Bostad; Småhus radhus", "Bostad; Flerfamiljshus"], count),
            "antal_lagenheter": rng.integers(1, 30, size=count),
        }
    )
    return gpd.GeoDataFrame(told, geometry=shapely.points(points), crs=CRS)


if __name__ == "__main__":
    main()
