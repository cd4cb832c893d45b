"""Proof: estimates beside what they never saw."""

from geoprio.proof.grades import (
    calibration,
    coverage_over_splits,
    covered_rows,
    grade_counts,
    grade_figures,
    grade_ranking,
    grade_verdicts,
    group_counts,
    logit_slope,
    mean_distance,
    narrowed,
    predict_each,
    true_indicators,
)
