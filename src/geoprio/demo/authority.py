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

from geoprio.demo.apportionment import COUNTY_CODE, COUNTY_NAME, Floats, Ints, apportion
from geoprio.demo.elections import Pieces
from geoprio.demo.people import FINE_AGES, People
from geoprio.demo.raw_files import write_zip
from geoprio.demo.revision import SUMMED, Revision

# Seats by the law's method (vallagen 14 kap.): modified Sainte-Laguë, the first divisor 1.2.


PARTIES = {
    "m": "Moderaterna",
    "c": "Centerpartiet",
    "l": "Liberalerna",
    "kd": "Kristdemokraterna",
    "mp": "Miljöpartiet de gröna",
    "s": "Arbetarepartiet-Socialdemokraterna",
    "v": "Vänsterpartiet",
    "sd": "Sverigedemokraterna",
}
CITY = "0180"
FIRST_DIVISOR = 1.2
RIKSDAG_SEATS = (70, 9)
"""Fixed and adjustment seats, as 310 and 39 are to each other in the country."""
REGION_SEATS = 149
NATIONAL, LOCAL = 0.04, 0.12
"""Shares of the votes, in the country or in a constituency, that a party needs for the riksdag."""
ONE, SEVERAL = 0.02, 0.03
"""What a council needs, where it has one constituency or several; a region always 0.03."""

COUNCIL = ((8_000, 21), (16_000, 31), (24_000, 41), (36_000, 51), (600_000, 61))
"""Electors up to which a municipality needs so many seats (kommunallagen 5 kap. 5 §)."""
LARGEST_COUNCIL = 101


def council_seats(electors: int) -> int:
    """Return the fewest seats that a municipality's council may have, an odd number."""
    return next((seats for most, seats in COUNCIL if electors <= most), LARGEST_COUNCIL)


def allocate(votes: Ints, seats: int, *, threshold: float, valid: int) -> Ints:
    """Return each party's seats; those under the threshold's share of `valid` votes get none.

    Equal comparison numbers go to the first party, where the law draws lots.
    """
    return _sainte_lague(np.where(votes >= threshold * valid, votes, 0), seats)


def _sainte_lague(votes: Ints, seats: int) -> Ints:
    won: Ints = np.zeros(len(votes), dtype=np.int64)
    for _ in range(seats):
        divisors = np.where(won == 0, FIRST_DIVISOR, 2 * won + 1)
        won[np.argmax(votes / divisors)] += 1
    return won


def allocate_riksdag(
    votes: Ints, valid: Ints, electors: Ints, seats: tuple[int, int]
) -> tuple[Ints, Ints]:
    """Return the fixed and the adjustment seats, by constituency and party.

    Fixed seats are shared over constituencies by electors, and there over parties by votes. The
    adjustment seats make the whole what one constituency would have given; a party with more fixed
    seats than that keeps them, and the others share the rest.

    Parameters
    ----------
    votes
        By constituency and party.
    valid
        Valid votes by constituency.
    electors
        By constituency.
    seats
        Fixed seats and adjustment seats in all.
    """
    everyone = votes.sum(axis=0)
    national = everyone >= NATIONAL * valid.sum()
    local = votes >= LOCAL * valid[:, np.newaxis]
    total: Ints = np.array([seats[0]])
    shares = apportion(electors.astype(float), np.zeros(len(votes), dtype=np.int64), total)
    taking_part = np.where(national | local, votes, 0)
    fixed = np.stack([_sainte_lague(v, int(n)) for v, n in zip(taking_part, shares, strict=True)])
    wanted = _whole(np.where(national, everyone, 0), fixed.sum(axis=0), sum(seats))
    return fixed, _placed(votes, fixed, wanted - fixed.sum(axis=0))


def _whole(votes: Ints, fixed: Ints, seats: int) -> Ints:
    kept = np.zeros(len(votes), dtype=bool)
    while True:
        won = _sainte_lague(np.where(kept, 0, votes), seats - int(fixed[kept].sum()))
        won = np.where(kept, fixed, won)
        over = won < fixed
        if not over.any():
            return won
        kept |= over


def _placed(votes: Ints, fixed: Ints, extra: Ints) -> Ints:
    """Return adjustment seats where each party's next comparison number is the largest."""
    placed: Ints = np.zeros_like(fixed)
    for party in np.repeat(np.arange(len(extra)), extra):
        numbers: Floats = votes[:, party] / (2 * (fixed + placed)[:, party] + 1)
        placed[np.argmax(numbers), party] += 1
    return placed


def riksdag_constituency(municipality: pd.Series) -> pd.Series:
    """Return the riksdag constituency of each municipality: the city is one of its own."""
    return municipality.eq(CITY).map({True: "01", False: "02"})


def seats_of(area: str, letters: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the allocation of an area's seats as the authority writes it.

    Parameters
    ----------
    letters
        RD, RF or KF.
    rows
        Votes, valid votes and electors per district of the area.
    """
    columns = [f"votes_{party}" for party in PARTIES]
    if letters == "RD":
        return _riksdag(area, rows, columns)
    votes, valid = rows[columns].sum().to_numpy(np.int64), int(rows["valid"].sum())
    several = letters == "RF" or len(rows["constituency_code"].unique()) > 1
    seats = REGION_SEATS if letters == "RF" else council_seats(int(rows["electors"].sum()))
    threshold = SEVERAL if several else ONE
    won = allocate(votes, seats, threshold=threshold, valid=valid)
    return {
        "namn": f"DEMO {area}",
        "kod": area,
        "totaltAntalMandat": seats,
        "mandatfordelning": {"partiLista": _party_list(won, np.zeros_like(won))},
        "valkretsLista": [],
    }


def _riksdag(area: str, rows: pd.DataFrame, columns: list[str]) -> dict[str, Any]:
    parts = rows.groupby("seat_area")[[*columns, "valid", "electors"]].sum()
    votes = parts[columns].to_numpy(np.int64)
    valid, electors = (parts[name].to_numpy(np.int64) for name in ("valid", "electors"))
    fixed, extra = allocate_riksdag(votes, valid, electors, RIKSDAG_SEATS)
    return {
        "namn": "DEMO Riket",
        "kod": area,
        "totaltAntalMandat": sum(RIKSDAG_SEATS),
        "mandatfordelning": {"partiLista": _party_list(fixed.sum(axis=0), extra.sum(axis=0))},
        "valkretsLista": [
            {
                "namnValkrets": f"DEMO valkrets {code}",
                "kod": code,
                "totaltAntalFastaMandat": int(fixed[place].sum()),
                "mandatfordelning": {"partiLista": _party_list(fixed[place], extra[place])},
            }
            for place, code in enumerate(parts.index)
        ],
    }


def _party_list(fixed: Ints, extra: Ints) -> list[dict[str, Any]]:
    return [
        {
            "partibeteckning": name,
            "partikod": f"{number:04d}",
            "partiforkortning": party.upper(),
            "antalMandat": int(own + more),
            "antalFastaMandat": int(own),
            "antalUtjamningsmandat": int(more),
        }
        for number, ((party, name), own, more) in enumerate(
            zip(PARTIES.items(), fixed, extra, strict=True), 1
        )
    ]


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
