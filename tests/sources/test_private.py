"""The user's own totals: read when they are there, refused when they describe persons."""

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
        ("", "not a `;`-separated"),
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


def test_a_trailing_separator_does_not_shift_the_columns(tmp_path: Path) -> None:
    give(tmp_path, "association;members_count\nTäby;37;\n")
    frame = read_capacity(tmp_path, ASSOCIATIONS)
    assert frame["members_count"]["Täby"] == 37
