"""The statistics office's tables of the demo: every one an aggregate of the same people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.demo.apportionment import COUNTY_CODE, COUNTY_NAME, Ints
from geoprio.demo.living import Living
from geoprio.demo.people import People
from geoprio.words import text

# json-stat2 replies laid out as SCB's PxWebApi v2 sends them.


_CONTENTS = "ContentsCode"
_TIME = "Tid"


@dataclass(frozen=True)
class Dimension:
    """One variable of a table: its code, its label and the label of each value code."""

    code: str
    label: str
    values: dict[str, str]


@dataclass(frozen=True)
class Contents:
    """One measure: its code, label, unit and number of decimals."""

    code: str
    label: str
    unit: str = "antal"
    decimals: int = 0


@dataclass(frozen=True)
class Table:
    """A table: SCB's id, title, stub dimensions, measures and the one period it covers."""

    table_id: str
    title: str
    dimensions: tuple[Dimension, ...]
    contents: tuple[Contents, ...]
    period: str


def reply(table: Table, values: npt.NDArray[Any], note: str) -> str:
    """Return the reply as text; NaN becomes null.

    Parameters
    ----------
    values
        Shape: one axis per dimension in order, then one for the measures.
    note
        Shown first among the table's notes.
    """
    time = Dimension(_TIME, "år", {table.period: table.period})
    ids = [*(dimension.code for dimension in table.dimensions), _CONTENTS, _TIME]
    shape = [*(len(dimension.values) for dimension in table.dimensions), len(table.contents)]
    if list(values.shape) != shape:
        message = f"{table.table_id}: values have shape {values.shape}, expected {shape}"
        raise ValueError(message)
    envelope: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.title,
        "source": "SCB",
        "updated": "2024-02-22T07:00:00Z",
        "note": [note],
        "role": {"time": [_TIME], "metric": [_CONTENTS]},
        "id": ids,
        "size": [*shape, 1],
        "dimension": {
            **{dimension.code: _dimension(dimension) for dimension in table.dimensions},
            _CONTENTS: _contents(table.contents, table.period),
            _TIME: _dimension(time),
        },
        "extension": _extension(table),
    }
    head = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-1]},"value":[{_numbers(values)}]}}'


def _numbers(values: npt.NDArray[Any]) -> str:
    flat = values.ravel()
    if np.issubdtype(flat.dtype, np.integer):
        return ",".join(map(str, flat.tolist()))
    whole = flat == np.floor(flat)
    texts = [
        "null" if number != number else str(int(number)) if even else str(number)  # noqa: PLR0124
        for number, even in zip(flat.tolist(), whole.tolist(), strict=True)
    ]
    return ",".join(texts)


def _dimension(dimension: Dimension) -> dict[str, Any]:
    show = {"Region": "code_value", _TIME: "code"}.get(dimension.code, "value")
    return {
        "label": dimension.label,
        "category": {
            "index": {code: place for place, code in enumerate(dimension.values)},
            "label": dimension.values,
        },
        "extension": {"elimination": False, "show": show},
    }


def _contents(contents: tuple[Contents, ...], period: str) -> dict[str, Any]:
    labels = {item.code: item.label for item in contents}
    return {
        "label": "tabellinnehåll",
        "category": {
            "index": {code: place for place, code in enumerate(labels)},
            "label": labels,
            "unit": {
                item.code: {"base": item.unit, "decimals": item.decimals} for item in contents
            },
        },
        "extension": {
            "elimination": False,
            "refperiod": dict.fromkeys(labels, f"31 december {period}"),
            "show": "value",
            "measuringType": dict.fromkeys(labels, "Stock"),
            "priceType": dict.fromkeys(labels, "NotApplicable"),
            "adjustment": dict.fromkeys(labels, "None"),
            "alternativeText": labels,
        },
    }


def _extension(table: Table) -> dict[str, Any]:
    return {
        "noteMandatory": {"0": True},
        "px": {
            "infofile": "DEMO",
            "tableid": table.table_id,
            "decimals": max(item.decimals for item in table.contents),
            "official-statistics": False,
            "aggregallowed": False,
            "copyright": False,
            "language": "sv",
            "contents": table.contents[0].label,
            "descriptiondefault": False,
            "heading": [_CONTENTS, _TIME],
            "stub": [dimension.code for dimension in table.dimensions],
            "matrix": table.table_id,
            "subject-code": "DEMO",
            "subject-area": "Demo",
        },
        "discontinued": None,
        "contact": [],
    }


YEAR = "2023"

_SEXES = {"1": "män", "2": "kvinnor", "1+2": "totalt"}
_SEX = Dimension("Kon", "kön", _SEXES)
_BANDS = ("-4", *(f"{age}-{age + 4}" for age in range(5, 80, 5)), "80-")
_AGE = Dimension("Alder", "ålder", {"totalt": "totalt", **{band: f"{band} år" for band in _BANDS}})
_BACKGROUND = Dimension(
    "UtlBakgrund",
    "utländsk/svensk bakgrund",
    {"1": "utländsk bakgrund", "2": "svensk bakgrund", "SA": "samtliga"},
)
_BIRTH = Dimension(
    "Fodelseregion",
    "födelseregion",
    {
        "sv": "Sverige",
        "eu": "Europa utom Sverige (inkl. Ryssland och Turkiet)",
        "öv": "övriga världen (inkl. okänt)",
        "tot": "totalt",
    },
)
_INDUSTRY = Dimension(
    "SNI2007",
    "näringsgren SNI 2007",
    {
        "A-U+US": "samtliga näringsgrenar",
        "A": "jordbruk, skogsbruk och fiske",
        "B+C": "tillverkning och utvinning",
        "D+E": "energiförsörjning; miljöverksamhet",
        "F": "byggverksamhet",
        "G": "handel",
        "H": "transport och magasinering",
        "I": "hotell- och restaurangverksamhet",
        "J": "information och kommunikation",
        "K": "finans- och försäkringsverksamhet",
        "L": "fastighetsverksamhet",
        "M+N": "företagstjänster",
        "O": "offentlig förvaltning och försvar",
        "P": "utbildning",
        "Q": "vård och omsorg; sociala tjänster",
        "R+S+T+U": "kulturella och personliga tjänster m.m.",
        "US": "okänd verksamhet",
    },
)
_EDUCATION = Dimension(
    "UtbildningsNiva",
    "utbildningsnivå",
    {
        "21": "förgymnasial utbildning",
        "3+4": "gymnasial utbildning",
        "5": "eftergymnasial utbildning, mindre än 3 år",
        "6": "eftergymnasial utbildning, 3 år eller mer",
        "US": "uppgift om utbildningsnivå saknas",
    },
)
_TENURE = Dimension(
    "Upplatelseform",
    "upplåtelseform",
    {"1": "hyresrätt", "2": "bostadsrätt", "3": "äganderätt", "ÖVRIGT": "uppgift saknas"},
)
_INCOME = Dimension("InkomstTyp", "inkomsttyp", {"NeInk": "nettoinkomst"})
_HOUSEHOLD = Dimension(
    "Hushallstyp",
    "hushållstyp",
    {
        "SBMB": "sammanboende med barn",
        "SBUB": "sammanboende utan barn",
        "ESMB": "ensamstående med barn",
        "ESUB": "ensamstående utan barn",
        "OVRIGA": "övriga hushåll",
        "TOTALT": "totalt",
    },
)
Row = tuple[str, str, tuple[Dimension, ...], tuple[Contents, ...], npt.NDArray[np.generic]]
"""Table id, title, dimensions after the region, measures, values."""

_ENDING = "_DeSO2025"
_LATEST = {"TAB6679": "2024", "TAB6680": "2024", "TAB6681": "2024"}
_DISTURBED = frozenset({"TAB6571", "TAB6572", "TAB6574"})
_STATUS = (
    Contents("0000089X", "antal sysselsatta"),
    Contents("0000089W", "antal arbetslösa"),
    Contents("0000089V", "antal i arbetskraften"),
    Contents("0000089Z", "antal utanför arbetskraften"),
    Contents("0000089Y", "totalt"),
)
_WORKING_AGE = Dimension("Alder", "ålder", {"20-64": "20-64 år"})


def table_replies(codes: pd.Index, people: People, living: Living) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of each table per DeSO, reference year 2023."""
    rows = chain(_people_tables(people), _work_tables(people), _home_tables(living))
    region = Dimension("Region", "region", dict(zip(codes, codes, strict=True)))
    for row in rows:
        yield f"{row[0]}.json", _reply(row, region, YEAR)


def later_replies(
    codes: pd.Index, people: People, living: Living, *, rng: np.random.Generator
) -> Iterator[tuple[str, str]]:
    """Yield the same tables per DeSO 2025, newest year: codes with an ending, and noise in 2025.

    The statistics office disturbs the counts of people from 2025 on: each cell for itself, so that
    totals are not the sums of their parts.
    """
    rows = chain(_people_tables(people), _work_tables(people), _home_tables(living))
    region = Dimension("Region", "region", dict(zip(codes + _ENDING, codes, strict=True)))
    for table_id, title, stub, contents, values in rows:
        year = _LATEST.get(table_id, "2025")
        if table_id in _DISTURBED:
            counts = values.astype(np.int64)
            values = np.maximum(counts + rng.integers(-1, 2, counts.shape) * (counts > 0), 0)
        row = (table_id, title, stub, contents, values)
        yield f"{table_id}{_ENDING}.json", _reply(row, region, year)


def _reply(row: Row, region: Dimension, year: str) -> str:
    table_id, title, stub, contents, values = row
    table = Table(table_id, title, (region, *stub), contents, year)
    return reply(
        table,
        values[..., None] if values.ndim == len(stub) + 1 else values,
        text("demo_mark", "sv"),
    )


def _people_tables(people: People) -> Iterator[Row]:
    by_origin = people.origin.sum(axis=1).swapaxes(1, 2)
    yield (
        "TAB6574",
        "Folkmängden per region efter ålder och kön",
        (_AGE, _SEX),
        (Contents("000007Y7", "antal"),),
        _first_total(_sexes(_bands(people.ages))),
    )
    background = np.stack([by_origin[:, 1:].sum(axis=1), by_origin[:, 0]], axis=1)
    yield (
        "TAB6571",
        "Folkmängden per region efter utländsk/svensk bakgrund och kön",
        (_BACKGROUND, _SEX),
        (Contents("000007Y4", "antal"),),
        _last_total(_sexes(background)),
    )
    birth = np.stack([by_origin[:, :2].sum(axis=1), by_origin[:, 2], by_origin[:, 3]], axis=1)
    yield (
        "TAB6572",
        "Folkmängden per region efter födelseregion och kön",
        (_BIRTH, _SEX),
        (Contents("000007Y5", "antal"),),
        _last_total(_sexes(birth)),
    )


def _work_tables(people: People) -> Iterator[Row]:
    yield (
        "TAB6681",
        "Sysselsatta per region efter näringsgren och kön",
        (_INDUSTRY, _SEX),
        (Contents("000008A0", "sysselsatta"),),
        _first_total(_sexes(people.employed)),
    )
    yield (
        "TAB6680",
        "Befolkningens arbetsmarknadsstatus per region efter kön och ålder",
        (_SEX, _WORKING_AGE),
        _STATUS,
        _status(people.status),
    )
    yield (
        "TAB6534",
        "Befolkning 25-64 år per region efter utbildningsnivå",
        (_EDUCATION,),
        (Contents("000007Z6", "antal"),),
        people.education,
    )


def _home_tables(living: Living) -> Iterator[Row]:
    yield (
        "TAB6638",
        "Antal lägenheter per region efter upplåtelseform",
        (_TENURE,),
        (Contents("00000864", "antal"),),
        living.dwellings,
    )
    yield (
        "TAB6679",
        "Inkomster per region efter inkomsttyp och kön",
        (_INCOME, _SEX),
        (Contents("0000089T", "medelvärde, tkr", "tkr", 1), Contents("0000089O", "antal personer")),
        np.stack([living.income, living.earners.astype(float)], axis=2)[:, None],
    )
    yield (
        "TAB6568",
        "Antal hushåll per region efter hushållstyp",
        (_HOUSEHOLD,),
        (Contents("000007Y1", "antal hushåll"),),
        _last_total(living.households),
    )


def county_joint_reply(adults: Ints) -> str:
    """Return the county's joint table of the four groups among adults: 16 cells.

    Parameters
    ----------
    adults
        (area, young 2, LO 2, sex 2, origin 4).
    """
    by_origin = adults.sum(axis=0)
    cells = np.stack([by_origin[..., 1:].sum(axis=-1), by_origin[..., 0]], axis=-1)
    flipped = cells[::-1, ::-1]
    dimensions = (
        Dimension("Region", "region", {COUNTY_CODE: COUNTY_NAME}),
        Dimension("Ung", "ålder", {"1": "18-29 år", "0": "30 år eller äldre"}),
        Dimension("LO", "medlem i LO-förbund", {"1": "medlem", "0": "ej medlem"}),
        Dimension("Kon", "kön", {"1": "män", "2": "kvinnor"}),
        Dimension(
            "UtlBakgrund",
            "utländsk/svensk bakgrund",
            {"1": "utländsk bakgrund", "2": "svensk bakgrund"},
        ),
    )
    table = Table(
        "DEMO0001",
        "Vuxna efter ålder, LO-medlemskap, kön och bakgrund",
        dimensions,
        (Contents("ANTAL", "antal vuxna"),),
        YEAR,
    )
    return reply(table, flipped[None, ..., None], text("demo_mark", "sv"))


def _bands(ages: Ints) -> Ints:
    """Return five-year bands of the fine ages: 15-17 and 18-19 become one."""
    return np.concatenate(
        [ages[:, :3], ages[:, 3:5].sum(axis=1, keepdims=True), ages[:, 5:]], axis=1
    )


def _sexes(values: Ints) -> Ints:
    return np.concatenate([values, values.sum(axis=-1, keepdims=True)], axis=-1)


def _first_total(values: Ints) -> Ints:
    return np.concatenate([values.sum(axis=1, keepdims=True), values], axis=1)


def _last_total(values: Ints) -> Ints:
    return np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)


def _status(status: Ints) -> Ints:
    """Return (area, sex, age 1, measure 5) of (area, sex, employed/unemployed/outside)."""
    everyone = np.concatenate([status, status.sum(axis=1, keepdims=True)], axis=1)
    employed, unemployed, outside = np.moveaxis(everyone, 2, 0)
    force = employed + unemployed
    measures = [employed, unemployed, force, outside, force + outside]
    return np.stack(measures, axis=2)[:, :, None]
