"""The plan of associations' hours: which areas, how and when, and how good that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.config.resources import Floor, Plan
from geoprio.errors import ConfigError
from geoprio.plans.efforts import (
    DISTRIBUTION,
    HOURLY,
    KEYS,
    ORGANISE,
    WHOLE,
    efforts,
    reach_of,
    season_hours,
    with_elections,
)
from geoprio.plans.limits import (
    SHORT,
    WISHES,
    floor_rows,
    numbered,
    problem_of,
    refuse_conflicts,
    with_wanted,
)
from geoprio.plans.optimum import Found, Problem, greedy, optimum
from geoprio.plans.reach import Grounds, Reach, summed_error
from geoprio.plans.schedule import weekly
from geoprio.tables import PLAN, check

NO_WISHES = pd.DataFrame(columns=WISHES, dtype=str)


@dataclass(frozen=True, eq=False)
class Programme:
    """What associations do with their hours."""

    plan: Plan
    places: pd.DataFrame
    """By area `area_name`, `association`, `municipality_code` and `relative_yield`."""
    efforts: pd.DataFrame
    """Every effort that could be made, a choice each."""
    problem: Problem
    found: Found
    reaches: dict[str, Reach]
    """By election."""
    wishes: pd.DataFrame
    """What is locked in and out."""

    @cached_property
    def things(self) -> npt.NDArray[np.intp]:
        """Which area and channel each effort is of, numbered."""
        return numbered(self.efforts, ["area_code", "channel"])

    @cached_property
    def rival(self) -> Found:
        """What whoever upgrades by worth for hours reaches."""
        return greedy(self.problem, self.things, numbered(self.efforts, ["area_code", *KEYS[:2]]))

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """The efforts that are made, in each association's order: most for an hour first."""
        own = self.efforts[self.found.chosen > 0.5]
        # An area for organising has no worth beside others, and comes first.
        rank = pd.DataFrame({"later": own["channel"] != ORGANISE, "rate": own["worth"]})
        rank["rate"] /= -own["hours"]
        ranked = own.join(rank).sort_values(["association", "later", "rate"], kind="stable")
        return ranked.drop(columns=["later", "rate"]).reset_index(drop=True)

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """`area_code`, `association`, `channel`, `effort`, `week`, `phase` and `hours`."""
        own = self.chosen[["area_code", "association", *KEYS]]
        return own.join(weekly(self.chosen, self.plan).set_index("place"), how="inner")

    @cached_property
    def everyone(self) -> dict[str, float]:
        """Share (0-1) of target persons among all electors, by election: what to hit more than."""
        sums = {
            name: one.areas[["target_persons_count", "electors_count"]].sum()
            for name, one in self.reaches.items()
        }
        return {name: float(one.iloc[0] / one.iloc[1]) for name, one in sums.items()}

    @cached_property
    def reached(self) -> tuple[float, float]:
        """Contacts with target persons in all, and their standard error; see `summed_error`."""
        own = self.chosen[self.chosen["channel"].isin(HOURLY)]
        met = own.pivot_table("electors_count", "area_code", "election", "sum", fill_value=0.0)
        error = summed_error(self.reaches, met) if len(met) else 0.0
        return float(own["target_persons_count"].sum()), error

    @cached_property
    def table(self) -> pd.DataFrame:
        """PLAN: a row for each area and channel, with its first week and its `order`."""
        return check(_plan_rows(self), PLAN)

    @cached_property
    def short(self) -> list[tuple[Floor, str, float]]:
        """Floors that are not met, with whom each is of and how many target persons it lacks."""
        rows = floor_rows(self.efforts, self.plan.worked, self.reaches)
        lacks = self.problem.short(self.found.chosen)
        found = ((floor, name, float(lacks[at])) for at, (floor, name, *_) in enumerate(rows))
        return [one for one in found if one[2] > SHORT]


def programme(
    grounds: Grounds,
    places: pd.DataFrame,
    plan: Plan,
    *,
    wishes: pd.DataFrame = NO_WISHES,
    early: Sequence[str] = (),
) -> Programme:
    """Return the best use of every association's hours.

    Parameters
    ----------
    grounds, places
        As in `efforts`; of places also `mailed`, the elections of the phases with leaflets in which
        a mailing lands there, if any: no home gets paper twice about one, unless it is wished for.
    plan
        The campaign's.
    wishes
        `area_code`, `channel` and `wish` ("in" or "out"), beside the plan's own locks.
    early
        Areas for early organising, the first first.

    Raises
    ------
    ConfigError
        There is nothing to plan, or wishes cannot all be had: which, and the least change that
        makes them possible.
    """
    plan = with_elections(plan, grounds.campaign.election.basis)
    parts = [_organised(places, plan, early), efforts(grounds, places, plan)]
    # An empty frame has no kind of its own, and would take that of the other.
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    if table.empty:
        raise ConfigError("plan_of_nothing")
    wishes = pd.concat([_locks(plan), wishes[WISHES]]).drop_duplicates(ignore_index=True)
    table = table[~_twice(table, places["mailed"], wishes)].reset_index(drop=True)
    wishes = with_wanted(table, plan, wishes)
    reaches = {
        name: replace(one, areas=one.areas.join(places[["association", "municipality_code"]]))
        for name, one in reach_of(grounds, plan).items()
    }
    problem = problem_of(table, plan.worked, wishes, reaches)
    refuse_conflicts(table, plan, wishes, problem, places["area_name"])
    return Programme(plan, places, table, problem, optimum(problem), reaches, wishes)


def _twice(table: pd.DataFrame, mailed: pd.Series, wishes: pd.DataFrame) -> pd.Series:
    """Return which efforts are leaflets to homes that a mailing reaches about the same election."""
    landed = mailed.explode().dropna()
    pairs = pd.MultiIndex.from_frame(table[["area_code", "election"]])
    leaflets = (table["channel"] == DISTRIBUTION) & pairs.isin(list(landed.items()))
    own = wishes[(wishes["wish"] == "in") & (wishes["channel"] == DISTRIBUTION)]
    return leaflets & ~table["area_code"].isin(own["area_code"])


def _locks(plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(
        [lock.model_dump() for lock in plan.worked.locks], columns=WISHES, dtype=str
    )


def _organised(places: pd.DataFrame, plan: Plan, early: Sequence[str]) -> pd.DataFrame:
    """Return the areas for early organising that associations have hours for, as efforts."""
    rates = plan.organise
    own = places.loc[[code for code in early if code in places.index]].dropna(subset="association")
    if rates is None or own.empty:
        return pd.DataFrame()
    number = own.groupby("association", sort=False).cumcount()
    hours = own["association"].map(lambda name: season_hours(plan, ORGANISE, name))
    kept = own[(number < rates.most_areas) & (rates.hours * (number + 1) <= hours)]
    unknown = ["doors_count", "households_count", "electors_count", "target_persons_count"]
    return (
        kept[["association", "municipality_code"]]
        .assign(
            channel=ORGANISE,
            election="",
            effort=WHOLE,
            hours=rates.hours,
            cost_sek=0.0,
            **dict.fromkeys([*unknown, "precision", "precision_se"], np.nan),
            worth=0.0,
        )
        .rename_axis("area_code")
        .reset_index()
    )


def _plan_rows(made: Programme) -> pd.DataFrame:
    first = made.weeks.groupby(level=0)[["week", "phase"]].first()
    rows = made.chosen.join(first)
    rows["precision_everyone"] = rows["election"].map(made.everyone)
    rows["lift"] = rows["precision"] / rows["precision_everyone"]
    rows["order"] = rows.groupby("association").cumcount() + 1.0
    rows["wave"] = np.nan
    kept = rows.drop(columns=["municipality_code", "election", "worth", "precision_se"])
    return kept.set_index("area_code").sort_index(kind="stable")
