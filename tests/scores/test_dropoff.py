"""Drop-off from the riksdag election to the European one."""

from dataclasses import replace

import numpy as np
import pandas as pd

from geoprio.scores import PLACE, Figures

AREAS = pd.Index(["a", "b", "c"], name="area_code")


def votes(electors: list[float], cast: list[float], red_green: list[float]) -> pd.DataFrame:
    valid = pd.Series(cast, AREAS)
    part = valid * red_green
    return pd.DataFrame(
        {
            "electors_count": electors,
            "votes_cast_count": cast,
            "valid_count": valid,
            "votes_v_count": part / 2,
            "votes_s_count": part / 2,
            "votes_mp_count": 0.0,
        },
        index=AREAS,
    )


def figures() -> Figures:
    return Figures(
        counts=pd.DataFrame(index=AREAS),
        votes=votes([1000, 1000, 0], [500, 900, 0], [0.5, 0.5, 0.5]),
        area_km2=pd.Series(1.0, AREAS),
        weights={},
        association=pd.Series(np.nan, AREAS),
        capacity=pd.DataFrame(),
        riksdag=votes([900, 900, 900], [720, 720, 720], [0.4, 0.6, 0.5]),
    )


def test_drop_off_is_of_turnouts_and_never_below_zero() -> None:
    found = PLACE["drop_off_share"](figures())
    np.testing.assert_allclose(found, [0.8 - 0.5, 0.0, np.nan])


def test_those_who_dropped_off_are_electors_times_the_red_green_share_before() -> None:
    np.testing.assert_allclose(
        PLACE["drop_off_count"](figures()), [0.3 * 1000 * 0.4, 0.0, np.nan], atol=1e-9
    )


def test_in_another_election_there_is_no_drop_off() -> None:
    other = replace(figures(), riksdag=None)
    assert PLACE["drop_off_share"](other).isna().all()
    assert PLACE["drop_off_count"](other).isna().all()
