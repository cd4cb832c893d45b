"""The areas that associations add to a mailing at their own cost."""

from io import StringIO
from pathlib import Path

import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.private import persons_in

FILE = "utskick_foreningar.csv"
COLUMNS = ["association", "area_code", "edition"]


def read_additions(raw: Path) -> pd.DataFrame:
    """Return what associations add: `association`, `area_code` and `edition`, a row for each area.

    No rows where there is no file.

    Raises
    ------
    SourceError
        The file cannot be read, has other columns, an empty cell, one too many, an area twice in an
        edition, or it describes persons.
    """
    path = raw / "privat" / FILE
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    try:
        text = path.read_text(encoding="utf-8-sig")
        # The lines are searched as they stand: a cell beyond the header would be cut off.
        persons = persons_in(text)
        if persons:
            raise SourceError(join_faults(f"privat/{FILE}: cannot be used", persons))
        table = pd.read_csv(StringIO(text), sep=";", dtype=str, index_col=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"privat/{FILE}: not a `;`-separated UTF-8 file: {type(error).__name__}"
        raise SourceError(message) from None
    if list(table.columns) != COLUMNS:
        message = f"privat/{FILE}: expected the columns {';'.join(COLUMNS)} and no other"
        raise SourceError(message)
    table = table.apply(lambda column: column.str.strip())
    cells = pd.Series([line.count(";") for line in text.splitlines()[1:] if line.strip()])
    wrong = {
        "more cells than columns": (cells >= len(COLUMNS)).reindex(table.index, fill_value=False),
        "an empty cell": table.isna().any(axis=1) | (table == "").any(axis=1),
        "the area stands twice in the edition": table.duplicated(["area_code", "edition"]),
    }
    faults = [
        f"row {row + 2}: {fault}" for fault, rows in wrong.items() for row in rows[rows].index
    ]
    if faults:
        raise SourceError(join_faults(f"privat/{FILE}: cannot be used", faults))
    return pd.DataFrame(table)
