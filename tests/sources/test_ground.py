"""What maps draw and nothing is counted in: own water, land, roads and places."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source

EASTING, NORTHING = 670_000.0, 6_580_000.0
LAKE = shapely.box(EASTING, NORTHING, EASTING + 500, NORTHING + 500)


def read(name: str, folder: Path) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(read_source(load_source(name), folder, county_code="01"))


def write_water(folder: Path, **columns: list[str]) -> None:
    shapes = [shapely.transform(LAKE, lambda at: at + 5_000), LAKE]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=3006)
    frame.to_file(folder / "eget-vatten.gpkg", driver="GPKG", layer="vatten")


def test_water_of_the_shipped_example_is_read_by_name_and_nothing_else_is_kept(
    tmp_path: Path,
) -> None:
    write_water(tmp_path, NAMN=["Trekanten", "Råcksta träsk"], agare=["Anna", "Bo"])
    water = read("own_water", tmp_path)
    assert water["area_name"].tolist() == ["Råcksta träsk", "Trekanten"]
    assert list(water.columns) == ["area_name", "geometry"]
    assert water.geometry.iloc[0].equals(LAKE)
    assert water.crs.to_epsg() == 3006


@pytest.mark.parametrize(
    "text",
    [
        "name,lat,lon\nTensta,59.394,17.899\nAlby,59.239,17.845\n",
        "Namn;Latitud;Longitud\nTensta;59,394;17,899\nAlby;59,239;17,845\n",
    ],
    ids=["English", "Swedish Excel"],
)
def test_places_of_a_table_are_points_with_names(tmp_path: Path, text: str) -> None:
    (tmp_path / "egna-platser.csv").write_text(text, encoding="utf-8-sig")
    places = read("own_places", tmp_path)
    assert places["area_name"].tolist() == ["Alby", "Tensta"]
    degrees = places.to_crs(4326).geometry
    assert degrees.y.round(3).tolist() == [59.239, 59.394]
    assert degrees.x.round(3).tolist() == [17.845, 17.899]


def test_an_area_as_a_place_stands_in_its_middle(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["Centrum"]}, geometry=[LAKE], crs=3006)
    frame.to_file(tmp_path / "egna-platser.geojson", driver="GeoJSON")
    (point,) = read("own_places", tmp_path).geometry
    assert point.geom_type == "Point"
    assert LAKE.contains(point)


def test_a_table_without_degrees_says_which_columns_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "egna-platser.csv").write_text("name,lat\nTensta,59.394\n", encoding="utf-8")
    with pytest.raises(SourceError, match="the file lacks lon"):
        read("own_places", tmp_path)


def test_a_place_without_coordinates_is_told_by_its_row(tmp_path: Path) -> None:
    text = "name,lat,lon\nTensta,59.394,17.899\nAlby,norr,17.845\n"
    (tmp_path / "egna-platser.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"1 features? ha(s|ve) no shape|2"):
        read("own_places", tmp_path)


def test_water_that_is_lines_and_a_column_that_is_not_there_are_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"NAMN": ["Å"]}, geometry=[LAKE.exterior], crs=3006)
    frame.to_file(tmp_path / "eget-vatten.geojson", driver="GeoJSON")
    with pytest.raises(SourceError, match="of another kind"):
        read("own_water", tmp_path)
    frame.rename(columns={"NAMN": "titel"}).to_file(
        tmp_path / "eget-vatten.geojson", driver="GeoJSON"
    )
    with pytest.raises(SourceError, match="column 'NAMN' is missing"):
        read("own_water", tmp_path)
