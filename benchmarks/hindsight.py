"""Times a back-test of the real county beside its runs, in turns, and prints a table.

The back-test is from the first year to the last of those that the county's files have, and its
page is written; a run is the campaign's, with all its files. Processor and wall seconds are the
operating system's, of each finished process; `ratio` is a back-test over two runs, turn by turn.

Run it with `python benchmarks/hindsight.py [--runs 3]`.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from run import CAMPAIGN, RAW, measured

ASKED_RUNS = 2


def main() -> None:
    """Run both in turns, and print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--raw", type=Path, default=RAW)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        common = [CAMPAIGN, "--raw", options.raw, "--out", out, "--quiet"]
        commands = {"back-test": ["backtest", "--from", 2018, "--to", 2022], "run": ["run"]}
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for turn in range(options.runs + 1):
            for name, own in commands.items():
                figures = measured([sys.executable, "-m", "geoprio", *map(str, [*own, *common])])
                if turn:  # the first warms the disk
                    found[name].append(figures)
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{os.cpu_count()} cores, {load}; medians of {options.runs} in turns\n")
    print("| seconds | a back-test | a run | ratio |\n|---|---|---|---|")
    for place, what in enumerate(("processor", "wall")):
        ours, runs = ([one[place] for one in found[name]] for name in commands)
        ratio = statistics.median(a / (ASKED_RUNS * b) for a, b in zip(ours, runs, strict=True))
        told = f"{statistics.median(ours):.1f} | {statistics.median(runs):.1f}"
        print(f"| {what} | {told} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
