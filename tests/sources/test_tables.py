"""Traps of csv tables: codes, numbers, notes, encodings."""

import re
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


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff"code","n"\r\n"01140101","5"\r\n"01140102",7\r\n',
        "code,n\n01140102,7\n01140101,5\n",
        "code,n\n1140101,5\n1140102,7\n",
        TWO + ',\n"Källa: SCB, 2023",\n20250131 08:00,\n\nSenaste uppdatering\n',
    ],
    ids=["marks", "order", "lost zeros", "notes without a number"],
)
def test_what_is_written_otherwise_is_read_the_same(tmp_path: Path, text: str) -> None:
    assert read_csv_text(tmp_path, text).equals(read_csv_text(tmp_path, TWO))


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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,n\n01140101,x\n01140102,y\n", r"(?s)2 cells.*row 2.*row 3"),
        ("code,n\n01140101,5\n01140101,5\n", r"(?s)stand twice.*row 2: 01140101.*row 3: 01140101"),
        # Doubled by a lost zero.
        ("code,n\n01140101,5\n1140101,5\n", "stand twice"),
        *(
            (f"code,n\n01140101,5\n{bad},7\n", rf"(?s)no area of valdistrikt_2022.*row 3: '{bad}'")
            for bad in ("011401011", "0114A101", "99140101", "114", "")
        ),
        (TWO + "Summa,12\n", "row 4: 'Summa'"),
        ("code,n\n01140101,5\nNot,\n01140102,7\n", "row 3: 'Not'"),
        ("code,antal\n01140101,5\n", r"(?s)'n' is missing.*found: 'code', 'antal'"),
        ("code;n\n01140101;5\n", "separated by ';', and the source expects ','; save the file so"),
        ("code\tn\n01140101\t5\n", r"separated by '\\t', and the source expects ','"),
        ('code,n\n01140101,"5,5"\n', r"decimal commas: save them.* `decimal = \",\"`"),
        ("code,n,n\n01140101,5,6\n", "'n' stands twice"),
        ("code,n\n01140101,5,6\n", "row 2 has more cells"),
        ('code,n\n01140101,"5\n', r"damaged.*\(Error: unexpected end of data\)"),
        ("code,n\n", "no rows"),
        ("code,n\n03050101,5\n", r"no row of county 01; found county 03 \(1 row\)"),
        # The office answers 0 for codes of another vintage.
        ("code,n\n01140101,0\n01140102,0\n", "every number is 0"),
    ],
)
def test_a_table_that_is_wrong_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_csv_text(tmp_path, text)


def test_a_blank_is_never_padded_into_a_code_of_zeros(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row 3: ''"):
        read_csv_text(tmp_path, "code,n\n01140101,5\n,7\n", key={"column": "code", "width": 8})


def test_a_last_area_without_a_number_is_kept_as_unknown(tmp_path: Path) -> None:
    frame = read_csv_text(tmp_path, "code,n\n01140101,5\n01140102,\n")
    assert list(frame.index) == ["01140101", "01140102"]
    assert np.isnan(frame["population_count"].iloc[1])


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_bytes("code,n\n01140101,5\nå,\n".encode("cp1252"))
    with pytest.raises(SourceError, match="not utf-8"):
        read_source(source(), tmp_path, county_code="01")
    other = source(options={"encoding": "cp1252"})
    assert len(read_source(other, tmp_path, county_code="01")) == 1


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


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"age": "15"}, "too few of the file's dimensions"),
        ({"age": "17", "sex": "men"}, "no row where 'age' is '17'; found 14, 15, 16"),
    ],
)
def test_a_where_that_forgets_a_dimension_or_fits_nothing_is_told(
    tmp_path: Path, where: dict[str, str], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read_csv_text(tmp_path, LONG, columns=[{"name": "age_count", "value": "n", "where": where}])


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


def test_a_fault_of_a_table_is_told_in_one_language(tmp_path: Path) -> None:
    for text in ("code,n\n01140101,x\n", "code,n\n01140101,5\n01140101,5\n", TWO + "Summa,12\n"):
        with pytest.raises(SourceError) as fault:
            read_csv_text(tmp_path, text)
        said = fault.value.told("sv")
        assert re.search(r"\brad [234]\b", said), said
        assert "row" not in said
