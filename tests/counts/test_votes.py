"""Early votes find their districts and none is lost; splits and shifts between elections."""

import numpy as np
import pandas as pd
import pytest

from geoprio.counts import election_changes, spread_unassigned, unassigned_share
from geoprio.counts.electorates import living_here
from geoprio.counts.votes import PARTY_VOTES
from geoprio.errors import CoverageError


def toy_results() -> pd.DataFrame:
    """Two districts of one municipality, one of another, and 30 votes assigned to none.

    01140101: 100 cast, V 10 S 90    01149800: 30 cast, V 6 S 20 MP 4
    01140102: 200 cast, V 50 S 150   01150101: 80 cast, S 80
    """
    codes = ["01140101", "01140102", "01149800", "01150101"]
    frame = pd.DataFrame(0.0, index=pd.Index(codes, name="area_code"), columns=PARTY_VOTES)
    frame["votes_v_count"] = [10.0, 50, 6, 0]
    frame["votes_s_count"] = [90.0, 150, 20, 80]
    frame["votes_mp_count"] = [0.0, 0, 4, 0]
    return frame.assign(
        electors_count=[150.0, 260, 0, 100],
        votes_cast_count=[100.0, 200, 30, 80],
        valid_count=[100.0, 200, 30, 80],
        unassigned=[False, False, True, False],
    )


def test_every_vote_survives_the_spreading() -> None:
    results = toy_results()
    spread = spread_unassigned(results)
    for column in ["votes_cast_count", "valid_count", *PARTY_VOTES]:
        assert spread[column].sum() == pytest.approx(results[column].sum(), rel=1e-12)


def test_votes_go_where_the_party_has_its_votes() -> None:
    spread = spread_unassigned(toy_results())
    assert spread.loc["01140101", "votes_v_count"] == pytest.approx(10 + 6 * 10 / 60)
    assert spread.loc["01140102", "votes_s_count"] == pytest.approx(150 + 20 * 150 / 240)
    assert spread.loc["01140101", "votes_cast_count"] == pytest.approx(100 + 30 * 100 / 300)


def test_a_party_without_votes_in_the_districts_follows_votes_cast() -> None:
    spread = spread_unassigned(toy_results())
    assert spread.loc["01140102", "votes_mp_count"] == pytest.approx(4 * 200 / 300)


def test_a_municipality_without_unassigned_votes_is_left_alone() -> None:
    results = toy_results()
    spread = spread_unassigned(results)
    pd.testing.assert_series_equal(
        spread.loc["01150101"], results.drop(columns="unassigned").loc["01150101"]
    )


def test_party_votes_can_be_left_out_but_turnout_never_is() -> None:
    spread = spread_unassigned(toy_results(), party_votes="omit")
    assert spread["votes_v_count"].sum() == 60
    assert spread["valid_count"].sum() == 380
    assert spread["votes_cast_count"].sum() == pytest.approx(410)


def test_unassigned_votes_without_a_district_are_an_error() -> None:
    results = toy_results().drop(index=["01140101", "01140102"])
    with pytest.raises(CoverageError, match="0114: 30 votes"):
        spread_unassigned(results)


def test_the_share_that_was_unassigned_is_known() -> None:
    assert unassigned_share(toy_results()) == pytest.approx(30 / 410)


def test_an_unknown_count_stays_unknown() -> None:
    results = toy_results()
    results.loc["01140101", "votes_v_count"] = np.nan
    assert np.isnan(spread_unassigned(results).loc["01140101", "votes_v_count"])


CODES = pd.Index(["A", "B", "C"], name="area_code")


def red_green_votes(red_green: list[float], valid: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "valid_count": valid,
            "votes_v_count": red_green,
            "votes_s_count": 0.0,
            "votes_mp_count": 0.0,
        },
        index=CODES,
    )


RIKSDAG = red_green_votes([40, 50, 0], [100, 100, 0])
KOMMUN = red_green_votes([60, 50, 5], [200, 100, 10])
EARLIER = red_green_votes([20, 60, 5], [100, 100, 10])


def test_volatility_is_the_mean_of_split_and_shift() -> None:
    frame = election_changes(RIKSDAG, KOMMUN, EARLIER)
    np.testing.assert_allclose(frame["split_share"], [0.1, 0, np.nan])
    np.testing.assert_allclose(frame["shift_share"], [0.2, 0.1, np.nan])
    np.testing.assert_allclose(frame["volatility_share"], [0.15, 0.05, np.nan])
    assert frame["volatility_basis"].tolist() == ["split_and_shift"] * 2 + ["unknown"]
    # More vote in the kommun, foreign citizens too: what is lost there may be less than nothing.
    assert frame["split_votes_count"].tolist() == [-20, 0, -5]


def test_without_an_earlier_election_the_split_stands_alone_and_says_so() -> None:
    frame = election_changes(RIKSDAG, KOMMUN)
    np.testing.assert_allclose(frame["volatility_share"], frame["split_share"])
    assert frame["shift_share"].isna().all()
    assert frame["volatility_basis"].tolist() == ["split_alone", "split_alone", "unknown"]


def test_an_area_that_the_earlier_election_does_not_reach_is_told_so() -> None:
    frame = election_changes(RIKSDAG, KOMMUN, EARLIER.drop("B"))
    assert frame["volatility_basis"].tolist()[:2] == ["split_and_shift", "split_alone"]
    assert frame["volatility_share"]["B"] == 0


def test_an_unknown_party_leaves_the_area_unknown() -> None:
    frame = election_changes(RIKSDAG.assign(votes_mp_count=[0.0, np.nan, 0]), KOMMUN)
    assert np.isnan(frame["split_share"]["B"])
    assert frame.index.equals(CODES)


def roll(electors: list[float], cast: list[float]) -> pd.DataFrame:
    parties = {"valid_count": 90.0, "votes_v_count": 9.0}
    told = {"electors_count": electors, "votes_cast_count": cast, **parties}
    return pd.DataFrame(told, CODES).astype(float)


def test_swedes_abroad_are_no_electors_of_the_place_they_left() -> None:
    votes = roll([1000, 1000, 0], [800, 5, 0])
    here = living_here(votes, pd.Series([0.1, 0.1, np.nan], CODES), 0.32)
    assert here["electors_count"].tolist() == pytest.approx([900, 900, 0])
    assert here["votes_cast_count"].tolist() == pytest.approx([768, 0, 0])
    pd.testing.assert_frame_equal(here.iloc[:, 2:], votes.iloc[:, 2:])
    # 200 stayed at home on the roll, 68 of them abroad.
    assert 900 - here["votes_cast_count"]["A"] == pytest.approx(200 - 68)


def test_nobody_is_taken_out_where_nobody_votes_from_abroad() -> None:
    votes = roll([1000, 500, 20], [800, 250, 10])
    for share in (0.0, pd.Series(0.0, CODES), pd.Series(np.nan, CODES)):
        pd.testing.assert_frame_equal(living_here(votes, share, 0.32), votes)
