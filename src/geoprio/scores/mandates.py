"""MANDATES: what the election act makes of votes, and how many votes would change it.

The act (2005:837), chapter 14, since 2018 (lag 2014:1384): comparison numbers are votes by 1.2, 3,
5, 7 ...; before 2018 by 1.4, 3, 5 ... Shares are compared in whole numbers: nothing is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geoprio.config import Election

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RETURNED_FROM = 2018
"""Year since when a fixed seat too many is given back, and the first divisor is 1.2."""
RIKSDAG_SEATS, FIXED_SEATS = 349, 310
UNDIVIDED = 2
"""Percent that a party needs in a kommun of one constituency."""
LOCAL = 12
"""Percent of a constituency that gives part in the riksdag's fixed seats there."""


@dataclass(frozen=True)
class Rule:
    """How the seats of one council are shared."""

    seats: int
    year: int
    percent: int
    """Of all valid votes, that a party needs to take part."""
    local: int = 101
    """Of a constituency's valid votes, that gives part in its fixed seats."""

    @cached_property
    def divisors(self) -> Ints:
        """Tenths of what a party's votes are divided by for its 1st, 2nd ... seat."""
        first = 12 if self.year >= RETURNED_FROM else 14
        return np.array([first, *range(30, 20 * self.seats + 11, 20)], dtype=np.int64)

    def takes_part(self, votes: Ints, valid: int | Ints) -> NDArray[np.bool_]:
        """Return which votes reach the threshold of all that are valid."""
        return np.asarray(100 * votes >= self.percent * np.asarray(valid), dtype=bool)


def rule_of(election: Election, year: int, seats: int, parts: int) -> Rule:
    """Return the rule of a council in so many constituencies (chapters 14:3-9 of the act).

    A party needs 4 % in the riksdag and the European Parliament, 3 % in a region and in a kommun of
    several constituencies, 2 % in one undivided; before 2018 nothing in a kommun.
    """
    if election == "kommun":
        percent = 0 if year < RETURNED_FROM else 3 if parts > 1 else UNDIVIDED
        return Rule(seats, year, percent)
    if election == "region":
        return Rule(seats, year, 3)
    return Rule(seats, year, 4, LOCAL if election == "riksdag" else 101)


def shared(votes: Ints | Floats, seats: int, divisors: Ints) -> Ints:
    """Return the seats of each party (last axis), by the largest comparison number each time.

    Of equal numbers the party that stands first gets the seat: see `lots` for what a lot decides.
    """
    rows = np.atleast_2d(votes).astype(float)
    won: Ints = np.zeros(rows.shape, dtype=np.int64)
    numbers, all_rows = rows / divisors[0], np.arange(len(rows))
    for _ in range(seats):
        best = numbers.argmax(axis=1)
        won[all_rows, best] += 1
        divided = divisors[np.minimum(won[all_rows, best], len(divisors) - 1)]
        numbers[all_rows, best] = rows[all_rows, best] / divided
    return won.reshape(np.shape(votes))


def council_seats(votes: Ints | Floats, valid: int | Ints | Floats, rule: Rule) -> Ints:
    """Return each party's seats in a council whose seats follow its votes as a whole.

    Parameters
    ----------
    votes
        By party (last axis); parties that are added up are no party and must not stand here.
    valid
        All valid votes, those of no party here too.

    Returns
    -------
    seats
        With the shape of `votes`; none for a party under the threshold.
    """
    least = rule.percent * np.asarray(valid)[..., None]
    return shared(np.where(100 * votes >= least, votes, 0), rule.seats, rule.divisors)


def lots(votes: Ints, valid: int, rule: Rule) -> list[int]:
    """Return the parties between which a lot decides the last seat; none as a rule."""
    won = council_seats(votes, valid, rule)
    taking = np.where(rule.takes_part(votes, valid), votes, 0)
    last = np.where(won > 0, taking / rule.divisors[np.maximum(won - 1, 0)], np.inf)
    following = taking / rule.divisors[won]
    tied = (last == following.max()) | ((following == last.min()) & (taking > 0))
    return np.flatnonzero(tied).tolist() if following.max() == last.min() > 0 else []


def _limit(votes: Ints, rank: int, rule: Rule) -> tuple[int, int]:
    """Return the comparison number of that rank among others' votes, as votes and divisor."""
    if not votes.any():
        return 0, 1
    # Floats part two such numbers wherever they differ, and equal ones are the same float.
    numbers = (votes[:, None] / rule.divisors[None, : rule.seats]).ravel()
    place = int(np.argsort(-numbers, kind="stable")[rank - 1])
    return int(votes[place // rule.seats]), int(rule.divisors[place % rule.seats])


def votes_to_gain(votes: Ints, valid: int, party: int, rule: Rule) -> int | None:
    """Return the votes more that surely give a party its next seat, all others' held fixed.

    With `m` the seat after the last, `d` its divisor and `q` the (seats - m + 1)th comparison
    number of the others, the least whole n with (v + n) / d > q, and with the threshold reached.
    Votes that are added also raise the threshold of the others: the form holds between two such
    changes. None where the party has every seat.
    """
    own, others = int(votes[party]), np.delete(votes, party)
    seat = int(council_seats(votes, valid, rule)[party]) + 1
    if seat > rule.seats:
        return None
    divisor, percent = int(rule.divisors[seat - 1]), rule.percent
    needed = -(-(percent * valid - 100 * own) // (100 - percent))
    falls = 100 * others // percent - valid + 1 if percent else np.array([], dtype=np.int64)
    for first, end in pairwise([*sorted({0, *falls[falls > 0].tolist()}), np.inf]):
        taking = np.where(rule.takes_part(others, valid + int(first)), others, 0)
        number, by = _limit(taking, rule.seats - seat + 1, rule)
        more = max(number * divisor // by + 1 - own, needed, int(first))
        if more < end:
            return int(more)
    raise AssertionError  # pragma: no cover - the last span has no end


def votes_to_lose(votes: Ints, valid: int, party: int, rule: Rule) -> int | None:
    """Return the votes fewer that surely cost a party its last seat, all others' held fixed.

    As `votes_to_gain`: the least n with (v - n) / d < q, or under the threshold. None where the
    party has no seat.
    """
    own, others = int(votes[party]), np.delete(votes, party)
    seat = int(council_seats(votes, valid, rule)[party])
    if seat == 0:
        return None
    divisor, percent = int(rule.divisors[seat - 1]), rule.percent
    below = (100 * own - percent * valid) // (100 - percent) + 1 if percent else own + 1
    rises = valid - 100 * others // percent if percent else np.array([], dtype=np.int64)
    for first, end in pairwise([*sorted({0, *rises[rises > 0].tolist()}), np.inf]):
        taking = np.where(rule.takes_part(others, valid - int(first)), others, 0)
        number, by = _limit(taking, rule.seats - seat + 1, rule)
        fewer = max(min(own + 1 - -(-number * divisor // by), below), int(first))
        if fewer < end:
            return min(int(fewer), own)
    raise AssertionError  # pragma: no cover - the last span has no end


def votes_to_threshold(votes: int, valid: int, percent: int) -> int:
    """Return the votes more that a party needs to take part; what it has to spare is negative.

    A party that takes part and loses one vote more than it has to spare falls under.
    """
    if votes * 100 < percent * valid:
        return int(-(-(percent * valid - 100 * votes) // (100 - percent)))
    return -int((100 * votes - percent * valid) // (100 - percent))


def personal_votes(votes: int, election: Election) -> float:
    """Return the personal votes that elect a candidate of a party in a constituency (14:9).

    A twentieth of the party's votes there, and at least 100 to a region or 50 in a kommun. How many
    a candidate has is a person's figure and is not read.
    """
    return float(max(-(-votes // 20), {"region": 100, "kommun": 50}.get(election, 0)))


def fixed_seats(electors: Sequence[float] | Floats, seats: int) -> Ints:
    """Return constituencies' fixed seats by their electors: whole parts, then largest remainders.

    The authorities decide by the electors of 1 March: on the day of the election a seat may differ.
    """
    quota = np.asarray(electors, dtype=float) * seats / np.sum(electors)
    whole = np.floor(quota).astype(np.int64)
    rest = np.argsort(whole - quota, kind="stable")[: seats - int(whole.sum())]
    whole[rest] += 1
    return whole


def constituency_seats(votes: Ints, valid: Ints, fixed: Ints, rule: Rule) -> tuple[Ints, Ints]:
    """Return fixed and adjustment seats by constituency (rows) and party (14:3-9 of the act).

    Fixed seats go by each constituency's votes. All seats, but those that a party under the
    threshold has won by its share of one constituency, are then shared as if there were one. Who
    has too many fixed seats gives those of the lowest comparison numbers back, to the next party
    there that has not (before 2018 they were kept). Who has too few gets adjustment seats where its
    comparison number by 1, 3, 5 ... is the largest.
    """
    everyone, whole = votes.sum(axis=0), int(valid.sum())
    national = rule.takes_part(everyone, whole)
    local = 100 * votes >= rule.local * valid[:, None]
    taking = np.where(national | local, votes, 0)
    won = np.stack(
        [shared(own, int(n), rule.divisors) for own, n in zip(taking, fixed, strict=True)]
    )
    entitled = _entitled(np.where(national, everyone, 0), won.sum(axis=0), national, rule)
    if rule.year >= RETURNED_FROM:
        won = _given_back(won, np.where(national, votes, 0), entitled, rule)
    return won, _adjusted(votes, won, entitled - won.sum(axis=0))


def _entitled(everyone: Ints, fixed: Ints, national: NDArray[np.bool_], rule: Rule) -> Ints:
    kept = ~national
    while True:
        free = rule.seats - int(fixed[kept].sum())
        whole = np.where(kept, fixed, shared(np.where(kept, 0, everyone), free, rule.divisors))
        over = (whole < fixed) & ~kept
        if rule.year >= RETURNED_FROM or not over.any():
            return whole
        kept |= over


def _given_back(won: Ints, votes: Ints, entitled: Ints, rule: Rule) -> Ints:
    won = won.copy()
    while (over := won.sum(axis=0) > entitled).any():
        last = np.where((won > 0) & over, votes / rule.divisors[np.maximum(won - 1, 0)], np.inf)
        place, party = np.unravel_index(last.argmin(), last.shape)
        short = won.sum(axis=0) < entitled
        won[place, party] -= 1
        following = np.where(short, votes[place] / rule.divisors[won[place]], -1.0)
        won[place, following.argmax()] += 1
    return won


def _adjusted(votes: Ints, won: Ints, missing: Ints) -> Ints:
    placed: Ints = np.zeros_like(won)
    for party in np.repeat(np.arange(len(missing)), np.maximum(missing, 0)):
        numbers = votes[:, party] / (2 * (won + placed)[:, party] + 1)
        placed[numbers.argmax(), party] += 1
    return placed
