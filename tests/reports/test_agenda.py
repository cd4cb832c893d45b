"""The plan on the maps: its own sums and weeks, each association its own; decided, it stays."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.config.resources import Crew
from geoprio.files.maps import build_maps
from geoprio.files.maps.layers import MapWork
from geoprio.reports.agenda import map_work
from geoprio.reports.headline import association_headline, headline
from geoprio.reports.map import association_maps
from geoprio.reports.papers import work_shown
from geoprio.reports.plan_files import freeze, write_plan
from geoprio.reports.proposal import Decision, Planned, plan_of_run, planned
from geoprio.reports.rounds import KEY, round_weeks
from geoprio.runs import Run, read_run
from geoprio.sources.activity import FILE, NOTHING_DONE, done_at
from geoprio.tables import DONE
from tests.unpacked import payload_of


@pytest.fixture(scope="module")
def one(demo_result: Run) -> Planned:
    return planned(demo_result)


@pytest.fixture(scope="module")
def work(one: Planned) -> MapWork:
    return map_work(one, NOTHING_DONE)


@pytest.mark.parametrize("channel", ["stand", "organise"])
def test_a_plan_without_doors_is_on_the_map_too(demo_result: Run, channel: str) -> None:
    plan = demo_result.campaign.plan
    assert plan
    phases = [one.model_copy(update={"channels": (channel,)}) for one in plan.phases]
    made = planned(demo_result, plan=plan.model_copy(update={"phases": tuple(phases)}))
    shown = map_work(made, NOTHING_DONE)
    assert set(shown.tasks["channel"]) - {"mailing"} == {channel}
    assert shown.rounds.empty


def test_the_map_has_every_hour_and_door_of_the_plan_in_its_own_week(
    one: Planned, work: MapWork
) -> None:
    sums = ["hours", "doors_count"]
    told = work.tasks[work.tasks["channel"] != "mailing"].groupby("channel")[sums].sum()
    planned_sums = one.made.chosen.groupby("channel")[sums].sum()
    pd.testing.assert_frame_equal(told, planned_sums, check_index_type=False)
    for frame in (work.tasks[work.tasks["channel"] != "mailing"], work.rounds):
        spent = [sum(weeks.values()) for weeks in frame["week"]]
        assert np.allclose(spent, frame["hours"])
    by_week = pd.DataFrame([*work.tasks["week"]]).sum()
    week_hours = one.made.weeks.groupby("week")["hours"].sum()
    assert np.allclose(by_week.reindex(week_hours.index), week_hours)
    assert list(work.weeks) == sorted(work.weeks)
    mailed = work.tasks[work.tasks["channel"] == "mailing"]
    assert mailed["households_count"].sum() == one.run.mailing["households_count"].sum()


def test_an_area_is_walked_in_the_weeks_of_its_rounds(one: Planned, work: MapWork) -> None:
    weeks = round_weeks(one.round_areas, one.made).groupby(KEY)["week"].agg(set)
    for _, task in work.tasks[work.tasks["channel"] == "canvass"].iterrows():
        inside = one.round_areas[one.round_areas.index.map(work.homes) == task["area_code"]]
        keys = set(inside[KEY].itertuples(index=False, name=None))
        assert set(task["week"]) == set().union(*(weeks[key] for key in keys))
    assert set(work.members.index) == set(one.round_areas.index)


def test_an_association_meets_its_own_rounds_and_where_to_begin(
    demo_result: Run, work: MapWork
) -> None:
    """`build_maps` refuses what is another's; names and areas of others are not on the page."""
    levels, layers, pages = association_maps(demo_result, work=replace(work, left=("x",)))
    first = dict(list(pages.items())[:2])
    maps = build_maps(levels, layers, pages=first.values())
    for page, map_ in zip(first.values(), maps, strict=True):
        told = payload_of(str(map_.get_root().render()))["work"]
        own = work.rounds[work.rounds["association"] == page.association]
        assert told["rounds"]["name"] == own["round_name"].tolist()
        assert told["rounds"]["number"] == list(range(1, len(own) + 1))
        assert max(max(places) for places in told["members"]) == len(own) - 1
        assert told["left"] == []
        assert told["begin"] == work.begins[page.association]
        assert page.headline.begin == told["begin"]
        assert "Kvällens svar" not in page.headline.sentence
        assert len(told["tasks"]["area"]) == (work.tasks["association"] == page.association).sum()


def test_what_is_not_planned_opens_no_plan(demo_result: Run, work: MapWork) -> None:
    assert len(headline(demo_result, work).numbers) == len(headline(demo_result).numbers) + 1
    name = work.rounds["association"].iloc[0]
    assert association_headline(demo_result, name).begin == ""
    empty = replace(work, tasks=work.tasks[:0], begins={})
    assert headline(demo_result, empty).numbers == headline(demo_result).numbers
    assert association_headline(demo_result, name, empty) == association_headline(demo_result, name)


def test_nobody_s_hours_are_grey_and_lots_are_the_leadership_s(demo_result: Run) -> None:
    name = str(demo_result.scored.areas["association"].dropna().unique()[0])
    plan = plan_of_run(demo_result).model_copy(update={"crews": {name: Crew(people=0)}})
    told = map_work(planned(demo_result, plan=plan), NOTHING_DONE)
    assert told.idle == (name,)
    assert name not in told.begins
    assert told.own(name).idle == (name,)
    other = next(one for one in told.begins)
    assert told.own(other).idle == ()


def test_the_leadership_s_map_says_who_begins_when_and_what_is_asked_and_ordered(
    one: Planned, work: MapWork
) -> None:
    hours = work.tasks.dropna(subset="hours")
    first = min(day for weeks in hours["week"] for day in weeks)
    begun = sorted(
        {
            name
            for name, weeks in zip(hours["association"], hours["week"], strict=True)
            if first in weeks
        }
    )
    told = headline(one.run, work, ["v. 32 2030"])
    assert told
    everyone = one.run.scored.areas["association"].nunique()
    most = f"alla {everyone}" if len(begun) == everyone else f"{len(begun)} av {everyone}"
    who = begun[0] if len(begun) <= 3 else f"{most} föreningar"
    for said in (work.weeks[first], who, "svarar på planen", "v. 32 2030"):
        assert said in told.begin
    decided = replace(one, decision=Decision("2030-01-10", "4"))
    assert "svar" not in map_work(decided, NOTHING_DONE).begins[""]
    ask = (next(iter(one.run.scored.known.values()))["verdict"] == "ask").any()
    alone = headline(one.run)
    assert alone
    assert ("be föreningarna" in alone.begin) == ask


def test_a_written_plan_is_on_every_map_beside_what_is_done_and_a_decided_one_stays(
    demo_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEOPRIO_RAW", raising=False)
    shutil.copytree(demo_out / "data" / "processed" / "demo", tmp_path / "data/processed/demo")
    shutil.copytree(demo_out / "maps" / "demo", tmp_path / "maps" / "demo")
    run = read_run(tmp_path / "data/processed/demo")
    plan = plan_of_run(run)
    names = sorted(run.scored.areas["association"].dropna().unique())[:2]
    few = plan.model_copy(update={"crew": Crew(people=0), "crews": {names[0]: Crew(people=4)}})
    codes = run.scored.areas.index[:2]
    private = tmp_path / "data/raw/demo/privat"
    private.mkdir(parents=True)
    rows = f"area_code;households;visits;successful\n{codes[0]};120;130;60\n{codes[1]};4;5;1\n"
    (private / FILE).write_text(rows, "utf-8")
    page = tmp_path / "maps" / "demo" / "index.html"
    assert payload_of(page.read_text("utf-8"))["work"] is None
    made = write_plan(planned(run, plan=few))
    assert page.resolve() in {path.resolve() for path in made}
    told = payload_of(page.read_text("utf-8"))["work"]
    done = dict(zip(told["done"]["areas"], told["done"]["counts"], strict=True))
    shown = payload_of(page.read_text("utf-8"))["levels"][0]["codes"]
    assert done == {shown.index(codes[0]): 120, shown.index(codes[1]): None}
    assert "förslag" in told["status"]
    # What the plan was made of is known again, though the run's record has new sums of its maps.
    freeze(read_run(run.folder), Decision("2029-05-02", "§ 7"))
    decided = page.read_bytes()
    assert "beslutad 2029-05-02" in payload_of(decided.decode())["work"]["status"]
    write_plan(planned(run, plan=few))
    assert page.read_bytes() == decided
    again = work_shown(read_run(run.folder), done_at(private.parent, run.within))
    assert again
    assert "beslutad" in again.status
    assert list(again.done.index) == sorted(codes)
    assert set(DONE) >= {again.done.name}
