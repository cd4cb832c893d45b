"""Reads every file of a folder, whatever its kind, and tells what its audience may not see."""

import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd
import pyogrio
from python_calamine import CalamineWorkbook

from geoprio.config import Vendor
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.files.geodata import short_names
from geoprio.tables import RECORD, Audience, may_see
from geoprio.words import table, text, texts
from tests.unpacked import payload_of

AUDIENCES: tuple[Audience, ...] = get_args(Audience)
READERS = {text(f"audience_{one}", "sv"): one for one in AUDIENCES}
READERS_OF = {one: words for words, one in READERS.items()}
SAID = {"audience", "demo_mark", "geometry", "geom"}
PRIVATE = re.compile(r"medlemmar\.csv|aktivitet\.csv|members?_|active_|medlemsantal", re.IGNORECASE)
"""What would come of the user's own figures, in any file."""
OF_CHOICE = re.compile(
    r"\b(poäng|rang|nivå|motivering|målgrupp\w*|score|rank|träffsäkerhet)\b", re.IGNORECASE
)
"""Words of how areas were chosen."""
NOTES = ("anmärkning", "får läsas av", "underlag")
"""Last columns that are words on the file."""


@dataclass(frozen=True)
class Part:
    """A table of a file, or its other texts."""

    file: str
    audience: Audience
    columns: tuple[str, ...]
    """Under their own names where the file has those, else as headed."""
    cells: pd.DataFrame
    named: bool = False
    """Whether columns are headings, in words."""


def parts_of(folder: Path, vendor: Vendor | None = None) -> Iterator[Part]:
    """Yield every table and text of every file; a kind that nobody can read is an error."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            kind = "".join(path.suffixes[-2:]) if path.suffix in {".zip", ".toml"} else path.suffix
            assert kind in _KINDS, f"{path.name}: nobody can say what is in it"
            yield from _KINDS[kind](path, vendor)


def faults_of(part: Part, associations: Mapping[str, str], labels: Mapping[str, str]) -> list[str]:
    """Return what a part tells that its audience may not see.

    Parameters
    ----------
    associations
        Association by area code.
    labels
        What the target groups are called, by name.
    """
    cells = part.cells.map(str, na_action="ignore").to_numpy(object).ravel()
    texts = [word for word in dict.fromkeys([*part.columns, *cells]) if isinstance(word, str)]
    faults = [f"{word!r} tells of the user's own figures" for word in texts if PRIVATE.search(word)]
    faults += [f"{name}: is not for {part.audience}" for name in _not_seen(part)]
    if part.audience == "valledning":
        return [f"{part.file}: {fault}" for fault in faults]
    # The page's own words are the same on every map: "background" is the map behind the areas.
    told = [
        word
        for word in texts
        if word not in associations.values() and word not in table("page", "sv").values()
    ]
    faults += [f"{word!r} names origin or union" for word in told if ORIGIN_OR_UNION.search(word)]
    # A sentence may speak of young tenants; a heading or a title that is a group's is its layer.
    faults += [
        f"{word!r} is a target group's"
        for word in told
        for label in (*labels, *labels.values())
        if word == label or (word in part.columns and re.search(rf"\b{re.escape(label)}\b", word))
    ]
    if part.audience == "leverantor":
        faults += [f"{word!r} tells of the choice" for word in told if OF_CHOICE.search(word)]
    owners = {associations[word] for word in texts if word in associations}
    named = set(texts) & set(associations.values())
    if part.audience == "forening" and len(owners | named) > 1:
        faults.append(f"tells of {sorted(owners | named)}")
    if part.audience == "leverantor" and named:
        faults.append(f"names {sorted(named)}")
    return [f"{part.file}: {fault}" for fault in faults]


def _not_seen(part: Part) -> list[str]:
    if not part.named:
        return [
            name for name in part.columns if name not in SAID and not may_see(name, part.audience)
        ]
    if part.audience == "valledning":
        return []
    keys: dict[str, set[str]] = {}
    for key, words in texts("sv").items():
        if key.startswith("column_"):
            keys.setdefault(words, set()).add(key.removeprefix("column_"))
    named = [name for name in part.columns if name not in NOTES]
    return [
        name for name in named if not any(may_see(key, part.audience) for key in keys.get(name, []))
    ]


def _csv(path: Path, vendor: Vendor | None) -> Iterator[Part]:
    if vendor is not None:
        form = {"sep": vendor.separator, "encoding": vendor.codec}
        yield _vendor_part(path.name, pd.read_csv(path, dtype=str, **form), vendor)
        return
    table = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype=str)
    yield _headed(path.name, table)


def _xlsx(path: Path, vendor: Vendor | None) -> Iterator[Part]:
    book = CalamineWorkbook.from_path(path)
    words = [text(f"sheet_{name}", "sv") for name in ("front", "about")]
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    for name, rows in sheets.items():
        place = f"{path.name}, {name}"
        if words[0] not in sheets:
            table = pd.DataFrame(rows[1:], columns=rows[0], dtype=object)
            part = _vendor_part(place, table, vendor) if vendor else _headed(place, table)
            yield from (part, Part(place, part.audience, (), pd.DataFrame([[name]])))
            continue
        readers = _workbook_readers(sheets)
        if name in words:
            yield Part(place, readers, (), pd.DataFrame(rows))
        else:
            # A title, whose it is, and what is alike on every row stand over a table.
            head, *cells = rows[3:]
            assert READERS_OF[readers] in rows[1][0], f"{place}: says nowhere whom it is for"
            table = pd.DataFrame(cells, columns=head, dtype=object)
            yield Part(place, readers, tuple(map(str, table)), table, named=True)
            yield Part(place, readers, (), pd.DataFrame([row[0] for row in rows[:3]]))
        yield Part(place, readers, (), pd.DataFrame([[name]]))


def _workbook_readers(sheets: Mapping[str, list[list[object]]]) -> Audience:
    """Return whom a workbook says on its front sheet that it is for."""
    front = dict(map(tuple, sheets[text("sheet_front", "sv")]))
    return READERS[str(front[text("about_readers", "sv")])]


def _parquet(path: Path, _: Vendor | None) -> Iterator[Part]:
    frame = pd.read_parquet(path)
    (readers,) = set(frame["audience"])
    # Areas have WKB, which is no text.
    told = frame.drop(columns="geometry", errors="ignore")
    yield Part(path.name, readers, tuple(map(str, frame)), told)
    yield Part(path.name, readers, (), pd.DataFrame([[json.dumps(frame.attrs)]]))


def _gpkg(path: Path, vendor: Vendor | None) -> Iterator[Part]:
    for layer, _ in pyogrio.list_layers(path):
        frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False)
        name = f"{path.name}, {layer}"
        if vendor is not None:
            yield _vendor_part(name, frame, vendor)
        elif layer == "layer_styles":
            yield Part(name, "valledning", (), frame)
        else:
            (readers,) = set(frame["audience"])
            yield Part(name, readers, tuple(frame), frame)


def _zip(path: Path, vendor: Vendor | None) -> Iterator[Part]:
    assert vendor is not None
    frame = pyogrio.read_dataframe(f"/vsizip/{path}", read_geometry=False)
    full = [column.heading for column in vendor.columns]
    short = short_names([*full, *(name for name in frame if name not in full)])
    long = {name: column for column, name in short.items()}
    yield _vendor_part(path.name, frame.rename(columns=long), vendor)
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith(".csv"):
                table = packed.read(name).decode(vendor.codec).splitlines()
                yield Part(f"{path.name}, {name}", "leverantor", (), pd.DataFrame(table))


def _kml(path: Path, _: Vendor | None) -> Iterator[Part]:
    words = re.split(r"[<>]", path.read_text(encoding="utf-8"))
    yield Part(path.name, "leverantor", (), pd.DataFrame(words))


def _control(path: Path, _: Vendor | None) -> Iterator[Part]:
    sheet = tomllib.loads(path.read_text(encoding="utf-8"))
    readers = READERS[sheet["bestallning"].pop("till")]
    inside = sheet.pop("innehall")
    yield Part(path.name, readers, (), pd.DataFrame([json.dumps(sheet, ensure_ascii=False)]))
    yield Part(path.name, readers, (), pd.DataFrame(inside["rader"]))


def _txt(path: Path, _: Vendor | None) -> Iterator[Part]:
    lines = path.read_text(encoding="ascii").splitlines()
    assert all(re.fullmatch(r"[1-9]\d{4}", line) for line in lines)
    yield Part(path.name, "leverantor", ("postal_code",), pd.DataFrame(lines))


def _json(path: Path, _: Vendor | None) -> Iterator[Part]:
    record = json.loads(path.read_text(encoding="utf-8"))
    strange = sorted(record.keys() - RECORD)
    assert not strange, f"{path.name}: {strange}"
    yield Part(path.name, record["audience"], (), pd.DataFrame(list(_strings(record))))


def _html(path: Path, _: Vendor | None) -> Iterator[Part]:
    page = path.read_text(encoding="utf-8")
    readers = next(one for words, one in READERS.items() if words in page)
    payload = payload_of(page)
    yield Part(path.name, readers, (), pd.DataFrame(list(_strings(payload))))
    rest = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    yield Part(path.name, readers, (), pd.DataFrame(re.split(r"[<>]", rest)))
    for level in payload["levels"]:
        columns = tuple(f"{key}_{role}" for key, roles in level["values"].items() for role in roles)
        yield Part(f"{path.name}, {level['key']}", readers, (), pd.DataFrame(columns))


def _strings(value: object) -> Iterator[str]:
    """Yield every key and text of a JSON value."""
    if isinstance(value, str):
        yield value
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from _strings(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _strings(inner)


def _headed(name: str, table: pd.DataFrame) -> Part:
    (readers,) = set(table["får läsas av"])
    return Part(name, READERS[readers], tuple(map(str, table)), table, named=True)


def _vendor_part(name: str, table: pd.DataFrame, vendor: Vendor) -> Part:
    fields = {column.heading: str(column.field) for column in vendor.columns}
    own = {"anmärkning": "demo_mark", "anmarkning": "demo_mark"}
    columns = tuple(fields.get(column, own.get(column, column)) for column in map(str, table))
    return Part(name, "leverantor", columns, table)


def _told_text(path: Path, _: Vendor | None) -> Iterator[Part]:
    words = re.split(r"[<>\n]", path.read_text(encoding="utf-8"))
    readers = next(one for said, one in READERS.items() if any(said in word for word in words))
    yield Part(path.name, readers, (), pd.DataFrame(words))


_Read = Callable[[Path, Vendor | None], Iterator[Part]]
_KINDS: dict[str, _Read] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".gpkg": _gpkg,
    ".shp.zip": _zip,
    ".kml": _kml,
    ".kontroll.toml": _control,
    ".txt": _txt,
    ".json": _json,
    ".html": _html,
    ".md": _told_text,
    ".svg": _told_text,
}
