"""A run's tables and workbooks say what its frames hold; an association meets its own areas."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geoprio import pipeline
from geoprio.files.maps.layers import colour_of
from geoprio.reports.lists import figure_columns, group_columns, ranking_table
from geoprio.runs import Run
from geoprio.words import text
from tests.unpacked import payload_of

MARK = text("demo_mark", "sv")


WORDS = [text(f"sheet_{name}", "sv") for name in ("front", "about")]
"""Sheets that are no table."""


def sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Return the table of each sheet; its `attrs` are the lines that stand over it."""
    book = CalamineWorkbook.from_path(path)
    tables = {}
    for name in book.sheet_names:
        if name not in WORDS:
            told = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            tables[name] = pd.DataFrame(told[4:], columns=told[3])
            tables[name].attrs["over"] = " ".join(str(row[0]) for row in told[:3])
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
    shown = sheets(demo_result.paths["workbook"])[title]
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
            assert MARK in table.attrs["over"], (path.name, title)
        assert MARK in cells(path)


def test_no_column_repeats_itself_and_the_first_sheet_says_what_the_others_are(
    demo_result: Run, books: dict[str, Path]
) -> None:
    for path in (demo_result.paths["workbook"], *books.values()):
        tables = sheets(path)
        for title, table in tables.items():
            if title != text("sheet_ranking", "sv") and len(table) > 1:
                alike = [name for name in table if table[name].duplicated()[1:].all()]
                assert alike == [], (path.name, title)
                assert len(table.columns) <= 10, (path.name, title)
        book = CalamineWorkbook.from_path(path)
        assert book.sheet_names[0] == text("sheet_front", "sv")
        first = {row[0] for row in book.get_sheet_by_index(0).to_python()}
        assert {text("sheet_of", "sv", name=name) for name in tables} <= first


def test_csv_and_workbook_say_each_word_as_the_map_does(demo_result: Run) -> None:
    page = payload_of(demo_result.paths["map"].read_text(encoding="utf-8"))
    level = page["levels"][0]
    content = demo_result.paths["ranking"].read_bytes()
    csv = pd.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig")
    book = sheets(demo_result.paths["workbook"])
    titles = {layer["key"]: layer["title"] for layer in page["layers"]}
    roles = {"verdict": "slutsats", "reason": "motivering", "depends": "att tänka på"}
    for channel in demo_result.scored.known:
        title, told = titles[channel], level["values"][channel]
        for table in (csv, book[text("sheet_ranking", "sv")]):
            own = table.set_index("områdeskod").astype(object).loc[level["codes"]]
            own = own.where(own.notna(), "")
            assert own["område"].tolist() == level["names"]
            for role, heading in roles.items():
                words = told["words"][role]
                assert own[f"{title}: {heading}"].tolist() == [
                    words["once"][place] for place in words["places"]
                ]
            assert [one or None for one in own[f"{title}: plats"]] == told["rank"]
            assert [None if one == "" else one for one in own[f"{title}: poäng"]] == told["value"]
        first = book[title].set_index("områdeskod")
        places = [level["codes"].index(code) for code in first.index]
        assert first["poäng"].tolist() == [told["value"][place] for place in places]
    assert text("column_rank", "sv") == page["words"]["list_rank"].lower()


def test_a_score_has_the_colour_that_it_has_on_the_map(demo_result: Run) -> None:
    page = payload_of(demo_result.paths["map"].read_text(encoding="utf-8"))
    layers = {layer["key"]: layer for layer in page["layers"]}
    channels = list(demo_result.scored.known)
    with zipfile.ZipFile(demo_result.paths["workbook"]) as parts:
        styles = parts.read("xl/styles.xml").decode()
        looks = re.findall(r'<bgColor rgb="FF(\w{6})"/>', styles[styles.index("<dxfs") :])
        for number, channel in enumerate(channels, start=2):
            sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode()
            rules = re.findall(r'operator="greaterThanOrEqual"><formula>([\d.]+)', sheet)
            limits = layers[channel]["limits"]
            assert [float(rule) for rule in reversed(rules)] == limits
            # Verdicts have rules of their own, of equal words.
            rule = r'type="(?:cellIs|notContainsBlanks)" dxfId="(\d+)"(?![^>]*operator="equal")'
            used = [int(look) for look in re.findall(rule, sheet)]
            assert [f"#{looks[look].lower()}" for look in reversed(used)] == [
                colour_of(place, len(limits)) for place in range(len(limits) + 1)
            ]


def test_libreoffice_opens_them_and_finds_the_same(
    demo_result: Run, books: dict[str, Path], soffice: Callable[..., Path]
) -> None:
    """Opened and saved again without a question, no value is another."""
    places = [demo_result.paths["workbook"], *list(books.values())[:2]]
    out = soffice("xlsx:Calc MS Excel 2007 XML", *places)
    for path in places:
        assert cells(out / path.name) == cells(path), path.name


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
        assert sum(any(name in word for word in words) for words in told.values()) == 1
        assert name in cells(result.paths["workbook"])


def test_each_association_meets_its_own_areas_and_all_areas_are_someone_s(
    demo_result: Run, books: dict[str, Path]
) -> None:
    areas = next(iter(demo_result.levels.values())).areas
    seen = []
    for path in books.values():
        tables = sheets(path)
        areas_of = areas["association"]
        told = {code for table in tables.values() for code in table["områdeskod"]} - {""}
        owners = set(areas_of.loc[sorted(told)])
        assert len(owners) == 1, path.name
        (owner,) = owners
        assert all(
            f"förening: {owner}" in one.attrs["over"] for one in tables.values() if len(one) > 1
        )
        codes = set(tables["Områdesfakta"]["områdeskod"])
        assert codes == set(areas.index[areas["association"] == owners.pop()])
        assert set(tables["Dörrknackning"]["områdeskod"]) == codes
        seen += sorted(codes)
    assert sorted(seen) == areas.index[areas["association"].notna()].tolist()


# Toys.

CODES = pd.Index(["A", "B", "C"], name="area_code")
PLACES = pd.DataFrame(
    {"area_name": ["Alvik", "Berg", "Dal"], "municipality_name": "Täby", "association": "Täby"},
    index=CODES,
)


def channel(ranks: list[float], scores: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"rank": ranks, "score": scores}, index=CODES)
    unsure = {"p_top": 0.5, "depends": "", "rank_median": 2.0, "rank_low": 1.0, "rank_high": 3.0}
    return frame.assign(verdict="Bedöm lokalt", reason="Talar för: x.", **unsure)


def estimates() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": "lo",
            "base": "electorate",
            "count": [1234.4, np.nan, 90.6],
            "low": [1000.0, np.nan, 90.6],
            "high": [1500.0, np.nan, 90.6],
            "share": [0.1234, np.nan, 0.0906],
            "share_se": [0.02, np.nan, 0.0],
            "method": ["proxy", "proxy", "published"],
            "shown": ["shown", "small", "shown"],
        },
        index=CODES,
    )


def test_the_ranking_goes_by_the_first_channel_and_names_it() -> None:
    channels = {
        "canvass": ("Dörrknackning", channel([2, 1, np.nan], [50.04, 90, np.nan])),
        "mailing": ("Utskick", channel([1, 2, 3], [9, 8, 7])),
    }
    table = ranking_table(PLACES, channels, [], language="sv", top_k=1).headed
    assert table.index.tolist() == ["B", "A", "C"]
    assert table["Dörrknackning: bland de 1 främsta"].tolist() == ["ja", "nej", ""]
    assert table["Dörrknackning: poäng"].tolist()[:2] == [90, 50]
    assert table["Utskick: plats"].tolist() == [2, 1, 3]


def test_the_last_of_the_top_is_in_it() -> None:
    channels = {"canvass": ("Dörrknackning", channel([1, 2, 3], [9, 8, 7]))}
    table = ranking_table(PLACES, channels, [], language="sv", top_k=2).headed
    assert table["Dörrknackning: bland de 2 främsta"].tolist() == ["ja", "ja", "nej"]


def test_a_group_says_its_base_its_interval_and_what_is_hidden() -> None:
    table = group_columns(estimates(), {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: procent av de röstberättigade"].tolist()[::2] == [12.3, 9.1]
    assert [str(value) for value in table["LO: antal"]] == ["1234", "färre än 10", "91"]
    assert table["LO: lägst"].tolist()[0] == 1000
    assert table["LO: högst"].tolist()[0] == 1500
    assert table[["LO: lägst", "LO: högst"]].loc["C"].isna().all()
    assert table["LO: metod"].tolist() == ["uppskattning", "uppskattning", "publicerad"]


def test_what_is_published_of_residents_is_an_estimate_of_the_electorate() -> None:
    rows = estimates().assign(method="published")
    table = group_columns(rows, {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: lägst"].tolist()[0] == 1000
    assert table.loc["A", "LO: metod"].endswith("(uppskattning)")
    assert table.loc["C", "LO: metod"] == "publicerad"


def test_what_is_withheld_for_another_s_sake_never_says_that_it_is_small() -> None:
    hidden = estimates().assign(shown=["shown", "withheld", "shown"])
    table = group_columns(hidden, {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: antal"].tolist() == [1234, "visas inte", 91]


def test_figures_stand_under_their_own_headings() -> None:
    indicators = pd.DataFrame(
        {
            "turnout_share": [0.811, 0.5, np.nan],
            "red_green_share": [0.3, 0.4, 0.5],
            "mobilisation_count": [10.4, 20.6, 30.0],
            "households_count": [100.0, 200, 300],
        },
        index=CODES,
    )
    table = figure_columns(indicators, language="sv").headed
    assert table["Valdeltagande, procent"].tolist()[:2] == [81.1, 50]
    assert np.isnan(table["Valdeltagande, procent"]["C"])
    assert table["Rödgröna (V, S, MP), procent"].tolist() == [30, 40, 50]
    assert table["ickeröstare × rödgrön andel"].tolist() == [10, 21, 30]
    assert table["hushåll (bostäder)"].tolist() == [100, 200, 300]
