"""Times the plan's optimum beside one whole-county mixed-integer program, and prints a table.

parts: `optimum`, each part exact and floors over parts priced by duals;
whole: HiGHS on all of it at once, with as many seconds of the clock as `--whole`;
gap: how far from the best each may be, by its own bound;
greedy: what the incremental greedy way gets of the plan's value;
prices: 50 wishes drawn at random, each a new choice of its part.

The second table is of rundor: the smallest areas of a run (else drawn squares) as 110 turfs, across
associations' borders, beside spopt's max-p where it is installed (each of its regions has at least
0.8 of a turf's homes): how far they are from their mean, and how many are of one piece by borders
within a metre; the others step over a link, as islands must.
Seconds are the processor's.

Run it with `python benchmarks/plan.py [RUN] [--areas 6160] [--whole 20]`: RUN is a finished run
whose households, precision and associations are used (three channels, three efforts); without it,
and beside it with `--areas`, areas are drawn.
"""

import argparse
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack
from scipy.sparse import eye_array as eye
from scipy.sparse.csgraph import connected_components

from geoprio.areas import shared_borders
from geoprio.plans.optimum import Problem, greedy, optimum, price
from geoprio.plans.turfs import turfs
from geoprio.runs import read_run

EFFORTS, CHANNELS, WISHES = 3, 3, 50
TURFS, SIDE = 110, 36


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--areas", type=int)
    parser.add_argument("--whole", type=float, default=20.0)
    options = parser.parse_args()
    print("| areas | floors | parts, s | gap, % | greedy / parts | whole, s | gap, % | prices, s |")
    print("|---|---|---|---|---|---|---|---|")
    counties = [of_run(options.run)] if options.run else []
    counties += [drawn(options.areas)] if options.areas or not counties else []
    for county in counties:
        for floor in (0.0, 0.06):
            print(line(*problem_of(*county, floor=floor), options.whole), flush=True)
    print("\n| turfs by | areas | turfs | mean, % | largest, % | of one piece | seconds |")
    print("|---|---|---|---|---|---|---|")
    areas, homes = smallest(options.run)
    print(turf_line("cuts of random trees", areas, homes, of_trees), flush=True)
    if find_spec("spopt"):
        print(turf_line("spopt's max-p", areas, homes, of_maxp))
    else:
        print("\nspopt is not installed: `pip install spopt` sets its max-p beside.")


def of_run(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return households, precision and the number of the association of each area."""
    run = read_run(folder)
    level = run.scored
    homes = level.indicators["households_count"].fillna(0).to_numpy(float).clip(1)
    hits = level.indicators["precision_share"].fillna(0.01).to_numpy(float)
    _, owner = np.unique(level.areas["association"].fillna("").to_numpy(str), return_inverse=True)
    return homes, hits, owner


def drawn(areas: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the same of a county that is drawn."""
    rng = np.random.default_rng(1)
    count = areas or 524
    return rng.lognormal(6.5, 0.6, count), rng.beta(5, 5, count), rng.integers(0, 39, count)


def problem_of(
    homes: np.ndarray, hits: np.ndarray, owner: np.ndarray, *, floor: float
) -> tuple[Problem, np.ndarray]:
    """Return the problem of canvassing, leaflets and mailing in three efforts, and its things."""
    homes, hits, owner = (one.repeat(CHANNELS * EFFORTS) for one in (homes, hits, owner))
    columns = np.arange(len(homes))
    level, channel = columns % EFFORTS, columns // EFFORTS % CHANNELS
    share = np.array([0.5, 1.0, 1.55])[level]
    worth = homes * hits * np.array([0.45, 0.1, 0.05])[channel]
    worth *= np.array([0.5, 1.0, 1.25])[level]
    hours = np.where(channel < CHANNELS - 1, homes * share / np.array([8, 60, 1])[channel], 0.0)
    kronor = np.where(channel == CHANNELS - 1, homes * (1 + level) * 2.5, 0.0)
    things, count = columns // EFFORTS, int(owner.max()) + 1
    use = vstack(
        [
            csr_array((np.ones(len(homes)), (things, columns))),
            csr_array((hours, (owner, columns)), shape=(count, len(homes))),
            csr_array(kronor[None, :]),
        ],
        format="csr",
    )
    use.eliminate_zeros()
    had = np.bincount(owner, hours * (level == 1), minlength=count) * 0.15
    most = np.concatenate([np.ones(things.max() + 1), had, [kronor.sum() * 0.02]])
    if not floor:
        return Problem(worth, use, most), things
    give = csr_array((worth, (owner, columns)), shape=(count, len(homes)))
    least = floor * np.bincount(owner, worth, minlength=count)
    return Problem(worth, use, most, give, least, np.full(count, 5.0)), things


def line(problem: Problem, things: np.ndarray, seconds: float) -> str:
    """Return one row of the table."""
    start = time.process_time()
    found = optimum(problem)
    spent = time.process_time() - start
    rival = greedy(problem, things)
    whole, gap = whole_county(problem, seconds)
    start = time.process_time()
    wishes = np.random.default_rng(2).choice(things.max() + 1, WISHES, replace=False)
    for thing in wishes:
        own = np.flatnonzero(things == thing)
        price(problem, found, own, wanted=not found.chosen[own].any())
    priced = time.process_time() - start
    floors = "binding" if len(problem.least) else "none"
    return (
        f"| {len(things) // CHANNELS // EFFORTS:,} | {floors} | {spent:.1f} "
        f"| {100 * found.gap:.4f} | {rival.value / found.value:.3f} "
        f"| {whole:.1f} | {100 * gap:.4f} | {priced:.1f} |"
    )


def whole_county(problem: Problem, seconds: float) -> tuple[float, float]:
    """Return the seconds of one program of everything, and the gap that it ends with."""
    size, floors = len(problem.worth), len(problem.least)
    use = csr_array(hstack([problem.use, csr_array((problem.use.shape[0], floors))]))
    rows = [LinearConstraint(use, ub=problem.most)]
    if floors:
        rows.append(LinearConstraint(hstack([problem.floors, eye(floors)]), lb=problem.least))
    start = time.process_time()
    found = milp(
        np.concatenate([-problem.worth, problem.fines]),
        integrality=np.concatenate([np.ones(size), np.zeros(floors)]),
        bounds=Bounds(0, np.concatenate([np.ones(size), np.full(floors, np.inf)])),
        constraints=rows,
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    return time.process_time() - start, float("inf" if found.mip_gap is None else found.mip_gap)


def smallest(folder: Path | None) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Return the smallest areas of a run and their homes; else squares with homes drawn."""
    if folder:
        run = read_run(folder)
        level = run.levels[run.campaign.base_set]
        return level.areas.drop(columns="association"), level.indicators["households_count"]
    east, north = np.divmod(np.arange(SIDE**2), SIDE) * np.array([[300.0], [300.0]])
    codes = [f"{code:04}" for code in range(SIDE**2)]
    squares = shapely.box(east, north, east + 300, north + 300)
    homes = np.random.default_rng(1).lognormal(6.7, 0.35, SIDE**2)
    return gpd.GeoDataFrame(geometry=squares, index=codes, crs=3006), pd.Series(homes, codes)


Way = Callable[[gpd.GeoDataFrame, pd.Series], np.ndarray]


def turf_line(name: str, areas: gpd.GeoDataFrame, homes: pd.Series, way: Way) -> str:
    """Return one row of the table of turfs."""
    start = time.process_time()
    turf = way(areas, homes)
    spent = time.process_time() - start
    sums = homes.groupby(turf).sum()
    apart = 100 * (sums / sums.mean() - 1).abs()
    wider = areas.set_geometry(areas.buffer(0.5))
    pieces = [connected_components(shared_borders(own))[0] for _, own in wider.groupby(turf)]
    return (
        f"| {name} | {len(areas):,} | {len(sums)} | {apart.mean():.1f} | {apart.max():.1f} "
        f"| {pieces.count(1)} of {len(pieces)} | {spent:.1f} |"
    )


def of_trees(areas: gpd.GeoDataFrame, homes: pd.Series) -> np.ndarray:
    """Return the number of each area's turf."""
    found = turfs(areas, homes, homes.sum() / TURFS, rng=np.random.default_rng(2026))
    return found["turf"].to_numpy()


def of_maxp(areas: gpd.GeoDataFrame, homes: pd.Series) -> np.ndarray:
    """Return the number of each area's region; islands are joined to what is nearest."""
    weights, region = import_module("libpysal.weights"), import_module("spopt.region")
    every = weights.attach_islands(
        weights.Queen.from_dataframe(areas, use_index=False, silence_warnings=True),
        weights.KNN.from_dataframe(areas, k=1, silence_warnings=True),
        silence_warnings=True,
    )
    table = areas.reset_index(drop=True).assign(homes=homes.to_numpy())
    np.random.seed(2026)  # noqa: NPY002 - it draws from the state that all share
    made = region.MaxPHeuristic(
        *(table, every, ["homes"], "homes", 0.8 * homes.sum() / TURFS), top_n=2, verbose=False
    )
    made.solve()
    return np.asarray(made.labels_)


if __name__ == "__main__":
    main()
