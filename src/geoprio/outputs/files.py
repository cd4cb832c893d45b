"""Tables, frames and the record of a run as the bytes of their files."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters by which a spreadsheet takes text for a formula."""


def render_csv(table: pd.DataFrame, *, notes: Mapping[str, str]) -> bytes:
    """Return `table` as Swedish Excel reads it: semicolon, decimal comma, UTF-8 with BOM, CRLF.

    Each of `notes` becomes a last column that repeats its text on every row, so that it follows
    the rows wherever they are copied; a table without rows gets one that holds the notes alone.
    Text that a spreadsheet would run gets a leading `'`.
    """
    rows = table.reset_index()
    marked = (rows if len(rows) else rows.reindex([0])).assign(**notes)
    texts = marked.select_dtypes(["object", "str"]).columns
    marked[texts] = marked[texts].map(_inert)
    whole = {name: "Int64" for name in marked.select_dtypes("float") if _is_whole(marked[name])}
    marked = marked.astype(whole).rename(columns=lambda name: str(_inert(str(name))))
    text = marked.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return text.encode("utf-8-sig")


def render_frame(frame: pd.DataFrame, *, mark: str | None) -> bytes:
    """Return a frame as Parquet, as GeoParquet when it has geometry.

    The mark becomes a column, and an attribute of the frame for one without rows.
    """
    marked = frame if mark is None else frame.assign(demo_mark=mark)
    if mark is not None:
        marked.attrs["demo_mark"] = mark
    content = io.BytesIO()
    marked.to_parquet(content)
    return content.getvalue()


def render_record(record: Mapping[str, Any]) -> bytes:
    """Return the record of a run as JSON, keys sorted.

    Raises
    ------
    ValueError
        A number is NaN or infinite: a record says null where nothing is known.
    """
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _is_whole(values: pd.Series) -> bool:
    known = values.dropna()
    return bool((known == known.round()).all())
