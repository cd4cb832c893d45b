"""Laws of every plan, on counties that are drawn: whatever it is asked, these hold."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geoprio.config import Text
from geoprio.config.resources import (
    EFFORTS,
    Crew,
    Distribution,
    Doors,
    Floor,
    Homes,
    Phase,
    Plan,
    Stand,
)
from geoprio.errors import ConfigError
from geoprio.plans.limits import floor_rows, problem_of, refuse_conflicts
from geoprio.plans.optimum import optimum
from geoprio.plans.programme import NO_WISHES, Programme
from geoprio.plans.reach import Reach

PHASES = (
    ("begin", "2030-03-04", "2030-03-31", ("canvass", "stand"), "region"),
    ("summer", "2030-06-03", "2030-06-16", ("stand",), "riksdag"),
    ("last", "2030-08-12", "2030-09-08", ("canvass", "distribution", "stand"), "riksdag"),
)
HOURS = {"canvass": (4.0, 40.0), "distribution": (2.0, 9.0), "stand": (5.0, 6.0)}
SEEDS = st.integers(0, 10_000)


def frame(**other: Any) -> Plan:  # noqa: ANN401 - whatever a plan has
    """Return a plan of three phases and two elections, in which 3 come for two hours a week."""
    homes, source = Homes(doors_per_hour=10.0), "a made example"
    phases = [
        Phase(name=n, label=Text(sv=n, en=n), starts=a, ends=b, channels=c, election=e)
        for n, a, b, c, e in PHASES
    ]
    keys: dict[str, Any] = {
        "election_day": "2030-09-08",
        "crew": Crew(people=3, hours_per_evening=2.0),
        "phases": tuple(phases),
        "doors": Doors(
            rental=homes, tenant_owned=homes, owned=homes, contact_share=0.4, source=source
        ),
        "distribution": Distribution(
            homes_per_hour=40.0, sek_per_home=1.0, worth=0.1, source=source
        ),
        "stand": Stand(hours=5.0, met_per_hour=8.0, most_areas=1, source=source),
        "material_sek": 500.0,
    }
    return Plan(**{**keys, **other})


def county(seed: int) -> tuple[pd.DataFrame, dict[str, Reach]]:
    """Return every effort that could be made in areas of two associations, and whom there is."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 8))
    codes = pd.Index([f"{at:02d}" for at in range(count)], name="area_code")
    places = pd.DataFrame({"association": rng.choice(["A", "B"], count)}, codes)
    places["municipality_code"] = rng.choice(["01", "02"], count)
    reaches, rows = {}, []
    for election in ("region", "riksdag"):
        shares = pd.DataFrame({"young": rng.uniform(0.05, 0.3, count)}, codes)
        areas = places.assign(electors_count=rng.uniform(300, 2000, count))
        areas["target_persons_count"] = areas["electors_count"] * rng.uniform(0.2, 0.8, count)
        parts = pd.DataFrame({"young": 0.02}, codes)
        reaches[election] = Reach(areas, shares, parts, ["young"])
        for channel, (least, most) in HOURS.items():
            if (channel, election) == ("distribution", "region"):
                continue
            for size, effort in enumerate(EFFORTS if channel == "canvass" else EFFORTS[1:2], 1):
                met = rng.uniform(0.05, 0.12, count) * size * areas["electors_count"]
                persons = met * areas["target_persons_count"] / areas["electors_count"]
                rows.append(
                    places.assign(
                        channel=channel,
                        election=election,
                        effort=effort.name,
                        hours=rng.uniform(least, most, count) * (1 + size),
                        cost_sek=100.0 * (channel == "distribution"),
                        electors_count=met,
                        target_persons_count=persons,
                        worth=persons * (0.1 if channel == "distribution" else 1.0),
                    )
                )
    order = ["association", "channel", "area_code", "election", "hours"]
    table = pd.concat(rows).reset_index().sort_values(order, ignore_index=True)
    return table.assign(
        doors_count=1.0, households_count=1.0, precision=0.5, precision_se=0.1
    ), reaches


def made(seed: int, plan: Plan, wishes: pd.DataFrame = NO_WISHES) -> Programme:
    """Return the plan of a drawn county."""
    efforts, reaches = county(seed)
    places = reaches["region"].areas.assign(area_name=lambda one: one.index)
    problem = problem_of(efforts, plan, wishes, reaches)
    refuse_conflicts(efforts, plan, wishes, problem, places["area_name"])
    return Programme(plan, places, efforts, problem, optimum(problem), reaches, wishes)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.sampled_from(["association", "municipality", "group"]))
def test_an_effort_gives_a_floor_its_share_of_those_whom_its_own_election_has(
    seed: int, per: str
) -> None:
    efforts, reaches = county(seed)
    for floor, name, gives, least in floor_rows(
        efforts, frame(floors=(Floor(per=per, share=0.3),)), reaches
    ):
        for election, reach in reaches.items():
            column = {"association": per, "municipality": "municipality_code"}.get(per)
            own = (
                reach.areas.index
                if column is None
                else reach.areas.index[reach.areas[column] == name]
            )
            persons = reach.areas["target_persons_count"]
            if column is None:
                persons = reach.areas["electors_count"] * reach.shares[name]
            here = efforts[(efforts["election"] == election) & efforts["area_code"].isin(own)]
            part = persons[own] / reach.areas["electors_count"][own]
            met = here["electors_count"] * here["area_code"].map(part) / persons[own].sum()
            np.testing.assert_allclose(gives[here.index] / (least / floor.share), met)


def test_a_floor_of_nobody_is_refused() -> None:
    for floor in (
        Floor(per="association", name="C", share=0.1),
        Floor(per="group", name="old", share=0.1),
    ):
        with pytest.raises(ConfigError, match="is nothing that the plan counts"):
            made(1, frame(floors=(floor,)))


def test_a_floor_of_what_no_phase_has_is_refused() -> None:
    phases = tuple(one for one in frame().phases if "canvass" not in one.channels)
    floor = Floor(per="association", channel="canvass", share=0.1)
    with pytest.raises(ValidationError, match="no phase has canvass"):
        frame(phases=phases, floors=(floor,))
    assert frame(phases=phases, floors=(Floor(per="association", share=0.1),)).floors
