"""Print how wild the demo county is beside the real one: `python docs/check_spread.py RAW [DEMO]`.

RAW is the folder of the real county's files; DEMO that of a demo of 1,290 areas, else one is made.
Both are measured in the same way, as their runs know them: spread, tails and ends over areas.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from check_counties import LIKE_REAL, campaign_text, write_like_real
from check_tables import as_table

from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.demo import write_demo
from geoprio.runs.outcome import Outcome

INDICATORS = (
    *("turnout_share", "red_green_share", "v_share", "s_share"),
    *("rental_share", "owned_share", "income_mean_sek", "mobilisation_count"),
)
CITY, LEAST_ELECTORS = "0180", 100


def spread(values: pd.Series) -> dict[str, float]:
    """Return what is told of a figure over areas."""
    ends = values.quantile([0.05, 0.95])
    return {
        "areas": int(values.notna().sum()),
        "mean": values.mean(),
        "sd": values.std(),
        "skew": values.skew(),
        "kurtosis": values.kurt(),
        "least": values.min(),
        "5 %": ends.iloc[0],
        "95 %": ends.iloc[1],
        "most": values.max(),
    }


def measured(outcome: Outcome) -> dict[tuple[str, str], pd.Series]:
    """Return every figure that is told, by area set and name."""
    found = {}
    votes = outcome.district_votes
    votes = votes[votes["electors_count"] >= LEAST_ELECTORS]
    found["districts", "turnout_share"] = votes["votes_cast_count"] / votes["electors_count"]
    for party in ("v", "s", "mp"):
        found["districts", f"{party}_share"] = votes[f"votes_{party}_count"] / votes["valid_count"]
    for level in outcome.levels:
        counts = level.counts
        for name in INDICATORS:
            found[level.area_set, name] = level.indicators[name]
        people = counts["population_count"]
        found[level.area_set, "born_abroad_share"] = counts["born_abroad_count"] / people
        found[level.area_set, "population_count"] = people
    regso = outcome.levels[0].counts
    city = regso[regso.index.str.startswith(CITY)]
    adults = city["adults_count"]
    found["regso_2020, city", "young_share"] = city["age_18_29_count"] / adults
    found["regso_2020, city", "women_share"] = city["adult_women_count"] / adults
    found["regso_2020, city", "children_share"] = city["age_0_14_count"] / city["population_count"]
    return found


def real_county(raw: Path) -> Outcome:
    """Return what is computed of the real county."""
    campaign = shipped_folder() / "storstockholm.toml"
    return pipeline.outcome_of(load_campaign(campaign), campaign, raw)


def demo_county(raw: Path) -> Outcome:
    """Return what is computed of a demo county of the same kind of files."""
    write_like_real(raw)
    campaign = raw / "check.toml"
    text = campaign_text(LIKE_REAL).replace("draws = 2000", "draws = 20")
    campaign.write_text(text, encoding="utf-8")
    return pipeline.outcome_of(load_campaign(campaign), campaign, raw)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(name)
        if len(sys.argv) <= 2:
            write_demo(folder, seed=2026)
        counties = {"real": real_county(Path(sys.argv[1])), "demo": demo_county(folder)}
    rows = [
        {"of": f"{areas}, {figure}", "county": county} | spread(values)
        for county, outcome in counties.items()
        for (areas, figure), values in measured(outcome).items()
    ]
    table = pd.DataFrame(rows).sort_values(["of", "county"], ascending=[True, False])
    shown = table.map(lambda cell: f"{cell:.3g}" if isinstance(cell, float) else cell)
    print(as_table(shown))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
