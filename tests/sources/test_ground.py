"""What maps draw and nothing is counted in: own water, land and roads."""

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
