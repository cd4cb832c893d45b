"""Any county from nothing but what `geoprio init --county` writes: fetched, then run."""

import json
import re
from pathlib import Path

import pytest

from geoprio import pipeline
from geoprio.cli import fetches as fetching
from geoprio.cli.start import start
from geoprio.config import load_campaign
from geoprio.config.counties import counties
from geoprio.demo import write_demo
from geoprio.runs import Run, read_run
from tests.sources.fetch.publishers import PLACES, asking, county_of_2025, trust
from tests.sources.fetch.replay import serving

pytestmark = pytest.mark.whole
NORTH, GOTLAND = "25", "09"
"""The county whose borders reach farthest, and the one that elects no region."""
FILES = (
    *("val_valdistrikt_2026", "val_electors_2026", "val_rolls_2026"),
    *("val_mapping_2022_2026", "val_valdistrikt_2022", *PLACES),
)
AREAS, SEED = 100, 3


def fetched(code: str, out: Path) -> Path:
    """Return the campaign that `init` writes for a county, when its files have been fetched."""
    published = write_demo(out / "published", areas=AREAS, seed=SEED, county=code).folder
    campaign = start(out / "kampanj", county=code)
    trust(campaign.parent)
    text = campaign.read_text(encoding="utf-8").replace("draws = 2000", "draws = 20")
    campaign.write_text(text, encoding="utf-8")
    replay, _ = county_of_2025(published, FILES, home=code)
    with serving(replay):
        order = fetching.load(campaign, raw=None, out=out)
        fetching.fetch(order, asking(order, replay), lambda _: None)
    return campaign


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole run on the files that a server of the first county gave."""
    out = tmp_path_factory.mktemp("any")
    pipeline.run(fetched(NORTH, out), out=out)
    return out


@pytest.fixture(scope="module")
def processed(done: Path) -> Path:
    return done / "data" / "processed" / "norrbottens_lan"


def of_one_group(campaign: Path) -> Path:
    """Return the campaign with all its sources, of one group and one channel, to save time."""
    text = re.sub(r"(?m)^profiles = .*", 'profiles = ["mailing"]', campaign.read_text("utf-8"))
    text = re.sub(r"(?s)\[target_groups\]\n.*?\n\n", "[target_groups]\nunga = 1.0\n\n", text)
    campaign.write_text(text, encoding="utf-8")
    return campaign


def refuse_others(run: Run, code: str) -> None:
    for area_set in run.area_sets:
        areas = run.frame("areas", area_set)
        assert len(areas) > 20
        assert set(areas.index.str[:2]) == {code}
        assert set(areas["municipality_code"].str[:2]) == {code}
    assert run.frame("scores").query("channel == 'mailing'")["score"].notna().all()


def test_every_source_of_the_campaign_was_fetched(done: Path) -> None:
    campaign = load_campaign(done / "kampanj" / "norrbottens_lan.toml")
    order = fetching.load(done / "kampanj" / f"{campaign.name}.toml", raw=None, out=done)
    lines: list[str] = []
    fetching.tell_sources(order, lines.append)
    assert lines[-1].startswith(f"{len(campaign.sources)} of {len(campaign.sources)} sources")


def test_the_run_is_of_that_county_alone(processed: Path) -> None:
    run = read_run(processed)
    refuse_others(run, NORTH)
    assert run.frame("scores").query("channel == 'canvass'")["score"].notna().all()
    assert set(run.frame("groups")["group"]) >= {"unga", "lo", "kvinnor", "invandrarbakgrund"}


def test_each_municipality_is_an_association(done: Path, processed: Path) -> None:
    areas = read_run(processed).frame("areas")
    assert (areas.groupby("association")["municipality_code"].nunique() == 1).all()
    assert areas["association"].nunique() == 14
    pages = list((done / "maps" / processed.name / "foreningar").glob("*.html"))
    assert len(pages) == 14


def test_the_members_of_unions_are_an_assumption_that_is_told(processed: Path) -> None:
    record = json.loads((processed / "run.json").read_text(encoding="utf-8"))
    assert record["groups"]["lo"]["total"].startswith("antagande: LO 2019")


def test_no_output_knows_of_another_county(done: Path, processed: Path) -> None:
    page = (done / "maps" / processed.name / "index.html").read_text(encoding="utf-8")
    visible = re.sub(r"Stockholms läns? 176 ?000|RegSO i Stockholms \w+", "", page)
    assert "Norrbottens län" in visible
    assert "storstockholm" not in visible.lower()


def test_the_county_without_a_region_is_fetched_and_run(processed: Path, tmp_path: Path) -> None:
    run = pipeline.compute(of_one_group(fetched(GOTLAND, tmp_path)), out=tmp_path)
    refuse_others(run, GOTLAND)
    for code, one in ((GOTLAND, run), (NORTH, read_run(processed))):
        elections = set(one.frame("groups")["election"])
        assert ("region" in elections) == counties()[code].elects_region
