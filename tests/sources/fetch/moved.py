"""The invented county moved to another code: its raw files with every area's code changed."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import python_calamine as calamine
from xlsxwriter import Workbook

OWN = "01"
NATIONAL = (
    *("valdistrikt-riket-2026.zip", "Val_2026_slutlig_00_RD.zip"),
    *("deso-2025-wfs.geojson", "regso-2025-wfs.geojson"),
)
"""Files of the whole country: they hold the county that was moved from, too."""
CODE = re.compile(r'(?<=[">])01(?=(?:\d{2}(?:\d{2}|\d{4}|[ABC]\d{4}|R\d{3})?(?:_\w+)?)?["<])')
"""A county, municipality, district, DeSO or RegSO of the county, as a whole word of JSON."""


def move_county(folder: Path, to: Path, *, code: str) -> Path:
    """Write the files of `folder` that a campaign of 2026 is fetched from, under another code."""
    to.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        name = re.sub(rf"_{OWN}(\d\d)?_(RF|KF)\.", rf"_{code}\1_\2.", path.name)
        if path.suffix in (".json", ".geojson"):
            text = path.read_text(encoding="utf-8")
            (to / name).write_bytes(_with_neighbours(_moved(text, code), text.encode(), path))
        elif path.suffix == ".zip":
            _move_zip(path, to / name, code)
        elif path.suffix == ".xlsx":
            _move_workbook(path, to / name, code)
        elif path.suffix == ".csv":
            text = path.read_text(encoding="utf-8-sig")
            (to / name).write_text(re.sub(r"(?m)^0?1(?=\d\d[,;])", code, text), encoding="utf-8")
    return to


def _moved(text: str, code: str) -> str:
    return CODE.sub(code, text)


def _move_zip(path: Path, to: Path, code: str) -> None:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            name = re.sub(rf"_{OWN}(\d\d)?_(RF|KF)\.", rf"_{code}\1_\2.", member)
            content = old.read(member)
            if member.endswith("json"):
                content = _with_neighbours(_moved(content.decode("utf-8"), code), content, path)
            new.writestr(name, content)


def _with_neighbours(moved: str, own: bytes, path: Path) -> bytes:
    """Return a national file with the districts of both counties, any other as it is."""
    if path.name in NATIONAL:
        both, old = json.loads(moved), json.loads(own)
        for listed in {"features", "valdistrikt"} & set(both):
            both[listed] += old[listed]
        moved = json.dumps(both, ensure_ascii=False)
    return moved.encode("utf-8")


def _move_workbook(path: Path, to: Path, code: str) -> None:
    book = calamine.CalamineWorkbook.from_path(path)
    with Workbook(to) as new:
        for name in book.sheet_names:
            page = new.add_worksheet(name)
            for number, row in enumerate(book.get_sheet_by_name(name).to_python()):
                page.write_row(number, 0, [_moved_cell(cell, code) for cell in row])


def _moved_cell(cell: Any, code: str) -> Any:
    return re.sub(rf"^{OWN}(?=(\d{{2}}|\d{{6}})$)", code, cell) if isinstance(cell, str) else cell
