"""Toy files of one small municipality, and the sources that describe them.

Two square areas side by side, one kilometre wide, in Upplands Väsby (0114), county 01::

    6 600 000 +---+---+
              | a | b |      a = 01140101, b = 01140102
    6 599 000 +---+---+
         660 000     662 000
"""

import itertools
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from geoprio.sources import Source, read_source

CODES = ("01140101", "01140102")
Cell = Mapping[str, str]


def square(west: float, south: float, *, side: float = 1000.0) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def districts(
    geometries: list[Any] | None = None, codes: tuple[Any, ...] = CODES
) -> dict[str, Any]:
    shapes = geometries or [square(660_000, 6_599_000), square(661_000, 6_599_000)]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"Lkfv": code, "Vdnamn": f"Distrikt {number}"},
                "geometry": shape,
            }
            for number, (code, shape) in enumerate(zip(codes, shapes, strict=True), 1)
        ],
    }


def write_zip(path: Path, members: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content if isinstance(content, str) else json.dumps(content))
    return path


def write_xlsx(path: Path, rows: list[list[Any]], *, sheet: str = "RI_tab4") -> Path:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("=="):
                page.write_formula(number, column, cell[1:])
            elif isinstance(cell, str):
                page.write_string(number, column, cell)
            elif cell is not None:
                page.write_number(number, column, cell)
    book.close()
    return path


def write_cube(
    path: Path,
    dimensions: Mapping[str, Mapping[str, str]],
    figure: Callable[[Cell], float | None],
) -> None:
    """Write a json-stat2 reply: `dimensions` are codes and what they are called."""
    cells = itertools.product(*dimensions.values())
    reply = {
        "version": "2.0",
        "class": "dataset",
        "id": list(dimensions),
        "size": [len(held) for held in dimensions.values()],
        "dimension": {
            name: {"category": {"index": {c: n for n, c in enumerate(held)}, "label": held}}
            for name, held in dimensions.items()
        },
        "value": [figure(dict(zip(dimensions, cell, strict=True))) for cell in cells],
    }
    path.write_text(json.dumps(reply), encoding="utf-8")


def source(**changes: object) -> Source:
    """Return a source of counts in `toy.csv`: `code,n`, with `changes` in its table."""
    table: dict[str, Any] = {
        "title": "Leksak",
        "publisher": "SCB",
        "licence": "CC0",
        "page": "https://www.scb.se/",
        "vintage": 2023,
        "area_set": "valdistrikt_2022",
        "provides": "counts",
        "files": ["toy.*"],
        "reader": "csv",
        "key": {"column": "code", "width": 8, "pattern": r"(0[1-9]|1\d|2[0-5])\d{6}"},
        "columns": [{"name": "population_count", "value": "n"}],
    }
    return Source.model_validate({**table, **changes})


def area_source(**changes: object) -> Source:
    """Return a source of polling districts in `toy.zip` or `toy.geojson`."""
    table: dict[str, Any] = {
        "provides": "areas",
        "reader": "geojson",
        "options": {"crs": "EPSG:3006"},
        "key": {"column": "Lkfv", "width": 8, "pattern": r"(0[1-9]|1\d|2[0-5])\d{6}"},
        "texts": {"area_name": "Vdnamn"},
        "columns": [],
    }
    return source(**{**table, **changes})


def read_csv_text(folder: Path, text: str, **changes: object) -> pd.DataFrame:
    """Return what a toy csv holds, the text being written as it stands."""
    (folder / "toy.csv").write_bytes(text.encode("utf-8"))
    return read_source(source(**changes), folder, county_code="01")
