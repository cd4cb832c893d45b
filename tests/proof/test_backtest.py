"""A back-test of the demo county and of the real one: what it rests on, says, refuses and costs."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from check_promises import call_old, of_two_elections

from geoprio.cli.retrospect import Retrospect, Terms, retrospect
from geoprio.config import Profile, shipped_folder
from geoprio.errors import ConfigError, GeoprioError
from geoprio.proof.hindsight import GAIN, LEFT, SCORE, TARGETS, Side, hindsight, stayed_first
from geoprio.proof.promises import kept_promises, told_full
from geoprio.proof.units import matched_units
from geoprio.scores.vocabulary import load_known
from tests.shared import Shared


@pytest.fixture(scope="module")
def demo(shared: Shared, demo_raw: Path) -> Retrospect:
    return shared.once(
        "backtest", lambda _: retrospect(demo_raw / "demo.toml", Terms((2022, 2026)), raw=demo_raw)
    )


def test_the_demo_is_brought_together_by_the_official_key(demo: Retrospect) -> None:
    found = demo.answer.found
    assert set(found.units.basis) == {"official"}
    assert found.shares["official"] + found.shares["none"] == pytest.approx(1)
    assert 0.1 < found.shares["none"] < 0.3
    assert list(found.grades) == [TARGETS, LEFT, GAIN]
    for grades in found.grades.values():
        assert grades["area"].between(0, 1).all()
    assert (found.grades[LEFT]["area"] > 0.6).all()


def test_the_first_sentence_is_the_answer_and_the_basis_follows(demo: Retrospect) -> None:
    page = demo.answer.page().decode()
    body = re.sub(r"<[^>]+>", " ", page.partition("</h1>")[2])
    assert body.split()[0].startswith(("Ja:", "Nej", "Det"))
    assert "på förändring" in body.partition(".")[0]
    assert "DEMO" in page.partition("</h1>")[0]
    # What was gained, and that the party fell, stand in the same box, not further down.
    assert re.search(r"V vann röster i \d+ av \d+ platser", body.partition("Svaret gäller")[0])
    assert page.count("<svg") == 3
    assert "Valmyndighetens nyckel" in page.partition("<h2>")[0]
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_figures_younger_than_the_first_election_are_not_read(
    demo: Retrospect, own_raw: Path
) -> None:
    """A table dated later holds the outcome itself: nothing changes, and it is told as refused."""
    assert any("TAB6572" in title for title in demo.answer.ground.refused)
    # What the targets are counted by is of the outcome's side: it may be younger.
    leaked = own_raw / "TAB6572.json"
    table = json.loads(leaked.read_text(encoding="utf-8"))
    table["value"] = [one if one is None else one // 2 for one in table["value"]]
    leaked.write_text(json.dumps(table), encoding="utf-8")
    before = demo.answer.found
    after = retrospect(own_raw / "demo.toml", Terms((2022, 2026)), raw=own_raw).answer.found
    for name in (LEFT, GAIN):
        pd.testing.assert_frame_equal(before.grades[name], after.grades[name])
    assert before.stayed == after.stayed
    assert not before.grades[TARGETS].equals(after.grades[TARGETS])


def test_a_table_that_lies_about_its_year_is_refused(own_raw: Path) -> None:
    call_old(own_raw, 2018, honestly=False)
    with pytest.raises(ConfigError, match="2023"):
        retrospect(own_raw / "demo.toml", Terms((2018, 2022)), raw=own_raw)


def test_with_tables_as_old_the_whole_score_is_tried(own_raw: Path) -> None:
    call_old(own_raw, 2018)
    found = retrospect(own_raw / "demo.toml", Terms((2018, 2022)), raw=own_raw).answer.found
    assert found.whole
    assert found.criteria == (3, 3)
    assert found.grades[TARGETS]["area"][SCORE] > 0.55
    # People, groups and places are the same four years later: what was told mostly holds.
    assert found.kept is not None
    assert found.kept.areas > 100
    # The page of promises has a row for each, and how many verdicts have changed is one of them.
    rows = of_two_elections(found, "the demo")
    changed = [came for promise, *_, came in rows if promise == "a verdict stays"]
    assert re.fullmatch(r"\d+ of \d+ \*Satsa fullt\* have changed", *changed)
    assert found.kept.grades["missed"] < 0.3
    assert found.kept.classes["true"].is_monotonic_increasing or found.kept.slope > 0.5


def sides(seed: int) -> tuple[Side, Side, dict[str, pd.DataFrame]]:
    """Return two elections of 400 districts, and what a good and a useless score are made of.

    V gains where `taste` is high.
    """
    rng = np.random.default_rng(seed)
    codes = pd.Index([f"{place // 16:04d}{place:04d}" for place in range(400)], name="area_code")
    taste, noise = rng.normal(size=(2, 400))
    share = np.clip(0.1 + 0.02 * taste + 0.02 * noise, 0.01, 0.4)
    later = np.clip(0.1 + 0.035 * taste + 0.02 * rng.normal(size=400), 0.01, 0.4)
    made = []
    for year, which, own in ((2018, "earlier", share), (2022, "later", later)):
        valid = pd.Series(800.0, codes)
        votes = pd.DataFrame(
            {
                "electors_count": 1000.0,
                "votes_cast_count": 810.0 - 40 * taste,
                "valid_count": valid,
                "votes_v_count": valid * own,
                "votes_s_count": valid * 0.3,
                "votes_mp_count": valid * 0.05,
            },
            index=codes,
        )
        made.append(Side(year, which, votes, {}, 0.0))  # type: ignore[arg-type]
    made_of = {"good": taste, "useless": rng.normal(size=400)}
    tables = {name: pd.DataFrame({"intensity_share": one}, codes) for name, one in made_of.items()}
    wanted = ["mobilisation_count", "doors_per_km2", "precision_share", "target_persons_count"]
    tables = {
        name: one.reindex(columns=["intensity_share", *wanted]) for name, one in tables.items()
    }
    first, last = made
    return first, last, tables


def test_a_useless_score_is_called_useless_and_a_good_one_good() -> None:
    profile = load_known(Profile, "profiles", "canvass", (shipped_folder(),))
    calls: dict[str, list[str]] = {"good": [], "useless": []}
    for seed in range(5):
        first, last, tables = sides(seed)
        units = matched_units(first.votes, last.votes)
        for name, table in tables.items():
            table = table.fillna({"precision_share": 0.5, "target_persons_count": 1})
            one = replace(first, located=SimpleNamespace(indicators=table, scores={}))
            found = hindsight((one, last), units, profile, None, seed=seed)
            calls[name].append(found.verdict)
            # A lead that a high share's fall could have made is no yes.
            assert (
                replace(found, lead=replace(found.lead, alike=(0.01, -0.01, 0.03))).verdict != "yes"
            )
    assert calls["good"].count("yes") == 5
    assert calls["useless"].count("useless") >= 4


def test_who_stayed_first_is_counted_within_a_fifth_of_the_electors() -> None:
    codes = pd.Index([str(one) for one in range(10)])
    was, budget = pd.Series(range(10, 0, -1), codes, dtype=float), pd.Series(1.0, codes)
    now = was.copy()
    now["1"] = 0
    assert stayed_first(was, now, budget) == (1, 2)


def told(codes: list[str], verdicts: list[str], chances: list[float]) -> pd.DataFrame:
    rank = pd.Series(range(1, len(codes) + 1), codes, dtype=float)
    frame = {"rank": rank, "rank_low": rank, "rank_high": rank}
    return pd.DataFrame({**frame, "p_top": chances, "verdict": verdicts}, index=codes)


def test_what_was_told_is_held_against_the_later_ranking_by_hand() -> None:
    """Of four districts two are the first; one that was told so falls, and one is added up."""
    codes = ["01010001", "01010002", "01010003", "01010004"]
    was = told(
        [*codes, "01010009"], ["full", "full", "ask", "keep", "keep"], [0.9, 0.8, 0.6, 0.2, 0]
    )
    now = told(
        [codes[0], codes[2], codes[1], codes[3]], ["full", "ask", "keep", "keep"], [1, 1, 0, 0]
    )
    votes = pd.DataFrame({"electors_count": 100.0}, index=was.index)
    units = matched_units(votes, votes.loc[codes])
    found = kept_promises(was, now, units)
    assert found is not None
    assert found.areas == 4
    assert found.changed == (1, 2)
    assert found.grades[["full", "false", "missed"]].tolist() == [2, 0.5, 0]
    assert kept_promises(was.assign(p_top=np.nan), now, units) is None
    assert told_full(was) == (2, pytest.approx(0.3))


def test_years_that_are_no_pair_and_years_without_results_are_refused(demo_raw: Path) -> None:
    with pytest.raises(ConfigError, match="2022"):
        retrospect(demo_raw / "demo.toml", Terms((2022, 2022)), raw=demo_raw)
    with pytest.raises(GeoprioError, match="2014"):
        retrospect(demo_raw / "demo.toml", Terms((2014, 2018)), raw=demo_raw)


@pytest.mark.real
def test_the_real_county_by_equal_codes(real_raw: Path, tmp_path: Path) -> None:
    """Totals as published; the answer, its basis and the promise of 2026 in the record."""
    command = [sys.executable, "-m", "geoprio", "backtest", "--from", "2018", "--to", "2022"]
    campaign = shipped_folder() / "storstockholm.toml"
    subprocess.run(
        [*command, campaign, "--raw", real_raw, "--out", tmp_path, "--quiet"], check=True
    )
    folder = tmp_path / "data" / "processed" / "storstockholm" / "efterprov"
    record = json.loads((folder / "efterprov-2018-2022.json").read_text(encoding="utf-8"))
    assert record["places"] == {"code": 879, "municipality": 26}
    assert record["elector_shares"]["none"] == pytest.approx(0, abs=1e-9)
    assert record["criteria_known"] == [2, 3]
    assert record["verdict"] == "yes"
    assert "172 av 905 platser" in record["answer"]
    assert "−1,0 procentenheter. V gick alltså tillbaka" in record["answer"]
    # A lead among places as strong, and without the city; beside the share alone it is none.
    assert record["lead"]["alike"][1] > 0 < record["lead"]["without_largest"][1]
    assert record["lead"]["largest_share"] == pytest.approx(0.426, abs=0.001)
    assert record["lead"]["over_naive"]["share"][1] < 0 < record["lead"]["over_naive"]["count"][1]
    assert any("bevisar inte samma gräns" in line for line in record["basis"])
    assert len(record["refused"]) == 9
    assert set(record["promise"]) == {"0.1", "0.2", "0.3"}
