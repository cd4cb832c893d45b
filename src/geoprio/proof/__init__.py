"""Proof: estimates beside what they never saw."""

from geoprio.proof.grades import (
    calibration,
    coverage_over_splits,
    covered_rows,
    grade_figures,
    grade_verdicts,
    group_counts,
    logit_slope,
    predict_each,
)
