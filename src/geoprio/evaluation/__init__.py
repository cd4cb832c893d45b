"""Proof: estimates beside what they never saw."""

from geoprio.evaluation.grading import grade_counts, group_counts, mean_distance, narrowed
from geoprio.evaluation.held_back import coverage_over_splits, predict_each
from geoprio.evaluation.ranking import grade_figures, grade_ranking, true_indicators

__all__ = [
    "coverage_over_splits",
    "grade_counts",
    "grade_figures",
    "grade_ranking",
    "group_counts",
    "mean_distance",
    "narrowed",
    "predict_each",
    "true_indicators",
]
