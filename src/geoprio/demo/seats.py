"""Seats by the law's method (vallagen 14 kap.): modified Sainte-Laguë, the first divisor 1.2.

The invented county is a country of its own, so its riksdag has its constituencies alone.
"""

from typing import Any

import numpy as np
import pandas as pd

from geoprio.demo.apportion import Floats, Ints, apportion

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
