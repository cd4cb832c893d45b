"""The demo county's estimates beside the truth that it keeps aside."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from check_tables import as_table, percent

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.groups import (
    at_least_one,
    empirical_bayes,
    fit_joint,
    for_election,
    odds_seed,
    own_base,
    shares_by_group,
    table_seed,
)
from geoprio.proof import grade_counts, group_counts, mean_distance, narrowed
from geoprio.runs import Result
from geoprio.sources import load_source, read_source

GROUPS = ("unga", "lo", "kvinnor", "invandrarbakgrund")
SETS = ("deso_2018", "regso_2020")
ELECTORATES = {"riksdag": "electorate_riksdag", "kommun": "electorate_kommun"}
ASKED = 30
"""Persons asked in each area of the simulated survey that shrinkage is tried on."""
INDUSTRY = '  "scb_tab6681_deso",\n'
"""The source without which LO members are found by the rank index."""
UNIONS = (
    "`true shares` fits the joint table to the true shares of each group, `estimated` to the"
    " estimated ones. Mean absolute error in percentage points; `outside` counts areas whose truth"
    " is outside Fréchet's bounds."
)


def check_demo(folder: Path, seed: int) -> str:
    """Return the grades of one demo county."""
    raw = folder / f"raw-{seed}"
    write_demo(raw, areas=1290, seed=seed)
    result, ranked = run_demo(raw), run_demo(raw, without=INDUSTRY)
    grades = pd.concat([grade(result, raw, area_set) for area_set in SETS])
    rivals = pd.concat([compare_lo(result, ranked, raw, area_set) for area_set in SETS])
    unions = pd.concat([compare_unions(result, raw, area_set) for area_set in SETS])
    return "\n\n".join(
        [
            f"## The demo county, seed {seed}",
            "### Intervals",
            as_table(grades),
            "### LO members: industry and sex beside the rank index",
            "`mutant` is the same ratio in a county whose members follow the rank index: it fails.",
            as_table(rivals),
            "### At least one of the groups, share of the riksdag's electors",
            UNIONS,
            as_table(unions),
            "### Shrinkage",
            shrinkage_line(raw, seed),
        ]
    )


def run_demo(raw: Path, *, without: str = "") -> Result:
    """Return a run of the demo, perhaps without one of its sources."""
    text = (shipped_folder() / "demo.toml").read_text(encoding="utf-8")
    (raw / "demo.toml").write_text(text.replace(without, ""), encoding="utf-8")
    result = pipeline.run(raw / "demo.toml", raw=raw, out=raw / "out")
    shutil.rmtree(raw / "out")
    return result


def truth_of(raw: Path, area_set: str, base: str) -> pd.DataFrame:
    """Return the true joint table of one base, by area."""
    cells = pd.read_parquet(raw / "facit" / f"grupper-{area_set}.parquet")
    return cells[cells["base"] == base].set_index("area_code").drop(columns="base").astype(float)


def grade(result: Result, raw: Path, area_set: str) -> pd.DataFrame:
    """Return the grades of every group, on its own base and in two electorates."""
    groups = result.levels[area_set].groups
    tables = {
        base: (own_base(groups)[lambda rows, base=base: rows["base"] == base], base)
        for base in ("residents", "adults")
    } | {name: (for_election(groups, name), base) for name, base in ELECTORATES.items()}
    rows = []
    for where, (estimates, base) in tables.items():
        known = group_counts(truth_of(raw, area_set, base), GROUPS)
        graded = grade_counts(estimates, known)
        tight = grade_counts(narrowed(estimates, by=0.3), known)["covered"]
        method = estimates.groupby("group")["method"].agg(
            lambda items: " / ".join(sorted(set(items)))
        )
        rows.append(
            pd.DataFrame(
                {
                    "areas": f"{area_set}, {where}",
                    "group": graded.index,
                    "method": method.reindex(graded.index),
                    "covered": percent(graded["covered"]),
                    "narrower": percent(tight).where(graded["width"] > 0, "–"),
                    "exactly equal": percent(graded["exact"]),
                    "error": graded["error"].round(1),
                    "bias": graded["bias"].round(1),
                    "width": graded["width"].round(1),
                }
            )
        )
    return pd.concat(rows)


def compare_lo(result: Result, ranked: Result, raw: Path, area_set: str) -> pd.DataFrame:
    """Return the errors of both ways to locate LO members."""
    truth = group_counts(truth_of(raw, area_set, "adults"), GROUPS)["lo"]
    own, rival = (
        own_base(one.levels[area_set].groups).query("group == 'lo'")["count"]
        for one in (result, ranked)
    )
    rng = np.random.default_rng(1)
    followed = pd.Series(rng.multinomial(int(truth.sum()), rival / rival.sum()), truth.index)
    errors = [mean_distance(own, truth), mean_distance(rival, truth)]
    mutant = mean_distance(own, followed) / mean_distance(rival, followed)
    row = {
        "areas": area_set,
        "synthetic": round(errors[0], 1),
        "proxy": round(errors[1], 1),
        "ratio": round(errors[0] / errors[1], 3),
        "mutant": round(mutant, 2),
    }
    return pd.DataFrame([row])


def compare_unions(result: Result, raw: Path, area_set: str) -> pd.DataFrame:
    """Return the errors of the joint table's union and of its rivals, in percentage points."""
    cells = truth_of(raw, area_set, ELECTORATES["riksdag"])
    people = cells.sum(axis=1)
    truth = 1 - cells["cell_0000"] / people
    level = result.levels[area_set]
    estimated = shares_by_group(for_election(level.groups, "riksdag"))[list(GROUPS)]
    exact = group_counts(cells, GROUPS).div(people, axis=0)
    seed = county_seed(raw)
    rows = []
    for name, shares in (("true shares", exact), ("estimated", estimated)):
        fitted = at_least_one(fit_joint(shares, seed=seed))
        alone = at_least_one(fit_joint(shares, seed=odds_seed(list(GROUPS), {})))["share"]
        outside = ~truth.between(fitted["low"] - 1e-9, fitted["high"] + 1e-9)
        errors = {
            "joint table": fitted["share"],
            "independence": alone,
            "largest group": fitted["low"],
            "sum": shares.sum(axis=1),
        }
        rows.append(
            {"areas": f"{area_set}, {name}"}
            | {
                rival: round(100 * mean_distance(share, truth), 2)
                for rival, share in errors.items()
            }
            | {"outside": int(outside.sum())}
        )
    return pd.DataFrame(rows)


def county_seed(raw: Path) -> pd.Series:
    """Return the seed that the county's joint table gives."""
    source = load_source("joint_groups_county", [shipped_folder()])
    frame = read_source(source, raw, county_code="01", key=None)
    return table_seed(list(GROUPS), frame.loc["01"], list(GROUPS))


def shrinkage_line(raw: Path, seed: int) -> str:
    """Return what shrinkage does to the error of a small survey of immigrant background."""
    cells = truth_of(raw, "deso_2018", "adults")
    rate = group_counts(cells, GROUPS)["invandrarbakgrund"] / cells.sum(axis=1)
    asked = pd.Series(float(ASKED), rate.index)
    hits = pd.Series(np.random.default_rng(seed).binomial(ASKED, rate), rate.index).astype(float)
    town = rate.index.str[:4].to_series(index=rate.index)
    county = pd.Series("01", rate.index)
    shrunk = empirical_bayes(hits, asked, town, grand_parent=county)
    squared = [float(((guess - rate) ** 2).mean()) for guess in (hits / ASKED, shrunk)]
    return (
        f"{ASKED} adults of each DeSO asked for immigrant background: mean squared error of the raw"
        f" rate {squared[0]:.5f}, shrunk towards the municipality {squared[1]:.5f}"
        f" ({squared[1] / squared[0]:.0%})."
    )
