"""The election before, on the districts of the one that is used: by the official comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoprio.areas import Crosswalk, find_way, lost_counts, move_counts
from geoprio.config import Campaign
from geoprio.groups import spread_unassigned
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.loaded import Loaded


@dataclass(frozen=True)
class Earlier:
    """An earlier election's votes where the later one's were cast."""

    year: int
    votes: pd.DataFrame
    """By district of the later election; NaN where no older district leads."""
    crosswalk: pd.DataFrame
    """CROSSWALK from the older districts."""
    by_set: dict[str, pd.DataFrame]
    """The same votes in the areas of each area set of the run."""
    record: dict[str, Any]
    """How the districts were brought together, for the record."""

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames to be written, by name."""
        named = {f"{name}_votes_{self.year}": votes for name, votes in self.by_set.items()}
        return named | {f"districts_{self.year}_crosswalk": self.crosswalk}


def earlier_election(
    gathered: Gathered, campaign: Campaign, ways: Mapping[str, Crosswalk]
) -> Earlier | None:
    """Return the earlier election that the campaign's comparison leads from; None without one.

    Official pairs come before geometry (METHOD 2). Early votes are spread as in the later one.
    `ways` lead from the later election's districts to each area set of the run.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    results = gathered.results[campaign.election.basis]
    found = _sources(gathered, campaign, results.source.area_set)
    if found is None:
        return None
    comparison, before = found
    votes = spread_unassigned(before.frame, party_votes=campaign.election.unassigned_party_votes)
    way = find_way(gathered.atlas, before.source.area_set, results.source.area_set)
    tolerance = campaign.lost_count_tolerance * float(votes["electors_count"].sum())
    moved = move_counts(votes, way, tolerance=tolerance)
    named = comparison.frame["comparable"]
    record = {
        "year": before.source.vintage,
        "comparison": comparison.name,
        "districts_by_official_comparison": int(comparison.frame.loc[named, "area_code"].nunique()),
        "districts_by_geometry": int(comparison.frame.loc[~named, "area_code"].nunique()),
        "districts_without_earlier_votes": int(moved["electors_count"].isna().sum()),
        "electors_lost": round(float(lost_counts(votes, way)["electors_count"].sum()), 3),
    }
    # What is unknown of a district must not be refused as lost: it is NaN where it goes.
    by_set = {
        area_set: move_counts(moved.reindex(moved.index.difference(list(to_set.unmatched))), to_set)
        for area_set, to_set in ways.items()
    }
    return Earlier(before.source.vintage, moved, way.frame, by_set, record)


def _sources(
    gathered: Gathered, campaign: Campaign, districts: str
) -> tuple[Loaded, Loaded] | None:
    for item in gathered.loaded:
        mapping = item.source.mapping
        if mapping is None or item.source.area_set != districts:
            continue
        for other in gathered.loaded:
            same = other.source.election == campaign.election.basis
            if same and other.source.area_set == mapping.from_set:
                return item, other
    return None
