"""Where to organise: associations to support, places for a new one, need beside capacity."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geoprio.scores import need_and_capacity, new_associations, support_list

AREAS = pd.Index(["a", "b", "c", "d", "e"], name="area_code")
HOME = pd.Series(["Norr", "Norr", "Söder", "Väst", None], AREAS, dtype=object)


def test_an_association_that_asked_comes_before_a_redder_one_that_did_not() -> None:
    red_green = pd.Series([0.5, 0.5, 0.7, 0.2, 0.4], AREAS)
    asked = pd.Series({"Norr": 1.0, "Söder": 0.0, "Väst": 1.0})
    found = support_list(HOME, red_green, pd.Series(100.0, AREAS), asked)
    # Väst asked, but does not vote red-green; nobody is listed for an area without association.
    assert list(found.index) == ["Norr", "Söder"]
    assert list(found["status"]) == ["asked", "could_ask"]
    assert found.loc["Norr", "red_green_share"] == 0.5


def test_an_association_that_nobody_has_told_of_is_unknown_not_no() -> None:
    red_green = pd.Series([0.5, 0.5, 0.7, 0.2, 0.4], AREAS)
    found = support_list(HOME, red_green, pd.Series(100.0, AREAS), pd.Series(dtype=float))
    assert set(found["status"]) == {"unknown"}


def test_a_share_is_weighted_by_electors() -> None:
    red_green = pd.Series([0.9, 0.1, 0.5, 0.5, 0.5], AREAS)
    electors = pd.Series([300.0, 100.0, 100.0, 100.0, 100.0], AREAS)
    found = support_list(HOME, red_green, electors, pd.Series(dtype=float))
    assert found.loc["Norr", "red_green_share"] == (0.9 * 300 + 0.1 * 100) / 400


def test_idle_areas_side_by_side_are_one_place_and_a_small_one_is_none() -> None:
    beside = np.zeros((5, 5))
    for one, other in [(0, 1), (1, 2), (3, 4)]:
        beside[one, other] = beside[other, one] = 1
    persons = pd.Series([600.0, 700.0, 5000.0, 900.0, 50.0], AREAS)
    idle = pd.Series([True, True, False, True, True], AREAS)
    found = new_associations(idle, persons, csr_array(beside))
    # d and e have 950 target persons together, c has an active association.
    assert list(found.index) == ["a", "b"]
    assert list(found["place"]) == [1, 1]
    assert list(found["target_persons_count"]) == [1300.0, 1300.0]


def test_no_idle_area_gives_no_place() -> None:
    idle = pd.Series(False, AREAS)
    assert new_associations(idle, pd.Series(5000.0, AREAS), csr_array((5, 5))).empty


def test_need_is_of_the_whole_association_and_capacity_unknown_stays_so() -> None:
    persons = pd.Series([400.0, 500.0, 300.0, 800.0, 100.0], AREAS)
    active = pd.Series([2.0, 2.0, 9.0, np.nan, np.nan], AREAS)
    found = need_and_capacity(HOME, persons, active)
    assert found.loc["Norr"].tolist() == ["high", "low", "high_low"]
    assert found.loc["Söder"].tolist() == ["low", "high", "low_high"]
    assert found.loc["Väst"].tolist() == ["high", "unknown", "unknown"]
