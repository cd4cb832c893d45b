"""An attacker has everything that runs print; METHOD 3's rule of small counts must hold."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from check_counties import ALL, LIKE_REAL, campaign_text, write_like_real
from check_disclosure import Attack, write_small_areas

from geoprio import pipeline
from geoprio.config import Brief, config_folders, shipped_folder
from geoprio.counts import Gathered
from geoprio.groups import disclosure
from geoprio.plans import MailingWish
from geoprio.reports.difference import difference, lines
from geoprio.reports.editions import mail, mailings
from geoprio.reports.publication import publish
from geoprio.runs import Run
from tests.shared import Shared, spoilable, write_two

stage = import_module("geoprio.scores.levels")
pytestmark = pytest.mark.whole
LARGE = 1900
"""A least count that cuts off some of the demo's large areas, as 10 does of very small ones."""


def with_minimum(text: str, minimum: int) -> str:
    assert "minimum_count = 10 " in text
    return text.replace("minimum_count = 10 ", f"minimum_count = {minimum} ")


@pytest.fixture(scope="module")
def small_areas(shared: Shared) -> Path:
    """Return the campaign of a county of very small areas, with the least count as it comes."""

    def write(folder: Path) -> Path:
        path = write_small_areas(folder, areas=150, seed=7)
        write_two(folder / "associations.csv", folder / "associations.csv")
        return path

    return shared.once("small-areas", write)


@pytest.fixture(scope="module")
def raw(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spoilable(demo_raw, tmp_path_factory.mktemp("attacked") / "raw")


def attack_on(path: Path, raw: Path | None = None) -> Attack:
    return Attack.of(path, raw or path.parent)


def hold(attack: Attack, *, least: int) -> None:
    """Check that nothing withheld is bounded too closely, and that no estimate tells of it.

    The proof of the second: two counties with other counts, told alike, are estimated alike.
    """
    told = attack.cells["told"].value_counts()
    assert told["small"] >= least
    assert told["withheld"] > 0
    assert attack.faults().empty
    lowest, highest = (attack.other_county(sign) for sign in (1, -1))
    assert not lowest.published["regso_2020"][0].equals(highest.published["regso_2020"][0])
    assert attack.estimates_apart() == 0


def test_it_holds_in_a_county_of_very_small_areas(small_areas: Path) -> None:
    hold(attack_on(small_areas), least=20)


@pytest.mark.parametrize(("setup", "least"), [(ALL, 20), (LIKE_REAL, 5)])
def test_it_holds_in_a_county_of_large_areas(raw: Path, setup: str, least: int) -> None:
    """As the real county has it, with birth by RegSO alone: DeSO take over what is not told."""
    if setup == LIKE_REAL:
        write_like_real(raw)
    path = raw / "attacked.toml"
    path.write_text(with_minimum(campaign_text(setup), LARGE), encoding="utf-8")
    hold(attack_on(path), least=least)


@pytest.mark.real
@pytest.mark.slow
def test_it_holds_in_the_real_county(real_raw: Path, tmp_path: Path) -> None:
    """With a limit that its published counts fall below; at 10 none does."""
    text = (shipped_folder() / "storstockholm.toml").read_text(encoding="utf-8")
    path = tmp_path / "egen.toml"
    path.write_text(with_minimum(text, 200), encoding="utf-8")
    write_two(shipped_folder() / "associations.csv", tmp_path / "associations.csv")
    hold(attack_on(path, real_raw), least=5)


def only_small(*given: object, **_: object) -> object:
    return given[2]


def kept_rule(*given: object, **_: object) -> object:
    return np.ones_like(given[2], dtype=bool)


def test_the_attacker_finds_a_small_count_that_nothing_hides(
    small_areas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "withhold", only_small)
    monkeypatch.setattr(disclosure, "keeps_rule", kept_rule)
    assert len(attack_on(small_areas).faults()) >= 5


def test_the_attacker_finds_an_estimate_that_is_made_of_what_is_withheld(
    small_areas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LO's formula holds the number born abroad, and so did an area's estimate that was printed."""
    attack = attack_on(small_areas)
    monkeypatch.setattr(stage, "without", lambda counts, *_: counts)
    one, other = (attack.estimates(attack.other_county(sign))["deso_2018"] for sign in (1, -1))
    unlike = one["count"] != other["count"]
    assert {"lo", "invandrarbakgrund"} <= set(one.loc[unlike, "group"])


OTHER_SETTINGS = {
    'basis = "riksdag"': 'basis = "kommun"',
    "top_k = 50": "top_k = 5",
    "invandrarbakgrund = 1.0": "invandrarbakgrund = 3.0",
    'combine = "sum"': 'combine = "any"',
    "budget_sek = 250000": "budget_sek = 9000",
}


@pytest.fixture(scope="module")
def other_settings(small_areas: Path) -> Path:
    """Return a campaign of the same county, to be read beside the first."""
    text = small_areas.read_text(encoding="utf-8")
    for old, new in OTHER_SETTINGS.items():
        assert old in text
        text = text.replace(old, new)
    path = small_areas.with_name("other.toml")
    path.write_text(text.replace('name = "demo"', 'name = "other"', 1), encoding="utf-8")
    return path


def test_a_run_with_other_settings_withholds_the_same(
    small_areas: Path, other_settings: Path
) -> None:
    one, other = attack_on(small_areas), attack_on(other_settings)
    for name, told in one.told.items():
        pd.testing.assert_frame_equal(told, other.told[name])
    assert one.beside(other).cells.equals(one.cells)


def run_of(path: Path, attack: Attack, county: Gathered) -> Run:
    """Return the run of a county that is told as the attack's."""

    def given(*_: object, **__: object) -> tuple[Gathered, Brief]:
        return county, attack.plans

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "protect_counts", lambda *_: attack.told)
        patch.setattr(pipeline, "prepared", given)
        return pipeline.kept(pipeline.outcome_of(attack.plans.campaign, path, path.parent))


def files_of(run: Run, path: Path, out: Path) -> dict[str, bytes]:
    """Return every file of a run and of its mailing, for every reader."""
    run = publish(run, processed=out / "data", maps=out / "maps")
    for wish in (None, MailingWish(households=500)):
        mail(run, config_folders(path), mailings(run, wish))
    files = [file for file in out.rglob("*") if file.is_file()]
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def test_two_runs_their_difference_and_their_files_are_the_same_whatever_is_withheld(
    small_areas: Path, other_settings: Path, tmp_path: Path
) -> None:
    """No score, reason, plan or rounding can tell more: another truth gives the same bytes."""
    first, second = attack_on(small_areas), attack_on(other_settings)
    counties = {"own": first.gathered, "lowest": first.other_county(1)}
    runs = {
        truth: (run_of(small_areas, first, county), run_of(other_settings, second, county))
        for truth, county in counties.items()
    }
    for one, other in zip(*runs.values(), strict=True):
        assert one.record == other.record
        for name, frame in one.frames.items():
            pd.testing.assert_frame_equal(frame, other.frames[name])
    told = [lines(difference(*pair, language="sv"), "sv") for pair in runs.values()]
    assert told[0] == told[1]
    files, others = (
        files_of(pair[0], small_areas, tmp_path / truth) for truth, pair in runs.items()
    )
    assert files.keys() == others.keys()
    assert [name for name, content in files.items() if content != others[name]] == []
