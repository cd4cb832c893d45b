"""Laws of turfs: every area in one, each of one piece, as equal as areas allow, and repeated."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse.csgraph import connected_components

from geoprio.areas import shared_borders
from geoprio.plans.turfs import places_of, turfs

SIDE = 12


def grid(seed: int = 1) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Return a map of squares in places of nine, and how many doors each has."""
    at = [(column, row) for row in range(SIDE) for column in range(SIDE)]
    boxes = [shapely.box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x, y in at]
    names = [f"Place {x // 3}{'abcd'[y // 3]} {1 + x % 3 + 3 * (y % 3)}" for x, y in at]
    codes = pd.Index([f"A{number:03}" for number in range(len(at))], name="area_code")
    areas = gpd.GeoDataFrame({"area_name": names}, geometry=boxes, index=codes, crs=3006)
    doors = np.random.default_rng(seed).integers(20, 90, len(at)).astype(float)
    return areas, pd.Series(doors, codes)


def drawn(areas: gpd.GeoDataFrame, doors: pd.Series, size: float, **more: float) -> pd.DataFrame:
    return turfs(areas, doors, size, rng=np.random.default_rng(4), **more)


def pieces(areas: gpd.GeoDataFrame) -> int:
    return int(connected_components(shared_borders(areas), directed=False)[0])


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    areas, doors = grid()
    return drawn(areas, doors, doors.sum() / 16)


def test_every_area_is_in_one_turf_of_one_piece_and_turfs_are_equal(made: pd.DataFrame) -> None:
    areas, doors = grid()
    assert made.index.equals(areas.index)
    assert sorted(made["turf"].unique()) == list(range(1, 17))
    assert (made["evenings"] == 1).all()
    for _, own in areas.groupby(made["turf"]):
        assert pieces(own) == 1
    sums = doors.groupby(made["turf"]).sum()
    apart = made.groupby("turf")["deviation"].first()
    np.testing.assert_allclose(apart, sums / sums.mean() - 1)
    assert apart.abs().max() <= 0.05
    assert (made["link_m"] == 0).all()


def test_the_same_seed_gives_the_same_turfs_in_any_order_of_rows(made: pd.DataFrame) -> None:
    areas, doors = grid()
    mixed = areas.sample(frac=1, random_state=1)
    again = drawn(mixed, doors.sample(frac=1, random_state=2), doors.sum() / 16)
    pd.testing.assert_frame_equal(again, made.loc[mixed.index])
    other = turfs(areas, doors, doors.sum() / 16, rng=np.random.default_rng(5))
    assert not other["turf"].equals(made["turf"])


def test_no_turf_crosses_an_association_and_one_does_not_change_another() -> None:
    areas, doors = grid()
    half = areas.geometry.centroid.x < 600
    areas["association"] = half.map({True: "=SUM(A1)", False: "<b>Ö'st</b>\n"})
    areas.loc["A000", "association"] = None
    found = drawn(areas, doors, 400)
    owners = areas["association"].fillna("none").groupby(found["turf"]).nunique()
    assert (owners == 1).all()
    assert (found["turf"] == found.loc["A000", "turf"]).sum() == 1
    west = areas[half & areas["association"].notna()]
    alone = drawn(west, doors, 400)
    assert len(set(zip(alone["turf"], found.loc[west.index, "turf"], strict=True))) == (
        alone["turf"].nunique()
    )


def test_islands_and_what_hangs_on_by_one_area_are_reached_by_the_nearest_link() -> None:
    areas, doors = grid()
    far = shapely.affinity.translate(shapely.box(0, 0, 100, 100), 1500, 0)
    hook = shapely.box(1200, 0, 1300, 100)  # hangs on the south-east corner alone
    more = gpd.GeoDataFrame(
        {"area_name": ["Holme", "Udde"]}, geometry=[far, hook], index=["I", "U"], crs=3006
    )
    both = pd.concat([areas, more]).rename_axis("area_code")
    doors = pd.concat([doors, pd.Series({"I": 60.0, "U": 50.0})])
    joined = drawn(both, doors, 400)
    island = joined["turf"] == joined.loc["I", "turf"]
    assert island.sum() > 1
    assert joined.loc[island, "link_m"].iloc[0] >= 200
    assert joined.loc["U", "turf"] in joined.loc[joined.index.difference(["U"]), "turf"].to_numpy()
    apart = drawn(both, doors, 400, reach_m=100)
    assert (apart["turf"] == apart.loc["I", "turf"]).sum() == 1
    assert apart.loc["I", "link_m"] == 0


def test_areas_larger_than_an_evening_take_several_and_unknown_doors_are_told() -> None:
    areas, doors = grid()
    big = drawn(areas, doors * 10, 100)
    assert big["turf"].nunique() == len(areas)
    many = np.maximum((doors * 10 / 100).round(), 1)
    assert (big["evenings"] - many).abs().max() <= 1
    doors["A000"] = np.nan
    found = drawn(areas, doors, 400)
    unknown = found["turf"] == found.loc["A000", "turf"]
    assert found["deviation"].isna().equals(unknown)
    pd.testing.assert_series_equal(
        drawn(areas, doors * np.nan, 400)["turf"], drawn(areas, doors * 0, 400)["turf"]
    )


def test_one_area_and_none() -> None:
    areas, doors = grid()
    one = drawn(areas.iloc[:1], doors, 1000)
    assert one[["turf", "evenings"]].to_numpy().tolist() == [[1, 1]]
    assert drawn(areas.iloc[:0], doors, 1000).empty


def test_turfs_keep_to_places(made: pd.DataFrame) -> None:
    areas, doors = grid()
    nameless = drawn(areas.drop(columns="area_name"), doors, doors.sum() / 16)
    places = places_of(areas)
    assert places.nunique() == (SIDE // 3) ** 2
    named, blind = (places.groupby(one["turf"]).nunique().mean() for one in (made, nameless))
    assert named < blind
