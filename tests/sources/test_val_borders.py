"""Polling districts of 2024 and 2026: other names, another CRS declared or none at all."""

from pathlib import Path
from typing import Any

import pytest

from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source
from tests.sources.toy import districts, write_zip

CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}


def shipped(year: int, folder: Path) -> Any:  # noqa: ANN401 - a GeoDataFrame
    source = load_source(f"val_valdistrikt_{year}", [shipped_folder()])
    return read_source(source, folder, county_code="01")


def of_2026(*codes: str) -> dict[str, Any]:
    collection = districts(codes=codes or ("01140101", "01140102"))
    for feature in collection["features"]:
        old = feature["properties"]
        feature["properties"] = {
            "Valdistriktskod": old["Lkfv"],
            "Valdistriktsnamn": old["Vdnamn"],
            "Länskod": old["Lkfv"][:2],
            "Kommunkod": old["Lkfv"][:4],
        }
    return collection


@pytest.mark.parametrize("head", [{}, {"crs": CRS}])
def test_2026_is_read_with_and_without_its_crs(tmp_path: Path, head: dict[str, Any]) -> None:
    member = {"valdistrikt-riket-2026.geojson": of_2026() | head}
    write_zip(tmp_path / "valdistrikt-riket-2026.zip", member)
    frame = shipped(2026, tmp_path)
    assert list(frame.index) == ["01140101", "01140102"]
    assert frame.crs.to_epsg() == 3006
    assert frame.area.tolist() == pytest.approx([1e6, 1e6])
    assert frame.loc["01140101", "area_name"] == "Distrikt 1"
    assert frame.loc["01140101", "municipality_code"] == "0114"


def test_only_the_county_of_the_whole_country_is_kept(tmp_path: Path) -> None:
    member = {"valdistrikt-riket-2026.geojson": of_2026("01140101", "14800101")}
    write_zip(tmp_path / "valdistrikt-riket-2026.zip", member)
    assert list(shipped(2026, tmp_path).index) == ["01140101"]


def test_the_eu_election_of_2024_has_the_names_of_2022(tmp_path: Path) -> None:
    name = "valdistrikt-stockholms-lan-eu-val.zip"
    write_zip(tmp_path / name, {"VD_01_20240609.json": districts()})
    frame = shipped(2024, tmp_path)
    assert list(frame.index) == ["01140101", "01140102"]
    assert frame.area.tolist() == pytest.approx([1e6, 1e6])


def test_the_borders_of_another_year_are_refused(tmp_path: Path) -> None:
    write_zip(tmp_path / "valdistrikt-riket-2026.zip", {"x.geojson": districts()})
    with pytest.raises(SourceError, match=r"(?s)'Valdistriktskod' is missing.*found: 'Lkfv'"):
        shipped(2026, tmp_path)
