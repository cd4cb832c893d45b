"""json-stat2 replies laid out as SCB's PxWebApi v2 sends them."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_CONTENTS = "ContentsCode"
_TIME = "Tid"


@dataclass(frozen=True)
class Dimension:
    """One variable of a table: its code, its label and the label of each value code."""

    code: str
    label: str
    values: dict[str, str]


@dataclass(frozen=True)
class Contents:
    """One measure: its code, label, unit and number of decimals."""

    code: str
    label: str
    unit: str = "antal"
    decimals: int = 0


@dataclass(frozen=True)
class Table:
    """A table: SCB's id, title, stub dimensions, measures and the one period it covers."""

    table_id: str
    title: str
    dimensions: tuple[Dimension, ...]
    contents: tuple[Contents, ...]
    period: str


def reply(table: Table, values: npt.NDArray[Any], note: str) -> str:
    """Return the reply as text; NaN becomes null.

    Parameters
    ----------
    values
        Shape: one axis per dimension in order, then one for the measures.
    note
        Shown first among the table's notes.
    """
    time = Dimension(_TIME, "år", {table.period: table.period})
    ids = [*(dimension.code for dimension in table.dimensions), _CONTENTS, _TIME]
    shape = [*(len(dimension.values) for dimension in table.dimensions), len(table.contents)]
    if list(values.shape) != shape:
        message = f"{table.table_id}: values have shape {values.shape}, expected {shape}"
        raise ValueError(message)
    envelope: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.title,
        "source": "SCB",
        "updated": "2024-02-22T07:00:00Z",
        "note": [note],
        "role": {"time": [_TIME], "metric": [_CONTENTS]},
        "id": ids,
        "size": [*shape, 1],
        "dimension": {
            **{dimension.code: _dimension(dimension) for dimension in table.dimensions},
            _CONTENTS: _contents(table.contents, table.period),
            _TIME: _dimension(time),
        },
        "extension": _extension(table),
    }
    head = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-1]},"value":[{_numbers(values)}]}}'


def _numbers(values: npt.NDArray[Any]) -> str:
    flat = values.ravel()
    if np.issubdtype(flat.dtype, np.integer):
        return ",".join(map(str, flat.tolist()))
    whole = flat == np.floor(flat)
    texts = [
        "null" if number != number else str(int(number)) if even else str(number)  # noqa: PLR0124
        for number, even in zip(flat.tolist(), whole.tolist(), strict=True)
    ]
    return ",".join(texts)


def _dimension(dimension: Dimension) -> dict[str, Any]:
    show = {"Region": "code_value", _TIME: "code"}.get(dimension.code, "value")
    return {
        "label": dimension.label,
        "category": {
            "index": {code: place for place, code in enumerate(dimension.values)},
            "label": dimension.values,
        },
        "extension": {"elimination": False, "show": show},
    }


def _contents(contents: tuple[Contents, ...], period: str) -> dict[str, Any]:
    labels = {item.code: item.label for item in contents}
    return {
        "label": "tabellinnehåll",
        "category": {
            "index": {code: place for place, code in enumerate(labels)},
            "label": labels,
            "unit": {
                item.code: {"base": item.unit, "decimals": item.decimals} for item in contents
            },
        },
        "extension": {
            "elimination": False,
            "refperiod": dict.fromkeys(labels, f"31 december {period}"),
            "show": "value",
            "measuringType": dict.fromkeys(labels, "Stock"),
            "priceType": dict.fromkeys(labels, "NotApplicable"),
            "adjustment": dict.fromkeys(labels, "None"),
            "alternativeText": labels,
        },
    }


def _extension(table: Table) -> dict[str, Any]:
    return {
        "noteMandatory": {"0": True},
        "px": {
            "infofile": "DEMO",
            "tableid": table.table_id,
            "decimals": max(item.decimals for item in table.contents),
            "official-statistics": False,
            "aggregallowed": False,
            "copyright": False,
            "language": "sv",
            "contents": table.contents[0].label,
            "descriptiondefault": False,
            "heading": [_CONTENTS, _TIME],
            "stub": [dimension.code for dimension in table.dimensions],
            "matrix": table.table_id,
            "subject-code": "DEMO",
            "subject-area": "Demo",
        },
        "discontinued": None,
        "contact": [],
    }
