"""Several counties in one campaign: each is what it is alone, and ranked among all."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import config_folders, load_campaign
from geoprio.demo import write_campaigns, write_demo
from geoprio.errors import SourceError
from geoprio.reports.publication import publish
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located
from geoprio.sources.read import read_all, source_at_hand
from nation import merge
from tests.shared import Shared

pytestmark = pytest.mark.whole

HOME, OTHER = "01", "09"
"""The capital's county, and Gotland: one municipality, which votes for no region."""
LEARNT = ("invandrarbakgrund", "riksdag")
"""Two estimates of who may vote are weighed by their errors, which are learnt from all areas."""


def rewritten(campaign: Path, *, where: str = "") -> None:
    """Write a campaign with a tenth of the draws and, where it is said, other counties."""
    text = campaign.read_text("utf-8").replace("draws = 2000", "draws = 50")
    if where:
        text = text.replace(f'county_code = "{HOME}"', where)
    campaign.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def gotland(shared: Shared) -> Path:
    def write(folder: Path) -> Path:
        write_demo(folder, areas=100, seed=9, county=OTHER)
        campaign, *_ = write_campaigns(folder, county=OTHER)
        rewritten(campaign)
        return folder

    return shared.once("gotland", write)


@pytest.fixture(scope="module")
def both_raw(shared: Shared, demo_raw: Path, gotland: Path) -> Path:
    def write(folder: Path) -> Path:
        raw = folder / "raw"
        merge([demo_raw, gotland], raw)
        shutil.copy(demo_raw / "demo.toml", raw)
        rewritten(raw / "demo.toml", where=f'counties = ["{OTHER}", "{HOME}"]')
        return raw

    return shared.once("both-raw", write)


@pytest.fixture(scope="module")
def both(shared: Shared, both_raw: Path) -> Outcome:
    return shared.outcome("both", both_raw / "demo.toml", both_raw)


@pytest.fixture(scope="module")
def alone(shared: Shared, demo_outcome: Outcome, gotland: Path) -> dict[str, Outcome]:
    other = shared.outcome("gotland", gotland / "demo.toml", gotland)
    return {HOME: demo_outcome, OTHER: other}


def pairs(both: Outcome, alone: dict[str, Outcome]) -> list[tuple[Located, Located]]:
    """Return each area set of each county alone, beside the same in both together."""
    found = {level.area_set: level for level in both.levels}
    return [(one, found[one.area_set]) for each in alone.values() for one in each.levels]


def by_group(groups: pd.DataFrame) -> pd.DataFrame:
    return groups.set_index(["group", "election"], append=True)


def test_counts_votes_and_ways_are_those_of_each_county_alone(
    both: Outcome, alone: dict[str, Outcome]
) -> None:
    areas = 0
    for one, all_of in pairs(both, alone):
        codes = one.counts.index
        areas += len(codes)
        pd.testing.assert_frame_equal(all_of.counts.loc[codes, one.counts.columns], one.counts)
        pd.testing.assert_frame_equal(all_of.votes.loc[codes], one.votes, check_exact=False)
        assert all_of.areas.loc[codes, "association"].equals(one.areas["association"])
        own = all_of.way.frame[all_of.way.frame["area_code"].isin(codes)]
        columns = ["source_code", "area_code", "weight"]
        pd.testing.assert_frame_equal(
            own[columns].reset_index(drop=True), one.way.frame[columns].reset_index(drop=True)
        )
    assert areas == sum(len(level.areas) for level in both.levels)


def test_groups_are_located_as_in_each_county_alone(
    both: Outcome, alone: dict[str, Outcome]
) -> None:
    for one, all_of in pairs(both, alone):
        own, found = by_group(one.groups), by_group(all_of.groups)
        assert own.index.isin(found.index).all()
        found = found.loc[own.index]
        same = ~own.index.droplevel(0).isin([LEARNT])
        np.testing.assert_allclose(found["count"][same], own["count"][same], rtol=1e-9)
        assert found["method"].equals(own["method"])
        totals = [it["count"].groupby(level=[1, 2]).sum() for it in (found, own)]
        np.testing.assert_allclose(totals[0].drop(LEARNT), totals[1].drop(LEARNT), rtol=1e-9)
        assert totals[0][LEARNT] == pytest.approx(totals[1][LEARNT], rel=0.01)
        shown = [by_group(it.printed)["shown"].loc[own.index] for it in (all_of, one)]
        assert shown[0].equals(shown[1])


def test_each_county_has_a_total_of_its_own(both: Outcome, alone: dict[str, Outcome]) -> None:
    total = both.plans.groups["lo"].total
    assert total is not None
    for code, outcome in alone.items():
        own = outcome.plans.groups["lo"].total
        part = total.of_county(code)
        assert own is not None
        assert part is not None
        assert part.count == own.count
        level = both.levels[0]
        lo = level.groups[(level.groups["group"] == "lo") & (level.groups["election"] == "none")]
        assert lo["count"][lo.index.str.startswith(code)].sum() == pytest.approx(own.count)


def test_a_total_that_is_assumed_is_told_where_it_is(both: Outcome) -> None:
    (told,) = [it for it in both.warnings if it.startswith("LO-medlemmar: antalet är räknat")]
    assert "gäller inte Gotlands län" in told


def test_ranks_are_among_all(both: Outcome, alone: dict[str, Outcome]) -> None:
    level = both.levels[0]
    ranks = level.scores["canvass"]["rank"].dropna()
    assert ranks.max() == sum(
        one.levels[0].scores["canvass"]["rank"].notna().sum() for one in alone.values()
    )
    assert {code[:2] for code in ranks.index} == {HOME, OTHER}


def test_a_county_without_a_region_has_no_votes_for_one(both: Outcome) -> None:
    roll = both.levels[0].rolls.by_election["region"].electors
    there = roll.index.str.startswith(OTHER)
    assert roll[there].isna().all()
    assert roll[~there].notna().all()
    # It is on the local roll of the municipality, and counted in the other elections.
    assert both.levels[0].rolls.by_election["riksdag"].electors.notna().all()


def test_the_files_tell_of_both(both: Outcome, tmp_path: Path) -> None:
    run = publish(pipeline.kept(both), processed=tmp_path / "run", maps=tmp_path / "maps")
    ranking = pd.read_csv(run.paths["ranking"], sep=";", dtype=str, encoding="utf-8-sig")
    codes = ranking.astype(str).apply(lambda column: column.str.fullmatch(rf"{OTHER}80R\d+"))
    assert codes.any(axis=None)
    page = run.paths["map"].read_text(encoding="utf-8")
    assert "I hela kampanjområdet" in page
    assert "I hela länet" not in page
    names = {path.stem for path in (tmp_path / "maps" / "foreningar").glob("*.html")}
    assert {"demoforening-gotland", "demoforening-nacka"} <= names
    assert run.campaign.home == (HOME, OTHER)


def test_a_file_that_lacks_a_county_is_told(both_raw: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(both_raw, raw)
    (raw / "valdistrikt-gotlands-lan-2022.zip").unlink()
    campaign = load_campaign(raw / "demo.toml")
    folders = config_folders(raw / "demo.toml")
    sources = {name: source_at_hand(name, folders, raw) for name in campaign.sources}
    with pytest.raises(SourceError, match=r"nothing for Gotlands län"):
        read_all(campaign, sources, raw, "demo.toml")
