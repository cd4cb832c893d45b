"""The line of each key of a TOML text is told as an editor counts it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoprio.config.document import Place, key_lines, read_document
from geoprio.errors import ConfigError
from tests.cases import every
from tests.config.slots import SHIPPED_FILES

HARD = r'''
# a = 1
"å \"b\" [c]" = 1   # "not = a key"
'en.punkt' . inre = { x = [ 1, { y = "}" } ], "\u00e5" = 1979-05-27 07:32:00 }
flera = """
[ingen]
nyckel = "ingen" \""" """
sista = \'\'\'a"""
b = \'\'\'\'\'
[[lista]] # first
lista = [
  1, # one
  [ 2.5,
    -inf ],
]
[lista.inre.djup]
k = 1
[[lista.rader]]
k = 1
[[lista.rader]]
k = 2
[[lista]]
[[lista.rader]]
k = 3
[ "en.punkt" . mer ]
k = 4
'''.replace(r"\'", "'")

EXPECTED = {
    ('å "b" [c]',): 3,
    ("en.punkt", "inre", "x", 1, "y"): 4,
    ("en.punkt", "inre", "å"): 4,
    ("flera",): 5,
    ("sista",): 8,
    ("lista",): 10,
    ("lista", 0): 10,
    ("lista", 0, "lista", 0): 12,
    ("lista", 0, "lista", 1, 1): 14,
    ("lista", 0, "inre", "djup"): 16,
    ("lista", 0, "rader", 1, "k"): 21,
    ("lista", 1): 22,
    ("lista", 1, "rader", 0, "k"): 24,
    ("en.punkt", "mer"): 25,
    ("en.punkt", "mer", "k"): 26,
}


def places(value: object, place: Place = ()) -> Iterator[Place]:
    pairs = enumerate(value) if isinstance(value, list) else []
    if isinstance(value, dict):
        pairs = value.items()
    for part, inner in pairs:
        yield (*place, part)
        yield from places(inner, (*place, part))


def test_a_text_with_all_that_toml_allows_is_walked() -> None:
    lines = key_lines(HARD)
    assert set(lines) == set(places(tomllib.loads(HARD)))
    assert {place: lines[place] for place in EXPECTED} == EXPECTED


@every("path", SHIPPED_FILES)
def test_every_key_of_a_shipped_file_stands_on_its_line(path: Path) -> None:
    toml = path.read_text(encoding="utf-8")
    text, lines = toml.splitlines(), key_lines(toml)
    assert set(lines) == set(places(tomllib.loads(toml)))
    for place, line in lines.items():
        if isinstance(place[-1], str):
            assert place[-1] in text[line - 1]


def test_windows_line_ends_move_no_line() -> None:
    assert key_lines(HARD.replace("\n", "\r\n")) == key_lines(HARD)


def test_an_empty_text_has_no_lines() -> None:
    assert key_lines("") == {}
    assert key_lines("# only words") == {}


SLIPS = {
    "invandrarbakgrund = 1,0": "rad 2: skriv decimalpunkt, 1.0",
    "vikt = -0,25 # om det går": "rad 2: skriv decimalpunkt, -0.25",
    'titel = "Val 2026': "rad 2: ett citattecken saknas",
    "titel = 'Val 2026": "rad 2: ett citattecken saknas",
    'titel = """Val 2026': "rad 2: ett citattecken saknas",
    "namn = 2": "rad 2: nyckeln eller tabellen står redan",
    "[tabell]\nk = 1\n[tabell]": "rad 4: nyckeln eller tabellen står redan",
    "a = { k = 1, k = 2 }": "rad 2: nyckeln eller tabellen står redan",
    "demo = Ja": "rad 2: värdet är varken",
    "top_k 50": "rad 2: = saknas efter nyckeln",
    'sources = ["a" "b"]': "rad 2: listan eller tabellen stängs inte",
    "a = 1 b = 2": "rad 2: skriv en nyckel = värde på varje rad",
    "= 1": "rad 2: skriv en nyckel = värde på varje rad",
    "år = 1": "rad 2: skriv en nyckel = värde på varje rad",
    r'mapp = "C:\data"': "rad 2: skriv en nyckel = värde på varje rad",
}


@every("slip", SLIPS)
def test_a_slip_is_told_with_its_line_and_its_cure_in_the_reader_s_language(
    slip: str, tmp_path: Path
) -> None:
    """None of `tomllib`'s English, nor its columns; UTF-8 is named for what is not UTF-8 alone."""
    path = tmp_path / "kampanj.toml"
    path.write_text(f"namn = 1\n{slip}\n\nsist = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        read_document(path)
    said = fault.value.told("sv")
    assert said.startswith(f"kampanj.toml: inte TOML: {SLIPS[slip]}")
    for text in (said, fault.value.told("en")):
        assert "column" not in text
        assert "UTF-8" not in text
