"""Times disclosure control of a whole county and prints a markdown table.

control: `protect` on COUNTS of all sets, 4 groups, from frames to frames;
one group: the same for one group;
check: the ends of every withheld count of one group in closed form;
solver: the same ends by one pair of linear programmes (HiGHS) per withheld count, of which
`--cells` are solved and the time is scaled up to all.

Run it with `python benchmarks/disclosure.py [--raw FOLDER] [--repeat 7] [--cells 20]`. Nesting and
residents are the county's own; how common the groups are is drawn.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.groups.attack import (  # noqa: E402
    PEOPLE,
    county_tables,
    ends_by_lp,
    read_tables,
)

from geoprio.groups import Nest, protect  # noqa: E402
from geoprio.groups.disclosure import intervals, keeps_rule, withhold  # noqa: E402
from geoprio.sources import load_source, read_source  # noqa: E402

SHARED = ROOT.parent / "shared" / "data" / "storstockholm"
MEANS = {"a": 0.26, "b": 0.07, "c": 0.03, "d": 0.012}
MINIMUM = 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, default=os.environ.get("GEOPRIO_RAW", SHARED))
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--cells", type=int, default=20)
    options = parser.parse_args()
    nest, electors = read_county(Path(options.raw))
    tables = county_tables(nest, electors, MEANS)
    rows = pd.concat(tables)
    cells, small = nest.cells(rows["a_count"], rows[PEOPLE], minimum_count=MINIMUM)
    hidden = withhold(nest.tree, cells, small, minimum_count=MINIMUM)
    assert keeps_rule(nest.tree, cells, hidden, small, minimum_count=MINIMUM).all()
    seconds = {
        "control, 4 groups": median(lambda: control(tables, nest, MEANS), options.repeat),
        "control, one group": median(lambda: control(tables, nest, "a"), options.repeat),
        "check, closed form": median(lambda: intervals(nest.tree, cells, hidden), options.repeat),
    }
    chosen = np.flatnonzero(hidden)[:: max(1, int(hidden.sum()) // options.cells)]
    start = time.perf_counter()
    for node in chosen:
        ends_by_lp(nest.tree, read_tables(cells, hidden), int(node))
    solver = (time.perf_counter() - start) * hidden.sum() / len(chosen)
    seconds[f"check, solver (scaled up from {len(chosen)} counts)"] = solver
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {describe(nest)}; one group:")
    print(f"{small.sum()} small counts, {(hidden & ~small).sum()} withheld for their sake\n")
    print("| what | median s |\n|---|---|")
    for name, value in seconds.items():
        print(f"| {name} | {value:.4f} |")


def control(tables: dict[str, pd.DataFrame], nest: Nest, groups: Iterable[str]) -> object:
    """Run disclosure control, the hierarchy laid out anew."""
    bases = {f"{name}_count": PEOPLE for name in groups}
    return protect(tables, bases, Nest(nest.parents), minimum_count=MINIMUM)


def median(run: Callable[[], object], repeat: int) -> float:
    """Return the median seconds of `repeat` rounds after one that warms up."""
    seconds = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def describe(nest: Nest) -> str:
    """Return how many areas each set has."""
    return ", ".join(f"{len(above):,} {name}" for name, above in nest.parents.items())


def read_county(raw: Path) -> tuple[Nest, pd.Series]:
    """Return the real county's nesting, and seven in ten of its residents as electors."""
    key, residents = (
        read_source(load_source(name, [ROOT / "config"]), raw, county_code="01")
        for name in ("scb_key_deso2018_regso2020", "scb_population_deso_2023")
    )
    regso = key["parent_code"].sort_index()
    town = pd.Series(regso.index.str[:4], regso.to_numpy()).sort_index()
    town = town[~town.index.duplicated()]
    towns = pd.Series("01", sorted(set(town)))
    nest = Nest({"DeSO": regso, "RegSO": town, "kommuner": towns})
    return nest, (residents["population_count"] * 0.7).round()


if __name__ == "__main__":
    main()
