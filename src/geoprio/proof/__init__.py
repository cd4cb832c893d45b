"""Proof: estimates beside what they never saw."""

from geoprio.proof.grades import (
    coverage_over_splits,
    grade_counts,
    grade_figures,
    grade_ranking,
    group_counts,
    mean_distance,
    narrowed,
    predict_each,
    true_indicators,
)
