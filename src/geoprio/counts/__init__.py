"""COUNTS: what is known of each area, with its error."""

from geoprio.counts.electorates import LOCAL, Roll, Rolls, calibrate
from geoprio.counts.figures import Evidence, Parent
from geoprio.counts.fitness import misplaced, refuse_misplaced, refuse_unfit, unfit
from geoprio.counts.inventory import Gathered, derive_adults, gather, split_errors
from geoprio.counts.votes import PARTIES, election_changes, spread_unassigned, unassigned_share
