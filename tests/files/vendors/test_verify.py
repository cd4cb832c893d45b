"""A file that came back is told apart from what was sent, each difference by its name."""

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pandas as pd
import pyogrio
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoprio.cli.verification import lines_of, verified
from geoprio.errors import SourceError
from geoprio.files import (
    Finding,
    Returned,
    compare,
    read_returned,
    render_postal_files,
    render_vendor_files,
)
from geoprio.files import comparison as returned_file
from geoprio.files.comparison import read_csv
from geoprio.files.delivery import Control, Form, read_control
from geoprio.files.table import Table, render_csv
from tests.files.vendors.toys import DELIVERY, toy_selection, vendor

STEM = "omraden-riksdag"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Return the folder of what was sent."""
    for name, content in render_vendor_files(toy_selection(), vendor(), DELIVERY).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def findings(sent: Path, content: bytes | str, name: str = "åter.csv") -> set[Finding]:
    raw = content.encode("utf-8-sig") if isinstance(content, str) else content
    path = sent / name
    path.write_bytes(raw)
    control = read_control(sent / f"{STEM}.kontroll.toml")
    return set(compare(control, read_returned(path, control)))


def original(sent: Path) -> str:
    return (sent / f"{STEM}.csv").read_bytes().decode("utf-8-sig")


def changed(sent: Path, old: str, new: str) -> str:
    before = original(sent)
    assert old in before
    return before.replace(old, new)


def test_what_came_back_as_it_was_is_said_so(sent: Path) -> None:
    assert findings(sent, original(sent)) == set()
    head, *rows = original(sent).splitlines(keepends=True)
    assert findings(sent, "".join([head, *reversed(rows)])) == set()


def test_a_missing_row(sent: Path) -> None:
    lines = original(sent).splitlines(keepends=True)
    del lines[2]
    assert findings(sent, "".join(lines)) == {
        Finding("row_missing", "0180R001"),
        Finding("rows", found="3", expected="4"),
        Finding("sum", "hushall_totalt", "4495", "4950"),
        Finding("sum", "upplaga", "4586", "5051"),
    }


CHANGES: dict[str, tuple[dict[str, str], set[Finding]]] = {
    "a number": (
        {";980;": ";890;"},
        {
            Finding("changed", "0180R002, hushall_totalt", "890", "980"),
            Finding("sum", "hushall_totalt", "4860", "4950"),
        },
    ),
    "a text, and an emptied cell": (
        {";Tensta;": ";Hjulsta;", ";1000;": ";;"},
        {
            Finding("changed", "0180R002, omrade", "Hjulsta", "Tensta"),
            Finding("changed", "01170001, hushall_ej_nejtack", "", "1000"),
        },
    ),
    "an unknown count that became zero": (
        {";455;;": ";455;0;"},
        {Finding("changed", "0180R001, hushall_ej_nejtack", "0", "")},
    ),
    "lost leading zeros": (
        {"01170001;": "1170001;", ";0117;": ";117;"},
        {
            Finding("zeros", "01170001, omradeskod", "1170001", "01170001"),
            Finding("zeros", "01170001, kommunkod", "117", "0117"),
        },
    ),
    "numbers written otherwise": ({";1205;": ";1 205;", ";1,00": ";1", ";0,50": ";0,5"}, set()),
    "another line end": ({"\r\n": "\r"}, {Finding("line_end", found="CR", expected="CRLF")}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_told_and_no_more(sent: Path, what: str) -> None:
    changes, expected = CHANGES[what]
    text = original(sent)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert findings(sent, text) == expected


def test_a_doubled_row_and_one_that_was_never_sent(sent: Path) -> None:
    lines = original(sent).splitlines(keepends=True)
    again = lines[3].replace(";980;", ";981;")
    assert findings(sent, "".join([*lines, again])) == {
        Finding("row_doubled", "0180R002", "2", "1"),
        Finding("changed", "0180R002, hushall_totalt", "981", "980"),
        Finding("rows", found="5", expected="4"),
        Finding("sum", "hushall_totalt", "5931", "4950"),
        Finding("sum", "upplaga", "6050", "5051"),
    }
    new = lines[3].replace("0180R002", "0180R999").replace(";980;", ";0;").replace(";1000;", ";0;")
    assert Finding("row_new", "0180R999") in findings(sent, "".join([*lines, new]))


@pytest.mark.parametrize("codec", ["cp1252", "utf-16"])
def test_another_encoding_with_its_letters_kept(sent: Path, codec: str) -> None:
    found = findings(sent, original(sent).encode(codec))
    named = {"cp1252": "iso-8859-1"}.get(codec, codec)
    assert Finding("encoding", found=named, expected="utf-8") in found
    assert {one.kind for one in found} <= {"encoding", "bom"}
    lost = Finding("bom", found="False", expected="True")
    assert findings(sent, original(sent).encode()) == {lost}


@pytest.mark.parametrize(
    "garble",
    [
        lambda text: text.encode().decode("cp1252", "replace"),
        lambda text: text.replace("Å", "?").replace("Ö", "?").replace("Ä", "?").replace("ä", "?"),
        lambda text: normalize("NFKD", text).encode("ascii", "ignore").decode(),
        lambda text: normalize("NFD", text),
        lambda text: text.replace("Å", "\ufffd").replace("Ö", "\ufffd").replace("Ä", "\ufffd"),
    ],
    ids=["read as cp1252", "question marks", "accents gone", "decomposed", "replaced"],
)
def test_letters_gone_wrong_are_told_as_letters(sent: Path, garble: Callable[[str], str]) -> None:
    head, rest = original(sent).split("\r\n", 1)
    found = findings(sent, head + "\r\n" + garble(rest))
    assert {one.kind for one in found} == {"letters"}
    assert ("01170001, omrade", "Åkersberga") in {(one.where, one.expected) for one in found}
    assert not any("Tensta" in one.expected for one in found)


def test_another_separator_decimal_mark_and_line_end(sent: Path) -> None:
    lines = [line.split(";") for line in original(sent).replace('"', "").splitlines()]
    table = pd.read_csv(io.StringIO(original(sent)), sep=";", dtype=str, keep_default_na=False)
    table["yta_km2"] = table["yta_km2"].str.replace(",", ".")
    assert len(lines) == 5
    assert findings(sent, table.to_csv(index=False, sep=",", lineterminator="\n")) == {
        Finding("separator", found="komma", expected="semikolon"),
        Finding("line_end", found="LF", expected="CRLF"),
        Finding("decimal", "yta_km2", ".", ","),
    }


def test_columns_that_are_gone_new_or_moved(sent: Path) -> None:
    table = pd.read_csv(io.StringIO(original(sent)), sep=";", dtype=str, keep_default_na=False)

    def saved(frame: pd.DataFrame) -> str:
        return frame.to_csv(index=False, sep=";", lineterminator="\r\n")

    assert findings(sent, saved(table.drop(columns="upplaga").assign(pris="3"))) == {
        Finding("column_missing", "upplaga"),
        Finding("column_new", "pris"),
    }
    moved = findings(sent, saved(table[table.columns[::-1]]))
    assert {one.kind for one in moved} == {"column_moved"}


def test_rows_cut_short_are_told(sent: Path) -> None:
    text = changed(sent, ";2030-08-05;2030-08-11;1,00", "")
    assert Finding("uneven", "2") in findings(sent, text)


def resaved(rows: list[list[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return content.getvalue()


def test_a_workbook_saved_from_a_csv_that_excel_opened(sent: Path) -> None:
    """Excel takes 01170001 for a number when it opens a CSV; what it saves has lost the zeros."""
    table = pd.read_csv(io.StringIO(original(sent)), sep=";", decimal=",")
    rows = [list(table), *table.astype(object).where(table.notna(), "").to_numpy().tolist()]
    found = findings(sent, resaved(rows), "åter.xlsx")
    assert {one.kind for one in found} == {"zeros"}
    assert {one.where for one in found} >= {"01170001, kommunkod", "0180R001, kommunkod"}


@pytest.mark.parametrize("ending", [".xlsx", ".gpkg", ".shp.zip", ".kml"])
def test_each_kind_of_file_comes_back_as_it_was(sent: Path, ending: str) -> None:
    control = read_control(sent / f"{STEM}.kontroll.toml")
    returned = read_returned(sent / f"{STEM}{ending}", control)
    assert compare(control, returned) == []


def test_a_changed_map_file_is_told(sent: Path) -> None:
    frame = pyogrio.read_dataframe(sent / f"{STEM}.gpkg")
    frame.loc[2, "hushall_totalt"] = 1
    pyogrio.write_dataframe(frame.iloc[1:], sent / "åter.gpkg")
    control = read_control(sent / f"{STEM}.kontroll.toml")
    found = set(compare(control, read_returned(sent / "åter.gpkg", control)))
    assert Finding("row_missing", "01170001") in found
    assert Finding("changed", "0180R002, hushall_totalt", "1", "980") in found


def told(file: Path, against: Path | None = None) -> tuple[bool, list[str]]:
    found = verified(file, against=against)
    return found.same, list(lines_of(found, "sv"))


def test_the_command_finds_the_sheet_that_names_the_file(sent: Path) -> None:
    for path in sorted(sent.iterdir()):
        if not path.name.endswith(".toml"):
            assert told(path)[0]
            assert told(path)[1][0].startswith(f"{path.name}: oförändrad, varje byte")
    (sent / f"{STEM}.csv").write_bytes(changed(sent, ";980;", ";890;").encode("utf-8-sig"))
    same, lines = told(sent / f"{STEM}.csv")
    assert not same
    assert lines == [
        f"{STEM}.csv: 2 avvikelser från {STEM}.kontroll.toml",
        "  - 0180R002, hushall_totalt: ändrat till '890'; skickat '980'",
        "  - summan av hushall_totalt: 4860; skickat 4950",
    ]


def test_postal_codes_come_back_by_the_same_rules(tmp_path: Path) -> None:
    codes = pd.Series(["11122", "16372", "18430"])
    for name, content in render_postal_files(codes, vendor(), DELIVERY).items():
        (tmp_path / name).write_bytes(content)
    path = tmp_path / f"{STEM}-postnummer.txt"
    assert told(path)[0]
    path.write_text("11122\n18430\n18430\n", encoding="utf-8")
    same, lines = told(path)
    assert not same
    assert "  - 16372: raden saknas" in lines
    assert "  - 18430: raden står 2 gånger" in lines


def test_a_file_of_our_own_is_compared_with_its_original(tmp_path: Path) -> None:
    """The `'` that keeps a spreadsheet from running a text is taken off before comparing."""
    names = ["=1+1", "'=x", "Åkersberga", "@a"]
    frame = pd.DataFrame(
        {"area_name": names, "lo_share": [12.5, None, 3.0, 4.0]},
        index=pd.Index(["01170001", "2", "3", "4"], name="area_code"),
    )
    raw = render_csv(Table(frame, {}), "valledning", language="sv", notes={})
    (tmp_path / "ranking.csv").write_bytes(raw)
    copy = tmp_path / "kopia.csv"
    copy.write_bytes(raw.replace(b"'=1+1", b"=1+1"))
    assert told(copy, tmp_path / "ranking.csv") == (
        True,
        ["kopia.csv: som den skickades (4 rader, jämförd med ranking.csv)"],
    )
    copy.write_bytes(raw.replace(b"'=1+1", b"=1+2"))
    same, lines = told(copy, tmp_path / "ranking.csv")
    assert not same
    assert lines[1:] == ["  - 01170001, area_name: ändrat till '=1+2'; skickat '=1+1'"]


def test_a_file_of_a_run_is_known_by_the_record(tmp_path: Path) -> None:
    path = tmp_path / "ranking.csv"
    path.write_bytes(b"a;b\r\n1;2\r\n")
    sum_ = "2f1a8d2c"
    (tmp_path / "run.json").write_text(f'{{"files": {{"ranking.csv": "{sum_}"}}}}', "utf-8")
    with pytest.raises(SourceError, match=r"has changed since the run"):
        told(path)
    inside = tmp_path / "foreningar" / "taby.xlsx"
    inside.parent.mkdir()
    inside.write_bytes(b"x")
    sum_ = hashlib.sha256(b"x").hexdigest()
    files = f'{{"files": {{"foreningar/taby.xlsx": "{sum_}"}}}}'
    (tmp_path / "run.json").write_text(files, "utf-8")
    assert told(inside) == (True, ["taby.xlsx: oförändrad, varje byte (jämförd med run.json)"])


def test_what_cannot_be_compared_is_told(sent: Path, tmp_path: Path) -> None:
    alone = tmp_path / "annan" / "fil.csv"
    alone.parent.mkdir()
    alone.write_bytes(b"a;b\r\n")
    with pytest.raises(SourceError, match="no control sheet in its folder"):
        told(alone)
    with pytest.raises(SourceError, match="cannot be read"):
        told(sent / "finns-inte.csv")
    sheet = sent / f"{STEM}.kontroll.toml"
    sheet.write_text("rader = 4\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no whole control sheet"):
        told(sent / f"{STEM}.csv", sheet)
    for name, content in (("tom.csv", b""), ("trasig.xlsx", b"x"), ("trasig.gpkg", b"x")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=name):
            told(tmp_path / name, sent / f"{STEM}.csv")


FIRST = st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\n", "'", "''="])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(
        st.builds(str.__add__, FIRST, st.text(st.characters(exclude_categories=["Cs"]))),
        min_size=1,
        max_size=100,
    )
)
@example(
    [
        "=1+1",
        "a;b",
        'a"b',
        "a\nb",
        "a\rb",
        "a\r\nb",
        "'",
        "'=",
        "''=",
        "''@",
        "-3",
        " a ",
        "\ufeff",
        "å",
    ]
)
def test_any_text_of_our_own_csv_comes_back_and_none_of_it_runs(words: list[str]) -> None:
    index = pd.Index([f"{place:04d}" for place in range(len(words))], name="area_code")
    frame = pd.DataFrame({"area_name": pd.Series(words, index, dtype=object)})
    raw = render_csv(Table(frame, {}), "valledning", language="sv", notes={})
    form = Form("utf-8", True, ";", ",", "\r\n")
    returned = read_csv(Path("x.csv"), raw, expected=form, columns=list(frame))
    assert returned.cells["area_name"].tolist() == words
    assert returned.form == form
    cells = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    runs = ("=", "+", "-", "@", "\t", "\r", "\n")
    assert not any(cell.startswith(runs) for row in cells for cell in row)


CELLS = pd.DataFrame(
    {
        "kod": ["0117", "0180R1", "A"],
        "namn": ["Åby", "=x", ""],
        "antal": ["12", "", "1200"],
        "yta": ["1,50", "0,25", "3,00"],
    }
)
SENT = Control(CELLS, Form("utf-8", True, ";", ",", "\r\n"), {})


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.integers(0, 2), st.sampled_from(list(CELLS)), st.text(max_size=6), st.permutations(range(3))
)
def test_no_changed_cell_passes_unseen(row: int, column: str, found: str, order: list[int]) -> None:
    came = CELLS.iloc[order].reset_index(drop=True)
    assert compare(SENT, Returned("x.csv", came)) == []
    expected = came.loc[row, column]
    came.loc[row, column] = found
    plain = {text: text.replace(",", ".").strip() for text in (found, expected)}
    try:
        equal = column != "kod" and float(plain[found]) == float(plain[expected])
    except ValueError:
        equal = False
    differs = found != expected and not equal
    assert bool(compare(SENT, Returned("x.csv", came))) >= differs


def test_cells_beyond_measure_are_told(sent: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read as CSV"):
        findings(sent, changed(sent, ";Tensta;", f";{'a' * 200_000};"))


def test_a_zip_that_unpacks_beyond_measure_is_refused(
    sent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returned_file, "LARGEST", 1000)
    control = read_control(sent / f"{STEM}.kontroll.toml")
    for ending in (".xlsx", ".shp.zip"):
        with pytest.raises(SourceError, match="unpacks to more than"):
            read_returned(sent / f"{STEM}{ending}", control)
