"""Facts of a place: counted figures with their sources, and nothing else."""

import re

import pytest

from geoprio.files.paper import Paper, render_page, render_pdf
from geoprio.reports.association import Hand, totals
from geoprio.reports.factsheet import factsheets, official_figures
from geoprio.runs import Run


@pytest.fixture(scope="module")
def sheets(demo_result: Run) -> dict[tuple[str, str], Paper]:
    return factsheets(Hand(demo_result))


def test_there_is_a_sheet_for_each_municipality_and_association(
    demo_result: Run, sheets: dict[tuple[str, str], Paper]
) -> None:
    places = demo_result.scored.places
    for kind, column in (("municipality", "municipality_name"), ("association", "association")):
        assert {name for one, name in sheets if one == kind} == set(places[column].dropna())


def test_it_tells_of_no_group_score_or_plan_and_names_its_sources(
    sheets: dict[tuple[str, str], Paper],
) -> None:
    for (_, name), paper in sheets.items():
        told = render_page(paper).decode()
        words = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", told, flags=re.DOTALL)
        assert name in words
        assert "SCB" in words
        assert not re.search(r"målgrupp|Satsa|rang|plan(en)?\b|\bLO\b|invandr|poäng", words)
    assert render_pdf(paper).startswith(b"%PDF")


def test_an_estimate_never_stands_as_counted(demo_result: Run) -> None:
    level = demo_result.scored
    origins = demo_result.frames[f"{level.area_set}_origins"]
    figures = official_figures(demo_result)
    planted = origins.copy()
    planted["turnout_share"] = planted["turnout_share"].astype(object)
    planted.loc[planted.index[0], "turnout_share"] = "kommun"
    frames = {**demo_result.frames, f"{level.area_set}_origins": planted}
    other = official_figures(Run(demo_result.record, frames))
    assert other["turnout_share"].isna().sum() == figures["turnout_share"].isna().sum() + 1
    assert totals(figures)["population_count"] > 0


def test_it_says_who_gives_it_out_or_has_a_line_for_it(
    demo_result: Run, sheets: dict[tuple[str, str], Paper]
) -> None:
    bare = next(iter(sheets.values()))
    assert [one.items[0] for one in bare.blocks if one.kind == "blank"] == [
        "Utges av:",
        "Kontakt för press:",
    ]
    settings = demo_result.settings
    sender = {"name": "Partiet <i>", "contact": "kansliet"}
    campaign = {**settings["campaign"], "sender": sender}
    record = {**demo_result.record, "settings": {**settings, "campaign": campaign}}
    told = next(iter(factsheets(Hand(Run(record, demo_result.frames))).values()))
    page = render_page(told).decode()
    assert "Utges av: Partiet &lt;i&gt;" in page
    assert "Kontakt för press: kansliet" in page
