"""Tables, frames and the record of a run as the bytes of their files."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geoprio.outputs.audience import Audience, for_audience, refuse_keys
from geoprio.outputs.tables import Table
from geoprio.texts import Language, text

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters by which a spreadsheet takes text for a formula."""


def render_csv(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> bytes:
    """Return `table` as Swedish Excel reads it: semicolon, decimal comma, UTF-8 with BOM, CRLF.

    Who may read it and each of `notes` become last columns that repeat their text on every row, so
    that it follows the rows wherever they are copied; a table without rows gets one that holds them
    alone. Text that a spreadsheet would run gets a leading `'`.

    Raises
    ------
    ContractError
        The audience may not see a column.
    """
    for_audience(table.frame, audience)
    marked = marked_rows(table, audience, language=language, notes=notes)
    texts = marked.select_dtypes(["object", "str"]).columns
    marked[texts] = marked[texts].map(_inert)
    whole = {name: "Int64" for name in marked.select_dtypes("float") if _is_whole(marked[name])}
    marked = marked.astype(whole).rename(columns=lambda name: str(_inert(str(name))))
    content = marked.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return content.encode("utf-8-sig")


def marked_rows(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table as people read it, with the notes and its readers as last columns.

    A table without rows gets one that holds them alone.
    """
    rows = table.headed.reset_index()
    readers = {text("column_audience", language): text(f"audience_{audience}", language)}
    return (rows if len(rows) else rows.reindex([0])).assign(**notes, **readers)


def render_frame(frame: pd.DataFrame, audience: Audience, *, mark: str | None) -> bytes:
    """Return a frame as Parquet, as GeoParquet when it has geometry.

    The audience and the mark become columns, and attributes of the frame for one without rows.

    Raises
    ------
    ContractError
        The audience may not see a column, or the groups have not been through disclosure control.
    """
    said = {"audience": audience} | ({} if mark is None else {"demo_mark": mark})
    marked = for_audience(frame, audience).assign(**said)
    marked.attrs |= said
    content = io.BytesIO()
    marked.to_parquet(content)
    return content.getvalue()


def render_record(record: Mapping[str, Any], audience: Audience) -> bytes:
    """Return the record of a run as JSON, keys sorted; it says whom it is for.

    Raises
    ------
    ContractError
        The audience may not see something that the record tells.
    ValueError
        A number is NaN or infinite: a record says null where nothing is known.
    """
    refuse_keys(record, audience)
    said = {**record, "audience": audience}
    content = json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{content}\n".encode()


def bare(cell: str) -> str:
    """Return a text as it was before `render_csv` kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _runs(value) else value


def _runs(value: str) -> bool:
    """Return whether a text is a formula, or one made inert: so that every `'` can be undone."""
    return value.lstrip("'").startswith(FORMULA)


def _is_whole(values: pd.Series) -> bool:
    known = values.dropna()
    return bool((known == known.round()).all())
