"""Borders from a file of the user's own: every format says the same, or says what is wrong."""

import io
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import Point, box

from geoprio.errors import SourceError
from geoprio.sources import Source, load_source, read_source
from geoprio.sources import borders as boundaries
from geoprio.tables import NOT_TOLD
from tests.sources.toy import area_source

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
Write = Callable[[gpd.GeoDataFrame, Path], None]


def square(west: float) -> shapely.Polygon:
    return shapely.box(west, 6_599_000, west + 1000, 6_600_000)


def districts(**changes: object) -> gpd.GeoDataFrame:
    table: dict[str, object] = {
        "Lkfv": ["01140102", "01140101"],
        "Vdnamn": ["Åkerö", "Söderön"],
        "geometry": [square(661_000), square(660_000)],
    }
    return gpd.GeoDataFrame({**table, **changes}, crs=3006)


def own_source(**changes: object) -> Source:
    return area_source(**{"reader": "boundaries", "options": {}, **changes})


def read(folder: Path, **changes: object) -> gpd.GeoDataFrame:
    return read_source(own_source(**changes), folder, county_code="01")


def to_zip(folder: Path, zipped: Path) -> None:
    """Pack a folder and remove it, names within a folder of their own."""
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, f"karta/{path.name}")
            path.unlink()
    folder.rmdir()


def zipping(write: Write, name: str) -> Write:
    def zip_it(frame: gpd.GeoDataFrame, path: Path) -> None:
        inner = path.parent / "inner"
        inner.mkdir()
        write(frame, inner / name)
        to_zip(inner, path)

    return zip_it


to_geojson = partial(gpd.GeoDataFrame.to_file, driver="GeoJSON")
to_geopackage = partial(gpd.GeoDataFrame.to_file, driver="GPKG", layer="vd")
to_parquet = gpd.GeoDataFrame.to_parquet
to_shapefile = partial(gpd.GeoDataFrame.to_file, driver="ESRI Shapefile", encoding="utf-8")

WRITERS: dict[str, tuple[str, Write]] = {
    "geojson": (".geojson", to_geojson),
    "geopackage": (".gpkg", to_geopackage),
    "shapefile": (".shp", to_shapefile),
    "geoparquet": (".parquet", to_parquet),
    "zipped geojson": (".zip", zipping(to_geojson, "a.json")),
    "zipped geopackage": (".zip", zipping(to_geopackage, "a.gpkg")),
    "zipped shapefile": (".zip", zipping(to_shapefile, "a.shp")),
    "zipped geoparquet": (".zip", zipping(to_parquet, "a.geoparquet")),
}


def same(left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, *, metres: float = 0.0) -> None:
    pd.testing.assert_frame_equal(
        pd.DataFrame(left.drop(columns="geometry")), pd.DataFrame(right.drop(columns="geometry"))
    )
    assert left.crs == right.crs
    ours, theirs = left.geometry.normalize(), right.geometry.normalize()
    # One polygon, alone or as the only part of several, is the same ground.
    parts = [shape.explode(index_parts=False).normalize() for shape in (ours, theirs)]
    assert list(parts[0].index) == list(parts[1].index)
    assert parts[0].geom_equals_exact(parts[1], metres).all()


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_gives_the_same_areas(tmp_path: Path, form: str) -> None:
    suffix, write = WRITERS[form]
    write(districts(), tmp_path / f"toy{suffix}")
    areas = read(tmp_path, files=[f"toy{suffix}"])
    expected = gpd.GeoDataFrame(
        {"area_name": ["Söderön", "Åkerö"], "municipality_code": ["0114", "0114"]},
        index=pd.Index(["01140101", "01140102"], name="area_code"),
        geometry=[square(660_000), square(661_000)],
        crs=3006,
    )
    same(areas, expected)


@pytest.mark.real
@pytest.mark.parametrize("form", WRITERS)
def test_the_real_stadsdelar_are_the_same_in_every_format(
    tmp_path: Path, real_raw: Path, form: str
) -> None:
    source = load_source("stadsdel_2021")
    suffix, write = WRITERS[form]
    write(gpd.read_file(real_raw / source.files[0]), tmp_path / f"own{suffix}")
    own = source.model_copy(update={"files": (f"own{suffix}",)})
    expected = read_source(source, real_raw, county_code="01")
    assert len(expected) == 117
    same(read_source(own, tmp_path, county_code="01"), expected, metres=1e-6)


@pytest.mark.real
def test_the_shipped_example_reads_the_real_stadsdelar(tmp_path: Path, real_raw: Path) -> None:
    example = load_source("own_stadsdelar")
    frame = gpd.read_file(real_raw / "stadsdelar-2021-utan-vatten-forenklad.geojson")
    numbered = frame.assign(stadsdelskod=[f"{number:03d}" for number in range(len(frame))])
    to_geopackage(numbered[["stadsdelskod", "name", "geometry"]], tmp_path / "egna-stadsdelar.gpkg")
    areas = read_source(example, tmp_path, county_code="01")
    assert len(areas) == 117
    assert areas.index[0] == "0180-000"
    assert set(areas["municipality_code"]) == {"0180"}


def test_postal_areas_in_parts_are_one_each_and_do_not_say_their_municipality(
    tmp_path: Path,
) -> None:
    example = load_source("own_postal_areas")
    parts = gpd.GeoDataFrame(
        {"postnr": [11120, 11122, 11120], "ort": ["Stockholm"] * 3},
        geometry=[square(660_000), square(663_000), square(661_000)],
        crs=3006,
    )
    to_shapefile(parts, tmp_path / "egna-postnummer.shp")
    areas = read_source(example, tmp_path, county_code="01")
    assert list(areas.index) == ["11120", "11122"]
    assert list(areas.area) == [2_000_000, 1_000_000]
    assert set(areas["municipality_code"]) == {NOT_TOLD}


def test_parts_of_one_code_are_one_area_only_if_the_source_says_so(tmp_path: Path) -> None:
    to_geopackage(districts(Lkfv=["01140101"] * 2, Vdnamn=["A", "A"]), tmp_path / "toy.gpkg")
    with pytest.raises(SourceError, match=r"(?s)stand twice.*`dissolve = true`.*feature 1, 2"):
        read(tmp_path)
    areas = read(tmp_path, options={"dissolve": True})
    assert list(areas.area) == [2_000_000]
    to_geojson(districts(Lkfv=["01140101"] * 2), tmp_path / "two.geojson")
    with pytest.raises(SourceError, match=r"(?s)differ in name or municipality.*01140101"):
        read(tmp_path, files=["two.geojson"], options={"dissolve": True})


def test_a_municipality_may_be_a_column_or_one_for_all(tmp_path: Path) -> None:
    frame = districts(Lkfv=["a", "b"], kommun=[114, 180])
    to_geopackage(frame, tmp_path / "toy.gpkg")
    by_column = read(
        tmp_path,
        key={"column": "Lkfv"},
        texts={"area_name": "Vdnamn", "municipality_code": "kommun"},
    )
    assert list(by_column["municipality_code"]) == ["0114", "0180"]
    one = read(tmp_path, key={"column": "Lkfv"}, municipality="0180")
    assert list(one["municipality_code"]) == ["0180", "0180"]


def test_several_layers_are_listed_and_one_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "toy.gpkg"
    districts().to_file(path, driver="GPKG", layer="valdistrikt")
    districts(Vdnamn=["x", "y"]).to_file(path, driver="GPKG", layer="annat")
    with pytest.raises(SourceError, match=r"valdistrikt, annat; name the one.*`layer`"):
        read(tmp_path)
    with pytest.raises(SourceError, match=r"no layer 'vd': .*valdistrikt, annat"):
        read(tmp_path, options={"layer": "vd"})
    assert list(read(tmp_path, options={"layer": "annat"})["area_name"]) == ["y", "x"]


def test_a_table_without_geometry_is_no_layer_of_borders(tmp_path: Path) -> None:
    path = tmp_path / "toy.gpkg"
    to_geopackage(districts(), path)
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE logg (fid INTEGER PRIMARY KEY, rad TEXT)")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('logg', 'attributes')"
        )
    base.close()
    assert len(read(tmp_path)) == 2


@pytest.mark.parametrize("lost", [".shx", ".dbf", ".prj"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_shapefile_without_a_part_says_which(tmp_path: Path, lost: str, zipped: bool) -> None:
    folder = tmp_path / "inner" if zipped else tmp_path
    folder.mkdir(exist_ok=True)
    to_shapefile(districts(), folder / "toy.shp")
    (folder / f"toy{lost}").unlink()
    if zipped:
        to_zip(folder, tmp_path / "toy.zip")
    with pytest.raises(
        SourceError, match=rf"(?s)lacks parts; put them beside it.*\{lost}: (the|what)"
    ):
        read(tmp_path, files=["toy.zip", "toy.shp"])


def test_the_crs_of_the_source_wins_over_a_missing_or_wrong_one(tmp_path: Path) -> None:
    own = districts().to_crs(3011)
    to_shapefile(own, tmp_path / "toy.shp")
    (tmp_path / "toy.prj").unlink()
    to_geopackage(own.set_crs(3012, allow_override=True), tmp_path / "toy.gpkg")
    for name in ("toy.shp", "toy.gpkg"):
        areas = read(tmp_path, files=[name], options={"crs": "EPSG:3011"})
        bounds = [660_000, 6_599_000, 662_000, 6_600_000]
        assert areas.total_bounds == pytest.approx(bounds, abs=1e-3)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("write", [to_geopackage, to_parquet])
def test_no_crs_is_read_by_its_coordinates_or_refused(tmp_path: Path, write: Write) -> None:
    path = tmp_path / ("toy.gpkg" if write is to_geopackage else "toy.parquet")
    write(districts().set_crs(None, allow_override=True), path)
    assert list(read(tmp_path).total_bounds) == [660_000, 6_599_000, 662_000, 6_600_000]
    path.unlink()
    write(districts().to_crs(3011).set_crs(None, allow_override=True), path)
    with pytest.raises(SourceError, match=r"outside Sweden.*state the right `crs`"):
        read(tmp_path)


def test_text_in_another_encoding_is_seen_and_the_source_can_name_it(tmp_path: Path) -> None:
    to_shapefile(districts(), tmp_path / "toy.shp")
    (tmp_path / "toy.cpg").write_text("ISO-8859-1")
    with pytest.raises(SourceError, match=r"wrong encoding.*'Vdnamn'.*\.cpg"):
        read(tmp_path, files=["toy.shp"])
    with pytest.raises(SourceError, match="encoding 'svenska'"):
        read(tmp_path, files=["toy.shp"], options={"encoding": "svenska"})
    areas = read(tmp_path, files=["toy.shp"], options={"encoding": "utf-8"})
    assert list(areas["area_name"]) == ["Söderön", "Åkerö"]


def test_geojson_in_another_encoding_needs_its_name(tmp_path: Path) -> None:
    to_geojson(districts(), tmp_path / "toy.geojson")
    text = (tmp_path / "toy.geojson").read_text(encoding="utf-8")
    (tmp_path / "toy.geojson").write_bytes(text.encode("cp1252"))
    with pytest.raises(SourceError, match="the text is not utf-8"):
        read(tmp_path)
    areas = read(tmp_path, options={"encoding": "cp1252"})
    assert list(areas["area_name"]) == ["Söderön", "Åkerö"]


@pytest.mark.parametrize("form", WRITERS)
def test_heights_are_dropped(tmp_path: Path, form: str) -> None:
    suffix, write = WRITERS[form]
    high = districts()
    write(high.set_geometry(shapely.force_3d(high.geometry, 12.5)), tmp_path / f"toy{suffix}")
    areas = read(tmp_path, files=[f"toy{suffix}"])
    assert not areas.has_z.any()
    assert list(areas.area) == [1_000_000, 1_000_000]


@pytest.mark.parametrize("write", [to_geopackage, to_parquet])
def test_an_area_without_geometry_is_named(tmp_path: Path, write: Write) -> None:
    path = tmp_path / ("toy.gpkg" if write is to_geopackage else "toy.parquet")
    write(districts(geometry=[square(661_000), None]), path)
    with pytest.raises(SourceError, match="no shape that can be read in feature 2"):
        read(tmp_path)


def test_an_invalid_ring_is_mended_and_a_line_is_no_area(tmp_path: Path) -> None:
    bow = shapely.Polygon([(660_000, 6_599_000), (661_000, 6_600_000), (661_000, 6_599_000),
                           (660_000, 6_600_000)])  # fmt: skip
    to_geopackage(districts(geometry=[bow, square(661_000)]), tmp_path / "toy.gpkg")
    assert read(tmp_path).area.loc["01140102"] == pytest.approx(500_000)
    line = shapely.LineString([(660_000, 6_599_000), (661_000, 6_599_000)])
    to_parquet(districts(geometry=[square(661_000), line]), tmp_path / "toy.parquet")
    with pytest.raises(SourceError, match=r"(?s)without any polygon.*01140101"):
        read(tmp_path, files=["toy.parquet"])


def test_parquet_without_geometry_says_what_it_is(tmp_path: Path) -> None:
    pd.DataFrame({"Lkfv": ["01140101"], "geometry": [b"\x01"]}).to_parquet(tmp_path / "toy.parquet")
    with pytest.raises(SourceError, match=r"without geo metadata.*GeoParquet"):
        read(tmp_path)


def test_parquet_that_unpacks_to_more_than_any_borders_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_parquet(districts(), tmp_path / "toy.parquet")
    monkeypatch.setattr(boundaries, "LARGEST", 10)
    with pytest.raises(SourceError, match=r"unpacks to \d+ bytes; at most 10 are expected"):
        read(tmp_path)


def test_a_geometry_column_of_another_name_is_found(tmp_path: Path) -> None:
    to_parquet(districts().rename_geometry("geom"), tmp_path / "toy.parquet")
    assert list(read(tmp_path).area) == [1_000_000, 1_000_000]


@pytest.mark.parametrize("form", ["geojson", "geopackage", "shapefile", "geoparquet"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, form: str, kept: float) -> None:
    suffix, write = WRITERS[form]
    path = tmp_path / f"toy{suffix}"
    many = pd.concat([districts()] * 400, ignore_index=True)
    write(many.assign(Lkfv=[f"0114{n:04d}" for n in range(len(many))]), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceError):
        read(tmp_path, files=[path.name])


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".zip", ".geojson", ".kml"])
def test_an_error_page_saved_as_borders_is_refused(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"toy{suffix}").write_text("<html><body>404</body></html>")
    known = r".*ends in '\.kml'; expected \.gpkg, \.geojson, \.shp" if suffix == ".kml" else ""
    with pytest.raises(SourceError, match=f"toy{suffix}{known}"):
        read(tmp_path)


def packed_geojson() -> bytes:
    return districts().to_json().encode()


@pytest.mark.parametrize("name", ["../../toy.geojson", "/etc/toy.geojson", "..\\toy.geojson"])
def test_a_path_that_climbs_reaches_no_disk(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "a" / "raw"
    raw.mkdir(parents=True)
    with zipfile.ZipFile(raw / "toy.zip", "w") as packed:
        packed.writestr(name, packed_geojson())
    assert len(read(raw)) == 2
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["toy.zip"]


def test_a_thousandfold_expansion_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "toy.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("toy.geojson", b" " * 20_000_000)
    with pytest.raises(SourceError, match=r"toy\.geojson unpacks to [\d,]+ times its size"):
        read(tmp_path)


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    """The size in both headers is patched to 10 bytes; what unpacks is held to it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("toy.geojson", b" " * 5_000_000)
    lying = made.getvalue().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10))
    (tmp_path / "toy.zip").write_bytes(lying)
    with pytest.raises(SourceError, match="truncated or damaged"):
        read(tmp_path)


def test_two_files_of_borders_in_a_zip_need_a_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "toy.zip", "w") as packed:
        packed.writestr("a.geojson", packed_geojson())
        packed.writestr("b.geojson", packed_geojson())
        packed.writestr("__MACOSX/a.geojson", b"x")
    with pytest.raises(SourceError, match=r"found a\.geojson, b\.geojson; .*`member`"):
        read(tmp_path)
    assert len(read(tmp_path, options={"member": "b.*"})) == 2


def test_reading_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """A GeoPackage opened in place would get a journal beside it."""
    to_geopackage(districts(), tmp_path / "toy.gpkg")
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    read(tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


SOURCE = load_source("own_postal_points")
FILE = "egna-postnummerpunkter.geojson"


def read_points(folder: Path, **columns: object) -> gpd.GeoDataFrame:
    shapes = columns.pop("geometry", [Point(670_000, 6_580_000), Point(660_000, 6_580_000)])
    gpd.GeoDataFrame(columns, geometry=shapes, crs=3006).to_file(folder / FILE, driver="GeoJSON")
    frame = read_source(SOURCE, folder, county_code="01")
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame


def test_points_by_code_sorted_and_without_other_columns(tmp_path: Path) -> None:
    frame = read_points(tmp_path, postnummer=["111 22", "11122"], namn=["Anna", "Bo"])
    assert list(frame) == ["geometry"]
    assert frame.index.tolist() == ["11122", "11122"]
    assert frame.crs.to_epsg() == 3006
    assert frame.geometry.x.round().tolist() == [660_000, 670_000]


def test_a_column_of_numbers_is_read_as_codes(tmp_path: Path) -> None:
    assert read_points(tmp_path, postcode=[11122, 18430]).index.tolist() == ["11122", "18430"]


def test_faults_are_told_at_once(tmp_path: Path) -> None:
    shapes = [Point(670_000, 6_580_000), box(670_000, 6_580_000, 670_100, 6_580_100)]
    with pytest.raises(SourceError) as caught:
        read_points(tmp_path, postnr=["1112", "11122"], geometry=shapes)
    assert "'1112' does not fit the pattern" in str(caught.value)
    assert "1 features are no points (Polygon)" in str(caught.value)
    with pytest.raises(SourceError, match=r"column 'POSTNR' is missing; found"):
        read_points(tmp_path, ort=["A", "B"])
