"""The election authority's result workbooks of 2018 and 2022, laid out as the real ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from geoprio.demo.apportionment import COUNTY_NAME
from geoprio.demo.elections import PARTIES

EARLY = "Förtidsröster ej fördelade efter valdistrikt"
COLLECTED = "Uppsamlingsdistrikt"
_COUNTY, _NUMBER, _NAME = "01", "9800", "Valdistriktsnamn"
_MADE = datetime(2022, 9, 20)
"""A fixed date, so that equal runs give equal bytes."""

_COUNTS = [
    ("Antal ogiltiga valsedlar", "invalid"),
    ("varav blanka valsedlar", "blank"),
    ("Antal giltiga valsedlar", "valid"),
]
_SMALL_2018_WORDS = """
FI AfS BASIP CSIS DD DjuP EAP ENH FHS Gup INI KLP KrVP LPo MED NMR NORRP NYREF PP RNP
S-FRP SKP SKÅ TRP VL-S
"""
_SMALL_2018 = tuple(_SMALL_2018_WORDS.split())
_FOUND_2018 = {"FI": 0.55, "AfS": 0.30, "MED": 0.4}
_LETTERS = {"riksdag": "R", "region": "L", "kommun": "K"}
_SHEETS = {"riksdag": "RI_tab4", "region": "RE_tab3", "kommun": "KO_tab3"}


def file_name(year: int, ballot: str) -> str:
    """Return the name of the official file."""
    if year == 2018:
        return f"2018_{_LETTERS[ballot]}_per_valdistrikt.xlsx"
    return f"valresultat-2022-{ballot}-per-valdistrikt.xlsx"


def write_results(path: Path, rows: pd.DataFrame, year: int, ballot: str) -> None:
    """Write one workbook.

    Parameters
    ----------
    rows
        Districts and, with district_code ending in 9800, early votes that were not assigned:
        district_code, district_name, municipality_code, municipality_name, constituency (text),
        constituency_code (text) and the count columns, in the order they are written.
    """
    columns = _columns_2018(rows) if year == 2018 else _COLUMNS[ballot](rows)
    sheet = f"{_LETTERS[ballot]} antal" if year == 2018 else _SHEETS[ballot]
    header = [name for name, _ in columns]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE, "author": "", "title": "DEMO"})
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, header)
        values = [list(column) for _, column in columns]
        for number, row in enumerate(zip(*values, strict=True), start=1):
            _write(page, number, row)


def _write(page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[object]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, str):
            if value:
                page.write_string(number, place, value)
        elif value is not None:
            page.write_number(number, place, value)


Columns = list[tuple[str, Iterable[object]]]


def _riksdag(rows: pd.DataFrame) -> Columns:
    city = rows["municipality_code"] == "0180"
    return [
        ("Valkretskod", np.where(city, "01", "02").tolist()),
        ("Valkretsnamn", np.where(city, "Stockholms kommun", COUNTY_NAME).tolist()),
        ("Valdistriktskod", rows["district_code"]),
        (_NAME, rows["district_name"]),
        ("Antal röstberättigade", rows["electors"].tolist()),
        *_turnout(rows, decimals=13),
        *((title, rows[name].tolist()) for title, name in _COUNTS),
        ("", [""] * len(rows)),
        *_votes(rows, liberals="L"),
    ]


def _region(rows: pd.DataFrame) -> Columns:
    city = rows["municipality_code"] == "0180"
    return [
        ("Regionkod", [_COUNTY] * len(rows)),
        ("Regionnamn", ["Stockholms läns"] * len(rows)),
        ("Kommunkod", rows["municipality_code"]),
        ("Kommunnamn", rows["municipality_name"]),
        ("Valkretskod", np.where(city, rows["constituency_code"], "07").tolist()),
        ("Valkretsnamn", np.where(city, rows["constituency"], "Länet").tolist()),
        ("Kommun valkretskod", rows["constituency_code"].astype(int).tolist()),
        ("Kommun valkretsnamn", rows["constituency"]),
        ("Valdistriktskod", rows["district_code"]),
        (_NAME, rows["district_name"]),
        ("Antal röstberättigade", rows["electors"].tolist()),
        ("varav utländska medborgare", rows["foreign_citizens"].tolist()),
        *_turnout(rows, decimals=1),
        *((title, rows[name].tolist()) for title, name in _COUNTS),
        *_votes(rows, liberals="L"),
    ]


def _kommun(rows: pd.DataFrame) -> Columns:
    early = rows["district_code"].str.endswith(_NUMBER)
    return [
        ("Länskod", [_COUNTY] * len(rows)),
        ("Länsnamn", [COUNTY_NAME] * len(rows)),
        ("Kommunkod", rows["municipality_code"]),
        ("Kommunnamn", rows["municipality_name"]),
        ("Valkretskod", np.where(early, "99", rows["constituency_code"]).tolist()),
        ("Valkretsnamn", rows["constituency"]),
        ("Valdistriktskod", rows["district_code"]),
        (_NAME, rows["district_name"]),
        ("Antal röstberättigade", rows["electors"].tolist()),
        ("varav utländska medborgare", rows["foreign_citizens"].tolist()),
        *_turnout(rows, decimals=13),
        *((title, rows[name].tolist()) for title, name in _COUNTS),
        *_votes(rows, liberals="FP"),
    ]


_COLUMNS = {"riksdag": _riksdag, "region": _region, "kommun": _kommun}


def _turnout(rows: pd.DataFrame, *, decimals: int) -> Columns:
    """Return votes cast and their percentage of the electorate: empty where nobody may vote."""
    return [
        ("Antal röstande", rows["votes_cast"].tolist()),
        ("Andel röstande", _percent(rows, decimals)),
    ]


def _percent(rows: pd.DataFrame, decimals: int) -> list[float | None]:
    electors = rows["electors"].to_numpy()
    share = np.round(100 * rows["votes_cast"].to_numpy() / np.maximum(electors, 1), decimals)
    return [
        value if known else None
        for value, known in zip(share.tolist(), (electors > 0).tolist(), strict=True)
    ]


def _votes(rows: pd.DataFrame, *, liberals: str) -> Columns:
    titles = {"l": liberals, "other": "ÖVR"}
    return [
        (titles.get(party, party.upper()), rows[f"votes_{party}"].tolist()) for party in PARTIES
    ]


def _columns_2018(rows: pd.DataFrame) -> Columns:
    """Return the columns of 2018: codes as bare numbers, 0 votes as an empty cell."""
    code = rows["district_code"]
    early = code.str.endswith(_NUMBER)
    left = rows["votes_other"].to_numpy()
    parties: Columns = []
    for name in _SMALL_2018:
        votes = np.floor(left * _FOUND_2018.get(name, 0.0)).astype(int)
        parties.append((name, _or_empty(votes)))
        left = left - votes
    share = [value or 0 for value in _percent(rows, 2)]
    city = rows["municipality_code"] == "0180"
    return [
        ("LÄNSKOD", [int(_COUNTY)] * len(rows)),
        ("KOMMUNKOD", code.str[2:4].astype(int).tolist()),
        ("VALKRETSKOD", np.where(city, 1, 2).tolist()),
        ("VALDISTRIKTSKOD", code.str[4:].astype(int).where(~early, 0).tolist()),
        ("LÄNSNAMN", [COUNTY_NAME] * len(rows)),
        ("KOMMUNNAMN", rows["municipality_name"]),
        ("VALKRETSNAMN", np.where(city, "Stockholms kommun", COUNTY_NAME).tolist()),
        ("VALDISTRIKTSNAMN", rows["district_name"].where(~early, COLLECTED)),
        *(
            (name, _or_empty(rows[f"votes_{name.lower()}"].to_numpy()))
            for name in ("M", "C", "L", "KD", "S", "V", "MP", "SD")
        ),
        *parties,
        ("ÖVR", _or_empty(left)),
        ("OGEJ", [None] * len(rows)),
        ("BLANK", _or_empty(rows["blank"].to_numpy())),
        ("OG", _or_empty((rows["invalid"] - rows["blank"]).to_numpy())),
        ("RÖSTER GILTIGA", rows["valid"].tolist()),
        ("RÖSTANDE", rows["votes_cast"].tolist()),
        ("RÖSTBERÄTTIGADE", rows["electors"].tolist()),
        ("VALDELTAGANDE", share),
    ]


def _or_empty(votes: np.ndarray) -> list[int | None]:
    return [number or None for number in votes.tolist()]
