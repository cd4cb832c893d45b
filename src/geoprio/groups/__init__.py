"""How many of each target group live where."""

from geoprio.groups.disclosure import hide_small
from geoprio.groups.electorate import PARTIES, spread_unassigned, unassigned_share
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.evidence import Evidence, Parent
from geoprio.groups.joint import Joint, fit_joint, odds_seed, table_seed
from geoprio.groups.overlap import at_least_one, integerise, intensity, overlap_table
from geoprio.groups.pairs import carried_share
from geoprio.groups.residents import derive_adults
from geoprio.groups.shares import share_intervals, shares_by_group
from geoprio.groups.shrinkage import shrink_rates

__all__ = [
    "PARTIES",
    "Evidence",
    "Joint",
    "Parent",
    "at_least_one",
    "carried_share",
    "derive_adults",
    "estimate_groups",
    "fit_joint",
    "hide_small",
    "integerise",
    "intensity",
    "odds_seed",
    "overlap_table",
    "share_intervals",
    "shares_by_group",
    "shrink_rates",
    "spread_unassigned",
    "table_seed",
    "unassigned_share",
]
