"""How many of each target group live where."""

from geoprio.groups.disclosure import Protected, protect, withhold_where
from geoprio.groups.electorate import PARTIES, spread_unassigned, unassigned_share
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.evidence import Evidence, Parent
from geoprio.groups.nest import Nest
from geoprio.groups.overlap import at_least_one, intensity
from geoprio.groups.residents import derive_adults
from geoprio.groups.shares import share_intervals, shares_by_group, shown_by_group

__all__ = [
    "PARTIES",
    "Evidence",
    "Nest",
    "Parent",
    "Protected",
    "at_least_one",
    "derive_adults",
    "estimate_groups",
    "intensity",
    "protect",
    "share_intervals",
    "shares_by_group",
    "shown_by_group",
    "spread_unassigned",
    "unassigned_share",
    "withhold_where",
]
