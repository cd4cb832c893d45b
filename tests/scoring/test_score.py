"""Scores: known answers, and what must never matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoprio.config import Criterion, Level, Profile, Text
from geoprio.errors import ConfigError
from geoprio.scoring import (
    NORMALISE,
    constant_criteria,
    contributions,
    reasons,
    score_areas,
)


def words(key: str) -> Text:
    return Text(sv=key, en=key)


def profile(normalise: str = "minmax", **weights: float) -> Profile:
    criteria = tuple(
        Criterion(
            indicator=name,
            direction="low" if name.startswith("low_") else "high",
            weight=weight,
            label=words(name),
            strong=words(f"hög {name} ({{value}})"),
            weak=words(f"låg {name} ({{value}})"),
        )
        for name, weight in weights.items()
    )
    levels = (
        Level(name="full", label=words("Satsa"), from_percentile=50, actions=words("gör")),
        Level(name="keep", label=words("Håll"), from_percentile=0, actions=words("vänta")),
    )
    return Profile(
        label=words("Dörr"),
        question=words("Var?"),
        normalise=normalise,
        criteria=criteria,
        levels=levels,
    )


def toy(**columns: list[float]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    codes = pd.Index([f"A{number:03}" for number in range(size)], name="area_code")
    return pd.DataFrame(columns, index=codes, dtype=float)


def score(indicators: pd.DataFrame, chosen: Profile) -> pd.DataFrame:
    return score_areas(indicators, chosen, channel="canvass", election="riksdag")


def test_the_score_is_the_weighted_mean_of_scaled_criteria() -> None:
    frame = score(
        toy(a_count=[0, 5, 10], low_share=[0.0, 0.5, 1.0]), profile(a_count=3, low_share=1)
    )
    np.testing.assert_allclose(frame["score"], [25, 50, 75])
    assert frame["rank"].tolist() == [3, 2, 1]
    assert frame["level"].tolist() == ["keep", "full", "full"]  # mid-ranks 17, 50 and 83


def test_levels_are_cut_at_mid_rank_percentiles() -> None:
    frame = score(toy(a_count=list(range(10))), profile(a_count=1))
    assert (frame["level"] == "full").sum() == 5


def test_a_profile_without_levels_gives_none() -> None:
    bare = profile(a_count=1).model_copy(update={"levels": ()})
    assert score(toy(a_count=[1, 2]), bare)["level"].isna().all()


def test_rounding_noise_does_not_part_areas_that_are_alike() -> None:
    frame = score(
        toy(a_count=[0.1 + 0.2, 0.3, 9, 0], b_count=[3, 3, 0, 9]),
        profile(a_count=1, b_count=1),
    )
    assert frame["rank"][["A000"]].tolist() == frame["rank"][["A001"]].tolist()


def test_ties_share_the_better_rank() -> None:
    frame = score(toy(a_count=[1, 7, 7, 9]), profile(a_count=1))
    assert frame["rank"].tolist() == [4, 2, 2, 1]


def test_a_missing_criterion_gives_no_score_and_says_how_much_is_known() -> None:
    frame = score(toy(a_count=[1, np.nan], b_count=[1, 2]), profile(a_count=1, b_count=3))
    assert np.isnan(frame.loc["A001", "score"])
    assert np.isnan(frame.loc["A001", "rank"])
    assert frame["coverage"].tolist() == [1.0, 0.75]
    assert pd.isna(frame.loc["A001", "level"])


@pytest.mark.parametrize("name", sorted(NORMALISE))
def test_a_constant_criterion_is_neutral(name: str) -> None:
    chosen = profile(name, a_count=1, b_count=1)
    indicators = toy(a_count=[4, 4, 4], b_count=[1, 2, 3])
    assert score(indicators, chosen)["rank"].tolist() == [3, 2, 1]
    assert constant_criteria(indicators, chosen) == ["a_count"]


@pytest.mark.parametrize("name", sorted(NORMALISE))
def test_nothing_known_gives_nothing(name: str) -> None:
    frame = score(toy(a_count=[np.nan, np.nan]), profile(name, a_count=1))
    assert frame["score"].isna().all()
    assert (frame["coverage"] == 0).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0, 50), min_size=3, max_size=30),
    st.sampled_from(sorted(NORMALISE)),
    st.integers(0, 2**32 - 1),
)
def test_row_order_changes_nothing(values: list[float], name: str, seed: int) -> None:
    indicators = toy(a_count=values, b_count=list(range(len(values))))
    chosen = profile(name, a_count=2, b_count=1)
    shuffled = indicators.sample(frac=1, random_state=np.random.default_rng(seed)).sort_index()
    pd.testing.assert_frame_equal(score(indicators, chosen), score(shuffled, chosen))


def test_more_of_what_is_wanted_never_lowers_the_rank() -> None:
    rng = np.random.default_rng(5)
    indicators = toy(a_count=list(rng.uniform(0, 9, 60)), b_count=list(rng.uniform(0, 9, 60)))
    chosen = profile("percentile", a_count=1, b_count=1)
    before = score(indicators, chosen)["rank"]
    better = indicators.copy()
    better.loc["A030", "a_count"] += 3
    assert score(better, chosen).loc["A030", "rank"] <= before["A030"]


def test_contributions_add_up_to_the_score_s_distance_from_the_mean() -> None:
    rng = np.random.default_rng(6)
    indicators = toy(a_count=list(rng.gamma(1, 9, 40)), low_share=list(rng.uniform(0, 1, 40)))
    chosen = profile("percentile", a_count=1, low_share=2)
    points = score(indicators, chosen)["score"]
    np.testing.assert_allclose(
        contributions(indicators, chosen).sum(axis=1), points - points.mean(), atol=1e-7
    )


def test_an_unknown_indicator_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"b_count: expected one of a_count"):
        score(toy(a_count=[1, 2]), profile(b_count=1))


def test_the_reason_names_what_speaks_for_and_against() -> None:
    indicators = toy(a_count=[1200, 10, 20, 30], b_share=[0.01, 0.5, 0.6, 0.7])
    told = reasons(indicators, profile("percentile", a_count=1, b_share=1), language="sv")
    nbsp = "\N{NO-BREAK SPACE}"
    assert told["A000"] == (
        f"Talar för: hög a_count (1{nbsp}200). Talar emot: låg b_share (1{nbsp}%)."
    )


def test_an_average_area_is_told_so_and_an_unknown_one_nothing() -> None:
    indicators = toy(a_count=[1, 2, 3, np.nan])
    told = reasons(indicators, profile("percentile", a_count=1), language="sv")
    assert told["A001"] == "Nära genomsnittet i alla kriterier."
    assert told["A003"] == ""


def test_one_reason_is_not_told_twice() -> None:
    told = reasons(toy(a_count=[1, 2, 3, 9]), profile("percentile", a_count=1), language="sv")
    assert told["A003"] == "Talar för: hög a_count (9)."


def test_a_swede_reads_a_comma() -> None:
    told = reasons(
        toy(a_per_1000=[0.5, 2, 3, 4]), profile("percentile", a_per_1000=1), language="sv"
    )
    assert told["A000"] == "Talar emot: låg a_per_1000 (0,5)."
