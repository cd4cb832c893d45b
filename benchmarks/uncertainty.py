"""Times the joint Monte Carlo of ranks beside a loop over scikit-criteria in one run.

wall, cpu: seconds of `rank_uncertainty` (data errors, Dirichlet weights, methods drawn), the whole
call with its quantiles; cpu is that of all threads, so that a busy machine can be told from slow
code. peak: of the process so far, libraries included.
loop: per draw, the same noise and weights, a decision matrix, MinMaxScaler, then WeightedSumModel
and TOPSIS in turn; beside it ours with these two methods, the two taking turns.

Run it with `python benchmarks/uncertainty.py [--repeat 5] [--loops 20]`.
"""

import argparse
import os
import platform
import resource
import statistics
import time
import warnings
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # two of its own modules import a third that it deprecates
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import MinMaxScaler

from geoprio.config import Criterion, Method, Profile, Text, Uncertainty
from geoprio.scores import Measured, rank_uncertainty

if TYPE_CHECKING:
    from collections.abc import Callable

CRITERIA = 8
CONCENTRATION = 40.0
RELATIVE_ERROR = 0.15
CASES = ((1287, 2000), (6160, 10_000))
COMPARED = (("minmax", "arithmetic"), ("minmax", "topsis"))
METHODS = {
    "percentile": (("percentile", "arithmetic"),),
    "four": (("percentile", "arithmetic"), ("zscore", "arithmetic"), *COMPARED),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--loops", type=int, default=20)
    options = parser.parse_args()
    print(describe_machine(), end="\n\n")
    print("| areas x criteria | draws | methods | wall s | cpu s | ms per draw | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for areas, draws in CASES:
        for name, methods in METHODS.items():
            runs = [time_ours(areas, draws, methods, seed) for seed in range(options.repeat)]
            wall, cpu = (statistics.median(seconds) for seconds in zip(*runs, strict=True))
            print(
                f"| {areas} x {CRITERIA} | {draws} | {name} | {wall:.2f} | {cpu:.2f}"
                f" | {1000 * wall / draws:.3f} | {peak_mb():.0f} |"
            )
    print("\n| areas | scikit-criteria loop, ms per draw | ours | loop / ours |\n|---|---|---|---|")
    for areas, draws in CASES:
        print(compare(areas, draws, repeat=options.repeat, loops=options.loops))


def compare(areas: int, draws: int, *, repeat: int, loops: int) -> str:
    """Return one row of the comparison: medians of `repeat` rounds, the two taking turns."""
    rounds = [
        (time_loop(areas, loops), 1000 * time_ours(areas, draws, COMPARED, seed)[0] / draws)
        for seed in range(repeat)
    ]
    loop, ours = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(theirs / mine for theirs, mine in rounds)
    return f"| {areas} | {loop:.2f} | {ours:.3f} | {ratio:.1f} |"


def time_ours(
    areas: int, draws: int, methods: tuple[tuple[str, str], ...], seed: int
) -> tuple[float, float]:
    """Return the wall and processor seconds of one call."""
    measured, profile = draw_figures(areas)
    uncertainty = Uncertainty(
        draws=draws,
        concentration=CONCENTRATION,
        methods=tuple(
            Method.model_validate({"normalise": scale, "aggregate": weigh})
            for scale, weigh in methods
        ),
    )
    rng = np.random.default_rng(seed)
    wall, cpu = time.perf_counter(), time.process_time()
    rank_uncertainty(measured, profile, uncertainty, top_k=50, rng=rng)
    return time.perf_counter() - wall, time.process_time() - cpu


def time_loop(areas: int, loops: int) -> float:
    """Return the median milliseconds of one draw in scikit-criteria."""
    measured, _ = draw_figures(areas)
    values, errors = measured.indicators.to_numpy(), measured.errors.to_numpy()
    rng = np.random.default_rng(1)
    scaler = MinMaxScaler("matrix")
    models: list[Callable[[object], object]] = [WeightedSumModel().evaluate, TOPSIS().evaluate]
    seconds = []
    for loop in range(loops):
        start = time.perf_counter()
        drawn = np.maximum(values + errors * rng.standard_normal(values.shape), 0)
        weights = rng.dirichlet(np.full(CRITERIA, CONCENTRATION / CRITERIA))
        matrix = skcriteria.mkdm(drawn, [max] * CRITERIA, weights=weights)
        models[loop % len(models)](scaler.transform(matrix))
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def draw_figures(areas: int) -> tuple[Measured, Profile]:
    """Return skewed counts with their errors, and a profile of them all with equal weights."""
    rng = np.random.default_rng(20260913)
    names = [f"criterion_{number}_count" for number in range(CRITERIA)]
    index = pd.Index([f"{number:06d}" for number in range(areas)], name="area_code")
    counts = pd.DataFrame(rng.gamma(3, 100, (areas, CRITERIA)), index, names)
    word = Text(sv="x", en="x")
    criteria = tuple(
        Criterion(indicator=name, direction="high", weight=1.0, label=word, strong=word, weak=word)
        for name in names
    )
    profile = Profile(label=word, question=word, normalise="percentile", criteria=criteria)
    return Measured(counts, RELATIVE_ERROR * counts), profile


def peak_mb() -> float:
    """Return the most memory that the process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def describe_machine() -> str:
    """Return machine and versions in one line."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()}, Python {platform.python_version()}, numpy {np.__version__},"
        f" scikit-criteria {version('scikit-criteria')}"
    )


if __name__ == "__main__":
    main()
