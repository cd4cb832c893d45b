"""What a ranking's doubt is made of, and what surer figures would do about it: known answers."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from geoprio.scores import Measured, score_areas
from geoprio.scores.levers import Levers, Ranking, Strays, find_levers, tellings
from geoprio.scores.score import normalise_criteria
from tests.scores.toy import toy, vary, weigh

TOP, AREAS = 20, 200
RULES = vary(("minmax", "arithmetic"))
PROFILE = weigh("minmax", first=3, second=1)


def values(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return toy(first=rng.uniform(0, 100, AREAS), second=rng.uniform(0, 100, AREAS))


def ranking(first_se: float, second_se: float, indicators: pd.DataFrame) -> Ranking:
    """Return a ranking whose scores are normal: 0.75 of the first and 0.25 of the second."""
    errors = pd.DataFrame({"first": first_se, "second": second_se}, indicators.index)
    scores = score_areas(indicators, PROFILE, channel="canvass", election="riksdag")
    se = np.hypot(0.75 * first_se, 0.25 * second_se)
    draws = np.random.default_rng(2).normal(scores["score"], se, (1000, AREAS))
    first = (draws > np.partition(draws, -TOP - 1, axis=1)[:, [-TOP - 1]]).mean(axis=0)
    return Ranking(
        profile=PROFILE,
        measured=Measured(indicators, errors),
        points=normalise_criteria(indicators, PROFILE),
        scores=scores.assign(p_top=first),
        errors=pd.Series(se, indicators.index),
        critical=4.0,
        top_k=TOP,
    )


def levers(sure: Ranking, **with_table: pd.DataFrame) -> Levers:
    errors = sure.measured.errors
    alone = {
        name: errors.assign(**{other: 0.0})
        for name, other in (("first", "second"), ("second", "first"))
    }
    strays = Strays(errors, alone, with_table)
    return find_levers(sure, strays, RULES, rng=np.random.default_rng(3))


def test_each_criterion_has_its_part_of_the_variance() -> None:
    """(3 x 2)^2 against (1 x 6)^2, and against (1 x 2)^2."""
    indicators = values()
    assert levers(ranking(2, 6, indicators)).parts.to_dict() == pytest.approx(
        {"first": 0.5, "second": 0.5}, abs=0.05
    )
    assert levers(ranking(2, 2, indicators)).parts.to_dict() == pytest.approx(
        {"first": 0.9, "second": 0.1}, abs=0.05
    )


def test_a_table_that_tells_all_leaves_no_doubt_and_one_that_tells_nothing_is_not_named() -> None:
    sure = ranking(4, 4, values())
    errors = sure.measured.errors
    found = levers(sure, all=0 * errors, nothing=errors, little=errors.assign(second=3.9)).tables
    assert list(found.index) == ["all"]
    row = found.loc["all"]
    assert row["doubt_left"] < 0.01
    assert row["ask_count"] < 1
    # One of ten told so may be none of the first.
    assert TOP - 1 <= row["full_count"] <= TOP / 0.9 + 1
    assert row["may_be_top_count"] == TOP


def test_what_is_expected_is_what_then_happens_on_average() -> None:
    """The table tells of the larger error: what it says is drawn, and all is ranked anew."""
    indicators, then = values(), []
    sure = ranking(6, 6, indicators)
    surer = sure.measured.errors.assign(first=2.0)
    row = levers(sure, table=surer).tables.loc["table"]
    for seed in range(8):
        told = np.random.default_rng(seed).normal(0, np.sqrt(6**2 - 2**2), AREAS)
        after = ranking(2, 6, indicators.assign(first=indicators["first"] + told))
        p = after.scores["p_top"]
        then.append((p * (1 - p)).sum())
    p = sure.scores["p_top"]
    assert row["doubt_left"] * (p * (1 - p)).sum() == pytest.approx(np.mean(then), rel=0.2)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 1.0])
def test_the_mean_of_what_chances_may_become_is_what_they_are(kept: float) -> None:
    chance = np.tile(ndtr([-2.0, -0.5, 0.0, 1.0]), 4000)
    told = tellings(chance, np.full(len(chance), kept), np.random.default_rng(1))
    means = told.reshape(-1, 4).mean(axis=0)
    np.testing.assert_allclose(means, chance[:4], atol=0.01)
    sure = tellings(np.array([0.0, 1.0]), np.full(2, kept), np.random.default_rng(1))
    assert (sure == [0, 1]).all()
