"""Small demo counties whose truth is known, and what a run says of their rankings."""

from pathlib import Path

import pandas as pd

from geoprio.demo.truth import FOLDER
from geoprio.proof import true_indicators
from geoprio.runs import Run
from geoprio.scores import score_areas

YEAR, ELECTION = 2022, "riksdag"


def true_figures(result: Run, raw: Path, area_set: str) -> pd.DataFrame:
    """Return the indicators of a run's area set as they truly are."""
    cells = pd.read_parquet(raw / FOLDER / f"grupper-{area_set}.parquet")
    cells = cells[cells["base"] == f"electorate_{ELECTION}"].set_index("area_code")
    votes = pd.read_parquet(raw / FOLDER / "val-deso_2018.parquet")
    votes = votes[(votes["year"] == YEAR) & (votes["election"] == ELECTION)].set_index("area_code")
    votes = votes.drop(columns=["year", "election"]).astype(float)
    if area_set != "deso_2018":
        key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str, encoding="utf-8-sig")
        votes = votes.groupby(key.set_index("DeSO_2018")["RegSOkod_2020"]).sum()
    given = result.campaign.target_groups
    weights = {name: one * (name in result.locating) for name, one in given.items()}
    return true_indicators(
        result.levels[area_set].indicators,
        cells.drop(columns="base").astype(float),
        votes,
        weights=weights,
    )


def true_scores(result: Run, truth: pd.DataFrame, *, area_set: str, channel: str) -> pd.DataFrame:
    """Return SCORES of the true figures."""
    home = result.levels[area_set].areas["municipality_code"]
    profile = result.profiles[channel]
    return score_areas(truth, profile, channel=channel, election=ELECTION, municipality=home)
