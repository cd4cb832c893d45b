"""Small campaigns: what little they have is enough, and `check` says yes where a run does."""

import itertools
import re
import shutil
from pathlib import Path

import pytest

from geoprio import pipeline
from geoprio.cli import readiness
from geoprio.config import load_campaign
from geoprio.errors import GeoprioError
from geoprio.runs.outcome import Outcome
from tests.shared import Shared, spoilable

pytestmark = pytest.mark.whole
AREAS, SEED = 100, 3
DISTRICTS = "val_valdistrikt_2022"
RESULTS = "val_results_2022_riksdag"
TABLE = "scb_tab6574_deso"
AGES = "scb_kommun_age_sex"
BORDERS = "scb_deso_2018_wfs"
TOWN = "0127"


@pytest.fixture(scope="module")
def county(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = shared.county(areas=AREAS, seed=SEED)
    folder = spoilable(raw, tmp_path_factory.mktemp("small") / "raw", draws=50)
    shutil.rmtree(folder / "privat")
    return folder


def small(county: Path, *sources: str, town: str = "", groups: str = "unga") -> Path:
    """Write a campaign without a closer set and a key, on few sources, and return its file."""
    text = (county / "demo.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(closer_set|nesting) = .*\n", "", text)
    named = "".join(f'"{name}", ' for name in sources)
    text = re.sub(r"(?s)\nsources = \[.*?\n\]", f"\nsources = [{named}]", text)
    text = text.replace('scored_set = "regso_2020"', 'scored_set = "deso_2018"')
    text = re.sub(r"(?m)^profiles = .*", 'profiles = ["mailing"]', text)
    text = re.sub(r"(?m)^top_k = \d+", "top_k = 1", text)
    if town:
        text = text.replace("seed = ", f'municipalities = ["{town}"]\nseed = ', 1)
    if groups:
        lines = "".join(f"{name} = 1.0\n" for name in groups.split())
        text = re.sub(r"(?s)\[target_groups\]\n.*?\n\n", f"[target_groups]\n{lines}\n", text)
    text = re.sub(r"(?m)^associations = .*", 'associations = "rest.csv"', text)
    (county / "rest.csv").write_text("association;area_set;area_code\nDistriktet;kommun;*\n")
    text = text.partition("\n[overlap]")[0] + "\n"
    path = county / f"small-{len(list(county.glob('small-*')))}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def computed(path: Path) -> Outcome:
    return pipeline.outcome_of(load_campaign(path), path, path.parent)


def test_districts_results_and_one_table_are_enough(county: Path) -> None:
    path = small(county, BORDERS, DISTRICTS, RESULTS, TABLE, AGES)
    found = computed(path)
    (level,) = found.levels
    assert len(level.areas) == AREAS
    assert set(level.areas["association"]) == {"Distriktet"}
    assert level.scores["mailing"]["score"].notna().all()


def test_one_municipality_limits_every_source_and_total(county: Path) -> None:
    path = small(county, BORDERS, DISTRICTS, RESULTS, TABLE, AGES, town=TOWN, groups="unga")
    found = computed(path)
    (level,) = found.levels
    assert set(level.areas["municipality_code"]) == {TOWN}
    assert all(code.startswith(TOWN) for code in found.district_votes.index)
    for item in found.gathered.loaded:
        assert {str(code)[:4] for code in item.frame.index} <= {TOWN}


def test_a_source_of_other_municipalities_alone_is_named(county: Path) -> None:
    path = small(county, BORDERS, DISTRICTS, RESULTS, TABLE, AGES, town="0199")
    with pytest.raises(GeoprioError, match="no row is of the municipalities 0199"):
        computed(path)


ENOUGH = (BORDERS, DISTRICTS, RESULTS, TABLE, AGES)
GRID = [held for least in (3, 4, 5) for held in itertools.combinations(ENOUGH, least)]


@pytest.mark.parametrize("held", GRID, ids=lambda held: "+".join(name[4:11] for name in held))
def test_check_says_yes_where_a_run_does_and_there_alone(
    county: Path, held: tuple[str, ...]
) -> None:
    path = small(county, *held)
    report = readiness.report_on(readiness.load(path, raw=county, out=county, language="sv"))
    assert report.whole == (held == ENOUGH)
    if report.whole:
        return
    with pytest.raises(GeoprioError):
        computed(path)
    # A lack is told once, with a source that gives it.
    assert len(set(report.lacking)) == len(report.lacking)
    for name, area_set in ((BORDERS, "deso_2018"), (DISTRICTS, "valdistrikt_2022")):
        lines = [line for line in report.lacking if "gränser" in line and area_set in line]
        if name not in held and RESULTS in held:
            assert len(lines) == 1
            assert "geoprio fetch" in lines[0] or "lägg" in lines[0].lower()
