"""Times the exact mailing choice beside the plain greedy one and prints a markdown table.

exact: `best_choice`, most target persons within 5, 20 and 50 % of the households;
greedy: the same by target persons per household, what does not fit passed over;
gap: what the greedy choice lacks, of the exact one's target persons.

Run it with `python benchmarks/mailing.py [--areas 6160] [--repeat 7]`. The areas are drawn.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from geoprio.plans.knapsack import Chosen, Floats, best_choice, greedy_choice

SHARES = (0.05, 0.2, 0.5)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=6160)
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    print(f"{options.areas} areas, medians of {options.repeat} drawn counties.\n")
    print("| households | exact, s | greedy, s | exact / greedy | gap of greedy, millionths |")
    print("|---|---|---|---|---|")
    for share in SHARES:
        rows = [measure(options.areas, seed, share) for seed in range(options.repeat)]
        exact, greedy, gap = (statistics.median(column) for column in zip(*rows, strict=True))
        ratio = statistics.median(row[0] / row[1] for row in rows)
        print(f"| {share:.0%} | {exact:.3f} | {greedy:.4f} | {ratio:.0f} | {1e6 * gap:.1f} |")


def measure(areas: int, seed: int, share: float) -> tuple[float, float, float]:
    """Return the seconds of both choices of one county, and the gap."""
    rng = np.random.default_rng(seed)
    households = np.round(rng.lognormal(6.5, 0.7, areas))
    targets = households * rng.normal(1.6, 0.3, areas).clip(0.5) * rng.uniform(0.6, 0.9, areas)
    limit = float(np.floor(share * households.sum()))
    exact, best = timed(best_choice, targets, households, limit)
    greedy, plain = timed(greedy_choice, targets, households, limit)
    return exact, greedy, 1 - targets[plain].sum() / targets[best].sum()


def timed(
    choose: Callable[[Floats, Floats, float], Chosen],
    targets: Floats,
    households: Floats,
    limit: float,
) -> tuple[float, Chosen]:
    """Return the seconds of a choice, and the choice."""
    start = time.perf_counter()
    chosen = choose(targets, households, limit)
    return time.perf_counter() - start, chosen


if __name__ == "__main__":
    main()
