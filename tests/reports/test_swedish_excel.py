"""Every CSV says the same in Swedish Excel, in LibreOffice set to Swedish, and in pandas."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geoprio.config import Vendor, load_named, shipped_folder
from geoprio.files import render_vendor_files
from geoprio.files.table import Table, render_csv
from geoprio.runs import Run
from tests.files.vendors.toys import DELIVERY, toy_selection

NAMES = ("ranking", "mailing", "overlap")
LIBREOFFICE = "Text - txt - csv (StarCalc):59,34,76,1,,1053,false,true"
"""Semicolon, quotation marks, UTF-8, from the first row, in Swedish, numbers and dates found."""

NUMBER = re.compile(
    r"-?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)(,\d+)?(E[+-]?\d+)?( ?%)?", re.IGNORECASE
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2})?|\d{1,2}[/-]\d{1,2}|(\d{1,2}[ -])?(jan|feb|mar|apr|maj|jun|jul|aug"
    r"|sep|okt|nov|dec)[a-z]*([ -]\d{1,4})?",
    re.IGNORECASE,
)


def by_excel(cell: str) -> object:
    """Return what Swedish Excel makes of a cell of a CSV that is opened with a double click."""
    assert not cell.startswith(("=", "+", "-", "@")) or NUMBER.fullmatch(cell), f"runs: {cell!r}"
    if NUMBER.fullmatch(cell):
        return float(re.sub(r"[ \u00a0\u202f]", "", cell).replace(",", "."))
    # A day as Swedes write it becomes that day, and is shown as it was.
    assert DAY.fullmatch(cell) or not DATE.fullmatch(cell), f"{cell!r} becomes a date"
    assert cell.upper() not in {"SANT", "FALSKT"}, f"{cell!r} becomes a truth value"
    return cell


def excel_rows(content: bytes) -> list[list[object]]:
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes it for Windows-1252"
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [[by_excel(cell) for cell in row] for row in rows]


def pandas_rows(content: bytes) -> list[list[object]]:
    table = pd.read_csv(
        io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig", thousands=None
    )
    cells = table.astype(object).where(table.notna(), "").to_numpy().tolist()
    return [list(table), *cells]


def same(found: list[list[object]], expected: list[list[object]]) -> list[str]:
    """Return every cell that differs; numbers that stand among texts are read by their text."""
    faults = [f"{len(found)} rows, not {len(expected)}"] if len(found) != len(expected) else []
    for row, (one, other) in enumerate(zip(found, expected, strict=True)):
        for left, right in zip(one, other, strict=True):
            if isinstance(left, int | float) and isinstance(right, str) and right:
                right = by_excel(right)
            if left != right and not (isinstance(left, float) and left == pytest.approx(right)):
                faults.append(f"row {row}: {left!r}, not {right!r}")
    return faults


@pytest.mark.parametrize("name", NAMES)
def test_every_csv_of_a_run(demo_result: Run, name: str) -> None:
    content = demo_result.paths[name].read_bytes()
    assert same(excel_rows(content), pandas_rows(content)) == []
    text = content.decode("utf-8-sig")
    assert "å" in text
    assert re.search(r";\d+,\d+;", text)


def vendor_csv(codes: list[str]) -> bytes:
    vendor = load_named(Vendor, "vendors", "svensk_excel", (shipped_folder(),))
    selection = toy_selection().set_axis(pd.Index(codes, name="area_code"))
    return render_vendor_files(selection, vendor, DELIVERY)["omraden-riksdag.csv"]


def test_a_vendor_s_csv() -> None:
    content = vendor_csv(["0180R004", "0180R003", "0180R002", "0180R001"])
    read = pd.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig", dtype=str)
    assert read["kommunkod"].tolist() == ["0180", "0182", "0180", "0117"]
    found = pd.DataFrame(excel_rows(content)[1:], columns=list(read))
    assert found["omradeskod"].tolist() == read["omradeskod"].tolist()
    assert found["omrade"].tolist() == ["Örby", "Älta; södra", "Tensta", "Åkersberga"]
    assert found["yta_km2"].tolist() == [2.0, 0.5, 12.34, 1.0]


def test_what_excel_does_to_a_code_of_digits_is_known() -> None:
    """No CSV can keep Excel from it: the workbook does, and `geoprio verify` tells of it."""
    frame = pd.DataFrame({"area_name": ["A"]}, index=pd.Index(["01140101"], name="area_code"))
    content = render_csv(Table(frame, {}), "valledning", language="sv", notes={})
    assert b"\n01140101;" in content
    assert excel_rows(content)[1][0] == 1_140_101


def test_libreoffice_in_swedish(demo_result: Run, soffice: Callable[..., Path]) -> None:
    places = [demo_result.paths[name] for name in NAMES]
    read_as = (f"--infilter={LIBREOFFICE}",)
    out = soffice("xlsx:Calc MS Excel 2007 XML", *places, options=read_as)
    for path in places:
        book = CalamineWorkbook.from_path(out / f"{path.stem}.xlsx")
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        assert same(rows, pandas_rows(path.read_bytes())) == [], path.name
