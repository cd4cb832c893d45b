"""From figures to a ranking, with its reasons."""

from geoprio.scoring.drawing import Measured
from geoprio.scoring.indicators import PLACE, TARGETS, Figures, compute_indicators
from geoprio.scoring.rank_sets import (
    SetRule,
    rank_confidence_set,
    rank_confidence_sets,
    rank_set_widths,
    top_k_set,
)
from geoprio.scoring.reasons import level_actions, level_labels, reasons
from geoprio.scoring.removal import criterion_bounds, drop_one_area
from geoprio.scoring.scaling import NORMALISE
from geoprio.scoring.score import (
    constant_criteria,
    contributions,
    normalise_criteria,
    score_areas,
)
from geoprio.scoring.uncertainty import answer_labels, answer_meanings, rank_uncertainty

__all__ = [
    "NORMALISE",
    "PLACE",
    "TARGETS",
    "Figures",
    "Measured",
    "SetRule",
    "answer_labels",
    "answer_meanings",
    "compute_indicators",
    "constant_criteria",
    "contributions",
    "criterion_bounds",
    "drop_one_area",
    "level_actions",
    "level_labels",
    "normalise_criteria",
    "rank_confidence_set",
    "rank_confidence_sets",
    "rank_set_widths",
    "rank_uncertainty",
    "reasons",
    "score_areas",
    "top_k_set",
]
