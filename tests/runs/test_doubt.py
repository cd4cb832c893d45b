"""What a run says would narrow its rankings, held against what then happens (METHOD 6)."""

from pathlib import Path

import pytest
from check_counties import ALL, LIKE_REAL, SETS, County, campaign_text

from geoprio import pipeline
from geoprio.config import load_campaign
from geoprio.runs.doubt import run_doubts
from geoprio.runs.outcome import Outcome
from tests.shared import Shared

pytestmark = pytest.mark.whole
AREAS, SEED = 400, 1
TABLES = ("scb_tab6572_deso", "scb_tab6574_deso")
"""Birth and ages of the smallest areas, which the real county's campaign lacks."""
FAR = 0.2


@pytest.fixture(scope="module")
def county(shared: Shared) -> County:
    return shared.checked(areas=AREAS, seed=SEED)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_narrows_as_it_was_said_to(county: County, shared: Shared, table: str) -> None:
    """Within a fifth: how many areas may be of the first, and how many are told so or to judge."""
    before = county.outcomes[LIKE_REAL]
    after = shared.once(f"with-{table}", lambda folder: with_table(county, table, folder))
    compared = 0
    for first, then in zip(before.levels, after.levels, strict=True):
        judged, found = before.judged[first.area_set], after.judged[first.area_set]
        for channel, levers in judged.levers.items():
            if table not in levers.tables.index:
                continue
            said, sets = levers.tables.loc[table], found.sets[channel]
            assert said["may_be_top_count"] == pytest.approx(sets["in_top_set"].sum(), rel=FAR)
            told = then.scores[channel]["verdict"].isin(["full", "ask"]).sum()
            assert said["full_count"] + said["ask_count"] == pytest.approx(told, rel=FAR)
            # It narrows, and by more than nothing at all.
            assert said["may_be_top_count"] < judged.sets[channel]["in_top_set"].sum()
            compared += 1
    assert compared >= 3


def with_table(county: County, table: str, folder: Path) -> Outcome:
    """Return what is computed of the county as the real one, with one table more."""
    top_k = county.top_k(LIKE_REAL, SETS[0])
    text = campaign_text(LIKE_REAL).replace("top_k = 50", f"top_k = {top_k}")
    campaign = folder / "more.toml"
    campaign.write_text(text.replace("sources = [\n", f'sources = [\n  "{table}",\n'), "utf-8")
    for name in ("associations.csv", "associations-2026.csv"):
        (folder / name).write_bytes((county.raw / name).read_bytes())
    return pipeline.outcome_of(load_campaign(campaign), campaign, county.raw)


def test_with_all_tables_none_is_named_and_the_parts_are_the_whole(county: County) -> None:
    outcome = county.outcomes[ALL]
    assert all(level.prospects == {} for level in outcome.levels)
    for level in outcome.levels:
        for levers in outcome.judged[level.area_set].levers.values():
            assert levers.parts.sum() == pytest.approx(1)
            assert levers.tables.empty


@pytest.mark.parametrize("setup", [ALL, LIKE_REAL])
def test_the_warnings_and_the_record_say_the_same(county: County, setup: str) -> None:
    run = pipeline.kept(county.outcomes[setup])
    said = run_doubts(run.record, "sv")
    assert len(said) == 3
    assert set(said) <= set(run.warnings)
    named = [any(table in line for table in TABLES) for line in said]
    assert all(named) if setup == LIKE_REAL else not any(named)
    told = run.record["certainty"]["area_sets"][SETS[1]]["mailing"]["doubt"]
    if setup == LIKE_REAL:
        assert next(iter(told["tables"])) == "scb_tab6572_deso"
        assert all("geoprio fetch" in line for line in said)
        assert told["parts"]["invandrarbakgrund"]["method"] == "prorated"
    else:
        assert all("Ingen tabell" in line for line in said)
