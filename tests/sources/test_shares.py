"""Shares, tables of the whole country and tables by label: read as published, never added up."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from geoprio.errors import ContractError, SourceError
from geoprio.sources import load_source, read_source
from geoprio.tables import COUNTS, check
from tests.sources.toy import Cell, read_csv_text, source, square, write_cube

INDUSTRIES = (
    *("A", "B+C", "D+E", "F", "G", "H", "I", "J", "K", "L", "M+N", "O", "P", "Q", "R+S+T+U", "00"),
)


def coded(*codes: str) -> dict[str, str]:
    return {code: f"heter {code}" for code in codes}


def test_percentages_become_shares_and_unknown_stays_so(tmp_path: Path) -> None:
    share = [{"name": "turnout_share", "value": "n", "scale": 0.01}]
    frame = read_csv_text(tmp_path, "code,n\n01140101,81.5\n01140102,..\n", columns=share)
    assert frame["turnout_share"].iloc[0] == pytest.approx(0.815)
    assert math.isnan(frame["turnout_share"].iloc[1])


def test_percentages_taken_for_shares_are_refused(tmp_path: Path) -> None:
    share = [{"name": "turnout_share", "value": "n"}]
    with pytest.raises(SourceError, match=r"(?s)above 1; .*`scale = 0.01`.*01140101: 81.5"):
        read_csv_text(tmp_path, "code,n\n01140101,81.5\n", columns=share)


def test_a_share_of_several_rows_is_refused(tmp_path: Path) -> None:
    where = {"age": ["18-29", "30-49"]}
    share = [{"name": "turnout_share", "value": "n", "where": where}]
    text = "code,age,n\n01140101,18-29,0.5\n01140101,30-49,0.4\n"
    with pytest.raises(SourceError, match="fits 2 rows of each area; shares are never added"):
        read_csv_text(tmp_path, text, columns=share)


@pytest.mark.parametrize("more", [{"value": ["a", "b"]}, {"value": "a", "minus": ["b"]}])
def test_a_share_of_several_columns_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="shares are never added"):
        source(columns=[{"name": "a_share", **more}])


def test_counts_hold_shares_between_0_and_1() -> None:
    index = pd.Index(["a"], name="area_code")
    assert check(pd.DataFrame({"a_share": [1.0]}, index=index), COUNTS) is not None
    with pytest.raises(ContractError, match="a_share"):
        check(pd.DataFrame({"a_share": [1.01]}, index=index), COUNTS)


def test_a_dimension_is_read_by_label_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    table = {
        "reader": "jsonstat2",
        "options": {"labels": ["Kon"]},
        "key": {"column": "Region"},
        "columns": [{"name": "women_count", "value": "value", "where": {"Kon": "kvinnor"}}],
    }
    dimensions = {"Region": coded("01140101"), "Kon": {"1": "män", "2": " kvinnor  "}}
    write_cube(tmp_path / "toy.json", dimensions, lambda cell: int(cell["Kon"]))
    frame = read_source(source(**table), tmp_path, county_code="01")
    assert frame["women_count"].to_dict() == {"01140101": 2.0}
    write_cube(tmp_path / "toy.json", dimensions | {"Kon": {"1": "k", "2": "k"}}, lambda _: 1)
    with pytest.raises(SourceError, match="called the same: k; use their codes"):
        read_source(source(**table), tmp_path, county_code="01")


def test_area_types_are_read_beside_an_index_with_decimals(tmp_path: Path) -> None:
    def figure(cell: Cell) -> float | None:
        if cell["ContentsCode"] == "000008IT":
            return -0.73
        return None if "R002" in cell["Region"] else 3

    regions = coded("0180R001_RegSO2025", "0180R002_RegSO2025")
    dimensions = {
        "Region": regions,
        "ContentsCode": coded("000008IT", "000008IU"),
        "Tid": coded("2024"),
    }
    write_cube(tmp_path / "TAB6586_RegSO2025.json", dimensions, figure)
    frame = read_source(load_source("scb_area_type_regso2025"), tmp_path, county_code="01")
    assert frame["area_type_class"].fillna(-1).to_dict() == {"0180R001": 3, "0180R002": -1}


def test_turnout_per_regso_is_found_by_its_labels(tmp_path: Path) -> None:
    table = load_source("scb_turnout_regso")
    labels = {str(column.where["Bakgrund"]) for column in table.columns}
    numbered = {f"kod{number}": label for number, label in enumerate(sorted(labels))}
    young = next(code for code, label in numbered.items() if label == "ålder: 18-29 år")

    def figure(cell: Cell) -> float | None:
        return 71.4 if cell["Bakgrund"] == young else 80.0

    dimensions = {
        "Region": coded("0180R001", "0305R001"),
        "Bakgrund": numbered,
        "Kon": {"4": "män och kvinnor", "1": "män", "2": "kvinnor"},
        "ContentsCode": coded("000004WU", "000004WV", "000004WW"),
        "Tid": coded("2022"),
    }
    write_cube(tmp_path / table.files[0], dimensions, figure)
    frame = read_source(table, tmp_path, county_code="01")
    assert list(frame.index) == ["0180R001"]
    assert frame["turnout_kommun_age_18_29_share"].iloc[0] == pytest.approx(0.714)
    assert frame["turnout_riksdag_women_share"].iloc[0] == pytest.approx(0.8)


def test_blue_collar_workers_are_occupations_of_5_to_9_by_industry_and_sex(tmp_path: Path) -> None:
    people = {"0002": 1000, "021": 1, "112": 2, "411": 4, "511": 8, "723": 16, "962": 32}

    def figure(cell: Cell) -> float | None:
        return people[cell["Yrke2012"]] * int(cell["Kon"]) * (cell["SNI2007"] == "B+C")

    dimensions = {
        "Region": coded("00", "01", "0114", "0180", "0305", "9999"),
        "Yrke2012": coded(*people),
        "SNI2007": coded(*INDUSTRIES),
        "Kon": coded("1", "2"),
        "ContentsCode": coded("000006XZ"),
        "Tid": coded("2024"),
    }
    table = load_source("scb_occupation_industry_kommun")
    # The fetch asks for the municipalities only: the file holds no larger region.
    dimensions["Region"] = coded("0114", "0180")
    write_cube(tmp_path / table.files[0], dimensions, figure)
    frame = read_source(table, tmp_path, county_code="01")
    assert list(frame.index) == ["0114", "0180"]
    assert frame["blue_collar_bc_men_count"].tolist() == [56, 56]
    assert frame["employees_bc_men_count"].tolist() == [63, 63]
    assert frame["blue_collar_bc_women_count"].tolist() == [112, 112]
    assert frame["blue_collar_q_women_count"].tolist() == [0, 0]
    assert len(frame.columns) == 2 * 2 * 15


def test_squares_are_areas_and_counts_whatever_county_they_lie_in(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"rutid_scb": code, "beftotalt": 9, "man": 4, "kvinna": 5},
            "geometry": square(west, 6_599_000),
        }
        for code, west in (("6600006599000", 660_000), ("6610006599000", 661_000))
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "befolkning-1km-2025-wfs.geojson").write_text(text, encoding="utf-8")
    areas = read_source(load_source("scb_grid_1km"), tmp_path, county_code="01")
    counts = read_source(load_source("scb_population_grid_1km"), tmp_path, county_code="01")
    assert list(areas.index) == list(counts.index) == ["6600006599000", "6610006599000"]
    assert counts["women_count"].tolist() == [5, 5]
