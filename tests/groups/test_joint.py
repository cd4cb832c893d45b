"""The joint table: its margins, its seed and its errors."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoprio.config import TwoWayTable
from geoprio.errors import ConfigError, ContractError
from geoprio.groups import Joint, at_least_one, carried_share, fit_joint, odds_seed, table_seed
from geoprio.groups.joint import Whole, cell_names, fit_together

EXTREMES = [0.0, 1.0, 1e-12, 1 - 1e-12, 1e-6, 0.5]


def draw_shares(groups: int, areas: int, *, seed: int) -> pd.DataFrame:
    """Return shares of which a third are extreme."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(size=(areas, groups))
    odd = rng.random(values.shape) < 1 / 3
    values[odd] = rng.choice(EXTREMES, odd.sum())
    codes = pd.Index([f"A{number:04}" for number in range(areas)], name="area_code")
    return pd.DataFrame(values, codes, [f"g{number}" for number in range(groups)])


def draw_seed(groups: int, *, seed: int, sd: float) -> pd.Series:
    cells = cell_names(groups)
    return pd.Series(np.exp(np.random.default_rng(seed).normal(0, sd, len(cells))), cells)


def refit(joint: Joint) -> pd.DataFrame:
    """Return the shares that the cells add up to."""
    return joint.cells @ pd.DataFrame(
        joint.belongs().astype(float), joint.cells.columns, joint.shares.columns
    )


@settings(max_examples=40, deadline=None)
@given(groups=st.integers(1, 6), number=st.integers(0, 10**6), sd=st.sampled_from([0.0, 1, 4]))
def test_margins_are_met_and_frechet_holds(groups: int, number: int, sd: float) -> None:
    shares = draw_shares(groups, 30, seed=number)
    joint = fit_joint(shares, seed=draw_seed(groups, seed=number, sd=sd))
    assert (joint.cells >= 0).all(axis=None)
    pd.testing.assert_frame_equal(refit(joint), shares, rtol=0, atol=1e-8)
    union = at_least_one(joint)
    assert (union["low"] <= union["share"]).all()
    assert (union["share"] <= union["high"]).all()
    assert union["low"].equals(shares.max(axis=1).rename("low"))


def test_shares_of_nobody_and_everybody_are_exact() -> None:
    shares = pd.DataFrame({"a": [0.0, 1.0, 0.4], "b": [0.3, 0.3, 0.0]})
    joint = fit_joint(shares, seed=draw_seed(2, seed=1, sd=2))
    assert joint.cells.loc[0, ["10", "11"]].tolist() == [0, 0]
    assert joint.cells.loc[1, ["00", "01"]].tolist() == [0, 0]
    assert joint.cells.loc[2, ["01", "11"]].tolist() == [0, 0]
    assert at_least_one(joint)["share"].tolist() == [0.3, 1.0, 0.4]


def test_the_order_of_the_areas_and_their_company_do_not_matter() -> None:
    shares, seed = draw_shares(4, 2500, seed=3), draw_seed(4, seed=3, sd=2)
    joint = fit_joint(shares, seed=seed)
    turned = fit_joint(shares[::-1], seed=seed)
    assert turned.cells.index.equals(shares.index[::-1])
    pd.testing.assert_frame_equal(turned.cells[::-1], joint.cells, rtol=0, atol=1e-9)
    alone = fit_joint(shares.iloc[[7]], seed=seed)
    pd.testing.assert_frame_equal(alone.cells, joint.cells.iloc[[7]], rtol=0, atol=1e-9)


def test_the_order_of_the_groups_does_not_matter() -> None:
    shares = draw_shares(3, 50, seed=4)
    ratios = {("g0", "g1"): 3.0, ("g1", "g2"): 0.2}
    joint = fit_joint(shares, seed=odds_seed(["g0", "g1", "g2"], ratios))
    turned = fit_joint(shares[["g2", "g0", "g1"]], seed=odds_seed(["g2", "g0", "g1"], ratios))
    pd.testing.assert_series_equal(
        turned.cells["100"], joint.cells["001"], check_names=False, rtol=0, atol=1e-9
    )


def test_no_seed_is_independence() -> None:
    shares = draw_shares(4, 50, seed=5)
    joint = fit_joint(shares, seed=odds_seed(list(shares), {}))
    none = (1 - shares).prod(axis=1)
    np.testing.assert_allclose(joint.cells["0000"], none, rtol=0, atol=1e-9)


def test_an_area_with_an_unknown_share_has_no_table() -> None:
    shares = pd.DataFrame({"a": [0.2, np.nan], "b": [0.5, 0.5]})
    joint = fit_joint(shares, seed=odds_seed(["a", "b"], {}))
    assert joint.cells.loc[1].isna().all()
    assert joint.cells.loc[0].notna().all()
    assert at_least_one(joint).loc[1].isna().all()


def test_each_area_may_have_a_seed_of_its_own() -> None:
    shares = pd.DataFrame({"a": [0.4, 0.4], "b": [0.4, 0.4]}, index=["X", "Y"])
    seeds = [odds_seed(["a", "b"], {("a", "b"): ratio}) for ratio in (5.0, 0.2)]
    own = pd.DataFrame(seeds, index=["X", "Y"])
    joint = fit_joint(shares, seed=own[::-1])
    for code, seed in zip(shares.index, seeds, strict=True):
        alone = fit_joint(shares.loc[[code]], seed=seed)
        pd.testing.assert_frame_equal(joint.cells.loc[[code]], alone.cells, rtol=0, atol=1e-9)


def test_the_share_of_both_is_met_where_it_is_known() -> None:
    shares = draw_shares(4, 40, seed=8)
    low = (shares["g0"] + shares["g2"] - 1).clip(lower=0)
    both = (0.3 * low + 0.7 * shares[["g0", "g2"]].min(axis=1)).where(np.arange(40) % 3 > 0)
    other = shares["g1"] * shares["g2"]
    joint = fit_joint(
        shares, seed=draw_seed(4, seed=8, sd=1), pairs={("g2", "g0"): both, ("g1", "g2"): other}
    )
    pd.testing.assert_frame_equal(refit(joint), shares, rtol=0, atol=1e-8)
    belongs = joint.belongs()
    found = joint.cells.loc[:, belongs[:, 0] & belongs[:, 2]].sum(axis=1)
    known = both.notna()
    np.testing.assert_allclose(found[known], both[known], rtol=0, atol=1e-8)
    assert joint.pairs == {("g2", "g0"): 26, ("g1", "g2"): 40}


def test_shares_of_both_that_contradict_their_groups_are_named_with_how_far() -> None:
    shares = pd.DataFrame({"a": [0.2, 0.2, 0.9], "b": [0.5] * 3}, index=["X", "Y", "Z"])
    both = pd.Series([0.25, 0.1, 0.3], index=["X", "Y", "Z"])
    with pytest.raises(
        ContractError, match=r"a and b: .*X \(off by 0\.05\), Z \(off by 0\.1\) \(2 in all\)"
    ):
        fit_joint(shares, seed=odds_seed(["a", "b"], {}), pairs={("a", "b"): both})


def test_zeros_of_the_seed_that_leave_no_room_are_named_with_how_far() -> None:
    shares = pd.DataFrame({"a": [0.3, 0.7], "b": [0.3, 0.7]}, index=["X", "Y"])
    seed = pd.Series([1.0, 1, 1, 0], cell_names(2))
    assert fit_joint(shares[:1], seed=seed).cells.loc["X", "11"] == 0
    with pytest.raises(ContractError, match=r"shares in Y \(off by 0\.\d+\) \(1 in all\)"):
        fit_joint(shares, seed=seed)


def test_pairs_that_contradict_each_other_are_an_error() -> None:
    shares = pd.DataFrame({"a": [0.5], "b": [0.5], "c": [0.5]}, index=["X"])
    pairs = {pair: pd.Series([0.0], index=["X"]) for pair in combinations("abc", 2)}
    with pytest.raises(ContractError, match="contradict each other"):
        fit_joint(shares, seed=odds_seed(list("abc"), {}), pairs=pairs)


@pytest.mark.parametrize(
    ("shares", "seed", "told"),
    [
        ({"a": [1.2]}, [1.0, 1.0], "a: a share outside 0-1 in 0"),
        ({"a": [0.2]}, [0.0, 0.0], "not all of them 0"),
        ({"a": [0.2]}, [1.0, np.nan], "expected numbers >= 0"),
        ({"a": [0.2], "b": [0.2]}, [1.0, 1.0], "expected 00, 01, 10, 11"),
    ],
)
def test_wrong_shares_and_seeds_are_refused(
    shares: dict[str, list[float]], seed: list[float], told: str
) -> None:
    with pytest.raises(ContractError, match=told):
        fit_joint(pd.DataFrame(shares), seed=pd.Series(seed, cell_names(1)))


def test_a_published_table_is_turned_summed_and_spread_to_the_campaign_s_groups() -> None:
    counts = pd.Series(
        np.arange(1.0, 9), [f"joint_{name}_count" for name in cell_names(3)], name="01"
    )
    seed = table_seed(["c", "x", "a"], counts, ["a", "b", "c"])
    # a=1, c=0 whatever b is: cells 100 and 110, the fifth and the seventh.
    assert seed["001"] == seed["011"] == 5 + 7
    assert seed["100"] == seed["110"] == 2 + 4
    with pytest.raises(ConfigError, match=r"no count in joint_0000_count"):
        table_seed(["a"], counts, ["a", "b", "c", "d"])


PAIR = TwoWayTable(
    groups=("a", "b"),
    both="both_count",
    first="first_count",
    second="second_count",
    of="population_count",
)


def two_way(both: float, first: float, second: float, everyone: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "both_count": [both],
            "first_count": first,
            "second_count": second,
            "population_count": everyone,
        }
    )


def test_a_two_way_table_keeps_its_odds_ratio_in_another_population() -> None:
    counts = two_way(3e6, 5e6, 4e6, 1e7)
    shares = pd.DataFrame({"a": [0.2], "b": [0.6]})
    both = carried_share(shares, counts, PAIR)
    assert both is not None
    p = both[0]
    ratio = p * (1 - 0.2 - 0.6 + p) / ((0.2 - p) * (0.6 - p))
    assert ratio == pytest.approx(3 * 4 / (2 * 1), rel=1e-4)
    same = carried_share(pd.DataFrame({"a": [0.5], "b": [0.4]}), counts, PAIR)
    assert same is not None
    assert same[0] == pytest.approx(0.3, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(*[st.integers(0, 50)] * 4),
    st.sampled_from([*EXTREMES, 0.3]),
    st.sampled_from([*EXTREMES, 0.7]),
)
def test_a_carried_share_never_contradicts_the_groups(
    cells: tuple[int, int, int, int], one: float, other: float
) -> None:
    yes, first, second, _ = cells
    counts = two_way(yes, yes + first, yes + second, sum(cells))
    shares = pd.DataFrame({"a": [one], "b": [other]})
    both = carried_share(shares, counts, PAIR)
    assert both is not None
    fit_joint(shares, seed=odds_seed(["a", "b"], {}), pairs={("a", "b"): both})


def test_a_two_way_table_that_no_source_gives_is_passed_over() -> None:
    shares = pd.DataFrame({"a": [0.5], "b": [0.4]})
    assert carried_share(shares, two_way(1, 2, 3, 9), PAIR) is not None
    assert carried_share(shares, two_way(1, 2, 3, 9)[["both_count"]], PAIR) is None
    assert carried_share(shares, two_way(np.nan, 2, 3, 9), PAIR) is None


BOTH = ("a", "b")


def crowd() -> tuple[pd.DataFrame, pd.Series]:
    """Return adults by area and cell, and all of them: in no area do two groups go together."""
    a, b = np.linspace(0.05, 0.6, 40), np.linspace(0.8, 0.1, 40)
    cells = np.stack([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b], axis=1)
    people = pd.DataFrame(cells * np.linspace(500, 2000, 40)[:, None], columns=cell_names(2))
    return people, people.sum()


def shares_of(people: pd.DataFrame) -> pd.DataFrame:
    everyone = people.sum(axis=1)
    return pd.DataFrame({"a": people["10"] + people["11"], "b": people["01"] + people["11"]}).div(
        everyone, axis=0
    )


def test_what_a_county_s_table_tells_is_told_of_no_area_twice() -> None:
    people, county = crowd()
    # More of one live where fewer of the other do: in the county they seem to shun each other.
    assert county["00"] * county["11"] < 0.6 * county["01"] * county["10"]
    shares, everyone = shares_of(people), people.sum(axis=1)
    told = fit_together(shares, everyone, Whole(county, counted=BOTH, outside=None), seed=county)
    found = told.cells.mul(everyone, axis=0)
    pd.testing.assert_frame_equal(found, people, check_exact=False, rtol=1e-3)
    assert found.sum().to_numpy() == pytest.approx(county.to_numpy(), rel=1e-4)
    assumed = Whole(county, counted=(), outside=None)
    rival = fit_together(shares, everyone, assumed, seed=county)
    pd.testing.assert_frame_equal(rival.cells, fit_joint(shares, seed=county).cells)
    assert rival.cells.mul(everyone, axis=0).sum()["11"] < 0.9 * county["11"]


def test_those_outside_a_group_all_vote() -> None:
    """The young of the group more often have no vote: of the others it says nothing."""
    people, county = crowd()
    voters = people * [1, 0.8, 1, 0.5]
    shares, everyone = shares_of(voters), voters.sum(axis=1)
    off = {}
    for outside in ("b", None):
        whole = Whole(county, counted=BOTH, outside=outside)
        found = fit_together(shares, everyone, whole, seed=county).cells.mul(everyone, axis=0)
        off[outside] = (found.sum() / voters.sum() - 1).abs().max()
    assert off["b"] < 1e-4
    assert off[None] > 0.05


def test_a_table_s_empty_cell_does_not_say_never() -> None:
    """The table knows of none in both, yet in these areas some are."""
    people, county = crowd()
    shares = shares_of(people)
    shares["a"] = np.linspace(1, 0.9, len(shares))
    for outside in ("b", None):
        whole = Whole(county * [1, 1, 1, 0], counted=BOTH, outside=outside)
        told = fit_together(shares, people.sum(axis=1), whole, seed=county)
        pd.testing.assert_frame_equal(refit(told), shares, rtol=0, atol=1e-8)


def test_a_group_that_the_table_does_not_count_is_by_chance_in_each_area() -> None:
    people, county = crowd()
    shares, everyone = shares_of(people), people.sum(axis=1)
    shares["c"] = np.linspace(0, 1, len(shares)) ** 2
    seed = pd.Series(np.repeat(county.to_numpy(), 2), cell_names(3))
    whole = Whole(seed, counted=BOTH, outside="b")
    found = fit_together(shares, everyone, whole, seed=seed).cells
    pair = people.div(everyone, axis=0)
    for cell in pair:
        both = (pair[cell] * shares["c"]).to_numpy()
        assert found[f"{cell}1"].to_numpy() == pytest.approx(both, abs=1e-4)
