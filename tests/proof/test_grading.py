"""A grade that cannot fall is no grade."""

import numpy as np
import pandas as pd
import pytest
from check_counties import group_counts
from check_real import coverage_over_splits, predict_each

from geoprio.groups import spread_of
from geoprio.groups.measures import Z90
from tests.grades import grade_counts, narrowed

CODES = pd.Index([f"{number:04}" for number in range(4000)], name="area_code")


def honest(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates whose stated error is their error."""
    truth = pd.DataFrame({"unga": rng.uniform(100, 900, len(CODES))}, index=CODES)
    count = truth["unga"] + rng.normal(0, 20, len(CODES))
    frame = pd.DataFrame(
        {"group": "unga", "count": count, "low": count - 20 * Z90, "high": count + 20 * Z90}
    )
    return frame, truth


def test_groups_are_read_off_the_joint_table() -> None:
    cells = pd.DataFrame({"cell_00": [5], "cell_01": [1], "cell_10": [2], "cell_11": [4]})
    counts = group_counts(cells, ["a", "b"])
    assert counts.iloc[0].to_dict() == {"a": 6, "b": 5}


def test_an_honest_error_covers_nine_of_ten_and_a_narrower_one_does_not() -> None:
    frame, truth = honest(np.random.default_rng(4))
    assert grade_counts(frame, truth).loc["unga", "covered"] == pytest.approx(0.90, abs=0.015)
    # Three tenths narrower is 1.15 standard errors: 75 %.
    tight = grade_counts(narrowed(frame, by=0.3), truth)
    assert tight.loc["unga", "covered"] == pytest.approx(0.75, abs=0.02)


def test_error_bias_and_exactness_are_in_persons() -> None:
    frame = pd.DataFrame(
        {"group": "unga", "count": [10.0, 20, np.nan], "low": 0.0, "high": 99.0},
        index=CODES[:3],
    )
    truth = pd.DataFrame({"unga": [10.0, 26, 7]}, index=CODES[:3])
    grade = grade_counts(frame, truth).loc["unga"]
    assert grade[["areas", "error", "bias", "exact"]].tolist() == [2, 3, -3, 0.5]


def test_a_spread_learned_on_one_half_covers_the_other() -> None:
    rng = np.random.default_rng(5)
    parent = pd.Series(0.2, index=CODES)
    own = parent + rng.normal(0, 0.03, len(CODES))
    covered = coverage_over_splits(own, parent, spread_of, splits=20, rng=rng)
    assert covered.mean() == pytest.approx(0.90, abs=0.01)
    half = coverage_over_splits(own, parent, lambda gaps: spread_of(gaps) / 2, splits=5, rng=rng)
    assert half.mean() < 0.65


def test_what_is_held_back_is_predicted_from_the_others_alone() -> None:
    whole = pd.Series(100.0, index=list("abc"))
    part = pd.Series([20.0, 22.0, 60.0], index=list("abc"))
    frame = predict_each(part, whole, spread_of)
    assert frame["predicted"].tolist() == [41, 40, 21]
    assert not frame.loc["c", "covered"]
    changed = predict_each(part.where(part != 60.0, 90.0), whole, spread_of)
    assert changed.loc["c", "predicted"] == 21
