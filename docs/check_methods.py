"""Write docs/method-check.md: estimates beside truths that they never saw.

The demo county's truth is kept aside by the demo; the real county's files (GEOPRIO_RAW, else
../shared/data/storstockholm) and published totals are held against what is estimated. Run it with
`make method-check`.
"""

import os
import platform
import tempfile
from pathlib import Path

from check_demo import check_demo
from check_ranking import check_ranking
from check_real import check_real

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "method-check.md"
SHARED = ROOT.parent / "shared"
SEEDS = (2026, 5, 6)
SMALL_SEEDS = range(1, 13)

HEAD = """# What the estimates are worth

Made by `make method-check` (Python {python}); do not edit. `covered` is the share of areas whose
90 % interval holds the truth: 85 to 95 % is asked for. `narrower` is the same with intervals three
tenths narrower, which must fall below 85 %. Errors are mean absolute errors in persons per area."""


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as name:
        parts = [check_demo(Path(name), seed) for seed in SEEDS]
        parts.append(check_ranking(Path(name), SMALL_SEEDS))
    real = Path(os.environ.get("GEOPRIO_RAW") or SHARED / "data" / "storstockholm")
    if real.is_dir():
        parts.append(check_real(real, SHARED / "facts"))
    else:
        parts.append("The real county's files were not here.")
    head = HEAD.format(python=platform.python_version())
    PAGE.write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
