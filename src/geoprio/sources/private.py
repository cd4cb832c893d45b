"""The user's own totals per association: members and active members. Never shown, never logged."""

from pathlib import Path

import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.schemas import PERSON_COLUMN

FILES = {"medlemmar.csv": "members_count", "aktivitet.csv": "active_count"}


def read_capacity(raw: Path, associations: list[str]) -> pd.DataFrame:
    """Return members and active members by association, as far as the user has given them.

    Returns
    -------
    Index `association` (every one of `associations`), a column for each file there is; NaN where
    the file has no row for the association.

    Raises
    ------
    SourceError
        A file describes persons, lacks its columns, holds text or negative numbers, or names an
        association that the campaign does not have. No figure is repeated in the message.
    """
    folder = raw / "privat"
    columns = {
        column: _read(folder / name, column, associations)
        for name, column in FILES.items()
        if (folder / name).is_file()
    }
    return pd.DataFrame(columns, index=pd.Index(sorted(associations), name="association"))


def _read(path: Path, column: str, associations: list[str]) -> pd.Series:
    try:
        table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", index_col=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"privat/{path.name}: not a `;`-separated UTF-8 file: {type(error).__name__}"
        raise SourceError(message) from None
    faults = [
        f"column {name}: describes persons; give totals per association only"
        for name in map(str, table.columns)
        if PERSON_COLUMN.search(name)
    ]
    if not {"association", column} <= set(table.columns):
        faults.append(f"expected the columns association;{column}")
    if not faults:
        faults = _row_faults(table, column, associations)
    if faults:
        raise SourceError(join_faults(f"privat/{path.name}: cannot be used", faults))
    figures = pd.to_numeric(table[column]).to_numpy(float)
    return pd.Series(figures, index=table["association"].str.strip(), name=column)


def _row_faults(table: pd.DataFrame, column: str, associations: list[str]) -> list[str]:
    # Rows are told by number: in a file with a slip, a figure may stand where the name should.
    names = table["association"].str.strip()
    figures = pd.to_numeric(table[column], errors="coerce")
    whole = figures.ge(0) & figures.lt(1e9) & figures.eq(figures.round())
    wrong = {
        "unknown association": ~names.isin(associations),
        "the association stands twice": names.duplicated() & names.notna(),
        "not a count": ~whole & table[column].notna(),
    }
    return [f"row {row + 2}: {fault}" for fault, rows in wrong.items() for row in table.index[rows]]
