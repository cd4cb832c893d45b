"""The riksdag election before a European one, in the same areas."""

import pandas as pd

from geoprio.areas import find_way, move_counts
from geoprio.config import Campaign
from geoprio.groups import spread_unassigned
from geoprio.pipeline.gather import Gathered


def riksdag_votes(area_set: str, gathered: Gathered, campaign: Campaign) -> pd.DataFrame | None:
    """Return the votes of the latest riksdag election by area, for a European campaign.

    Returns
    -------
    None in another campaign, and where no source gives a riksdag election's results and the borders
    of its polling districts.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    if campaign.election.basis != "eu":
        return None
    held = [
        item
        for item in gathered.loaded
        if item.source.provides == "results"
        and item.source.election == "riksdag"
        and item.source.vintage <= campaign.election.year
        and item.source.area_set in gathered.atlas.sets
    ]
    if not held:
        return None
    latest = max(held, key=lambda item: item.source.vintage)
    votes = spread_unassigned(latest.frame, party_votes=campaign.election.unassigned_party_votes)
    way = find_way(gathered.atlas, latest.source.area_set, area_set)
    tolerance = campaign.lost_count_tolerance * float(votes["electors_count"].sum())
    return move_counts(votes, way, tolerance=tolerance)
