"""When the work is done: hours by week, so that no week takes more than there are people for."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from geoprio.config.resources import Plan
from geoprio.plans.efforts import weeks_of

ROUNDING = 1e-9
LEAST_HOURS = 1e-6
"""Hours below it are the computer's rounding."""


def demands(plan: Plan, channels: Sequence[str]) -> Iterator[tuple[frozenset[str], int]]:
    """Yield sets of channels, and in how many weeks any of them is worked.

    Work can be laid out over the weeks exactly where no set of channels takes more hours than its
    weeks have (Hall's condition); of sets with the same weeks the largest says it all.
    """
    weeks = {name: {week for _, week in weeks_of(plan, name)} for name in channels}
    own = [name for name in channels if weeks[name]]
    sets = (frozenset(one) for n in range(len(own)) for one in combinations(own, n + 1))
    largest: dict[frozenset[str], frozenset[str]] = {}
    for one in sets:
        spanned = frozenset[str]().union(*(weeks[name] for name in one))
        largest[spanned] = max(largest.get(spanned, one), one, key=len)
    for spanned, one in largest.items():
        yield one, len(spanned)


def weekly(work: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the hours of each piece of work by week, the earliest that there are.

    Parameters
    ----------
    work
        `association`, `channel` and `hours`, in the order in which an association does them.
    plan
        The campaign's; its weeks have the hours for all the work (`demands`).

    Returns
    -------
    weeks
        `place` (the row of `work`), `week` (its Monday, ISO 8601), `phase` and `hours`; no
        association works more hours in a week than it has.
    """
    totals = work.groupby(["association", "channel"], sort=True)["hours"].sum()
    slots = _slots(totals, plan)
    filled = slots.assign(hours=_laid_out(slots, totals, plan))
    parts = [
        in_turn(own, filled[(filled["association"] == name) & (filled["channel"] == channel)])
        for (name, channel), own in work.groupby(["association", "channel"], sort=True)
    ]
    columns = ["place", "week", "phase", "hours"]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return found.sort_values(["place", "week"], kind="stable", ignore_index=True)[columns]


def _slots(totals: pd.Series, plan: Plan) -> pd.DataFrame:
    """Return every week of every channel that an association works in."""
    rows = [
        (number, name, channel, phase.name, week)
        for number, (name, channel) in enumerate(totals.index)
        for phase, week in weeks_of(plan, str(channel))
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
    found = milp(
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
