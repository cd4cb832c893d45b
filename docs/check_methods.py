"""Write docs/method-check.md: what is said beside truths that it never saw.

The demo county's truth is kept aside by the demo; the real county's files (GEOPRIO_RAW, else
../shared/data/storstockholm) and published totals are held against what is estimated. Run it with
`make method-check`.
"""

import os
import platform
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd
from check_counties import County, small_county
from check_disclosure import disclosure_page
from check_groups import (
    coverage_page,
    group_bars,
    group_rows,
    lo_rows,
    others_page,
    shrinkage_rows,
    union_rows,
)
from check_ranking import (
    chance_bars,
    chance_rows,
    chances_page,
    figure_rows,
    set_rows,
    sets_page,
)
from check_real import check_real
from check_tables import as_table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "method-check.md"
SHARED = ROOT.parent / "shared"
AREAS, SEEDS = 400, range(201, 209)
"""Counties that nothing is set by: do not look at them while choosing a constant."""
GRADES = (chance_rows, set_rows, figure_rows, group_rows, lo_rows, union_rows, shrinkage_rows)

HEAD = """# What the figures are worth

Made by `make method-check` (Python {python}); do not edit. {count} demo counties of {areas} DeSO
(seeds {first}-{last}, which nothing is set by), whose truth is kept aside. Each is computed twice:
with `all tables`, and `like real`, with those alone that the real county's campaign names:
residents by DeSO; birth, tenure and income by RegSO; ages by RegSO in the city and by municipality
elsewhere; LO members by a rank index. The first are as large a share of the areas as in the real
county.

## What is asked for, and whether it is met

{met} of {bars} bars are met."""

Rows = dict[str, pd.DataFrame]


def graded(county: County) -> Rows:
    """Return the rows that every part of the page is made of."""
    return {grade.__name__: grade(county) for grade in GRADES}


def graded_seed(folder: Path, seed: int) -> Rows:
    """Return the rows of a county of its own."""
    return graded(small_county(folder / f"small-{seed}", areas=AREAS, seed=seed))


def demo_page(rows: Rows) -> str:
    """Return the page of the demo counties."""
    bars = chance_bars(rows["chance_rows"]) + group_bars(rows["group_rows"])
    table = pd.DataFrame(bars, columns=["asked for", "of", "measured", ""])
    head = HEAD.format(
        python=platform.python_version(),
        count=rows["chance_rows"]["seed"].nunique(),
        areas=AREAS,
        first=min(SEEDS),
        last=max(SEEDS),
        met=int((table[""] == "met").sum()),
        bars=len(table),
    )
    return "\n\n".join(
        [
            head,
            as_table(table),
            chances_page(rows["chance_rows"]),
            coverage_page(rows["group_rows"]),
            others_page(rows["lo_rows"], rows["union_rows"], rows["shrinkage_rows"]),
            sets_page(rows["set_rows"], rows["figure_rows"]),
        ]
    )


def main() -> None:
    """Write the page."""
    with (
        tempfile.TemporaryDirectory() as name,
        ProcessPoolExecutor(min(os.cpu_count() or 1, len(SEEDS))) as pool,
    ):
        found = list(pool.map(partial(graded_seed, Path(name)), SEEDS))
    rows = {grade: pd.concat([one[grade] for one in found]) for grade in found[0]}
    parts = [demo_page(rows)]
    real = Path(os.environ.get("GEOPRIO_RAW") or SHARED / "data" / "storstockholm")
    with tempfile.TemporaryDirectory() as name:
        parts.append(disclosure_page(Path(name), real if real.is_dir() else None))
    if real.is_dir():
        parts.append(check_real(real, SHARED / "facts"))
    else:
        parts.append("The real county's files were not here.")
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
