"""The user's own totals per association: members and active members. Never shown, never logged."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from geoprio.config import PERSON_NUMBER
from geoprio.errors import SourceError
from geoprio.sources.sheets import read_list
from geoprio.tables import PERSON_COLUMN
from geoprio.words import Phrase, one_line

FILES = {"medlemmar.csv": "members_count", "aktivitet.csv": "active_count", "stod.csv": "asked"}
ANSWERS = {"ja": 1, "nej": 0}
"""What the file of associations that ask for support says of each."""

_PERSONS = {
    "personal_identity_number": PERSON_NUMBER,
    "mail_address": re.compile(r"[^\s@;,]@[^\s@;,]+\.[^\s@;,]"),
    "telephone_number": re.compile(
        r"(?<![\d+])(?:(?:\+|00)\d{2}[\s(-]*|0(?=\d))\d(?:[\s)/-]*\d){6,10}(?!\d)"
    ),
}


def read_capacity(raw: Path, associations: list[str]) -> pd.DataFrame:
    """Return members, active members and who asks for support, as far as the user has said.

    Index `association` (every one of `associations`), a column for each file there is; NaN where
    the file has no row for the association. `asked` is 1 for yes and 0 for no.

    SourceError: A file describes persons, has other columns than its own, holds text or negative
    numbers, or names an association that the campaign does not have. Nothing of what stands in the
    file is repeated in the message.
    """
    folder = raw / "privat"
    columns = {
        column: _read(folder / name, column, associations)
        for name, column in FILES.items()
        if (folder / name).is_file()
    }
    return pd.DataFrame(columns, index=pd.Index(sorted(associations), name="association"))


def _read(path: Path, column: str, associations: list[str]) -> pd.Series:
    table = read_private_list(path)
    _refuse(path, _table_faults(table, column, associations))
    _refuse(path, _row_faults(table, column, associations))
    figures = pd.to_numeric(_counted(table[column])).to_numpy(float)
    return pd.Series(figures, index=table["association"].map(one_line, "ignore"), name=column)


def read_private_list(path: Path) -> pd.DataFrame:
    """Return the rows of a file that describes no persons; SourceError where one does."""
    return read_list(path, judge=lambda text: _refuse(path, persons_in(text)))


def _refuse(path: Path, faults: list[Phrase]) -> None:
    if faults:
        raise SourceError("privat_wrong", faults, file=path.name)


def persons_in(text: str) -> list[Phrase]:
    """Return a fault for each way in which the lines of a file describe persons."""
    rows = {
        what: [row for row, line in enumerate(text.splitlines(), start=1) if pattern.search(line)]
        for what, pattern in _PERSONS.items()
    }
    return [
        Phrase("rows_of_persons", row=found[0], what=Phrase(what), count=len(found))
        for what, found in rows.items()
        if found
    ]


def _table_faults(table: pd.DataFrame, column: str, associations: list[str]) -> list[Phrase]:
    # Columns are told by number: in a file without a header, a person may stand in its place.
    faults = [
        Phrase("column_number_of_persons", number=number)
        for number, name in enumerate(map(str, table.columns), start=1)
        if PERSON_COLUMN.search(name)
    ]
    if set(table.columns) != {"association", column}:
        missing = [it for it in ("association", column) if it not in table.columns]
        faults.append(
            Phrase("totals_columns_wrong", column=column, count=len(table.columns), missing=missing)
        )
    if len(table) > len(associations):
        faults.append(Phrase("more_rows_than_associations", count=len(associations)))
    return faults


def _row_faults(table: pd.DataFrame, column: str, associations: list[str]) -> list[Phrase]:
    # Rows are told by number: in a file with a slip, a figure may stand where the name should.
    names = table["association"].map(one_line, "ignore")
    figures = pd.to_numeric(_counted(table[column]), errors="coerce")
    wrong_figure = Phrase("answer_ja_or_nej") if column == "asked" else Phrase("not_count")
    whole = figures.ge(0) & figures.lt(1e9) & figures.eq(figures.round())
    wrong = {
        Phrase("unknown_association"): ~names.isin(associations),
        Phrase("association_stands_twice"): names.duplicated() & names.notna(),
        wrong_figure: ~whole & table[column].notna(),
    }
    return _told(wrong)


def _told(wrong: Mapping[Phrase, pd.Series]) -> list[Phrase]:
    """Return a fault for each row that each of them marks."""
    return [
        Phrase("row_fault", row=row, fault=fault)
        for fault, rows in wrong.items()
        for row in rows.index[rows]
    ]


def _counted(values: pd.Series) -> pd.Series:
    if values.name != "asked":
        return values
    return values.str.strip().str.lower().map(ANSWERS).where(values.notna())


FILE = "utskick_foreningar.csv"
COLUMNS = ["association", "area_code", "edition"]


def read_additions(raw: Path) -> pd.DataFrame:
    """Return what associations add: `association`, `area_code` and `edition`, a row for each area.

    No rows where there is no file; one that describes persons is refused as in `read_capacity`.
    """
    path = raw / "privat" / FILE
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    table = read_private_list(path)
    if list(table.columns) != COLUMNS:
        raise SourceError("privat_columns_wrong", file=FILE, columns=";".join(COLUMNS))
    table = table.apply(lambda column: column.map(one_line, "ignore"))
    wrong = {
        Phrase("empty_cell"): table.isna().any(axis=1) | (table == "").any(axis=1),
        Phrase("area_twice_in_edition"): table.duplicated(["area_code", "edition"]),
    }
    _refuse(path, _told(wrong))
    return pd.DataFrame(table.reset_index(drop=True))


RESULT = ["area_code", "electors_count", "votes_cast_count"]
RESULT_TOO = ["votes_v_count", "contacted_count", "cost_sek"]


def read_outcome(path: Path) -> pd.DataFrame:
    """Return an election's result by area: counts of `RESULT` and what there is of `RESULT_TOO`.

    SourceError: It describes persons, a column is strange, or a row is none: every one is told.
    """
    table = read_private_list(path)
    names = list(map(str, table.columns))
    if not set(RESULT) <= set(names) <= {*RESULT, *RESULT_TOO}:
        fault = Phrase("result_columns", wanted=RESULT, more=RESULT_TOO, count=len(names))
        raise SourceError("result_wrong", [fault], file=path.name)
    codes = table["area_code"].map(one_line, "ignore")
    figures = table.drop(columns="area_code").apply(pd.to_numeric, errors="coerce")
    given = table.drop(columns="area_code").notna()
    wrong = {
        Phrase("empty_cell"): codes.isna() | (codes == ""),
        Phrase("area_stands_twice"): codes.duplicated() & codes.notna(),
        Phrase("not_count"): ((figures.isna() & given) | (figures < 0)).any(axis=1),
        Phrase("more_votes_than_electors"): figures["votes_cast_count"] > figures["electors_count"],
    }
    if faults := _told(wrong):
        raise SourceError("result_wrong", faults, file=path.name)
    return pd.DataFrame(figures.set_axis(pd.Index(codes, name="area_code"))).sort_index()


WISHES = ["area_code", "channel", "wish"]
WISHED = ("in", "out")


def read_wishes(path: Path, channels: Collection[str]) -> pd.DataFrame:
    """Return the wishes for a plan: `area_code`, `channel` and `wish` ("in" or "out").

    SourceError: It describes persons, or a row is none: every one is told.
    """
    table = read_private_list(path)
    if not set(WISHES) <= set(table.columns):
        fault = Phrase("wishes_columns", found=list(map(str, table.columns)))
        raise SourceError("wishes_wrong", [fault], file=path.name)
    rows = table[WISHES].apply(lambda column: column.str.strip())
    faults = [
        Phrase("row_channel_unknown", row=row, channel=channel, channels=channels)
        for row, channel in rows["channel"].items()
        if channel not in channels
    ]
    faults += [
        Phrase("row_wish_unknown", row=row, wish=wish)
        for row, wish in rows["wish"].items()
        if wish not in WISHED
    ]
    if faults:
        raise SourceError("wishes_wrong", faults, file=path.name)
    return pd.DataFrame(rows.drop_duplicates(ignore_index=True))


WORKPLACES = ["workplace", "municipality", "industry", "employees", "shifts"]


def read_workplaces(path: Path) -> pd.DataFrame:
    """Return a list of workplaces: its columns are `WORKPLACES`, `employees` NaN where not told.

    SourceError: It describes persons, lacks a column, or a row has no name or no count.
    """
    table = read_private_list(path)
    if not set(WORKPLACES) <= set(table.columns):
        fault = Phrase("workplace_columns", columns=WORKPLACES)
        raise SourceError("workplaces_wrong", [fault], file=path.name)
    rows = table[WORKPLACES].fillna("").map(one_line)
    counts = pd.to_numeric(rows["employees"], errors="coerce")
    wrong = {
        Phrase("empty_cell"): (rows[WORKPLACES[:3]] == "").any(axis=1),
        Phrase("not_count"): (counts.isna() & (rows["employees"] != "")) | counts.lt(0),
    }
    if faults := _told(wrong):
        raise SourceError("workplaces_wrong", faults, file=path.name)
    return pd.DataFrame(rows.assign(employees=counts).drop_duplicates(ignore_index=True))
