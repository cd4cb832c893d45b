"""How many of each target group live where."""

from geoprio.groups.disclosure import hide_small
from geoprio.groups.electorate import PARTIES, spread_unassigned, unassigned_share
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.evidence import Evidence, Parent
from geoprio.groups.overlap import at_least_one, intensity
from geoprio.groups.residents import derive_adults
from geoprio.groups.shares import share_intervals, shares_by_group
from geoprio.groups.shrinkage import shrink_rates

__all__ = [
    "PARTIES",
    "Evidence",
    "Parent",
    "at_least_one",
    "derive_adults",
    "estimate_groups",
    "hide_small",
    "intensity",
    "share_intervals",
    "shares_by_group",
    "shrink_rates",
    "spread_unassigned",
    "unassigned_share",
]
