"""Print what each source is worth in demo counties: `python docs/check_sources.py [SEED ...]`.

Each county is computed without the source and with it, and what the first run said would follow
("what would narrow it", METHOD 6) stands between. The table is in `docs/method.md`.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
from check_counties import ALL, LIKE_REAL, SETS, County, campaign_text, small_county
from check_ranking import CHANNELS, true_scores
from check_tables import as_table

from geoprio import pipeline
from geoprio.config import load_campaign
from geoprio.groups import for_election
from geoprio.proof import logit_slope
from geoprio.runs.outcome import Outcome
from geoprio.tables import NORMAL_90

AREAS, SEEDS = 400, (11, 12, 13, 14)
RANKINGS = [(area_set, channel) for area_set in SETS for channel in CHANNELS]
TABLES = {
    "scb_tab6574_deso": (ALL, "unga"),
    "scb_tab6681_deso": (ALL, "lo"),
    "scb_tab6569_deso": (ALL, "invandrarbakgrund"),
    "scb_tab6534_deso": (ALL, "lo"),
    "own_addresses": (ALL, "unga"),
    "scb_tab6574_deso, real county's kind": (LIKE_REAL, "unga"),
    "scb_tab6681_deso, real county's kind": (LIKE_REAL, "lo"),
}
"""The set-up that a source is taken from, or added to; and the group whose width is told."""


def with_table(county: County, table: str, folder: Path, *, setup: str = LIKE_REAL) -> Outcome:
    """Return what is computed of the county, as the real one by default, with one table more."""
    more = campaign_text(setup).replace("sources = [\n", f'sources = [\n  "{table}",\n')
    return computed(county, more, folder)


def without_table(county: County, table: str, folder: Path) -> Outcome:
    """Return what is computed of the county with all tables but one."""
    text, line = campaign_text(ALL), f'  "{table}",\n'
    assert line in text
    return computed(county, text.replace(line, ""), folder)


def computed(county: County, text: str, folder: Path) -> Outcome:
    """Return what is computed of the county by a campaign's text."""
    top_k = county.top_k(LIKE_REAL, SETS[0])
    campaign = folder / "other.toml"
    text = text.replace("top_k = 50", f"top_k = {top_k}").replace("draws = 2000", "draws = 500")
    campaign.write_text(text, encoding="utf-8")
    for name in ("associations.csv", "associations-2026.csv"):
        (folder / name).write_bytes((county.raw / name).read_bytes())
    return pipeline.outcome_of(load_campaign(campaign), campaign, county.raw)


def both(county: County, table: str, setup: str, folder: Path) -> tuple[Outcome, Outcome]:
    """Return what is computed without a table and with it."""
    if f'\n  "{table}"' in campaign_text(setup):
        return without_table(county, table, folder), county.outcomes[setup]
    return county.outcomes[setup], with_table(county, table, folder, setup=setup)


def worth(county: County, folder: Path) -> Iterator[dict[str, object]]:
    """Yield a row for each table, ranking and side of it: what is said, and what is true."""
    for label, (setup, group) in TABLES.items():
        table = label.partition(",")[0]
        sides = both(county, table, setup, folder)
        for side, outcome in zip(("without", "with"), sides, strict=True):
            seen = replace(county, outcomes={**county.outcomes, side: outcome})
            for area_set, channel in RANKINGS:
                level, judged = seen.level(side, area_set), outcome.judged[area_set]
                shares = for_election(level.groups, "riksdag")
                rank = true_scores(seen, side, area_set, channel)["rank"]
                levers = judged.levers[channel].tables["may_be_top_count"]
                yield {
                    "table": label,
                    "side": side,
                    "areas": area_set,
                    "channel": channel,
                    "width": 200
                    * NORMAL_90
                    * shares.loc[shares["group"] == group, "share_se"].mean(),
                    "first": float(judged.sets[channel]["in_top_set"].sum()),
                    "said": levers.get(table) if side == "without" else None,
                    "chance": level.scores[channel]["p_top"].to_numpy(),
                    "top": (rank <= seen.top_k(side, area_set)).to_numpy(),
                }


def row_of(label: str, rows: pd.DataFrame) -> dict[str, str]:
    """Return one table's row: means of the counties, and the slope of all their chances."""
    first, last = (rows[rows["side"] == side] for side in ("without", "with"))
    means = {
        name: part.groupby(["areas", "channel"], sort=False)[column].mean()
        for name, part, column in (
            ("may be first without", first, "first"),
            ("said", first.astype({"said": float}), "said"),
            ("with", last, "first"),
        )
    }
    width, slope = (
        " → ".join(f"{value:{form}}" for value in values)
        for values, form in (
            ([part["width"].mean() for part in (first, last)], ".1f"),
            ([_slope(part) for part in (first, last)], ".2f"),
        )
    )
    told = {
        name: ", ".join("–" if pd.isna(value) else f"{value:.0f}" for value in own)
        for name, own in means.items()
    }
    off = (first["said"].astype(float).to_numpy() / last["first"].to_numpy() - 1).astype(float)
    far = pd.Series(off).abs()
    within = f"{(far <= 0.2).sum()} of {far.notna().sum()}"
    return {"table": label, "group's width": width, **told, "within a fifth": within} | {
        "slope": slope
    }


def _slope(rows: pd.DataFrame) -> float:
    return logit_slope(
        pd.concat(rows["chance"].map(pd.Series).tolist()),
        pd.concat(rows["top"].map(pd.Series).tolist()),
    )


def main() -> None:
    """Print the table."""
    rows: list[dict[str, object]] = []
    for seed in map(int, sys.argv[1:] or SEEDS):
        with tempfile.TemporaryDirectory() as name:
            county = small_county(Path(name) / "raw", areas=AREAS, seed=seed)
            rows += worth(county, Path(name))
    frame = pd.DataFrame(rows)
    told = [row_of(str(label), part) for label, part in frame.groupby("table", sort=False)]
    print(as_table(pd.DataFrame(told)))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
