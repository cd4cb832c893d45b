"""Which areas each association consists of: a CSV that election staff keep."""

from pathlib import Path

import pandas as pd

from geoprio.areas import MUNICIPALITIES
from geoprio.errors import ConfigError, join_faults

COLUMNS = ["association", "area_set", "area_code"]
EACH = "*"
"""Association and code of a row for every municipality that no other row names."""


def expand_memberships(rows: pd.DataFrame, municipalities: pd.Series) -> pd.DataFrame:
    """Return the rows with `*;kommun;*` replaced by the municipalities that no other row names.

    Each of them is an association of its own name.

    Parameters
    ----------
    rows
        What `load_memberships` returns.
    municipalities
        Name by municipality code.
    """
    each = (rows[COLUMNS] == [EACH, MUNICIPALITIES, EACH]).all(axis=1)
    if not each.any():
        return rows
    named = rows.loc[rows["area_set"] == MUNICIPALITIES, "area_code"]
    rest = municipalities.drop(named, errors="ignore").sort_index()
    own = pd.DataFrame(
        {"association": rest, "area_set": MUNICIPALITIES, "area_code": rest.index}, columns=COLUMNS
    )
    return pd.concat([rows[~each], own], ignore_index=True)


def load_memberships(name: str, folders: tuple[Path, ...]) -> pd.DataFrame:
    """Return `association`, `area_set`, `area_code` of the first folder that has the file.

    Raises
    ------
    ConfigError
        No folder has the file, it lacks a column, or a row is incomplete.
    """
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        message = f"{name}: not found; expected a file with the columns {';'.join(COLUMNS)}"
        raise ConfigError(message)
    try:
        table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", index_col=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"{name}: not a `;`-separated UTF-8 file: {error}"
        raise ConfigError(message) from None
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        message = (
            f"{name}: found the columns {';'.join(map(str, table))}; expected {';'.join(COLUMNS)}"
        )
        raise ConfigError(message)
    rows = pd.DataFrame({column: table[column].str.strip() for column in COLUMNS})
    gaps = rows.index[rows.isna().any(axis=1) | (rows == "").any(axis=1)]
    if len(gaps):
        faults = [f"row {row + 2}: a value is missing" for row in gaps]
        raise ConfigError(join_faults(f"{name}: incomplete rows", faults))
    return rows
