"""Readers of the statistics office's replies: PxWeb v1 `json` and json-stat2.

Both give one row per cell: a column per dimension that holds its codes, and the number in `value`.
A file that is empty, truncated or not such a reply is a `SourceError`.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.raw import decode, read_bytes
from geoprio.sources.rows import listed

VALUE = "value"
MOST = 10_000_000
"""Cells that a table may have; the statistics office gives 150,000 at a time."""
MISSING = ".."
"""How the statistics office writes a figure that is not known, where it writes anything."""


def read_pxweb_json(path: Path, source: Source) -> pd.DataFrame:  # noqa: ARG001 - one signature
    """Return the cells of a PxWeb v1 `json` reply; numbers are text there, `..` is missing.

    With several contents, each has a column by its code; a single one is `value`.
    """
    reply = _read_object(path)
    kinds = [(column["code"], column["type"]) for column in reply["columns"]]
    keys = pd.DataFrame([cell["key"] for cell in reply["data"]])
    values = pd.DataFrame([cell["values"] for cell in reply["data"]])
    dimensions = [code for code, kind in kinds if kind != "c"]
    contents = [code for code, kind in kinds if kind == "c"]
    contents = contents if len(contents) > 1 else [VALUE]
    if len(keys) == 0 or keys.shape[1] != len(dimensions) or values.shape[1] != len(contents):
        raise SourceError(
            "cells_do_not_fit",
            count=len(keys),
            keys=keys.shape[1],
            dimensions=len(dimensions),
            values=values.shape[1],
            contents=len(contents),
        )
    rows = pd.concat([keys.astype("category"), values], axis=1)
    return rows.set_axis([*dimensions, *contents], axis=1).rename_axis("cell")


def read_jsonstat2(path: Path, source: Source) -> pd.DataFrame:
    """Return the cells of a json-stat2 dataset; `null` is missing (NaN).

    A dimension holds its codes, or what they are called where the source says so (`labels`).
    """
    reply = _read_object(path)
    names, size = list(reply["id"]), [int(number) for number in reply["size"]]
    called = source.options.labels or ()
    categories = [
        (_labels if name in called else codes_of)(reply["dimension"][name]["category"])
        for name in names
    ]
    cells, named_once = math.prod(size), 0 < len(set(names)) == len(names)
    # What a file claims is checked against what it holds before room is made for it.
    if [len(codes) for codes in categories] != size or not 0 < cells <= MOST or not named_once:
        found = ", ".join(f"{n} {len(c)}" for n, c in zip(names, categories, strict=True))
        raise SourceError("categories_do_not_fit", found=found, size=size, most=MOST)
    values = _values(reply["value"], cells)
    places = np.indices(size, dtype=np.int32).reshape(len(size), -1)
    rows = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(place, categories=pd.Index(codes, dtype=object))
            for name, codes, place in zip(names, categories, places, strict=True)
        }
    )
    return rows.assign(**{VALUE: values}).rename_axis("cell")


def read_jsonstat2_labels(path: Path, source: Source) -> pd.DataFrame:
    """Return what a json-stat2 dataset calls each code of the key's dimension, in `label`."""
    reply = _read_object(path)
    name = source.key.column
    labels = reply["dimension"][name]["category"]["label"]
    rows = pd.DataFrame({name: list(labels), "label": list(labels.values())}, dtype=object)
    return rows.rename_axis("code")


def _read_object(path: Path) -> dict[str, Any]:
    reply = json.loads(decode(read_bytes(path), encoding="utf-8-sig"))
    if not isinstance(reply, dict):
        raise SourceError("not_a_json_object", kind=type(reply).__name__)
    return reply


def codes_of(category: Mapping[str, Any]) -> list[str]:
    """Return the codes of a dimension of json-stat2 in their order."""
    # json-stat2 lets a dimension with one category leave its index out.
    index = category["label"] if category.get("index") is None else category["index"]
    if isinstance(category.get("index"), dict):
        if len(set(index.values())) < len(index):
            raise SourceError("codes_share_a_place", codes=listed(list(index)))
        index = sorted(index, key=lambda code: int(index[code]))
    return [str(code) for code in index]


def _labels(category: dict[str, Any]) -> list[str]:
    labels = [" ".join(str(category["label"][code]).split()) for code in codes_of(category)]
    double = sorted({label for label in labels if labels.count(label) > 1})
    if double:
        raise SourceError("values_of_one_label", double=double)
    return labels


def _values(value: dict[str, Any] | list[Any], cells: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    if isinstance(value, dict):
        filled = np.full(cells, np.nan)
        places = np.array([int(place) for place in value], dtype=np.int64)
        if places.size and (places.max() >= cells or places.min() < 0):
            raise SourceError("number_outside_cells", place=places.max(), cells=cells)
        filled[places] = _numbers(list(value.values()))
        return filled
    if len(value) != cells:
        raise SourceError("numbers_do_not_fit", count=len(value), cells=cells)
    return _numbers(value)


def _numbers(items: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    known = [None if item == MISSING else item for item in items]
    bad = [item for item in known if type(item) not in (int, float, NoneType)]
    if bad:
        raise SourceError("value_not_numbers", value=bad[0], missing=MISSING)
    return np.array(known, dtype=np.float64)
