"""From figures to a ranking, with its reasons."""

from geoprio.scoring import conditions, dropoff
from geoprio.scoring.aggregate import AGGREGATE, aggregate, aggregator, weight_shares
from geoprio.scoring.clusters import local_clusters, street_or_quarter
from geoprio.scoring.decompose import CAUSES, Side, split_change
from geoprio.scoring.drawing import Measured
from geoprio.scoring.elections import election_changes
from geoprio.scoring.explain import contributions, explain_area, explain_areas, explain_points
from geoprio.scoring.figure_errors import (
    at_least_one_error,
    intensity_error,
    product_error,
)
from geoprio.scoring.indicators import (
    PLACE,
    PRIVATE,
    TARGETS,
    Figures,
    compute_indicators,
    of_place,
    of_targets,
)
from geoprio.scoring.messages import local_lines, opening_lines
from geoprio.scoring.organising import need_and_capacity, new_associations, support_list
from geoprio.scoring.rank_sets import (
    SetRule,
    rank_confidence_set,
    rank_confidence_sets,
    rank_set_widths,
    top_k_set,
)
from geoprio.scoring.reasons import level_actions, level_labels, reasons
from geoprio.scoring.removal import criterion_bounds, drop_one_area
from geoprio.scoring.scaling import NORMALISE, normalise, normaliser
from geoprio.scoring.score import (
    constant_criteria,
    criterion_weights,
    normalise_criteria,
    refuse_unknown_steps,
    scale_bounds,
    score_areas,
)
from geoprio.scoring.score_errors import score_errors
from geoprio.scoring.treat import TREAT, fill_from_groups, treat_outliers, treatment
from geoprio.scoring.typology import AreaTypes, area_types
from geoprio.scoring.uncertainty import answer_labels, answer_meanings, rank_uncertainty
from geoprio.scoring.weights import EXPECTATION, effective_weights, leave_one_out, weight_warnings
from geoprio.scoring.yield_model import (
    Voters,
    draw_effects,
    expected_yield,
    per_hour,
    per_krona,
    precision,
    rates_by_cell,
    relative_yield,
    unknown_words,
    without_difference,
    yield_per_contact,
    yield_words,
)

__all__ = [
    "AGGREGATE",
    "CAUSES",
    "EXPECTATION",
    "NORMALISE",
    "PLACE",
    "PRIVATE",
    "TARGETS",
    "TREAT",
    "AreaTypes",
    "Figures",
    "Measured",
    "SetRule",
    "Side",
    "Voters",
    "aggregate",
    "aggregator",
    "answer_labels",
    "answer_meanings",
    "area_types",
    "at_least_one_error",
    "compute_indicators",
    "conditions",
    "constant_criteria",
    "contributions",
    "criterion_bounds",
    "criterion_weights",
    "draw_effects",
    "drop_one_area",
    "dropoff",
    "effective_weights",
    "election_changes",
    "expected_yield",
    "explain_area",
    "explain_areas",
    "explain_points",
    "fill_from_groups",
    "intensity_error",
    "leave_one_out",
    "level_actions",
    "level_labels",
    "local_clusters",
    "local_lines",
    "need_and_capacity",
    "new_associations",
    "normalise",
    "normalise_criteria",
    "normaliser",
    "of_place",
    "of_targets",
    "opening_lines",
    "per_hour",
    "per_krona",
    "precision",
    "product_error",
    "rank_confidence_set",
    "rank_confidence_sets",
    "rank_set_widths",
    "rank_uncertainty",
    "rates_by_cell",
    "reasons",
    "refuse_unknown_steps",
    "relative_yield",
    "scale_bounds",
    "score_areas",
    "score_errors",
    "split_change",
    "street_or_quarter",
    "support_list",
    "top_k_set",
    "treat_outliers",
    "treatment",
    "unknown_words",
    "weight_shares",
    "weight_warnings",
    "without_difference",
    "yield_per_contact",
    "yield_words",
]
