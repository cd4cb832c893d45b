"""Times every stage of a run on demo counties of growing size and prints the cost against size.

Each size is a process of its own, so that its peak of memory is its own. What is measured is kept
as `<folder>/<areas>.json` and not measured again (unless `--again`): a stopped benchmark goes on
where it stopped, and what there is so far can be printed with `--show`. The slope is that of log
seconds on log areas from the second smallest size on: 1 is linear.

Run it with `python benchmarks/size.py [--largest 10000] [--folder build/size] [--again] [--show]`.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geoprio.config import shipped_folder
from geoprio.demo import write_demo

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
SEED = 2026
RUN, PUBLISH = "geoprio.pipeline", "geoprio.reports.publication"
STAGES = (
    ("gather: read every file", RUN, "gather"),
    ("calibrate: measure the error of moving", RUN, "calibrate"),
    ("survey: move counts, count groups", RUN, "survey"),
    ("protect: withhold small numbers", RUN, "protect_counts"),
    ("locate: joint table, indicators, scores", RUN, "locate"),
    ("judge: how sure the ranks are", RUN, "judge"),
    ("advise: what to say, what it may give", RUN, "advise"),
    ("publish: every file, the maps too", RUN, "publish"),
    ("of which the maps", PUBLISH, "build_map"),
    ("of which the maps", PUBLISH, "render_map"),
)
"""What is timed: words, module and function. A function that is not there is left out."""
WHOLE, MADE, PEAK = "whole run", "the demo's files written", "peak MB"


def main() -> None:
    """Measure each size that is wanted, and print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "size")
    parser.add_argument("--again", action="store_true", help="measure anew what is measured")
    parser.add_argument("--show", action="store_true", help="measure nothing, print what there is")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure_one(options.one, options.folder)
        return
    sizes = [size for size in SIZES if size <= options.largest]
    if not options.show:
        measure(sizes, options.folder, again=options.again)
    files = [options.folder / f"{size}.json" for size in sizes]
    print(table([json.loads(path.read_text(encoding="utf-8")) for path in files if path.is_file()]))


def measure(sizes: list[int], folder: Path, *, again: bool) -> None:
    """Measure the sizes that are not measured, smallest first, until one does not end well."""
    for size in sizes:
        kept = folder / f"{size}.json"
        if kept.is_file() and not again:
            continue
        tell(f"{size:,} areas ...")
        command = [sys.executable, __file__, "--one", str(size), "--folder", str(folder)]
        ended = subprocess.run(command, check=False).returncode
        if ended:
            tell(f"{size:,} areas: ended with code {ended}; larger ones are not tried")
            return
        found = json.loads(kept.read_text(encoding="utf-8"))["figures"]
        tell(f"{size:,} areas: {found[WHOLE]:.1f} s, {found[PEAK]:.0f} MB")


def measure_one(areas: int, folder: Path) -> None:
    """Write a county, run it, and keep what each stage took."""
    raw, out = folder / f"{areas}-raw", folder / f"{areas}-out"
    figures = {MADE: seconds_of(lambda: write_demo(raw, areas=areas, seed=SEED))}
    shutil.copy(shipped_folder() / "demo.toml", raw)
    spent = watch()
    pipeline = import_module(RUN)
    whole = seconds_of(lambda: pipeline.run(raw / "demo.toml", raw=raw, out=out))
    figures |= spent | {WHOLE: whole}
    figures[PEAK] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for made in (raw, out):
        shutil.rmtree(made)
    told = {
        "areas": areas,
        "figures": figures,
        "machine": describe_machine(),
        "date": date.today().isoformat(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{areas}.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


def watch() -> dict[str, float]:
    """Let each stage note what it takes; return where the seconds are noted."""
    spent: dict[str, float] = {}
    for words, place, name in STAGES:
        module = import_module(place)
        if hasattr(module, name):
            setattr(module, name, timed(getattr(module, name), words, spent))
    return spent


def timed(
    function: Callable[..., object], words: str, spent: dict[str, float]
) -> Callable[..., object]:
    """Return a function that notes its seconds, those of all calls together."""

    def call(*given: object, **named: object) -> object:
        start = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[words] = spent.get(words, 0.0) + time.perf_counter() - start

    return call


def seconds_of(work: Callable[[], object]) -> float:
    """Return what some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table(measured: list[dict[str, Any]]) -> str:
    """Return a markdown table: a row for each stage, a column for each size, and the slope."""
    if not measured:
        return "Nothing is measured yet."
    frame = pd.DataFrame({item["areas"]: item["figures"] for item in measured})
    order = [*dict.fromkeys(words for words, *_ in STAGES), WHOLE, MADE, PEAK]
    frame = frame.loc[[words for words in order if words in frame.index]]
    when = "\n".join(f"{item['areas']:,}: {item['date']}, {item['machine']}." for item in measured)
    rows = [
        f"| {words} | {' | '.join(f'{value:.3g}' for value in row)} | {slope(row)} |"
        for words, row in frame.iterrows()
    ]
    sizes = " | ".join(f"{size:,}" for size in frame.columns)
    return "\n".join(
        [
            f"{when}\n",
            f"| seconds, by number of small areas (DeSO) | {sizes} | slope |",
            f"|---|{'---|' * len(frame.columns)}---|",
            *rows,
        ]
    )


def slope(row: pd.Series) -> str:
    """Return the slope of log seconds on log areas, without the smallest size."""
    grown = row.iloc[1:].dropna()
    if len(grown) < 2:
        return ""
    sizes = np.log(grown.index.to_numpy(float))
    return f"{np.polyfit(sizes, np.log(grown.to_numpy(float)), 1)[0]:.2f}"


def describe_machine() -> str:
    """Return machine and versions in one line."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" {platform.system()}, Python {platform.python_version()}, pandas {pd.__version__}"
    )


def tell(words: str) -> None:
    """Say how far it has come, beside the table."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
