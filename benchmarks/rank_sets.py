"""Times confidence sets for ranks and prints how wide they are.

Areas have normal estimates and log-normal standard errors; `spread` is the estimates' standard
deviation in typical standard errors: the smaller, the less a ranking can tell. cpu is that of all
threads; peak is of the process so far, libraries included.

Run it with `python benchmarks/rank_sets.py [--repeat 5]`.
"""

import argparse
import os
import platform
import resource
import statistics
import time

import numpy as np
import pandas as pd

from geoprio.scores import SetRule, rank_confidence_sets, rank_set_widths

AREAS = (1287, 6160)
SPREADS = (3.0, 10.0, 30.0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(describe_machine(), end="\n\n")
    print("| areas | draws | spread | wall s | cpu s | peak MB | mean width | median width |")
    print("|---|---|---|---|---|---|---|---|")
    for areas in AREAS:
        for spread in SPREADS:
            print(measure(areas, spread, repeat=options.repeat))


def measure(areas: int, spread: float, *, repeat: int) -> str:
    """Return one row of the table: medians of `repeat` calls."""
    rng = np.random.default_rng(20260913)
    index = pd.Index([f"{number:06d}" for number in range(areas)], name="area_code")
    estimate = pd.Series(spread * rng.standard_normal(areas), index)
    se = pd.Series(np.exp(0.5 * rng.standard_normal(areas)), index)
    rule, runs = SetRule(), []
    for seed in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        sets = rank_confidence_sets(estimate, se, rule, rng=np.random.default_rng(seed))
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    walls, cpus = zip(*runs, strict=True)
    widths = rank_set_widths(sets)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {areas} | {rule.draws} | {spread:g} | {statistics.median(walls):.2f}"
        f" | {statistics.median(cpus):.2f} | {peak:.0f} | {widths['mean_count']:.0f}"
        f" | {widths['median_count']:.0f} |"
    )


def describe_machine() -> str:
    """Return machine and versions in one line."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()}, Python {platform.python_version()}, numpy {np.__version__}"
    )


if __name__ == "__main__":
    main()
