"""Traps of geometry: every shape ends where it belongs in EPSG:3006, or the file is refused."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geoprio.errors import SourceError
from geoprio.sources import read_source
from tests.sources.toy import CODES, area_source, districts, square, write_zip

SQUARES = [square(660_000, 6_599_000), square(661_000, 6_599_000)]


def read(folder: Path, content: dict[str, Any] | str, **changes: object) -> gpd.GeoDataFrame:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "toy.geojson").write_text(text, encoding="utf-8")
    return read_source(area_source(**changes), folder, county_code="01")


def in_crs(crs: str) -> list[dict[str, Any]]:
    shapes = gpd.GeoSeries([shapely.geometry.shape(s) for s in SQUARES], crs=3006).to_crs(crs)
    return [shapely.geometry.mapping(shape) for shape in shapes]


def declared(content: dict[str, Any], crs: str) -> dict[str, Any]:
    name = f"urn:ogc:def:crs:{crs.replace(':', '::')}"
    return {**content, "crs": {"type": "name", "properties": {"name": name}}}


def swapped(shape: dict[str, Any]) -> dict[str, Any]:
    return {**shape, "coordinates": [[list(p)[::-1] for p in r] for r in shape["coordinates"]]}


def test_metres_without_a_declared_crs_are_read_as_3006(tmp_path: Path) -> None:
    """As the polling-district zip has them: GDAL takes them for degrees."""
    write_zip(tmp_path / "toy.zip", {"VD_01.json": districts()})
    areas = read_source(area_source(), tmp_path, county_code="01")
    assert areas.crs.to_epsg() == 3006
    assert list(areas.index) == list(CODES)
    assert list(areas["area_name"]) == ["Distrikt 1", "Distrikt 2"]
    assert list(areas["municipality_code"]) == ["0114", "0114"]
    assert list(areas.total_bounds) == [660_000, 6_599_000, 662_000, 6_600_000]


def test_metres_declared_as_4326_are_read_as_3006(tmp_path: Path) -> None:
    areas = read(tmp_path, declared(districts(), "EPSG:4326"))
    assert list(areas.total_bounds) == [660_000, 6_599_000, 662_000, 6_600_000]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3011", "EPSG:3857"])
def test_another_crs_that_is_declared_right_is_transformed(tmp_path: Path, crs: str) -> None:
    areas = read(tmp_path, declared(districts(in_crs(crs)), crs))
    assert areas.total_bounds == pytest.approx([660_000, 6_599_000, 662_000, 6_600_000], abs=1)


def test_degrees_under_a_source_that_expects_metres_are_seen(tmp_path: Path) -> None:
    areas = read(tmp_path, districts(in_crs("EPSG:4326")))
    assert areas.total_bounds == pytest.approx([660_000, 6_599_000, 662_000, 6_600_000], abs=1)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3021", "EPSG:3011"])
def test_another_crs_that_is_not_declared_is_refused(tmp_path: Path, crs: str) -> None:
    with pytest.raises(SourceError, match=r"outside Sweden.*state the right `crs`"):
        read(tmp_path, districts(in_crs(crs)))


@pytest.mark.parametrize("crs", ["EPSG:3006", "EPSG:4326"])
def test_swapped_axes_are_refused_and_named(tmp_path: Path, crs: str) -> None:
    shapes = [swapped(shape) for shape in in_crs(crs)]
    with pytest.raises(SourceError, match=rf"swapped axes.*\(north, east\) in {crs}"):
        read(tmp_path, districts(shapes))


def test_one_stray_shape_is_enough_to_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="outside Sweden"):
        read(tmp_path, districts([SQUARES[0], square(100, 100)]))


def test_an_invalid_ring_becomes_valid_polygons(tmp_path: Path) -> None:
    """A bow tie of two triangles, each a quarter of the square."""
    w, s = 660_000, 6_599_000
    bow = [[w, s], [w + 1000, s + 1000], [w + 1000, s], [w, s + 1000], [w, s]]
    areas = read(tmp_path, districts([{"type": "Polygon", "coordinates": [bow]}, SQUARES[1]]))
    assert areas.geometry.is_valid.all()
    assert areas.geometry.iloc[0].geom_type == "MultiPolygon"
    assert areas.geometry.area.iloc[0] == pytest.approx(500_000)
    assert areas.geometry.area.iloc[1] == pytest.approx(1_000_000)


def test_a_collection_keeps_its_polygons_only(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[660_000, 6_599_000], [660_500, 6_599_000]]}
    mixed = {"type": "GeometryCollection", "geometries": [line, SQUARES[0]]}
    areas = read(tmp_path, districts([mixed, SQUARES[1]]))
    assert list(areas.geometry.geom_type) == ["MultiPolygon", "Polygon"]
    assert areas.geometry.area.iloc[0] == pytest.approx(1_000_000)


def test_an_area_without_a_polygon_is_named(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [660_000, 6_599_000]}
    with pytest.raises(SourceError, match=r"(?s)without any polygon.*01140102"):
        read(tmp_path, districts([SQUARES[0], point]))


def test_a_feature_without_geometry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no geometry in feature 2"):
        read(tmp_path, districts([SQUARES[0], None]))


def test_heights_are_dropped(tmp_path: Path) -> None:
    ring = [[*point, 12.5] for point in SQUARES[0]["coordinates"][0]]
    areas = read(tmp_path, districts([{"type": "Polygon", "coordinates": [ring]}, SQUARES[1]]))
    assert not areas.geometry.has_z.any()


def test_one_page_of_a_wfs_reply_is_refused(tmp_path: Path) -> None:
    page = {**districts(), "numberMatched": 6160, "numberReturned": 2}
    with pytest.raises(SourceError, match="holds 2 of 6160 features"):
        read(tmp_path, page)


def test_a_wfs_error_saved_as_geojson_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="begins with '<ServiceExceptionReport"):
        read(tmp_path, "<ServiceExceptionReport><ServiceException/></ServiceExceptionReport>")


@pytest.mark.parametrize("content", ['{"type": "FeatureCollection", "features": [', "{}", "[1]"])
def test_a_truncated_geojson_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match="GeoJSON"):
        read(tmp_path, content)


def test_an_empty_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no features"):
        read(tmp_path, '{"type": "FeatureCollection", "features": []}')


def test_codes_kept_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    assert list(read(tmp_path, districts(codes=(1140101, 1140102))).index) == list(CODES)


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)stand twice.*01140101: feature 1, 2"):
        read(tmp_path, districts(codes=("01140101", "01140101")))


def test_only_the_countys_areas_are_kept(tmp_path: Path) -> None:
    assert list(read(tmp_path, districts(codes=("01140101", "03050101"))).index) == ["01140101"]


def test_a_file_of_another_county_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no row of county 01; found county 03 \(2 rows\)"):
        read(tmp_path, districts(codes=("03050101", "03050102")))


def test_a_name_that_is_a_formula_is_refused_and_other_signs_are_text(tmp_path: Path) -> None:
    content = districts()
    content["features"][0]["properties"]["Vdnamn"] = "+46 -1 @Torget"
    assert read(tmp_path, content)["area_name"].iloc[0] == "+46 -1 @Torget"
    content["features"][0]["properties"]["Vdnamn"] = "=HYPERLINK(A1)"
    with pytest.raises(SourceError, match=r"(?s)'Vdnamn' holds formulas.*01140101"):
        read(tmp_path, content)


def test_a_missing_column_lists_those_found(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)'namn' is missing.*'Lkfv', 'Vdnamn'"):
        read(tmp_path, districts(), texts={"area_name": "namn"})
