"""Reader of the results of 2022 in long form: a row per district and party, and rows of sums."""

from pathlib import Path

import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.numbers import as_category, as_numbers, listed
from geoprio.sources.tables import read_xlsx, respelled

CODE, PARTY, VOTES, ELECTORS = "Valdistriktskod", "Parti", "Röster", "Röstberättigade"
VALID, CAST = "Summa giltiga röster", "Valdeltagande"
INVALID = ("ej anmält deltagande", "blanka röster", "övriga ogiltiga")
KIND, COLLECTING, ORDINARY = "typ", "uppsamlingsdistrikt", "valdistrikt"
HEADERS = (CODE, PARTY, VOTES, ELECTORS)


def read_val_long(path: Path, source: Source) -> pd.DataFrame:
    """Return one row per district: code, type, electors, and a column per party and sum.

    A party without a row has 0 votes in a district whose rows make up its sum of valid votes; the
    invalid kinds likewise. In a district where they do not, what has no row is unknown.

    Codes that lost their leading zero get it back: up to six digits is a collecting district, else
    a polling district of eight.

    Raises
    ------
    SourceError
        The workbook is damaged, a column or a row of sums is missing, a party stands twice in a
        district, or a district has two electorates.
    """
    rows = read_xlsx(path, source)
    missing = [name for name in HEADERS if list(rows.columns).count(name) != 1]
    if missing:
        heading = f"the columns are not the expected ones; found {', '.join(map(str, rows))}"
        raise SourceError(join_faults(heading, [f"{name!r} is missing" for name in missing]))
    codes = as_category(rows[CODE]).astype(str)
    rows = rows.assign(**{CODE: codes.map(padded)})[codes.ne("").to_numpy()]
    spellings = source.options.spellings or {}
    known = {name: (*spellings.get(name, ()),) for name in (VALID, CAST, *INVALID)} | spellings
    parties = pd.Index(respelled(list(as_category(rows[PARTY]).astype(str)), known))
    votes = _wide(rows, parties)
    electors = _electors(rows)
    frame = _with_zeros(votes).reset_index()
    collecting = frame[CODE].str.len().eq(6)
    kind = collecting.map({True: COLLECTING, False: ORDINARY})
    known_electors = electors.reindex(frame[CODE]).to_numpy()
    return frame.assign(
        **{KIND: kind, ELECTORS: pd.Series(known_electors).mask(collecting, 0.0)}
    ).rename_axis("district", axis=0)


def padded(code: str) -> str:
    """Return a code with the leading zero that a workbook took for nothing."""
    return code.zfill(6) if len(code) <= 6 else code.zfill(8)


def _wide(rows: pd.DataFrame, parties: pd.Index) -> pd.DataFrame:
    numbers, bad = as_numbers(rows[VOTES], empty_is_zero=False)
    faults = [f"row {row}: found {rows.loc[row, VOTES]!r}" for row in rows.index[bad]]
    if faults:
        raise SourceError(join_faults(f"{len(faults)} votes are no numbers >= 0", listed(faults)))
    long = pd.DataFrame({CODE: rows[CODE].to_numpy(), PARTY: parties, VOTES: numbers.to_numpy()})
    twice = long.duplicated([CODE, PARTY], keep=False).to_numpy()
    if twice.any():
        faults = [
            f"row {row}: {parties[i]!s} in {rows.loc[row, CODE]}"
            for i, row in enumerate(rows.index)
            if twice[i]
        ]
        raise SourceError(join_faults("a party stands twice in a district", listed(faults)))
    wide = long.pivot_table(index=CODE, columns=PARTY, values=VOTES)
    lost = [name for name in (VALID, CAST) if name not in wide]
    if lost:
        heading = f"rows of sums are missing; found {', '.join(listed(list(wide.columns)))}"
        raise SourceError(join_faults(heading, lost))
    return wide.rename_axis(columns=None)


def _with_zeros(votes: pd.DataFrame) -> pd.DataFrame:
    votes = votes.reindex(columns=[*votes.columns, *(n for n in INVALID if n not in votes)])
    parties = votes.columns.difference([VALID, CAST, *INVALID])
    whole = votes[parties].sum(axis=1).eq(votes[VALID])
    invalid = list(INVALID)
    counted = (votes[VALID] + votes[invalid].sum(axis=1)).eq(votes[CAST])
    filled = votes.copy()
    filled.loc[whole, parties] = votes.loc[whole, parties].fillna(0.0)
    filled.loc[counted, invalid] = votes.loc[counted, invalid].fillna(0.0)
    return filled


def _electors(rows: pd.DataFrame) -> pd.Series:
    numbers, _ = as_numbers(rows[ELECTORS], empty_is_zero=False)
    by_code = numbers.groupby(rows[CODE])
    several = by_code.nunique()
    double = several.index[several > 1]
    if len(double):
        heading = "districts with two electorates; expected one each"
        raise SourceError(join_faults(heading, listed(list(double))))
    electors: pd.Series = by_code.first()
    return electors
