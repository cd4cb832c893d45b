"""The rows of a vendor's file, in its columns and its way of writing."""

import csv
import io
import re
import unicodedata

import numpy as np
import pandas as pd

from geoprio.config import Vendor
from geoprio.errors import ContractError, join_faults
from geoprio.outputs.files import FORMULA

WHOLE = frozenset({"wave", "households_count", "households_open_count", "print_run_count"})
DECIMALS = {"area_km2": 2}
NULLABLE = frozenset({"households_open_count", "constituency"})
"""What may be unknown; an empty cell, never 0."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def vendor_rows(selection: pd.DataFrame, vendor: Vendor) -> pd.DataFrame:
    """Return the vendor's columns under its headings, by area code: typed, text in one form.

    Areas stand by their code: the order in which they were chosen is a ranking, and no vendor's.

    Parameters
    ----------
    selection
        By `area_code`, the columns that the vendor's profile names.

    Raises
    ------
    ContractError
        Every fault at once: a column that is missing, a value that must be there and is not, text
        that a spreadsheet would run, that holds a line break or a sign that the vendor's encoding
        has not, an area twice.
    """
    given = selection.rename_axis("area_code").reset_index()
    fields = [column.field for column in vendor.columns]
    optional = [field for field in fields if field in NULLABLE and field not in given]
    missing = [field for field in fields if field not in given and field not in optional]
    if missing:
        message = f"{vendor.name}: the selection lacks the columns {', '.join(missing)}"
        raise ContractError(message)
    given = given.assign(**dict.fromkeys(optional, np.nan)).sort_values("area_code")
    rows = pd.DataFrame(
        {one.heading: _typed(one.field, given[one.field]) for one in vendor.columns}
    ).reset_index(drop=True)
    faults = _faults(rows, vendor)
    if faults:
        heading = f"{vendor.name}: the file cannot be made. Mend the names in the sources"
        raise ContractError(join_faults(heading, faults))
    return rows


def written(rows: pd.DataFrame, vendor: Vendor) -> pd.DataFrame:
    """Return every cell as the vendor's CSV writes it, quotation marks aside; unknown is empty."""
    cells = {}
    for heading, values in rows.items():
        shown = values.astype(object).where(values.notna(), "")
        if pd.api.types.is_float_dtype(values):
            shown = values.map("{:.2f}".format, na_action="ignore").fillna("")
            shown = shown.str.replace(".", vendor.decimal)
        cells[str(heading)] = shown.astype(str)
    return pd.DataFrame(cells, index=rows.index)


def render_dialect(rows: pd.DataFrame, vendor: Vendor) -> bytes:
    """Return rows as the vendor's CSV."""
    content = io.StringIO(newline="")
    writer = csv.writer(
        content,
        delimiter=vendor.separator,
        lineterminator=vendor.newline,
        quoting=csv.QUOTE_ALL if vendor.quote_text else csv.QUOTE_MINIMAL,
    )
    writer.writerow(rows.columns)
    writer.writerows(written(rows, vendor).to_numpy().tolist())
    return content.getvalue().encode(vendor.codec)


def _typed(field: str, values: pd.Series) -> pd.Series:
    if field in WHOLE:
        return values.astype(float).round().astype("Int32")
    if field in DECIMALS:
        return values.astype(float).round(DECIMALS[field])
    text = values.astype(object).where(values.notna(), None)
    return text.map(lambda word: unicodedata.normalize("NFC", str(word)), na_action="ignore")


def _faults(rows: pd.DataFrame, vendor: Vendor) -> list[str]:
    faults = []
    for column in vendor.columns:
        values = rows[column.heading]
        known = values.dropna()
        if column.field not in NULLABLE and len(known) < len(values):
            lacking = len(values) - len(known)
            faults.append(f"{column.heading}: unknown in {lacking} areas; expected a value in each")
        if column.field not in WHOLE and column.field not in DECIMALS:
            faults += [
                f"{column.heading}: {word!r} {why}"
                for word in known.unique()
                for why in _why_refused(str(word), vendor.encoding)
            ]
        if column.field == "area_code" and known.duplicated().any():
            twice = ", ".join(known[known.duplicated()].unique()[:5])
            faults.append(f"{column.heading}: {twice} stands twice")
    return faults


def _why_refused(word: str, encoding: str) -> list[str]:
    why = []
    if word.startswith(FORMULA):
        why.append(f"begins with {word[0]!r}, which a spreadsheet runs as a formula")
    if _CONTROL.search(word):
        why.append("holds a line break or a control character")
    try:
        word.encode(encoding)
    except UnicodeEncodeError as error:
        why.append(f"holds {word[error.start]!r}, which {encoding} has no place for")
    return why
