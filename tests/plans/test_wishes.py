"""Wishes that cannot all be had: the least change is that of trying everything."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from geoprio.config.resources import Crew, Stand
from geoprio.errors import ConfigError
from geoprio.plans.limits import problem_of, refuse_conflicts
from geoprio.reports.proposal import plan_of_run
from geoprio.runs import Run
from geoprio.words import Phrase

Faults = dict[str, dict[str, object]]


def faults_of(error: ConfigError) -> Faults:
    phrases = [one for one in error.faults if isinstance(one, Phrase)]
    return {one.key: dict(one.values) for one in phrases}


@pytest.mark.parametrize("seed", range(12))
def test_the_least_change_is_that_of_trying_everything(demo_result: Run, seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = plan_of_run(demo_result)
    phases = tuple(
        one.model_copy(update={"channels": ("canvass", "stand")})
        for one in base.phases
        if one.election is not None
    )[:2]
    phases = tuple(
        one.model_copy(update={"election": name})
        for one, name in zip(phases, ("region", "riksdag"), strict=True)
    )
    stand = Stand(hours=8.0, met_per_hour=3.0, most_areas=1, source="a made example")
    crew = Crew(people=1, evenings_per_week=1.0, hours_per_evening=2.0)
    plan = base.model_copy(
        update={"phases": phases, "stand": stand, "crew": crew, "crews": {}, "locks": ()}
    )
    things = [("a", "canvass"), ("b", "canvass"), ("c", "stand"), ("d", "stand"), ("e", "canvass")]
    rows = [
        {"area_code": code, "channel": channel, "election": election, "effort": effort, "hours": h}
        for code, channel in things
        for election in ("region", "riksdag")
        for effort, h in zip(("half", "whole"), np.sort(rng.uniform(2, 22, 2)), strict=True)
    ]
    efforts = pd.DataFrame(rows).assign(association="A", cost_sek=0.0, target_persons_count=1.0)
    efforts["worth"] = efforts["hours"]
    wishes = efforts[["area_code", "channel"]].drop_duplicates().assign(wish="in")
    had = {one.election: 2.0 * len(one.weeks) for one in phases}
    each = [[row for row in rows if row["area_code"] == code] for code, _ in things]

    def lacking(kept: tuple[int, ...]) -> float:
        """Return the fewest hours more for some of the wishes, by trying every way."""
        found = np.inf
        for way in product(*(each[at] for at in kept)):
            used = {
                name: sum(one["hours"] for one in way if one["election"] == name) for name in had
            }
            found = min(found, sum(max(used[name] - had[name], 0.0) for name in had))
        return float(found)

    stands = [at for at, (_, channel) in enumerate(things) if channel == "stand"]
    possible = [
        kept
        for count in range(len(things) + 1)
        for kept in combinations(range(len(things)), count)
        if lacking(kept) < 1e-6 and len(set(kept) & set(stands)) <= 1
    ]
    fewest = len(things) - max(map(len, possible))
    assert fewest > 0
    names = pd.Series({code: code for code, _ in things})
    with pytest.raises(ConfigError) as told:
        refuse_conflicts(efforts, plan, wishes, problem_of(efforts, plan, wishes, {}), names)
    found = faults_of(told.value)
    given_up = found["wishes_over_stands"]["areas"]
    assert isinstance(given_up, list)
    assert len(given_up) == fewest
    kept = tuple(at for at, (code, _) in enumerate(things) if code not in given_up)
    assert kept in possible
    least = lacking(tuple(range(len(things))))
    over = found.get("wishes_over_hours", {"over": 0.0})["over"]
    assert over == pytest.approx(least, abs=1e-6)
