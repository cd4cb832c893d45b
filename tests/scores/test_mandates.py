"""Seats as the election act has them, and the votes that change them, against brute force."""

import numpy as np
import pytest

from geoprio.demo.elections import allocate_riksdag
from geoprio.scores.mandates import (
    Rule,
    constituency_seats,
    council_seats,
    fixed_seats,
    lots,
    personal_votes,
    rule_of,
    shared,
    votes_to_gain,
    votes_to_lose,
    votes_to_threshold,
)

PARTIES = ["M", "C", "L", "KD", "MP", "S", "V", "SD"]


def test_the_act_in_small_numbers() -> None:
    """Worked by hand: 1,000 / 1.2 = 833 beats 2,400 / 3 = 800; by 1.4 it is 714 and does not."""
    votes = np.array([2400, 1000])
    assert council_seats(votes, 3400, Rule(2, 2018, 0)).tolist() == [1, 1]
    assert council_seats(votes, 3400, Rule(2, 2014, 0)).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("election", "year", "parts", "percent"),
    [
        ("riksdag", 2022, 29, 4),
        ("eu", 2024, 1, 4),
        ("region", 2014, 12, 3),
        ("kommun", 2022, 1, 2),
        ("kommun", 2022, 6, 3),
        ("kommun", 2014, 6, 0),
    ],
)
def test_the_thresholds(election: str, year: int, parts: int, percent: int) -> None:
    rule = rule_of(election, year, 101, parts)
    assert rule.percent == percent
    assert rule.divisors[0] == (12 if year >= 2018 else 14)


def test_a_party_just_under_the_threshold_has_no_seat() -> None:
    votes = np.array([9600, 399])
    assert council_seats(votes, 10_000, Rule(349, 2022, 4)).tolist() == [349, 0]
    assert council_seats(np.array([9600, 400]), 10_000, Rule(349, 2022, 4))[1] > 0
    assert votes_to_threshold(399, 10_000, 4) == 2  # 400 of 10,001 is still less than 4 %
    assert votes_to_threshold(430, 10_000, 4) == -31  # 399 of 9,969 is 4.002 %


def test_personal_votes_that_elect_are_a_twentieth_and_never_fewer_than_the_least() -> None:
    told = [personal_votes(2001, election) for election in ("riksdag", "region", "kommun")]
    assert told == [101, 101, 101]
    assert [personal_votes(40, election) for election in ("riksdag", "region", "kommun")] == [
        2,
        100,
        50,
    ]


def test_what_a_lot_decides_is_told() -> None:
    rule = Rule(3, 2022, 0)
    assert lots(np.array([300, 300, 10]), 610, rule) == [0, 1]
    assert lots(np.array([301, 300, 10]), 611, rule) == []


def drawn(count: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    parties = rng.multinomial(400, rng.dirichlet([0.8] * 6, count))
    return parties, parties.sum(axis=1) + rng.integers(0, 15, count)


def brute(votes: np.ndarray, valid: np.ndarray, rule: Rule, sign: int) -> np.ndarray:
    """Return for each council the votes of its first party that change its seats, one by one."""
    now = council_seats(votes, valid, rule)[:, 0]
    # Of equal numbers the first gets the seat: what must be sure is tried at the worse end.
    order = [1, 2, 3, 4, 5, 0] if sign > 0 else [0, 1, 2, 3, 4, 5]
    found = np.full(len(votes), -1)
    for step in range(1, 900):
        todo = np.flatnonzero(found < 0)
        todo = todo[votes[todo, 0] + sign * step >= 0]
        if not len(todo):
            break
        tried = votes[todo].copy()
        tried[:, 0] += sign * step
        seats = council_seats(tried[:, order], valid[todo] + sign * step, rule)
        seats = seats[:, order.index(0)]
        found[todo[seats > now[todo] if sign > 0 else seats < now[todo]]] = step
    return found


@pytest.mark.parametrize("sign", [1, -1])
def test_votes_to_a_seat_are_those_of_brute_force(sign: int) -> None:
    """10,000 councils in both directions: thresholds that others pass, and lots, among them."""
    function = votes_to_gain if sign > 0 else votes_to_lose
    for percent, seats_in_all, seed in ((0, 11, 1), (3, 11, 2), (4, 41, 3)):
        rule = Rule(seats_in_all, 2022, percent)
        votes, valid = drawn(3334, seed)
        expected = brute(votes, valid, rule, sign)
        told = [function(own, int(n), 0, rule) for own, n in zip(votes, valid, strict=True)]
        seats = council_seats(votes, valid, rule)[:, 0]
        has = seats < rule.seats if sign > 0 else seats > 0
        assert [it is not None for it in told] == has.tolist()
        assert np.array([it for it in told if it is not None]).min() >= 1
        assert [it for it in told if it is not None] == expected[has].tolist()


def test_more_votes_are_never_further_from_a_seat() -> None:
    votes, valid = drawn(200, 9)
    rule = Rule(31, 2022, 2)
    for own, n in zip(votes, valid, strict=True):
        more = own + np.array([1, 0, 0, 0, 0, 0])
        same = council_seats(more, n + 1, rule)[0] == council_seats(own, n, rule)[0]
        if same and (before := votes_to_gain(own, int(n), 0, rule)) is not None:
            assert votes_to_gain(more, int(n) + 1, 0, rule) <= before
        assert council_seats(more, n + 1, rule)[0] >= council_seats(own, n, rule)[0]


def test_constituencies_are_those_of_another_hand() -> None:
    """The demo has its own allocation of 1,000 parliaments, where none has a seat to give back."""
    rng = np.random.default_rng(3)
    alike = 0
    for _ in range(300):
        electors = rng.integers(4000, 40_000, 7)
        shares = rng.dirichlet([6, 2, 1.2, 1, 1, 8, 2, 5], 7)
        votes = (electors[:, None] * 0.8 * shares).astype(np.int64)
        valid = votes.sum(axis=1)
        fixed = fixed_seats(electors, 70)
        won, extra = constituency_seats(votes, valid, fixed, Rule(79, 2022, 4, 12))
        assert (won + extra).sum() == 79
        assert (won.sum(axis=1) == fixed).all()
        theirs, more = allocate_riksdag(votes, valid, electors, (70, 9))
        national = rule_of("riksdag", 2022, 79, 7).takes_part(votes.sum(axis=0), int(valid.sum()))
        whole = shared(np.where(national, votes.sum(axis=0), 0), 79, Rule(79, 2022, 4).divisors)
        if (theirs.sum(axis=0) <= whole).all():
            alike += 1
            assert (won == theirs).all()
            assert (extra == more).all()
        elif not (won.sum(axis=0)[~national]).any():
            # Since 2018 the whole is what one constituency would have given.
            assert ((won + extra).sum(axis=0) == whole).all()
    assert 50 < alike < 300
