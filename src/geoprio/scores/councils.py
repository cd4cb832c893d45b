"""COUNCILS: whom the last election seated, how near the next seat is, and what is not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Election
from geoprio.config.campaign import COUNTIES
from geoprio.scores.mandates import (
    FIXED_SEATS,
    RETURNED_FROM,
    Floats,
    Ints,
    Rule,
    constituency_seats,
    council_seats,
    fixed_seats,
    lots,
    personal_votes,
    rule_of,
    votes_to_gain,
    votes_to_lose,
    votes_to_threshold,
)
from geoprio.scores.swings import TRIED, Swing, Trial, calibration, drawn_seats, swing_between

ELECTIONS: tuple[Election, ...] = ("riksdag", "region", "kommun")
OTHER = "OTHER"
"""The party of `sum_ballots` that is several added up."""
PART_DRAWS = 2000
"""Of each constituency, for whether its lead can change."""
LIKELY = (0.1, 0.9)
"""Between which quantiles of the draws a number is told: eight in ten."""
CHANCES = (
    *("seats_low", "seats_high"),
    *("chance_more_share", "chance_fewer_share", "chance_none_share"),
)
"""What the draws say of a party: its seats in most of them, and how often they are other."""
WHOLE = ["constituency_name", "valid_count", "electors_count", "areas"]
NEAR = (
    ("gain", "taken_from", votes_to_gain, 1),
    ("lose", "given_to", votes_to_lose, -1),
)
OTHER_BALLOT: Mapping[Election, Election] = {"riksdag": "region", "region": "riksdag"}
"""Of the same day, that chances are tried by."""
OWN_PARTY = "V"
"""The party of `v_share`."""
RED_GREEN = ("V", "S", "MP")
"""Whose chances are tried where the user has said no coalition."""


Moved = tuple[Swing, list[str], int]
"""What `swing_of` returns."""


@dataclass(frozen=True, eq=False)
class Council:
    """What an election made of one council."""

    election: Election
    year: int
    code: str
    """`00`, a county's or a municipality's."""
    parties: tuple[str, ...]
    ballots: pd.DataFrame
    """Votes by constituency (rows) and party, `OTHER` last."""
    whole: pd.DataFrame
    """`constituency_name`, `valid_count`, `electors_count`, `areas` and `seats` (fixed, NaN where
    unsaid) of them."""
    rule: Rule | None
    governs: tuple[str, ...]
    """Who governs, as the user says; none where it is not said."""
    coalition: tuple[str, ...]
    """With whom the user would govern, the own party first."""
    unknown: str = ""
    """Key of why its seats are not known; "" where they are."""

    @cached_property
    def votes(self) -> Ints:
        """Votes by party, those added up not among them."""
        found = self.ballots[list(self.parties)].sum().to_numpy()
        return np.asarray(found, dtype=np.int64)

    @property
    def valid(self) -> int:
        """All valid votes."""
        return int(self.whole["valid_count"].sum())

    @property
    def ours(self) -> str:
        """The user's own party: the first of the coalition, else the one that shares are of."""
        return self.coalition[0] if self.coalition else OWN_PARTY

    @cached_property
    def places(self) -> tuple[Ints, Ints] | None:
        """Fixed and adjustment seats by constituency and party; None where there is one alone."""
        if self.rule is None or len(self.whole) < 2:
            return None
        votes = self.ballots[list(self.parties)].to_numpy(np.int64)
        valid = self.whole["valid_count"].to_numpy(np.int64)
        return constituency_seats(votes, valid, self.fixed, self.rule)

    @property
    def decided(self) -> bool:
        """Whether the constituencies' fixed seats are as the authority decided them."""
        return bool(self.whole["seats"].notna().all())

    @property
    def fixed(self) -> Ints:
        """Fixed seats by constituency: as decided, else by those who could vote on the day."""
        if self.decided:
            return self.whole["seats"].to_numpy(np.int64)
        seats = 0 if self.rule is None else self.rule.seats
        count = FIXED_SEATS if self.election == "riksdag" else seats * 9 // 10
        return fixed_seats(self.whole["electors_count"].to_numpy(), count)

    @cached_property
    def free(self) -> Rule:
        """The rule of the seats that no party under the threshold has won in a constituency."""
        rule = self.rule or Rule(0, self.year, 0)
        if self.places is None or rule.local > 100:
            return rule
        below = ~rule.takes_part(self.votes, self.valid)
        held = int(self.places[0].sum(axis=0)[below].sum())
        return Rule(rule.seats - held, rule.year, rule.percent, rule.local)

    @cached_property
    def seats(self) -> Ints:
        """Seats by party."""
        if self.places is not None:
            return np.asarray(np.add(*self.places).sum(axis=0), dtype=np.int64)
        return council_seats(self.votes, self.valid, self.free)

    @property
    def lots(self) -> list[str]:
        """The parties between which a lot decided the last seat."""
        return [self.parties[one] for one in lots(self.votes, self.valid, self.free)]

    def held(self, coalition: Sequence[str], seats: Ints | None = None) -> Ints:
        """Return the seats of parties together, of the council or of draws of it."""
        own = self.seats if seats is None else seats
        return np.asarray(own[..., [name in coalition for name in self.parties]].sum(axis=-1))

    def table(self) -> pd.DataFrame:
        """Return what each party has, and how many votes would change it.

        Returns
        -------
        table
            By party: `votes_count`, `vote_share` (0-1), `seats`, `gain_votes_count` and
            `taken_from`, `lose_votes_count` and `given_to`, `threshold_votes_count` (votes that it
            lacks to take part; negative: votes to spare), `personal_votes_count` (that elect a
            candidate, where there is one constituency). All others' votes are held fixed.
        """
        rows = [self._row(place) for place in range(len(self.parties))]
        return pd.DataFrame(rows, index=pd.Index(self.parties, name="party"))

    def _row(self, party: int) -> dict[str, object]:
        own, rule = int(self.votes[party]), self.free
        gain = lose = None
        # Before 2018 fixed seats too many were kept, and the whole does not decide.
        if council_seats(self.votes, self.valid, rule)[party] == self.seats[party]:
            gain = votes_to_gain(self.votes, self.valid, party, rule)
            lose = votes_to_lose(self.votes, self.valid, party, rule)
        return {
            "votes_count": float(own),
            "vote_share": own / self.valid,
            "seats": float(self.seats[party]),
            "gain_votes_count": np.nan if gain is None else float(gain),
            "taken_from": self._others(self.votes, party, gain, rule),
            "lose_votes_count": np.nan if lose is None else float(lose),
            "given_to": self._others(self.votes, party, None if lose is None else -lose, rule),
            "threshold_votes_count": float(votes_to_threshold(own, self.valid, rule.percent)),
            "personal_votes_count": np.nan if self.places else personal_votes(own, self.election),
        }

    def chances(self, table: pd.DataFrame, draws: Ints | None) -> pd.DataFrame:
        """Return `table` with `CHANCES` of draws x parties of seats; NaN without any."""
        if draws is None:
            return table.assign(**dict.fromkeys(CHANCES, np.nan))
        shares = [
            drawn.mean(axis=0) for drawn in (draws > self.seats, draws < self.seats, draws == 0)
        ]
        return table.assign(**dict(zip(CHANCES, [*likely(draws), *shares], strict=True)))

    def parts_table(self, rows: NDArray[np.int64]) -> pd.DataFrame:
        """Return constituencies' seats by party, and votes to a fixed seat more or fewer there.

        Columns as in `table`, with `constituency` (its name, else its code), its municipalities in
        `areas`, `seats_fixed` and `seats_adjustment`. No rows where there is one alone. A fixed
        seat's votes are those within: that it may cost an adjustment seat elsewhere is not in them.
        """
        parts = [self._part(int(row)) for row in rows] if self.places else []
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _part(self, row: int) -> pd.DataFrame:
        fixed, extra = (seats[row] for seats in self.places or ())
        votes = self.ballots.iloc[row][list(self.parties)].to_numpy(np.int64)
        whole, rule = self.whole.iloc[row], self.free
        valid = int(whole["valid_count"])
        own, local = self._taking(row), Rule(int(self.fixed[row]), rule.year, 0)
        near: dict[str, list[object]] = {}
        for name, other, function, sign in NEAR:
            found = [
                function(own, valid, party, local) if own[party] else None
                for party in range(len(own))
            ]
            near[f"{name}_votes_count"] = [np.nan if it is None else float(it) for it in found]
            near[other] = [
                self._others(own, party, None if it is None else sign * it, local)
                for party, it in enumerate(found)
            ]
        return pd.DataFrame(
            {
                "constituency": whole["constituency_name"] or str(self.whole.index[row]),
                "areas": whole["areas"],
                "party": self.parties,
                "votes_count": votes.astype(float),
                "vote_share": votes / valid,
                "seats": (fixed + extra).astype(float),
                "seats_fixed": fixed.astype(float),
                "seats_adjustment": extra.astype(float),
                **near,
                "personal_votes_count": [personal_votes(int(n), self.election) for n in votes],
            }
        )

    def _taking(self, row: int) -> Ints:
        """Return the votes in a constituency of those who share its fixed seats; others 0.

        Who does is decided by the whole, or by the constituency's own threshold.
        """
        votes = self.ballots.iloc[row][list(self.parties)].to_numpy(np.int64)
        rule, valid = self.free, int(self.whole["valid_count"].iloc[row])
        taking = rule.takes_part(self.votes, self.valid) | (100 * votes >= rule.local * valid)
        return np.where(taking, votes, 0)

    def _others(self, own: Ints, party: int, change: int | None, rule: Rule) -> str:
        """Return who loses seats when a party gets votes, or who gets them when it loses some."""
        if change is None:
            return ""
        votes = own.copy()
        votes[party] += change
        # Of equal numbers the worse comes out for the party that is asked about.
        moved = council_seats(votes, self.valid + change, rule)
        moved -= council_seats(own, self.valid, rule)
        other = (moved < 0) if change > 0 else (moved > 0)
        other[party] = False
        return "+".join(name for name, is_so in zip(self.parties, other, strict=True) if is_so)

    def drawn(
        self, swing: Swing, names: Sequence[str], count: int, seed: np.random.Generator
    ) -> Ints:
        """Return draws x parties of seats, as votes moved between two elections.

        `names` are the parties of the swing, those added up last: a party that is not among them
        moves as these do. A kommun moves with its county and by itself.
        """
        changes = swing.draws(count, seed, local=self.election == "kommun")
        votes = np.append(self.votes, self.valid - self.votes.sum())
        return drawn_seats(votes, self._ordered(changes, names), self.free)

    def leads(
        self, rows: NDArray[np.int64], moved: Moved | None, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Return whether the coalition has more than half of each constituency's fixed seats.

        Returns
        -------
        leads
            By the constituency's name, else its code: `led` (bool), and `turns_share`, how often
            the draws have it the other way (0-1; 0 without an election before).
        """
        found = {}
        for row in rows:
            own, seats = self._taking(int(row)), int(self.fixed[row])
            rest = int(self.whole["valid_count"].iloc[row]) - own.sum()
            rule, turns = Rule(seats, self.year, 0), 0.0
            led = 2 * self.held(self.coalition, council_seats(own, own.sum() + rest, rule)) > seats
            if moved is not None:
                changes = self._ordered(moved[0].draws(PART_DRAWS, rng, local=True), moved[1])
                drawn = self.held(self.coalition, drawn_seats(np.append(own, rest), changes, rule))
                turns = float(((2 * drawn > seats) != led).mean())
            found[self.whole["constituency_name"].iloc[row] or str(self.whole.index[row])] = (
                bool(led),
                turns,
            )
        return pd.DataFrame.from_dict(found, "index", columns=["led", "turns_share"])

    def _ordered(self, changes: Floats, names: Sequence[str]) -> Floats:
        """Return the changes of a swing's parties as those of the council's, the rest last."""
        order = [names.index(name) if name in names else -1 for name in (*self.parties, OTHER)]
        return changes[:, order]


def likely(draws: Ints) -> Floats:
    """Return the least and the most (rows) of the first axis in eight draws of ten."""
    return np.asarray(np.quantile(draws, LIKELY, axis=0, method="inverted_cdf"), dtype=float)


def councils(ballots: pd.DataFrame, majorities: pd.DataFrame, year: int) -> list[Council]:
    """Return every council of a year's elections, the largest first, known or not.

    Parameters
    ----------
    ballots
        From `sum_ballots`, of any elections.
    majorities
        From `load_majorities`.
    year
        Of the elections.
    """
    said = majorities[majorities["year"] == year].set_index(["election", "code"])
    mine = ballots[ballots["year"] == year]
    return [
        _council(election, year, str(code), own, said)
        for election in ELECTIONS
        for code, own in mine[mine["election"] == election].groupby("council")
    ]


def _council(
    election: Election, year: int, code: str, own: pd.DataFrame, said: pd.DataFrame
) -> Council:
    votes = own.pivot_table(
        index="constituency", columns="party", values="votes_count", sort=False, dropna=False
    )
    held = [name for name in votes if name != OTHER and not votes[name].eq(0).all()]
    votes = votes[[*held, OTHER]].sort_index()
    whole = own.drop_duplicates("constituency").set_index("constituency").sort_index()
    fixed = [_said(said, "seats", election, f"{code}-{part}") for part in whole.index]
    seats = _said(said, "seats", election, code)
    parts = float(whole["parts_count"].max())
    # A kommun's constituencies are counted though its votes stand together.
    known_parts = 1 if np.isnan(parts) else int(parts)
    rule = None if np.isnan(seats) else rule_of(election, year, int(seats), known_parts)
    found = Council(
        election=election,
        year=year,
        code=code,
        parties=tuple(str(name) for name in votes.columns[:-1]),
        ballots=votes,
        whole=whole[WHOLE].assign(seats=fixed),
        rule=rule,
        governs=_parties(_said(said, "governs", election, code)),
        coalition=_parties(_said(said, "coalition", election, code)),
    )
    known = bool(votes.notna().all(axis=None) and whole["valid_count"].notna().all())
    return replace(found, unknown=next(_reasons(found, parts, known=known), ""))


def _said(said: pd.DataFrame, column: str, election: str, code: str) -> float:
    key = (election, code)
    return cast("float", said.loc[key, column]) if key in said.index else np.nan


def _parties(words: object) -> tuple[str, ...]:
    return tuple(words.split("+")) if isinstance(words, str) and words else ()


def _reasons(council: Council, parts: float, *, known: bool) -> Iterator[str]:
    """Yield the keys of why a council's seats cannot be told."""
    whole, others = council.whole, council.ballots[OTHER]
    if not known:
        yield "council_votes_unknown"
        return
    if council.election == "riksdag":
        held = {code[:2] for areas in whole["areas"] for code in str(areas).split()}
        if held < set(COUNTIES):
            yield "council_without_nation"
    # Before 2018 a kommun's constituencies had no adjustment seats between them.
    apart = parts > 1 and council.year < RETURNED_FROM
    if council.election == "kommun" and (np.isnan(parts) or apart):
        yield "council_parts_unknown"
        return
    rule = council.rule or rule_of(
        council.election, council.year, 1, 1 if np.isnan(parts) else int(parts)
    )
    within = (100 * others >= rule.local * whole["valid_count"]).any()
    if others.sum() and (within or 100 * others.sum() >= rule.percent * council.valid):
        yield "council_others_together"
    if council.rule is None:
        yield "council_without_seats"


def swing_of(ballots: pd.DataFrame, election: Election, year: int) -> Moved | None:
    """Return how votes moved since the election before, its parties (the rest last) and its year.

    By constituencies of one code and the same municipalities in both; a kommun as one, and any
    council where a file does not say its constituencies. None is matched by name. None without an
    earlier election of the kind.
    """
    own = ballots[ballots["election"] == election]
    earlier = own.loc[own["year"] < year, "year"]
    if earlier.empty or not (own["year"] == year).any():
        return None
    for together in (election == "kommun", True):
        tables = [
            _by_unit(own[own["year"] == one], together=together) for one in (earlier.max(), year)
        ]
        both = tables[0].index.intersection(tables[1].index)
        if len(both):
            break
    else:
        return None
    names = [str(name) for name in tables[0] if name in tables[1] and name != OTHER]
    names = [name for name in names if name != "valid_count"]
    votes = [
        table.loc[both, names].assign(rest=table["valid_count"] - table[names].sum(axis=1))
        for table in tables
    ]
    before, after = (table.to_numpy(float) for table in votes)
    return swing_between(before, after), [*names, OTHER], int(earlier.max())


@dataclass(frozen=True)
class Tried:
    """What would have been said of a council at the election before, and what came."""

    trial: Trial
    whole: Floats
    """The council's votes then, the rest last."""
    council: Council
    rng: np.random.Generator

    @cached_property
    def majority_chance(self) -> float:
        """Of the coalition, as it would have been said."""
        draws = self.trial.swing.draws(TRIED, self.rng, local=False)
        seats = drawn_seats(self.whole, draws, self.council.free)
        return float((2 * seats[:, self.trial.ours].sum(axis=1) > seats.sum(axis=1)).mean())

    @cached_property
    def table(self) -> pd.DataFrame:
        """Of the constituencies; see `calibration`."""
        return calibration(self.trial, self.rng)


def tried_chances(
    ballots: pd.DataFrame, council: Council, rng: np.random.Generator
) -> Tried | None:
    """Return stated chances of a council and of its fixed seats beside what came.

    As they could be told at the election before, with the swing to that one, else with the swing of
    the day's other election. None without either, and in a council of one constituency.
    """
    moved = swing_of(ballots, council.election, council.year)
    if moved is None or council.places is None or council.election not in OTHER_BALLOT:
        return None
    swing = swing_of(ballots, council.election, moved[2])
    swing = swing or swing_of(ballots, OTHER_BALLOT[council.election], council.year)
    if swing is None:
        return None
    own = ballots[(ballots["election"] == council.election) & (ballots["council"] == council.code)]
    years = [own[own["year"] == year] for year in (moved[2], council.year)]
    tables = [_by_unit(one, together=False) for one in years]
    both = tables[0].index.intersection(tables[1].index)
    if both.empty:
        return None
    names = swing[1][:-1]
    # A party that stood in the other election alone has no vote here.
    votes = [table.reindex(columns=names).fillna(0.0) for table in tables]
    old, new = (
        one.assign(rest=table["valid_count"] - one.sum(axis=1))
        for one, table in zip(votes, tables, strict=True)
    )
    before, after = (one.loc[both].to_numpy(float) for one in (old, new))
    fixed = pd.Series(council.fixed, council.whole.index)[both.get_level_values("unit")].to_numpy()
    ours = np.isin(names, council.coalition or RED_GREEN)
    trial = Trial(before, after, fixed, swing[0], ours)
    return Tried(trial, old.sum().to_numpy(float), council, rng)


def _by_unit(own: pd.DataFrame, *, together: bool) -> pd.DataFrame:
    """Return votes by constituency and party, or by council, and its municipalities."""
    units = own.assign(unit=own["constituency"])
    if together:
        areas = own.groupby("council")["areas"].transform(
            lambda each: " ".join(sorted({code for areas in each for code in areas.split()}))
        )
        units = units.assign(unit="", areas=areas)
    by = ["council", "unit", "areas"]
    sums = units.groupby([*by, "party"])["votes_count"].sum(skipna=False).reset_index()
    votes = sums.pivot_table(index=by, columns="party", values="votes_count")
    whole = units.drop_duplicates(["council", "constituency"]).groupby(by)["valid_count"]
    return votes.dropna(axis=1).join(whole.sum(skipna=False))
