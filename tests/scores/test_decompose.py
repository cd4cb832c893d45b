"""The change of a score is split among its causes, and the parts sum to it exactly."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Profile, load_profile
from geoprio.scores import CAUSES, Side, score_areas, split_change
from geoprio.scores.decomposition import _among_others, _one_among_others, _score

NAMES = ["intensity_share", "mobilisation_count", "doors_per_km2"]
CANVASS = load_profile("canvass")
METHODS = [
    {"normalise": "zscore"},
    {"normalise": "minmax", "aggregate": "geometric"},
    {"normalise": "rank_exponential", "aggregate": "topsis"},
    {"treat": "winsorise", "normalise": "minmax"},
    {"impute": "municipality"},
]


def county(seed: int, areas: int = 30) -> pd.DataFrame:
    figures = np.random.default_rng(seed).gamma(2.0, 50.0, (areas, len(NAMES)))
    codes = pd.Index([f"1480R{number:03d}" for number in range(areas)], name="area_code")
    return pd.DataFrame(figures, codes, NAMES)


def side(figures: pd.DataFrame, profile: Profile = CANVASS) -> Side:
    homes = pd.Series(np.where(np.arange(len(figures)) % 2, "1480", "1401"), figures.index)
    return Side(figures, profile, homes)


def weighted(profile: Profile, *weights: float) -> Profile:
    pairs = zip(profile.criteria, weights, strict=True)
    criteria = tuple(item.model_copy(update={"weight": weight}) for item, weight in pairs)
    return profile.model_copy(update={"criteria": criteria})


def scores(one: Side) -> pd.Series:
    return score_areas(
        one.indicators, one.profile, channel="a", election="riksdag", municipality=one.municipality
    )["score"]


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_the_parts_sum_exactly_to_the_change_of_the_score(method: dict[str, str]) -> None:
    later = weighted(CANVASS, 2.0, 0.5, 1.0).model_copy(update=method)
    first, second = side(county(1)), side(county(2).iloc[:-3], later)
    parts = split_change(first, second)
    assert len(parts) == 27
    change = parts["after"] - parts["before"]
    np.testing.assert_allclose(parts[list(CAUSES)].sum(axis=1), change, atol=1e-9)
    np.testing.assert_allclose(parts["before"], scores(first)[parts.index], atol=1e-6)
    np.testing.assert_allclose(parts["after"], scores(second)[parts.index], atol=1e-6)
    # Without gaps to fill, that method changes nothing.
    assert (parts[list(CAUSES)[:3]].abs().max() > 0.1).all()


def test_it_is_the_mean_over_every_order_of_the_causes() -> None:
    later = weighted(CANVASS, 1.0, 3.0, 0.2).model_copy(update={"normalise": "minmax"})
    first, second = side(county(3)), side(county(4), later)
    areas, orders = first.indicators.index, list(permutations(CAUSES))
    slow = dict.fromkeys(CAUSES, np.zeros(len(areas)))
    for order in orders:
        for number, cause in enumerate(order):
            before = _score(first, second, set(order[:number]), areas)
            after = _score(first, second, set(order[: number + 1]), areas)
            slow[cause] = slow[cause] + (after - before) / len(orders)
    parts = split_change(first, second)
    for cause in CAUSES:
        np.testing.assert_allclose(parts[cause], slow[cause], atol=1e-9)


def test_a_single_cause_gets_the_whole_change() -> None:
    first = side(county(5))
    for cause, second in {
        "weights": side(county(5), weighted(CANVASS, 1.0, 0.0, 4.0)),
        "method": side(county(5), CANVASS.model_copy(update={"aggregate": "geometric"})),
    }.items():
        parts = split_change(first, second)
        change = parts["after"] - parts["before"]
        np.testing.assert_allclose(parts[cause], change, atol=1e-9)
        assert (parts[[name for name in CAUSES if name != cause]].abs() < 1e-9).all(axis=None)


def test_who_did_not_change_is_moved_by_others_alone() -> None:
    first = side(county(6))
    figures = first.indicators.copy()
    figures.iloc[0] = figures.max() + 1
    parts = split_change(first, side(figures))
    assert (parts.iloc[1:]["own_figures"] == 0).all()
    # The first passes others by, and their places on the scale fall.
    assert (parts.iloc[1:]["other_areas"] <= 0).all()
    assert parts.iloc[1:]["other_areas"].min() < 0
    assert parts.iloc[0]["own_figures"] > 0
    assert parts.iloc[0]["other_areas"] == pytest.approx(0)


def test_all_areas_at_once_are_as_one_by_one() -> None:
    own, others = side(county(7)), side(county(8))
    areas = own.indicators.index
    for normalise in ("percentile", "minmax", "zscore"):
        profile = CANVASS.model_copy(update={"normalise": normalise})
        together = _among_others(own, others, profile, areas)
        one_by_one = [_one_among_others(own, others, profile, code) for code in areas]
        np.testing.assert_allclose(together, one_by_one, atol=1e-9)


def test_an_unknown_figure_gives_no_part_a_number() -> None:
    figures = county(9)
    figures.iloc[3, 1] = np.nan
    parts = split_change(side(county(9)), side(figures))
    assert np.isnan(parts.iloc[3]["after"])
    assert np.isnan(parts.iloc[3]["own_figures"])
    assert parts.drop(index=parts.index[3]).notna().all(axis=None)
