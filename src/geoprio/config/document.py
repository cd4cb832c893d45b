"""TOML files as they are read, with the lines that things stand on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from geoprio.config.lines import Place, key_lines
from geoprio.errors import ConfigError

VARIANTS = "variants"
"""The table of a source's file that holds others of its kind: only what differs, by their names."""


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


def read_document(path: Path) -> Document:
    """Return what a TOML file holds.

    ConfigError: There is no such file, it cannot be read, or is not TOML in UTF-8: with the line.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        message = f"{path}: no such file; `geoprio init DIR` writes a campaign to start from"
        raise ConfigError(message) from None
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); expected a TOML file"
        raise ConfigError(message) from None
    try:
        # Line ends as `tomllib.load` takes them, so that a lone CR does not count as one.
        toml = content.decode("utf-8-sig").replace("\r\n", "\n")
        return Document(path, toml, tomllib.loads(toml))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"{path.name}: not TOML in UTF-8: line {line}: {error}; save the file as UTF-8"
        raise ConfigError(message) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: not TOML in UTF-8: {error}") from None
