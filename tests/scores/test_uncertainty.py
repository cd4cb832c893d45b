"""Joint Monte Carlo: what it must equal, and what must never matter."""

import os
from math import comb

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from geoprio.config import Cuts, Profile
from geoprio.errors import ConfigError, ContractError
from geoprio.scores import Measured, rank_uncertainty, uncertainty, verdicts
from geoprio.scores.draws import gather_columns
from geoprio.scores.kernel import SCALE, WEIGH, places
from geoprio.scores.verdicts import ASK, FULL, VERDICTS
from geoprio.tables import SCORES, check
from tests.scores.toy import ALL_METHODS, method, score, toy, vary, weigh

PLAIN = ("minmax", "arithmetic")


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def ranked(
    indicators: pd.DataFrame,
    errors: pd.DataFrame | float = 0.0,
    *ways: tuple[str, str],
    by: Profile | None = None,
    top_k: int = 1,
    seed: int = 1,
    shared: tuple[pd.DataFrame, ...] = (),
    **settings: object,
) -> pd.DataFrame:
    """Return the ranks of areas whose criteria weigh alike, by `PLAIN`, where nothing is said."""
    return rank_uncertainty(
        Measured(indicators, 0 * indicators + errors, shared),
        by or weigh(**dict.fromkeys(indicators, 1)),
        vary(*(ways or [PLAIN]), **settings),
        top_k=top_k,
        rng=seeded(seed),
    )


def some(size: int = 60, seed: int = 3) -> pd.DataFrame:
    rng = seeded(seed)
    return toy(
        a_count=rng.gamma(2, 50, size), low_share=rng.uniform(0, 1, size), b=rng.normal(0, 1, size)
    )


@pytest.mark.parametrize("normalise", ["minmax", "percentile"])
def test_one_draw_without_noise_is_the_score_s_own_ranking(normalise: str) -> None:
    indicators = some(400)
    indicators["a_count"] = indicators["a_count"].round(-1)  # ties, as counts have
    indicators.loc[["A003", "A005"], "b"] = np.nan
    profile = weigh(normalise, a_count=2, low_share=1, b=1)
    told = score(indicators, profile)["rank"]
    found = ranked(indicators, 0, (normalise, "arithmetic"), by=profile, top_k=10, draws=1)
    for column in ("rank_median", "rank_low", "rank_high"):
        pd.testing.assert_series_equal(found[column], told, check_names=False)
    assert (found["p_top"].dropna() == (told <= 10)[told.notna()]).all()


def test_places_are_those_of_a_full_sort() -> None:
    rng = seeded()
    # Numbers that share their highest bits are told apart by the rest of them.
    near = 1 + rng.permutation(999) * np.finfo(float).eps
    values = np.vstack([rng.gamma(0.1, 9, (5, 999)), rng.integers(0, 30, (5, 999)), near, -near])
    for ties, name in (("mean", "average"), ("first", "min")):
        np.testing.assert_array_equal(
            places(values, ties=ties), stats.rankdata(values, method=name, axis=1)
        )


@pytest.mark.parametrize("cells", [uncertainty.BLOCK_CELLS, 64])
def test_a_race_between_two_has_the_odds_of_the_normal_distribution(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P(a above b) = Phi((x_a - x_b) / sqrt(se_a^2 + se_b^2)) = Phi(1.4), in any blocks."""
    monkeypatch.setattr(uncertainty, "BLOCK_CELLS", cells)
    found = ranked(toy(a=[7, 0]), toy(a=[3, 4]), draws=40_000)
    assert found["p_top"].tolist() == pytest.approx(stats.norm.cdf([1.4, -1.4]), abs=0.005)


def test_weights_alone_give_the_odds_of_the_dirichlet_distribution() -> None:
    """Two criteria that disagree: a leads where its weight is above a half; Beta(3, 1)."""
    disagree = toy(a=[1, 0], b=[0, 1])
    found = ranked(disagree, by=weigh(a=3, b=1), draws=40_000, concentration=4.0)
    assert found["p_top"].tolist() == [1, 0]
    assert found["depends_on_weights"].tolist() == [1, 1]
    assert found.loc["A000", "choices_share"] == pytest.approx(stats.beta(3, 1).sf(0.5), abs=0.006)


def test_methods_are_drawn_as_often() -> None:
    """The middle way leads by geometric mean (40 against 31), the lopsided by the mean (52.5)."""
    ways = [("none", "geometric"), ("none", "arithmetic")]
    found = ranked(toy(a=[40, 95], b=[40, 10]), 0, *ways, draws=20_000)
    assert found["choices_share"].tolist() == pytest.approx([0.5, 0.5], abs=0.015)


def test_errors_that_areas_share_reorder_none_of_them() -> None:
    indicators = toy(a_count=np.arange(100, 130))
    moved = ranked(indicators, shared=(0 * indicators + 20,), top_k=5)
    assert (moved["rank_low"] == moved["rank_high"]).all()
    own = ranked(indicators, 20, top_k=5)
    assert (own["rank_low"] < own["rank_high"]).all()


@pytest.mark.parametrize("lognormal", [False, True])
def test_a_shared_error_moves_areas_by_their_own_loading(lognormal: bool) -> None:
    """One factor z, loadings 30 and -10: P(120 + 30 z > 100 - 10 z) = Phi(0.5); log-normal alike.

    There `ln x + s z - s^2 / 2`, `s^2 = ln(1 + (se / x)^2)`, s with the loading's sign.
    """
    settings = {"draws": 40_000, "lognormal": ["a_count"] if lognormal else []}
    found = ranked(toy(a_count=[120, 100]), shared=(toy(a_count=[30, -10]),), **settings)
    first, second = np.sqrt(np.log1p([(30 / 120) ** 2, (10 / 100) ** 2]))
    lead = np.log(120 / 100) - (first**2 - second**2) / 2
    expected = stats.norm.cdf(lead / (first + second) if lognormal else 0.5)
    assert found.loc["A000", "p_top"] == pytest.approx(expected, abs=0.006)


def test_rounding_noise_does_not_part_areas_that_are_alike() -> None:
    indicators = toy(a=[100 * (0.1 + 0.2), 30, 9])
    assert indicators.loc["A000", "a"] > indicators.loc["A001", "a"]
    found = ranked(indicators, 0, ("none", "arithmetic"), draws=5)
    assert found.loc["A000"].equals(found.loc["A001"])


def test_the_verdicts_lists_hold_what_they_promise_of_a_truth() -> None:
    """Over 25 seeds, with errors as large as they are said: few told falsely, few missed."""
    truth = toy(a_count=seeded(2).gamma(4, 50, 200), b_count=seeded(3).gamma(4, 50, 200))
    errors, chosen = 0.15 * truth, vary(*ALL_METHODS[:4], draws=300, concentration=40.0)
    profile = weigh("percentile", a_count=2, b_count=1)
    first = score(truth, profile)["rank"] <= 20
    found = []
    for seed in range(25):
        rng = seeded(seed)
        seen = (truth + errors * rng.standard_normal(truth.shape)).clip(lower=0)
        told = rank_uncertainty(Measured(seen, errors), profile, chosen, top_k=20, rng=rng)
        scores = score(seen, profile).join(told)
        found.append(pd.DataFrame({"said": verdicts(scores, Cuts(), chosen), "first": first}))
    every = pd.concat(found)
    assert (every["said"] == FULL).sum() > 100
    assert 1 - every.loc[every["said"] == FULL, "first"].mean() <= chosen.false_discoveries
    missed = every.loc[every["first"], "said"].isin(VERDICTS[2:]).mean()
    assert missed <= 0.05


def test_quantiles_are_those_of_the_draws_themselves() -> None:
    """Five alike: each rank is as likely, so the median is 3 and the ends 1 and 5."""
    found = ranked(toy(a=np.zeros(5)), 1, ("zscore", "arithmetic"), draws=4001, top_k=2)
    assert (found[["rank_low", "rank_median", "rank_high"]] == [1, 3, 5]).all(axis=None)
    np.testing.assert_allclose(found["p_top"], 0.4, atol=0.04)
    assert found["p_top"].sum() == pytest.approx(2)


@pytest.mark.parametrize(("draws", "areas"), [(1, 5), (7, 40), (200, 30), (2000, 3)])
def test_ranks_that_are_counted_have_the_quantiles_of_the_ranks_themselves(
    draws: int, areas: int
) -> None:
    drawn = seeded(draws).permuted(np.tile(np.arange(1, areas + 1), (draws, 1)), axis=1)
    drawn[:, 0] = np.minimum(drawn[:, 0], 2)  # ties
    blocks = iter(np.array_split(drawn, min(draws, 3)))
    told = uncertainty._summarise(blocks, (draws, areas), 2)
    for name, quantile in uncertainty.QUANTILES.items():
        nth = int(np.ceil(quantile * draws)) - 1
        np.testing.assert_array_equal(told[name], np.sort(drawn, axis=0)[nth])
    np.testing.assert_array_equal(told["p_top"], (drawn <= 2).mean(axis=0))


def test_the_draws_stay_within_the_range_and_keep_their_mean() -> None:
    share, count = np.full(2000, 0.02), np.full(2000, 100.0)
    measured = Measured(toy(a_share=share, b_count=count), toy(a_share=share * 2, b_count=count))
    columns = gather_columns(measured, weigh(a_share=1, b_count=1), lognormal=["b_count"])
    shares, counts = (column.draw(np.zeros((200, 0)), seeded()) for column in columns)
    truncated = stats.truncnorm(-0.5, 24.5, 0.02, 0.04)
    assert shares.min() >= 0
    assert np.mean(shares) == pytest.approx(truncated.mean(), rel=0.01)
    assert np.std(shares) == pytest.approx(truncated.std(), rel=0.01)
    assert counts.min() > 0
    assert np.mean(counts) == pytest.approx(100, rel=0.01)
    assert np.std(counts) == pytest.approx(100, rel=0.05)


def test_neither_threads_nor_waves_change_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    indicators = some(300)

    def run(seed: int = 7) -> pd.DataFrame:
        settings = {"draws": 3000, "concentration": 20.0, "top_k": 20, "seed": seed}
        return ranked(indicators, indicators.abs() * 0.2, *ALL_METHODS, **settings)

    told = run()
    for threads in (1, 5):
        monkeypatch.setattr(os, "cpu_count", lambda count=threads: count)
        pd.testing.assert_frame_equal(run(), told, check_exact=True)
    assert not run(seed=8).equals(told)


def test_an_area_with_an_unknown_criterion_is_in_no_draw_but_sets_the_scale() -> None:
    """Scaled by A002's 100, a's lead of 1 is nothing beside b's; without it, a would lead."""
    found = ranked(toy(a=[1, 0, 100], b=[0, 1, np.nan]), by=weigh(a=3, b=1), draws=10)
    assert found.loc["A002"].isna().all()
    assert found["rank_median"].tolist()[:2] == [2, 1]


@pytest.mark.parametrize("way", ALL_METHODS)
def test_every_method_puts_the_best_in_everything_first(way: tuple[str, str]) -> None:
    best = toy(a=[9, 2, 1, 0], low_b=[0, 7, 8, 9])
    found = ranked(best, 1e-3, way, concentration=9.0)
    assert found["p_top"].tolist() == [1, 0, 0, 0]
    assert not found["depends_on_weights"].any()


def test_what_nobody_can_say_is_asked_and_fits_the_scores() -> None:
    """Six alike and k = 3: C(5, 2) / C(6, 3) = a half."""
    indicators = toy(a=np.zeros(6))
    found = ranked(indicators, 1, top_k=3).drop(columns="choices_share")
    np.testing.assert_allclose(found["p_top"], comb(5, 2) / comb(6, 3), atol=0.05)
    scores = score(indicators, weigh(a=1)).join(found)
    said = verdicts(scores, Cuts(), vary(PLAIN))
    assert (said == ASK).all()
    check(scores.assign(verdict=said), SCORES)


def test_bad_figures_are_told_all_at_once() -> None:
    indicators = toy(a=[1, 2, np.inf], b=[1, 2, -3], c=[1, 2, 3])
    errors = toy(a=[1, 1, 1], b=[1, -1, 1], c=[1, np.nan, 1])
    with pytest.raises(ContractError) as told:
        gather_columns(Measured(indicators, errors), weigh(a=1, b=1, c=1), lognormal=["b"])
    message = str(told.value)
    assert "a: infinite number" in message
    assert "b: found values below zero; a lognormal" in message
    assert "b: found a standard error below zero" in message
    assert "c: standard error unknown or infinite where the figure is known" in message


def test_what_cannot_be_ranked_is_refused() -> None:
    two = toy(a=[1, 2])
    with pytest.raises(ContractError, match=r"errors: found 1 area; expected the 2"):
        gather_columns(Measured(two, two[:1]), weigh(a=1), lognormal=())
    with pytest.raises(ConfigError, match=r"b: expected one of a"):
        ranked(two, by=weigh(b=1))
    with pytest.raises(ConfigError, match=r"top_k: found 3, and 2 areas"):
        ranked(toy(a=[1, 2, np.nan]), top_k=3)
    with pytest.raises(ConfigError, match=r"geometric: found points below zero"):
        ranked(toy(a=[-1, 2]), 0, ("none", "geometric"))


@pytest.mark.parametrize(
    "wrong",
    [{"draws": 0}, {"concentration": 0.0}, {"methods": []}, {"misses": 1.5}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_settings_without_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        vary(PLAIN, **wrong)


def test_a_weight_of_zero_is_refused() -> None:
    with pytest.raises(ValidationError):
        weigh(a=0)


def test_a_method_s_parts_are_named_in_the_registries() -> None:
    assert {method(name).normalise for name in SCALE} == SCALE.keys()
    assert {method("none", name).aggregate for name in WEIGH} == WEIGH.keys()
