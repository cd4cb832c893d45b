"""A postal code is taken when half of its residents or more live in the chosen areas."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from geoprio.plans.postal import choose_by_points, choose_postal_codes, way_by_points

WAY = pd.DataFrame(
    {
        "source_code": ["A", "A", "B", "B", "C"],
        "area_code": ["11111", "22222", "22222", "33333", "33333"],
        "weight": [0.5, 0.5, 0.5, 0.5, 1.0],
    }
)
RESIDENTS = pd.Series({"A": 100.0, "B": 100.0, "C": 40.0})


def test_known_answer() -> None:
    """Of A's 100, 50 live in 11111 and 50 in 22222, where 50 of B's live too."""
    choice = choose_postal_codes(WAY, RESIDENTS, pd.Index(["A"]))
    assert choice.codes.to_dict() == {"11111": 1.0, "22222": 0.5}
    assert choice.reached_share == 1.0
    assert choice.outside_share == pytest.approx(1 / 3)


def test_a_code_that_is_mostly_elsewhere_is_left_out_and_its_people_are_told() -> None:
    choice = choose_postal_codes(WAY, RESIDENTS, pd.Index(["C"]))
    assert choice.codes.empty
    assert choice.reached_share == 0
    assert np.isnan(choice.outside_share)


def test_every_area_chosen_reaches_all_and_nobody_outside() -> None:
    choice = choose_postal_codes(WAY, RESIDENTS, pd.Index(["A", "B", "C"]))
    assert choice.codes.index.tolist() == ["11111", "22222", "33333"]
    assert (choice.reached_share, choice.outside_share) == (1.0, 0.0)


def test_where_nobody_is_known_to_live_no_code_is_taken() -> None:
    nobody = RESIDENTS * np.nan
    choice = choose_postal_codes(WAY, nobody, pd.Index(["A"]))
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


def test_points_choose_by_half_and_tell_what_lies_outside() -> None:
    """22222 has one point of two in A; 33333 one of three; 44444 lies in no area at all."""
    given = points(
        *(("11111", 0.2), ("22222", 0.4), ("22222", 1.4), ("33333", 0.6)),
        *(("33333", 1.2), ("33333", 9.0), ("44444", 9.0)),
    )
    choice = choose_by_points(given, SQUARES, pd.Index(["A"]))
    assert choice.codes.to_dict() == {"11111": 1.0, "22222": 0.5}
    assert choice.reached_share == pytest.approx(2 / 3)
    assert choice.outside_share == pytest.approx(1 / 3)


def test_a_point_on_a_border_is_in_one_area_only() -> None:
    on_border = points(("11111", 1.0))
    assert choose_by_points(on_border, SQUARES, pd.Index(["A"])).codes.tolist() == [1.0]
    assert choose_by_points(on_border, SQUARES, pd.Index(["B"])).codes.empty


def test_the_way_by_points_sends_an_area_where_its_points_are() -> None:
    given = points(
        *(("11111", 0.2), ("22222", 0.4), ("22222", 0.6), ("22222", 1.4)),
        *(("33333", 9.0),),
    )
    way = way_by_points(given, SQUARES).set_index(["source_code", "area_code"])["weight"]
    assert way.to_dict() == pytest.approx(
        {("A", "11111"): 1 / 3, ("A", "22222"): 2 / 3, ("B", "22222"): 1.0}
    )
