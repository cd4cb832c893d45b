"""How the areas vote differently between the elections of one day, and from one day to the next."""

import pandas as pd

from geoprio.areas import find_way, move_counts
from geoprio.config import Campaign
from geoprio.groups import spread_unassigned
from geoprio.pipeline.earlier import Earlier
from geoprio.pipeline.gather import Gathered
from geoprio.scoring import election_changes

BALLOTS = ("riksdag", "kommun")
"""Whose difference on one day is the split."""


def vote_changes(
    area_set: str, gathered: Gathered, campaign: Campaign, earlier: Earlier | None
) -> pd.DataFrame | None:
    """Return split, shift and volatility of the red-green share by area (METHOD 4).

    The shift is from the riksdag election before, where the campaign's comparison leads there;
    else the split stands alone, and `volatility_basis` says so.

    Returns
    -------
    See `election_changes`. None where no source gives both of the day's elections.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    if not set(BALLOTS) <= set(gathered.results):
        return None
    moved = []
    for ballot in BALLOTS:
        results = gathered.results[ballot]
        votes = spread_unassigned(
            results.frame, party_votes=campaign.election.unassigned_party_votes
        )
        way = find_way(gathered.atlas, results.source.area_set, area_set)
        tolerance = campaign.lost_count_tolerance * float(votes["electors_count"].sum())
        moved.append(move_counts(votes, way, tolerance=tolerance))
    before = None
    if earlier is not None and campaign.election.basis == "riksdag":
        before = earlier.by_set.get(area_set)
    riksdag, kommun = moved
    return election_changes(riksdag, kommun, before)
