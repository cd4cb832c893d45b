"""A mailing beside floors and locks: brute force as witness, and the plan of a finished run."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from geoprio.config.resources import Floor, Lock
from geoprio.errors import ConfigError
from geoprio.plans import Grounds, plan_mailing
from geoprio.plans.choice import Bound, Limit, choose_bound, choose_mailing
from geoprio.plans.mailing import short_floors
from geoprio.reports.proposal import plan_of_run
from geoprio.runs import Run


def letters(seed: int, count: int = 11) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    homes = rng.integers(200, 900, count).astype(float)
    electors = homes * rng.uniform(1.2, 1.9, count)
    index = pd.Index([f"{number:03d}" for number in range(count)], name="area_code")
    return pd.DataFrame(
        {
            "households_count": homes,
            "electors_count": electors,
            "target_persons_count": electors * rng.beta(4, 6, count),
        },
        index,
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_choice_beside_floors_and_locks_is_the_best_of_all(seed: int) -> None:
    areas = letters(seed)
    targets, homes = areas["target_persons_count"], areas["households_count"]
    half = targets.where(np.arange(len(areas)) % 2 == 0, 0.0)
    locked = pd.Series({"001": 1, "002": -1})
    bound = Bound(half.to_frame().T, np.array([0.5 * half.sum()]), locked)
    chosen = choose_bound(areas, Limit(households=2500), bound)
    dear = targets.sum() / bound.least[0]
    best = -np.inf
    for flags in product([0, 1], repeat=len(areas)):
        one = np.array(flags)
        if one[1] == 1 and one[2] == 0 and homes @ one <= 2500:
            lacks = max(bound.least[0] - half @ one, 0.0)
            best = max(best, targets @ one - dear * lacks)
    lacks = max(bound.least[0] - half @ chosen, 0.0)
    assert targets @ chosen - dear * lacks == pytest.approx(best, rel=1e-6)
    assert chosen["001"]
    assert not chosen["002"]


@pytest.mark.parametrize("limit", [Limit(households=2500), Limit(precision=0.45)])
def test_without_floors_and_locks_it_is_the_knapsacks_choice(limit: Limit) -> None:
    areas = letters(7)
    free = Bound(pd.DataFrame(columns=areas.index), np.zeros(0), pd.Series(dtype=float))
    worth = areas["households_count" if limit.precision else "target_persons_count"]
    ours, theirs = choose_bound(areas, limit, free), choose_mailing(areas, limit)
    assert worth[ours].sum() == pytest.approx(worth[theirs].sum(), rel=1e-6)


def test_what_is_locked_in_beyond_the_budget_says_how_much_more() -> None:
    areas = letters(3)
    locked = pd.Series(1, areas.index)
    none = pd.DataFrame(columns=areas.index)
    over = areas["households_count"].sum() - 2500
    with pytest.raises(ConfigError, match=f"11 locked areas take {over:.0f} households more"):
        choose_bound(areas, Limit(households=2500), Bound(none, np.zeros(0), locked))
    with pytest.raises(ConfigError, match="nowhere, mailing: cannot be in the plan"):
        locked = pd.Series({"nowhere": 1})
        choose_bound(areas, Limit(households=2500), Bound(none, np.zeros(0), locked))


def bounded(run: Run, **other: object) -> Grounds:
    plan = plan_of_run(run).model_copy(update=other)
    return replace(run.grounds, campaign=run.campaign.model_copy(update={"plan": plan}))


def test_floors_and_locks_of_the_plan_bind_the_runs_mailing_and_no_hours(demo_result: Run) -> None:
    free = plan_mailing(demo_result.grounds)
    first = free["order"].idxmin()
    owner, homes = (
        demo_result.scored.areas["association"],
        demo_result.scored.indicators["households_count"],
    )
    sizes = homes.groupby(owner).sum().drop(owner[free.index].unique())
    floor = Floor(per="association", name=str(sizes.idxmin()), channel="mailing", share=0.1)
    lock = Lock(area_code=first, channel="mailing", wish="out")
    grounds = bounded(demo_result, floors=(floor,), locks=(lock,))
    plan = grounds.campaign.plan
    assert plan is not None
    made = plan_mailing(grounds)
    assert first not in made.index
    assert short_floors(grounds, plan, made) == []
    assert made["target_persons_count"].sum() <= free["target_persons_count"].sum() * (1 + 1e-6)
    assert made["cost_sek"].sum() <= demo_result.campaign.mailing.budget_sek
    assert plan.worked.floors == ()
    assert plan.worked.locks == ()
    steep = bounded(demo_result, floors=(floor.model_copy(update={"share": 1.0, "name": None}),))
    assert steep.campaign.plan is not None
    short = short_floors(steep, steep.campaign.plan, plan_mailing(steep))
    assert short
    assert all(lacks > 0 for *_, lacks in short)
