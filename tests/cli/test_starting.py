"""A campaign folder to start from, for each of the 21 counties."""

from pathlib import Path

import pytest

from geoprio.cli.start import assumed_lines, find_county, start
from geoprio.config import load_campaign
from geoprio.config.counties import counties
from geoprio.counts import unfit
from geoprio.errors import ConfigError
from geoprio.sources import load_source
from tests.cli.conftest import python

CODES = (
    *("01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19"),
    *("20", "21", "22", "23", "24", "25"),
)


def test_there_are_21_counties_by_the_codes_of_the_statistics_office() -> None:
    known = [*counties().values()]
    assert tuple(item.code for item in known) == CODES
    assert find_county("14").name == "Västra Götalands län"
    assert len({item.name for item in known}) == len(CODES)
    assert [item.code for item in known if not item.elects_region] == ["09"]
    # Sweden has about 10.6 million residents.
    assert sum(item.residents_thousands for item in known) == pytest.approx(10_600, rel=0.01)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("41", "14 (Västra Götalands län)"),
        ("1", "01 (Stockholms län)"),
        ("vastra gotaland", "14 (Västra Götalands län)"),
        ("Skane", "12 (Skåne län)"),
    ],
)
def test_a_wrong_code_is_told_with_the_nearest(said: str, meant: str) -> None:
    with pytest.raises(ConfigError) as fault:
        find_county(said)
    assert str(fault.value).endswith(f"did you mean {meant}?")


def test_a_code_that_is_near_none_gets_no_hint() -> None:
    with pytest.raises(ConfigError) as fault:
        find_county("99")
    assert "did you mean" not in str(fault.value)
    assert "14 Västra Götalands län" in str(fault.value)


@pytest.mark.parametrize("code", CODES)
def test_every_county_gets_a_campaign_that_loads_with_all_that_it_names(
    code: str, tmp_path: Path
) -> None:
    path = start(tmp_path / "kampanj", county=code)
    campaign = load_campaign(path)
    assert campaign.county_code == code
    assert not campaign.demo
    own = [path.parent]
    for name in campaign.sources:
        assert load_source(name, own).fetch is not None
    # Nothing of another county may be read by way of the files that come with geoprio.
    assert (path.parent / "constituencies.csv").read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize("year", [2018, 2022, 2026])
def test_an_earlier_election_has_the_areas_and_sources_of_its_time(
    year: int, tmp_path: Path
) -> None:
    path = start(tmp_path / "kampanj", county="25", year=year)
    campaign = load_campaign(path)
    assert path.stem == campaign.name == f"norrbottens_lan{'' if year == 2026 else f'_{year}'}"
    assert campaign.election.year == year
    sources = {name: load_source(name, [path.parent]) for name in campaign.sources}
    assert unfit(campaign, sources) == []
    assert all(not source.is_by_hand for source in sources.values())
    assert f"val_valdistrikt_{year}" in sources


def test_a_year_of_no_election_is_told_with_those_there_are(tmp_path: Path) -> None:
    for county, year in (("25", 2020), (None, 2022)):
        with pytest.raises(ConfigError, match="one of 2018, 2022, 2026"):
            start(tmp_path / "kampanj", county=county, year=year)
    assert not list(tmp_path.iterdir())


def test_where_no_region_is_elected_none_is_asked_for(tmp_path: Path) -> None:
    gotland = load_campaign(start(tmp_path / "09", county="09"))
    others = load_campaign(start(tmp_path / "08", county="08"))
    held = set(others.sources) - set(gotland.sources)
    assert held == {"val_results_2026_region", "val_roster_2022_region"}
    assert gotland.top_k == 5


def test_what_is_assumed_of_the_county_is_told(tmp_path: Path) -> None:
    path = start(tmp_path / "14", county="14")
    assert assumed_lines(path, "en")[0].startswith("assumed for Västra Götalands län")
    assert "268,000 in all" in assumed_lines(path, "en")[0]
    assert "antaget för Västra Götalands län" in assumed_lines(path, "sv")[0]
    assert len(assumed_lines(start(tmp_path / "01", county="01"), "sv")) == 2


def test_without_a_county_the_shipped_campaigns_are_copied(tmp_path: Path) -> None:
    path = start(tmp_path / "kampanj", county=None)
    assert load_campaign(path).county_code == "01"
    assert not (path.parent / "start").exists()
    # The areas of the city since July 2023, and those before.
    assert {"associations.csv", "associations_14.csv"} <= {it.name for it in path.parent.iterdir()}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mitt.txt").write_text("mitt", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds something already"):
        start(tmp_path, county="14")
    assert [path.name for path in tmp_path.iterdir()] == ["mitt.txt"]


FULL = """
import resource, sys
from geoprio.cli.entry import main
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
main()
"""
"""A disk that takes no more of any file."""


@pytest.mark.parametrize("line", [["init"], ["init", "--county", "05"], ["schema"]])
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, line: list[str], there: bool
) -> None:
    folder = tmp_path / "kampanj"
    if there or line == ["schema"]:
        folder.mkdir()
    done = python("-c", FULL, *line, str(folder), "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert folder.exists() == (there or line == ["schema"])
