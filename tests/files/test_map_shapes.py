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
from geoprio.files.maps import build_map
from geoprio.files.maps.geometry import PRECISION, draw_areas, encode_shapes, label_points
from geoprio.files.maps.payload import to_json
from tests.files.conftest import toy_areas, toy_layers, toy_levels, toy_page
from tests.unpacked import shapes_of


def test_encoded_shapes_are_the_shapes_to_a_metre() -> None:
    areas = toy_areas(4, [f"A{n}" for n in range(16)], "R")
    drawn = draw_areas(areas)
    back = gpd.GeoSeries(shapes_of(encode_shapes(drawn), PRECISION), crs=4326).to_crs(3006)
    difference = shapely.hausdorff_distance(back.to_numpy(), areas.geometry.to_numpy())
    assert difference.max() < 1.0


def test_holes_and_parts_survive_encoding() -> None:
    ring = box(0, 0, 1, 1).difference(box(0.25, 0.25, 0.5, 0.5))
    two = shapely.MultiPolygon([box(2, 0, 3, 1), box(4, 0, 5, 1)])
    encoded = encode_shapes(gpd.GeoSeries([ring, two]))
    assert (encoded["areas"], encoded["parts"]) == ([1, 2], [2, 1, 1])
    back = shapes_of(encoded, PRECISION)
    assert [shapely.equals(one, other) for one, other in zip(back, [ring, two], strict=True)]


def test_a_border_is_sent_once_whoever_it_belongs_to() -> None:
    """Two squares side by side, an enclave in the first, and an island.

    Three arcs around and between the two (each outer side, the border), one each for the enclave,
    which is a hole and an area, and the island.
    """
    hole = box(0.2, 0.2, 0.4, 0.4)
    shapes = [box(0, 0, 1, 1).difference(hole), box(1, 0, 2, 1), hole, box(3, 0, 4, 1)]
    encoded = encode_shapes(gpd.GeoSeries(shapes))
    assert len(encoded["arcs"]) == 5
    assert len(encoded["refs"]) == 7
    back = shapes_of(encoded, PRECISION)
    assert all(shapely.equals(one, other) for one, other in zip(back, shapes, strict=True))
    assert shapely.coverage_is_valid(np.array(back))


def test_neighbours_fit_after_everything_that_is_done_to_them() -> None:
    """A wavy coverage: simplified, rounded, cut into arcs and put together again, it fits."""
    rng = np.random.default_rng(5)
    points = shapely.MultiPoint(np.array([670_000, 6_580_000]) + rng.uniform(0, 20_000, (60, 2)))
    cells = shapely.voronoi_polygons(points, extend_to=None)
    dense = shapely.segmentize(shapely.get_parts(cells), 40)
    wavy = shapely.transform(
        dense, lambda xy: xy + 15 * np.sin(xy[:, ::-1] / 90) * np.array([1, -1])
    )
    areas = gpd.GeoDataFrame(
        {"municipality_code": "0180"},
        geometry=wavy,
        index=pd.Index([f"A{n:02d}" for n in range(len(wavy))], name="area_code"),
        crs=3006,
    )
    drawn = draw_areas(areas)
    back = shapes_of(encode_shapes(drawn), PRECISION)
    assert len(back) == len(areas)
    assert shapely.coverage_is_valid(np.array(back))
    labels = shapely.points([point[::-1] for point in label_points(drawn)])
    assert shapely.intersects(np.array(back), shapely.buffer(labels, 2 / PRECISION)).all()


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
    back = drawn.to_crs(3006)
    assert not back.is_empty.any()
    assert back.iloc[:3].union_all().area == pytest.approx(back.iloc[:3].area.sum(), abs=1.0)
    assert back.iloc[:3].union_all().area == pytest.approx(3_000_000, rel=1e-3)


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
    assert len(drawn) == 1287
    assert not drawn.is_empty.any()
    encoded = encode_shapes(drawn)
    assert len(to_json(encoded)) < 300_000
    assert shapely.coverage_is_valid(np.array(shapes_of(encoded, PRECISION)))
    moved = drawn.to_crs(3006).symmetric_difference(areas.geometry, align=False).area.sum()
    assert moved < 0.005 * areas.area.sum()
