"""From figures to a ranking, with its reasons."""

from geoprio.scores.advice import local_lines, opening_lines
from geoprio.scores.certainty import Judged, judge
from geoprio.scores.decomposition import CAUSES, Side, split_change
from geoprio.scores.deviation import (
    at_least_one_error,
    intensity_error,
    intensity_parts,
    product_error,
    together,
)
from geoprio.scores.draws import Measured
from geoprio.scores.indicators import (
    PLACE,
    PRIVATE,
    TARGETS,
    Figures,
    compute_indicators,
    of_place,
    of_targets,
)
from geoprio.scores.kernel import AGGREGATE, NORMALISE, aggregator, normaliser
from geoprio.scores.levels import Located, locate, only_told, protect_counts, rank, survey
from geoprio.scores.organisation import need_and_capacity, new_associations, support_list
from geoprio.scores.rank_sets import (
    SetRule,
    may_be_first,
    rank_confidence_sets,
    rank_set_widths,
    top_k_set,
)
from geoprio.scores.reasons import (
    explain_area,
    explain_areas,
    explain_points,
    reasons,
)
from geoprio.scores.score import (
    TREAT,
    Treated,
    aggregate,
    constant_criteria,
    fill_from_groups,
    normalise,
    normalise_criteria,
    refuse_unknown_steps,
    score_areas,
    treat_outliers,
    treatment,
)
from geoprio.scores.typology import area_types, local_clusters, street_or_quarter, unused_traits
from geoprio.scores.uncertainty import rank_uncertainty
from geoprio.scores.verdicts import (
    verdict_actions,
    verdict_labels,
    verdict_meanings,
    verdicts,
)
from geoprio.scores.weights import (
    EXPECTATION,
    criterion_bounds,
    drop_one_area,
    effective_weights,
    leave_one_out,
    weight_warnings,
)
from geoprio.scores.yields import (
    draw_effects,
    expected_yield,
    per_hour,
    per_krona,
    rates_by_cell,
    relative_yield,
    unknown_words,
    yield_per_contact,
    yield_words,
)
