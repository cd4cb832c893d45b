"""Every file of a run and of its orders is read back: none tells what its audience may not see."""

import io
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from geoprio.config import Vendor, load_group, load_named, shipped_folder
from geoprio.reports.vendor_order import vendor_files
from geoprio.runs import Run
from tests.reports.test_deliveries import EDITION
from tests.reports.walk import Part, faults_of, parts_of

SHIPPED = (shipped_folder(),)
VENDORS = ("svensk_excel", "utf8_komma")


@pytest.fixture(scope="module")
def homes(demo_result: Run) -> dict[str, str]:
    """Return association by area code, of every area set."""
    owners = [level.areas["association"].dropna() for level in demo_result.levels.values()]
    return pd.concat(owners).to_dict()


@pytest.fixture(scope="module")
def labels(demo_result: Run) -> dict[str, str]:
    groups = demo_result.campaign.target_groups
    return {name: load_group(name, SHIPPED).label.sv for name in groups}


@pytest.fixture(scope="module")
def orders(demo_result: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder of each vendor's files."""
    folders = {}
    for name in VENDORS:
        folders[name] = tmp_path_factory.mktemp(name)
        vendor = load_named(Vendor, "vendors", name, SHIPPED)
        for file, content in vendor_files(
            demo_result, demo_result.mailing, vendor, EDITION
        ).items():
            (folders[name] / file).write_bytes(content)
    return folders


def test_no_file_of_a_run_tells_too_much(
    demo_result: Run, demo_out: Path, homes: dict[str, str], labels: dict[str, str]
) -> None:
    assert demo_result.paths
    parts = list(parts_of(demo_out))
    read = {part.file.split(",")[0] for part in parts}
    assert read == {path.name for path in demo_out.rglob("*") if path.is_file()}
    assert {part.audience for part in parts} == {"valledning", "forening"}
    assert [fault for part in parts for fault in faults_of(part, homes, labels)] == []


@pytest.mark.parametrize("name", VENDORS)
def test_no_file_of_an_order_tells_too_much(
    orders: dict[str, Path], name: str, homes: dict[str, str], labels: dict[str, str]
) -> None:
    vendor = load_named(Vendor, "vendors", name, SHIPPED)
    parts = list(parts_of(orders[name], vendor))
    assert {part.audience for part in parts} == {"leverantor"}
    assert [fault for part in parts for fault in faults_of(part, homes, labels)] == []
    tables = [part for part in parts if "area_code" in part.columns]
    # Sorted by code in every file: the order of the choice is a ranking.
    for part in tables:
        codes = part.cells.iloc[:, 0].astype(str)
        assert codes.is_monotonic_increasing, part.file


def test_no_figure_of_a_group_stands_under_another_name(
    demo_result: Run, demo_out: Path, labels: dict[str, str]
) -> None:
    """No column of an association's workbook has the values of a group or of the union."""
    level = next(iter(demo_result.levels.values()))
    printed = level.groups[level.groups["election"] == "riksdag"]
    wide = [
        rows[[kind]].add_prefix(f"{name}_")
        for name, rows in printed.groupby("group")
        for kind in ("count", "share")
    ]
    secret = pd.concat(
        [*wide, level.indicators.filter(regex="at_least_one|target|intensity")], axis=1
    )
    assert len(secret.columns) > 2 * len(labels)
    books = [part for part in parts_of(demo_out) if part.audience == "forening" and part.columns]
    assert len(books) > 50
    for part in books:
        table = part.cells.set_index("områdeskod")
        for column in table:
            shown = pd.to_numeric(table[column], errors="coerce")
            if len(table) < 3 or shown.isna().any():
                continue
            same = secret.loc[table.index].apply(lambda hidden, shown=shown: _alike(shown, hidden))
            assert not same.any(), (part.file, column, same.index[same].tolist())


def _alike(shown: pd.Series, hidden: pd.Series) -> bool:
    return bool(
        (((shown - hidden).abs() <= 0.51).all() and hidden.max() > 2)
        or ((shown - 100 * hidden).abs() <= 0.051).all()
    )


def sheet(columns: dict[str, str], readers: str) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("Läs detta först").write_row(0, 0, ["Får läsas av", readers])
        page = book.add_worksheet("Blad")
        page.write_column(0, 0, ["Blad", f"får läsas av: {readers}"])
        page.write_row(3, 0, columns)
        page.write_row(4, 0, columns.values())
    return content.getvalue()


FORENING = "Internt – föreningen, om dess egna områden"


@pytest.mark.parametrize(
    "columns",
    [
        {"LO-medlemmar: antal": "12"},
        {"lo_share": "0.1"},
        {"motivering": "Många är födda utomlands."},
        {"åtgärd": "Unga"},
        {"Unga: antal": "12"},
        {"träffsäkerhet procent": "12"},
        {"område": "members_count"},
        {"områdeskod": "A", "förening": "Kista"},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_the_walk_finds_what_an_association_may_not_see(
    tmp_path: Path, columns: dict[str, str], labels: dict[str, str]
) -> None:
    (tmp_path / "x.xlsx").write_bytes(sheet(columns, FORENING))
    found = [
        fault
        for part in parts_of(tmp_path)
        for fault in faults_of(part, {"A": "Tensta", "B": "Kista"}, labels)
    ]
    assert found


@pytest.mark.parametrize("column", ["order", "score", "poang", "precision", "lo_count"])
def test_the_walk_finds_what_a_vendor_may_not_see(
    tmp_path: Path, column: str, labels: dict[str, str]
) -> None:
    vendor = load_named(Vendor, "vendors", "svensk_excel", SHIPPED)
    (tmp_path / "x.csv").write_text(f"omradeskod;{column}\r\nA;1\r\n", encoding="utf-8-sig")
    parts = list(parts_of(tmp_path, vendor))
    assert [fault for part in parts for fault in faults_of(part, {}, labels)]


def test_the_walk_finds_the_user_s_own_figures_anywhere(
    tmp_path: Path, labels: dict[str, str]
) -> None:
    frame = pd.DataFrame({"members_count": [1.0], "audience": "valledning"})
    frame.to_parquet(tmp_path / "x.parquet")
    (part, *_) = parts_of(tmp_path)
    assert isinstance(part, Part)
    assert len(faults_of(part, {}, labels)) == 2


def test_a_kind_of_file_that_nobody_can_read_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(b"")
    with pytest.raises(AssertionError, match="nobody can say"):
        list(parts_of(tmp_path))
