"""A run's plan as it is proposed or decided, with what everything that is told of it is made of."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from geoprio.config.resources import Plan
from geoprio.errors import ConfigError
from geoprio.files.table import PLACE
from geoprio.plans.efforts import DISTRIBUTION, weeks_of
from geoprio.plans.postal import week_days
from geoprio.plans.prices import wish_prices
from geoprio.plans.programme import NO_WISHES, Programme, programme
from geoprio.plans.visits import NO_WORKPLACES
from geoprio.reports.edition_page import edition_weeks
from geoprio.reports.stops import Stops
from geoprio.reports.trial import Trial, trial_of
from geoprio.runs import Run
from geoprio.words import text


@dataclass(frozen=True)
class Decision:
    """When a plan was decided, and where that stands."""

    day: str
    paragraph: str


@dataclass(frozen=True, eq=False)
class Planned:
    """A run's plan, and what is told of it."""

    run: Run
    made: Programme
    asked: pd.DataFrame = field(default_factory=lambda: NO_WISHES)
    """Wishes beside the campaign's own, each with its `price`."""
    decision: Decision | None = None
    trial: Trial | None = None
    """What is left alone by lot, where leadership has decided it."""
    workplaces: pd.DataFrame = field(default_factory=lambda: NO_WORKPLACES)
    """What trade associations may visit."""

    @cached_property
    def stops(self) -> Stops:
        """Where people meet and stand, the tour, and visits to workplaces."""
        return Stops(self.run, self.made, self.workplaces)

    @property
    def round_areas(self) -> pd.DataFrame:
        """Which small area is walked in which round."""
        return self.stops.round_areas

    @property
    def status(self) -> str:
        """Whether it is a proposal, out for consultation, or decided, in words."""
        language, one = self.run.language, self.decision
        if one:
            return text("plan_decided", language, day=one.day, paragraph=one.paragraph)
        return text(f"plan_{self.made.plan.status}", language)

    @property
    def example(self) -> str:
        """What is said where people and hours are invented; empty where they are not."""
        return text("plan_example", self.run.language) if self.made.plan.example else ""


def plan_of_run(run: Run) -> Plan:
    """Return the plan's frame in a run's campaign.

    Raises
    ------
    ConfigError
        The campaign has none.
    """
    if run.campaign.plan is None:
        raise ConfigError("campaign_without_plan", campaign=run.campaign.name)
    return run.campaign.plan


def planned(run: Run, *, plan: Plan | None = None, wishes: pd.DataFrame = NO_WISHES) -> Planned:
    """Return the plan of a finished run: which areas, how, when, and what each wish costs.

    Parameters
    ----------
    run
        A finished run.
    plan
        People, hours and calendar; those of the run's campaign where left out.
    wishes
        `area_code`, `channel` and `wish` ("in" or "out").

    Returns
    -------
    planned
        `made.table` is PLAN, `made.weeks` the hours by week, `asked` the wishes with their price.

    Raises
    ------
    GeoprioError
        The campaign has no plan, or wishes cannot all be had: which, and the least change.

    Examples
    --------
    >>> import geoprio as gp
    >>> run = gp.read_run("data/processed/demo")
    >>> made = gp.planned(run).made
    >>> weeks = made.weeks.groupby(["association", "week"])["hours"].sum()
    >>> bool((weeks <= 10.001).all())
    True
    """
    plan = plan or plan_of_run(run)
    places, early = _places(run, plan), _early(run)
    made = programme(run.grounds, places, plan, early=early)
    named = [*wishes["area_code"], *(lock.area_code for lock in plan.locks), *plan.wanted]
    trial = trial_of(run, made, named) if plan.holdouts else None
    asked = pd.concat([wishes, *([trial.left] if trial else [])], ignore_index=True)
    if asked.empty:
        return Planned(run, made)
    changed = programme(run.grounds, places, plan, early=early, wishes=asked)
    priced = NO_WISHES if wishes.empty else _priced(made, wishes)
    return Planned(run, changed, priced, trial=trial)


def _priced(made: Programme, wishes: pd.DataFrame) -> pd.DataFrame:
    """Return what each wish costs by itself; 0 where the plan is so without it."""
    pairs = made.efforts[["area_code", "channel"]].assign(thing=made.things).drop_duplicates()
    numbers = wishes.merge(pairs, how="left")["thing"]
    told = wish_prices(made, numbers.dropna().unique().astype(np.intp))
    found = wishes.merge(told[["area_code", "channel", "wish", "price"]], how="left")
    return found.fillna({"price": 0.0})


def _places(run: Run, plan: Plan) -> pd.DataFrame:
    """Return each area's place, and what a conversation there is worth beside the average one."""
    advice = run.scored.advice
    ends = advice[["conversation_low_relative", "conversation_high_relative"]].astype(float)
    places = pd.DataFrame(run.scored.places[[*PLACE, "municipality_code"]])
    yields = np.sqrt(ends.prod(axis=1, skipna=False))
    return places.assign(relative_yield=yields, mailed=_mailed(run, plan).reindex(places.index))


def _mailed(run: Run, plan: Plan) -> pd.Series:
    """Return by area the elections of the phases with leaflets in which a mailing lands there."""
    basis, weeks = run.campaign.election.basis, edition_weeks(run, plan)
    mondays = {day: str(one.election or basis) for one, day in weeks_of(plan, DISTRIBUTION)}
    own = run.mailing[["edition", "wave"]].dropna()
    days = {
        (edition, wave + 1.0): week_days(week)[0]
        for edition, named in weeks.items()
        for wave, week in enumerate(named)
    }
    landed = pd.Series(pd.MultiIndex.from_frame(own).map(days), own.index).map(mondays).dropna()
    return landed.groupby(level=0).agg(lambda one: tuple(sorted(set(one))))


def _early(run: Run) -> list[str]:
    lists = run.frames["organising"]
    return [str(code) for code in lists.loc[lists["list"] == "early", "area_code"]]
