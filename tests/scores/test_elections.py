"""Splits and shifts between elections, on areas that can be held in the head."""

import numpy as np
import pandas as pd

from geoprio.counts import election_changes

CODES = pd.Index(["A", "B", "C"], name="area_code")


def votes(red_green: list[float], valid: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "valid_count": valid,
            "votes_v_count": red_green,
            "votes_s_count": 0.0,
            "votes_mp_count": 0.0,
        },
        index=CODES,
    )


RIKSDAG = votes([40, 50, 0], [100, 100, 0])
KOMMUN = votes([60, 50, 5], [200, 100, 10])


def test_volatility_is_the_mean_of_split_and_shift() -> None:
    frame = election_changes(RIKSDAG, KOMMUN, votes([20, 60, 5], [100, 100, 10]))
    np.testing.assert_allclose(frame["split_share"], [0.1, 0, np.nan])
    np.testing.assert_allclose(frame["shift_share"], [0.2, 0.1, np.nan])
    np.testing.assert_allclose(frame["volatility_share"], [0.15, 0.05, np.nan])
    assert frame["volatility_basis"].tolist() == ["split_and_shift"] * 2 + ["unknown"]


def test_without_an_earlier_election_the_split_stands_alone_and_says_so() -> None:
    frame = election_changes(RIKSDAG, KOMMUN)
    np.testing.assert_allclose(frame["volatility_share"], frame["split_share"])
    assert frame["shift_share"].isna().all()
    assert frame["volatility_basis"].tolist() == ["split_alone", "split_alone", "unknown"]


def test_an_area_that_the_earlier_election_does_not_reach_is_told_so() -> None:
    frame = election_changes(RIKSDAG, KOMMUN, votes([20, 60, 5], [100, 100, 10]).drop("B"))
    assert frame["volatility_basis"].tolist()[:2] == ["split_and_shift", "split_alone"]
    assert frame["volatility_share"]["B"] == 0


def test_an_unknown_party_leaves_the_area_unknown() -> None:
    frame = election_changes(RIKSDAG.assign(votes_mp_count=[0.0, np.nan, 0]), KOMMUN)
    assert np.isnan(frame["split_share"]["B"])
    assert frame.index.equals(CODES)
