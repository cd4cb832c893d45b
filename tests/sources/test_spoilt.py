"""What a file may hold that nobody meant: each kind is read as it stands, or refused in words.

The fuzzer (`test_fuzz`) finds what nobody thought of; here is what somebody did.
"""

import json
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geoprio.areas.associations import load_memberships
from geoprio.config import read_document
from geoprio.errors import ConfigError, SourceError
from geoprio.sources import load_source, read_source
from geoprio.sources.private import read_capacity
from tests.sources.test_cubes import dataset
from tests.sources.test_val_json import VOTES, district
from tests.sources.toy import area_source, districts, source, write_xlsx, write_zip

RESULT = "Val_2026_slutlig_00_RD.zip"
MEMBER = "Val_2026_slutlig_rostfordelning_00_RD.json"
LIST = "association;area_set;area_code\nSöder;kommun;0180\n"


def sheet(path: Path, cell: str) -> None:
    """Write a table of two rows, with one more cell somewhere."""
    write_xlsx(path, [["code", "n"], ["01140101", 5]], sheet="s")
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            far = cell.encode() + b"</sheetData>"
            packed.writestr(name, content.replace(b"</sheetData>", far))


def cell(place: str, inner: str = "<v>1</v>", *, row: str = "1048576") -> str:
    return f'<row r="{row}"><c {place}>{inner}</c></row>'


def read_sheet(folder: Path) -> pd.DataFrame:
    asked = source(reader="xlsx", options={"sheet": "s"})
    return read_source(asked, folder, county_code="01")


BLANKS = {
    "a blank": cell('r="A1048576" t="inlineStr"', "<is><t> </t></is>"),
    "a format": cell('r="XFD1048576" s="1"', ""),
    "an empty row": '<row r="1048576"/>',
}
FAR = {
    "the last cell": cell('r="XFD1048576"'),
    "the last row": cell('r="K1048576"'),
    "other quotes": cell("r='XFD1048576'"),
    "small letters": cell('r="xfd1048576"'),
    "a prefix": cell('r="XFD1048576"').replace("<c ", "<x:c ").replace("</c>", "</x:c>"),
}


@pytest.mark.parametrize("kind", BLANKS)
def test_blanks_far_below_a_table_are_as_if_not_there(tmp_path: Path, kind: str) -> None:
    sheet(tmp_path / "toy.xlsx", BLANKS[kind])
    assert read_sheet(tmp_path)["population_count"].to_dict() == {"01140101": 5.0}


@pytest.mark.parametrize("kind", FAR)
def test_a_cell_far_from_the_table_is_refused(tmp_path: Path, kind: str) -> None:
    sheet(tmp_path / "toy.xlsx", FAR[kind])
    with pytest.raises(SourceError, match=r"stands far from the rest|damaged"):
        read_sheet(tmp_path)


def write_result(folder: Path, text: str) -> None:
    write_zip(folder / RESULT, {MEMBER: text})


def reply(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "toy.json").write_text(text, encoding="utf-8") and None


SPARSE: dict[str, Any] = {
    "id": ["a", "b"],
    "size": [9_999, 9_999],
    "dimension": {
        name: {"category": {"index": {f"{n}": n for n in range(9_999)}}} for name in "ab"
    },
    "value": {"0": 1},
}
BOMBS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "json": ("jsonstat2", reply("[" * 200_000)),
    "number": ("jsonstat2", reply(json.dumps(dataset([1])).replace("1", "9" * 5_000, 1))),
    "cells": ("jsonstat2", reply(json.dumps(SPARSE))),
    "levels": ("val", lambda folder: write_result(folder, '{"a":' * 200_000)),
    "digits": ("val", lambda folder: write_result(folder, '{"a": ' + "9" * 5_000 + "}")),
    "corner": ("xlsx", lambda folder: sheet(folder / "toy.xlsx", FAR["the last cell"])),
    "borders": ("geojson", lambda folder: (folder / "toy.geojson").write_text('{"a":' * 99_999)),
}
CHILD = """
import sys, time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from geoprio.errors import GeoprioError
from geoprio.sources import load_source, read_source
from tests.sources.toy import area_source, source
sources = {
    "jsonstat2": source(reader="jsonstat2"),
    "val": load_source("val_results_2026_riksdag"),
    "xlsx": source(reader="xlsx", options={"sheet": "s"}),
    "geojson": area_source(),
}
for name, kind in zip(sys.argv[2::2], sys.argv[3::2]):
    begun = time.process_time()
    try:
        read_source(sources[kind], Path(sys.argv[1]) / name, county_code="01")
    except GeoprioError:
        assert time.process_time() - begun < 5, name
        print(name)
# Of this program alone: what the system says of a child holds its parent's memory too.
status = Path("/proc/self/status").read_text()
own, theirs = int(status.partition("VmHWM:")[2].split()[0]), getrusage(RUSAGE_CHILDREN).ru_maxrss
print(max(own, theirs), file=sys.stderr)
"""


def test_what_would_blow_up_is_refused_soon_and_in_little_memory(tmp_path: Path) -> None:
    for name, (_, write) in BOMBS.items():
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    named = [word for name, (kind, _) in BOMBS.items() for word in (name, kind)]
    line = [sys.executable, "-c", CHILD, str(tmp_path), *named]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=Path.cwd())
    assert done.stdout.split() == list(BOMBS), done.stderr
    assert int(done.stderr.split()[-1]) < 1_000_000


@pytest.mark.parametrize("head", [True, False])
def test_the_mark_of_a_rehearsal_counts_wherever_it_stands(tmp_path: Path, head: bool) -> None:
    rows = {"valdistrikt": [district(f"0114{n:04}", VOTES) for n in range(200)]}
    mark = {"test": True}
    write_result(tmp_path, json.dumps({**mark, **rows} if head else {**rows, **mark}))
    with pytest.raises(SourceError, match="rehearsal"):
        read_source(load_source("val_results_2026_riksdag"), tmp_path, county_code="01")


OPEN_RING = [[660_000, 6_599_000], [661_000, 6_599_000], [661_000, 6_600_000], [660_000, 6_600_000]]
SHAPES: dict[str, tuple[Any, str]] = {
    "open ring": ({"type": "Polygon", "coordinates": [OPEN_RING]}, ""),
    "nan": ({"type": "Polygon", "coordinates": [[*OPEN_RING[:3], [float("nan"), 1.0]]]}, "shape"),
    "polyhedral": ({"type": "PolyhedralSurface", "coordinates": [[[OPEN_RING]]]}, "shape|only"),
    "no ring": ({"type": "Polygon", "coordinates": [[]]}, "shape"),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_shape_is_mended_or_its_feature_named(tmp_path: Path, kind: str) -> None:
    shape, said = SHAPES[kind]
    found = districts()
    found["features"][0]["geometry"] = shape
    (tmp_path / "toy.geojson").write_text(json.dumps(found))
    if said:
        with pytest.raises(SourceError, match=said):
            read_source(area_source(), tmp_path, county_code="01")
    else:
        areas = read_source(area_source(), tmp_path, county_code="01")
        assert areas.area.tolist() == pytest.approx([1e6, 1e6])


@pytest.mark.parametrize("held", [{"a": 1}, [1, "b"], []])
def test_a_property_that_nobody_asks_for_may_be_anything(tmp_path: Path, held: object) -> None:
    found = districts()
    for feature in found["features"]:
        feature["properties"]["more"] = held
    (tmp_path / "toy.geojson").write_text(json.dumps(found))
    assert len(read_source(area_source(), tmp_path, county_code="01")) == 2
    for feature in found["features"]:
        feature["properties"]["Vdnamn"] = held or {"a": 1}
    (tmp_path / "toy.geojson").write_text(json.dumps(found))
    with pytest.raises(SourceError, match=r"(?s)hold lists.*Vdnamn"):
        read_source(area_source(), tmp_path, county_code="01")


@pytest.mark.parametrize("lost", ["table", "index", "both"])
def test_a_shapefile_of_two_exports_is_refused(tmp_path: Path, lost: str) -> None:
    frame = gpd.GeoDataFrame(
        {"Lkfv": ["01140101", "01140102"], "Vdnamn": ["a", "b"]},
        geometry=[box(660_000 + n, 6_599_000, 661_000 + n, 6_600_000) for n in (0, 1_000)],
        crs=3006,
    )
    frame.to_file(tmp_path / "toy.shp")
    frame[:1].to_file(tmp_path / "one.shp")
    for suffix in {"table": [".dbf"], "index": [".shx"], "both": [".dbf", ".shx"]}[lost]:
        (tmp_path / f"one{suffix}").replace(tmp_path / f"toy{suffix}")
    asked = area_source(files=["toy.shp"], reader="boundaries")
    with pytest.raises(SourceError, match="parts of the shapefile do not belong together"):
        read_source(asked, tmp_path, county_code="01")


def test_a_name_is_found_however_its_letters_are_written(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Älvsjö")
    (tmp_path / f"{apart}.csv").write_text("code,n\n01140101,5\n")
    assert len(read_source(source(files=["Älvsjö.csv"]), tmp_path, county_code="01")) == 1
    (tmp_path / f"{apart}.csv").write_text(LIST.replace("Söder", apart), encoding="utf-8")
    assert load_memberships("Älvsjö.csv", (tmp_path,))["association"].tolist() == ["Älvsjö"]


@pytest.mark.parametrize(
    "text", ["code,n\n0114٠١٠١,5\n", "code,n\n01140101,٥\n", "code,n\n01140101,５\n"]
)
def test_digits_of_another_script_are_no_digits(tmp_path: Path, text: str) -> None:
    (tmp_path / "toy.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError):
        read_source(source(), tmp_path, county_code="01")


@pytest.mark.parametrize(
    ("written", "declared", "said"),
    [
        ("cp1252", "utf-8", "is not utf-8; state"),
        ("utf-8", "cp1252", "is utf-8-sig, not cp1252"),
        ("utf-8", "latin-1", "is utf-8-sig, not latin-1"),
        ("utf-16-le", "ascii", "is not ascii; state"),
        ("utf-16", "utf-8", "is not utf-8; state"),
    ],
)
def test_text_in_another_encoding_is_told(
    tmp_path: Path, written: str, declared: str, said: str
) -> None:
    (tmp_path / "toy.csv").write_bytes("code,n,namn\n01140101,5,Ås\n".encode(written))
    with pytest.raises(SourceError, match=said):
        read_source(source(options={"encoding": declared}), tmp_path, county_code="01")


EXCEL = {
    "csv utf-8": LIST.encode("utf-8-sig"),
    "sep=;": ("sep=;\r\n" + LIST.replace("\n", "\r\n")).encode("utf-8-sig"),
    "commas": LIST.replace(";", ",").encode(),
    "sep=,": ("sep=,\n" + LIST.replace(";", ",")).encode(),
    "tabs": LIST.replace(";", "\t").encode(),
    "csv": LIST.encode("cp1252"),
    "text": LIST.replace(";", "\t").encode("cp1252"),
    "unicode text": LIST.replace(";", "\t").encode("utf-16"),
}


@pytest.mark.parametrize("kind", EXCEL)
def test_a_list_is_read_as_excel_saves_it_or_what_to_choose_is_told(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / "lista.csv").write_bytes(EXCEL[kind])
    (tmp_path / "privat").mkdir()
    (tmp_path / "privat" / "medlemmar.csv").write_bytes(EXCEL[kind])
    if kind in ("csv", "text", "unicode text"):
        with pytest.raises(ConfigError, match=r"lista.csv .*not UTF-8; .*CSV UTF-8 \(Comma"):
            load_memberships("lista.csv", (tmp_path,))
        with pytest.raises(SourceError, match=r"medlemmar.csv .*not UTF-8"):
            read_capacity(tmp_path, ["Söder"])
    else:
        rows = load_memberships("lista.csv", (tmp_path,))
        assert rows.to_numpy().tolist() == [["Söder", "kommun", "0180"]]
        with pytest.raises(SourceError, match="expected the columns"):
            read_capacity(tmp_path, ["Söder"])


def test_a_line_for_excel_says_what_separates_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_text("sep=;\ncode;n\n01140101;5\n0114;5\n")
    with pytest.raises(SourceError, match="row 4"):
        read_source(source(), tmp_path, county_code="01")


@pytest.mark.parametrize(
    "toml",
    [
        "x = " + "[" * 5_000 + "]" * 5_000,
        "x = " + "{a=" * 40 + "1" + "}" * 40,
        ".".join("a" * 20_000) + " = 1",
        "[" + ".".join(["'a b'"] * 20_000) + "]",
        "x = " + "9" * 5_000,
        "#" * 2_000_000,
    ],
    ids=["brackets", "tables", "dots", "heading", "number", "size"],
)
def test_a_document_that_would_blow_up_is_refused(tmp_path: Path, toml: str) -> None:
    (tmp_path / "a.toml").write_text(toml)
    with pytest.raises(ConfigError, match=r"a\.toml"):
        read_document(tmp_path / "a.toml")
