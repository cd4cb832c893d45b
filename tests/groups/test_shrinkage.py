"""Shrunk rates: known answers, limits, and less error than raw rates."""

from contextlib import closing

import libpysal
import numpy as np
import pandas as pd
import pytest

from geoprio.groups import empirical_bayes


def rates(hits: list[float], trials: list[float], **options: object) -> pd.Series:
    """Return the shrunk rates of areas that all lie in one parent."""
    index = pd.Index([f"A{number}" for number in range(len(hits))])
    parent = pd.Series("01", index=index)
    return empirical_bayes(
        pd.Series(hits, index, dtype=float),
        pd.Series(trials, index, dtype=float),
        parent,
        **options,
    )


def by_hand(hits: list[float], trials: list[float], *, imd: bool = False) -> list[float]:
    """Return METHOD 3's formula, term by term."""
    m = [np.log((r + 0.5) / (n - r + 0.5)) for r, n in zip(hits, trials, strict=True)]
    s2 = [
        (n + 1) * (n + 2) / (n * (r + 1) * (n - r + 1)) for r, n in zip(hits, trials, strict=True)
    ]
    pooled = sum(hits) / sum(trials)
    centre, k = np.log(pooled / (1 - pooled)), len(hits)
    t2 = max(0.0, np.var(m, ddof=1) - np.mean(s2))
    if imd:
        t2 = sum((x - centre) ** 2 for x in m) / (k - 1)
    out = []
    for x, s in zip(m, s2, strict=True):
        v = (1 / s) / (1 / s + 1 / t2) if t2 else 0.0
        out.append(1 / (1 + np.exp(-(v * x + (1 - v) * centre))))
    return out


HITS, TRIALS = [2.0, 30.0, 55.0, 8.0, 90.0], [20.0, 100.0, 100.0, 50.0, 120.0]


def test_the_formula_term_by_term() -> None:
    np.testing.assert_allclose(rates(HITS, TRIALS), by_hand(HITS, TRIALS))
    np.testing.assert_allclose(rates(HITS, TRIALS, variance="imd"), by_hand(HITS, TRIALS, imd=True))


def test_marshall_s_estimator_is_the_published_one() -> None:
    """Sudden infant deaths in North Carolina 1974-78 (Cressie), as libpysal ships them."""
    with closing(libpysal.io.open(libpysal.examples.get_path("sids2.dbf"))) as table:
        deaths, births = table.by_col("SID74"), table.by_col("BIR74")
    found = rates(deaths, births, variance="marshall")
    expected = [0.0016973, 0.0017054, 0.0017731, 0.0020129, 0.0035349]
    np.testing.assert_allclose(found.iloc[:5], expected, atol=5e-8)


def test_one_area_worked_out_with_a_pencil() -> None:
    # Pooled rate 0.5, so M = 0; m = ln(10.5/30.5) and its mirror, s2 = 41*42/(40*11*31).
    m, s2 = np.log(10.5 / 30.5), 41 * 42 / (40 * 11 * 31)
    t2 = 6 * m**2 / 5 - s2
    expected = 1 / (1 + np.exp(-(t2 / (t2 + s2) * m)))
    shrunk = rates([10, 30] * 3, [40] * 6)
    np.testing.assert_allclose(shrunk, [expected, 1 - expected] * 3)
    assert 0.25 < shrunk.iloc[0] < 0.5


def test_where_areas_do_not_differ_all_have_the_parent_s_rate() -> None:
    np.testing.assert_allclose(rates([10, 11, 9, 10, 10], [100] * 5), 0.10)


def test_many_people_keep_their_own_rate_and_few_do_not() -> None:
    shrunk = rates([1e6, 4e6, 2e6, 3e6, 3], [1e7] * 4 + [4])
    np.testing.assert_allclose(shrunk.iloc[:4], [0.1, 0.4, 0.2, 0.3], rtol=1e-4)
    assert shrunk.iloc[4] < 0.55


def test_an_area_without_people_has_its_parent_s_rate_and_unknown_stays_unknown() -> None:
    shrunk = rates([*HITS, 0, np.nan, 3], [*TRIALS, 0, 50, np.nan])
    assert shrunk.iloc[5] == pytest.approx(sum(HITS) / sum(TRIALS))
    assert shrunk.iloc[6:].isna().all()
    np.testing.assert_allclose(shrunk.iloc[:5], by_hand(HITS, TRIALS))


def test_none_at_all_is_a_rate_above_nothing() -> None:
    shrunk = rates([0] * 6, [50] * 6)
    np.testing.assert_allclose(shrunk, 0.5 / 301)


def test_a_parent_of_few_areas_leaves_it_to_the_next_one_up() -> None:
    hits = pd.Series([2.0, 30.0, 55.0, 8.0, 90.0, 40.0])
    trials = pd.Series([20.0, 100.0, 100.0, 50.0, 120.0, 80.0])
    parent = pd.Series(["a"] * 4 + ["b"] * 2)
    above = pd.Series("c", index=hits.index)
    shrunk = empirical_bayes(hits, trials, parent, grand_parent=above)
    np.testing.assert_allclose(shrunk, by_hand(hits.tolist(), trials.tolist()))
    alone = empirical_bayes(hits, trials, parent)
    np.testing.assert_allclose(alone.iloc[:4], by_hand(hits.tolist()[:4], trials.tolist()[:4]))


def test_a_parent_of_five_answers_for_itself() -> None:
    above = pd.Series("c", index=[f"A{number}" for number in range(5)])
    shrunk = rates(HITS, TRIALS, grand_parent=above)
    np.testing.assert_allclose(shrunk, by_hand(HITS, TRIALS))


def test_a_parent_s_rates_do_not_depend_on_another_parent_or_on_the_order() -> None:
    hits, trials = pd.Series(HITS * 2), pd.Series([*TRIALS, *(3 * np.array(TRIALS))])
    parent = pd.Series(["a"] * 5 + ["b"] * 5)
    shrunk = empirical_bayes(hits, trials, parent)
    np.testing.assert_allclose(shrunk.iloc[:5], by_hand(HITS, TRIALS))
    mixed = np.random.default_rng(3).permutation(10)
    again = empirical_bayes(hits.iloc[mixed], trials.iloc[mixed], parent.iloc[mixed])
    pd.testing.assert_series_equal(again.sort_index(), shrunk)


@pytest.mark.parametrize(("hits", "trials"), [(5.0, 4.0), (-1.0, 4.0)])
def test_more_hits_than_trials_are_no_rate(hits: float, trials: float) -> None:
    with pytest.raises(ValueError, match="hits outside 0 to trials"):
        rates([hits], [trials])


@pytest.mark.parametrize("variance", ["moments", "imd"])
def test_shrunk_rates_err_less_than_raw_ones(variance: str) -> None:
    # A county of 26 municipalities, 60 small places in each: the truth is known.
    parent = pd.Series(np.repeat(np.arange(26), 60))
    raw_error, shrunk_error = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        logit = -2 + 0.3 * rng.normal(size=26)[parent] + 0.4 * rng.standard_t(5, size=len(parent))
        truth = 1 / (1 + np.exp(-logit))
        trials = pd.Series(rng.integers(15, 200, len(parent)).astype(float))
        hits = pd.Series(rng.binomial(trials.astype(int), truth).astype(float))
        shrunk = empirical_bayes(hits, trials, parent, variance=variance)
        raw_error.append(((hits / trials - truth) ** 2).mean())
        shrunk_error.append(((shrunk - truth) ** 2).mean())
    assert np.mean(shrunk_error) < (0.7 if variance == "moments" else 0.85) * np.mean(raw_error)
    assert (np.array(shrunk_error) < raw_error).all()
