"""A vendor gets what it may be told, in its own dialect, and never a file that tells wrong."""

import io
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
from python_calamine import CalamineWorkbook

from geoprio.config import Vendor, load_model, shipped_folder
from geoprio.errors import ConfigError, ContractError
from geoprio.files import Delivery, render_postal_files, render_vendor_files
from geoprio.files.geodata import short_names
from tests.files.vendors.toys import DELIVERY, MARK, toy_selection, vendor

STEM = "omraden-riksdag"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render_vendor_files(toy_selection(), vendor(), DELIVERY)


def table(name: str, content: bytes, folder: Path) -> pd.DataFrame:
    """Return a map file's columns."""
    path = folder / name
    path.write_bytes(content)
    place = f"/vsizip/{path}" if name.endswith(".zip") else path
    return pyogrio.read_dataframe(place)


def test_the_swedish_dialect(files: dict[str, bytes]) -> None:
    raw = files[f"{STEM}.csv"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 5
    product = "Oadresserad försändelse till alla hushåll"
    head, first, second, *_ = raw.decode("utf-8-sig").splitlines()
    assert head.split(";") == [column.heading for column in vendor().columns]
    assert first == (
        "01170001;Åkersberga;0117;Österåker;;1205;1000;bostäder;1230;"
        f"{product};riksdag;Storstockholm;1;2030-08-05;2030-08-11;1,00"
    )
    assert second == (
        "0180R001;Örby;0180;Stockholm;;455;;bostäder;465;"
        f"{product};riksdag;Storstockholm;2;2030-08-12;2030-08-18;2,00"
    )
    assert '"Älta; södra"' in raw.decode("utf-8-sig")


def test_the_plain_dialect() -> None:
    made = render_vendor_files(toy_selection(), vendor("utf8_komma"), DELIVERY)
    raw = made[f"{STEM}.csv"].decode("utf-8")
    assert not raw.startswith("\ufeff")
    assert "\r" not in raw
    assert raw.splitlines()[1] == (
        '"01170001","Åkersberga","0117","1205","1000","bostäder","1230",'
        '"Oadresserad försändelse till alla hushåll","riksdag","1","2030-08-05","2030-08-11","1.00"'
    )
    assert set(made) == {f"{STEM}.csv", f"{STEM}.gpkg", f"{STEM}.kontroll.toml"}


def test_every_kind_of_file_holds_the_same_rows(files: dict[str, bytes], tmp_path: Path) -> None:
    sent = pd.read_csv(
        io.BytesIO(files[f"{STEM}.csv"]), sep=";", dtype=str, encoding="utf-8-sig"
    ).fillna("")
    book = CalamineWorkbook.from_filelike(io.BytesIO(files[f"{STEM}.xlsx"]))
    head, *rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert len(book.sheet_names) == 1
    assert head == list(sent)
    assert [row[0] for row in rows] == sent["omradeskod"].tolist()
    assert [row[5] for row in rows] == [1205.0, 455.0, 980.0, 2310.0]
    assert [row[6] for row in rows] == [1000.0, "", "", ""]
    short = short_names(sent)
    for ending in (".gpkg", ".shp.zip", ".kml"):
        frame = table(f"x{ending}", files[f"{STEM}{ending}"], tmp_path)
        named = frame.rename(columns={name: full for full, name in short.items()})
        assert named["omradeskod"].tolist() == sent["omradeskod"].tolist(), ending
        assert named["omrade"].tolist() == sent["omrade"].tolist(), ending
        assert named["hushall_totalt"].astype(int).tolist() == [1205, 455, 980, 2310], ending
        assert named["hushall_ej_nejtack"].notna().tolist() == [True, False, False, False], ending
        east = frame.to_crs(3006).geometry.centroid.x.round(-2).tolist()
        assert east == [670_500, 673_500, 671_500, 672_500], ending


def test_shortened_names_of_a_shapefile_are_mapped_in_a_sheet(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files[f"{STEM}.shp.zip"])) as parts:
        assert parts.read(f"{STEM}.cpg") == b"UTF-8"
        sheet = parts.read(f"{STEM}-kolumner.csv").decode("utf-8-sig").splitlines()
    names = dict(line.split(";") for line in sheet[1:])
    assert sheet[0] == "kolumn i shapefilen;kolumn"
    assert names["hushall_to"] == "hushall_totalt"
    assert names["hushall_ej"] == "hushall_ej_nejtack"
    told = tomllib.loads(files[f"{STEM}.kontroll.toml"].decode())["shapefil_kolumner"]
    assert names == {short: full for full, short in told.items()}


def test_short_names_are_short_plain_and_their_own() -> None:
    columns = ["hushåll totalt", "hushåll totala", "hushall_tot", "Å", "1", *map(str, range(12))]
    short = short_names(dict.fromkeys(columns))
    assert len(set(short.values())) == len(short)
    assert all(len(name) <= 10 and name.isascii() for name in short.values())


def test_the_control_sheet_tells_rows_sums_and_checksums(files: dict[str, bytes]) -> None:
    sheet = tomllib.loads(files[f"{STEM}.kontroll.toml"].decode())
    assert sheet["rader"] == 4
    assert sheet["summor"] == {"hushall_totalt": 4950, "upplaga": 5051}
    assert {item["namn"] for item in sheet["filer"]} == files.keys() - {f"{STEM}.kontroll.toml"}
    assert sheet["bestallning"]["profil"] == "Svensk Excel 2026-11"
    assert sheet["bestallning"]["till"] == "Till leverantören"
    assert sheet["form"]["teckenkodning"] == "utf-8"


def test_equal_selections_give_equal_bytes_whatever_the_order_of_rows(
    files: dict[str, bytes],
) -> None:
    assert render_vendor_files(toy_selection().iloc[::-1], vendor(), DELIVERY) == files


def test_the_demo_mark_is_in_every_file(tmp_path: Path) -> None:
    made = render_vendor_files(toy_selection(), vendor(), Delivery("X", about={}, mark=MARK))
    assert f";{MARK}\r\n" in made["x.csv"].decode("utf-8-sig")
    assert MARK in made["x.kontroll.toml"].decode()
    assert MARK in made["x.kml"].decode()
    for ending in (".gpkg", ".shp.zip"):
        frame = table(f"m{ending}", made[f"x{ending}"], tmp_path)
        assert any((frame[name] == MARK).all() for name in frame.columns[:-1])
    codes = render_postal_files(pd.Series(["11122"]), vendor(), Delivery("X", {}, mark=MARK))
    assert MARK in codes["x-postnummer.kontroll.toml"].decode()


@pytest.mark.parametrize("column", ["score", "lo_share", "reason", "order", "association"])
def test_no_score_group_reason_or_order_reaches_a_vendor(column: str) -> None:
    with pytest.raises(ContractError, match=f"{column}: is not among"):
        render_vendor_files(toy_selection(**{column: 1.0}), vendor(), DELIVERY)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_refused(first: str) -> None:
    names = ["Åkersberga", f"{first}1+1", "Älta", "Örby"]
    with pytest.raises(ContractError, match="which a spreadsheet runs"):
        render_vendor_files(toy_selection(area_name=names), vendor(), DELIVERY)


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x85", "\u2028", "\ufffe"])
def test_signs_that_some_file_has_no_place_for_are_refused(sign: str) -> None:
    names = pd.Series(["a", f"b{sign}c", "d", "e"], toy_selection().index, dtype=object)
    with pytest.raises(ContractError, match="control character"):
        render_vendor_files(toy_selection(area_name=names), vendor(), DELIVERY)


def test_every_fault_is_told_at_once() -> None:
    spoilt = toy_selection(
        area_name=["Łódź", "a\nb", "Älta", "Örby"],
        print_run_count=[1.0, np.nan, 3.0, 4.0],
        area_km2=[1.0, 2.0, 3.0, np.nan],
    )
    with pytest.raises(ContractError) as caught:
        render_vendor_files(spoilt, vendor(encoding="cp1252", bom=False), DELIVERY)
    told = str(caught.value)
    assert "'Łódź' holds 'Ł', which cp1252 has no place for" in told
    assert "line break" in told
    assert "upplaga: unknown in 1 area" in told
    assert "yta_km2: unknown in 1 area" in told
    twice = pd.concat([toy_selection(), toy_selection().iloc[:1]])
    with pytest.raises(ContractError, match="01170001 stands twice"):
        render_vendor_files(twice, vendor(), DELIVERY)
    with pytest.raises(ContractError, match="lacks the columns wave"):
        render_vendor_files(toy_selection().drop(columns="wave"), vendor(), DELIVERY)


def test_decomposed_letters_leave_in_one_form() -> None:
    names = ["A\u030akersberga", "Tensta", "Älta", "Örby"]
    raw = render_vendor_files(toy_selection(area_name=names), vendor(), DELIVERY)[f"{STEM}.csv"]
    assert "Åkersberga" in raw.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("changes", "codec"),
    [
        ({"encoding": "cp1252", "bom": False}, "cp1252"),
        ({"encoding": "utf-16"}, "utf-16"),
        ({"separator": "\t", "decimal": "."}, "utf-8-sig"),
    ],
)
def test_another_dialect_is_a_change_of_toml(changes: dict[str, object], codec: str) -> None:
    own = vendor(**changes)
    raw = render_vendor_files(toy_selection(), own, DELIVERY)[f"{STEM}.csv"]
    read = pd.read_csv(
        io.BytesIO(raw), sep=own.separator, decimal=own.decimal, encoding=codec, dtype={0: str}
    )
    assert read["omrade"].tolist() == ["Åkersberga", "Örby", "Tensta", "Älta; södra"]
    assert read["yta_km2"].tolist() == [1.0, 2.0, 12.34, 0.5]
    assert read["omradeskod"].tolist()[0] == "01170001"


def test_postal_codes_are_bare_lists_in_parts() -> None:
    codes = pd.Series([f"{10_000 + n}" for n in range(2500)]).sample(frac=1, random_state=1)
    made = render_postal_files(codes.replace("10007", "100 07"), vendor(), DELIVERY)
    lists = [made[f"{STEM}-postnummer-{part}.txt"].decode("ascii") for part in (1, 2, 3)]
    assert [len(one.splitlines()) for one in lists] == [1000, 1000, 500]
    joined = [code for one in lists for code in one.splitlines()]
    assert joined == sorted(codes)
    sheet = tomllib.loads(made[f"{STEM}-postnummer-3.kontroll.toml"].decode())
    assert sheet["rader"] == 500
    assert sheet["bestallning"]["del"] == "3 (3)"


@pytest.mark.parametrize("code", ["0123", 11122, 11122.0, "1112A", "111222", None, "=1112"])
def test_what_is_no_postal_code_is_refused(code: object) -> None:
    codes = pd.Series(["11122", code], dtype=object)
    with pytest.raises(ContractError, match="is not five digits"):
        render_postal_files(codes, vendor(), DELIVERY)


def test_a_postal_code_stands_once() -> None:
    with pytest.raises(ContractError, match="11122: stands twice"):
        render_postal_files(pd.Series(["11122", "111 22"]), vendor(), DELIVERY)


@pytest.mark.parametrize("name", [path.stem for path in (shipped_folder() / "vendors").iterdir()])
def test_every_shipped_vendor_is_named_and_versioned_and_claims_no_specification(name: str) -> None:
    own = vendor(name)
    assert own.name
    assert own.version
    assert own.specification.startswith("Ingen leverantörs specifikation")
    assert render_vendor_files(toy_selection(), own, DELIVERY)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('separator = ";" ', 'separator = "," ', "separator and decimal are both"),
        ('encoding = "utf-8" ', 'encoding = "cp1252" ', "bom: cp1252 has none"),
        (
            'field = "area_code", heading = "omradeskod"',
            'field = "wave", heading = "v"',
            "area_code",
        ),
        ('heading = "omrade"', 'heading = "OMRADESKOD"', "omradeskod stands twice"),
        ('heading = "omrade"', 'heading = "=omrade"', "expected a letter first"),
        ('field = "area_name"', 'field = "score"', "expected one of 'area_code'"),
        ("bom = true", "bomb = true", "did you mean `bom`"),
    ],
)
def test_a_wrong_profile_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (shipped_folder() / "vendors" / "svensk_excel.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "egen.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_model(Vendor, path)
