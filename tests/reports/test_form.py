"""Forms: a dozen cells that come back as answers; a person in one is refused and not repeated."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from xlsxwriter import Workbook

from geoprio.config.questions import FIRST, JUDGED, KEYS, MOST, QUESTIONS, SHEET
from geoprio.config.resources import Crew
from geoprio.errors import SourceError
from geoprio.reports.association import Hand
from geoprio.reports.form import association_forms
from geoprio.reports.proposal import plan_of_run
from geoprio.runs import Run
from geoprio.sources.private import read_capacity
from geoprio.sources.responses import (
    COLUMNS,
    FILE,
    answer_files,
    read_answers,
    read_forms,
    with_answers,
)
from geoprio.sources.sheets import sheet_lines

HOME = "Norra Hage"
OWNER = pd.Series({"A1": HOME, "A2": HOME, "B1": "Södra"})
GOOD = [6, 1.5, 2, "Ja", "Norra Hage", "hyrorna", 4, "Kista", "nej", "ja"]


def filled(
    folder: Path,
    cells: list[object],
    association: str = HOME,
    name: str = "a",
    hidden_too: tuple[tuple[str, str, str], ...] = (),
) -> Path:
    """Write a form as it comes back, with two areas that are judged."""
    path = folder / f"{name}.xlsx"
    keys = [*(one.name for one in QUESTIONS), f"{JUDGED}A1", f"{JUDGED}A2"]
    rows = [("campaign", "demo", ""), ("association", association, "")]
    rows += [("question", key, "") for key in keys]
    rows += [("place", "Kista", "A1"), ("place", "Norra Hage", "A2")]
    rows += hidden_too
    with Workbook(str(path), {"strings_to_formulas": False}) as book:
        page, hidden = book.add_worksheet(SHEET), book.add_worksheet(KEYS)
        page.write_row(0, 0, ["x", "y"])
        for at, cell in enumerate(cells):
            page.write_row(FIRST - 1 + at, 0, ["fråga", cell])
        for at, row in enumerate(rows):
            hidden.write_row(at, 0, row)
    return path


def test_a_form_asks_at_most_a_dozen_cells_and_is_the_same_again(demo_result: Run) -> None:
    hand = Hand(demo_result)
    forms = association_forms(hand)
    assert set(forms) == set(hand.names)
    assert association_forms(hand) == forms
    for content in forms.values():
        rows = pd.read_excel(BytesIO(content), sheet_name=SHEET, header=None, engine="calamine")
        assert len(QUESTIONS) <= len(rows) - FIRST + 1 <= MOST


def test_an_empty_form_of_a_run_is_read_back_and_says_nothing(
    demo_result: Run, tmp_path: Path
) -> None:
    hand = Hand(demo_result)
    for number, content in enumerate(association_forms(hand).values()):
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    told = read_forms(tmp_path, "demo", demo_result.scored.areas["association"])
    assert list(told["association"]) == hand.names
    assert (told.drop(columns="association") == "").all(axis=None)
    plan = plan_of_run(demo_result)
    answers = told.set_index("association")
    with_them = with_answers(plan, answers, demo_result.scored.areas["association"])
    assert all(with_them.crew_of(name) == plan.crew_of(name) for name in hand.names)
    assert with_them.locks == plan.locks
    assert sheet_lines(tmp_path / "0.xlsx", [KEYS])[0][0][1] == "demo"


@pytest.mark.parametrize("name", ["<r>x</r>", '<r>a<b>&"x"', "+1|x", "_x0041_", "x" * 300, "ullas"])
def test_a_form_of_any_name_is_read_back(demo_result: Run, tmp_path: Path, name: str) -> None:
    hand = Hand(demo_result)
    own = demo_result.scored.areas["association"] == hand.names[0]
    areas = demo_result.scored.areas.assign(
        association=demo_result.scored.areas["association"].mask(own, name),
        area_name=demo_result.scored.areas["area_name"].mask(own, name + " ö"),
    )
    frames = {**demo_result.frames, "regso_2020_areas": areas}
    form = association_forms(Hand(replace(demo_result, frames=frames)))[name]
    (tmp_path / "a.xlsx").write_bytes(form)
    told = read_forms(tmp_path, "demo", areas["association"])
    assert told["association"].tolist() == [name]


def test_answers_are_kept_and_the_next_plan_counts_with_them(
    demo_result: Run, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    filled(tmp_path / "in", [*GOOD])
    told = read_forms(tmp_path / "in", "demo", OWNER)
    assert told.iloc[0].to_dict() == dict(
        zip(
            COLUMNS,
            [HOME, "6", "1.5", "2", "ja", "A2", "hyrorna", "4", "A1", "A2", "A1"],
            strict=True,
        )
    )
    (tmp_path / "privat").mkdir()
    before = "association;asked\nSödra;ja\n"
    (tmp_path / "privat" / "stod.csv").write_text(before, "utf-8")
    for path, content in answer_files(tmp_path, told).items():
        path.write_bytes(content)
    answers = read_answers(tmp_path / "privat" / FILE)
    assert read_capacity(tmp_path, [HOME, "Södra"])["asked"].to_list() == [1, 1]
    plan = with_answers(plan_of_run(demo_result), answers, OWNER)
    assert plan.crew_of(HOME) == Crew(people=6, evenings_per_week=1.5, hours_per_evening=2)
    assert plan.crew_of("Södra") == plan.crew
    assert plan.doors.access["A1"] == pytest.approx(0.6)
    assert "B1" not in plan.doors.access
    assert [lock.area_code for lock in plan.locks if lock.wish == "out"][-1:] == ["A1"]
    assert (plan.wanted, plan.sites.hubs) == (("A2",), ("A2",))
    again = answer_files(tmp_path, told.assign(people="8"))
    assert b";8;" in next(iter(again.values()))


PERSONS = [
    "Ulla Svensson",
    "ring Ulla",
    "=Ulla Svensson",
    "0701234567",
    "070-123 45 67",
    "ulla@example.org",
    "19800101-1234",
    "ULLA SVENSSON",
    "Łukasz Żak",
    "fråga ulla om lokalen",
    "kim svensson",
    "mohammed i porten",
]


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("cell", [0, 4, 5])
def test_a_person_in_any_cell_is_refused_and_not_repeated(
    person: str, cell: int, tmp_path: Path
) -> None:
    cells = [*GOOD]
    cells[cell] = person
    filled(tmp_path, cells)
    with pytest.raises(SourceError) as caught:
        read_forms(tmp_path, "demo", OWNER)
    said = str(caught.value)
    assert f"cell B{FIRST + cell}" in said or "no formulas" in said
    assert person not in said
    assert "ulla" not in said.lower()


@pytest.mark.parametrize(
    "row",
    [
        ("place", "X", "Ulla Svensson 070"),
        ("place", "X", "=cmd()"),
        ("place", "Torget", "B1"),
        ("question", f"{JUDGED}Ulla Svensson", ""),
        ("question", "people", ""),
    ],
)
def test_what_is_written_in_the_hidden_sheet_gets_nowhere(
    row: tuple[str, str, str], tmp_path: Path
) -> None:
    filled(tmp_path, [*GOOD], hidden_too=(row,))
    with pytest.raises(SourceError) as caught:
        read_forms(tmp_path, "demo", OWNER)
    assert "Ulla" not in str(caught.value)


def test_a_form_that_is_cut_anywhere_is_told(tmp_path: Path) -> None:
    whole = filled(tmp_path, [*GOOD]).read_bytes()
    for part in range(1, 20):
        (tmp_path / "a.xlsx").write_bytes(whole[: len(whole) * part // 20] + b"\0" * 30)
        with pytest.raises(SourceError):
            read_forms(tmp_path, "demo", OWNER)


def test_every_fault_of_every_form_is_told_at_once(tmp_path: Path) -> None:
    filled(tmp_path, [3.7, 99, "x", "kanske", "Ingen", "t" * 81, 11, "Ingenstans"])
    filled(tmp_path, GOOD, name="b")
    filled(tmp_path, GOOD, name="c")
    filled(tmp_path, GOOD, association="En annan", name="d")
    (tmp_path / "e.xlsx").write_bytes(b"PK\x03\x04 no book")
    with pytest.raises(SourceError) as caught:
        read_forms(tmp_path, "demo", OWNER)
    said = str(caught.value)
    for words in (
        "B5: must be a whole",
        "B6",
        "B7",
        "B8",
        "B9",
        "B10",
        "B11",
        "B12",
        "two forms",
        "another",
    ):
        assert words in said
    assert "e.xlsx" in said
    assert "kanske" not in said
    with pytest.raises(SourceError, match="no form here"):
        read_forms(tmp_path / "none", "demo", OWNER)
