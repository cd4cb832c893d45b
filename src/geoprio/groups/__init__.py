"""How many of each target group live where."""

from geoprio.groups.alignment import align_groups, for_election, own_base
from geoprio.groups.choosing import Held, choose_methods, held_of
from geoprio.groups.disclosure import Protected, protect, withhold_where
from geoprio.groups.electorate import PARTIES, spread_unassigned, unassigned_share
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.evidence import Evidence, Parent
from geoprio.groups.joint import Joint, fit_joint, odds_seed, table_seed
from geoprio.groups.measured import spread_of
from geoprio.groups.nest import Nest
from geoprio.groups.overlap import at_least_one, integerise, intensity, overlap_table
from geoprio.groups.pairs import carried_share
from geoprio.groups.residents import derive_adults, split_errors
from geoprio.groups.rolls import LOCAL, Roll, Rolls
from geoprio.groups.shares import (
    count_intervals,
    share_intervals,
    shares_by_group,
    shown_by_group,
)
from geoprio.groups.shrinkage import empirical_bayes

__all__ = [
    "LOCAL",
    "PARTIES",
    "Evidence",
    "Held",
    "Joint",
    "Nest",
    "Parent",
    "Protected",
    "Roll",
    "Rolls",
    "align_groups",
    "at_least_one",
    "carried_share",
    "choose_methods",
    "count_intervals",
    "derive_adults",
    "empirical_bayes",
    "estimate_groups",
    "fit_joint",
    "for_election",
    "held_of",
    "integerise",
    "intensity",
    "odds_seed",
    "overlap_table",
    "own_base",
    "protect",
    "share_intervals",
    "shares_by_group",
    "shown_by_group",
    "split_errors",
    "spread_of",
    "spread_unassigned",
    "table_seed",
    "unassigned_share",
    "withhold_where",
]
