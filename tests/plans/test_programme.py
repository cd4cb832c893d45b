"""The plan of a finished run: laws of hours, weeks, floors, wishes and prices."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from check_plan import share_of, true_share, truly_reached

from geoprio.config import MailingEdition
from geoprio.config.resources import Crew, Floor, Lock, Plan
from geoprio.errors import ConfigError
from geoprio.plans.efforts import HOURLY, strands, with_elections
from geoprio.plans.prices import fairness, unlike_plans, wish_prices
from geoprio.plans.programme import Programme
from geoprio.plans.reach import edition_reach
from geoprio.plans.schedule import demands
from geoprio.reports.proposal import Planned, plan_of_run, planned
from geoprio.runs import Run
from geoprio.tables import NORMAL_90


def changed(run: Run, **other: object) -> Plan:
    """Return the plan's frame of a run with other keys."""
    return plan_of_run(run).model_copy(update=other)


@pytest.fixture(scope="module")
def made(demo_result: Run) -> Programme:
    return planned(demo_result).made


def test_no_home_gets_leaflets_beside_the_mailing_unless_it_is_wished_for(
    demo_result: Run, made: Programme
) -> None:
    mailed = made.places["mailed"].dropna()
    assert set(mailed.index) == set(demo_result.mailing.index)
    leaflets = made.efforts[made.efforts["channel"] == "distribution"]
    assert not leaflets["area_code"].isin(mailed.index).any()
    code = str(mailed.index[made.places.loc[mailed.index, "association"].notna()][0])
    lock = Lock(area_code=code, channel="distribution", wish="in")
    rich = changed(demo_result, locks=(lock,), material_sek=1e6, crew=Crew(people=200), crews={})
    other = planned(demo_result, plan=rich).made
    given = other.chosen[other.chosen["channel"] == "distribution"]["area_code"]
    assert set(given) & set(mailed.index) == {code}


def test_each_edition_that_lands_beside_leaflets_keeps_them_away(demo_result: Run) -> None:
    """An area that two editions go to has leaflets about neither election."""
    first, second = demo_result.mailing.index[:2]
    editions = [
        {"name": "region", "election": "region", "weeks": ["2030 v. 10"]},
        {"name": "riksdag", "election": "riksdag", "weeks": ["2030 v. 33", "2030 v. 34"]},
    ]
    rows = demo_result.mailing.loc[[first, second, second]].assign(
        edition=["region", "region", "riksdag"], wave=[1.0, 1.0, 2.0]
    )
    campaign = demo_result.settings["campaign"]
    mailing = {**campaign["mailing"], "editions": editions}
    settings = {**demo_result.settings, "campaign": {**campaign, "mailing": mailing}}
    run = Run.of(
        {**demo_result.record, "settings": settings}, {**demo_result.frames, "mailing": rows}
    )
    all_ways = ("canvass", "stand", "distribution")
    phases = tuple(
        one.model_copy(update={"channels": all_ways if one.election else ("organise",)})
        for one in plan_of_run(run).phases
    )
    mailed = planned(run, plan=changed(run, phases=phases)).made
    assert mailed.places["mailed"].dropna().to_dict() == {
        first: ("region",),
        second: ("region", "riksdag"),
    }
    given = mailed.efforts[mailed.efforts["channel"] == "distribution"]
    there = given.groupby("area_code")["election"].agg(set)
    assert there[first] == {"riksdag"}
    assert second not in there


def test_every_association_with_hours_has_something_to_do(made: Programme) -> None:
    assert set(made.chosen["association"]) == set(made.places["association"].dropna())
    assert made.table["order"].min() == 1
    assert made.chosen.groupby(["area_code", "channel"]).size().max() == 1


def test_a_wish_costs_what_the_plan_with_it_loses(demo_result: Run, made: Programme) -> None:
    near = wish_prices(made)
    finite = near[np.isfinite(near["price"])]
    for row in finite.head(1).to_dict("records"):
        asked = pd.DataFrame([{key: row[key] for key in ("area_code", "channel", "wish")}])
        one: Planned = planned(demo_result, wishes=asked)
        lost = made.found.value - one.made.found.value
        assert row["price"] == pytest.approx(lost, rel=1e-3, abs=made.found.value * 5e-6)
        assert one.asked["price"].tolist() == pytest.approx([row["price"]])


def test_wishes_beyond_the_hours_say_how_much_is_lacking_and_what_to_give_up(
    demo_result: Run, made: Programme
) -> None:
    name = made.places["association"].value_counts().index[0]
    own = made.efforts[made.efforts["association"] == name]
    codes = own.loc[own["channel"] == "canvass", "area_code"].unique()
    locks = tuple(Lock(area_code=code, channel="canvass", wish="in") for code in codes)
    few = {**plan_of_run(demo_result).crews, name: Crew(people=2, evenings_per_week=0.5)}
    plan = changed(demo_result, locks=locks, crews=few)
    with pytest.raises(
        ConfigError, match=r"the wishes take at least \d+ hours and there is no room"
    ) as told:
        planned(demo_result, plan=plan)
    assert name in str(told.value)
    assert "timmar till behövs, eller stryk" in told.value.told("sv")


def test_wishes_for_what_there_is_not_are_refused(demo_result: Run) -> None:
    none = pd.DataFrame([{"area_code": "9999", "channel": "canvass", "wish": "in"}])
    with pytest.raises(ConfigError, match="9999, canvass: cannot be in the plan"):
        planned(demo_result, wishes=none)
    code = planned(demo_result).made.chosen["area_code"].iloc[-1]
    both = pd.DataFrame(
        [{"area_code": code, "channel": "stand", "wish": wish} for wish in ("in", "out")]
    )
    with pytest.raises(ConfigError, match="both in and out"):
        planned(demo_result, wishes=both)


def test_floors_that_cannot_be_met_are_named_and_move_what_associations_get(
    demo_result: Run, made: Programme
) -> None:
    high = (Floor(per="municipality", share=0.9, channel="canvass"),)
    steep = planned(demo_result, plan=changed(demo_result, floors=high)).made
    assert steep.short
    assert fairness(steep)["gain_count"].abs().sum() > 0
    assert (fairness(made)["gain_count"] == 0).all()


def test_other_plans_are_within_a_hundredth_and_differ(made: Programme) -> None:
    for found, moved in unlike_plans(made):
        assert found.value >= 0.99 * made.found.value - 1e-6
        assert len(moved) > 0


def test_what_is_pledged_to_the_union_is_not_planned_with() -> None:
    crew = Crew(people=4, evenings_per_week=2.0, hours_per_evening=2.5, pledged_hours=5.0)
    assert crew.hours_per_week == 15
    assert Crew(people=1, pledged_hours=9.0).hours_per_week == 0


def test_sets_of_channels_hold_as_many_weeks_as_they_span(demo_result: Run) -> None:
    plan = with_elections(plan_of_run(demo_result), "riksdag")
    told = dict(demands(plan, strands(plan)))
    canvass, leaflets, stand = ((one, "riksdag") for one in ("canvass", "distribution", "stand"))
    assert told[frozenset([leaflets])] == 3
    assert told[frozenset([canvass, leaflets])] == 6
    assert told[frozenset([canvass, leaflets, stand])] == 13
    # What is worked for another election has weeks of its own, and is never in one set with it.
    assert told[frozenset([("canvass", "region"), ("stand", "region")])] == 12
    assert all(len({election for _, election in one}) == 1 for one in told)


def test_work_for_an_election_is_of_its_electorate_and_in_its_phases(
    demo_result: Run, made: Programme
) -> None:
    elections = {phase.name: phase.election for phase in made.plan.phases}
    worked = made.weeks[made.weeks["channel"].isin(HOURLY)]
    assert (worked["phase"].map(elections) == worked["election"]).all()
    assert set(worked["election"]) == {"region", "riksdag"}
    whole = made.efforts[
        (made.efforts["channel"] == "canvass") & (made.efforts["effort"] == "whole")
    ]
    talks = whole.set_index(["area_code", "election"])["electors_count"].unstack()  # noqa: PD010
    rolls = {
        name: edition_reach(demo_result.grounds, MailingEdition(name=name, election=name)).areas
        for name in ("region", "riksdag")
    }
    sizes = {name: one["electors_count"].reindex(talks.index) for name, one in rolls.items()}
    # Of all adults who open a door, those who have a vote count.
    adults = demo_result.frame("counts")["adults_count"].reindex(talks.index)
    for name, size in sizes.items():
        share = (size / adults).clip(upper=1)
        told = whole[whole["election"] == name].set_index("area_code")
        met = told["doors_count"] * made.plan.doors.contact_share * share
        pd.testing.assert_series_equal(
            told["electors_count"].sort_index(), met.sort_index(), check_names=False
        )
    # Those who are no citizens have a vote there, and live where the target groups do.
    assert talks["region"].sum() > talks["riksdag"].sum()
    assert made.everyone["region"] > made.everyone["riksdag"]
    assert not made.chosen.duplicated(["area_code", "channel"]).any()


def test_an_area_that_is_known_better_has_its_own_access(demo_result: Run, made: Programme) -> None:
    doors = plan_of_run(demo_result).doors
    code = made.chosen.loc[made.chosen["channel"] == "canvass", "area_code"].iloc[0]
    shut = doors.model_copy(update={"access": {code: 0.1}})
    other = planned(demo_result, plan=changed(demo_result, doors=shut)).made
    rows = []
    for one in (made, other):
        table = one.efforts[one.efforts["area_code"] == code]
        table = table[table["election"] == "region"]
        rows.append(table[(table["channel"] == "canvass") & (table["effort"] == "whole")].iloc[0])
    was, now = rows
    homes = made.reaches["region"].areas.loc[code, "households_count"]
    assert now["doors_count"] == pytest.approx(0.1 * homes)
    assert now["doors_count"] < was["doors_count"]


def test_an_area_with_something_unknown_is_not_guessed_at(
    demo_result: Run, made: Programme
) -> None:
    code = made.efforts["area_code"].iloc[-1]
    areas = made.reaches["region"].areas
    assert set(made.efforts["area_code"]) <= set(areas.index[areas["households_count"] > 0])
    counts = demo_result.frame("indicators").copy()
    counts.loc[code, "households_count"] = np.nan
    frames = {**demo_result.frames, f"{demo_result.area_sets[0]}_indicators": counts}
    other = planned(Run.of(demo_result.record, frames)).made
    assert code not in set(other.efforts["area_code"])


def test_a_plan_carried_out_in_truth_reaches_what_its_interval_says(
    made: Programme, demo_result: Run, demo_raw: Path
) -> None:
    """One county of the forty that `docs/check_plan.py` carries out."""
    share = true_share(demo_raw, demo_result.locating)
    persons, error = made.reached
    assert 0 < error < 0.02 * persons
    assert abs(truly_reached(made, share) - persons) < 3 * error
    areas = made.chosen.drop_duplicates("area_code").dropna(subset="precision_se")
    off = (share_of(areas, share) - areas["precision"]).abs() / areas["precision_se"]
    assert 0.75 <= (off < NORMAL_90).mean() <= 1
