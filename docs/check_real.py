"""The real county's published figures beside what is estimated of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from check_tables import as_table

from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.counts import derive_adults
from geoprio.groups import own_base, spread_of
from geoprio.groups.measures import Z90
from geoprio.runs.outcome import Outcome
from geoprio.sources import load_source, read_source

SPLITS = 200
Scale = Callable[[pd.Series], float]
"""Spread that is learned from the gaps between areas' shares and their parents' (0-1)."""
RESIDENTS = {
    "Kvinnor 18+": ("kvinnor", "kvinnor_18plus_2022"),
    "18–29 år": ("unga", "folkmangd_18_29_2022"),
}
TOTALS = (
    "Figures of other years differ for that reason (ages here are of 2022 and 2024, of the city's"
    " RegSO); `inside` counts municipalities within the 90 % interval of their sum."
)


def check_real(raw: Path, facts_folder: Path) -> str:
    """Return what the real county's published figures say of the estimates."""
    campaign = shipped_folder() / "storstockholm.toml"
    outcome = pipeline.outcome_of(load_campaign(campaign), campaign, raw)
    facts = pd.read_csv(
        facts_folder / "kommuner-stockholms-lan.csv",
        dtype={"kommunkod": str},
        encoding="utf-8-sig",
    ).set_index("kommunkod")
    return "\n\n".join(
        [
            "## The real county",
            "### Young adults in the city, as if only the municipality were known",
            city_line(raw),
            "### Residents of DeSO added up, beside the municipalities' published totals",
            TOTALS,
            as_table(real_totals(outcome, facts)),
            "### A municipality's total held back, and predicted from the other 25",
            as_table(held_back(facts)),
        ]
    )


def city_line(raw: Path) -> str:
    """Return the coverage of 18-29 year-olds prorated from the city to its RegSO."""
    areas, towns = (
        read_source(load_source(name, [shipped_folder()]), raw, county_code="01")
        for name in ("scb_age_sex_regso2025", "scb_kommun_age_sex")
    )
    counts = derive_adults(areas, towns, areas.index.str[:4].to_series(index=areas.index))
    shares = counts["age_18_29_count"] / counts["adults_count"]
    city = counts["age_18_29_count"].sum() / counts["adults_count"].sum()
    covered = coverage_over_splits(
        shares,
        pd.Series(city, shares.index),
        spread_of,
        splits=SPLITS,
        rng=np.random.default_rng(2026),
    )
    low, high = covered.quantile([0.05, 0.95])
    return (
        f"{len(shares)} RegSO (SCB 2024). The spread learned on a random half covers"
        f" {covered.mean():.1%} of the other half on average over {SPLITS} splits (5th to 95th"
        f" percentile {low:.1%} to {high:.1%}; 87 to 97 % is asked for)."
    )


def real_totals(outcome: Outcome, facts: pd.DataFrame) -> pd.DataFrame:
    """Return sums of the areas' own-base counts beside published totals."""
    (level,) = (one for one in outcome.levels if one.area_set == "deso_2018")
    town = level.areas["municipality_code"]
    rows = own_base(level.groups)
    sums = {
        name: (*added(rows[rows["group"] == group], town), facts[column].astype(float))
        for name, (group, column) in RESIDENTS.items()
    }
    abroad = (facts["folkmangd_2023"] - facts["inrikes_fodda_2023"]).astype(float)
    born = rows[rows["group"] == "invandrarbakgrund"]
    sums |= {"Utrikes födda": (*added(born, town), abroad)}
    roll = level.rolls.table()["kommun_foreign_citizens_count"].groupby(town).sum()
    foreign = facts["kommun_2022_utlandska_medborgare_rostberattigade"].astype(float)
    sums |= {"Röstberättigade utländska medborgare": (roll, 0 * roll, foreign)}
    return pd.DataFrame([total_row(name, *figures) for name, figures in sums.items()])


def added(rows: pd.DataFrame, town: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return counts and standard errors summed by municipality, errors as if independent."""
    home = town.reindex(rows.index)
    return rows["count"].groupby(home).sum(), (rows["se"] ** 2).groupby(home).sum() ** 0.5


def total_row(name: str, ours: pd.Series, se: pd.Series, known: pd.Series) -> dict[str, object]:
    """Return one comparison."""
    off = ours - known
    inside = off.abs() <= np.maximum(Z90 * se, 1e-6 * known)
    return {
        "figure": name,
        "ours": f"{ours.sum():,.0f}",
        "published": f"{known.sum():,.0f}",
        "county off": f"{off.sum() / known.sum():+.2%}",
        "largest municipality off": f"{(off / known).abs().max():.2%}",
        "inside": f"{int(inside.sum())} of {len(known)}",
    }


def held_back(facts: pd.DataFrame) -> pd.DataFrame:
    """Return how well each municipality's total is predicted by the others'."""
    adults = facts["folkmangd_18plus_2022"].astype(float)
    residents = facts["folkmangd_2023"].astype(float)
    figures = {
        "Kvinnor 18+": (facts["kvinnor_18plus_2022"].astype(float), adults),
        "18–29 år": (facts["folkmangd_18_29_2022"].astype(float), adults),
        "Utrikes födda": (residents - facts["inrikes_fodda_2023"], residents),
    }
    rows = []
    for name, (part, whole) in figures.items():
        frame = predict_each(part, whole, spread_of)
        worst = frame["error_share"].abs().idxmax()
        rows.append(
            {
                "figure": name,
                "covered": f"{int(frame['covered'].sum())} of {len(frame)}",
                "median error": f"{frame['error_share'].abs().median():.1%}",
                "largest error": f"{frame['error_share'][worst]:+.1%} ({facts['kommun'][worst]})",
                "Botkyrka predicted": f"{frame.loc['0127', 'predicted']:,.0f}",
                "Botkyrka published": f"{frame.loc['0127', 'count']:,.0f}",
            }
        )
    return pd.DataFrame(rows)


def coverage_over_splits(
    shares: pd.Series, parent: pd.Series, scale: Scale, *, splits: int, rng: np.random.Generator
) -> pd.Series:
    """Return the share (0-1) of areas covered in each random split of the areas in two halves.

    Every area gets its parent's share (0-1) as its estimate, and a 90 % interval from the spread
    that `scale` learns on one half; counted is how many of the other half it covers.
    """
    covered = []
    for _ in range(splits):
        order = rng.permutation(len(shares))
        learn, test = order[: len(order) // 2], order[len(order) // 2 :]
        spread = scale(shares.iloc[learn] - parent.iloc[learn])
        gap = (shares.iloc[test] - parent.iloc[test]).abs()
        covered.append(float((gap <= Z90 * spread).mean()))
    return pd.Series(covered, name="covered")


def predict_each(part: pd.Series, whole: pd.Series, scale: Scale) -> pd.DataFrame:
    """Return each area's count of a group (`part`) as predicted from all the others.

    `predicted` is the others' pooled share of `whole`, its 90 % interval follows from their spread
    around that share; `error_share` is prediction less count, of the count.
    """
    pooled = (part.sum() - part) / (whole.sum() - whole)
    own = part / whole
    spread = pd.Series({code: scale(own.drop(code) - pooled[code]) for code in own.index})
    frame = pd.DataFrame({"count": part, "predicted": pooled * whole})
    frame["low"] = ((pooled - Z90 * spread) * whole).clip(lower=0)
    frame["high"] = np.minimum((pooled + Z90 * spread) * whole, whole)
    frame["error_share"] = frame["predicted"] / part - 1
    return frame.assign(covered=part.between(frame["low"], frame["high"]))
