"""Each area is told which places are nearest to where its people live."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.areas import build_atlas
from geoprio.areas.nearest import lived_centres, nearest_places
from geoprio.tables import CRS
from tests.areas.test_doors import doors
from tests.areas.toy import make_areas, toy


def places(*rows: tuple[str, str, float, float, float]) -> gpd.GeoDataFrame:
    """Return places of name, kind, km east, km north and days open."""
    names, kinds, east, north, days = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "place_name": names,
            "place_kind": kinds,
            "open_from": "2026-08-26",
            "open_to": "2026-09-13",
            "open_days_count": days,
        },
        geometry=shapely.points(1000 * np.array(east), 1000 * np.array(north)),
        crs=CRS,
    )


def middles(**km: tuple[float, float]) -> gpd.GeoSeries:
    shapes = shapely.points(1000 * np.array(list(km.values())))
    return gpd.GeoSeries(shapes, index=pd.Index(list(km), name="area_code"), crs=CRS)


def test_the_nearest_of_each_kind_is_told_with_its_distance_and_days() -> None:
    known = places(
        ("Skolan", "polling", 0, 0, np.nan),
        ("Gården", "polling", 4, 0, np.nan),
        ("Biblioteket", "early", 3, 4, 19.0),
    )
    found = nearest_places(middles(a=(0, 0), b=(3, 0)), known)
    assert found["nearest_polling"].tolist() == ["Skolan", "Gården"]
    assert found["nearest_polling_km"].tolist() == [0.0, 1.0]
    assert found["nearest_early_km"].tolist() == [5.0, 4.0]
    assert found["nearest_early_open_days_count"].tolist() == [19.0, 19.0]
    assert [name for name in found if str(name).startswith("nearest_polling_open")] == []


def test_people_live_where_their_doors_are_else_in_town() -> None:
    people = pd.Series([100.0, 300.0, 0.0, 0.0, np.nan], toy().index)
    key = pd.DataFrame({"parent_code": list("ppqqq"), "parent_name": list("PPQQQ")}, toy().index)
    names = pd.Series({"0199": "Staden"})
    atlas = build_atlas(
        ("deso_2018", toy()), people, ("regso_2020", key), {}, municipality_names=names
    )
    bare = lived_centres(atlas, "deso_2018")
    assert (bare.x["a"], bare.y["a"]) == (500.0, 500.0)
    # Of P three in four live in b, which lies a kilometre north of a.
    assert round(lived_centres(atlas, "regso_2020").y["p"]) == round(
        0.25 * bare.y["a"] + 0.75 * bare.y["b"]
    )
    town = make_areas({"t": (0.8, 0.8, 1.0, 1.0)})
    inside = lived_centres(atlas, "deso_2018", town)
    assert 800 <= inside.x["a"] <= 1000
    assert inside["b"] == bare["b"]
    block, houses = (0.1, 0.1, 30, 0), [(0.3, 0.1, 1, 1)] * 10
    centre = lived_centres(replace(atlas, doors=doors(block, *houses)), "deso_2018", town)["a"]
    assert (round(centre.x), round(centre.y)) == (150, 100)
    # Nine addresses are too few: their middle would tell of each of them.
    few = lived_centres(replace(atlas, doors=doors(block, *houses[:8])), "deso_2018", town)
    assert few["a"] == inside["a"]
