"""Compare a file that came back with its control sheet, cell by cell."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geoprio.outputs.vendors.control import Control
from geoprio.outputs.vendors.form import Form
from geoprio.outputs.verify.cells import differences, number
from geoprio.outputs.verify.returned import Returned

Kind = Literal[
    "encoding",
    "bom",
    "separator",
    "decimal",
    "line_end",
    "uneven",
    "column_missing",
    "column_new",
    "column_moved",
    "row_missing",
    "row_new",
    "row_doubled",
    "changed",
    "zeros",
    "letters",
    "rows",
    "sum",
]


@dataclass(frozen=True)
class Finding:
    """One difference."""

    kind: Kind
    where: str = ""
    """Row, column, or both."""
    found: str = ""
    expected: str = ""


def compare(control: Control, returned: Returned) -> list[Finding]:
    """Return every difference between what was sent and what came back; none when all is as sent.

    The order of rows is free. A row is known by its first columns, as many as part all rows, and
    still known where they have lost leading zeros. Numbers are compared as numbers, other cells as
    text.
    """
    findings = [*_form(control.form, returned), *_columns(control, returned)]
    shared = [column for column in _names(control.cells) if column in returned.cells]
    if not shared or shared[0] != control.cells.columns[0]:
        return findings
    keys = _key_columns(control.cells[shared])
    sent = _keyed(control.cells, keys)
    came = _keyed(returned.cells, keys)
    came, zeros = _restored(sent, came, keys)
    findings += [*zeros, *_rows(sent, came)]
    both = came[came.index.isin(sent.index)]
    for column in shared:
        if column in keys:
            continue
        pairs = pd.DataFrame({"found": both[column], "expected": sent[column].reindex(both.index)})
        findings += [
            Finding(kind, f"{_row_name(str(key))}, {column}", found, expected)
            for key, kind, found, expected in differences(pairs, control.form.decimal)
        ]
    return [*findings, *_decimals(control, returned, shared), *_sums(control, returned)]


def _form(sent: Form, returned: Returned) -> list[Finding]:
    came = returned.form
    if came is None:
        return []
    told, wanted = came.told(), sent.told()
    words = {
        "encoding": "teckenkodning",
        "bom": "bom",
        "separator": "avskiljare",
        "line_end": "radslut",
    }
    kinds: list[Kind] = ["encoding", "bom", "separator", "line_end"]
    found = [
        Finding(kind, found=str(told[words[kind]]), expected=str(wanted[words[kind]]))
        for kind in kinds
        if told[words[kind]] != wanted[words[kind]] and told[words[kind]] != ""
    ]
    return found + [Finding("uneven", str(row)) for row in returned.uneven]


def _columns(control: Control, returned: Returned) -> list[Finding]:
    sent, came = _names(control.cells), _names(returned.cells)
    findings = [Finding("column_missing", column) for column in sent if column not in came]
    findings += [Finding("column_new", column) for column in came if column not in sent]
    moved = [column for column in came if column in sent]
    if not findings and moved != sent:
        findings.append(Finding("column_moved", found=", ".join(moved), expected=", ".join(sent)))
    return findings


def _key_columns(cells: pd.DataFrame) -> list[str]:
    """Return the fewest first columns by which no two rows are alike."""
    names = _names(cells)
    widths = range(1, len(names) + 1)
    width = next((n for n in widths if not cells[names[:n]].duplicated().any()), len(names))
    return names[:width]


def _names(cells: pd.DataFrame) -> list[str]:
    return [str(name) for name in cells]


_JOIN = "\x1f"


def _keyed(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    joined = cells[[key for key in keys if key in cells]].agg(_JOIN.join, axis=1)
    return cells.set_axis(pd.Index(joined, dtype=object))


def _row_name(key: str) -> str:
    return key.replace(_JOIN, " – ")


def _restored(
    sent: pd.DataFrame, came: pd.DataFrame, keys: list[str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give rows whose code lost its leading zeros their own name again, and tell of it."""
    lost = sent.index[~sent.index.isin(came.index)]
    whole = dict(zip(lost.str.lstrip("0"), lost, strict=True))
    names = pd.Series(came.index, dtype=object)
    strange = names.where(~names.isin(sent.index))
    restored = strange.str.lstrip("0").map(whole).astype(object)
    findings = [
        Finding("zeros", f"{_row_name(expected)}, {keys[0]}", _row_name(found), _row_name(expected))
        for found, expected in zip(names, restored, strict=True)
        if isinstance(expected, str)
    ]
    return came.set_axis(pd.Index(restored.fillna(names), dtype=object)), findings


def _rows(sent: pd.DataFrame, came: pd.DataFrame) -> list[Finding]:
    times = came.index.value_counts(sort=False)
    missing = sent.index[~sent.index.isin(came.index)]
    new = came.index[~came.index.isin(sent.index)].unique()
    findings = [Finding("row_missing", _row_name(key)) for key in missing]
    findings += [Finding("row_new", _row_name(key)) for key in new]
    findings += [
        Finding("row_doubled", _row_name(str(key)), str(count), "1")
        for key, count in times[times > 1].items()
    ]
    if len(sent) != len(came):
        findings.append(Finding("rows", found=str(len(came)), expected=str(len(sent))))
    return findings


def _decimals(control: Control, returned: Returned, shared: list[str]) -> list[Finding]:
    """Tell of a CSV's columns that are written with the other decimal mark."""
    mark = control.form.decimal
    other = "," if mark == "." else "."
    if returned.form is None:
        return []
    number_like = rf"-?\d+\{other}\d+"
    turned = [
        column
        for column in shared
        if control.cells[column].str.fullmatch(rf"-?\d+\{mark}\d+").any()
        and returned.cells[column].str.fullmatch(number_like).any()
    ]
    return [Finding("decimal", column, other, mark) for column in turned]


def _sums(control: Control, returned: Returned) -> list[Finding]:
    findings = []
    for column, expected in control.sums.items():
        if column in returned.cells:
            found = number(returned.cells[column], control.form.decimal).sum()
            if found != expected:
                findings.append(Finding("sum", column, f"{found:.0f}", str(expected)))
    return findings
