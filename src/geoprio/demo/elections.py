"""Elections, three ballots each: votes of the people of each piece of an area, and their seats.

A piece is DeSO ∩ polling district. People are placed unevenly inside a DeSO and each kind of
person in its own way, so a crosswalk by area really errs. The municipalities' totals of 2022 equal
the published ones; other years are invented. Seats follow the law (vallagen 14 kap.): modified
Sainte-Laguë, the first divisor 1.2.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import (
    BALLOTS,
    Floats,
    Ints,
    apportion,
    multinomial,
    noise,
    split,
)
from geoprio.demo.geography import County
from geoprio.demo.people import Latent, People, by_background

EARLIER, LATER = 2018, 2026
YEARS = (EARLIER, 2022)
_INVENTED = {EARLIER: 0.03, LATER: 0.01}
"""Years whose figures are invented, and how much higher turnout was there than in 2022."""
PARTIES = ("m", "c", "l", "kd", "mp", "s", "v", "sd", "other")
EARLY_SHARE = {"riksdag": 0.0436, "region": 0.0335, "kommun": 0.0335}
"""Share of the votes cast early and not assigned to a district, as in 2022."""

_SPREAD, _KEPT = 0.8, 0.955
_HARDEST = 2.0
"""Hardship beyond which people vote no differently for it."""
_OTHERS = ("m", "c", "l", "kd", "sd", "other")
_BASE = np.array([0.42, 0.13, 0.10, 0.09, 0.23, 0.03])
_HARD = np.array([-0.30, -0.20, -0.25, 0.05, 0.20, 0.30])
_URBAN = np.array([0.0, 0.25, 0.20, -0.05, -0.30, 0.10])
_WORK = np.array([-0.15, -0.10, -0.20, 0.0, 0.22, 0.05])
_FIRST_DIVISOR = 1.2
_NATIONAL, _LOCAL = 0.04, 0.12
"""Shares of the votes, in the country or in a constituency, that a party needs for the riksdag."""
_COUNCIL = ((8_000, 21), (16_000, 31), (24_000, 41), (36_000, 51), (600_000, 61))
"""Electors up to which a municipality needs so many seats (kommunallagen 5 kap. 5 §)."""
_LARGEST_COUNCIL = 101


@dataclass(frozen=True)
class Pieces:
    """Who lives in each DeSO ∩ district: electors by (piece, young, LO, foreign background)."""

    deso: Ints
    """Row number in the county's frame."""
    district: Ints
    population: Ints
    """Residents of all ages."""
    citizens: Ints
    """The riksdag roll, Swedes abroad included."""
    foreigners: Ints
    """Foreign citizens with a vote in region and kommun."""
    abroad: Ints
    """Swedes abroad, a part of `citizens`."""


@dataclass(frozen=True)
class Places:
    """Municipality (row number) and effects that last from ballot to ballot, per piece."""

    home: Ints
    hard: Floats
    urban: Floats
    work: Floats
    civic: Floats
    left: Floats


def place_people(county: County, people: People, *, rng: np.random.Generator) -> Pieces:
    """Return the people of each DeSO placed in its pieces, totals kept."""
    deso = county.pieces["deso"].to_numpy(np.int64)
    pull = county.pieces["area_m2"].to_numpy() ** _SPREAD
    pull = pull * np.exp(noise(rng, len(deso), scale=0.45))

    def kinds(electors: Ints) -> Ints:
        return by_background(electors.sum(axis=3))

    def placed(counts: Ints) -> Ints:
        columns = [
            apportion(pull * np.exp(noise(rng, len(deso), scale=0.20)), deso, column)
            for column in counts.reshape(len(counts), -1).T
        ]
        return np.stack(columns, axis=1).reshape(len(deso), *counts.shape[1:])

    return Pieces(
        deso,
        county.pieces["district"].to_numpy(np.int64),
        placed(sums(people.origin)[:, None])[:, 0],
        placed(kinds(people.citizens)) + (abroad := placed(kinds(people.abroad))),
        placed(kinds(people.foreigners)),
        abroad,
    )


def hold_elections(
    pieces: Pieces,
    places: Places,
    published: pd.DataFrame,
    *,
    rng: np.random.Generator,
    years: tuple[int, ...] = YEARS,
) -> dict[tuple[int, str], pd.DataFrame]:
    """Return the count per piece of each (year, ballot); `places` are the same in all years."""
    counts = {}
    for year in years:
        drift = noise(rng, (len(published), 2), scale=0.06)
        swing = noise(rng, int(pieces.district.max()) + 1, scale=0.06)[pieces.district]
        places_then = replace(places, left=places.left + swing)
        pieces_then = _fewer(pieces, rng) if year == EARLIER else pieces
        for ballot in BALLOTS:
            roll = _roll(pieces_then, ballot)
            names = ("electors", "votes_cast", "valid", "v", "s", "mp")
            totals = {name: published[f"{ballot}_{name}"].to_numpy(np.int64) for name in names}
            if year in _INVENTED:
                totals = _invented(totals, roll, places.home, drift, higher=_INVENTED[year])
            counts[year, ballot] = _count(roll, totals, places_then, rng=rng)
    return counts


def lasting_effects(
    county: County, pieces: Pieces, latent: Latent, rng: np.random.Generator
) -> Places:
    """Return what makes the people of a piece vote as they do in every election."""
    at, size = pieces.deso, len(county.districts)
    return Places(
        home=county.homes(county.districts)[pieces.district],
        hard=np.minimum(latent.hardship[at], _HARDEST),
        urban=latent.urban[at],
        work=latent.working[at],
        civic=0.20 * latent.civic[at] + noise(rng, size, scale=0.13)[pieces.district],
        left=0.42 * latent.left[at] + noise(rng, size, scale=0.08)[pieces.district],
    )


def _fewer(pieces: Pieces, rng: np.random.Generator) -> Pieces:
    """Return the electors of 2018: those of 2022 but for some per cent."""
    resident, foreigners, abroad = (
        rng.binomial(part, _KEPT).astype(np.int64)
        for part in (pieces.citizens - pieces.abroad, pieces.foreigners, pieces.abroad)
    )
    return replace(pieces, citizens=resident + abroad, foreigners=foreigners, abroad=abroad)


def _roll(pieces: Pieces, ballot: str) -> Ints:
    """Return electors by (piece, young, LO, kind).

    Kinds: citizens who live there, of Swedish and of immigrant background; foreign citizens; Swedes
    abroad.
    """
    foreign = pieces.foreigners[..., 1:] * (ballot != "riksdag")
    abroad = pieces.abroad.sum(axis=3, keepdims=True) * (ballot == "riksdag")
    return np.concatenate([pieces.citizens - pieces.abroad, foreign, abroad], axis=3)


def _invented(
    totals: dict[str, Ints], roll: Ints, home: Ints, drift: Floats, *, higher: float
) -> dict[str, Ints]:
    """Return invented totals for another year."""
    electors = np.bincount(home, sums(roll), minlength=len(drift))
    turnout = np.minimum(totals["votes_cast"] / totals["electors"] + higher, 0.95)
    cast = np.round(electors * turnout)
    valid = np.round(cast * totals["valid"] / totals["votes_cast"])
    share = valid / totals["valid"]
    invented = {
        "votes_cast": cast,
        "valid": valid,
        "v": np.round(totals["v"] * share * np.exp(drift[:, 0])),
        "s": np.round(totals["s"] * share * 0.95 * np.exp(drift[:, 1])),
        "mp": np.round(totals["mp"] * share * 0.9),
    }
    return {name: total.astype(np.int64) for name, total in invented.items()}


def _count(
    roll: Ints, totals: dict[str, Ints], places: Places, *, rng: np.random.Generator
) -> pd.DataFrame:
    home = places.home
    voters = _voters(roll, totals["votes_cast"], places, rng=rng)
    cast = sums(voters)
    valid = split(cast, noise(rng, len(cast), scale=0.2), rng, group=home, totals=totals["valid"])
    invalid = cast - valid
    parties = _parties(voters, valid, totals, places, rng=rng)
    return pd.DataFrame(
        {
            "electors": sums(roll),
            "foreign_citizens": sums(roll[..., 2]),
            "abroad": sums(roll[..., 3]),
            "votes_cast": cast,
            "abroad_cast": sums(voters[..., 3]),
            "invalid": invalid,
            "blank": rng.binomial(invalid, 0.8),
            "valid": valid,
            **{party: parties[party] for party in PARTIES},
        }
    )


def _voters(roll: Ints, total: Ints, places: Places, *, rng: np.random.Generator) -> Ints:
    """Return who voted, shaped as `roll`; turnout differs by kind of person and by place."""
    young = np.array([0.0, -0.25])[:, None, None]
    member = np.array([0.0, 0.05])[:, None]
    # Of Swedes abroad a third vote (32 % in 2022, SCB).
    kind = np.array([0.0, -1.15, -2.0, -3.5])
    place = -0.66 * places.hard + 0.04 * places.urban - 0.12 * places.work
    place = place + places.civic + noise(rng, len(roll), scale=0.05)
    logit = young + member + kind + place[:, None, None, None]
    return split(roll, logit, rng, group=places.home, totals=total)


def _parties(
    voters: Ints,
    valid: Ints,
    totals: dict[str, Ints],
    places: Places,
    *,
    rng: np.random.Generator,
) -> dict[str, Ints]:
    """Return votes per party: V of the valid, S of the rest, MP of that, the others by lot."""
    of_each = np.maximum(sums(voters), 1)
    young, member, origin = (
        sums(part) / of_each for part in (voters[:, 1], voters[:, :, 1], voters[..., 1:3])
    )
    hard, urban, work = places.hard, places.urban, places.work
    left_wing = 0.9 * origin + 1.2 * member + 0.20 * hard + 0.18 * work - 0.05 * urban
    taste = {
        "v": 1.8 * origin + 1.2 * member + 0.8 * young + 0.26 * hard + 0.58 * urban + places.left,
        "s": left_wing + 0.65 * places.left,
        "mp": 0.9 * young
        - 0.3 * origin
        + 0.42 * urban
        - 0.28 * work
        - 0.10 * hard
        + 0.3 * places.left,
    }
    votes, left = {}, valid
    for party, logit in taste.items():
        logit = logit + noise(rng, len(valid), scale=0.06)
        votes[party] = split(left, logit, rng, group=places.home, totals=totals[party])
        left = left - votes[party]
    utility = np.log(_BASE) + hard[:, None] * _HARD + urban[:, None] * _URBAN
    utility = utility + work[:, None] * _WORK + noise(rng, (len(valid), len(_BASE)), scale=0.10)
    rest = multinomial(rng, left, np.exp(utility))
    return votes | {party: rest[:, i] for i, party in enumerate(_OTHERS)}


def sums(counts: Ints) -> Ints:
    """Return the total of each row."""
    return np.asarray(counts.reshape(len(counts), -1).sum(axis=1))


def assigned(
    count: pd.DataFrame, ballot: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a count split in votes assigned to a district and early votes that were not."""
    early = pd.DataFrame(0, index=count.index, columns=count.columns)
    share = EARLY_SHARE[ballot]
    drawn = [*PARTIES, "blank"]
    early[drawn] = rng.binomial(count[drawn].to_numpy(), share)
    other_invalid = rng.binomial((count["invalid"] - count["blank"]).to_numpy(), share)
    early["invalid"] = early["blank"] + other_invalid
    early["valid"] = early[list(PARTIES)].sum(axis=1)
    early["votes_cast"] = early["valid"] + early["invalid"]
    return count - early, early


def council_seats(electors: int) -> int:
    """Return the fewest seats that a municipality's council may have, an odd number."""
    return next((seats for most, seats in _COUNCIL if electors <= most), _LARGEST_COUNCIL)


def allocate(votes: Ints, seats: int, *, threshold: float, valid: int) -> Ints:
    """Return each party's seats; those under the threshold's share of `valid` votes get none.

    Equal comparison numbers go to the first party, where the law draws lots.
    """
    return _sainte_lague(np.where(votes >= threshold * valid, votes, 0), seats)


def _sainte_lague(votes: Ints, seats: int) -> Ints:
    won: Ints = np.zeros(len(votes), dtype=np.int64)
    for _ in range(seats):
        divisors = np.where(won == 0, _FIRST_DIVISOR, 2 * won + 1)
        won[np.argmax(votes / divisors)] += 1
    return won


def allocate_riksdag(
    votes: Ints, valid: Ints, electors: Ints, seats: tuple[int, int]
) -> tuple[Ints, Ints]:
    """Return the fixed and the adjustment seats, by constituency and party, as `votes` are.

    Fixed seats are shared over constituencies by electors, and there over parties by votes. The
    adjustment seats make the whole what one constituency would have given; a party with more fixed
    seats than that keeps them, and the others share the rest.
    """
    everyone = votes.sum(axis=0)
    national = everyone >= _NATIONAL * valid.sum()
    local = votes >= _LOCAL * valid[:, np.newaxis]
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
