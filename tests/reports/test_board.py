"""The board's paper: two pages, what is proposed beside reaching everyone, and where to sign."""

import subprocess
from dataclasses import replace
from datetime import date
from shutil import which

import numpy as np
import pytest

from geoprio.files.paper import render_page, render_pdf
from geoprio.reports.association import Hand
from geoprio.reports.board import LINES, board_paper, fitted, reach_rows
from geoprio.reports.proposal import Decision, Planned, planned
from geoprio.runs import Run


@pytest.fixture(scope="module")
def hand(demo_result: Run) -> Hand:
    return Hand(demo_result, planned(demo_result))


def test_it_is_two_pages_that_end_where_it_is_signed(hand: Hand) -> None:
    paper = board_paper(hand)
    told = render_page(paper).decode()
    for words in (
        "Det här föreslås",
        "Det här kostar det",
        "Det här avstår vi från",
        "Ordförande:",
    ):
        assert words in told
    assert "Det finns inget tidigare beslut." in told
    if which("pdfinfo"):
        pdf = render_pdf(paper)
        said = subprocess.run(["pdfinfo", "-"], check=True, input=pdf, capture_output=True)
        assert b"Pages:           2" in said.stdout


def test_what_is_reached_stands_beside_what_everyone_alike_would_give(hand: Hand) -> None:
    assert hand.planned is not None
    rows = reach_rows(hand.run, hand.planned)
    chosen = hand.planned.made.chosen
    own = chosen[chosen["channel"] == "canvass"]
    assert rows.loc["canvass", "persons"] == pytest.approx(own["target_persons_count"].sum())
    every = own["election"].map(hand.planned.made.everyone)
    assert rows.loc["canvass", "everyone"] == pytest.approx(every.mean())
    letters = hand.run.mailing
    assert rows.loc["mailing", "everyone"] == pytest.approx(letters["precision_everyone"].mean())
    assert (rows["persons"] <= rows["electors"]).all()
    known = rows.drop(columns="hours")
    assert np.isfinite(known.to_numpy()).all()
    reaching = chosen[chosen["channel"] != "organise"]
    assert rows["hours"].sum() == pytest.approx(reaching["hours"].sum())
    assert np.isnan(rows.loc["mailing", "hours"])


def test_a_decided_plan_says_so_and_one_without_a_plan_has_its_mailing(hand: Hand) -> None:
    one = hand.planned
    assert one is not None
    decided = Planned(one.run, one.made, one.asked, Decision("2029-05-02", "§ 7"))
    assert "beslutad 2029-05-02, § 7" in render_page(board_paper(Hand(one.run, decided))).decode()
    bare = replace(hand, planned=None)
    told = render_page(board_paper(bare)).decode()
    assert "Distriktets utskick" in told
    assert "avstår" not in told


def test_each_area_stands_with_its_association_and_weeks_and_each_way_on_a_map(hand: Hand) -> None:
    assert hand.planned is not None
    paper = board_paper(hand)
    (table,) = [one for one in paper.blocks if one.dense]
    made = hand.planned.made
    for name, where, stands, _, hours in table.rows:
        own = made.chosen[made.chosen["association"] == name]
        assert str(round(own["hours"].sum())) == hours.replace("\u00a0", "").replace("\u202f", "")
        assert str((own["channel"] == "stand").sum()) == stands
        for row in own[own["channel"] != "stand"].itertuples():
            week = date.fromisoformat(made.weeks.loc[[row.Index], "week"].min()).isocalendar().week
            assert f"{made.places['area_name'][row.area_code]}\u00a0v.\u00a0{week}" in where
    (maps,) = [one for one in paper.blocks if one.kind == "maps"]
    titles = {one.title.split(":")[0] for one in maps.pictures}
    assert {"Dörrknackning", "Utskick"} <= titles


def test_more_rows_than_a_page_has_room_for_are_counted() -> None:
    rows = [[f"F{at}", "x" * 100, "1"] for at in range(40)]
    kept = fitted(rows, "sv")
    assert len(kept) == LINES // 2 + 1
    assert kept[-1] == [f"och {40 - LINES // 2} till: se plan.xlsx", "", ""]
    assert fitted(rows[:5], "sv") == rows[:5]
