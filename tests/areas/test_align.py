"""Counts of several area sets are brought to one; what is unknown stays unknown."""

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import CountTable, comparable_rows, fill_from_parents, known_counts
from geoprio.errors import CoverageError

PEOPLE = pd.Series({"a1": 100.0, "a2": 300.0, "b1": 50.0})
PARENT = pd.Series({"a1": "A", "a2": "A", "b1": "B"})
WHOLE = {"large": pd.Series({"A": "A", "B": "B"}), "small": PARENT}
ITSELF = {"small": pd.Series({"a1": "a1", "a2": "a2", "b1": "b1"})}


def table(area_set: str, origin: str = "SCB 2023", **rows: dict[str, float]) -> CountTable:
    frame = pd.DataFrame(rows, dtype=float)
    return CountTable(area_set, origin, frame.rename_axis("area_code"))


def test_parts_are_summed_and_an_unknown_part_makes_the_sum_unknown() -> None:
    small = table("small", flats_count={"a1": 1, "a2": 2, "b1": np.nan})
    known, origins = known_counts([small], WHOLE, PEOPLE)
    assert known["flats_count"]["A"] == 3
    assert np.isnan(known["flats_count"]["B"])
    assert origins == {"flats_count": "SCB 2023"}


def test_a_part_without_a_row_makes_the_sum_unknown() -> None:
    small = table("small", flats_count={"a1": 1, "b1": 4})
    known, _ = known_counts([small], WHOLE, PEOPLE)
    assert np.isnan(known["flats_count"]["A"])
    assert known["flats_count"]["B"] == 4


def test_the_first_table_is_kept_and_the_next_fills_its_gaps() -> None:
    first = table("large", "SCB 2024", flats_count={"A": 7})
    second = table("small", flats_count={"a1": 1, "a2": 2, "b1": 4})
    known, origins = known_counts([first, second], WHOLE, PEOPLE)
    assert known["flats_count"].to_dict() == {"A": 7, "B": 4}
    assert origins["flats_count"] == "SCB 2024"


def test_an_average_of_parts_is_weighted_by_residents() -> None:
    small = table("small", income_mean_sek={"a1": 100, "a2": 200, "b1": 50})
    known, _ = known_counts([small], WHOLE, PEOPLE)
    assert known["income_mean_sek"]["A"] == pytest.approx((100 * 100 + 300 * 200) / 400)


def test_a_parent_s_count_is_split_by_residents_and_survives() -> None:
    known, _ = known_counts([table("small", population_count=PEOPLE.to_dict())], ITSELF, PEOPLE)
    large = table("large", flats_count={"A": 40, "B": 5}, income_mean_sek={"A": 9, "B": 8})
    filled = fill_from_parents(known, [large], {"large": PARENT}, known["population_count"])
    assert filled["flats_count"].to_dict() == {"a1": 10, "a2": 30, "b1": 5}
    assert filled["income_mean_sek"].to_dict() == {"a1": 9, "a2": 9, "b1": 8}


def test_what_is_published_for_the_area_is_never_overwritten() -> None:
    own = table(
        "small", population_count=PEOPLE.to_dict(), flats_count={"a1": 3, "a2": np.nan, "b1": 1}
    )
    known, _ = known_counts([own], ITSELF, PEOPLE)
    large = table("large", flats_count={"A": 40, "B": 5})
    filled = fill_from_parents(known, [large], {"large": PARENT}, known["population_count"])
    assert filled["flats_count"].to_dict() == {"a1": 3, "a2": 37, "b1": 1}
    assert filled["flats_count"][["a1", "a2"]].sum() == 40


def test_the_nearest_parent_is_asked_first_whatever_the_order_of_the_tables() -> None:
    known, _ = known_counts([table("small", population_count=PEOPLE.to_dict())], ITSELF, PEOPLE)
    near = table("large", flats_count={"A": 40, "B": 5})
    far = table("whole", flats_count={"W": 900})
    parents = {"large": PARENT, "whole": PARENT.map(lambda _: "W")}
    for tables in ([near, far], [far, near]):
        filled = fill_from_parents(known, tables, parents, known["population_count"])
        assert filled["flats_count"].to_dict() == {"a1": 10, "a2": 30, "b1": 5}


def test_a_gap_whose_residents_are_unknown_leaves_the_split_unknown() -> None:
    people = PEOPLE.to_dict() | {"a2": np.nan}
    known, _ = known_counts([table("small", population_count=people)], ITSELF, PEOPLE)
    large = table("large", flats_count={"A": 40, "B": 5})
    filled = fill_from_parents(known, [large], {"large": PARENT}, known["population_count"])
    assert filled["flats_count"][["a1", "a2"]].isna().all()
    assert filled["flats_count"]["b1"] == 5


def test_children_that_exceed_their_parent_leave_the_rest_unknown() -> None:
    own = table(
        "small", population_count=PEOPLE.to_dict(), flats_count={"a1": 50, "a2": np.nan, "b1": 1}
    )
    known, _ = known_counts([own], ITSELF, PEOPLE)
    large = table("large", flats_count={"A": 40, "B": 5})
    filled = fill_from_parents(known, [large], {"large": PARENT}, known["population_count"])
    assert np.isnan(filled["flats_count"]["a2"])


def test_another_vintage_stands_in_only_where_residents_are_nearly_as_many() -> None:
    newer = table(
        "large_2025",
        population_count={"A": 410, "B": 60, "C": 9},
        flats_count={"A": 5, "B": 6, "C": 7},
    )
    people = pd.Series({"A": 400.0, "B": 50.0})
    kept = comparable_rows(newer, people, area_set="large", tolerance=0.05)
    assert kept.area_set == "large"
    assert kept.counts["flats_count"]["A"] == 5
    assert np.isnan(kept.counts["flats_count"]["B"])
    assert list(kept.counts.index) == ["A", "B"]
    same = comparable_rows(
        newer, pd.Series({"A": 410.0, "B": 60.0}), area_set="large", tolerance=0.0
    )
    assert same.counts["flats_count"].to_dict() == {"A": 5, "B": 6}


def test_a_vintage_without_residents_cannot_stand_in() -> None:
    newer = table("large_2025", flats_count={"A": 5})
    with pytest.raises(CoverageError, match="population_count"):
        comparable_rows(newer, pd.Series({"A": 400.0}), area_set="large", tolerance=0.05)


def test_a_class_is_never_summed_or_split() -> None:
    small = table("small", town_class={"a1": 1, "a2": 5, "b1": 3})
    known, _ = known_counts([small], WHOLE, PEOPLE)
    assert "town_class" not in known
    own, _ = known_counts([table("small", population_count=PEOPLE.to_dict())], ITSELF, PEOPLE)
    large = table("large", town_class={"A": 4, "B": 2})
    filled = fill_from_parents(own, [large], {"large": PARENT}, own["population_count"])
    assert filled["town_class"].to_dict() == {"a1": 4, "a2": 4, "b1": 2}


BOUND = {"turnout_share": {"A": 0.8, "B": 0.7}, "seats_v_count": {"A": 4, "B": 1}}


def test_a_share_or_a_seat_stays_on_its_own_areas() -> None:
    known, _ = known_counts([table("large", **BOUND)], WHOLE, PEOPLE)
    assert known["turnout_share"].to_dict() == {"A": 0.8, "B": 0.7}
    assert known["seats_v_count"].to_dict() == {"A": 4, "B": 1}


def test_a_share_or_a_seat_is_never_summed_from_parts() -> None:
    parts = {name: {"a1": 0.5, "a2": 0.6, "b1": 0.7} for name in BOUND}
    known, origins = known_counts([table("small", flats_count=parts["turnout_share"], **parts)],
                                  WHOLE, PEOPLE)  # fmt: skip
    assert list(known) == ["flats_count"]
    assert list(origins) == ["flats_count"]


def test_a_share_or_a_seat_is_never_given_to_the_parts() -> None:
    known, _ = known_counts([table("small", population_count=PEOPLE.to_dict())], ITSELF, PEOPLE)
    large = table("large", flats_count={"A": 40, "B": 5}, **BOUND)
    filled = fill_from_parents(known, [large], {"large": PARENT}, known["population_count"])
    assert set(filled) == {"population_count", "flats_count"}


def test_a_share_or_a_seat_does_not_stand_in_for_another_vintage() -> None:
    old = table("large_2020", population_count={"A": 400, "B": 50}, **BOUND)
    people = pd.Series({"A": 400.0, "B": 50.0})
    stands = comparable_rows(old, people, area_set="large_2025", tolerance=0.05)
    assert list(stands.counts) == ["population_count"]
