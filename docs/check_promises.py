"""Write docs/promises.md: what geoprio promises of its own figures, beside what came.

Demo counties, whose truth is kept aside, show verdicts, chances, intervals and the plan's reach;
a back-test of one whose tables are as old as the first election, how all of that fares when four
years pass; the real county's back-test (GEOPRIO_RAW), how much its list changed. Run it with
`make promises [--seeds 4] [--areas 150]`.
"""

import argparse
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from check_counties import ALL, SETUPS, TOP_SHARE, campaign_text, parents, small_county
from check_plan import carried_out
from check_ranking import MOST_FALSE, MOST_MISSED, chance_rows, graded_chances, set_rows
from check_tables import as_table

from geoprio.cli.retrospect import Terms, retrospect
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.proof.hindsight import Hindsight
from geoprio.tables import NORMAL_90

PAGE = Path(__file__).parent / "promises.md"
FIRST_SEED = 501
"""Counties that nothing is set by."""
YEARS = (2018, 2022)
AS_WRITTEN = "2023"
TABLES = ("tab6574", "tab6571", "tab6572", "tab6638", "tab6679", "tab6568", "tab6681", "tab6534")
"""The demo's tables by DeSO, and the year that it writes them of."""
HEAD = """# Promises, and what came of them

Made by `make promises`; do not edit. {seeds} demo counties of {areas} DeSO (seeds from {first},
which nothing is set by), whose truth is kept aside, the first again with tables as old as the
election of {since}; and the real county. More counties, and every ranking by itself:
[method-check](method-check.md). The chances of seats: [majorities](majorities.md). The real
county's back-test, and what is promised of 2026 in numbers: [back-test](back-test.md)."""
LAST = """What a verdict promises is of the figures of its own day: their errors are in it, four
years of moving and voting are not. The rows of two elections say what those cost; in the demo only
votes change, since its tables have one year."""


def main() -> None:
    """Hold every promise against what came, and rewrite the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--areas", type=int, default=150)
    options = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    with tempfile.TemporaryDirectory() as folder:
        rows = [*of_today(Path(folder), seeds, options.areas)]
        raw = Path(folder) / "old"
        write_demo(raw, areas=options.areas, seed=FIRST_SEED)
        call_old(raw, YEARS[0])
        campaign = raw / "demo.toml"
        first = max(1, round(TOP_SHARE * parents(raw).nunique()))
        campaign.write_text(campaign_text(ALL).replace("top_k = 50", f"top_k = {first}"), "utf-8")
        answer = retrospect(campaign, Terms(YEARS), raw=raw).answer
        rows += of_two_elections(answer.found, "the demo, whole score")
    if real := os.environ.get("GEOPRIO_RAW"):
        campaign = shipped_folder() / "storstockholm.toml"
        answer = retrospect(campaign, Terms(YEARS), raw=Path(real)).answer
        rows += of_two_elections(answer.found, "the real county, by votes alone")
    table = pd.DataFrame(rows, columns=["promise", "of", "said", "came"])
    head = HEAD.format(seeds=len(seeds), areas=options.areas, first=FIRST_SEED, since=YEARS[0])
    PAGE.write_text(f"{head}\n\n{as_table(table)}\n\n{LAST}\n", encoding="utf-8")


def call_old(raw: Path, year: int, *, honestly: bool = True) -> None:
    """Let the tables of a demo county say that they are of another year, in its own folder.

    Dishonestly their sources alone say so, and what they read is as it was.
    """
    home = raw / "sources"
    home.mkdir(exist_ok=True)
    for name in TABLES:
        source = shipped_folder() / "sources" / f"scb_{name}_deso.toml"
        text = source.read_text(encoding="utf-8").partition("\n[variants")[0]
        text = re.sub(r"^vintage = \d+", f"vintage = {year}", text, flags=re.MULTILINE)
        if honestly:
            text = text.replace(AS_WRITTEN, f"{year}")
            table = raw / f"{name.upper()}.json"
            told = table.read_text(encoding="utf-8").replace(AS_WRITTEN, f"{year}")
            table.write_text(told, encoding="utf-8")
        (home / source.name).write_text(text, encoding="utf-8")


Row = tuple[str, str, str, str]


def of_today(folder: Path, seeds: range, areas: int) -> Iterator[Row]:
    """Yield what is promised of one day's figures, beside the truth of that day."""
    counties = [small_county(folder / f"{seed}", areas=areas, seed=seed) for seed in seeds]
    chances = graded_chances(pd.concat(map(chance_rows, counties)))
    sets = pd.concat(map(set_rows, counties))
    for setup in SETUPS:
        own, ranks = (one[one["setup"] == setup] for one in (chances, sets))
        whom = f"{setup}, {len(own)} rankings"
        told = own["full"] * len(seeds)
        wrong = (own["false"] * told).sum() / max(told.sum(), 1)
        yield (
            "*Satsa fullt* is seldom wrong",
            f"{whom}, {told.sum():.0f} areas told",
            f"at most {MOST_FALSE:.0%}",
            f"{wrong:.1%} (worst ranking {own['false'].max():.1%})",
        )
        yield (
            "the first are seldom told that they are none",
            whom,
            f"at most {MOST_MISSED:.0%}",
            f"{own['missed'].mean():.1%} (worst {own['missed'].max():.1%})",
        )
        ends = f"{own['slope'].min():.2f} to {own['slope'].max():.2f}"
        yield "chance of being among the first", whom, "slope 1 (above: too modest)", ends
        inside = ranks["interval_covered"].mean()
        yield "a place lies within its interval", whom, "90%", f"{inside:.0%}"
    plans = [carried_out(folder / f"plan-{seed}", areas=areas, seed=seed) for seed in seeds]
    off = np.array([(true - made.reached[0]) / made.reached[1] for made, true in plans])
    held = int((np.abs(off) <= NORMAL_90).sum())
    yield "target persons that a plan reaches", f"{len(off)} plans", "90%", f"{held} of {len(off)}"


def of_two_elections(found: Hindsight, whom: str) -> Iterator[Row]:
    """Yield what one election's ranking promised, beside the next election's."""
    first, last = found.years
    years, (stayed, count) = f"{whom}, {first} to {last}", found.stayed
    yield "the list stays", years, "nothing", f"{count - stayed} of {count} places have changed"
    one = found.kept
    if one is None:
        return
    changed, of = one.changed
    yield "a verdict stays", years, "nothing", f"{changed} of {of} *Satsa fullt* have changed"
    wrong, missed = one.grades["false"], one.grades["missed"]
    yield "*Satsa fullt* is seldom wrong", years, f"at most {MOST_FALSE:.0%}", f"{wrong:.0%}"
    yield (
        "the first are seldom told that they are none",
        years,
        f"at most {MOST_MISSED:.0%}",
        f"{missed:.0%}",
    )
    yield "chance of being among the first", years, "slope 1 (below: too bold)", f"{one.slope:.2f}"
    yield "a place lies within its interval", years, "90%", f"{one.covered:.0%}"


if __name__ == "__main__":
    main()
