"""The user's own totals: read when they are there, refused when they describe persons."""

import re
from pathlib import Path

import numpy as np
import pytest

from geoprio.errors import SourceError
from geoprio.sources.private import read_capacity

ASSOCIATIONS = ["Bromma", "Täby"]


def give(raw: Path, text: str, *, name: str = "medlemmar.csv") -> Path:
    (raw / "privat").mkdir(exist_ok=True)
    (raw / "privat" / name).write_text(text, encoding="utf-8-sig")
    return raw


def test_totals_are_read_and_what_is_not_given_is_unknown(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count\nBromma;120\n")
    frame = read_capacity(tmp_path, ASSOCIATIONS)
    assert frame["members_count"]["Bromma"] == 120
    assert np.isnan(frame["members_count"]["Täby"])
    assert list(frame.columns) == ["members_count"]


def test_without_files_nothing_is_known(tmp_path: Path) -> None:
    assert read_capacity(tmp_path, ASSOCIATIONS).shape == (2, 0)


@pytest.mark.parametrize("column", ["personnummer", "E-post", "namn", "adress", "telefon"])
def test_a_file_of_persons_is_refused(tmp_path: Path, column: str) -> None:
    give(tmp_path, f"association;members_count;{column}\nBromma;1;x\n")
    with pytest.raises(SourceError, match="describes persons"):
        read_capacity(tmp_path, ASSOCIATIONS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("association;members_count\nBrumma;1\n", "row 2: unknown association"),
        ("association;members_count\n;1\nTäby;2\n", "row 2: unknown association"),
        ("association;members_count\nTäby;1\nTäby;2\n", "row 3: the association stands twice"),
        ("association;members_count\n4711;Täby\n", "row 2: unknown association"),
        ("association;members_count\nTäby;3.7\n", "row 2: not a count"),
        ("association;members_count\nTäby;inf\n", "row 2: not a count"),
        ("association;members_count\nTäby;många\n", "row 2: not a count"),
        ("association;members_count\nTäby;-1\n", "row 2: not a count"),
        ("förening;antal\nTäby;1\n", "expected the columns association;members_count"),
        ("", "cannot be read: the file is empty"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    give(tmp_path, text)
    with pytest.raises(SourceError, match="medlemmar") as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert said in str(caught.value)


@pytest.mark.parametrize("row", ["Täby;4711x", "4711;Täby", ";4711", "Täby;-4711"])
def test_no_figure_is_repeated_in_a_message(tmp_path: Path, row: str) -> None:
    give(tmp_path, f"association;members_count\n{row}\n")
    with pytest.raises(SourceError) as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(
    "cell",
    [
        "19850112-1234",
        "198501121234",
        "850112-1234",
        "8501121234",
        "850112+1234",
        "19850172-1234",
        "850112 1234",
        "anna.ek@exempel.se",
        "070-123 45 67",
        "08-123 456 78",
        "+46701234567",
        "0701234567",
    ],
)
@pytest.mark.parametrize("place", ["name", "figure", "beyond", "header"])
def test_a_person_in_any_cell_is_refused_and_not_repeated(
    tmp_path: Path, cell: str, place: str
) -> None:
    rows = {
        "name": f"association;members_count\nBromma;1\n{cell};2\n",
        "figure": f"association;members_count\nBromma;1\nTäby;{cell}\n",
        "beyond": f"association;members_count\nBromma;1\nTäby;2;{cell}\n",
        "header": f"Täby;{cell}\nBromma;1\n",
    }
    give(tmp_path, rows[place])
    row = 1 if place == "header" else 3
    with pytest.raises(SourceError, match=rf"row {row}: .*describes persons") as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert cell not in str(caught.value)
    assert not re.search(r"\d{3}", str(caught.value))


def test_a_list_longer_than_the_associations_is_refused_in_one_line(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count\n" + "Kalle Kula;1\n" * 400)
    with pytest.raises(SourceError, match="more rows than the campaign's 2 associations") as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert "Kula" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_column_of_its_own_is_refused(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count;anteckning\nTäby;1;kassör Kula\n")
    with pytest.raises(SourceError, match="and no other; found 3") as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert "Kula" not in str(caught.value)


def test_large_totals_are_no_persons(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count\nBromma;12345678\nTäby;0\n")
    assert read_capacity(tmp_path, ASSOCIATIONS)["members_count"].tolist() == [12345678, 0]


def test_a_trailing_separator_does_not_shift_the_columns(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count\nTäby;37;\n")
    frame = read_capacity(tmp_path, ASSOCIATIONS)
    assert frame["members_count"]["Täby"] == 37


def test_a_wrong_header_says_which_column_is_missing_and_repeats_none(tmp_path: Path) -> None:
    give(tmp_path, "association;Kula Svensson\nTäby;37\n")
    with pytest.raises(SourceError) as caught:
        read_capacity(tmp_path, ASSOCIATIONS)
    assert "lacking: members_count" in str(caught.value)
    assert "Kula" not in str(caught.value)
