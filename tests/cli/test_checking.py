"""`geoprio check`: what would be done, and what a better method lacks, before anything is run."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geoprio.cli import readiness
from geoprio.cli.entry import app
from geoprio.config import load_campaign, shipped_folder
from geoprio.counts import unfit
from geoprio.groups import choose_methods
from geoprio.runs import Run
from geoprio.runs.doubt import run_doubts
from geoprio.sources import load_source
from geoprio.words import text

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def raw(demo_raw: Path) -> Path:
    return demo_raw


def check(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", *map(str, arguments)])
    return done.exit_code, " ".join(done.output.split())


def test_all_can_be_located_in_the_demo(raw: Path) -> None:
    code, said = check(raw / "demo.toml", "--raw", raw, "--lang", "sv")
    assert code == 0
    assert "Alla målgrupper kan placeras i områdena." in said
    for word in ("Folkmängd", "publicerad", "inväntar partiets"):
        assert word in said
    # Columns have names of the program's own, which are no words.
    assert not re.search(r"\w+_count\b", said)
    for election in ("riksdagsvalet", "regionvalet", "kommunvalet", "EU-valet"):
        assert election in said


def test_an_election_that_no_source_gives_fails(raw: Path) -> None:
    code, said = check(raw / "demo.toml", "--raw", raw, "--election", "eu", "--lang", "en")
    assert code == 1
    assert "the European election" in said
    assert "riksdag" not in said.split("Target groups")[0]
    assert check(raw / "demo.toml", "--raw", raw, "--election", "kommun")[0] == 0


def test_a_missing_table_is_named_with_how_it_is_got(raw: Path, tmp_path: Path) -> None:
    poorer = tmp_path / "raw"
    shutil.copytree(raw, poorer)
    (poorer / "TAB6571.json").unlink()
    code, said = check(poorer / "demo.toml", "--raw", poorer, "--lang", "en")
    # The group is located by another, but a run needs every file that the campaign names.
    assert code == 1
    assert "files are missing, which geoprio fetch gets: scb_tab6571_deso" in said
    assert "born_abroad_count" not in said
    # A narrow column may break the words, and not the name.
    assert "scb_tab6571_deso" in said
    assert "fetch gets" in said


def test_the_last_run_says_what_would_narrow_it(
    raw: Path, tmp_path: Path, demo_out: Path, demo_result: Run
) -> None:
    said = check(raw / "demo.toml", "--raw", raw, "--out", demo_out, "--lang", "sv")[1]
    lines = run_doubts(demo_result.record, "sv")
    assert lines
    assert all(line in said for line in lines)
    assert "andra källor" not in said
    fewer = (raw / "demo.toml").read_text(encoding="utf-8").replace('  "scb_tab6681_deso",\n', "")
    (tmp_path / "fewer.toml").write_text(fewer, encoding="utf-8")
    shutil.copy(raw / "associations.csv", tmp_path)
    words = check(tmp_path / "fewer.toml", "--raw", raw, "--out", demo_out, "--lang", "sv")[1]
    assert "andra källor" in words
    assert (
        "geoprio run"
        in check(raw / "demo.toml", "--raw", raw, "--out", tmp_path, "--lang", "en")[1]
    )


def test_a_table_of_another_vintage_does_not_tell_of_every_area(tmp_path: Path) -> None:
    """Ages of the city alone stand in where its areas are the same: a table of all is better."""
    campaign = shipped_folder() / "storstockholm.toml"
    loaded = readiness.load(campaign, raw=tmp_path, out=tmp_path, language="en")
    folders = (shipped_folder(),)
    named = {
        name: replace(loaded.listed[name], state="own", source=load_source(name, folders))
        for name in loaded.campaign.sources
    }
    report = readiness.report_on(replace(loaded, listed=loaded.listed | named))
    better = {(row["area_set"], row["group"]): row["better"] for row in report.methods}
    assert "scb_tab6574_deso" in better["regso_2020", "unga"]
    every = {**named, "scb_tab6574_deso": replace(loaded.listed["scb_tab6574_deso"], state="own")}
    sources = {name: item.source for name, item in every.items()}
    pair = {"age_18_29_count", "adults_count"}
    assert readiness.Holdings(loaded.campaign, sources).gives_all(pair, "regso_2020")


@pytest.mark.parametrize("county", ["09", "03"])
def test_what_is_advised_is_never_refused_when_it_is_taken(county: str, tmp_path: Path) -> None:
    """Nor is it a file of another county's town; how it is got is said once."""
    source = shipped_folder() / "storstockholm_2026.toml"
    text = source.read_text(encoding="utf-8").replace(
        'county_code = "01"', f'county_code = "{county}"'
    )
    for name in load_campaign(source).sources:
        if load_source(name).election == "region":
            text = text.replace(f'"{name}",', "")
    path = tmp_path / "kampanj.toml"
    path.write_text(text, encoding="utf-8")
    loaded = readiness.load(path, raw=tmp_path, out=tmp_path, language="sv")
    report = readiness.report_on(loaded)
    own = {name: loaded.listed[name].source for name in loaded.campaign.sources}
    refused = {str(it.fault) for it in unfit(loaded.campaign, own)}
    rows = [row["better"] for row in report.methods] + [
        row["missing"] for row in report.electorates
    ]
    said = " ".join([*rows, *report.lacking, *report.left_out])
    advised = {name for name in re.findall(r"\w+", " ".join(rows)) if name in loaded.listed}
    assert advised
    for name in advised:
        more = unfit(loaded.campaign, {**own, name: loaded.listed[name].source})
        assert {str(it.fault) for it in more} <= refused, name
        assert "Stockholm" not in loaded.listed[name].source.title.sv, name
    assert not re.search("för hand[^;]*lägg den på plats för hand", said)


def test_nothing_at_hand_is_told_and_fails(raw: Path, tmp_path: Path) -> None:
    code, said = check(raw / "demo.toml", "--raw", tmp_path, "--lang", "en")
    assert code == 1
    assert "nothing at hand is enough" in said


def test_the_check_and_the_run_choose_alike(
    raw: Path, tmp_path: Path, demo_result: Run, demo_2026: Run
) -> None:
    for name, result in (("demo.toml", demo_result), ("demo2026.toml", demo_2026)):
        loaded = readiness.load(raw / name, raw=raw, out=tmp_path, language="sv")
        for area_set, kept in result.record["area_sets"].items():
            told = choose_methods(loaded.groups, loaded.holdings.held(area_set))
            for group, choice in kept["chosen"].items():
                own = told.loc[group]
                found = {"method": own["method"], "measure": own["measure"] or None}
                assert found | {"why": text(own["why"], "sv")} == choice, (area_set, group)


@pytest.mark.parametrize("kept", [(), ("medlemmar.csv",), ("medlemmar.csv", "aktivitet.csv")])
def test_an_own_file_is_known_as_far_as_it_is_there(
    raw: Path, tmp_path: Path, kept: tuple[str, ...]
) -> None:
    """A folder for them alone tells nothing: what a run leaves out, the check says too."""
    poorer = tmp_path / "raw"
    shutil.copytree(raw, poorer)
    shutil.rmtree(poorer / "privat")
    (poorer / "privat").mkdir()
    for name in kept:
        shutil.copy(raw / "privat" / name, poorer / "privat")
    loaded = readiness.load(poorer / "demo.toml", raw=poorer, out=tmp_path, language="sv")
    lacking = [line for line in readiness.report_on(loaded).left_out if "medlemmar.csv" in line]
    assert len(loaded.own) == len(kept)
    assert all("data/raw/demo/privat/" in line for line in lacking)
    assert len(lacking) == (len(kept) < 2)
    # Half of the profile's weight is left where one of the two is known.
    assert any("25" in line for line in lacking) == (len(kept) == 1)
