"""Proof: estimates beside what they never saw."""

from geoprio.proof.grades import calibration, grade_verdicts, logit_slope
