"""Points with a code each are read from a map file, and nothing of it but code and place."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source

SOURCE = load_source("own_postal_points", [shipped_folder()])
FILE = "egna-postnummerpunkter.geojson"


def read(folder: Path, **columns: object) -> gpd.GeoDataFrame:
    shapes = columns.pop("geometry", [Point(670_000, 6_580_000), Point(660_000, 6_580_000)])
    gpd.GeoDataFrame(columns, geometry=shapes, crs=3006).to_file(folder / FILE, driver="GeoJSON")
    frame = read_source(SOURCE, folder, county_code="01")
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame


def test_points_by_code_sorted_and_without_other_columns(tmp_path: Path) -> None:
    frame = read(tmp_path, postnummer=["111 22", "11122"], namn=["Anna", "Bo"])
    assert list(frame) == ["geometry"]
    assert frame.index.tolist() == ["11122", "11122"]
    assert frame.crs.to_epsg() == 3006
    assert frame.geometry.x.round().tolist() == [660_000, 670_000]


def test_a_column_of_numbers_is_read_as_codes(tmp_path: Path) -> None:
    assert read(tmp_path, postcode=[11122, 18430]).index.tolist() == ["11122", "18430"]


def test_faults_are_told_at_once(tmp_path: Path) -> None:
    shapes = [Point(670_000, 6_580_000), box(670_000, 6_580_000, 670_100, 6_580_100)]
    with pytest.raises(SourceError) as caught:
        read(tmp_path, postnr=["1112", "11122"], geometry=shapes)
    assert "'1112' does not fit the pattern" in str(caught.value)
    assert "1 features are no points (Polygon)" in str(caught.value)
    with pytest.raises(SourceError, match=r"column 'POSTNR' is missing; found"):
        read(tmp_path, ort=["A", "B"])
