"""Where people meet and stand, where the tour stops, and which workplaces are visited when."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoprio.config.model import Text
from geoprio.config.resources import Crew, Governing, Plan, Round, Sites, Trade
from geoprio.errors import ConfigError
from geoprio.plans.venues import CABIN, MEET, km_between
from geoprio.plans.visits import COLUMNS, visits
from geoprio.reports.evening import evening_pages
from geoprio.reports.plan_files import plan_files
from geoprio.reports.proposal import Planned, plan_of_run, planned
from geoprio.runs import Run

DAYS = ("2030-08-17", "2030-08-18")


@pytest.fixture(scope="module")
def placed(demo_result: Run) -> Run:
    """Return the demo's run with a station and a polling place in each area."""
    areas = demo_result.scored.areas
    points = areas.representative_point()
    frame = gpd.GeoDataFrame(
        {
            "place_name": [f"Torg <{number}>" for number in range(len(areas))],
            "place_kind": ["place", *["station"] * (len(areas) - 1)],
        },
        geometry=points.to_numpy(),
        crs=points.crs,
    )
    polling = frame.assign(place_name="Vallokal", place_kind="polling")
    places = gpd.GeoDataFrame(pd.concat([frame, polling], ignore_index=True))
    return Run.of(demo_result.record, {**demo_result.frames, "places": places})


@pytest.fixture(scope="module")
def town(placed: Run) -> str:
    return str(placed.scored.places["municipality_name"].iloc[0])


@pytest.fixture(scope="module")
def one(placed: Run, town: str) -> Planned:
    said = Governing(done=Text(sv="Fler <lärare>.", en="x"), ahead=Text(sv="Bostäder.", en="x"))
    tour = Round(begins_at="Torg <0>", days=DAYS, km_per_hour=60.0, stop_hours=1.0)
    plan = plan_of_run(placed).model_copy(
        update={
            "sites": Sites(walk_km=2.0, cabins=2, cabin_km=5.0),
            "tour": tour,
            "governing": {town: said},
        }
    )
    return planned(placed, plan=plan)


def test_places_are_in_the_associations_own_areas_and_nobody_stands_where_one_votes(
    one: Planned,
) -> None:
    own = one.stops.venues
    assert set(own["role"]) == {"stand", MEET, CABIN}
    assert "Vallokal" not in set(one.stops.sites["place_name"])
    mine = own[own["role"] != CABIN]
    lies_in = one.stops.sites.loc[mine["site"], "association"].to_numpy()
    assert (lies_in == mine["association"]).all()
    stands = own[own["role"] == "stand"]
    planned_stands = one.made.chosen[one.made.chosen["channel"] == "stand"]
    assert set(stands["area_code"]) <= set(planned_stands["area_code"])
    assert not stands.duplicated(["association", "area_code"]).any()
    assert not stands["site"].duplicated().any()
    sites = one.stops.sites
    named = sites[sites["place_kind"] != "area"]
    has_own = stands["area_code"].isin(named["area_code"])
    at = sites["area_code"].reindex(stands["site"]).to_numpy()
    assert (at == stands["area_code"])[has_own].all()
    assert has_own.any()
    assert planned_stands["area_code"].isin(named["area_code"]).sum() == has_own.sum()
    assert (own["role"] == CABIN).sum() == 2


def test_an_association_meets_where_its_hours_at_doors_are_nearest(one: Planned) -> None:
    meets = one.stops.venues[one.stops.venues["role"] == MEET].set_index("association")
    name = str(meets.index[0])
    doors = one.made.chosen[one.made.chosen["association"] == name]
    doors = doors[doors["channel"].isin(["canvass", "distribution"])]
    middles = one.stops.people.groupby("area_code")[["x", "y"]].mean().loc[doors["area_code"]]
    sites = one.stops.sites
    mine = sites[(sites["association"] == name) & (sites["place_kind"] != "area")]
    ways = doors["hours"].to_numpy() @ km_between(middles, mine)
    assert mine.index[int(np.argmin(ways))] == meets.loc[name, "site"]


def test_the_tour_keeps_its_day_and_no_stop_is_made_twice(one: Planned) -> None:
    tours = one.stops.tours
    assert list(tours) == list(DAYS)
    stops = pd.concat([day for day, _ in tours.values()])
    assert len(stops) > 2
    assert not stops.index.duplicated().any()
    for day, found in tours.values():
        assert found.length <= 8 + 1e-6
        assert found.prize <= found.bound
        assert day["municipality_code"].value_counts().max() == 1
        assert "Torg <0>" not in set(day["place_name"])
    first, second = (found.prize for _, found in tours.values())
    assert second <= first


def test_a_tour_that_begins_nowhere_and_an_unknown_municipality_are_refused(
    placed: Run, one: Planned
) -> None:
    tour = Round(begins_at="Ingenstans", days=DAYS)
    plan = plan_of_run(placed).model_copy(update={"tour": tour})
    made = replace(one.made, plan=plan)
    with pytest.raises(ConfigError, match="no place is called Ingenstans"):
        _ = replace(one.stops, made=made).tours
    said = next(iter(one.made.plan.governing.values()))
    plan = plan_of_run(placed).model_copy(update={"governing": {"Atlantis": said}})
    with pytest.raises(ConfigError, match="no municipality Atlantis"):
        _ = replace(one.stops, made=replace(one.made, plan=plan)).messages


def test_the_evening_says_where_to_meet_and_stand_and_what_to_say_where_the_party_governs(
    one: Planned, town: str
) -> None:
    pages = {
        name: page.decode()
        for name, (page, _) in evening_pages(one.run, one.stops, one.status).items()
    }
    places = one.run.scored.places
    inside = set(places.loc[places["municipality_name"] == town, "association"].dropna())
    for name, page in pages.items():
        assert ("Fler &lt;lärare&gt;." in page) == (name in inside)
        assert "Förslag: " in page
        assert "<0>" not in page
    assert any("Stå vid stationen Torg &lt;" in page for page in pages.values())


WORK = pd.DataFrame(
    [
        ("Sjukhuset", "Solna", "Q86", 900.0, "06.45, 21.00"),
        ("Hemtjänsten", "Solna", "Q88", 90.0, ""),
        ("=Skolan", "Nacka", "P85", np.nan, ""),
        ("Verkstaden", "Nacka", "C29", 40.0, ""),
    ],
    columns=COLUMNS,
)
TRADES = (
    Trade(name="Vård", industries=("Q",), crew=Crew(people=2, hours_per_evening=2.0)),
    Trade(name="Skola", industries=("P85", "Q88"), crew=Crew(people=0)),
)


def test_each_workplace_is_one_trades_and_the_largest_is_visited_first(demo_result: Run) -> None:
    phases = plan_of_run(demo_result).phases
    early = phases[0].model_copy(update={"channels": ("organise", "workplace")})
    plan: Plan = plan_of_run(demo_result).model_copy(
        update={"trades": TRADES, "phases": (early, *phases[1:])}
    )
    made = visits(plan, WORK).set_index("workplace")
    assert len(made) == len(WORK)
    assert made.loc["Sjukhuset", ["trade", "order"]].tolist() == ["Vård", 1]
    assert made.loc["Hemtjänsten", "trade"] == "Vård"
    weeks = [week.isoformat() for week in early.weeks]
    # Two who come for two hours make one visit a week.
    assert made.loc[["Sjukhuset", "Hemtjänsten"], "week"].tolist() == weeks[:2]
    assert made.loc["=Skolan", "trade"] == "Skola"
    assert pd.isna(made.loc["=Skolan", "week"])
    assert pd.isna(made.loc["Verkstaden", "trade"])
    found = planned(demo_result, plan=plan)
    files = plan_files(replace(found, workplaces=WORK))
    page = files["branschforeningar/vard.html"].decode()
    assert "Besök: Sjukhuset, Solna" in page
    assert "när skiften byts: 06.45, 21.00" in page
    assert "'=Skolan" in files["besok.csv"].decode("utf-8-sig")
    assert "branschforeningar/skola.html" not in files
    assert "ingen branschförening har: 1" in files["plan.md"].decode()
