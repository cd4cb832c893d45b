"""Facts of a place: counted figures with their sources, and nothing else."""

import re
import subprocess
from html import escape
from shutil import which

import pytest

from geoprio.files.paper import Paper, render_page, render_pdf
from geoprio.reports.association import Hand
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
    for name in ("electors_count", "votes_cast_count", "votes_v_count"):
        assert other[name].isna().sum() == figures[name].isna().sum() + 1
    assert figures["population_count"].sum() > 0
    town = str(level.places["municipality_name"][planted.index[0]])
    sheet = factsheets(Hand(Run(demo_result.record, frames)))["municipality", town]
    assert ">Valdeltagande<" not in render_page(sheet).decode()


def test_each_figure_is_the_publishers_with_its_source_and_year_beside_the_countys(
    demo_result: Run, sheets: dict[tuple[str, str], Paper]
) -> None:
    votes = demo_result.scored.votes.sum()
    turnout = f"{100 * votes['votes_cast_count'] / votes['electors_count']:.1f} %".replace(".", ",")
    for (kind, name), paper in sheets.items():
        tables = [one for one in paper.blocks if one.kind == "table"]
        rows = {row[0]: row[1:] for row in tables[0].rows}
        assert rows["Valdeltagande"][1] == turnout
        for _, _, source in rows.values():
            assert re.search(r"[A-Za-z] 20\d\d$", source)
        column = "municipality_name" if kind == "municipality" else "association"
        places = demo_result.scored.places
        told = render_page(paper).decode()
        assert all(
            escape(str(area)) in told for area in places.loc[places[column] == name, "area_name"]
        )


def test_few_are_told_as_few_and_no_share_of_few_is_told(demo_result: Run) -> None:
    level = demo_result.scored
    counts = level.counts.copy()
    code = level.places.index[0]
    counts.loc[code, ["population_count", "dwellings_rental_count"]] = 3.0
    if "dwellings_count" in counts:
        counts.loc[code, "dwellings_count"] = 4.0
    frames = {**demo_result.frames, f"{level.area_set}_counts": counts}
    kind = ("municipality", str(level.places["municipality_name"][code]))
    sheet = factsheets(Hand(Run(demo_result.record, frames)))[kind]
    (row,) = [
        row
        for one in sheet.blocks
        if one.kind == "table"
        for row in one.rows
        if row[0] == level.places["area_name"][code]
    ]
    assert row[1] == "färre än 10"
    assert not any(cell in ("3", "4") for cell in row)


@pytest.mark.skipif(which("pdfinfo") is None, reason="no poppler")
def test_a_sheet_is_one_page_also_of_the_place_with_most_areas(
    demo_result: Run, sheets: dict[tuple[str, str], Paper]
) -> None:
    most = str(demo_result.scored.places["municipality_name"].value_counts().index[0])
    pdf = render_pdf(sheets["municipality", most])
    said = subprocess.run(["pdfinfo", "-"], check=True, input=pdf, capture_output=True)
    assert b"Pages:           1" in said.stdout


def test_it_says_who_gives_it_out_or_has_a_line_for_it(
    demo_result: Run, sheets: dict[tuple[str, str], Paper]
) -> None:
    bare = next(iter(sheets.values()))
    (blank,) = [one for one in bare.blocks if one.kind == "blank"]
    assert blank.items == ["Utges av:", "Kontakt för press:"]
    settings = demo_result.settings
    sender = {"name": "Partiet <i>", "contact": "kansliet"}
    campaign = {**settings["campaign"], "sender": sender}
    record = {**demo_result.record, "settings": {**settings, "campaign": campaign}}
    told = next(iter(factsheets(Hand(Run(record, demo_result.frames))).values()))
    page = render_page(told).decode()
    assert "Utges av: Partiet &lt;i&gt;" in page
    assert "Kontakt för press: kansliet" in page
