"""From figures to a ranking, with its reasons."""

from geoprio.scoring.aggregate import AGGREGATE, aggregate, weight_shares
from geoprio.scoring.drawing import Measured
from geoprio.scoring.elections import election_changes
from geoprio.scoring.explain import contributions, explain_area, explain_areas, explain_points
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
from geoprio.scoring.scaling import NORMALISE, normalise
from geoprio.scoring.score import (
    constant_criteria,
    criterion_weights,
    normalise_criteria,
    refuse_unknown_steps,
    scale_bounds,
    score_areas,
)
from geoprio.scoring.treat import TREAT, fill_from_groups, treat_outliers
from geoprio.scoring.uncertainty import answer_labels, answer_meanings, rank_uncertainty
from geoprio.scoring.weights import EXPECTATION, effective_weights, leave_one_out, weight_warnings

__all__ = [
    "AGGREGATE",
    "EXPECTATION",
    "NORMALISE",
    "PLACE",
    "TARGETS",
    "TREAT",
    "Figures",
    "Measured",
    "SetRule",
    "aggregate",
    "answer_labels",
    "answer_meanings",
    "compute_indicators",
    "constant_criteria",
    "contributions",
    "criterion_bounds",
    "criterion_weights",
    "drop_one_area",
    "effective_weights",
    "election_changes",
    "explain_area",
    "explain_areas",
    "explain_points",
    "fill_from_groups",
    "leave_one_out",
    "level_actions",
    "level_labels",
    "normalise",
    "normalise_criteria",
    "rank_confidence_set",
    "rank_confidence_sets",
    "rank_set_widths",
    "rank_uncertainty",
    "reasons",
    "refuse_unknown_steps",
    "scale_bounds",
    "score_areas",
    "top_k_set",
    "treat_outliers",
    "weight_shares",
    "weight_warnings",
]
