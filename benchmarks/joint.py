"""Times the joint table of four groups two ways in one run and prints a markdown table.

ours: `fit_joint`, all areas at once, to 1e-10;
ipfn: `ipfn` (convergence_rate 1e-9), area by area; on a sample of the areas, its time per area
multiplied by their number.

Run it with `python benchmarks/joint.py [--areas 6160] [--sample 60] [--repeat 7]`.
"""

import argparse
import os
import platform
import statistics
import time
from importlib.metadata import version

import numpy as np
import pandas as pd
from ipfn.ipfn import ipfn

from geoprio.groups import fit_joint
from geoprio.groups.joint import Floats, cell_names

GROUPS = ("young", "union", "women", "foreign")
USUAL = [(0.05, 0.4), (0.02, 0.25), (0.45, 0.55), (0.05, 0.8)]
"""Lowest and highest share of each group in an area of the county."""
WIDE = [(0.001, 0.999)] * 4
SKEWS = {"mild": 0.3, "skewed": 2.0}
"""Standard deviation of the logarithm of the seed's cells."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=6160)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    print(describe_machine(), end="\n\n")
    print(
        "| margins | seed | areas | ours s | ipfn s (sample scaled) | ipfn / ours"
        " | largest margin error | largest difference of a cell |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for margins, limits in (("usual", USUAL), ("wide", WIDE)):
        for skew, sd in SKEWS.items():
            shares, seed = draw(options.areas, limits=limits, sd=sd)
            row = compare(shares, seed, sample=options.sample, repeat=options.repeat)
            print(f"| {margins} | {skew} | {options.areas} | {row} |")


def draw(
    areas: int, *, limits: list[tuple[float, float]], sd: float
) -> tuple[pd.DataFrame, pd.Series]:
    """Return shares by area, uniform between the limits, and one seed for all."""
    rng = np.random.default_rng(20260913)
    low, high = np.array(limits).T
    shares = pd.DataFrame(rng.uniform(low, high, (areas, len(GROUPS))), columns=list(GROUPS))
    cells = cell_names(len(GROUPS))
    return shares, pd.Series(np.exp(rng.normal(0, sd, len(cells))), cells)


def compare(shares: pd.DataFrame, seed: pd.Series, *, sample: int, repeat: int) -> str:
    """Return one row of the table: medians of `repeat` rounds, the two taking turns."""
    ours, theirs = [], []
    some = shares.iloc[:: max(1, len(shares) // sample)]
    for _ in range(repeat + 1):  # the first round warms up
        start = time.perf_counter()
        joint = fit_joint(shares, seed=seed)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        tables = fit_one_by_one(some, seed)
        theirs.append((time.perf_counter() - start) / len(some) * len(shares))
    mine, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
    difference = np.abs(joint.cells.loc[some.index].to_numpy() - tables).max()
    return f"{mine:.4f} | {other:.1f} | {other / mine:.0f} | {joint.error:.1e} | {difference:.1e}"


def fit_one_by_one(shares: pd.DataFrame, seed: pd.Series) -> Floats:
    """Return the cells of each area by ipfn."""
    cube = seed.to_numpy().reshape((2,) * len(GROUPS))
    dimensions = [[axis] for axis in range(len(GROUPS))]
    return np.array(
        [
            ipfn(
                cube / cube.sum(),
                [np.array([1 - share, share]) for share in row],
                dimensions,
                convergence_rate=1e-9,
                rate_tolerance=0.0,  # else it stops where it is slow, not where it is done
            )
            .iteration()
            .ravel()
            for row in shares.to_numpy()
        ]
    )


def describe_machine() -> str:
    """Return machine and versions in one line."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()}, Python {platform.python_version()}, numpy {np.__version__},"
        f" ipfn {version('ipfn')}"
    )


if __name__ == "__main__":
    main()
