"""Indicators: known answers on areas that can be held in the head."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError, SourceError
from geoprio.groups import Joint, fit_joint, odds_seed
from geoprio.scores import PLACE, TARGETS, Figures, compute_indicators, reasons
from geoprio.scores.indicators import (
    doors_count,
    doors_flats_count,
    doors_houses_count,
    doors_per_km2,
    lived_ground,
)
from tests.scores.toy import weigh, words

CODES = pd.Index(["A", "B", "C"], name="area_code")


def joined(shares: dict[str, list[float]], **ratios: float) -> Joint:
    """Return a joint table of two groups; independent but for a ratio named `gh`."""
    return fit_joint(
        pd.DataFrame(shares, index=CODES),
        seed=odds_seed(list(shares), {(pair[0], pair[1]): r for pair, r in ratios.items()}),
    )


def figures(**changes: object) -> Figures:
    """Two areas of one association, one of another; C has no voters."""
    base = {
        "counts": pd.DataFrame(
            {
                "dwellings_rental_count": [30.0, 0, np.nan],
                "dwellings_owned_count": [70.0, 50, 10],
                "net_income_mean_sek": [1.0, 2.0, 3.0],
            },
            index=CODES,
        ),
        "votes": pd.DataFrame(
            {
                "electors_count": [1000.0, 200, 0],
                "votes_cast_count": [800.0, 210, 0],
                "valid_count": [700.0, 200, 0],
                "votes_v_count": [70.0, 20, 0],
                "votes_s_count": [140.0, 60, 0],
                "votes_mp_count": [140.0, 20, 0],
            },
            index=CODES,
        ),
        "area_km2": pd.Series([2.0, 0.5, 1.0], index=CODES),
        "joint": joined({"g": [0.5, 0.25, 0.1], "h": [0.0, 0.0, 0.0]}),
        "weights": {"g": 1.0},
        "association": pd.Series(["X", "X", "Y"], index=CODES),
        "capacity": pd.DataFrame({"members_count": [11.0, 5.0]}, index=["X", "Y"]),
    }
    return Figures(**(base | changes))


def place(**changes: object) -> pd.DataFrame:
    return compute_indicators(figures(**changes), PLACE)


def targets(**changes: object) -> pd.DataFrame:
    return compute_indicators(figures(**changes), TARGETS)


def test_mobilisation_is_non_voters_times_the_red_green_share() -> None:
    assert place()["mobilisation_count"]["A"] == pytest.approx(200 * 350 / 700)


def test_more_votes_than_electors_are_no_negative_non_voters() -> None:
    frame = place()
    assert frame["mobilisation_count"]["B"] == 0
    assert frame["turnout_share"]["B"] == 1


def test_an_area_without_voters_is_unknown_not_zero() -> None:
    shares = ["turnout_share", "red_green_share", "v_share", "mobilisation_count"]
    assert place().loc["C", shares].isna().all()


def test_dwellings_stand_in_for_households_where_all_tenures_are_known() -> None:
    frame = place()
    assert frame["households_count"].tolist()[:2] == [100, 50]
    assert np.isnan(frame["households_count"]["C"])
    assert frame["doors_per_km2"].tolist()[:2] == [50, 100]
    assert frame["rental_share"].tolist()[:2] == [0.3, 0]


def test_published_households_come_before_dwellings() -> None:
    counts = figures().counts.assign(households_count=[90.0, np.nan, 8])
    assert place(counts=counts)["households_count"].tolist() == [90, 50, 8]


def test_wage_income_comes_before_net_income() -> None:
    assert place()["income_mean_sek"].tolist() == [1, 2, 3]
    counts = figures().counts.assign(wage_income_mean_sek=[7.0, 8, np.nan])
    assert place(counts=counts)["income_mean_sek"].tolist()[:2] == [7, 8]


def test_members_are_counted_per_thousand_target_persons_of_the_association() -> None:
    # Two associations alike but for their size have the county's rate, whatever it is drawn to.
    alike = pd.DataFrame({"members_count": [11.0, 2.2]}, index=["X", "Y"])
    votes = figures().votes.assign(electors_count=[1000.0, 200, 1100])
    frame = targets(capacity=alike, votes=votes)
    assert frame["members_per_1000"].tolist() == [pytest.approx(1000 * 11 / 550)] * 3
    assert frame["active_per_1000"].isna().all()


def test_an_association_s_rate_is_drawn_towards_the_county_s() -> None:
    names = [f"F{number}" for number in range(8)]
    codes = pd.Index([f"A{number}" for number in range(8)], name="area_code")
    electors = np.array([2000.0] * 7 + [40.0])
    members = np.array([10.0, 40, 15, 60, 30, 8, 50, 4])
    changes = {
        "counts": pd.DataFrame(index=codes),
        "votes": pd.DataFrame({"electors_count": electors}, index=codes),
        "joint": fit_joint(pd.DataFrame({"g": 0.5}, index=codes), seed=odds_seed(["g"], {})),
        "association": pd.Series(names, index=codes),
        "capacity": pd.DataFrame({"members_count": members}, index=names),
    }
    registry = {"members_per_1000": TARGETS["members_per_1000"]}
    rate = compute_indicators(figures(**changes), registry)["members_per_1000"]
    raw, pooled = 1000 * members / (electors / 2), 1000 * members.sum() / (electors.sum() / 2)
    drawn = (rate - pooled) / (raw - pooled)
    # The half person added to hits and misses moves a rate a little by itself.
    assert drawn.between(0, 1.03).all()
    assert drawn.iloc[3] > 0.9
    assert drawn.iloc[7] < 0.75


def test_more_members_than_target_persons_is_an_error_without_the_figure() -> None:
    with pytest.raises(
        SourceError, match=r"members_count is more than the target persons of X"
    ) as e:
        targets(capacity=pd.DataFrame({"members_count": [4711.0]}, index=["X"]))
    assert "4711" not in str(e.value)


def test_an_unknown_area_leaves_the_association_s_rate_unknown() -> None:
    joint = joined({"g": [0.5, np.nan, 0.1], "h": [0.0] * 3})
    assert targets(joint=joint)["members_per_1000"][["A", "B"]].isna().all()


def test_a_group_that_does_not_locate_moves_no_ranking_but_counts_for_who_belongs() -> None:
    joint = joined({"g": [0.5, 0.25, 0.1], "h": [0.5] * 3})
    with_h, without = targets(joint=joint), targets()
    ranked = ["intensity_share", "precision_share", "target_persons_count"]
    pd.testing.assert_frame_equal(with_h[ranked], without[ranked])
    assert with_h["at_least_one_share"]["A"] == pytest.approx(0.75)


def test_all_groups_alike_is_the_mean_of_their_places_whatever_their_role() -> None:
    found = targets(joint=joined({"g": [0.5, 0.25, 0.1], "h": [0.2, 0.3, 0.4]}))
    assert found["equal_groups_share"].tolist() == pytest.approx([2 / 3] * 3)
    found = targets(joint=joined({"g": [0.5, 0.25, np.nan], "h": [0.4, 0.3, 0.2]}))
    assert found["equal_groups_share"]["A"] == 1.0
    assert np.isnan(found["equal_groups_share"]["C"])


def test_a_text_may_not_show_the_user_s_own_figures() -> None:
    chosen = weigh("percentile", members_per_1000=1)
    with pytest.raises(ConfigError, match=r"never shown; take \{value\} out"):
        reasons(targets(), chosen, language="sv")
    silent = chosen.criteria[0].model_copy(
        update={"strong": words("få medlemmar"), "weak": words("många medlemmar")}
    )
    told = reasons(targets(), chosen.model_copy(update={"criteria": (silent,)}), language="sv")
    assert told["C"] == ""


def test_target_persons_and_households_follow_the_joint_table() -> None:
    shares = {"g": [0.5, 0.25, 0.1], "h": [0.5, 0.5, 0.5]}
    weights = {"g": 1.0, "h": 1.0}
    apart, together = (
        targets(joint=joined(shares, gh=ratio), weights=weights) for ratio in (1.0, 9.0)
    )
    # With odds ratio 9 and shares of a half, 3/8 belong to both: 1 - 3/8 to at least one.
    assert together["at_least_one_share"]["A"] == pytest.approx(1 - 3 / 8)
    assert together["target_persons_count"]["A"] == pytest.approx(1000 * (1 - 3 / 8))
    assert together["target_households_count"]["A"] == pytest.approx(100 * (1 - 3 / 8))
    assert apart["target_persons_count"]["A"] == pytest.approx(1000 * 0.75)
    for frame in (apart, together):
        assert frame["at_least_one_low_share"].tolist() == [0.5, 0.5, 0.5]
        assert frame["at_least_one_high_share"].tolist() == [1.0, 0.75, 0.6]


def test_the_campaign_chooses_how_a_voter_in_two_groups_counts() -> None:
    joint = joined({"g": [0.5, 0.25, 0.1], "h": [0.5, 0.5, 0.5]}, gh=9.0)
    weights = {"g": 1.0, "h": 1.0}
    found = {
        combine: targets(joint=joint, weights=weights, combine=combine)["intensity_share"]["A"]
        for combine in ("sum", "max", "any")
    }
    assert found == pytest.approx({"sum": 0.5, "max": 1 - 3 / 8, "any": 1 - 3 / 8})


def test_doors_are_as_dense_as_they_are_lived_however_much_forest_lies_beside() -> None:
    """900 homes on 1 km2 and 100 on 99: 10 per km2 of ground, but 0.9 x 900 and more as lived."""
    pieces = pd.DataFrame({"households_count": [900.0, 100.0, 50.0]}, index=["a", "b", "c"])
    km2 = pd.Series([1.0, 99.0, 5.0], pieces.index)
    way = pd.DataFrame({"source_code": list("abc"), "area_code": list("AAB"), "weight": 1.0})
    ground = lived_ground(pieces, km2, way)
    assert 1000 / ground["A"] == pytest.approx(0.9 * 900 + 0.1 * 100 / 99)
    assert ground["B"] == pytest.approx(5.0)
    bigger = lived_ground(pieces, km2.replace(99.0, 9_900.0), way)
    assert bigger["A"] == pytest.approx(ground["A"], rel=0.01)
    nobody = lived_ground(pieces.assign(households_count=0.0), km2, way)
    assert nobody.isna().all()


def test_targets_need_located_groups() -> None:
    with pytest.raises(ContractError, match="not located yet"):
        targets(joint=None)


def test_how_people_live_and_work() -> None:
    known = {
        "population_count": [100, 0, np.nan],
        "age_0_14_count": [20, 0, 5],
        "age_20_24_count": [5, 0, 5],
        "age_25_29_count": [10, 0, 5],
        "residents_20_64_count": [60, 10, np.nan],
        "unemployed_20_64_count": [6, np.nan, 5],
        "employed_count": [50, 10, np.nan],
        "employed_q_men_count": [2, 1, 5],
        "employed_q_women_count": [8, np.nan, 5],
        "dwellings_rental_count": [30, 0, np.nan],
        "dwellings_owned_count": [50, 0, 5],
        "dwellings_tenant_owned_count": [20, 0, 5],
        "men_net_income_mean_sek": [400, np.nan, 0],
        "women_net_income_mean_sek": [300, 300, 300],
    }
    found = place(counts=pd.DataFrame(known, index=CODES, dtype=float))
    expected = {
        "children_share": 0.2,
        "aged_20_29_share": 0.15,
        "unemployed_share": 0.1,
        "care_jobs_share": 0.2,
        "owned_share": 0.5,
        "tenant_owned_share": 0.2,
        "income_gap_share": 0.25,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], [value, np.nan, np.nan], err_msg=name)
    # What no source counts is unknown.
    assert place()[[*expected.keys() - {"owned_share"}]].isna().all(axis=None)


def test_drop_off_is_of_turnouts_never_below_zero_and_unknown_in_another_election() -> None:
    def votes(electors: list[float], cast: list[float], red_green: float) -> pd.DataFrame:
        given = {"electors_count": electors, "votes_cast_count": cast, "valid_count": cast}
        frame = pd.DataFrame(given, index=CODES, dtype=float)
        parties = {"votes_v_count": frame["valid_count"] * red_green}
        return frame.assign(**parties, votes_s_count=0.0, votes_mp_count=0.0)

    here = votes([1000, 1000, 0], [500, 900, 0], 0.5)
    before = votes([900, 900, 900], [720, 720, 720], 0.4)
    found = place(votes=here, riksdag=before)
    np.testing.assert_allclose(found["drop_off_share"], [0.8 - 0.5, 0, np.nan])
    np.testing.assert_allclose(found["drop_off_count"], [0.3 * 1000 * 0.4, 0, np.nan], atol=1e-9)
    names = ["drop_off_share", "drop_off_count"]
    assert place(votes=here)[names].isna().all(axis=None)
    # To the region it is the other way about: the campaign's own election is the riksdag's.
    there = place(votes=before, region=here).set_axis(CODES)
    assert there[names].isna().all(axis=None)
    assert there[[f"region_{name}" for name in names]].equals(found[names].add_prefix("region_"))


def test_doors_are_counted_where_a_file_counts_them_and_households_elsewhere() -> None:
    counts = pd.DataFrame(
        {
            "households_count": [100.0, 100.0],
            "doors_count": [120.0, np.nan],
            "doors_houses_count": [20.0, np.nan],
            "doors_flats_count": [100.0, np.nan],
            "built_hectares_count": [4.0, np.nan],
        },
        index=pd.Index(["a", "b"], name="area_code"),
    )
    km2 = pd.Series([10.0, 10.0], counts.index)
    known = Figures(counts, counts[[]], km2, {}, km2 * np.nan, counts[[]])
    # 120 doors on four squares of a hectare.
    assert doors_per_km2(known).tolist()[0] == pytest.approx(3000.0)
    assert np.isnan(doors_per_km2(known)["b"])
    assert doors_count(known).tolist()[0] == 120.0
    assert doors_houses_count(known)["a"] + doors_flats_count(known)["a"] == 120.0
    without = Figures(counts[["households_count"]], counts[[]], km2, {}, km2 * np.nan, counts[[]])
    assert doors_per_km2(without).tolist() == [10.0, 10.0]
    assert doors_count(without).isna().all()
    # Points that tell of no dwellings say where the households live.
    bare = counts.assign(doors_count=np.nan)
    ground = Figures(bare, counts[[]], km2, {}, km2 * np.nan, counts[[]])
    assert doors_per_km2(ground)["a"] == pytest.approx(2500.0)
