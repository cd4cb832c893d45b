"""Areas left alone by lot: pairs are alike, lots are the seed's, and balance is kept."""

import numpy as np
import pandas as pd
import pytest

from geoprio.plans.holdouts import drawn_lots, imbalance, matched_pairs, smallest_effect
from geoprio.reports.trial import ALIKE
from geoprio.runs import Run


def figures(seed: int = 1, areas: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.multivariate_normal([0.8, 0.1], [[0.01, 0.004], [0.004, 0.003]], areas)
    index = pd.Index([f"{number:04d}" for number in range(areas)], name="area_code")
    return pd.DataFrame(values, index, ["turnout_share", "v_share"])


def test_each_area_has_one_pair_and_the_nearest_are_paired_first() -> None:
    near = pd.DataFrame({"a": [0.0, 5.0, 0.1, 9.0, 5.3]}, index=list("abcde")).rename_axis(
        "area_code"
    )
    pairs = matched_pairs(near, 2)
    assert pairs["pair"].to_dict() == {"a": 1, "c": 1, "b": 2, "e": 2}
    assert matched_pairs(near.assign(a=np.nan), 2).empty


def test_pairs_are_more_alike_than_areas_at_large() -> None:
    table = figures()
    pairs = matched_pairs(table, 15)
    assert pairs["pair"].value_counts().eq(2).all()
    assert pairs["pair"].nunique() == 15
    apart = table.loc[pairs.index].groupby(pairs["pair"])["turnout_share"].agg(np.ptp)
    assert apart.std() < 0.3 * table["turnout_share"].std()


def test_one_of_each_pair_is_left_and_the_same_seed_gives_the_same_lots() -> None:
    table = figures()
    pairs = matched_pairs(table, 15)
    one, two = (drawn_lots(pairs, table, rng=np.random.default_rng(7)) for _ in range(2))
    pd.testing.assert_series_equal(one, two)
    assert one.groupby(pairs["pair"]).sum().eq(1).all()
    assert imbalance(table.loc[one.index], one).max() < 0.1
    other = drawn_lots(pairs, table, rng=np.random.default_rng(8))
    assert (one != other).any()


@pytest.mark.parametrize("count", [3, 4, 5, 10])
def test_few_pairs_are_balanced_too_where_some_can_be(count: int) -> None:
    for seed in range(8):
        table = figures(seed)
        pairs = matched_pairs(table, count)
        assert sorted(pairs["pair"].unique()) == list(range(1, count + 1))
        lots = drawn_lots(pairs, table, rng=np.random.default_rng(seed))
        assert imbalance(table.loc[lots.index], lots).max() < 0.1


def test_pairs_of_the_demo_are_alike_in_all_that_they_are_matched_by(demo_result: Run) -> None:
    known = demo_result.scored.indicators.dropna(subset=[*ALIKE, "households_count"])
    table = known[ALIKE].assign(size=np.log(known["households_count"]))
    for count in (3, 4, 6, 10):
        pairs = matched_pairs(table, count)
        lots = drawn_lots(pairs, table, rng=np.random.default_rng(1))
        assert len(lots) == 2 * count
        assert imbalance(table.loc[lots.index], lots).max() < 0.1


def test_the_smallest_effect_is_what_the_pairs_differ_by_themselves() -> None:
    pairs = pd.DataFrame({"pair": [1, 1, 2, 2, 3, 3]}, index=list("abcdef"))
    turnout = pd.Series([0.80, 0.82, 0.70, 0.70, 0.90, 0.88], list("abcdef"))
    assert smallest_effect(pairs, turnout) == pytest.approx(2.80 * 0.02 / np.sqrt(3), rel=1e-3)
    assert np.isnan(smallest_effect(pairs.iloc[:2], turnout))
