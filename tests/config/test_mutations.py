"""A slip in any key or value of any file is told: file, line, path, nearest word."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from geoprio.cli.kinds import KINDS
from geoprio.config import load_campaign, load_model, shipped_folder
from geoprio.errors import ConfigError
from geoprio.sources import load_source
from tests.cases import every
from tests.config.slots import Place, Slot, keys_of, parts_of, slots, wanted

SLOTS = sorted(slots().values(), key=str)
ENUMERATED = [slot for slot in SLOTS if slot.words]


def swapped(word: str) -> str:
    """Return a word with its last two letters that differ in each other's place."""
    at = max(n for n in range(len(word) - 1) if word[n] != word[n + 1])
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def dropped(word: str) -> str:
    return word[:1] + word[2:]


def parent(table: Any, place: Place) -> Any:
    for part in place[:-1]:
        table = table[part]
    return table


def write(table: dict[str, Any], kind: str, folder: Path) -> Path:
    pattern, _ = KINDS[kind]
    path = folder / pattern.replace("*", "egen")
    path.parent.mkdir(exist_ok=True)
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
    return path


def load(path: Path, kind: str) -> object:
    """Read a file in the way that a run does."""
    if kind == "campaigns":
        return load_campaign(path)
    if kind == "sources":
        return load_source(path.stem, [path.parents[1], shipped_folder()])
    return load_model(KINDS[kind][1], path)


def refused(table: dict[str, Any], kind: str, folder: Path) -> tuple[str, list[str]]:
    """Return the text of a file and what is said of it."""
    path = write(table, kind, folder)
    with pytest.raises(ConfigError) as caught:
        load(path, kind)
    told = str(caught.value)
    heading, *faults = told.split("\n  - ")
    assert heading == f"{path.name}: {len(faults)} fault(s)"
    # Neither the library's words nor its names of kinds reach a reader.
    assert not re.search(r"Input should|Value error|function-after|tuple\[", told)
    return path.read_text(encoding="utf-8"), faults


def line_of(key: str, toml: str) -> int:
    """Return the first line where a key stands: before `=`, or in a table's heading."""
    found = re.compile(rf"(?<!\w){re.escape(key)}(?= = |\]|\.\w+\]|\.\w+\.\w+\])")
    return next(n for n, line in enumerate(toml.splitlines(), start=1) if found.search(line))


def dotted(place: Place) -> str:
    return ".".join(map(str, place))


def test_every_key_of_every_model_is_tried() -> None:
    assert wanted() - set(slots()) == set()
    assert len(SLOTS) > 300


def test_the_documents_that_are_spoilt_are_right_before(tmp_path: Path) -> None:
    for slot in {id(slot.table): slot for slot in SLOTS}.values():
        load(write(dict(slot.table), slot.kind, tmp_path), slot.kind)


@every("slot", SLOTS)
def test_a_misspelt_key_is_told(slot: Slot, tmp_path: Path) -> None:
    slips = {swapped(slot.key), dropped(slot.key)} - keys_of(slot.model).keys()
    for bad in (slip for slip in slips if len(slip) > 1):
        table = copy.deepcopy(dict(slot.table))
        here = parent(table, slot.place)
        here[bad] = here.pop(slot.key)
        toml, faults = refused(table, slot.kind, tmp_path)
        where = dotted((*slot.place[:-1], bad))
        told = f"line {line_of(bad, toml)}, {where}: unknown key; did you mean `{slot.key}`?"
        assert told in faults
        # That the key which was meant is missing is no fault besides.
        assert not any(fault.endswith(f"{dotted(slot.place)}: is missing") for fault in faults)


@every("slot", ENUMERATED)
def test_a_misspelt_word_is_told(slot: Slot, tmp_path: Path) -> None:
    # Nothing said, where that is a word too, cannot be misspelt.
    for word in filter(None, slot.words):
        table = copy.deepcopy(dict(slot.table))
        bad = swapped(word) if len(set(word)) > 1 else word * 2
        here = parent(table, slot.place)
        listed = isinstance(here[slot.key], list)
        here[slot.key] = [bad] if listed else bad
        toml, faults = refused(table, slot.kind, tmp_path)
        where = dotted(slot.place) + (".0" if listed else "")
        (fault,) = [it for it in faults if f", {where}: " in it]
        line = int(fault.removeprefix("line ").partition(",")[0])
        assert f'"{bad}"' in toml.splitlines()[line - 1]
        assert f"{where}: expected one of " in fault
        assert repr(word) in fault.partition("; found ")[0]
        assert f"found {bad!r}" in fault
        if len(set(word)) > 1:
            assert fault.endswith(f"did you mean {word!r}?")


def wrong_value(slot: Slot) -> Any:
    """Return a value of a type that the key does not have."""
    return "x" if {int, float, bool} & set(parts_of(slot.annotation)) else 7


@every("slot", SLOTS)
def test_a_value_of_another_type_is_told(slot: Slot, tmp_path: Path) -> None:
    table = copy.deepcopy(dict(slot.table))
    parent(table, slot.place)[slot.key] = wrong_value(slot)
    toml, faults = refused(table, slot.kind, tmp_path)
    (fault,) = [it for it in faults if f", {dotted(slot.place)}: " in it]
    line = int(fault.removeprefix("line ").partition(",")[0])
    assert f"{slot.key} = " in toml.splitlines()[line - 1]
    assert "expected " in fault
    assert fault.endswith(f"found {wrong_value(slot)!r}")
