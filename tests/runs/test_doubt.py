"""What a run says would narrow its rankings, held against what then happens (METHOD 6)."""

from functools import partial

import pytest
from check_counties import ALL, LIKE_REAL, SETS, County
from check_sources import with_table, without_table

from geoprio import pipeline
from geoprio.runs.doubt import run_doubts
from geoprio.runs.outcome import Outcome
from tests.shared import Shared

pytestmark = pytest.mark.whole
AREAS, SEED = 400, 1
TABLES = ("scb_tab6572_deso", "scb_tab6574_deso")
"""Birth and ages of the smallest areas, which the real county's campaign lacks."""
CITIZENS, INDUSTRY = "scb_tab6569_deso", "scb_tab6681_deso"
"""Citizenship, which the demo's campaign only offers, and industry by sex, which it names."""
FAR = 0.2


@pytest.fixture(scope="module")
def county(shared: Shared) -> County:
    return shared.checked(areas=AREAS, seed=SEED)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_narrows_as_it_was_said_to(county: County, shared: Shared, table: str) -> None:
    """Within a fifth: how many areas may be of the first, and how many are told so or to judge."""
    before = county.outcomes[LIKE_REAL]
    after = shared.once(f"with-{table}", lambda folder: with_table(county, table, folder))
    assert compared(before, after, table) >= 3


def test_citizenship_narrows_as_it_was_said_to(county: County, shared: Shared) -> None:
    make = partial(with_table, county, CITIZENS, setup=ALL)
    assert compared(county.outcomes[ALL], shared.once(f"with-{CITIZENS}", make), CITIZENS) >= 2


def test_industry_narrows_as_it_was_said_to_where_it_is_lacking(
    county: County, shared: Shared
) -> None:
    before = shared.once(f"without-{INDUSTRY}", partial(without_table, county, INDUSTRY))
    assert compared(before, county.outcomes[ALL], INDUSTRY) >= 3


def compared(before: Outcome, after: Outcome, table: str) -> int:
    """Return in how many rankings what was said of a table is what happened."""
    count = 0
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
            count += 1
    return count


def test_with_all_tables_only_citizenship_is_named_and_the_parts_are_the_whole(
    county: County, shared: Shared
) -> None:
    whole = shared.once(f"with-{CITIZENS}", partial(with_table, county, CITIZENS, setup=ALL))
    for outcome, lacking in ((county.outcomes[ALL], {CITIZENS}), (whole, set())):
        assert all(level.prospects.keys() == lacking for level in outcome.levels)
        for level in outcome.levels:
            for levers in outcome.judged[level.area_set].levers.values():
                assert levers.parts.sum() == pytest.approx(1)
                assert set(levers.tables.index) <= lacking


@pytest.mark.parametrize("setup", [ALL, LIKE_REAL])
def test_the_warnings_and_the_record_say_the_same(county: County, setup: str) -> None:
    run = pipeline.kept(county.outcomes[setup])
    said = run_doubts(run.record, "sv")
    assert len(said) == 3
    assert set(said) <= set(run.warnings)
    named = [any(table in line for table in TABLES) for line in said]
    assert all(named) if setup == LIKE_REAL else not any(named)
    for place, line in zip(
        run.record["certainty"]["area_sets"][SETS[0]].values(), said, strict=True
    ):
        # The best with what to do, the others with what they would do.
        _, *others = place["doubt"]["tables"].values() or [None]
        assert line.count("då kan omkring") == len(others)
        assert all(other["title"] in line for other in others)
    told = run.record["certainty"]["area_sets"][SETS[1]]["mailing"]["doubt"]
    if setup == LIKE_REAL:
        assert next(iter(told["tables"])) == "scb_tab6572_deso"
        assert all("geoprio fetch" in line for line in said)
        assert told["parts"]["invandrarbakgrund"]["method"] == "prorated"
    else:
        assert all("Ingen tabell" in line or CITIZENS in line for line in said)
