"""Times a whole run of the real county beside what an analyst would write by hand, in turns.

The peer is a script `PEER RAW OUT` that makes one ranking, one map, CSV, xlsx and GeoPackage of the
same raw files with pandas, geopandas, tobler and folium: no error, no interval, no association's
files. Processor and wall seconds and the peak memory are the operating system's, of each finished
process; ratios are taken pair by pair.

Run it with `python benchmarks/run.py [PEER] [--runs 5]`.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
RAW, PEER = SHARED / "data" / "storstockholm", SHARED / "tools" / "plain.py"
CAMPAIGN = ROOT / "config" / "storstockholm.toml"


def main() -> None:
    """Run both in turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", type=Path, nargs="?", default=PEER)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--raw", type=Path, default=RAW)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        out = Path(made)
        run = [
            "-m",
            "geoprio",
            "run",
            CAMPAIGN,
            "--raw",
            options.raw,
            "--out",
            out / "a",
            "--quiet",
        ]
        commands = {"geoprio": run, "peer": [options.peer, options.raw, out / "b"]}
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for turn in range(options.runs + 1):
            for name, command in commands.items():
                figures = measured([sys.executable, *map(str, command)])
                if turn:  # the first warms the disk
                    found[name].append(figures)
    print(f"{os.cpu_count()} cores; medians of {options.runs} runs in turns")
    for place, what in enumerate(("processor seconds", "wall seconds", "peak MB")):
        ours, theirs = ([one[place] for one in found[name]] for name in commands)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        told = f"{statistics.median(ours):8.1f} {statistics.median(theirs):8.1f}"
        print(f"{what:18} {told}   ratio {ratio:.2f}")


def measured(command: list[str]) -> tuple[float, float, float]:
    """Return processor seconds, wall seconds and peak megabytes of a process."""
    begun = time.perf_counter()
    silent = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, silent, 1), (os.POSIX_SPAWN_DUP2, silent, 2)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, used = os.wait4(process, 0)
    os.close(silent)
    if status:
        sys.exit(f"{' '.join(command)}: ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
