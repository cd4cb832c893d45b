"""COUNTS: what is known of each area, with its error."""

from geoprio.counts.electorates import LOCAL, Roll, Rolls, calibrate
from geoprio.counts.figures import Evidence, Parent
from geoprio.counts.fitness import (
    elects_region,
    misplaced,
    refuse_misplaced,
    refuse_unfit,
    too_few,
    unfit,
)
from geoprio.counts.inventory import Gathered, derive_adults, gather, split_errors
from geoprio.counts.votes import PARTIES, election_changes, spread_unassigned, unassigned_share
