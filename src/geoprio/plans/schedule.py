"""When the work is done: hours by week, so that no week takes more than there are people for."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geoprio.config.resources import Plan
from geoprio.plans.efforts import weeks_of
from geoprio.plans.optimum import highs

WORK = ["association", "channel", "election"]
ROUNDING = 1e-9
LEAST_HOURS = 1e-6
"""Hours below it are the computer's rounding."""


Strand = tuple[str, str]
"""A channel, and the election that it is worked for; "" for any."""


def demands(plan: Plan, own: Sequence[Strand]) -> Iterator[tuple[frozenset[Strand], int]]:
    """Yield sets of what is worked, and in how many weeks any of them is.

    Work can be laid out over the weeks exactly where no set takes more hours than its weeks have
    (Hall's condition); of sets with the same weeks the largest says it all, and of one whose weeks
    fall apart its parts do.
    """
    weeks = {one: {week for _, week in weeks_of(plan, *one)} for one in own}
    worked = [one for one in own if weeks[one]]
    sets = (frozenset(one) for n in range(len(worked)) for one in combinations(worked, n + 1))
    largest: dict[frozenset[str], frozenset[Strand]] = {}
    for one in sets:
        spanned = _joined([weeks[each] for each in one])
        if spanned:
            largest[spanned] = max(largest.get(spanned, one), one, key=len)
    for spanned, one in largest.items():
        yield one, len(spanned)


def _joined(weeks: list[set[str]]) -> frozenset[str]:
    """Return all of the weeks where each set reaches the others by common ones; else none."""
    spanned, left = frozenset(weeks[0]), weeks[1:]
    while left:
        apart = [one for one in left if spanned.isdisjoint(one)]
        if len(apart) == len(left):
            return frozenset()
        spanned, left = (
            spanned.union(*left)
            if not apart
            else spanned.union(*(one for one in left if one not in apart)),
            apart,
        )
    return spanned


def weekly(work: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the hours of each piece of work by week, the earliest that there are.

    Parameters
    ----------
    work
        `association`, `channel`, `election` and `hours`, in the order in which each does them.
    plan
        The campaign's; its weeks have the hours for all the work (`demands`).

    Returns
    -------
    weeks
        `place` (the row of `work`), `week` (its Monday, ISO 8601), `phase` and `hours`; no
        association works more hours in a week than it has.
    """
    totals = work.groupby(WORK, sort=True)["hours"].sum()
    slots = _slots(totals, plan)
    filled = slots.assign(hours=_laid_out(slots, totals, plan))
    parts = [
        in_turn(own, filled[filled["sum"] == number])
        for number, (_, own) in enumerate(work.groupby(WORK, sort=True))
    ]
    columns = ["place", "week", "phase", "hours"]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return found.sort_values(["place", "week"], kind="stable", ignore_index=True)[columns]


def _slots(totals: pd.Series, plan: Plan) -> pd.DataFrame:
    """Return every week of every channel that an association works in."""
    rows = [
        (number, name, channel, phase.name, week)
        for number, (name, channel, election) in enumerate(totals.index)
        for phase, week in weeks_of(plan, channel, election)
    ]
    return pd.DataFrame(rows, columns=["sum", "association", "channel", "phase", "week"])


def _laid_out(slots: pd.DataFrame, totals: pd.Series, plan: Plan) -> np.ndarray:
    """Return the hours of each slot: all the work, within each week's hours, as early as can be."""
    if slots.empty:
        return np.zeros(0)
    size = len(slots)
    each = pd.Series(list(zip(slots["association"], slots["week"], strict=True)))
    held, pairs = pd.factorize(each)
    hours = np.array([plan.crew_of(name).hours_per_week for name, _ in pairs])
    early = pd.factorize(slots["week"], sort=True)[0].astype(float)
    columns = np.arange(size)
    weekly_sums = csr_array((np.ones(size), (held, columns)), shape=(len(pairs), size))
    sums = csr_array((np.ones(size), (slots["sum"], columns)), shape=(len(totals), size))
    work = totals.to_numpy(float)
    found = highs(
        early + 1.0,
        constraints=[
            LinearConstraint(weekly_sums, ub=hours * (1 + ROUNDING)),
            LinearConstraint(sums, lb=work, ub=work),
        ],
    )
    return np.asarray(found.x)


def in_turn(work: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Return how pieces of work fill weeks, one after the other.

    Parameters
    ----------
    work
        `hours`, in the order in which they are done.
    slots
        `week`, `phase` and `hours`: as many hours together.

    Returns
    -------
    weeks
        `place` (the row of `work`), `week`, `phase` and `hours`.
    """
    used = slots[slots["hours"] > LEAST_HOURS].sort_values("week", kind="stable")
    ends, weeks = work["hours"].cumsum().to_numpy(), used["hours"].cumsum().to_numpy()
    begins, mondays = ends - work["hours"].to_numpy(), weeks - used["hours"].to_numpy()
    shared = np.minimum(ends[:, None], weeks) - np.maximum(begins[:, None], mondays)
    piece, slot = np.nonzero(shared > LEAST_HOURS)
    return pd.DataFrame(
        {
            "place": work.index.to_numpy()[piece],
            "week": used["week"].to_numpy()[slot],
            "phase": used["phase"].to_numpy()[slot],
            "hours": shared[piece, slot],
        }
    )
