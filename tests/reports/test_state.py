"""Where we stand: five decisions at most, what is done beside planned, and surprises."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.files.folder import safe_names
from geoprio.files.paper import render_page
from geoprio.reports.agenda import map_work
from geoprio.reports.association import Hand, association_papers, progress
from geoprio.reports.lists import association_workbooks, leadership_workbook
from geoprio.reports.proposal import planned
from geoprio.reports.state import ENOUGH, slow, state_page, surprise_lines, surprises
from geoprio.runs import Run
from geoprio.sources.activity import withheld
from geoprio.sources.responses import COLUMNS, with_answers
from geoprio.tables import DONE


@pytest.fixture(scope="module")
def hand(demo_result: Run) -> Hand:
    return Hand(demo_result, planned(demo_result))


def done(hand: Hand, rows: list[list[float]]) -> Hand:
    codes = pd.Index(hand.table.index[: len(rows)], name="area_code")
    return replace(hand, done=pd.DataFrame(rows, codes, DONE).sort_index())


def test_what_is_done_stands_beside_what_is_planned_by_association(hand: Hand) -> None:
    assert hand.planned is not None
    chosen = hand.planned.made.chosen
    doors = chosen[chosen["channel"] == "canvass"]["doors_count"].sum()
    told = done(hand, [[100, 120, 40], [float("nan")] * 3])
    rows = progress(told, hand.run.scored.areas["association"])
    assert rows["planned"].sum() == pytest.approx(doors)
    assert rows["visited"].sum() == 100
    assert rows["withheld"].sum() == 1
    assert progress(hand, hand.run.scored.areas["association"])["visited"].isna().all()
    name = str(rows["visited"].idxmax())
    (table,) = [
        one
        for one in association_papers(told)[name].blocks
        if one.kind == "table" and len(one.head) == 3
    ]
    assert len(table.rows) >= 2
    assert table.rows[-1][0].startswith(name)
    assert "100" in table.rows[-1][2]
    others = association_papers(hand)[name].blocks
    assert not any(one.kind == "table" and len(one.head) == 3 for one in others)


def test_each_cell_of_a_form_is_used_by_the_plan_or_shown_to_who_acts(hand: Hand) -> None:
    name = hand.table["association"].value_counts().index[0]
    row = hand.table[hand.table["association"] == name]
    codes = [*row.index[:3]]
    cells = ["6", "2", "3", "ja", codes[0], "hyrorna ökar", "4", codes[1], codes[2], codes[1]]
    answers = pd.DataFrame([cells], [name], COLUMNS[1:]).rename_axis("association")
    told = replace(hand, answers=answers)
    page = render_page(state_page(told)).decode().split("Svar från föreningarna")[1]
    shown = ["6 · 2 · 3", "hyrorna ökar", *map(str, row["area_name"].iloc[:3])]
    assert all(f"<bdi>{one}</bdi>" in page for one in shown)
    assert "hyrorna ökar" in render_page(association_papers(told)[name]).decode()
    assert hand.planned is not None
    made = hand.planned.made
    asked = with_answers(made.plan, answers, hand.run.scored.areas["association"])
    again = planned(hand.run, plan=asked).made.chosen
    canvassed = set(again.loc[again["channel"] == "canvass", "area_code"])
    assert codes[2] in canvassed
    assert codes[1] not in canvassed


def test_what_is_withheld_is_never_told_as_none(hand: Hand) -> None:
    page = render_page(state_page(done(hand, [[float("nan")] * 3]))).decode()
    assert "visas inte" in page
    assert ">0<" not in page.split("Överraskningar")[0]


def test_what_is_said_holds_whatever_is_withheld_or_not_told(hand: Hand) -> None:
    assert hand.planned is not None
    chosen = hand.planned.made.chosen
    codes = pd.Index(chosen.loc[chosen["channel"] == "canvass", "area_code"].unique()).sort_values()
    owner = hand.run.scored.areas["association"]
    late, seen = set[str](), set[str]()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        visited = rng.choice([0, 9, 40, 400], len(codes), p=[0.3, 0.1, 0.3, 0.3]).astype(float)
        opened = np.floor(visited * rng.choice([0.1, 0.3, 0.6], len(codes)))
        rows = pd.DataFrame([visited, visited, opened], DONE, codes.rename("area_code")).T
        truth = replace(hand, done=rows)
        told = replace(hand, done=withheld(rows)[rng.random(len(codes)) > 0.1 * (seed % 3)])
        known, least = progress(truth, owner), progress(told, owner)
        assert not (least["visited"] > known["visited"]).any()
        sure = least["withheld"] + least["untold"] == 0
        assert (least["visited"] == known["visited"])[sure].all()
        assert set(slow(told)) <= set(slow(truth))
        late |= {*slow(told)}
        true = surprises(truth)
        for kind, found in surprises(replace(hand, done=withheld(rows))).items():
            assert set(found) <= set(true[kind])
            seen |= {kind} if len(found) else set()
    assert late
    assert seen == {"more", "fewer"}


def test_workbooks_have_what_is_done_beside_what_is_planned(hand: Hand) -> None:
    assert hand.planned is not None
    chosen = hand.planned.made.chosen
    codes = chosen.loc[chosen["channel"] == "canvass", "area_code"].unique()[:3]
    rows = pd.DataFrame([[100, 120, 40], [float("nan")] * 3, [0, 0, 0]], codes, DONE, dtype=float)
    work = map_work(hand.planned, rows.rename_axis("area_code").sort_index())
    names = hand.table["area_name"].astype(str)
    book = leadership_workbook(hand.run, work)
    sheet = pd.read_excel(io.BytesIO(book), sheet_name="Gjort", header=None, engine="calamine")
    told = sheet.set_index(0)[4]
    assert [told[names[code]] for code in codes] == [100, "visas inte", 0]
    assert told[sheet[3].notna().to_numpy()].isna().any()  # nobody has told: no figure
    name = str(hand.table["association"][codes[0]])
    own = association_workbooks(hand.run, work)[safe_names(hand.names)[name]]
    sheet = pd.read_excel(io.BytesIO(own), sheet_name="Gjort", header=None, engine="calamine")
    assert set(sheet[2].dropna()[1:]) == {name}


def test_doors_that_say_otherwise_than_the_figures_are_surprises(hand: Hand) -> None:
    strong = hand.table[hand.table["verdict"] == "Satsa fullt"].index[0]
    weak = hand.table[hand.table["verdict"] != "Satsa fullt"].index[0]
    rows = pd.DataFrame([[90, 100, 20], [90, 100, 60]], [strong, weak], columns=DONE, dtype=float)
    told = replace(hand, done=rows.rename_axis("area_code").sort_index())
    lines = surprise_lines(told)
    assert len(lines) == 2
    assert str(hand.table["area_name"][weak]) in lines[0]
    assert str(hand.table["area_name"][strong]) in lines[1]
    few = rows.assign(visits_count=ENOUGH - 1.0)
    assert surprise_lines(replace(hand, done=few.rename_axis("area_code"))) == []


def test_it_asks_for_five_decisions_at_most_and_says_whom_it_waits_for(hand: Hand) -> None:
    told = done(hand, [[1000, 2000, 900], [20, 100, 1]])
    page = render_page(
        state_page(
            replace(
                told, answers=pd.DataFrame(index=hand.names[:1], columns=COLUMNS[1:]).fillna("")
            )
        )
    ).decode()
    first = page.split("Gjort och planerat")[0]
    assert 1 <= first.count("<li>") <= 5
    assert "Svarsblankett från" in page
    assert hand.names[0] not in page.split("Svarsblankett från")[1].split("</li>")[0]


def test_a_campaign_without_a_plan_has_a_page(demo_result: Run) -> None:
    page = render_page(state_page(Hand(demo_result))).decode()
    assert "Kampanjen har ingen plan" in page
