"""The demo's target groups as they are printed, beside the truth that it keeps aside."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from check_counties import ALL, GROUPS, LIKE_REAL, SETS, SETUPS, County, group_counts
from check_tables import as_table, told

from geoprio.config import shipped_folder
from geoprio.groups import (
    at_least_one,
    empirical_bayes,
    fit_joint,
    for_election,
    odds_seed,
    own_base,
    share_intervals,
    shares_by_group,
    table_seed,
)
from geoprio.sources import load_source, read_source

LOWEST, HIGHEST = 0.85, 0.95
ENOUGH = 100
"""Areas, over all seeds, of a class that is graded."""
CLASSES = {"size": ("small", "middle", "large"), "density": ("thin", "middling", "dense")}
ASKED = 30
"""Persons asked in each area of the simulated survey that shrinkage is tried on."""
HEAD = """## Target groups: do the 90 % intervals hold the truth?

Of the areas of all seeds, those whose printed interval holds the truth: {lowest:.0%} to
{highest:.0%} is asked for, in every class with {enough} areas. Classes are thirds of each county's
areas, by electors (`small` to `large`) and by electors per km² (`thin` to `dense`). What is
published exactly has no interval and is left out. Immigrant background is born abroad where the
set-up has no more. Outside the bar stands **bold**: {outside} of {classes} classes."""
SMALL = """## "Färre än {least}"

Every cell of all seeds and electorates that is printed so, and how many truly are that small."""
UNIONS = """## At least one of the groups, share of the riksdag's electors

`true shares` fits the joint table to the true shares of each group, `estimated` to the printed
ones. Mean absolute error in percentage points over seeds; `outside` counts areas whose truth is
outside Fréchet's bounds."""
LO = """## LO members: industry and sex beside the rank index

Mean absolute error in persons per area, over seeds: the estimate where industry is known, and the
rank index of low income and votes for S where it is not."""


def group_rows(county: County) -> pd.DataFrame:
    """Return every printed row of GROUPS with its truth, its classes and whether it is covered."""
    parts = []
    for setup in SETUPS:
        for area_set in SETS:
            level = county.level(setup, area_set)
            classes = _classes(county, setup, area_set)
            for where, rows, base in _tables(level.printed):
                cells = county.cells(setup, area_set, base)
                graded = covered_rows(rows, cells, GROUPS).join(classes)
                parts.append(graded.assign(setup=setup, areas=area_set, of=where))
    return pd.concat(parts).assign(seed=county.seed)


def _tables(printed: pd.DataFrame) -> list[tuple[str, pd.DataFrame, str]]:
    own = own_base(printed)
    tables = [(base, own[own["base"] == base], base) for base in ("residents", "adults")]
    elections = {"riksdag": "riksdag", "kommun": "kommun", "region": "kommun"}
    tables += [
        (election, for_election(printed, election), f"electorate_{electorate}")
        for election, electorate in elections.items()
    ]
    return [item for item in tables if len(item[1])]


def _classes(county: County, setup: str, area_set: str) -> pd.DataFrame:
    electors = county.cells(setup, area_set, "electorate_riksdag").sum(axis=1)
    km2 = county.level(setup, area_set).figures.area_km2.reindex(electors.index)
    by = {"size": electors, "density": electors / km2}
    return pd.DataFrame({kind: pd.qcut(by[kind], 3, labels=CLASSES[kind]) for kind in by})


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share (0-1) of rows covered by class, one column a class, counts and shares."""
    rows = rows[rows["of"] != "region"]
    keys = ["setup", "areas", "of", "group", "method"]
    found = {}
    for what in ("count", "share"):
        known = rows.dropna(subset=[f"{what}_in"])
        grouped = {f"{what}, all": known.groupby(keys)[f"{what}_in"]}
        for kind, names in CLASSES.items():
            parts = {name: known[known[kind] == name] for name in names}
            grouped |= {
                f"{what}, {name}": part.groupby(keys)[f"{what}_in"] for name, part in parts.items()
            }
        for name, groups in grouped.items():
            found[name] = groups.mean().where(groups.size() >= ENOUGH)
    order = {"setup": SETUPS, "areas": SETS, "of": ("residents", "adults", "riksdag", "kommun")}
    table = pd.DataFrame(found).reset_index()
    for column, values in (order | {"group": GROUPS}).items():
        table[column] = pd.Categorical(table[column], list(values), ordered=True)
    return table.sort_values(keys, ignore_index=True)


def group_bars(rows: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return what is asked, for whom, what is measured, and whether it is met."""
    bars = []
    table, least = coverage(rows), f"{LOWEST:.0%} to {HIGHEST:.0%} covered"
    for setup in SETUPS:
        values = table[table["setup"] == setup].filter(regex="^(count|share)").melt()["value"]
        values = values.dropna()
        inside = values.between(LOWEST, HIGHEST)
        measured = f"{int((~inside).sum())} of {len(values)} classes outside"
        if len(values):
            measured += f", {values.min():.0%} to {values.max():.0%}"
        bars.append((f"target groups: {least}", setup, measured, told(bool(inside.all()))))
        small = rows[(rows["setup"] == setup) & (rows["shown"] == "small")]
        false = int((small["truth"] >= 10).sum())
        bars.append(("no false “färre än 10”", setup, f"{false} of {len(small)}", told(false == 0)))
    return bars


def coverage_page(rows: pd.DataFrame) -> str:
    """Return the tables of coverage and of what is printed as small."""
    table = coverage(rows)
    values = table.filter(regex="^(count|share)")
    outside = values.notna() & ~((values >= LOWEST) & (values <= HIGHEST))
    marked = values.map("{:.0%}".format).where(values.notna(), "–")
    marked = marked.mask(outside, "**" + marked + "**")
    head = HEAD.format(
        lowest=LOWEST,
        highest=HIGHEST,
        enough=ENOUGH,
        outside=int(outside.sum().sum()),
        classes=int(values.notna().sum().sum()),
    )
    parts = [head]
    for what in ("count", "share"):
        columns = [name for name in marked if name.startswith(what)]
        shown = table[["setup", "areas", "of", "group", "method"]].astype(str)
        named = marked[columns].set_axis([name.split(", ")[1] for name in columns], axis=1)
        shown = shown.join(named)[values[columns[0]].notna()]
        parts += [f"### {what.title()}s", as_table(shown)]
    small = rows[rows["shown"] == "small"]
    counted = small.assign(false=small["truth"] >= 10).groupby(["setup", "areas", "group"])
    told_small = counted.agg(printed=("false", "size"), false=("false", "sum")).reset_index()
    none = "No cell is printed so."
    parts += [SMALL.format(least=10), as_table(told_small) if len(told_small) else none]
    return "\n\n".join(parts)


def lo_rows(county: County) -> pd.DataFrame:
    """Return the errors of both ways to locate LO members."""
    rows = []
    for area_set in SETS:
        truth = group_counts(county.cells(ALL, area_set, "adults"), GROUPS)["lo"]
        errors = {
            name: mean_distance(
                own_base(county.level(setup, area_set).groups).query("group == 'lo'")["count"],
                truth,
            )
            for name, setup in (("synthetic", ALL), ("proxy", LIKE_REAL))
        }
        rows.append({"areas": area_set} | errors)
    return pd.DataFrame(rows)


def union_rows(county: County) -> pd.DataFrame:
    """Return the errors of the joint table's union and of its rivals, in percentage points."""
    rows = []
    for area_set in SETS:
        cells = county.cells(ALL, area_set, "electorate_riksdag")
        people = cells.sum(axis=1)
        truth = 1 - cells["cell_0000"] / people
        printed = for_election(county.level(ALL, area_set).printed, "riksdag")
        exact = group_counts(cells, GROUPS).div(people, axis=0)
        for name, shares in (
            ("true shares", exact),
            ("estimated", shares_by_group(printed)[list(GROUPS)].dropna()),
        ):
            fitted = at_least_one(fit_joint(shares, seed=county_seed(county)))
            alone = at_least_one(fit_joint(shares, seed=odds_seed(list(GROUPS), {})))["share"]
            known = truth.reindex(shares.index)
            rivals = {
                "joint table": fitted["share"],
                "independence": alone,
                "largest group": fitted["low"],
                "sum": shares.sum(axis=1),
            }
            errors = {rival: 100 * mean_distance(share, known) for rival, share in rivals.items()}
            outside = ~known.between(fitted["low"] - 1e-9, fitted["high"] + 1e-9)
            rows.append({"areas": area_set, "of": name} | errors | {"outside": outside.sum()})
    return pd.DataFrame(rows)


def county_seed(county: County) -> pd.Series:
    """Return the seed that the county's joint table gives."""
    source = load_source("joint_groups_county", [shipped_folder()])
    frame = read_source(source, county.raw, county_code="01", key=None)
    return table_seed(list(GROUPS), frame.loc["01"], list(GROUPS))


def shrinkage_rows(county: County) -> pd.DataFrame:
    """Return what shrinkage does to the error of a small survey of immigrant background."""
    cells = county.cells(ALL, "deso_2018", "adults")
    rate = group_counts(cells, GROUPS)["invandrarbakgrund"] / cells.sum(axis=1)
    asked = pd.Series(float(ASKED), rate.index)
    hits = np.random.default_rng(county.seed).binomial(ASKED, rate)
    hits = pd.Series(hits, rate.index).astype(float)
    town = rate.index.str[:4].to_series(index=rate.index)
    above = pd.Series("01", rate.index)
    shrunk = empirical_bayes(hits, asked, town, grand_parent=above)
    errors = {"raw": hits / ASKED - rate, "shrunk": shrunk - rate}
    return pd.DataFrame([{name: (error**2).mean() for name, error in errors.items()}])


def others_page(lo: pd.DataFrame, unions: pd.DataFrame, shrinkage: pd.DataFrame) -> str:
    """Return the tables of LO members, unions and shrinkage, means over seeds."""
    errors = lo.groupby("areas", sort=False).mean().reset_index()
    errors = errors.round(1).assign(ratio=(errors["synthetic"] / errors["proxy"]).round(2))
    means = unions.groupby(["areas", "of"], sort=False).mean().round(2).reset_index()
    raw, shrunk = shrinkage.mean()
    of_rates = (
        f"{ASKED} adults of each DeSO asked for immigrant background: mean squared error of the raw"
        f" rate {raw:.5f}, shrunk towards the municipality {shrunk:.5f} ({shrunk / raw:.0%})."
    )
    tables = [LO, as_table(errors), UNIONS, as_table(means), "## Shrinkage", of_rates]
    return "\n\n".join(tables)


def mean_distance(values: pd.Series, truth: pd.Series) -> float:
    """Return the mean absolute difference over the areas where both are known."""
    return float(np.abs(values - truth).mean())


ROUNDING = 1e-6
"""Largest difference, in persons, that is taken for none: sums in another order."""


def covered_rows(
    estimates: pd.DataFrame, cells: pd.DataFrame, groups: Sequence[str]
) -> pd.DataFrame:
    """Return GROUPS of one electorate with `truth` (persons) and whether 90 % intervals hold it.

    `count_in` and `share_in` are 1 or 0; NaN where nothing is shown, or where it is exact.
    """
    people, known = cells.sum(axis=1), group_counts(cells, groups)
    parts = []
    for group, rows in estimates.groupby("group"):
        truth = known[group].reindex(rows.index)
        share = truth / people.reindex(rows.index)
        ends = share_intervals(rows)
        low, high = (ends[f"{group}_{end}_share"] for end in ("low", "high"))
        counted = truth.between(rows["low"] - ROUNDING, rows["high"] + ROUNDING)
        parts.append(
            rows.assign(
                truth=truth,
                count_in=counted.astype(float).where(rows["high"] > rows["low"]),
                share_in=share.between(low, high).astype(float).where(low.notna()),
            )
        )
    return pd.concat(parts)
