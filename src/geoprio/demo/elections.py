"""Two elections, three ballots each: votes of the people who live in each piece of an area.

A piece is DeSO ∩ polling district. People are placed unevenly inside a DeSO and each kind of
person in its own way, so a crosswalk by area really errs. Every election's totals per
municipality of 2022 (electorate, votes cast, valid, V, S, MP) equal the published ones; the
figures of 2018 are invented throughout.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import BALLOTS, Ints, apportion, split
from geoprio.demo.geography import County, Floats
from geoprio.demo.latent import Latent, noise
from geoprio.demo.people import People

EARLIER, LATER = 2018, 2026
YEARS = (EARLIER, 2022)
_INVENTED = {EARLIER: 0.03, LATER: 0.01}
"""Years whose figures are invented, and how much higher turnout was there than in 2022."""
PARTIES = ("m", "c", "l", "kd", "mp", "s", "v", "sd", "other")
EARLY_SHARE = {"riksdag": 0.0436, "region": 0.0335, "kommun": 0.0335}
"""Share of the votes cast early and not assigned to a district, as in 2022."""

_SPREAD = 0.8
_KEPT = 0.955
_OTHERS = ("m", "c", "l", "kd", "sd", "other")
_BASE = np.array([0.42, 0.13, 0.10, 0.09, 0.23, 0.03])
_HARD = np.array([-0.30, -0.20, -0.25, 0.05, 0.20, 0.30])
_URBAN = np.array([0.0, 0.25, 0.20, -0.05, -0.30, 0.10])
_WORK = np.array([-0.15, -0.10, -0.20, 0.0, 0.22, 0.05])
_YOUNG, _MEMBER, _ORIGIN = 0, 1, 2


@dataclass(frozen=True)
class Pieces:
    """Who lives in each DeSO ∩ district.

    Attributes
    ----------
    deso, district
        Row numbers in the county's frames.
    population
        Residents of all ages.
    citizens, foreigners
        Electors by (piece, young 2, LO 2, foreign background 2): the riksdag roll (Swedes abroad
        included), and foreign citizens with a vote in region and kommun.
    abroad
        Swedes abroad by the same, a part of `citizens`.
    """

    deso: Ints
    district: Ints
    population: Ints
    citizens: Ints
    foreigners: Ints
    abroad: Ints


def place_people(county: County, people: People, *, rng: np.random.Generator) -> Pieces:
    """Return the people of each DeSO placed in its pieces, totals kept."""
    deso = county.pieces["deso"].to_numpy(np.int64)
    pull = county.pieces["area_m2"].to_numpy() ** _SPREAD
    pull = pull * np.exp(noise(rng, len(deso), scale=0.45))

    def placed(counts: Ints) -> Ints:
        flat = counts.reshape(len(counts), -1)
        columns = [
            apportion(pull * np.exp(noise(rng, len(deso), scale=0.20)), deso, flat[:, i])
            for i in range(flat.shape[1])
        ]
        return np.stack(columns, axis=1).reshape(len(deso), *counts.shape[1:])

    return Pieces(
        deso,
        county.pieces["district"].to_numpy(np.int64),
        placed(people.origin.reshape(len(people.origin), -1).sum(axis=1)[:, None])[:, 0],
        placed(_kinds(people.citizens)) + (abroad := placed(_kinds(people.abroad))),
        placed(_kinds(people.foreigners)),
        abroad,
    )


def _kinds(electors: Ints) -> Ints:
    """Return (area, young, LO, foreign background) of (area, young, LO, sex, origin)."""
    by_origin = electors.sum(axis=3)
    return np.stack([by_origin[..., 0], by_origin[..., 1:].sum(axis=-1)], axis=-1)


def hold_elections(
    pieces: Pieces,
    places: "Places",
    published: pd.DataFrame,
    *,
    rng: np.random.Generator,
    years: tuple[int, ...] = YEARS,
) -> dict[tuple[int, str], pd.DataFrame]:
    """Return the count per piece of each (year, ballot), rows as `pieces`.

    `places` come from `lasting_effects`, the same from year to year. Columns: electors,
    foreign_citizens, votes_cast, invalid, blank, valid and one per party of `PARTIES`; whole
    numbers.
    """
    home = places.home
    counts = {}
    for year in years:
        drift = noise(rng, (len(published), 2), scale=0.06)
        swing = noise(rng, int(pieces.district.max()) + 1, scale=0.06)[pieces.district]
        places_then = replace(places, left=places.left + swing)
        pieces_then = _fewer(pieces, rng) if year == EARLIER else pieces
        for ballot in BALLOTS:
            roll = _roll(pieces_then, ballot)
            totals = _totals(published, ballot)
            if year in _INVENTED:
                totals = _invented(totals, roll, home, drift, higher=_INVENTED[year])
            counts[year, ballot] = _count(roll, totals, places_then, rng=rng)
    return counts


@dataclass(frozen=True)
class Places:
    """Municipality (row number) and effects that last from ballot to ballot, per piece."""

    home: Ints
    hard: Floats
    urban: Floats
    work: Floats
    civic: Floats
    left: Floats


def lasting_effects(
    county: County,
    pieces: Pieces,
    latent: Latent,
    published: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> Places:
    """Return what makes the people of a piece vote as they do in every election."""
    at, size = pieces.deso, len(county.districts)
    towns = county.districts["municipality_code"].to_numpy()[pieces.district]
    home = published.index.get_indexer(towns).astype(np.int64)
    return Places(
        home=home,
        hard=latent.hardship[at],
        urban=latent.urban[at],
        work=latent.working[at],
        civic=0.16 * latent.civic[at] + noise(rng, size, scale=0.12)[pieces.district],
        left=0.22 * latent.left[at] + noise(rng, size, scale=0.12)[pieces.district],
    )


def _fewer(pieces: Pieces, rng: np.random.Generator) -> Pieces:
    """Return the electors of 2018: those of 2022 but for some per cent."""
    resident, foreigners, abroad = (
        rng.binomial(part, _KEPT).astype(np.int64)
        for part in (pieces.citizens - pieces.abroad, pieces.foreigners, pieces.abroad)
    )
    return replace(pieces, citizens=resident + abroad, foreigners=foreigners, abroad=abroad)


def _roll(pieces: Pieces, ballot: str) -> Ints:
    """Return electors by (piece, young, LO, kind 3): citizens by background, then foreigners."""
    citizens = pieces.citizens if ballot == "riksdag" else pieces.citizens - pieces.abroad
    foreign = pieces.foreigners[..., 1:] * (ballot != "riksdag")
    return np.concatenate([citizens, foreign], axis=3)


def _totals(published: pd.DataFrame, ballot: str) -> dict[str, Ints]:
    names = ("votes_cast", "valid", "v", "s", "mp")
    return {name: published[f"{ballot}_{name}"].to_numpy(np.int64) for name in names} | {
        "electors": published[f"{ballot}_electors"].to_numpy(np.int64)
    }


def _invented(
    totals: dict[str, Ints], roll: Ints, home: Ints, drift: Floats, *, higher: float
) -> dict[str, Ints]:
    """Return invented totals for another year: turnout higher, V and S somewhat other."""
    electors = np.bincount(home, roll.reshape(len(roll), -1).sum(axis=1), minlength=len(drift))
    turnout = np.minimum(totals["votes_cast"] / totals["electors"] + higher, 0.95)
    cast = np.round(electors * turnout)
    valid = np.round(cast * totals["valid"] / totals["votes_cast"])
    share = valid / totals["valid"]
    return {
        "electors": electors.astype(np.int64),
        "votes_cast": cast.astype(np.int64),
        "valid": valid.astype(np.int64),
        "v": np.round(totals["v"] * share * np.exp(drift[:, 0])).astype(np.int64),
        "s": np.round(totals["s"] * share * 0.95 * np.exp(drift[:, 1])).astype(np.int64),
        "mp": np.round(totals["mp"] * share * 0.9).astype(np.int64),
    }


def _count(
    roll: Ints, totals: dict[str, Ints], places: Places, *, rng: np.random.Generator
) -> pd.DataFrame:
    home = places.home
    voters = _voters(roll, totals["votes_cast"], places, rng=rng)
    cast = voters.reshape(len(voters), -1).sum(axis=1)
    valid = split(cast, noise(rng, len(cast), scale=0.2), rng, group=home, totals=totals["valid"])
    invalid = cast - valid
    parties = _parties(voters, valid, totals, places, rng=rng)
    return pd.DataFrame(
        {
            "electors": roll.reshape(len(roll), -1).sum(axis=1),
            "foreign_citizens": roll[..., 2].reshape(len(roll), -1).sum(axis=1),
            "votes_cast": cast,
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
    kind = np.array([0.0, -0.95, -1.9])
    place = -0.33 * places.hard + 0.04 * places.urban - 0.06 * places.work
    place = place + places.civic + noise(rng, len(roll), scale=0.05)
    logit = young + member + kind + place[:, None, None, None]
    cells = roll[0].size
    return split(
        roll.ravel(), logit.ravel(), rng, group=np.repeat(places.home, cells), totals=total
    ).reshape(roll.shape)


def _parties(
    voters: Ints,
    valid: Ints,
    totals: dict[str, Ints],
    places: Places,
    *,
    rng: np.random.Generator,
) -> dict[str, Ints]:
    """Return votes per party: V of the valid, S of the rest, MP of that, the others by lot."""
    young, member, origin = _shares(voters)
    hard, urban, work = places.hard, places.urban, places.work
    size = len(valid)
    taste = {
        "v": 1.5 * origin + 1.2 * member + 0.7 * young + 0.10 * hard + 0.30 * urban + places.left,
        "s": 0.9 * origin
        + 1.2 * member
        + 0.10 * hard
        + 0.10 * work
        - 0.05 * urban
        + 0.4 * places.left,
        "mp": 0.8 * young - 0.3 * origin + 0.35 * urban - 0.20 * work - 0.10 * hard,
    }
    votes, left = {}, valid
    for party, logit in taste.items():
        logit = logit + noise(rng, size, scale=0.06)
        votes[party] = split(left, logit, rng, group=places.home, totals=totals[party])
        left = left - votes[party]
    utility = np.log(_BASE) + hard[:, None] * _HARD + urban[:, None] * _URBAN
    utility = utility + work[:, None] * _WORK + noise(rng, (size, len(_BASE)), scale=0.10)
    share = np.exp(utility)
    share /= share.sum(axis=1, keepdims=True)
    rest = rng.multinomial(left, share)
    return votes | {party: rest[:, i] for i, party in enumerate(_OTHERS)}


def _shares(voters: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the shares of voters that are young, LO members and of foreign origin."""
    total = np.maximum(voters.reshape(len(voters), -1).sum(axis=1), 1)
    young = voters[:, 1].reshape(len(voters), -1).sum(axis=1) / total
    member = voters[:, :, 1].reshape(len(voters), -1).sum(axis=1) / total
    origin = voters[..., 1:].reshape(len(voters), -1).sum(axis=1) / total
    return young, member, origin


def assigned(
    count: pd.DataFrame, ballot: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a count split in votes assigned to a district and early votes that were not.

    The electorate stays with the district; totals add up column by column.
    """
    early = pd.DataFrame(0, index=count.index, columns=count.columns)
    share = EARLY_SHARE[ballot]
    drawn = [*PARTIES, "blank"]
    early[drawn] = rng.binomial(count[drawn].to_numpy(), share)
    other_invalid = rng.binomial((count["invalid"] - count["blank"]).to_numpy(), share)
    early["invalid"] = early["blank"] + other_invalid
    early["valid"] = early[list(PARTIES)].sum(axis=1)
    early["votes_cast"] = early["valid"] + early["invalid"]
    return count - early, early
