"""Times how long the command takes to answer, beside Python and typer alone.

Each line is a new process; they take turns, and the figures are medians. typer: `import typer`,
which no help can do without; the rest are commands that compute nothing, to the last word.

Run it with `python benchmarks/startup.py [--repeat 15]`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

LINES = {
    "python": ["-c", "pass"],
    "import typer": ["-c", "import typer"],
    "geoprio --version": ["-m", "geoprio", "--version"],
    "geoprio --help": ["-m", "geoprio", "--help"],
    "geoprio run --help": ["-m", "geoprio", "run", "--help"],
}
BARE = "import typer"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in LINES}
    # The first round warms up.
    for _ in range(options.repeat + 1):
        for name, line in LINES.items():
            seconds[name].append(timed(line))
    medians = {name: statistics.median(spent[1:]) for name, spent in seconds.items()}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.repeat} rounds\n")
    print(table(medians))


def timed(line: list[str]) -> float:
    """Return the seconds that a process of Python takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *line], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def table(medians: dict[str, float]) -> str:
    """Return the medians as a markdown table, with the ratio to typer alone."""
    rows = [
        f"| {name} | {median:.3f} | {median / medians[BARE]:.2f} |"
        for name, median in medians.items()
    ]
    return "\n".join([f"| what | median s | / {BARE} |", "|---|---|---|", *rows])


if __name__ == "__main__":
    main()
