"""Result workbooks: votes that belong to no district, the Liberals' two names, empty cells."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import Source, load_source, read_source
from tests.sources.toy import source, write_xlsx

HEADER = ["Kod", "Namn", "Röstberättigade", "", "V", "FP"]
EARLY = "Förtidsröster ej fördelade efter valdistrikt"
ROWS: list[list[Any]] = [
    HEADER,
    ["01140101", "Norr", 100.0, "", 5.0, 3.0],
    ["01140102", "Söder", 200.0, "", 6.0, 4.0],
    ["01149800", EARLY, 0.0, "", 10.0, 1.0],
    ["01149800", EARLY, 0.0, "", 20.0, 2.0],
    ["25840001", "Kiruna", 9.0, "", 9.0, 9.0],
]


def results(**changes: object) -> Source:
    return source(
        **{
            "provides": "results",
            "election": "riksdag",
            "reader": "xlsx",
            "options": {"sheet": "RI_tab4"},
            "key": {"column": "Kod", "width": 8, "pattern": r"(0[1-9]|1\d|2[0-5])\d{6}"},
            "unassigned": {"suffix": "9800"},
            "columns": [
                {"name": "electors_count", "value": "Röstberättigade"},
                {"name": "votes_v_count", "value": "V"},
                {"name": "votes_l_count", "value": "FP"},
            ],
            **changes,
        }
    )


def read(folder: Path, rows: list[list[Any]], **changes: object) -> pd.DataFrame:
    write_xlsx(folder / "toy.xlsx", rows)
    return read_source(results(**changes), folder, county_code="01")


def test_early_votes_of_a_municipality_are_summed_and_marked(tmp_path: Path) -> None:
    frame = read(tmp_path, ROWS)
    assert list(frame.index) == ["01140101", "01140102", "01149800"]
    assert frame.loc["01149800", "votes_v_count"] == 30
    assert list(frame["unassigned"]) == [False, False, True]
    assert frame["votes_v_count"].sum() == 5 + 6 + 10 + 20
    # Folkpartiet is the Liberals.
    assert frame["votes_l_count"].sum() == 3 + 4 + 1 + 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS[:2], ROWS[1], *ROWS[2:]], r"(?s)stand twice.*row 3: 01140101"),
        ([[*HEADER[:5], "L"], *ROWS[1:]], r"(?s)'FP' is missing.*'V', 'L'"),
        ([], "no rows"),
        (
            [*ROWS[:2], ["01140102", '==HYPERLINK("http://x.example","Söder")', *ROWS[2][2:]]],
            r"(?s)sheet 'RI_tab4' holds formulas.*B3",
        ),
    ],
)
def test_a_workbook_that_is_wrong_is_refused(
    tmp_path: Path, rows: list[list[Any]], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, rows)


def test_codes_kept_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    rows = [HEADER, *[[float(row[0]), *row[1:]] for row in ROWS[1:]]]
    assert read(tmp_path, rows).equals(read(tmp_path, ROWS))


def test_a_wrong_sheet_lists_those_found(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "toy.xlsx", ROWS, sheet="Blad1")
    with pytest.raises(SourceError, match="no sheet 'RI_tab4'; found Blad1"):
        read_source(results(), tmp_path, county_code="01")


@pytest.mark.parametrize("kept", [0.3, 0.9, None])
def test_a_truncated_workbook_or_a_page_saved_as_one_is_refused(
    tmp_path: Path, kept: float | None
) -> None:
    content = write_xlsx(tmp_path / "toy.xlsx", ROWS).read_bytes()
    held = content[: int(len(content) * kept)] if kept else b"<html>404</html>"
    (tmp_path / "toy.xlsx").write_bytes(held)
    with pytest.raises(SourceError, match="truncated or damaged"):
        read_source(results(), tmp_path, county_code="01")


def test_a_name_whose_text_is_a_formula_is_refused_and_other_signs_are_text(
    tmp_path: Path,
) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][1] = "+46 -1 @Torget"
    assert len(read(tmp_path, rows)) == 3
    rows[2][1] = "=1+1"
    with pytest.raises(SourceError, match=r"(?s)a formula where a name.*row 3: '=1\+1'"):
        read(tmp_path, rows)


@pytest.mark.parametrize("bad", ["många", -1.0, 1.5, True])
def test_a_cell_that_is_no_count_is_named(tmp_path: Path, bad: object) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][4] = bad if bad is not True else "TRUE"
    with pytest.raises(SourceError, match=r"row 3 \(01140102\), column 'V'"):
        read(tmp_path, rows)


def test_an_empty_cell_is_unknown_unless_the_publisher_means_none(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][4] = None
    assert np.isnan(read(tmp_path, rows).loc["01140101", "votes_v_count"])
    zero = {"reason": "empty where no vote was cast", "columns": ["V"]}
    frame = read(tmp_path, rows, empty_is_zero=zero)
    assert frame.loc["01140101", "votes_v_count"] == 0
    rows[1][4] = ".."
    assert np.isnan(read(tmp_path, rows, empty_is_zero=zero).loc["01140101", "votes_v_count"])


HEADER_2018 = [
    *("LÄNSKOD", "KOMMUNKOD", "VALKRETSKOD", "VALDISTRIKTSKOD"),
    *("LÄNSNAMN", "KOMMUNNAMN", "VALKRETSNAMN", "VALDISTRIKTSNAMN"),
    *("M", "C", "L", "KD", "S", "V", "MP", "SD", "FI", "ÖVR", "OGEJ", "BLANK", "OG"),
    *("RÖSTER GILTIGA", "RÖSTANDE", "RÖSTBERÄTTIGADE", "VALDELTAGANDE"),
]


def test_the_workbooks_of_2018_are_read(tmp_path: Path) -> None:
    """Codes in parts without zeros; empty is none; small parties are what is left."""
    names = ["Stockholms län", "Upplands Väsby", "Stockholms län"]
    votes = [1, 2, 3, 4, 5, 6, 7, 8, 9, None, None, 2, 1, 45, 48, 60, 80.0]
    late = [1, None, None, None, 5, None, None, None, None, None, None, None, None, 6, 6, 0, 0]
    rows = [
        HEADER_2018,
        [1, 14, 2, 101, *names, "Övra Runby", *votes],
        [1, 80, 2, 0, *names, "Uppsamlingsdistrikt", *late],
        [1, 80, 2, 3, *names, "Uppsamlingsdistrikt", *late],
    ]
    write_xlsx(tmp_path / "2018_R_per_valdistrikt.xlsx", rows, sheet="R antal")
    shipped = load_source("val_results_2018_riksdag")
    frame = read_source(shipped, tmp_path, county_code="01")
    assert list(frame.index) == ["01140101", "01800000"]
    district = frame.loc["01140101"]
    assert district["votes_other_count"] == 9
    assert district["invalid_count"] == 3
    assert district["blank_count"] == 2
    assert district["electors_count"] == 60
    assert frame.loc["01800000", "unassigned"]
    assert frame.loc["01800000", "votes_v_count"] == 0
    assert frame.loc["01800000", "votes_s_count"] == 10


def test_a_district_of_2018_without_a_number_is_refused(tmp_path: Path) -> None:
    rows = [HEADER_2018, [1, 14, 2, None, "", "", "", "Övra Runby", *[1] * 17]]
    write_xlsx(tmp_path / "2018_R_per_valdistrikt.xlsx", rows, sheet="R antal")
    shipped = load_source("val_results_2018_riksdag")
    with pytest.raises(SourceError, match=r"(?s)no area of valdistrikt_2018.*row 2"):
        read_source(shipped, tmp_path, county_code="01")


def test_parties_that_take_more_than_all_votes_are_refused(tmp_path: Path) -> None:
    columns = [{"name": "votes_other_count", "value": "FP", "minus": ["V"]}]
    with pytest.raises(SourceError, match=r"(?s)`minus` takes more.*01140101"):
        read(tmp_path, ROWS, columns=columns)


def test_recorded_rows_of_2018_add_up(facts: Path, tmp_path: Path) -> None:
    """Two hundred rows of Valmyndigheten's own file: valid and invalid make the votes cast."""
    path = facts / "samples/val/valresultat-2018.head200.csv"
    saved = pd.read_csv(path, encoding="utf-8-sig")
    body = saved.astype(object).where(saved.notna(), None).to_numpy().tolist()
    write_xlsx(
        tmp_path / "2018_R_per_valdistrikt.xlsx", [list(saved.columns), *body], sheet="R antal"
    )
    shipped = load_source("val_results_2018_riksdag")
    frame = read_source(shipped, tmp_path, county_code="01")
    assert len(frame) == len(saved)
    assert (frame["valid_count"] + frame["invalid_count"] == frame["votes_cast_count"]).all()
    assert frame.loc["01140101", "votes_v_count"] == 113
    assert frame.loc["01140101", "electors_count"] == 1355
    assert frame["unassigned"].sum() == saved["VALDISTRIKTSNAMN"].eq("Uppsamlingsdistrikt").sum()
