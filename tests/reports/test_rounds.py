"""A plan's rundor: all that is canvassed and nothing else, in order, named, and the same again."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoprio.config.resources import Crew
from geoprio.plans.programme import Programme
from geoprio.reports.evening import association_steps, evening_pages, locked_doors
from geoprio.reports.proposal import Planned, planned
from geoprio.reports.round_list import round_layer, round_lines, round_table
from geoprio.reports.rounds import KEY, SUMS, in_rounds, round_areas, rounds
from geoprio.runs import Run
from geoprio.tables import for_audience


@pytest.fixture(scope="module")
def one(demo_result: Run) -> Planned:
    return planned(demo_result)


@pytest.fixture(scope="module")
def made(one: Planned) -> Programme:
    return one.made


@pytest.fixture(scope="module")
def areas(one: Planned) -> pd.DataFrame:
    return one.round_areas


def canvassed(made: Programme) -> pd.DataFrame:
    return made.chosen[made.chosen["channel"] == "canvass"]


def test_rounds_are_all_that_is_canvassed_and_nothing_else(
    made: Programme, areas: pd.DataFrame, one: Planned
) -> None:
    own = canvassed(made)
    assert areas.index.is_unique
    assert len(areas) > len(own)  # parted into smaller areas
    names = own["area_code"].map(made.places["area_name"])
    for column in SUMS:
        sums = areas.groupby(["association", "round_within"])[column].sum()
        plan = own.groupby(["association", names])[column].sum()
        np.testing.assert_allclose(sums.sort_index(), plan.sort_index())
    level = one.run.levels[one.run.campaign.base_set]
    middles = level.areas.representative_point()
    whole = one.run.scored.areas.loc[own["area_code"]].union_all()
    assert set(areas.index) == set(level.areas.index[middles.within(whole)])


def test_a_round_has_a_name_of_its_own_an_order_and_weeks_of_the_plan(
    made: Programme, areas: pd.DataFrame
) -> None:
    each = areas.drop_duplicates(KEY)
    assert not each.duplicated(["association", "round_name"]).any()
    for _, own in each.groupby("association"):
        assert own["round_number"].tolist() == list(range(1, len(own) + 1))
        assert own["week"].is_monotonic_increasing
    assert (each["week"] <= each["week_last"]).all()
    weeks = made.weeks[made.weeks["channel"] == "canvass"]
    assert set(each["week"]) | set(each["week_last"]) <= set(weeks["week"])
    crew = made.plan.crew
    hours = areas.groupby(KEY)["hours"].sum().to_numpy()
    least = hours / (crew.people * crew.hours_per_evening)
    assert (least <= 1.25 * each["evenings"] + 1e-6).all()
    assert ((least / each["evenings"] > 0.62) | (each["evenings"] == 1)).all()
    for name, own in areas.groupby("association"):
        for_audience(own, "forening", association=str(name))


def test_steps_of_an_evening_have_every_hour_of_the_plan(
    areas: pd.DataFrame, made: Programme
) -> None:
    chosen, weeks = in_rounds(areas, made, "sv")
    for column in ("hours", "doors_count"):
        assert chosen[column].sum() == pytest.approx(made.chosen[column].sum())
    keys = ["association", "week", "phase", "channel"]
    pd.testing.assert_series_equal(
        weeks.groupby(keys)["hours"].sum(), made.weeks.groupby(keys)["hours"].sum(), rtol=1e-6
    )


def test_a_step_begins_as_its_areas_card_does_and_tells_of_doors_behind_codes(
    one: Planned,
) -> None:
    lines = one.run.scored.advice["opening_line"].fillna("")
    found = association_steps(one.run, one.stops)
    steps = [step for own in found.values() for step in own if step.opening]
    assert any(lines[step.area_code] and step.message for step in steps)
    for step in steps:
        assert step.opening.startswith(lines[step.area_code])
        assert step.opening.endswith(step.message)
    page, _ = evening_pages(one.run, one.stops, one.status)[min(found)]
    told = locked_doors(one.run, one.made, min(found))
    assert "portkod" in told
    assert told in page.decode()


def test_a_round_is_one_shape_in_the_map_file_and_one_row_in_the_table(
    one: Planned, areas: pd.DataFrame, tmp_path: Path
) -> None:
    (tmp_path / "rundor.gpkg").write_bytes(round_layer(one.run, areas, one.status))
    layer = gpd.read_file(tmp_path / "rundor.gpkg")
    shapes = rounds(one.run, areas)
    assert len(layer) == len(shapes) == len(areas.drop_duplicates(KEY))
    np.testing.assert_allclose(layer.area, shapes.area)
    assert (layer["demo_mark"] == one.run.mark).all()
    table = round_table(one.run, one.made.plan, areas)
    for_audience(table, "valledning")
    assert table["week"].str.startswith("v. ").all()
    (line,) = round_lines(areas, "sv")
    assert line.startswith(f"{len(shapes)} rundor")


def test_the_same_plan_has_the_same_rounds_and_one_without_hours_has_none(
    one: Planned, areas: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(round_areas(one.run, one.made), areas)
    plan = one.made.plan.model_copy(update={"crew": Crew(people=0), "crews": {}})
    none = replace(planned(one.run, plan=plan), asked=one.asked)
    assert none.round_areas.empty
    assert round_lines(none.round_areas, "sv") == []


def test_doors_fall_on_small_areas_as_the_own_file_of_addresses_has_them(
    one: Planned, areas: pd.DataFrame
) -> None:
    base = one.run.campaign.base_set
    known = one.run.frame("indicators", base)
    code = areas.index[areas["round_within"].duplicated(keep=False)][0]
    doors = known["households_count"].mask(known.index == code, 4 * known["households_count"])
    other = {**one.run.frames, f"{base}_indicators": known.assign(doors_count=doors)}
    more = round_areas(replace(one.run, frames=other), one.made)
    assert more.loc[code, "doors_count"] > 1.2 * areas.loc[code, "doors_count"]
    assert more["doors_count"].sum() == pytest.approx(areas["doors_count"].sum())
    # Where the homes of one are unknown the plan's own area is walked as it is.
    some = known.assign(households_count=known["households_count"].mask(known.index == code))
    other[f"{base}_indicators"] = some.assign(doors_count=np.nan)
    whole = round_areas(replace(one.run, frames=other), one.made)
    assert code not in whole.index
    assert whole["hours"].sum() == pytest.approx(areas["hours"].sum())
    assert not whole.drop_duplicates(KEY).duplicated(["association", "round_name"]).any()
