"""Reader of electors per polling district by sex and age, whose columns are found by pattern."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.numbers import as_category, as_numbers, listed
from geoprio.sources.tables import read_xlsx

CODE, TOTAL = "Valdistriktskod", "Totalt"
SEX, AGE, VALUE, ALL = "kön", "ålder", "antal", "alla"
WOMEN, MEN = "kvinnor", "män"
OLDEST = 200
BAND = re.compile(r"(?<!\d)(\d{2})\s*[-–—]\s*(\d{2,3})(?!\d)")
OPEN = re.compile(r"(?<!\d)(\d{2})\s*(?:år)?\s*(?:\+|[-–—](?!\s*\d)|och äldre|eller äldre|w\b)")
SEXES = {
    WOMEN: re.compile(r"kvinn", re.IGNORECASE),
    MEN: re.compile(r"\bm[äa]n\b|\bman\b", re.IGNORECASE),
}

Ages = tuple[int, int]


def read_val_electors(path: Path, source: Source) -> pd.DataFrame:
    """Return electors per district, sex and age: a row for each of them and for all together.

    `kön` is "kvinnor", "män" or "alla"; `ålder` one of the source's `ages` or "alla". What the
    file does not give (sex by age where it has only the margins) is NaN. Columns are found by what
    their headers say, in any order: a sex, an age band ("18-29 år", "65+"), both, or the total;
    others (first-time voters, electors abroad) are passed over. Rows after the last one with a
    code are footers.

    Raises
    ------
    SourceError
        The workbook is damaged, has no code, total, sex or age columns, a band lies in two of the
        wanted age groups, or a district's sexes or ages do not make its total.
    """
    rows = read_xlsx(path, source)
    columns = [str(name) for name in rows.columns]
    _refuse_missing(columns)
    codes = as_category(rows[CODE]).astype(str)
    last = int(np.flatnonzero(codes.str.fullmatch(r"\d+").to_numpy()).max(initial=-1))
    rows, codes = rows.iloc[: last + 1], codes.iloc[: last + 1]
    wanted = _wanted(source)
    found = {name: _meaning(name, wanted) for name in columns if name != CODE}
    kinds = {name: kind for name, kind in found.items() if kind is not None}
    numbers = _numbers(rows, list(kinds))
    meant = pd.MultiIndex.from_tuples(list(kinds.values()))
    cells = numbers.set_axis(meant, axis=1).T.groupby(level=[0, 1]).sum(min_count=1).T
    cells = _with_margins(cells, list(wanted))
    _refuse_sums(cells, codes, list(wanted))
    return _long(cells, codes)


def _wanted(source: Source) -> dict[str, Ages]:
    wanted = {text: _ages(text) for text in source.options.ages or ()}
    unclear = [text for text, ages in wanted.items() if ages is None]
    if unclear or not wanted:
        message = f'options.ages: found {", ".join(unclear) or "none"}; expected "18-29", "30-"'
        raise SourceError(message)
    return {text: ages for text, ages in wanted.items() if ages is not None}


def _refuse_missing(columns: Sequence[str]) -> None:
    missing = [name for name in (CODE, TOTAL) if columns.count(name) != 1]
    if missing:
        heading = f"the columns are not the expected ones; found {', '.join(map(repr, columns))}"
        raise SourceError(join_faults(heading, [f"{name!r} is missing" for name in missing]))


def _meaning(header: str, wanted: dict[str, Ages]) -> tuple[str, str] | None:
    """Return which sex and age group a column counts, None where it is something else."""
    if header == TOTAL:
        return ALL, ALL
    sexes = [sex for sex, pattern in SEXES.items() if pattern.search(header)]
    ages = _ages(header)
    if ages is None:
        # A header that says more than a sex is another count: women abroad, for example.
        plain = len(sexes) == 1 and len(header.split()) == 1
        return (sexes[0], ALL) if plain else None
    low, high = ages
    for text, (first, to) in wanted.items():
        if first <= low and high <= to:
            return (sexes[0] if len(sexes) == 1 else ALL), text
    message = (
        f"column {header!r} does not lie in one of the age groups {', '.join(wanted)};"
        " change `ages` in the source, or take the file whose groups fit"
    )
    raise SourceError(message)


def _ages(text: str) -> Ages | None:
    if match := BAND.search(text):
        return int(match[1]), int(match[2])
    if match := OPEN.search(text):
        return int(match[1]), OLDEST
    return None


def _numbers(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    read: dict[str, pd.Series] = {}
    faults = []
    for name in columns:
        read[name], bad = as_numbers(rows[name], empty_is_zero=False)
        faults += [
            f"row {row}, column {name!r}: found {rows.loc[row, name]!r}" for row in rows.index[bad]
        ]
    if faults:
        raise SourceError(join_faults(f"{len(faults)} cells are no numbers", listed(faults)))
    return pd.DataFrame(read)


def _with_margins(cells: pd.DataFrame, ages: list[str]) -> pd.DataFrame:
    """Return the cells of every sex and age; a margin that is not given is the sum of its parts."""
    full = pd.MultiIndex.from_product([[WOMEN, MEN, ALL], [*ages, ALL]])
    cells = cells.reindex(columns=full).astype(float)
    for sex in (WOMEN, MEN):
        cells[sex, ALL] = cells[sex, ALL].fillna(
            cells[[(sex, age) for age in ages]].sum(axis=1, min_count=len(ages))
        )
    for age in ages:
        both = cells[[(WOMEN, age), (MEN, age)]].sum(axis=1, min_count=2)
        cells[ALL, age] = cells[ALL, age].fillna(both)
    lost = [
        name
        for name in ((WOMEN, ALL), (MEN, ALL), *((ALL, age) for age in ages))
        if cells[name].isna().all()
    ]
    if lost:
        heading = "no column counts these; expected headers with a sex, an age band, or both"
        raise SourceError(join_faults(heading, [f"{sex}, {age}" for sex, age in lost]))
    return cells


def _refuse_sums(cells: pd.DataFrame, codes: pd.Series, ages: list[str]) -> None:
    total = cells[ALL, ALL]
    sexes = cells[WOMEN, ALL] + cells[MEN, ALL]
    groups = cells[[(ALL, age) for age in ages]].sum(axis=1, skipna=False)
    wrong = (sexes.notna() & sexes.ne(total)) | (groups.notna() & groups.ne(total))
    if wrong.any():
        faults = [
            f"{code}: sexes {a:g}, ages {b:g}, total {c:g}"
            for code, a, b, c in zip(
                codes[wrong], sexes[wrong], groups[wrong], total[wrong], strict=True
            )
        ]
        heading = "districts whose sexes or age groups do not make the total: a column is misread"
        raise SourceError(join_faults(heading, listed(faults)))


def _long(cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    size = cells.shape[1]
    sexes, ages = (
        np.tile(cells.columns.get_level_values(i).to_numpy(), len(cells)) for i in (0, 1)
    )
    return pd.DataFrame(
        {
            CODE: np.repeat(codes.to_numpy(), size),
            SEX: sexes,
            AGE: ages,
            VALUE: cells.to_numpy().ravel(),
        }
    ).rename_axis("cell")
