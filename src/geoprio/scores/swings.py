"""SWINGS: how far votes move between elections, and the chances of seats that follow.

No opinion is forecast: every draw is about the last result, or about what the user says of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.scores.mandates import Floats, Ints, Rule, council_seats, shared

DRAWS = 10_000
ALIKE = 0.5
"""Share of a change's variance that parties have in common, as they moved last time; the rest is
each party's own. Two elections are one change, from which no correlation can be measured."""
NOBODY = 0.5
"""Votes that stand for none: a share of nothing has no logarithm."""


def log_shares(votes: Floats | Ints) -> Floats:
    """Return centred log ratios of votes by party (last axis); Aitchison's geometry."""
    logs = np.log(np.maximum(votes, NOBODY))
    return np.asarray(logs - logs.mean(axis=-1, keepdims=True), dtype=float)


@dataclass(frozen=True)
class Swing:
    """How the parties' log shares moved between two elections."""

    common: Floats
    """By party, of all the constituencies together."""
    local: Floats
    """Constituencies x parties: how each moved otherwise, times the root of its weight; the squares
    sum to a variance of one constituency."""

    def draws(self, count: int, rng: np.random.Generator, *, local: bool) -> Floats:
        """Return draws x parties of log shares' changes about nothing, the local part too or not.

        `sqrt(a) z d + sqrt(1 - a) z_p d + sum z_c r_c`: r the local changes, z standard normal, a
        what parties have in common, and d the way that each moved, its size half its own and half
        the mean of all (d^2 = (D^2 + mean D^2) / 2): who stood still once may move the next time.
        """
        size = np.sqrt((self.common**2 + (self.common**2).mean()) / 2)
        together = rng.standard_normal((count, 1)) * np.copysign(size, self.common)
        apart = rng.standard_normal((count, len(size))) * size
        found = np.sqrt(ALIKE) * together + np.sqrt(1 - ALIKE) * apart
        if local:
            found += rng.standard_normal((count, len(self.local))) @ self.local
        return np.asarray(found, dtype=float)


def swing_between(before: Floats | Ints, after: Floats | Ints) -> Swing:
    """Return how votes (constituencies x parties, the rest last) moved between two elections.

    A constituency weighs as its later votes do.
    """
    weight = after.sum(axis=1) / after.sum()
    moved = log_shares(after) - log_shares(before)
    common = log_shares(after.sum(axis=0)) - log_shares(before.sum(axis=0))
    apart = (moved - weight @ moved) * np.sqrt(weight)[:, None]
    count = len(weight)
    return Swing(common, apart * np.sqrt(count / max(count - 1, 1)))


def drawn_votes(votes: Ints | Floats, changes: Floats) -> Floats:
    """Return draws x parties of votes, as many together as there were, moved by log shares."""
    logs = log_shares(votes) + changes
    parts = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(votes.sum() * parts / parts.sum(axis=1, keepdims=True), dtype=float)


def drawn_seats(votes: Ints | Floats, changes: Floats, rule: Rule) -> Ints:
    """Return draws x parties of seats; the last column of votes is no party's and gets none."""
    moved = drawn_votes(votes, changes)
    return council_seats(moved[:, :-1], moved.sum(axis=1), rule)


WORDS = (
    (0.02, "chance_hardly"),
    (0.075, "chance_twentieth"),
    (0.15, "chance_tenth"),
    (0.225, "chance_fifth"),
    (0.29, "chance_fourth"),
    (0.365, "chance_third"),
    (0.45, "chance_two_fifths"),
    (0.55, "chance_half"),
    (0.635, "chance_three_fifths"),
    (0.71, "chance_two_thirds"),
    (0.775, "chance_three_fourths"),
    (0.85, "chance_four_fifths"),
    (0.925, "chance_nine_tenths"),
    (0.98, "chance_likely"),
)
"""Chances up to which a word is used; what is above is nearly sure."""


def chance_key(share: float) -> str:
    """Return the key of the words of a chance (0-1): no number of a draw is that exact."""
    return next((key for limit, key in WORDS if share < limit), "chance_sure")


CLEAR = 0.1
"""Difference of chances from which one way is said to be the likelier."""
OUT = 0.075
"""Chance of losing every seat from which that is said, before anything else."""


def lean_key(seats: float, more: float, fewer: float, none: float) -> tuple[str, float]:
    """Return the key of which way a party's seats lean, and the chance (0-1) to say with it.

    `more`, `fewer` and `none` are the chances of more seats than now, of fewer, and of none at all.
    """
    if not seats:
        return "lean_in", more
    if none >= OUT:
        return "lean_out", none
    if abs(more - fewer) < CLEAR:
        return "lean_even", max(more, fewer)
    return ("lean_more", more) if more > fewer else ("lean_fewer", fewer)


TRIED = 2000
"""Draws of an election whose outcome is known."""
CLASSES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Trial:
    """An election whose outcome is known, as it could be told of at the one before."""

    before: Floats
    """Votes then, constituencies x parties, the rest last."""
    after: Floats
    """Votes that came."""
    seats: Ints
    """Fixed seats by constituency, the same in both."""
    swing: Swing
    """Learnt from another election than this."""
    ours: NDArray[np.bool_]
    """By party, the rest not among them: whether it is of the coalition."""


def calibration(trial: Trial, rng: np.random.Generator) -> pd.DataFrame:
    """Return stated chances of constituencies' fixed seats beside what came, of real votes.

    Returns
    -------
    table
        By `kind` and class of the chance, `stated_share`, `happened_share` and `events_count`: of
        `fixed`, that a party has more in a constituency than before, or fewer; of `majority`, that
        the coalition has more than half of a constituency's.
    """
    rule = Rule(int(trial.seats.max()), 2022, 0)
    whole = trial.swing.draws(TRIED, rng, local=False)
    found = []
    for old, new, count in zip(trial.before, trial.after, trial.seats, strict=True):
        local = rng.standard_normal((len(whole), len(trial.swing.local))) @ trial.swing.local
        now, later, tried = (
            shared(votes[..., :-1], int(count), rule.divisors)
            for votes in (old, new, drawn_votes(old, whole + local))
        )
        held, came = (2 * won[..., trial.ours].sum(axis=-1) > count for won in (tried, later))
        stated = [*(tried > now).mean(axis=0), *(tried < now).mean(axis=0), held.mean()]
        happened = [*(later > now), *(later < now), came]
        kinds = ["fixed"] * (len(stated) - 1) + ["majority"]
        found.append(pd.DataFrame({"kind": kinds, "stated_share": stated, "happened": happened}))
    table = pd.concat(found).rename(columns={"happened": "happened_share"})
    # What no draw gives is no statement of a seat: most have parties that are far from any.
    table = table[(table["stated_share"] > 0) | (table["kind"] == "majority")]
    classes = pd.cut(table["stated_share"], CLASSES, labels=False, include_lowest=True)
    grouped = table.astype({"happened_share": float}).groupby(["kind", classes.rename("chance")])
    return grouped.mean().assign(events_count=grouped.size())


def pooled(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of `calibration` as one: shares weighted by outcomes."""
    whole = pd.concat(tables)
    sums = whole.mul(whole["events_count"], axis=0).assign(events_count=whole["events_count"])
    sums = sums.groupby(level=[0, 1]).sum()
    return sums.div(sums["events_count"], axis=0).assign(events_count=sums["events_count"])
