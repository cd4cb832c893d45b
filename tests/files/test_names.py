"""Any name gives a file name that every system takes, and no two names give the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoprio.files.folder import safe_names


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Enskede-Årsta-Vantör", "enskede-arsta-vantor"),
        ("Hägersten–Liljeholmen", "hagersten-liljeholmen"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-x"),
        ("com1", "com1-x"),
        ("上海", "utan-namn-x"),
        ("", "utan-namn-x"),
    ],
)
def test_a_name_becomes_a_plain_one(name: str, file: str) -> None:
    assert safe_names([name]) == {name: file}


def test_names_that_would_be_alike_get_numbers_whatever_their_order() -> None:
    names = ["Täby", "Taby", "taby-2", "TÄBY"]
    assert safe_names(names) == safe_names(reversed(names))
    assert len(set(safe_names(names).values())) == 4


@given(st.lists(st.text(max_size=80), max_size=20))
def test_every_name_is_plain_and_its_own(names: list[str]) -> None:
    safe = safe_names(names)
    assert safe.keys() == set(names)
    assert len(set(safe.values())) == len(safe)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", file) for file in safe.values())
    assert all(len(file) <= 70 for file in safe.values())
