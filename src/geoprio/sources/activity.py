"""What has been done at the doors, as totals by area: never by person, door, day or canvasser."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geoprio.errors import SourceError
from geoprio.sources.private import read_private_list
from geoprio.tables import DONE, PERSON_COLUMN
from geoprio.words import Phrase

FILE, WAYS = "genomfort.csv", "zetkin.csv"
"""In `privat/`: what is done by area; and which of Zetkin's areas lies in which of ours."""
LEAST = 10
"""Households visited below which an area's row is withheld."""
GIVEN = dict(zip(("households", "visits", "successful"), DONE, strict=True))
"""Columns of the file, and of the frame."""
OF_ZETKIN = {
    "count_unique_households_visited": "households",
    "sum_visits": "visits",
    "sum_successful_visits": "successful",
}
"""Zetkin's names of an area's statistics; nothing else of them is read."""
ANSWER = "Zetkin"
"""What is named where the app's answer is not what it should be."""
MOST = 10_000_000
NOTHING_DONE = pd.DataFrame(columns=DONE, dtype=float)
"""Where nobody has told."""


def read_activity(
    path: Path, *, ways: pd.Series | None = None, within: pd.Series | None = None
) -> pd.DataFrame:
    """Return what is done in each area that is told of.

    Parameters
    ----------
    path
        A CSV with `area_code`, `households`, `visits` and `successful`, or Zetkin's area statistics
        as a JSON list. Rows of one area, such as its rundor, are added up.
    ways
        `area_code` by Zetkin's id of an area, for the JSON; an id that it lacks is another's area.
    within
        Code of the plan's area by the code of each area that lies in it, itself too (`Run.within`):
        rows are added up to the plan's areas; as they stand where left out.

    Returns
    -------
    done
        Index `area_code`; `visited_count` (households visited at least once), `visits_count` and
        `successful_count`. NaN in all three where fewer than `LEAST` households were visited, but
        none, and in the last where so few opened; an area that nobody tells of is not in the frame.

    Raises
    ------
    SourceError
        It describes persons, has other columns, or holds what is no count or no area of the plan,
        by row; nothing is repeated.
    """
    given = _statistics(path, ways) if path.suffix == ".json" else _rows(path)
    return _added(given, path.name, within)


def done_at(raw: Path, within: pd.Series | None = None) -> pd.DataFrame:
    """Return what a folder of files tells of, as `read_activity` does; no row where it does not."""
    path = raw / "privat" / FILE
    return read_activity(path, within=within) if path.is_file() else NOTHING_DONE


def read_statistics(rows: Sequence[Mapping[str, Any]], ways: pd.Series) -> pd.DataFrame:
    """Return the same of Zetkin's area statistics as the app gave them; see `read_activity`."""
    return _added(_of_ours(rows, ways, ANSWER), ANSWER)


def _added(given: pd.DataFrame, file: str, within: pd.Series | None = None) -> pd.DataFrame:
    """Return what rows come to by area; a row of blanks, or a blank `successful`, is withheld."""
    empty = given[list(GIVEN)].isin(["", None]) | given[list(GIVEN)].isna()
    blank = empty.all(axis=1)
    try:
        figures = given[list(GIVEN)].apply(pd.to_numeric, errors="coerce").astype(float)
    except OverflowError:
        raise SourceError("activity_not_statistics", file=file) from None
    counts = figures.ge(0) & figures.le(MOST) & figures.eq(figures.round())
    counts["successful"] |= empty["successful"]
    codes = given["area_code"] if within is None else given["area_code"].map(within)
    order = figures["households"].le(figures["visits"]) & ~figures["successful"].gt(
        figures["visits"]
    )
    faults = [
        Phrase("row_fault", row=row, fault=Phrase(fault))
        for fault, right in (
            ("not_count", counts.all(axis=1) | blank),
            ("visits_too_few", order | blank),
            ("no_area_of_plan", codes.notna()),
        )
        for row in figures.index[~right]
    ]
    if faults:
        raise SourceError("activity_wrong", faults, file=file)
    sums = figures.groupby(codes).sum(skipna=False).rename(columns=GIVEN)
    return withheld(sums.rename_axis("area_code").sort_index())


def withheld(done: pd.DataFrame) -> pd.DataFrame:
    """Return totals without rows of few households, or few who opened; none is no secret."""
    few = done["visited_count"].between(1, LEAST - 1)
    opened = done["successful_count"].between(1, LEAST - 1)
    return done.assign(successful_count=done["successful_count"].mask(opened)).mask(few)


def read_ways(path: Path) -> pd.Series:
    """Return `area_code` by Zetkin's id of an area, as the upload left it; empty without a file."""
    if not path.is_file():
        return pd.Series(dtype=str, name="area_code")
    table = read_private_list(path)
    if not {"zetkin_id", "area_code"} <= set(table.columns):
        raise SourceError(
            "privat_columns_wrong", file=path.name, columns="zetkin_id;area_code;turf_code"
        )
    return pd.Series(table["area_code"].to_numpy(), pd.Index(table["zetkin_id"].astype(str)))


def _rows(path: Path) -> pd.DataFrame:
    table = read_private_list(path)
    persons = [name for name in map(str, table.columns) if PERSON_COLUMN.search(name)]
    allowed = {"area_code", *GIVEN, "association"}
    wanted = {"area_code", *GIVEN}
    if persons or not wanted <= set(table.columns) <= allowed:
        columns = ";".join(["area_code", *GIVEN])
        raise SourceError("privat_columns_wrong", file=path.name, columns=columns)
    table["area_code"] = table["area_code"].str.strip()
    return table


def _statistics(path: Path, ways: pd.Series | None) -> pd.DataFrame:
    """Return rows of Zetkin's area statistics: of what it tells, three totals are kept."""
    try:
        given: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise SourceError("activity_not_statistics", file=path.name) from None
    return _of_ours(given, ways, path.name)


def _of_ours(given: Any, ways: pd.Series | None, file: str) -> pd.DataFrame:  # noqa: ANN401 - JSON
    try:
        rows = [{"zetkin": str(one["area_id"]), **_totals(one)} for one in given]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SourceError("activity_not_statistics", file=file) from None
    table = pd.DataFrame(rows, columns=["zetkin", *GIVEN])
    found = table["zetkin"].map({} if ways is None else ways)
    return table.assign(area_code=found)[found.notna()]


def _totals(one: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is any
    told = {name: one[key] for key, name in OF_ZETKIN.items()}
    # Where no household was visited the app has no sums; else what it does not say is unknown.
    if told["households"] == 0:
        told = {name: value or 0 for name, value in told.items()}
    if None in told.values():
        raise ValueError
    return told
