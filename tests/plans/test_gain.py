"""What a mailing reaches beside its rivals, with intervals that hold."""

import numpy as np
import pandas as pd
import pytest

from geoprio.plans.choice import Limit, choose_mailing
from geoprio.plans.gain import (
    LIMITS,
    advantage,
    draw_figures,
    gain_curve,
    naive_choice,
    reached,
    strongest,
)
from geoprio.plans.reach import steady_electors
from tests.plans.test_choice import county


def measured(count: int = 200, seed: int = 1) -> pd.DataFrame:
    areas = county(count, seed)
    return areas.assign(electors_se=0.05 * areas["electors_count"], target_share_se=0.03)


def rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def shares_of(areas: pd.DataFrame) -> pd.DataFrame:
    share = areas["target_persons_count"] / areas["electors_count"]
    return pd.DataFrame({"a": share, "b": 1 - share, "c": share.where(share > 0.7)})


def test_the_curve_ends_with_everyone_and_no_rival_is_above_it() -> None:
    areas = measured()
    drawn = draw_figures(areas, draws=100, rng=rng())
    curve = gain_curve(areas, shares_of(areas), drawn, least_precision=0.0, rng=rng())
    wide = curve.pivot_table(index="limit_share", columns="method", values="reached_share")
    assert wide.index.tolist() == list(LIMITS)
    assert wide.loc[1.0, ["chosen", "a", "b", "random"]].tolist() == pytest.approx([1.0] * 4)
    for rival in ("a", "b", "c", "random"):
        assert (wide["chosen"] >= wide[rival] - 1e-9).all()
    assert wide["chosen"].is_monotonic_increasing
    assert wide["random"].tolist() == pytest.approx(list(LIMITS))
    assert (curve["mailed_share"] <= curve["limit_share"] + 1e-9).all()
    assert strongest(curve, 0.2) == "a"


def test_the_curve_stops_where_no_area_is_precise_enough() -> None:
    areas = measured()
    drawn = draw_figures(areas, draws=20, rng=rng())
    curve = gain_curve(areas, shares_of(areas), drawn, least_precision=0.8, rng=rng())
    ours = curve[curve["method"] == "chosen"]
    assert ours["mailed_share"].iloc[-1] < 0.6
    assert (ours["precision_share"] >= 0.8).all()


def test_the_same_seed_gives_the_same_and_exact_figures_have_no_interval() -> None:
    areas = measured()
    chosen = naive_choice(areas, shares_of(areas)["a"], 30_000)
    first, second = (reached(areas, chosen, draw_figures(areas, draws=50, rng=rng())) for _ in "ab")
    assert first == second
    assert first["reached_low_share"] < first["reached_share"] < first["reached_high_share"]
    exact = areas.assign(electors_se=0.0, target_share_se=0.0)
    sure = reached(exact, chosen, draw_figures(exact, draws=50, rng=rng()))
    assert sure["reached_low_share"] == pytest.approx(sure["reached_high_share"])
    nobody = reached(areas, chosen & False, draw_figures(areas, draws=50, rng=rng()))
    assert nobody["reached_share"] == 0
    assert np.isnan(nobody["precision_share"])


def test_a_difference_is_surer_than_its_sides() -> None:
    areas = measured()
    drawn = draw_figures(areas, draws=400, rng=rng())
    chosen = choose_mailing(areas, Limit(households=30_000))
    rival = naive_choice(areas, shares_of(areas)["a"], 30_000)
    more = advantage(areas, chosen, rival, drawn)
    apart = [reached(areas, one, drawn)["reached_share"] for one in (chosen, rival)]
    assert more["advantage_share"] == pytest.approx(apart[0] - apart[1])
    assert 0 < more["advantage_low_share"] < more["advantage_share"]


def test_an_electorate_that_was_moved_is_drawn_to_its_adults_and_a_sure_one_is_not() -> None:
    draw = rng(8)
    adults = pd.Series(draw.uniform(800, 4000, 300), name="adults")
    share = pd.Series(draw.uniform(0.5, 0.9, 300))
    truth = adults * (1.4 - 0.7 * share + draw.normal(0, 0.03, 300))
    se = (0.12 * truth).where(draw.random(300) < 0.9, 0.0)
    moved = truth + draw.standard_normal(300) * se
    steadied = steady_electors(moved, se, adults, share)
    found, error = steadied["electors_count"], steadied["electors_se"]
    assert found.sum() == pytest.approx(moved.sum())
    assert (found / truth - 1).std() < 0.4 * (moved / truth - 1).std()
    assert (found / moved - 1)[se == 0].abs().max() < 0.02
    inside = (found - truth).abs()[se > 0] <= 1.645 * error[se > 0]
    assert 0.8 <= inside.mean() <= 0.98


def test_an_electorate_is_left_where_nothing_says_better() -> None:
    moved, se = pd.Series([100.0, 200.0, np.nan, 50.0]), pd.Series([10.0, 0.0, 5.0, 5.0])
    adults, share = pd.Series([np.nan] * 4), pd.Series([0.5] * 4)
    steadied = steady_electors(moved, se, adults, share)
    pd.testing.assert_series_equal(steadied["electors_count"], moved, check_names=False)
    exact = steady_electors(moved, se * 0, moved + 20, share)
    pd.testing.assert_series_equal(exact["electors_count"], moved, check_names=False)
