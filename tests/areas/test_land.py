"""Land and sea around a county, by the shores that geoprio comes with."""

import geopandas as gpd
import pytest
import shapely

from geoprio.areas.land import land_about


def about(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Return the land about a box of degrees, in degrees."""
    box = gpd.GeoDataFrame(geometry=[shapely.box(west, south, east, north)], crs=4326).to_crs(3006)
    return land_about(box).to_crs(4326).iloc[0]


@pytest.mark.parametrize(
    ("name", "lon", "lat", "is_land"),
    [
        ("Tensta", 17.90, 59.39, True),
        ("Uppsala, beyond the county", 17.63, 59.86, True),
        ("Östersjön", 19.6, 59.2, False),
        ("Halvkakssundet, between islands", 18.2092, 59.3417, False),
    ],
)
def test_the_sea_is_no_land_and_the_neighbours_are(
    name: str, lon: float, lat: float, is_land: bool
) -> None:
    assert about(17.2, 58.8, 19.3, 60.2).covers(shapely.Point(lon, lat)) == is_land, name


def test_beyond_the_norwegian_border_is_no_sea() -> None:
    assert about(11.7, 59.0, 14.3, 61.0).covers(shapely.Point(11.4, 60.4))
    assert not about(10.9, 57.6, 12.3, 59.1).covers(shapely.Point(10.9, 58.3))


def test_a_wide_screen_sees_land_on_both_sides_of_a_narrow_county() -> None:
    """Västerås is as far from a county of 30 x 150 km as that is high."""
    assert about(18.0, 58.8, 18.5, 60.2).covers(shapely.Point(16.3, 59.65))
