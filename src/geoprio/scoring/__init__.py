"""From figures to a ranking, with its reasons."""

# Imported for the indicators that it registers.
from geoprio.scoring import conditions
from geoprio.scoring.indicators import PLACE, TARGETS, Figures, compute_indicators
from geoprio.scoring.reasons import level_actions, level_labels, reasons
from geoprio.scoring.scaling import NORMALISE
from geoprio.scoring.score import (
    constant_criteria,
    contributions,
    normalise_criteria,
    score_areas,
)

__all__ = [
    "NORMALISE",
    "PLACE",
    "TARGETS",
    "Figures",
    "compute_indicators",
    "conditions",
    "constant_criteria",
    "contributions",
    "level_actions",
    "level_labels",
    "normalise_criteria",
    "reasons",
    "score_areas",
]
