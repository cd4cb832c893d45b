"""Doors are counted where they stand, and say where in an area its people live."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geoprio.areas import count_doors
from geoprio.areas.crosswalk import Control, crosswalk_of, share_ground
from geoprio.areas.doors import located
from geoprio.tables import COUNTS, CRS, check
from tests.areas.toy import make_areas, toy


def doors(*rows: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Return doors of km east, km north, dwellings and those of them in houses."""
    east, north, homes, houses = map(np.array, zip(*rows, strict=True))
    return gpd.GeoDataFrame(
        {"dwellings_count": homes.astype(float), "houses_count": houses.astype(float)},
        geometry=shapely.points(1000 * east, 1000 * north),
        index=pd.Index([""] * len(rows), name="area_code"),
        crs=CRS,
    )


SOME = doors(
    (0.55, 0.55, 30, 0),  # a: a block of flats
    (0.56, 0.56, 2, 2),  # in the same square, too few houses to be told
    (0.25, 0.95, 12, 12),
    (1.50, 0.50, 9, 0),  # c: fewer than ten
    (1.00, 1.50, 20, 20),  # on the border of b and d: b is the first
    (9.00, 9.00, 99, 0),  # outside
)


def test_a_door_belongs_to_the_first_area_that_it_lies_in() -> None:
    places = located(SOME, toy().geometry.to_numpy())
    assert places.tolist() == [0, 0, 0, 2, 1, -1]


def test_doors_are_told_from_ten_up_and_houses_and_flats_apart() -> None:
    counts = check(count_doors(SOME, toy(), least=10), COUNTS)
    expected = pd.DataFrame(
        {
            "doors_count": [44.0, 20.0, np.nan, np.nan, np.nan],
            "doors_houses_count": [14.0, 20.0, np.nan, np.nan, np.nan],
            "doors_flats_count": [30.0, 0.0, np.nan, np.nan, np.nan],
            "built_hectares_count": [2.0, 1.0, np.nan, np.nan, np.nan],
        },
        index=toy().index,
    )
    pd.testing.assert_frame_equal(counts, expected)


def test_a_part_below_ten_hides_the_other_part_too() -> None:
    counts = count_doors(doors((0.5, 0.5, 30, 0), (0.2, 0.2, 3, 3)), toy(), least=10)
    assert counts.loc["a", "doors_count"] == 33
    assert counts.loc["a", ["doors_houses_count", "doors_flats_count"]].isna().all()


def test_points_without_dwellings_tell_the_built_ground_alone() -> None:
    bare = doors(*[(0.05 + 0.1 * number, 0.5, np.nan, np.nan) for number in range(10)])
    counts = count_doors(bare, toy(), least=10).loc["a"]
    assert counts["built_hectares_count"] == 10
    assert counts.filter(like="doors").isna().all()


def test_every_door_and_every_square_is_counted_once() -> None:
    rng = np.random.default_rng(1)
    where, homes = rng.uniform(0, 2, (500, 2)), rng.integers(10, 40, 500)
    many = doors(*((*xy, n, n * (n % 2)) for xy, n in zip(where, homes, strict=True)))
    counts, squares = count_doors(many, toy(), least=1), np.unique(np.floor(where * 10), axis=0)
    assert counts["doors_count"].sum() == homes.sum()
    assert counts["built_hectares_count"].sum() == pytest.approx(len(squares))
    turned = count_doors(many.iloc[::-1], toy(), least=1)
    pd.testing.assert_frame_equal(turned, counts)


DISTRICT = make_areas({"x": (0, 0, 2, 1)})
HALVES = make_areas({"a": (0, 0, 1, 1), "c": (1, 0, 2, 1)})
UNEVEN = doors((0.5, 0.5, 30, 0), (1.5, 0.5, 10, 0))


def weights(control: Control) -> list[float]:
    ground = share_ground(DISTRICT, HALVES)
    frame = crosswalk_of(ground, (DISTRICT, HALVES), control, kappa=2.0).frame
    return frame["weight"].round(6).tolist()


def test_a_split_follows_the_doors() -> None:
    whole = DISTRICT.assign(population_count=100.0)
    assert weights(Control()) == [0.5, 0.5]
    assert weights(Control(whole)) == [0.5, 0.5]
    assert weights(Control(whole, UNEVEN)) == [0.75, 0.25]
    assert weights(Control(None, UNEVEN)) == [0.75, 0.25]


def test_residents_count_before_doors_where_both_are_known() -> None:
    assert weights(Control(HALVES.assign(population_count=[100.0, 100.0]), UNEVEN)) == [0.5, 0.5]


def test_few_doors_say_nothing_of_where_people_live() -> None:
    few = doors((0.5, 0.5, 8, 0), (1.5, 0.5, 1, 0))
    whole = DISTRICT.assign(population_count=100.0)
    assert weights(Control(whole, few)) == weights(Control(None, few)) == [0.5, 0.5]


def test_doors_outside_the_targets_leave_the_ground_to_decide() -> None:
    away = doors((0.5, 1.5, 50, 0))
    tall = make_areas({"x": (0, 0, 2, 2)})
    ground = share_ground(tall, HALVES)
    frame = crosswalk_of(ground, (tall, HALVES), Control(None, away), kappa=2.0).frame
    assert frame["weight"].tolist() == [0.5, 0.5]
