"""The line of each key of a TOML text is told as an editor counts it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from geoprio.config.document import Place, key_lines
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
