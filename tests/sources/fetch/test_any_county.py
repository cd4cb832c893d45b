"""Another county from nothing but what `geoprio init --county` writes: fetched, then run."""

import json
import re
from pathlib import Path

import pytest

from geoprio.cli import fetches as fetching
from geoprio.cli.start import start
from geoprio.config import load_campaign
from geoprio.pipeline import run
from geoprio.runs import read_run
from tests.sources.fetch.moved import move_county
from tests.sources.fetch.publishers import asking, county_of_2025, trust
from tests.sources.fetch.replay import serving

pytestmark = pytest.mark.whole
CODE, SLUG = "14", "vastra_gotalands_lan"


@pytest.fixture(scope="module")
def done(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run on the files that a server of county 14 gave."""
    out = tmp_path_factory.mktemp("any")
    moved = move_county(county, out / "published", code=CODE)
    campaign = start(out / "kampanj", county=CODE)
    trust(campaign.parent)
    replay, _ = county_of_2025(
        moved, ("val_valdistrikt_2026", "val_electors_2026", "val_rolls_2026")
    )
    with serving(replay):
        order = fetching.load(campaign, raw=None, out=out)
        fetching.fetch(order, asking(order, replay), lambda _: None)
    run(campaign, out=out)
    return out


@pytest.fixture(scope="module")
def processed(done: Path) -> Path:
    return done / "data" / "processed" / SLUG


def test_every_source_of_the_campaign_was_fetched(done: Path) -> None:
    campaign = load_campaign(done / "kampanj" / f"{SLUG}.toml")
    order = fetching.load(done / "kampanj" / f"{campaign.name}.toml", raw=None, out=done)
    lines: list[str] = []
    fetching.tell_sources(order, lines.append)
    assert lines[-1].startswith(f"{len(campaign.sources)} of {len(campaign.sources)} sources")


def test_the_run_is_of_that_county_alone(processed: Path) -> None:
    result = read_run(processed)
    for area_set in result.area_sets:
        areas = result.frame("areas", area_set)
        assert len(areas) > 20
        assert set(areas.index.str[:2]) == {CODE}
        assert set(areas["municipality_code"].str[:2]) == {CODE}
    scores = result.frame("scores").query("channel in ['canvass', 'mailing']")
    assert scores["score"].notna().all()
    assert set(result.frame("groups")["group"]) >= {"unga", "lo", "kvinnor", "invandrarbakgrund"}


def test_each_municipality_is_an_association(done: Path, processed: Path) -> None:
    areas = read_run(processed).frame("areas")
    assert (areas.groupby("association")["municipality_code"].nunique() == 1).all()
    assert areas["association"].nunique() == 26
    pages = list((done / "maps" / processed.name / "foreningar").glob("*.html"))
    assert len(pages) == 26


def test_the_members_of_unions_are_an_assumption_that_is_told(processed: Path) -> None:
    record = json.loads((processed / "run.json").read_text(encoding="utf-8"))
    assert record["groups"]["lo"]["total"].startswith("antagande: LO 2019")


def test_no_output_knows_of_another_county(done: Path, processed: Path) -> None:
    page = (done / "maps" / processed.name / "index.html").read_text(encoding="utf-8")
    visible = re.sub(r"Stockholms läns? 176 ?000|RegSO i Stockholms \w+", "", page)
    assert "Västra Götalands län" in visible
    assert "storstockholm" not in visible.lower()
