"""The map's shapes: light, whole, and where they should be."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from geoprio.errors import ContractError
from geoprio.outputs.maps import build_map
from geoprio.outputs.maps.geometry import PRECISION, draw_areas, encode_shapes
from geoprio.outputs.maps.payload import to_json
from tests.outputs.conftest import toy_areas, toy_layers, toy_levels, toy_page


def decoded(shapes: dict[str, list[int]]) -> list[shapely.Geometry]:
    """Return the polygons a page would draw (rings of one part each)."""
    points = np.cumsum(np.array(shapes["xy"]).reshape(-1, 2), axis=0) / PRECISION
    rings = np.split(points, np.cumsum(shapes["rings"])[:-1])
    assert shapes["parts"] == [1] * len(rings)
    return [shapely.Polygon(ring) for ring in rings]


def test_encoded_shapes_are_the_shapes_to_a_metre() -> None:
    areas = toy_areas(4, [f"A{n}" for n in range(16)], "R")
    drawn = draw_areas(areas).areas
    back = gpd.GeoSeries(decoded(encode_shapes(drawn)), crs=4326).to_crs(3006)
    difference = shapely.hausdorff_distance(back.to_numpy(), areas.geometry.to_numpy())
    assert difference.max() < 1.0


def test_holes_and_parts_survive_encoding() -> None:
    ring = box(0, 0, 1, 1).difference(box(0.25, 0.25, 0.5, 0.5))
    two = shapely.MultiPolygon([box(2, 0, 3, 1), box(4, 0, 5, 1)])
    encoded = encode_shapes(gpd.GeoSeries([ring, two]))
    assert (encoded["areas"], encoded["parts"]) == ([1, 2], [2, 1, 1])
    assert encoded["rings"] == [4, 4, 4, 4]


def test_gaps_and_overlaps_are_closed_and_no_area_is_lost() -> None:
    """Neighbours that overlap by 5 m or gape by 20 m, and a speck under the tolerance.

    a|b|c on a row: a and b overlap, b and c gape (above and below they meet), d is 3 m wide.
    """
    e, n = 670_000.0, 6_580_000.0
    shapes = [
        box(e, n, e + 1005, n + 1000),
        box(e + 1000, n, e + 2000, n + 1000).difference(box(e + 1980, n + 100, e + 2001, n + 900)),
        box(e + 2000, n, e + 3000, n + 1000),
        box(e + 3000, n, e + 3003, n + 3),
    ]
    areas = gpd.GeoDataFrame(
        {"area_name": list("abcd"), "municipality_code": "0180"},
        geometry=shapes,
        index=pd.Index(list("abcd"), name="area_code"),
        crs=3006,
    )
    drawn = draw_areas(areas)
    back = drawn.areas.to_crs(3006)
    assert not back.is_empty.any()
    assert back.iloc[:3].union_all().area == pytest.approx(back.iloc[:3].area.sum(), abs=1.0)
    assert back.iloc[:3].union_all().area == pytest.approx(3_000_000, rel=1e-3)
    assert drawn.borders.index.tolist() == ["0180"]


def test_swapped_axes_are_refused() -> None:
    level = toy_levels()[0]
    swapped = shapely.transform(level.areas.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    areas = level.areas.set_geometry(gpd.GeoSeries(swapped, index=level.areas.index, crs=3006))
    with pytest.raises(ContractError, match="northing and easting"):
        build_map([replace(level, areas=areas)], toy_layers(), page=toy_page())


@pytest.mark.real
def test_the_real_county_is_light(real_raw: Path) -> None:
    frame = gpd.read_file(real_raw / "deso-2018-stockholms-lan-forenklad.geojson").to_crs(3006)
    frame["geometry"] = frame.geometry.make_valid()
    areas = frame.set_index("id").sort_index().rename_axis("area_code")
    areas = areas.assign(municipality_code=areas["kommun"])
    drawn = draw_areas(areas)
    assert len(drawn.areas) == 1287
    assert not drawn.areas.is_empty.any()
    assert len(drawn.borders) == 26
    assert len(to_json(encode_shapes(drawn.areas))) < 600_000
    moved = drawn.areas.to_crs(3006).symmetric_difference(areas.geometry, align=False).area.sum()
    assert moved < 0.005 * areas.area.sum()
