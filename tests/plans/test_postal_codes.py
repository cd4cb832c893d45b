"""A postal code is taken when half of its residents or more live in the chosen areas."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from geoprio.plans.postal import PostalChoice, choose_postal_codes, households_by_code, postal_pairs

WAY = pd.DataFrame(
    {
        "source_code": ["A", "A", "B", "B", "C"],
        "area_code": ["11111", "22222", "22222", "33333", "33333"],
        "weight": [0.5, 0.5, 0.5, 0.5, 1.0],
    }
)
RESIDENTS = pd.Series({"A": 100.0, "B": 100.0, "C": 40.0})
PLACES = gpd.GeoDataFrame(geometry=[Point(0, 0)] * 3, index=list("ABC"), crs=3006)


def chosen(residents: pd.Series, areas: pd.Index) -> PostalChoice:
    by, pairs = postal_pairs(PLACES, residents, way=WAY) or ("", WAY)
    assert by == "residents"
    return choose_postal_codes(pairs, areas)


def test_known_answer() -> None:
    """Of A's 100, 50 live in 11111 and 50 in 22222, where 50 of B's live too."""
    choice = chosen(RESIDENTS, pd.Index(["A"]))
    assert choice.codes.to_dict() == {"11111": 1.0, "22222": 0.5}
    assert choice.reached_share == 1.0
    assert choice.outside_share == pytest.approx(1 / 3)


def test_households_come_to_the_codes_with_the_error_of_the_split() -> None:
    way = WAY.assign(weight_se=[0.1, 0.1, 0.2, 0.2, 0.0])
    _, pairs = postal_pairs(PLACES, RESIDENTS, way=way) or ("", way)
    homes = pd.Series({"A": 50.0, "B": 40.0, "C": 10.0})
    found = households_by_code(pairs, homes)
    assert found["households_count"].tolist() == [25.0, 45.0, 30.0]
    errors = [5.0, np.hypot(5.0, 8.0), 8.0]
    np.testing.assert_allclose(found["households_margin_count"], 1.645 * np.array(errors))
    # Of points no error is known, and where an area's households are not, nothing is said.
    bare = households_by_code(pairs.drop(columns="weight_se"), homes.drop("C"))
    assert bare["households_margin_count"].isna().all()
    assert bare["households_count"].isna().tolist() == [False, False, True]


def test_a_code_that_is_mostly_elsewhere_is_left_out_and_its_people_are_told() -> None:
    choice = chosen(RESIDENTS, pd.Index(["C"]))
    assert choice.codes.empty
    assert choice.reached_share == 0
    assert np.isnan(choice.outside_share)


def test_every_area_chosen_reaches_all_and_nobody_outside() -> None:
    choice = chosen(RESIDENTS, pd.Index(["A", "B", "C"]))
    assert choice.codes.index.tolist() == ["11111", "22222", "33333"]
    assert (choice.reached_share, choice.outside_share) == (1.0, 0.0)


def test_where_nobody_is_known_to_live_no_code_is_taken() -> None:
    nobody = RESIDENTS * np.nan
    choice = chosen(nobody, pd.Index(["A"]))
    assert choice.codes.empty
    assert np.isnan(choice.reached_share)


SQUARES = gpd.GeoDataFrame(
    geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    index=pd.Index(["A", "B"], name="area_code"),
    crs=3006,
)


def points(*places: tuple[str, float]) -> gpd.GeoDataFrame:
    codes, east = zip(*places, strict=True)
    index = pd.Index(codes, name="area_code")
    return gpd.GeoDataFrame(geometry=[Point(x, 0.5) for x in east], index=index, crs=3006)


def by_points(given: gpd.GeoDataFrame) -> pd.DataFrame:
    by, pairs = postal_pairs(SQUARES, pd.Series({"A": 1.0, "B": 1.0}), points=given) or ("", WAY)
    assert by == "points"
    return pairs


def test_points_choose_by_half_and_tell_what_lies_outside() -> None:
    """22222 has one point of two in A; 33333 one of three; 44444 lies in no area at all."""
    given = points(
        *(("11111", 0.2), ("22222", 0.4), ("22222", 1.4), ("33333", 0.6)),
        *(("33333", 1.2), ("33333", 9.0), ("44444", 9.0)),
    )
    choice = choose_postal_codes(by_points(given), pd.Index(["A"]))
    assert choice.codes.to_dict() == {"11111": 1.0, "22222": 0.5}
    assert choice.reached_share == pytest.approx(2 / 3)
    assert choice.outside_share == pytest.approx(1 / 3)


def test_a_point_on_a_border_is_in_one_area_only() -> None:
    on_border = points(("11111", 1.0))
    assert choose_postal_codes(by_points(on_border), pd.Index(["A"])).codes.tolist() == [1.0]
    assert choose_postal_codes(by_points(on_border), pd.Index(["B"])).codes.empty


def test_the_way_by_points_sends_an_area_where_its_points_are() -> None:
    given = points(
        *(("11111", 0.2), ("22222", 0.4), ("22222", 0.6), ("22222", 1.4)),
        *(("33333", 9.0),),
    )
    way = by_points(given).dropna().set_index(["source_code", "area_code"])["weight"]
    assert way.to_dict() == pytest.approx(
        {("A", "11111"): 1 / 3, ("A", "22222"): 2 / 3, ("B", "22222"): 1.0}
    )


def test_nothing_leads_to_postal_codes_unless_somebody_gives_it() -> None:
    assert postal_pairs(PLACES, RESIDENTS) is None
    codes = PLACES.set_axis(["123 45", "123 46", "123 47"])
    by, pairs = postal_pairs(codes, RESIDENTS.set_axis(codes.index)) or ("", WAY)
    assert by == "own"
    assert (pairs["source_code"] == pairs["area_code"]).all()
