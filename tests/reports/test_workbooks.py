"""The workbooks of a run say what its CSV files say, and an association meets its own areas."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geoprio import pipeline
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.runs import Run
from geoprio.words import text

MARK = text("demo_mark", "sv")


def sheets(path: Path) -> dict[str, pd.DataFrame]:
    book = CalamineWorkbook.from_path(path)
    tables = {}
    for name in book.sheet_names[:-1]:
        head, *rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        tables[name] = pd.DataFrame(rows, columns=head)
    return tables


def cells(path: Path) -> list[object]:
    book = CalamineWorkbook.from_path(path)
    return [
        cell
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for cell in row
    ]


@pytest.fixture(scope="module")
def books(demo_result: Run) -> dict[str, Path]:
    folder = demo_result.paths["workbook"].parent / "foreningar"
    return {path.stem: path for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", ["ranking", "mailing", "overlap"])
def test_the_leadership_s_workbook_holds_the_values_of_the_csv(demo_result: Run, name: str) -> None:
    title = text(f"sheet_{name}", "sv")
    shown = sheets(demo_result.paths["workbook"])[title].drop(columns=["anmärkning"])
    content = demo_result.paths[name].read_bytes()
    written = pd.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig")
    written = written[list(shown)].astype(object).where(written[list(shown)].notna(), "")
    figures = shown.map(str).replace(r"\.0$", "", regex=True)
    pd.testing.assert_frame_equal(
        figures, written.map(str).replace(r"\.0$", "", regex=True), check_dtype=False
    )


def test_every_workbook_bears_the_demo_mark_on_every_sheet(
    demo_result: Run, books: dict[str, Path]
) -> None:
    for path in (demo_result.paths["workbook"], *books.values()):
        for title, table in sheets(path).items():
            assert (table["anmärkning"] == MARK).all(), (path.name, title)
        assert MARK in cells(path)


@pytest.mark.slow
def test_libreoffice_opens_them_and_finds_the_same(
    demo_result: Run, books: dict[str, Path], soffice: str, tmp_path: Path
) -> None:
    """Opened and saved again without a question, no value is another."""
    places = [demo_result.paths["workbook"], *list(books.values())[:2]]
    command = [
        soffice,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        *("--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
        *("--outdir", str(tmp_path), *map(str, places)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    for path in places:
        assert cells(tmp_path / path.name) == cells(path), path.name


def test_associations_with_hostile_names_get_plain_files(
    demo_result: Run, demo_out: Path, demo_raw: Path, tmp_path: Path
) -> None:
    """And those of the names before are gone: nobody sends out what no run stands behind."""
    shutil.copytree(demo_out, tmp_path, dirs_exist_ok=True)
    own_raw = Path(shutil.copytree(demo_raw, tmp_path / "raw"))
    before = len(list((demo_result.paths["workbook"].parent / "foreningar").iterdir()))
    hostile = ["=cmd|' /C calc'!A0", "../../utanför", "<r>Åå</r>"]
    shutil.rmtree(own_raw / "privat")
    memberships = pd.read_csv(own_raw / "associations.csv", sep=";", dtype=str)
    names = dict(zip(memberships["association"].unique(), hostile, strict=False))
    memberships.replace(names).to_csv(own_raw / "associations.csv", sep=";", index=False)
    result = pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path)
    folder = result.paths["workbook"].parent / "foreningar"
    told = {path: set(map(str, cells(path))) for path in folder.iterdir()}
    assert len(told) == before
    assert all(re.fullmatch(r"[a-z0-9-]+\.xlsx", path.name) for path in told)
    for name in hostile:
        assert sum(name in words for words in told.values()) == 1
        assert name in cells(result.paths["workbook"])


def test_each_association_meets_its_own_areas_and_all_areas_are_someone_s(
    demo_result: Run, books: dict[str, Path]
) -> None:
    areas = next(iter(demo_result.levels.values())).areas
    seen = []
    for path in books.values():
        tables = sheets(path)
        owners = {owner for table in tables.values() for owner in table["förening"]} - {""}
        assert len(owners) == 1, path.name
        codes = set(tables["Områdesfakta"]["områdeskod"])
        assert codes == set(areas.index[areas["association"] == owners.pop()])
        assert set(tables["Dörrknackning"]["områdeskod"]) == codes
        seen += sorted(codes)
    assert sorted(seen) == areas.index[areas["association"].notna()].tolist()


def test_an_association_is_told_nothing_of_origin_union_or_any_group(
    books: dict[str, Path],
) -> None:
    assert len(books) > 20
    for path in books.values():
        for cell in filter(lambda cell: isinstance(cell, str), cells(path)):
            assert not ORIGIN_OR_UNION.search(cell), (path.name, cell)
        for table in sheets(path).values():
            assert not any(
                word in column
                for column in table
                for word in ("Unga", "LO", "Kvinnor", "Invandrar", "träffsäkerhet", "medlem")
            )
