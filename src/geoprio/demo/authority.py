"""The election authority's files of 2026: results as zips of JSON, comparison, electors."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from geoprio.demo.apportion import Ints
from geoprio.demo.elections import Pieces
from geoprio.demo.people import FINE_AGES, People
from geoprio.demo.published import COUNTY_CODE, COUNTY_NAME
from geoprio.demo.revision import SUMMED, Revision
from geoprio.demo.seats import PARTIES, riksdag_constituency, seats_of
from geoprio.demo.shapes import write_zip

COMPARISON = "valdistrikt-jamforelser-mellan-2022-och-2026.xlsx"
ELECTORS = (
    "antal-rostberattigade-per-valdistrikt-uppdelat-pa-kon-och-alder"
    "-kvalifikationsdagen-14-augusti-2026-val-till-riksdagen.xlsx"
)
INDEX = "index.md5"
_MADE = datetime(2026, 9, 20)
_BALLOTS = {"riksdag": "RD", "region": "RF", "kommun": "KF"}
_AGES = ("18-29 år", "30-49 år", "50-64 år", "65 år och äldre")
_OLD_BANDS = (("30-34", "45-49"), ("50-54", "60-64"), ("65-69", "80-"))
_FIRST_TIME = 0.3


def write_ballot(folder: Path, rows: pd.DataFrame, ballot: str, comparison: pd.DataFrame) -> None:
    """Write the zips of one ballot: one for the country, the county, or each municipality.

    Parameters
    ----------
    rows
        As for the workbooks of 2022; early votes have codes that end in 9800.
    comparison
        `status`, `first` and `second` by district code.
    """
    letters = _BALLOTS[ballot]
    if letters == "RD":
        rows = rows.assign(seat_area=riksdag_constituency(rows["municipality_code"]))
    districts = pd.Series(_districts(rows, comparison), index=rows["municipality_code"])
    areas: Mapping[str, Sequence[Any]] = {
        "RD": {"00": list(districts)},
        "RF": {COUNTY_CODE: list(districts)},
        "KF": {str(town): list(part) for town, part in districts.groupby(level=0)},
    }[letters]
    for area, listed in areas.items():
        head = _envelope(letters, len(listed))
        held = rows if letters != "KF" else rows[rows["municipality_code"] == area]
        replies = {
            "rostfordelning": head | {"valdistrikt": listed},
            "mandatfordelning": head | {"valomrade": seats_of(area, letters, held)},
        }
        texts = {
            f"Val_2026_slutlig_{kind}_{area}_{letters}.json": json.dumps(
                reply, ensure_ascii=False, separators=(",", ":")
            )
            for kind, reply in replies.items()
        }
        write_zip(folder / f"Val_2026_slutlig_{area}_{letters}.zip", texts)


def write_index(folder: Path) -> None:
    """Write the list of the zips' checksums, with the paths they have at the authority."""
    lines = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"
        f"  ./s/{path.stem[-2:].lower()}/{path.name}"
        for path in sorted(folder.glob("Val_2026_slutlig_*.zip"))
    ]
    (folder / INDEX).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _envelope(letters: str, size: int) -> dict[str, Any]:
    return {
        "valtillfalle": "DEMO Val 2026",
        "valklass": "Ordinarie val",
        "rakningstillfalle": "slutlig",
        "valtyp": letters,
        "valdatum": "2026-09-13",
        "tidigareValdatum": "2022-09-11",
        "senasteUppdateringstid": "2026-09-20T12:00:00",
        "antalUppdateringar": 1,
        "antalValdistriktRaknade": size,
        "antalValdistriktSomSkaRaknas": size,
    }


def _districts(rows: pd.DataFrame, comparison: pd.DataFrame) -> list[dict[str, Any]]:
    early = rows["district_code"].str.endswith("9800")
    late_codes = rows["municipality_code"] + rows["constituency_code"]
    frame = rows.assign(code=rows["district_code"].where(~early, late_codes), early=early)
    former = comparison.reindex(frame["district_code"]).set_axis(frame.index)
    frame = frame.assign(**{str(name): former[name].fillna("") for name in comparison})
    return [_district(row) for row in frame.rename(columns=str).to_dict("records")]


def _district(row: Mapping[Any, Any]) -> dict[str, Any]:
    electors = None if row["early"] else row["electors"]
    turnout = round(100 * row["votes_cast"] / electors, 2) if electors else None
    former = [code for code in (row["first"], row["second"]) if code]
    status = "Jämförs mot summerat" if row["status"] == SUMMED else row["status"] or None
    return {
        "namn": row["constituency"] if row["early"] else row["district_name"],
        "valdistriktstyp": "uppsamlingsdistrikt" if row["early"] else "valdistrikt",
        "rapporteringsTid": "2026-09-20T12:00:00",
        "totaltAntalRoster": row["votes_cast"],
        "antalRostberattigade": electors,
        "valdeltagandeVallokal": turnout,
        "valdistriktskod": row["code"],
        "kommunkod": row["municipality_code"],
        "lankod": COUNTY_CODE,
        "kretskod": row.get("seat_area", row["constituency_code"]),
        "valdistriktskodForegaendeVal": former or None,
        "statusJamforelse": status,
        "rostfordelning": {
            "rosterPaverkaMandat": {
                "antalRoster": row["valid"],
                "partiRoster": _parties(row),
                "rosterOvrigaPartier": {"antalRoster": row["votes_other"]},
            },
            "rosterEjPaverkaMandat": {
                "antalRoster": row["invalid"],
                "rosterEjAnmaltDeltagande": {"antalRoster": 0},
                "blankaRoster": {"antalRoster": row["blank"]},
                "ovrigaOgiltiga": {"antalRoster": row["invalid"] - row["blank"]},
            },
        },
    }


def _parties(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [
        {
            "partibeteckning": name,
            "partiforkortning": party.upper(),
            "partikod": f"{number:04d}",
            "ordningsnummer": number,
            "antalRoster": row[f"votes_{party}"],
            "andelRoster": round(100 * row[f"votes_{party}"] / max(row["valid"], 1), 2),
        }
        for number, (party, name) in enumerate(PARTIES.items(), 1)
    ]


def write_comparison(folder: Path, revision: Revision, towns: pd.Series) -> None:
    """Write which districts of 2022 each of 2026 is compared with; old codes lose their zero."""
    districts, comparison = revision.county.districts, revision.comparison
    header = ["Valdistriktskod 2026", "Valdistriktsnamn", "Kommun", "Län", "Jämförbarhet"]
    columns = [
        districts.index,
        districts["area_name"],
        districts["municipality_code"].map(towns),
        [COUNTY_NAME] * len(districts),
        comparison["status"],
        *(
            [int(code) if code else None for code in comparison[name]]
            for name in ("first", "second")
        ),
    ]
    header += ["Valdistriktskod 2022 (1)", "Valdistriktskod 2022 (2)"]
    _write_sheet(folder / COMPARISON, "Jämförelser", header, list(zip(*columns, strict=True)))


def write_electors(folder: Path, districts: pd.DataFrame, counts: Ints, towns: pd.Series) -> None:
    """Write electors of the riksdag per district by sex and by age, with a footer of totals."""
    towns_of = districts["municipality_code"]
    place = pd.DataFrame(
        {
            "Riksdagsvalkretskod": "02",
            "Riksdagsvalkrets": COUNTY_NAME,
            "Kommunkod": towns_of,
            "Kommun": towns_of.map(towns),
            "Valdistriktskod": districts.index,
            "Valdistrikt": districts["area_name"],
        }
    )
    header = [*map(str, place), *_AGES, "Män", "Kvinnor", "Förstagångsväljare", "Utlandssvenskar"]
    rows = [
        [*where, *numbers]
        for where, numbers in zip(place.to_numpy().tolist(), counts.tolist(), strict=True)
    ]
    footer = [None] * 5 + ["Totalt", *counts.sum(axis=0).tolist()]
    _write_sheet(folder / ELECTORS, "rostber_per_distrikt", [*header, "Totalt"], [*rows, footer])


def elector_counts(pieces: Pieces, people: People, size: int, rng: np.random.Generator) -> Ints:
    """Return (district, ages 4, men, women, first-time, abroad, all) of `size` districts.

    The people's areas are those that `pieces` are in.
    """
    by_age = pieces.citizens.reshape(len(pieces.deso), 2, -1).sum(axis=2)
    bands = [_band(people.ages, FINE_AGES.index(a), FINE_AGES.index(b)) for a, b in _OLD_BANDS]
    shares = np.stack(bands, axis=1) + 1e-9
    shares = (shares / shares.sum(axis=1, keepdims=True))[pieces.deso]
    old = rng.multinomial(by_age[:, 0], shares)
    sexes = people.citizens.sum(axis=(2, 4)) + 1e-9
    women = rng.binomial(by_age, (sexes[..., 1] / sexes.sum(axis=-1))[pieces.deso]).sum(axis=1)
    total = by_age.sum(axis=1)
    first = rng.binomial(by_age[:, 1], _FIRST_TIME)
    abroad = pieces.abroad.reshape(len(total), -1).sum(axis=1)
    columns = [by_age[:, 1], *old.T, total - women, women, first, abroad, total]
    counts: Ints = np.zeros((size, len(columns)), dtype=np.int64)
    np.add.at(counts, pieces.district, np.stack(columns, axis=1))
    return counts


def _band(ages: Ints, first: int, last: int) -> Ints:
    return np.asarray(ages[:, first : last + 1].sum(axis=(1, 2)))


def _write_sheet(path: Path, sheet: str, header: list[str], rows: Sequence[Sequence[Any]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE, "author": "", "title": "DEMO"})
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, place, value)
                elif value is not None:
                    page.write_number(number, place, value)
