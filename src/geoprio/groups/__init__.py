"""How many of each target group live where."""

from geoprio.counts import Evidence, Parent
from geoprio.groups.alignment import align_groups, for_election, own_base
from geoprio.groups.disclosure import Nest, as_told, protect, without
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.joint import Joint, carried_share, fit_joint, odds_seed, table_seed
from geoprio.groups.measures import (
    Held,
    as_located,
    choose_methods,
    held_of,
    spread_by_size,
    spread_of,
)
from geoprio.groups.overlap import at_least_one, integerise, intensity, overlap_table
from geoprio.groups.prospect import columns_wanted, prospective_errors
from geoprio.groups.shares import (
    count_intervals,
    empirical_bayes,
    share_intervals,
    shares_by_group,
    shown_by_group,
)
