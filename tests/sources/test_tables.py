"""Traps of csv tables: codes, numbers, notes, encodings."""

from pathlib import Path

import numpy as np
import pytest

from geoprio.errors import SourceError
from geoprio.sources import read_source
from tests.sources.toy import read_csv_text, source

TWO = "code,n\n01140101,5\n01140102,7\n"


def test_a_table_is_read_by_code(tmp_path: Path) -> None:
    frame = read_csv_text(tmp_path, TWO)
    assert frame.index.name == "area_code"
    assert frame["population_count"].to_dict() == {"01140101": 5.0, "01140102": 7.0}


def test_rows_are_sorted_by_code(tmp_path: Path) -> None:
    frame = read_csv_text(tmp_path, "code,n\n01140102,7\n01140101,5\n")
    assert list(frame.index) == ["01140101", "01140102"]


def test_bom_and_crlf_and_quotes_change_nothing(tmp_path: Path) -> None:
    text = '\ufeff"code","n"\r\n"01140101","5"\r\n"01140102",7\r\n'
    assert read_csv_text(tmp_path, text).equals(read_csv_text(tmp_path, TWO))


def test_codes_that_lost_leading_zeros_get_them_back(tmp_path: Path) -> None:
    assert read_csv_text(tmp_path, "code,n\n1140101,5\n1140102,7\n").index[0] == "01140101"


@pytest.mark.parametrize("missing", ["", "..", " "])
def test_missing_is_nan_and_never_zero(tmp_path: Path, missing: str) -> None:
    frame = read_csv_text(tmp_path, f"code,n\n01140101,{missing}\n01140102,7\n")
    assert np.isnan(frame["population_count"].iloc[0])


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    value = read_csv_text(tmp_path, "code,n\n01140101,-0\n01140102,7\n").iloc[0, 0]
    assert value == 0
    assert not np.signbit(value)


@pytest.mark.parametrize("bad", ["-3", "abc", "1.5", "1 234", "7,5", "nan", "inf", "1e3", "0x1"])
def test_a_cell_that_is_no_count_is_named_by_row_column_and_value(tmp_path: Path, bad: str) -> None:
    text = f'code,n\n01140101,5\n01140102,"{bad}"\n'
    with pytest.raises(SourceError, match=rf"row 3 \(01140102\), column 'n': found '{bad}'"):
        read_csv_text(tmp_path, text)


def test_every_bad_cell_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)2 cells.*row 2.*row 3"):
        read_csv_text(tmp_path, "code,n\n01140101,x\n01140102,y\n")


def test_a_duplicated_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)stand twice.*row 2: 01140101.*row 3: 01140101"):
        read_csv_text(tmp_path, "code,n\n01140101,5\n01140101,5\n")


def test_a_code_that_is_doubled_by_a_lost_zero_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="stand twice"):
        read_csv_text(tmp_path, "code,n\n01140101,5\n1140101,5\n")


@pytest.mark.parametrize("bad", ["011401011", "0114A101", "99140101", "114"])
def test_a_malformed_code_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(SourceError, match=rf"(?s)no area of valdistrikt_2022.*row 3: '{bad}'"):
        read_csv_text(tmp_path, f"code,n\n01140101,5\n{bad},7\n")


def test_a_number_without_a_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 3: ''"):
        read_csv_text(tmp_path, "code,n\n01140101,5\n,7\n")


def test_a_blank_is_never_padded_into_a_code_of_zeros(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 3: ''"):
        read_csv_text(tmp_path, "code,n\n01140101,5\n,7\n", key={"column": "code", "width": 8})


def test_trailing_notes_are_dropped_when_they_carry_no_number(tmp_path: Path) -> None:
    notes = ',\n"Källa: SCB, 2023",\n20250131 08:00,\n\nSenaste uppdatering\n'
    assert read_csv_text(tmp_path, TWO + notes).equals(read_csv_text(tmp_path, TWO))


def test_a_note_with_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 4: 'Summa'"):
        read_csv_text(tmp_path, TWO + "Summa,12\n")


def test_a_note_amid_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 3: 'Not'"):
        read_csv_text(tmp_path, "code,n\n01140101,5\nNot,\n01140102,7\n")


def test_a_last_area_without_a_number_is_kept_as_unknown(tmp_path: Path) -> None:
    frame = read_csv_text(tmp_path, "code,n\n01140101,5\n01140102,\n")
    assert list(frame.index) == ["01140101", "01140102"]
    assert np.isnan(frame["population_count"].iloc[1])


def test_a_missing_column_lists_those_found(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)'n' is missing.*found: 'code', 'antal'"):
        read_csv_text(tmp_path, "code,antal\n01140101,5\n")


def test_a_wrong_separator_shows_as_a_missing_column(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found: 'code;n'"):
        read_csv_text(tmp_path, "code;n\n01140101;5\n")


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'n' stands twice"):
        read_csv_text(tmp_path, "code,n,n\n01140101,5,6\n")


def test_a_row_longer_than_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 2 has more cells"):
        read_csv_text(tmp_path, "code,n\n01140101,5,6\n")


def test_an_unclosed_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the csv is damaged"):
        read_csv_text(tmp_path, 'code,n\n01140101,"5\n')


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no rows"):
        read_csv_text(tmp_path, "code,n\n")


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_bytes("code,n\n01140101,5\nå,\n".encode("cp1252"))
    with pytest.raises(SourceError, match="not utf-8"):
        read_source(source(), tmp_path, county_code="01")
    other = source(options={"encoding": "cp1252"})
    assert len(read_source(other, tmp_path, county_code="01")) == 1


def test_a_file_for_another_county_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no row of county 01; found county 03 \(1 rows\)"):
        read_csv_text(tmp_path, "code,n\n03050101,5\n")


def test_nothing_but_zeros_is_refused(tmp_path: Path) -> None:
    """The office answers 0 for codes of another vintage."""
    with pytest.raises(SourceError, match="every number is 0"):
        read_csv_text(tmp_path, "code,n\n01140101,0\n01140102,0\n")


LONG = "code,age,sex,n\n" + "".join(
    f"01140101,{age},{sex},{10 * age + (sex == 'women')}\n"
    for age in (14, 15, 16)
    for sex in ("men", "women")
)


def test_a_column_is_the_sum_over_the_rows_it_names(tmp_path: Path) -> None:
    columns = [
        {
            "name": "age_15_16_count",
            "value": "n",
            "where": {"age": {"from": 15, "to": 16}, "sex": ["men", "women"]},
        },
        {"name": "women_count", "value": "n", "where": {"age": ["14", "15"], "sex": "women"}},
    ]
    frame = read_csv_text(tmp_path, LONG, columns=columns)
    assert frame.loc["01140101", "age_15_16_count"] == 150 + 151 + 160 + 161
    assert frame.loc["01140101", "women_count"] == 141 + 151


def test_a_dimension_that_where_forgets_is_refused(tmp_path: Path) -> None:
    columns = [{"name": "age_15_count", "value": "n", "where": {"age": "15"}}]
    with pytest.raises(SourceError, match="too few of the file's dimensions"):
        read_csv_text(tmp_path, LONG, columns=columns)


def test_a_sum_without_one_of_its_rows_is_unknown(tmp_path: Path) -> None:
    columns = [{"name": "a_count", "value": "n", "where": {"age": ["14", "15"]}}]
    text = "code,age,n\n01140101,14,1\n01140101,15,2\n01140102,14,4\n"
    frame = read_csv_text(tmp_path, text, columns=columns)
    assert frame["a_count"].iloc[0] == 3
    assert np.isnan(frame["a_count"].iloc[1])


def test_a_sum_with_an_unknown_part_is_unknown(tmp_path: Path) -> None:
    columns = [{"name": "a_count", "value": ["n", "m"]}]
    frame = read_csv_text(tmp_path, "code,n,m\n01140101,1,..\n01140102,1,2\n", columns=columns)
    assert np.isnan(frame["a_count"].iloc[0])
    assert frame["a_count"].iloc[1] == 3


def test_a_category_that_stands_nowhere_is_named(tmp_path: Path) -> None:
    columns = [{"name": "a_count", "value": "n", "where": {"age": "17", "sex": "men"}}]
    with pytest.raises(SourceError, match="no row where 'age' is '17'; found 14, 15, 16"):
        read_csv_text(tmp_path, LONG, columns=columns)


def test_an_optional_column_may_be_absent(tmp_path: Path) -> None:
    columns = [
        {"name": "a_count", "value": "n"},
        {"name": "b_count", "value": "m", "optional": True},
    ]
    assert list(read_csv_text(tmp_path, TWO, columns=columns).columns) == ["a_count"]


def test_thousands_become_kronor(tmp_path: Path) -> None:
    columns = [{"name": "wage_income_mean_sek", "value": "n", "scale": 1000.0}]
    frame = read_csv_text(tmp_path, "code,n\n01140101,438.3\n", columns=columns)
    assert frame.iloc[0, 0] == pytest.approx(438_300)


def test_a_combination_that_stands_nowhere_is_unknown_and_not_zero(tmp_path: Path) -> None:
    columns = [
        {"name": "a_count", "value": "n", "where": {"age": "15", "sex": "men"}},
        {"name": "b_count", "value": "n", "where": {"age": "14", "sex": "men"}},
    ]
    text = "code,age,sex,n\n01140101,14,men,1\n01140101,15,women,2\n"
    frame = read_csv_text(tmp_path, text, columns=columns)
    assert np.isnan(frame["a_count"].iloc[0])
    assert frame["b_count"].iloc[0] == 1
