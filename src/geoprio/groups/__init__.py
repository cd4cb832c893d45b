"""How many of each target group live where."""

from geoprio.groups.alignment import align_groups, for_election, own_base
from geoprio.groups.choosing import Held, choose_methods, held_of
from geoprio.groups.disclosure import hide_small
from geoprio.groups.electorate import PARTIES, spread_unassigned, unassigned_share
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.evidence import Evidence, Parent
from geoprio.groups.overlap import at_least_one, intensity
from geoprio.groups.residents import derive_adults, split_errors
from geoprio.groups.rolls import LOCAL, Roll, Rolls
from geoprio.groups.shares import share_intervals, shares_by_group

__all__ = [
    "LOCAL",
    "PARTIES",
    "Evidence",
    "Held",
    "Parent",
    "Roll",
    "Rolls",
    "align_groups",
    "at_least_one",
    "choose_methods",
    "derive_adults",
    "estimate_groups",
    "for_election",
    "held_of",
    "hide_small",
    "intensity",
    "own_base",
    "share_intervals",
    "shares_by_group",
    "split_errors",
    "spread_unassigned",
    "unassigned_share",
]
