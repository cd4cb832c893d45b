"""Which constituency a municipality lies in, by election: a CSV that election staff keep."""

from pathlib import Path

import pandas as pd

from geoprio.config import Election
from geoprio.errors import ConfigError

FILE = "constituencies.csv"
COLUMNS = ["election", "municipality_code", "constituency"]


def load_constituencies(election: Election, folders: tuple[Path, ...]) -> pd.Series:
    """Return constituency by municipality code, of the first folder that has the file.

    Empty where no folder has it or it says nothing of the election: a municipality that has several
    constituencies cannot be told of here.

    Raises
    ------
    ConfigError
        The file lacks a column, has an empty cell, or gives a municipality twice.
    """
    path = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    if path is None:
        return pd.Series(dtype=object)
    try:
        table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", index_col=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"{FILE}: not a `;`-separated UTF-8 file: {error}"
        raise ConfigError(message) from None
    if list(table) != COLUMNS or table.isna().any(axis=None):
        message = f"{FILE}: expected the columns {';'.join(COLUMNS)}, and no empty cell"
        raise ConfigError(message)
    own = table[table["election"] == election]
    twice = own.loc[own["municipality_code"].duplicated(), "municipality_code"]
    if len(twice):
        message = f"{FILE}: {election}: {', '.join(twice)} stands twice; expected one constituency"
        raise ConfigError(message)
    return own.set_index("municipality_code")["constituency"]
