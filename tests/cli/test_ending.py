"""What a command ends with, so that nobody must ask for the next step; and what it remembers."""

import runpy
import shutil
import sys
from pathlib import Path

import pytest

import geoprio
from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.demo.county import LEAST_AREAS, MOST_AREAS
from geoprio.runs import Run
from geoprio.sources import source_at_hand
from geoprio.sources.raw import default_raw
from geoprio.words import text, told
from tests.cli.conftest import Call

DEMO = shipped_folder() / "demo.toml"
SCREEN = 30
"""Lines that stand on a screen."""


@pytest.fixture
def done(demo_result: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds a finished run."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(demo_result.paths["record"].parent, tmp_path / "data" / "processed" / "demo")
    return tmp_path


@pytest.mark.usefixtures("done")
def test_a_run_ends_with_the_first_three_and_the_map(
    call: Call, demo_result: Run, demo_raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = demo_raw / "demo.toml"
    assert "data/raw/demo is not there" in call("check", campaign).stderr
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: demo_result)
    *_, canvass, _, _, last = call(
        "run", campaign, "--raw", demo_raw, "--lang", "sv"
    ).stdout.splitlines()
    assert last == f"öppna {demo_result.paths['map']}"
    scores = demo_result.scored.scores["canvass"]
    first = demo_result.scored.areas["area_name"][scores.index[scores["rank"] <= 3]]
    assert canvass.startswith("Dörrknackning, de tre främsta: ")
    assert set(canvass.split(": ")[1].split(", ")) == set(first)
    # What a run tells is in one language, the one of its files, on every computer.
    swede, briton = (
        call("run", campaign, "--raw", demo_raw, *lang) for lang in (["--lang", "sv"], [])
    )
    assert (swede.stdout, swede.stderr) == (briton.stdout, briton.stderr)
    assert "varning: " in briton.stderr
    # The folder that the run was given is remembered by whatever comes after it.
    after = call("check", campaign)
    assert (after.exit_code, after.stderr) == (0, "")
    assert default_raw(load_campaign(campaign), Path()) == demo_raw.resolve()


def test_every_missing_file_is_named_at_once(call: Call, demo_raw: Path, tmp_path: Path) -> None:
    campaign = demo_raw / "demo.toml"
    said = call("run", campaign, "--raw", tmp_path, "--out", tmp_path, "--lang", "sv").stderr
    for name in load_campaign(campaign).sources:
        source = source_at_hand(name, (shipped_folder(),), tmp_path)
        assert f"{told(source.title, 'sv')}: {source.files[0]}" in said
    assert f'geoprio fetch "{campaign.as_posix()}"' in said
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("done")
def test_a_mailing_ends_with_what_was_chosen_beside_everyone(call: Call, demo_result: Run) -> None:
    told = call("mail", "data/processed/demo", "--lang", "sv").stdout.replace("\xa0", " ")
    line, plan = told.splitlines()[-1], demo_result.mailing
    households = f"{plan['households_count'].sum():,.0f}".replace(",", " ")
    assert f"{plan.index.nunique()} områden, {households} hushåll, " in line
    assert f"{round(100 * plan['precision_everyone'].iloc[0])} av 100: planen träffar" in line


@pytest.mark.usefixtures("done")
def test_explain_knows_associations_and_municipalities_on_one_screen(
    call: Call, demo_result: Run
) -> None:
    places, sure = demo_result.scored.places, demo_result.scored.scores["canvass"]
    for code in places.index[:3]:
        short, whole = (call("explain", code, *more).stdout for more in ((), ("--all",)))
        assert len(short.splitlines()) <= SCREEN < len(whole.splitlines())
        assert set(short.splitlines()[:2]) <= set(whole.splitlines())
    for column in ("association", "municipality_name"):
        name = places[column].iloc[0]
        told = call("explain", name).stdout
        own = places.index[places[column] == name]
        assert f"{name}: {len(own)} area{'s' * (len(own) > 1)} with a rank" in told
        first = sure["rank"][own].idxmin()
        assert f"First: {places['area_name'][first]} ({sure['rank'][first]:.0f})" in told


def test_the_help_says_how_many_areas_there_may_be() -> None:
    for language in ("sv", "en"):
        said = text("help_areas", language)
        assert str(LEAST_AREAS) in said
        assert str(MOST_AREAS) in said


def test_an_older_python_is_told_which_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(ImportError, match=r"Python >= 3\.11"):
        runpy.run_path(str(geoprio.__file__))
