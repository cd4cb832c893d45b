"""Carries out the plans of demo counties on their truths, and prints how often intervals hold.

A plan says how many target persons it reaches, with a 90 % interval. Here each plan's contacts are
made in the county as it truly is: the share of target persons among those met is the true one.
What the campaign assumes of the county's minors is as far from the truth as it says that it may be:
drawn around it, county by county. Asked for: the interval holds in 85-95 % of 40 seeds, which
nothing is set by.

Run it with `python docs/check_plan.py [--seeds 40] [--first 301] [--areas 150]`.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from check_counties import GROUPS

from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.demo import write_demo
from geoprio.demo.truth import FOLDER
from geoprio.plans.efforts import HOURLY
from geoprio.plans.programme import Programme
from geoprio.reports.proposal import planned
from geoprio.tables import NORMAL_90

LOCAL = "electorate_kommun"
"""Of the county's elections, the region's is the municipality's."""


def main() -> None:
    """Print a row for each seed, and the share of them whose interval holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first", type=int, default=301)
    parser.add_argument("--areas", type=int, default=150)
    options = parser.parse_args()
    say = sys.stdout.write
    say("| seed | as planned | standard error | in truth | errors off |\n|---|---|---|---|---|\n")
    off = []
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            made, true = carried_out(Path(folder), areas=options.areas, seed=seed)
        persons, error = made.reached
        off.append((true - persons) / error)
        figures = f"{persons:,.0f} | {error:,.0f} | {true:,.0f} | {off[-1]:+.2f}"
        say(f"| {seed} | {figures} |\n")
    held = int((np.abs(off) <= NORMAL_90).sum())
    say(f"\nThe interval held in {held} of {len(off)}.\n")


def carried_out(raw: Path, *, areas: int, seed: int) -> tuple[Programme, float]:
    """Return the plan of a demo county, and how many target persons it reaches in truth."""
    write_demo(raw, areas=areas, seed=seed)
    campaign = raw / "demo.toml"
    shutil.copyfile(shipped_folder() / "demo.toml", campaign)
    _assume(raw, seed)
    run = pipeline.kept(pipeline.outcome_of(load_campaign(campaign), campaign, raw))
    made = planned(run).made
    return made, truly_reached(made, true_share(raw, run.locating))


def _assume(raw: Path, seed: int) -> None:
    """Let the campaign's figure of the county's minors stray from the truth as it says it may."""
    table = pd.read_parquet(raw / FOLDER / "grupper-regso_2020.parquet")
    people = table.drop(columns="area_code").groupby("base").sum()
    minors = people.loc["residents"] - people.loc["adults"]
    outside = minors[[str(cell).endswith("0") for cell in minors.index]].sum() / minors.sum()
    name = Path("groups", "invandrarbakgrund.toml")
    text = (shipped_folder() / name).read_text(encoding="utf-8")
    sd = float(re.findall(r"county_sd = ([0-9.]+)", text)[0])
    stated = outside + sd * np.random.default_rng(seed).standard_normal()
    (raw / name.parent).mkdir(exist_ok=True)
    told = re.sub(r"outside_share = [0-9.]+", f"outside_share = {stated:.4f}", text, count=1)
    # A campaign's own file of a group says when its definition was decided.
    (raw / name).write_text('decided = "2026-01-01"\n' + told, encoding="utf-8")


def true_share(raw: Path, located: Sequence[str]) -> pd.Series:
    """Return the true share of electors who belong to any of the groups, by RegSO and election."""
    table = pd.read_parquet(raw / FOLDER / "grupper-regso_2020.parquet")
    bases = {"riksdag": "citizens", **dict.fromkeys(("region", "kommun"), LOCAL)}
    cells = pd.concat(
        {key: table[table["base"] == base] for key, base in bases.items()}, names=["election"]
    )
    people = cells.set_index("area_code", append=True).droplevel(1).drop(columns="base")
    people = people.astype(float)
    places = [GROUPS.index(name) for name in located]
    inside = [any(cell[len("cell_") + at] == "1" for at in places) for cell in people]
    return people.loc[:, inside].sum(axis=1) / people.sum(axis=1)


def truly_reached(made: Programme, share: pd.Series) -> float:
    """Return how many target persons a plan's contacts are with, where their share is the true."""
    own = made.chosen[made.chosen["channel"].isin(HOURLY)]
    return float((own["electors_count"] * share_of(own, share)).sum())


def share_of(work: pd.DataFrame, share: pd.Series) -> pd.Series:
    """Return the true share where work is done, of the electorate that it is for."""
    pairs = pd.MultiIndex.from_frame(work[["election", "area_code"]])
    return pd.Series(share.reindex(pairs).to_numpy(), work.index)


if __name__ == "__main__":
    main()
