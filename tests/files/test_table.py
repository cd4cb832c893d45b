"""A CSV and a workbook open as they were meant: numbers are numbers, every text is text."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from geoprio.errors import ContractError
from geoprio.files.maps.layers import VERDICT_COLOURS
from geoprio.files.table import (
    CHAINED,
    Sheet,
    Table,
    Wording,
    render_csv,
    render_frame,
    render_record,
    render_workbook,
)

HEADINGS = {"area_code": "områdeskod", "area_name": "område", "lo_share": "andel procent"}
PER_BOOK = 100


def toy() -> pd.DataFrame:
    few = pd.Series([1234, "färre än 10", None], dtype=object)
    return pd.DataFrame(
        {
            "area_name": ["Åkersberga", "=1+1", "+46 8"],
            "lo_share": [12.5, np.nan, 3.0],
            "lo_count": few.to_numpy(),
            "canvass_rank": [1.0, 2.0, np.nan],
        },
        index=pd.Index(["01170001", "0180R002", "-0117"], name="area_code"),
    )


WORDING = Wording("sv", {"anmärkning": "DEMO"}, [("Kampanj", "X")], about=[("Källa", "SCB")])
OVER = "DEMO · får läsas av: Internt – valledningen"


def book(frame: pd.DataFrame, *, analyst: bool = True) -> bytes:
    sheet = Sheet("Rangordning", Table(frame, HEADINGS), "Alla", analyst=analyst)
    return render_workbook([sheet], "valledning", WORDING)


def read(content: bytes, place: int) -> list[list[object]]:
    opened = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return opened.get_sheet_by_index(place).to_python(skip_empty_area=False)


def rows(content: bytes) -> list[list[object]]:
    """Return the headings and rows of the first table, below what stands over it."""
    return read(content, 1)[3:]


def lines(frame: pd.DataFrame) -> list[str]:
    table = Table(frame, HEADINGS)
    raw = render_csv(table, "valledning", language="sv", notes=WORDING.notes)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    return raw.decode("utf-8-sig").splitlines()


def test_swedish_excel_s_rules() -> None:
    head, *rows = lines(toy())
    last = ";DEMO;Internt – valledningen"
    assert head == "områdeskod;område;andel procent;lo_count;canvass_rank;anmärkning;får läsas av"
    assert rows == [
        f"01170001;Åkersberga;12,5;1234;1{last}",
        f"0180R002;'=1+1;;färre än 10;2{last}",
        f"'-0117;'+46 8;3,0;;{last}",
    ]


def test_a_table_without_rows_still_says_what_it_is() -> None:
    assert lines(toy()[:0])[1:] == [";;;;;DEMO;Internt – valledningen"]
    assert read(book(toy()[:0]), 1)[1][0] == OVER
    frame = pd.read_parquet(io.BytesIO(render_frame(toy()[:0], "valledning", mark="DEMO")))
    assert frame.attrs["demo_mark"] == "DEMO"


def test_the_demo_mark_is_in_every_frame_where_it_belongs() -> None:
    for mark, found in {"DEMO": {"DEMO"}, None: set()}.items():
        content = render_frame(toy().drop(columns="lo_count"), "valledning", mark=mark)
        frame = pd.read_parquet(io.BytesIO(content))
        assert set(frame.get("demo_mark", [])) == found


def test_an_unknown_number_never_becomes_a_token_that_is_not_json() -> None:
    written = json.loads(render_record({"seed": 1}, "valledning"))
    assert written == {"seed": 1, "audience": "valledning"}
    with pytest.raises(ValueError, match="Out of range"):
        render_record({"seed": float("nan")}, "valledning")


def test_numbers_are_numbers_and_codes_are_text() -> None:
    head, *cells = rows(book(toy()))
    assert head == ["områdeskod", "område", "andel procent", "lo_count", "canvass_rank"]
    assert cells == [
        ["01170001", "Åkersberga", 12.5, 1234, 1],
        ["0180R002", "=1+1", "", "färre än 10", 2],
        ["-0117", "+46 8", 3, "", ""],
    ]
    assert read(book(toy()), 0) == [["Kampanj", "X"], ["Bladet Rangordning", "Alla"]]
    assert read(book(toy()), 2) == [["Källa", "SCB"]]


def test_what_is_alike_on_every_row_stands_over_what_people_read_and_codes_come_last() -> None:
    same = toy().assign(association="=Kista", wave=1, lift=1.5, turnout_share=np.nan, depends="")
    title, over, told, head, *cells = read(book(same, analyst=False), 1)
    assert [title[0], over[0]] == ["Rangordning", OVER]
    assert told[0] == "association: =Kista · wave: 1 · lift: 1,5 · turnout_share: ingen uppgift"
    assert head == ["område", "andel procent", "lo_count", "canvass_rank", "områdeskod"]
    assert [row[-1] for row in cells] == toy().index.tolist()
    alone = read(book(same[:1], analyst=False), 1)
    assert alone[2][0] == ""
    assert alone[3][-2:] == ["depends", "områdeskod"]


def test_the_sheet_is_ready_to_be_read() -> None:
    with zipfile.ZipFile(io.BytesIO(book(toy()))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert '<pane xSplit="2" ySplit="4"' in sheet
    assert '<autoFilter ref="A4:E7"/>' in sheet
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '<ignoredError sqref="A1:E7" numberStoredAsText="1"/>' in sheet
    assert "DEMO" in sheet[sheet.index("<oddFooter>") :]
    assert 'formatCode="0.0"' in styles
    assert len(set(re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet))) > 2


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("lo_low", pd.array([1785, None], "Int64"), "#,##0"),
        ("lo_count", pd.Series([1785, "färre än 10"], dtype=object).to_numpy(), "#,##0"),
        ("mailing_score", [50.0, np.nan], "0.0"),
        ("lo_share", [50.0, np.nan], "0.0"),
        ("nearest_polling_km", [0.4, np.nan], "#,##0.0"),
        ("rank", [1785.0, 2.0], "0"),
        ("rank_correlation", [0.93, 1.0], "0.00"),
        ("cost_sek", [1785.5, 2.0], '#,##0 "kr"'),
        ("area_name", ["1785", "2"], "@"),
        ("lo_high", [np.nan, np.nan], "@"),
    ],
)
def test_a_number_is_shown_by_its_unit(name: str, values: object, shown: str) -> None:
    index = pd.Index(["A", "B"], name="area_code")
    content = book(pd.DataFrame({name: values}, index=index))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        styles = parts.read("xl/styles.xml").decode()
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    # The formats that Excel has by number; others are named in the styles.
    builtin = {"1": "0", "3": "#,##0", "49": "@"}
    named = re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles)
    own = {number: unescape(code) for number, code in named}
    looks = re.findall(r'<xf numFmtId="(\d+)"', styles[styles.index("<cellXfs") :])
    cell = re.search(r'<c r="B5" s="(\d+)"', sheet)
    if cell is None:
        assert np.isnan(np.asarray(values, dtype=float)).all()
        return
    assert (builtin | own)[looks[int(cell.group(1))]] == shown


def test_equal_tables_give_equal_bytes() -> None:
    assert book(toy()) == book(toy())
    with zipfile.ZipFile(io.BytesIO(book(toy()))) as parts:
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_the_audience_is_asked() -> None:
    with pytest.raises(ContractError, match="members_count"):
        book(toy().assign(members_count=4))
    table = Table(toy()[["area_name"]].assign(association="Tensta"), {})
    with pytest.raises(ContractError, match="whose it is"):
        render_workbook([Sheet("A", table)], "forening", WORDING)
    with pytest.raises(ContractError, match="3 areas are not Kista's"):
        render_workbook([Sheet("A", table)], "forening", WORDING, association="Kista")


def test_titles_that_excel_takes_for_one_or_not_at_all_get_names() -> None:
    table = Table(toy(), {})
    titles = ["Dörr: [alla]?", "Källor och definitioner", "a" * 40, "A" * 40, "''"]
    content = render_workbook([Sheet(title, table) for title in titles], "valledning", WORDING)
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert len({name.casefold() for name in names}) == len(titles) + 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


HELD = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1
).filter(lambda word: not CHAINED.search(word))
LOOKS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "{=", "http://", "0", "_x0041_"])


@settings(
    max_examples=10_000 // PER_BOOK,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(HELD | st.builds(str.__add__, LOOKS, HELD), min_size=PER_BOOK, max_size=PER_BOOK))
@example(
    [
        *("=1+1", "{=1+1}", "+1", "-1", "@a", "\ta", "\ra", "\na", "a\r\nb", " a ", "'a", "007"),
        *(
            "<r>a</r>",
            "<r><t>a</t></r>",
            "<b>&amp;",
            "_x0041_",
            "_x005F_",
            "_X0041_",
            "\x00",
            "\x1f",
        ),
        *("1e5", "TRUE", "#REF!", "2024-01-01", "mailto:a@b", "internal:A!B", "a" * 32_767, "😀é"),
    ]
)
def test_every_text_comes_back_unchanged_as_text(words: list[str]) -> None:
    index = pd.Index([f"{place:04d}" for place in range(len(words))], name="area_code")
    found = rows(book(pd.DataFrame({"area_name": words}, index=index)))[1:]
    assert [row[1] for row in found] == words
    assert [row[0] for row in found] == index.tolist()


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("a" * 32_768, "longer than"),
        ("😀" * 16_384, "longer than"),
        ("\ud800", "no character"),
        ("a\uffff", "no character"),
        ("_x005F_x0041_", "two escapes"),
    ],
)
def test_what_no_cell_can_hold_is_told(word: str, why: str) -> None:
    with pytest.raises(ContractError, match=why):
        book(toy().assign(area_name=pd.Series(["a", "b", word], toy().index, dtype=object)))


def test_libreoffice_reads_the_same_values(soffice: Callable[..., Path], tmp_path: Path) -> None:
    """Opened, saved again as XLSX, and printed, without a question; decimal comma in Swedish."""
    path = tmp_path / "bok.xlsx"
    path.write_bytes(book(toy()))
    second = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2"
    for kind in ("xlsx:Calc MS Excel 2007 XML", second, "pdf"):
        out = soffice(kind, path)
    assert rows((out / "bok.xlsx").read_bytes())[1:] == rows(book(toy()))[1:]
    assert (out / "bok.pdf").read_bytes().startswith(b"%PDF")
    (second,) = out.glob("bok-*.csv")
    saved = csv.reader(second.read_text(encoding="utf-8").splitlines(), delimiter=";")
    assert [row[:2] for row in saved][4:] == [
        ["01170001", "Åkersberga"],
        ["0180R002", "=1+1"],
        ["-0117", "+46 8"],
    ]


def test_a_verdict_in_words_has_the_colour_that_it_has_on_the_map() -> None:
    frame = pd.DataFrame({"verdict": ["Satsa fullt", "Bedöm lokalt"]}, index=["a", "b"])
    table = Table.of(frame.rename_axis("area_code"), "sv")
    book = render_workbook(
        [Sheet("Blad", table, verdicts=["verdict"])], "valledning", Wording("sv", {}, [])
    )
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = "".join(parts.read(n).decode() for n in parts.namelist() if "worksheets" in n)
        styles = parts.read("xl/styles.xml").decode()
    told = re.findall(
        r"<formula>&quot;([^<]*)&quot;</formula>|<formula>\"([^<]*)\"</formula>", sheets
    )
    assert [one or other for one, other in told] == [
        *("Satsa fullt", "Bedöm lokalt", "Komplettera", "Håll kontakten", "Gemensam kampanj")
    ]
    for colour in VERDICT_COLOURS.values():
        assert f"FF{colour[1:].upper()}" in styles
