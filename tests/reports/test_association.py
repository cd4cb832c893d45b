"""An association's report: its evening first, its own areas alone, no group, yield or rank."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.files.paper import Paper, render_page, render_pdf
from geoprio.reports.association import Hand, area_figures, association_papers, totals
from geoprio.reports.papers import PAPERS, hand_of, standing, write_papers
from geoprio.reports.proposal import planned
from geoprio.runs import Run


@pytest.fixture(scope="module")
def hand(demo_result: Run) -> Hand:
    return Hand(demo_result, planned(demo_result))


@pytest.fixture(scope="module")
def papers(hand: Hand) -> dict[str, Paper]:
    return association_papers(hand)


def first_page(paper: Paper) -> str:
    return render_page(paper).decode().split('<div class="page">')[0]


def test_each_association_meets_its_own_areas_and_no_figure_of_a_group(
    hand: Hand, papers: dict[str, Paper]
) -> None:
    areas = hand.run.scored.areas
    assert set(papers) == set(areas["association"].dropna())
    for name, paper in papers.items():
        told = render_page(paper).decode()
        visible = re.sub(r"<svg.*?</svg>", "", told, flags=re.DOTALL)
        own = set(areas["area_name"][areas["association"] == name])
        for area in own:
            assert f">{area}" in visible or f". {area}<" in visible, area
        rows = re.findall(r'<th scope="row"[^>]*><bdi>\d+\. ([^<]*)</bdi>', visible)
        assert set(rows) == own
        assert not re.search(r"\bLO\b|invandr|utrikes|fack", visible)
        assert "påhittade områden" in visible
        assert "EXEMPEL" in visible


def test_the_first_page_tells_of_the_evening_and_of_no_yield_interval_or_rank(
    papers: dict[str, Paper],
) -> None:
    for name, paper in papers.items():
        told = re.sub(r"<svg.*?</svg>", "", first_page(paper), flags=re.DOTALL)
        # What is said at the door may be what is published of those who live there.
        told = re.sub(r"I samtalet: [^<]*", "", told)
        assert f"Underlag: {name}" in told
        assert "Börja här:" in told
        assert told.count("<section>") <= 3
        assert "4 personer, alltså 2 par" in told
        assert not re.search(r"främsta|plats \d|rang|mellan \d|per samtal|procent", told)


def test_figures_of_several_areas_are_sums_and_shares_of_their_electors() -> None:
    columns = ["population_count", "households_count", "electors_count"]
    rows = pd.DataFrame([[10, 5, 8], [20, np.nan, 2]], columns=columns, dtype=float)
    rows = rows.assign(turnout_share=[0.5, 1.0], red_green_share=[np.nan, 0.4])
    # A sum of those that are known is not the whole's.
    assert totals(rows).dropna().to_dict() == {
        "population_count": 30,
        "electors_count": 10,
        "turnout_share": 0.6,
    }
    assert totals(rows.iloc[:0]).isna().all()


def test_the_county_and_the_municipality_stand_beside_the_areas(
    hand: Hand, papers: dict[str, Paper]
) -> None:
    table = area_figures(hand.run)
    electors = f"{round(table['electors_count'].sum()):,}".replace(",", "\N{NO-BREAK SPACE}")
    for paper in papers.values():
        (rows,) = (one.rows for one in paper.blocks if one.kind == "table" and len(one.head) == 6)
        assert rows[0][0] == "Länet"
        assert rows[0][3] == electors
        assert rows[1][0].endswith("(kommunen)")


def test_the_largest_association_has_a_pdf(papers: dict[str, Paper]) -> None:
    largest = max(papers.values(), key=lambda one: sum(len(part.rows) for part in one.blocks))
    assert render_pdf(largest).startswith(b"%PDF")


def test_a_campaign_without_a_plan_has_reports_all_the_same(demo_result: Run) -> None:
    campaign = {**demo_result.settings["campaign"], "plan": None}
    settings = {**demo_result.settings, "campaign": campaign}
    bare = replace(demo_result, record={**demo_result.record, "settings": settings})
    assert standing(bare) is None
    for paper in association_papers(hand_of(bare)).values():
        told = render_page(paper).decode()
        assert "ingen plan med timmar" in told
        assert "Områden att börja i" in told


def test_a_run_without_associations_has_none(demo_result: Run) -> None:
    areas = demo_result.frames["regso_2020_areas"].assign(association=None)
    bare = replace(demo_result, frames={**demo_result.frames, "regso_2020_areas": areas})
    assert association_papers(Hand(bare)) == {}


def test_what_is_no_paper_is_told_with_those_that_are(demo_result: Run) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(PAPERS))}"):
        write_papers(Hand(demo_result), "nothing")


def test_an_estimate_is_marked_wherever_it_stands_and_a_count_is_not(demo_result: Run) -> None:
    level = demo_result.scored
    key = f"{level.area_set}_origins"
    columns = ["population_count", "electors_count", "turnout_share", "red_green_share"]

    def heads(origins: pd.DataFrame) -> set[str]:
        run = replace(demo_result, frames={**demo_result.frames, key: origins})
        name = Hand(run).names[0]
        paper = association_papers(Hand(run))[name]
        (table,) = [one for one in paper.blocks if "V+S+MP" in " ".join(one.head)]
        told = any(one.text.startswith("* Uppskattat") for one in paper.blocks)
        assert told == any(one.endswith("*") for one in table.head)
        return {one for one in table.head if one.endswith(" *")}

    kept = demo_result.frames[key].astype(object)
    own = kept.assign(**dict.fromkeys(columns, "own"))
    assert heads(own) == set()
    other = own.copy()
    other.loc[other.index[-1], "turnout_share"] = "moved"  # votes are from where turnout is
    assert heads(other) == {"Röst\u00adberättigade *", "Röstade, % *"}
    other = own.assign(population_count="kommun")
    assert heads(other) == {"Invånare *"}
