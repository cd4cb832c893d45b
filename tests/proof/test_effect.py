"""Effects of areas left alone by lot: published trials, planted effects, and what is refused."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geoprio.cli import app
from geoprio.cli.retrospect import where_we_were
from geoprio.config.resources import Crew, Holdouts
from geoprio.errors import ConfigError, SourceError
from geoprio.plans.holdouts import SEEN, drawn_lots, matched_pairs, smallest_effect
from geoprio.proof.contrast import (
    Estimate,
    Lots,
    cost_per_vote,
    counts_effect,
    lots_of,
    pair_differences,
    pair_effects,
    possible_lots,
)
from geoprio.proof.readout import Readout, attendance
from geoprio.reports.plan_files import DECIDED, SEAL, freeze, write_plan
from geoprio.reports.proposal import Decision, planned
from geoprio.runs import Run, read_run
from geoprio.scores.draws import rng_for
from geoprio.sources.private import read_outcome


@pytest.mark.parametrize("name", ["pasadena_t4_2", "pasadena_t4_3_first_contact"])
def test_published_trials_to_the_digits(cases: Path, name: str) -> None:
    """Two canvassing trials in Pasadena: the effect, its error, and that on the contacted."""
    told = json.loads((cases / "evidence" / "gotv_experiments.json").read_text("utf-8"))[name]
    voted, people, contacted = (
        (told[f"{what}_treat"], told[f"{what}_control"]) for what in ("voted", "n", "contacted")
    )
    itt, published = counts_effect(voted, people), told["pub"]
    contacts = contacted[0] / people[0] - contacted[1] / people[1]
    assert 100 * itt.value == pytest.approx(published["itt"], abs=1e-4)
    assert round(100 * itt.se, 4) == published["se_itt"]
    on_contacted = itt.over(contacts)
    assert 100 * on_contacted.value == pytest.approx(published["cace"], abs=2e-4)
    # The first is printed with one decimal; the published ones count the contacts' error too.
    assert 100 * on_contacted.se == pytest.approx(published["se_cace"], rel=2e-3)


def test_the_smallest_effect_of_the_published_rule(cases: Path) -> None:
    rule = json.loads((cases / "evidence" / "gotv_experiments.json").read_text("utf-8"))["mde_rule"]
    told = rule["example"]
    found = SEEN * told["sd_pairdiff_pp_ASSUMED"] / np.sqrt(told["J"])
    assert round(found, 3) == told["MDE_pp"]
    needed = (SEEN * told["sd_pairdiff_pp_ASSUMED"] / 1.1) ** 2
    assert round(needed, 1) == rule["pairs_needed_for_itt_1.1pp"]


def by_hand() -> tuple[Lots, pd.Series]:
    codes = pd.Index(list("abcdef"), name="area_code")
    pairs = pd.DataFrame({"pair": [1, 1, 2, 2, 3, 3], "holdout": [True, False] * 3}, codes)
    # Figures that differ nowhere: every lot is as balanced.
    lots = Lots(pairs, pd.DataFrame({"turnout_share": 0.8}, codes), 1, 0.02)
    return lots, pd.Series([0.80, 0.83, 0.70, 0.72, 0.90, 0.91], codes)


def test_three_pairs_by_hand() -> None:
    lots, outcome = by_hand()
    apart = pair_differences(lots.pairs, outcome)
    assert apart.round(9).to_dict() == {1: 0.03, 2: 0.02, 3: 0.01}
    flat = lots.figures["turnout_share"]
    told = pair_effects(lots, outcome, flat, rng=np.random.default_rng(1))["paired"]
    assert told.value == pytest.approx(0.02)
    assert told.se == pytest.approx(0.01 / np.sqrt(3))
    # Student's t of two degrees of freedom, 95 %: 2.919986.
    assert told.high - told.value == pytest.approx(2.919986 * 0.01 / np.sqrt(3), rel=1e-6)
    # Two of the eight lots give so large a difference.
    assert told.p == 2 / 8


def test_adjusting_takes_away_what_the_pairs_differed_by_before() -> None:
    lots, _ = by_hand()
    rng = np.random.default_rng(3)
    before = pd.Series(rng.normal(0.8, 0.05, 6), lots.pairs.index)
    outcome = before + np.where(lots.pairs["holdout"], 0, 0.03)
    told = pair_effects(lots, outcome, before, rng=rng)["adjusted"]
    assert told.value == pytest.approx(0.03)
    assert told.se == pytest.approx(0, abs=1e-9)


def test_a_pair_without_a_result_takes_no_part_and_two_pairs_are_too_few() -> None:
    lots, outcome = by_hand()
    assert pair_differences(lots.pairs, outcome.drop("c")).index.tolist() == [1, 3]
    with pytest.raises(ConfigError, match="2 pairs"):
        pair_effects(lots, outcome.drop("c"), outcome, rng=np.random.default_rng(1))


def test_cost_per_vote_has_no_upper_limit_where_the_work_may_have_given_none() -> None:
    assert cost_per_vote(1000, 10_000, Estimate(0.02, 0, 0.01, 0.03)) == pytest.approx(
        (5, 10 / 3, 10)
    )
    assert cost_per_vote(1000, 10_000, Estimate(0.02, 0, -0.01, 0.03))[2] == np.inf
    assert np.isnan(cost_per_vote(1000, 10_000, Estimate(-0.02, 0, -0.03, -0.01))).all()
    assert np.isnan(Estimate(0.02, 0.01).over(0).value)


ALIKE = ["turnout_share", "v_share", "red_green_share", "precision_share"]
PAIRS, DRIFT = 40, 0.015
"""Pairs of the trials, and how far (standard deviation) turnout strays until the next election."""


@pytest.fixture(scope="module")
def figures(demo_result: Run) -> pd.DataFrame:
    return demo_result.levels["deso_2018"].indicators[ALIKE].dropna()


@pytest.fixture(scope="module")
def trials(figures: pd.DataFrame) -> list[tuple[Lots, pd.Series]]:
    """Return 200 draws of lots in the demo county, and turnout at the next election."""
    pairs = matched_pairs(figures, PAIRS)
    own = figures.loc[pairs.index]
    made = []
    for seed in range(200):
        lot = drawn_lots(pairs, own, rng=rng_for(seed, "plan: lots"))
        stray = np.random.default_rng(seed).normal(0, DRIFT, len(pairs))
        lots = Lots(pairs.assign(holdout=lot), own, seed, 0.0)
        made.append((lots, own["turnout_share"] + stray))
    return made


def found(lots: Lots, turnout: pd.Series, effect: float) -> dict[str, Estimate]:
    """Return what is read out where the work has raised turnout by so much."""
    outcome = turnout + effect * (~lots.pairs["holdout"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geoprio.proof.contrast.LOTS", 300)
        rng = np.random.default_rng(lots.seed)
        return pair_effects(lots, outcome, lots.figures["turnout_share"], rng=rng)


def test_planted_effects_are_found_with_the_promised_coverage(
    trials: list[tuple[Lots, pd.Series]],
) -> None:
    """Of 0, 1 and 3 points, over 200 seeds; of none p is below 0.1 in a tenth."""
    for points in (0, 1, 3):
        told = [found(*one, points / 100) for one in trials]
        for name in ("paired", "adjusted"):
            own = [one[name] for one in told]
            inside = np.mean([one.low <= points / 100 <= one.high for one in own])
            assert inside == pytest.approx(0.9, abs=0.055)
            assert np.mean([one.value for one in own]) == pytest.approx(points / 100, abs=1e-3)
            p = np.array([one.p for one in own])
            if points == 0:
                assert (p <= 0.1).mean() == pytest.approx(0.1, abs=0.06)
            if points == 3:
                assert (p < 0.05).mean() > 0.99


def test_the_smallest_effect_told_beforehand_is_seen_four_times_in_five(
    trials: list[tuple[Lots, pd.Series]],
) -> None:
    seen = []
    for lots, turnout in trials:
        # The election before strayed as far from today's as the next one will.
        earlier = np.random.default_rng(1000 + lots.seed).normal(0, DRIFT, len(turnout))
        told = smallest_effect(lots.pairs, lots.figures["turnout_share"] + earlier)
        one = found(lots, turnout, told)["paired"]
        # Student's t of 39 degrees of freedom, 97.5 %.
        seen.append(one.value / one.se > 2.0227)
    assert 0.7 <= np.mean(seen) <= 0.9


def test_lots_that_could_not_have_been_drawn_do_not_count(
    trials: list[tuple[Lots, pd.Series]],
) -> None:
    lots, _ = trials[1]
    known = pd.Index(sorted(set(lots.pairs["pair"])))
    signs = possible_lots(lots, known, rng=np.random.default_rng(1))
    assert 10 < len(signs) < 10_000
    assert (signs[0] == 1).all()


@pytest.fixture(scope="module")
def frozen(demo_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run whose plan with lots is decided."""
    home = tmp_path_factory.mktemp("trial") / "demo"
    shutil.copytree(demo_out / "data" / "processed" / "demo", home)
    run = read_run(home)
    plan = run.campaign.plan
    assert plan is not None
    lots = Holdouts(pairs=4, decided="2029-05-02", paragraph="§ 7")
    crew = Crew(people=40, evenings_per_week=3)
    told = {"holdouts": lots, "crew": crew, "crews": {}}
    write_plan(planned(run, plan=plan.model_copy(update=told)))
    freeze(run, Decision("2029-05-02", "§ 7"))
    return home


def result_of(frozen: Path, effect: float) -> str:
    """Return a result (CSV) in which the work raised turnout by so much, in every pair alike."""
    rows = pd.DataFrame(json.loads((frozen / DECIDED / SEAL).read_text("utf-8"))["lots"]["rows"])
    people, worked = 10_000, ~rows["holdout"]
    cast = (people * (rows["turnout_share"] + effect * worked)).round().astype(int)
    rows = rows.assign(electors_count=people, votes_cast_count=cast, cost_sek=5000 * worked)
    rows = rows.assign(contacted_count=4000 * worked)
    names = ["area_code", "electors_count", "votes_cast_count", "contacted_count", "cost_sek"]
    return rows[names].to_csv(sep=";", index=False)


def test_a_decided_plan_is_read_out_with_its_planted_effect(frozen: Path, tmp_path: Path) -> None:
    path = tmp_path / "resultat.csv"
    path.write_text(result_of(frozen, 0.03), "utf-8")
    told = CliRunner().invoke(app, ["effect", str(frozen), str(path), "--lang", "sv"])
    assert told.exit_code == 0, told.output
    record = json.loads((frozen / "effekt" / "effekt.json").read_text("utf-8"))
    found = record["effects"]["turnout_share"]["adjusted"]
    assert found["value"] == pytest.approx(0.03, abs=2e-4)
    assert record["contact_adjusted"]["value"] == pytest.approx(0.03 / 0.4, abs=1e-3)
    assert record["sek_per_vote"]["value"] == pytest.approx(5000 / 300, rel=0.01)
    page = (frozen / "effekt" / "effekt.html").read_text("utf-8")
    first = re.sub(r"<[^>]+>", "", page.partition("</h1>")[2]).split(".")[0]
    # Four pairs as well balanced leave two draws: the interval alone would have said yes.
    assert found["low"] > 0
    assert found["p"] == 1
    assert "Det går inte att se att arbetet höjde valdeltagandet" in first
    assert "Bara 2 lottdragningar var möjliga" in page
    assert "DEMO" in page
    assert "där vi inte var" in page
    assert "finns ingen uppgift om vi var där" in page


@pytest.mark.parametrize(("effect", "told"), [(0.03, "Ja:"), (0.0, "Det går inte att se")])
def test_the_answer_of_forty_pairs(
    trials: list[tuple[Lots, pd.Series]], effect: float, told: str
) -> None:
    lots, turnout = trials[0]
    cast = 10_000 * (turnout + effect * (~lots.pairs["holdout"])).clip(0, 1)
    result = pd.DataFrame({"electors_count": 10_000, "votes_cast_count": cast})
    record = {"decision": {"day": "2029-05-02", "paragraph": "§ 7"}}
    found = Readout.of(lots, record, result)
    assert found.lines("sv")[0].startswith(told)
    assert not any("lottdragningar" in line for line in found.lines("sv"))
    assert found.figures()["contact_adjusted"]["value"] is None


def test_where_one_was_and_unknown_is_not_none() -> None:
    verdict = pd.Series(["full", "full", "full", "ask", "joint", "joint", None], list("abcdefg"))
    told = pd.Series([0.0, 5.0, 5.0, 0.0, 9.0], list("abdef"))
    found = attendance(verdict, told)
    assert {kind: list(codes) for kind, codes in found.items()} == {
        "absent": ["a"],
        "beside": ["f"],
        "untold": ["c"],
    }


def test_the_list_of_what_is_carried_out_tells_where_one_was(
    demo_out: Path, tmp_path: Path
) -> None:
    """Both pages tell it: of the list alone, and where the result tells of contacts, of both."""
    home = demo_out / "data" / "processed" / "demo"
    run = read_run(home)
    verdict, names = run.scored.scores["canvass"]["verdict"], run.scored.areas["area_name"]
    first, second = verdict.index[verdict == "full"][:2]
    beside = verdict.index[verdict == "joint"][0]
    assert where_we_were(home, tmp_path, "sv") == []
    (tmp_path / "privat").mkdir()
    rows = [f"{first};0;0;0", f"{beside};50;60;20", f"{second};4;5;1"]
    table = "\n".join(["area_code;households;visits;successful", *rows])
    (tmp_path / "privat" / "genomfort.csv").write_text(table, "utf-8")
    (part,) = where_we_were(home, tmp_path, "sv")
    absent, worked, untold = part.lines
    assert part.title.endswith("2022")
    assert absent == f"1 område högt upp där vi inte var: {names[first]}."
    assert names[beside] in worked
    # Four households are withheld, which is not none.
    assert untold.startswith(f"Om {(verdict == 'full').sum() - 1} områden")
    (part,) = where_we_were(home, tmp_path, "sv", contacted=pd.Series({second: 0.0}))
    assert part.lines[0].startswith("2 områden högt upp")


def test_contacts_that_are_not_told_of_all_are_unknown(
    trials: list[tuple[Lots, pd.Series]],
) -> None:
    lots, turnout = trials[0]
    left = lots.pairs["holdout"]
    result = pd.DataFrame({"electors_count": 10_000.0, "votes_cast_count": 10_000 * turnout})
    result = result.assign(contacted_count=4000.0 * ~left, cost_sek=(5000.0 * ~left).where(~left))
    record = {"decision": {"day": "2029-05-02", "paragraph": "§ 7"}}
    whole = Readout.of(lots, record, result)
    assert whole.contacts == pytest.approx(0.4)
    assert whole.cost is not None
    result.loc[left.index[left][0], "contacted_count"] = np.nan
    result.loc[left.index[~left][0], "cost_sek"] = np.nan
    part = Readout.of(lots, record, result)
    assert np.isnan(part.contacts)
    assert part.cost is None
    assert any("skriv 0 där" in line for line in part.lines("sv"))
    # A pair without a result is in none of the sums.
    result.loc[left.index[0], "votes_cast_count"] = np.nan
    assert Readout.of(lots, record, result).known == PAIRS - 1
    assert len(Readout.of(lots, record, result).result) == 2 * (PAIRS - 1)


def test_lots_of_no_frozen_plan_are_refused(frozen: Path, tmp_path: Path) -> None:
    path = tmp_path / "resultat.csv"
    path.write_text(result_of(frozen, 0.01), "utf-8")
    record = json.loads((frozen / DECIDED / SEAL).read_text("utf-8"))
    assert lots_of(record).verified().pairs["holdout"].sum() == 4
    wrong = {
        "not decided": {**record, "status": "proposal", "decision": None},
        "left no area": {**record, "lots": None},
        "after election day": {**record, "decision": {"day": "2030-10-01", "paragraph": "§ 1"}},
    }
    for words, one in wrong.items():
        with pytest.raises(ConfigError, match=words):
            lots_of(one)
    chosen = json.loads(json.dumps(record))
    for row in chosen["lots"]["rows"]:
        row["holdout"] ^= row["pair"] == 1
    with pytest.raises(ConfigError, match="somebody has chosen"):
        lots_of(chosen).verified()
    shutil.copytree(frozen / DECIDED, tmp_path / "plan")
    (tmp_path / "plan" / SEAL).write_text(json.dumps(chosen), "utf-8")
    told = CliRunner().invoke(app, ["effect", str(tmp_path / "plan"), str(path)])
    assert told.exit_code == 2
    assert not (tmp_path / "effekt").exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("area_code;electors_count\na;1", "columns"),
        ("area_code;electors_count;votes_cast_count;namn\na;1;1;x", "columns"),
        ("area_code;electors_count;votes_cast_count\na;1;2", "more votes"),
        ("area_code;electors_count;votes_cast_count\na;1;1\na;1;1", "twice"),
        ("area_code;electors_count;votes_cast_count\na;-1;x", "row"),
        ("area_code;electors_count;votes_cast_count\n;1;1", "empty"),
        ("area_code;electors_count;votes_cast_count\na 19850412-1234;1;1", "person"),
    ],
)
def test_a_result_that_is_none_is_refused(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(SourceError, match=words):
        read_outcome(path)


def test_what_is_empty_in_a_result_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("area_code;electors_count;votes_cast_count\nb;10;\na;10;9", "utf-8")
    told = read_outcome(path)
    assert told.index.tolist() == ["a", "b"]
    assert np.isnan(told.loc["b", "votes_cast_count"])
