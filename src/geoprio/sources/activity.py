"""What has been done at the doors, as totals by area: never by person, door, day or canvasser."""

import json
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
MOST = 10_000_000


def read_activity(path: Path, *, ways: pd.Series | None = None) -> pd.DataFrame:
    """Return what is done in each area that is told of.

    Parameters
    ----------
    path
        A CSV with `area_code`, `households`, `visits` and `successful`, or Zetkin's area statistics
        as a JSON list. Rows of one area, such as its rundor, are added up.
    ways
        `area_code` by Zetkin's id of an area, for the JSON; an id that it lacks is another's area.

    Returns
    -------
    done
        Index `area_code`; `visited_count` (households visited at least once), `visits_count` and
        `successful_count`. NaN in all three where fewer than `LEAST` households were visited, but
        none; an area that nobody tells of is not in the frame.

    Raises
    ------
    SourceError
        It describes persons, has other columns, or holds what is no count; nothing is repeated.
    """
    given = _statistics(path, ways) if path.suffix == ".json" else _rows(path)
    figures = given[list(GIVEN)].apply(pd.to_numeric, errors="coerce").astype(float)
    within = figures.ge(0) & figures.le(MOST) & figures.eq(figures.round())
    order = figures["households"].le(figures["visits"]) & figures["successful"].le(
        figures["visits"]
    )
    faults = [
        Phrase("row_fault", row=row, fault=Phrase(fault))
        for fault, right in (("not_count", within.all(axis=1)), ("visits_too_few", order))
        for row in figures.index[~right]
    ]
    if faults:
        raise SourceError("activity_wrong", faults, file=path.name)
    sums = figures.groupby(given["area_code"]).sum().rename(columns=GIVEN).rename_axis("area_code")
    return withheld(sums.sort_index())


def withheld(done: pd.DataFrame) -> pd.DataFrame:
    """Return totals without the rows of few households; none at all is no secret."""
    few = done["visited_count"].between(1, LEAST - 1)
    return done.mask(few)


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
        rows = [{"zetkin": str(one["area_id"]), **_totals(one)} for one in given]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SourceError("activity_not_statistics", file=path.name) from None
    table = pd.DataFrame(rows, columns=["zetkin", *GIVEN])
    found = table["zetkin"].map({} if ways is None else ways)
    return table.assign(area_code=found)[found.notna()]


def _totals(one: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is any
    return {name: one[key] or 0 for key, name in OF_ZETKIN.items()}
