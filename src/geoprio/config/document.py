"""TOML files as they are read, with the lines that things stand on."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from geoprio.errors import ConfigError, why
from geoprio.words import Phrase

Place = tuple[str | int, ...]
"""The keys, and the numbers of items in lists, that lead to a value of the document."""

VARIANTS = "variants"
"""The table of a source's file that holds others of its kind: only what differs, by their names."""


_TOKEN = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\])*"|\'[^\']*\')'
    r"|(?P<blank>[ \t\r]+|#[^\n]*)|(?P<sign>[\n\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.#\"']+)",
    re.DOTALL,
)
ENDS = {"[": "]", "{": "}"}
DEEPEST = 32
"""Levels that a document may have; a campaign has five."""
LARGEST = 1_000_000
"""Bytes that a document may have; the largest shipped one has 20,000."""


@dataclass(frozen=True)
class Document:
    """What a TOML file holds, or one variant in it."""

    path: Path
    toml: str
    table: Mapping[str, Any]
    variant: str = ""

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Line of each key and item; of a variant the line of its own where it has one."""
        lines, root = key_lines(self.toml), (VARIANTS, self.variant)
        if not self.variant:
            return lines
        own = {place[2:]: line for place, line in lines.items() if place[:2] == root}
        return {place: line for place, line in lines.items() if place[0] != VARIANTS} | own

    def line(self, place: Place) -> int | None:
        """Return the line of a place; of what is not there, that of the table it belongs in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def variants(self) -> dict[str, "Document"]:
        """Return the variants that the file holds, each a document with all its keys."""
        held = self.table.get(VARIANTS)
        base = {key: value for key, value in self.table.items() if key != VARIANTS}
        return {
            name: replace(self, table=_merged(base, changes), variant=name)
            for name, changes in (held.items() if isinstance(held, dict) else ())
            if isinstance(changes, dict)
        }

    def value(self, place: Place) -> Any:  # noqa: ANN401 - whatever TOML can hold
        """Return what stands at a place; None where nothing does."""
        here: Any = self.table
        for part in place:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                return None
        return here


def _merged(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with other keys; a table of another `kind` takes the whole place."""
    return {
        **table,
        **{
            key: _merged(table[key], value)
            if isinstance(value, dict) and isinstance(table.get(key), dict) and "kind" not in value
            else value
            for key, value in changes.items()
        },
    }


def composed(name: str) -> str:
    """Return a text with each letter as one sign: a Mac writes the names of files with ö as two."""
    return unicodedata.normalize("NFC", name)


def slug(name: str) -> str:
    """Return a name as a code: lower case, å and ä as a, ö as o, other signs as hyphens."""
    folded = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def read_document(path: Path) -> Document:
    """Return what a TOML file holds; ConfigError tells why it cannot be read, with the line."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError("no_such_file", path=path) from None
    except OSError as error:
        raise ConfigError("toml_unreadable", path=path, error=why(error)) from None
    try:
        # Line ends as `tomllib.load` takes them, so that a lone CR does not count as one.
        toml = composed(content.decode("utf-8-sig")).replace("\r\n", "\n")
        if len(content) > LARGEST:
            raise ConfigError("toml_too_large", path=path.name, size=len(content), most=LARGEST)
        if line := _too_deep(toml):
            raise ConfigError("toml_too_deep", path=path.name, line=line, most=DEEPEST)
        return Document(path, toml, tomllib.loads(toml))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError("not_toml_at_line", path=path.name, line=line, error=error) from None
    except ValueError as error:
        raise ConfigError("not_toml", path=path.name, fault=_not_toml(str(error), toml)) from None


_SAID = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_COMMA = re.compile(r"(?P<head>[^#\"']*=\s*)(?P<whole>[+-]?\d+),(?P<part>\d+)\s*(#.*)?")
_MEANT = {
    r"(Illegal|Found invalid) character '\\[nr]'|Unterminated|Expected \"'": "toml_quote_open",
    "Cannot|Duplicate": "toml_key_twice",
    "Invalid value": "toml_no_value",
    "Expected '=' after": "toml_no_equals",
    "Unclosed": "toml_bracket_open",
}
"""What `tomllib` says, in English alone, and what a writer of the file has mostly done."""


def _not_toml(error: str, toml: str) -> str:
    said = _SAID.fullmatch(error)
    if said is None:  # a number with thousands of digits
        return error
    open_text = re.match('Unterminated|Expected "', said[1])
    # What has no end to the document's end has no other sign of its kind after it.
    last = max(map(toml.rfind, "'\"")) if open_text else len(toml) - 1
    line = int(said[2] or toml.count("\n", 0, last) + 1)
    comma = _COMMA.fullmatch(toml.split("\n")[line - 1])
    if comma and said[1].startswith("Expected newline"):
        number = f"{comma['whole']}.{comma['part']}"
        return Phrase("toml_decimal_comma", line=line, number=number)
    meant = (key for words, key in _MEANT.items() if re.match(words, said[1]))
    return Phrase(next(meant, "toml_statement"), line=line)


def _too_deep(toml: str) -> int | None:
    """Return the first line with too many keys or brackets inside each other.

    `tomllib` takes what grows with their square, and every walk of the document goes as deep.
    """
    level = dots = 0
    # Most files have too few of the signs, and the walk takes long.
    few = toml.count(".") <= DEEPEST and max(map(toml.count, ENDS)) <= DEEPEST
    for token in () if few else _tokens(toml):
        level += (token.sign in ENDS) - (token.sign in ENDS.values())
        dots = 0 if token.sign in "\n,=" else dots + (token.sign == ".")
        if max(level, dots) > DEEPEST:
            return token.line
    return None


def key_lines(toml: str) -> dict[Place, int]:
    """Return the line, from 1, of each key and list item of a text that is TOML.

    `tomllib` tells no lines. What it has accepted is only walked here, never judged. A table that
    stands in several parts has the line of its first.
    """
    walk = _Walk(list(_tokens(toml)))
    table: Place = ()
    while walk.sign != "":
        if walk.sign == "\n":
            walk.at += 1
        elif walk.sign == "[":
            table = walk.header()
        else:
            walk.pair(table)
    return walk.lines


@dataclass(frozen=True)
class _Token:
    line: int
    sign: str
    """One of the signs that part a document, else " "; empty at its end."""
    text: str


@dataclass
class _Walk:
    """Where a walk through the signs of a document stands, and what it has seen."""

    tokens: list[_Token]
    at: int = 0
    lines: dict[Place, int] = field(default_factory=dict)
    rows: dict[Place, int] = field(default_factory=dict)
    """How many tables each list of tables has so far."""

    @property
    def sign(self) -> str:
        return self.tokens[self.at].sign

    def header(self) -> Place:
        """Pass `[table]` or `[[table]]`, and return its place."""
        line = self.tokens[self.at].line
        double = self.tokens[self.at + 1].sign == "["
        self.at += 2 if double else 1
        keys = self.keys()
        self.at += 2 if double else 1
        place: Place = ()
        for key in keys[:-1]:
            place = self.inside((*place, key), line)
        last = (*place, keys[-1])
        if double:
            self.rows[last] = self.rows.get(last, 0) + 1
        return self.inside(last, line)

    def inside(self, place: Place, line: int) -> Place:
        """Return the place, or its newest table where it is a list of tables."""
        self.lines.setdefault(place, line)
        if place in self.rows:
            place = (*place, self.rows[place] - 1)
            self.lines.setdefault(place, line)
        return place

    def pair(self, table: Place) -> None:
        """Pass `key = value`."""
        line, place = self.tokens[self.at].line, table
        for key in self.keys():
            place = (*place, key)
            self.lines.setdefault(place, line)
        self.at += 1
        self.value(place)

    def keys(self) -> list[str]:
        """Pass a key with its dots, and return its parts."""
        parts = [_plain(self.tokens[self.at].text)]
        self.at += 1
        while self.sign == ".":
            parts.append(_plain(self.tokens[self.at + 1].text))
            self.at += 2
        return parts

    def value(self, place: Place) -> None:
        """Pass a value: `[value, ...]` over several lines or on one, `{ key = value }`, or bare."""
        if self.sign not in ENDS:
            while self.sign in (" ", "."):
                self.at += 1
            return
        end, count = ENDS[self.sign], 0
        self.at += 1
        while self.sign != end:
            if self.sign in ("\n", ","):
                self.at += 1
            elif end == "}":
                self.pair(place)
            else:
                item = (*place, count)
                self.lines[item] = self.tokens[self.at].line
                self.value(item)
                count += 1
        self.at += 1


def _tokens(toml: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(toml):
        text = found[0]
        if found.lastgroup != "blank":
            yield _Token(line, text if found.lastgroup == "sign" else " ", text)
        line += text.count("\n")
    yield _Token(line, "", "")


def _plain(key: str) -> str:
    """Return a key as it is read: without quotation marks, escapes replaced."""
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
