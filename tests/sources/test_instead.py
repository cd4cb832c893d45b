"""A campaign made for files put in place by hand is fetched, and read, in an empty folder too."""

from pathlib import Path

import pytest

from geoprio.cli import fetches as fetching
from geoprio.config import file_names, load_campaign, shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import Source, find_files, load_source, read_source, source_at_hand
from geoprio.sources.catalogue import OwnFile
from tests.sources.toy import write_xlsx

FOLDERS = [shipped_folder()]
CAMPAIGN = shipped_folder() / "storstockholm.toml"
NAMES = file_names("sources", (shipped_folder(),))
PAIRS = {name: other for name in NAMES if (other := load_source(name).instead)}
OTHERWISE = {
    # `income_mean_sek` takes wages or net income, whichever is there.
    "scb_wage_regso": {"wage_income_mean_sek"},
    # Read by no group or indicator; Valmyndigheten's own workbooks do not have it.
    "val_results_2022_kommun": {"foreign_citizens_count"},
    "val_results_2022_region": {"foreign_citizens_count"},
}
"""Columns that a stand-in does not give, and why that does no harm."""

EU = "val_results_2019_eu"
PARTIES = ("M", "C", "L", "KD", "S", "V", "MP", "SD")


def gives(source: Source) -> tuple[object, ...]:
    return source.provides, source.area_set, source.election


def columns(source: Source) -> set[str]:
    return {column.name for column in source.columns} | set(source.texts)


@pytest.mark.parametrize("name", PAIRS)
def test_a_stand_in_gives_the_same_and_can_be_fetched(name: str) -> None:
    own, other = load_source(name), load_source(PAIRS[name])
    assert gives(other) == gives(own)
    assert other.fetch is not None
    assert not isinstance(other.fetch, OwnFile)
    assert other.instead is None
    lost = columns(own) - columns(other)
    unsaid = {"area_name"} if own.provides == "areas" else set()
    assert lost - unsaid == OTHERWISE.get(name, set())


def test_all_but_the_citys_own_file_is_fetched_into_an_empty_folder(tmp_path: Path) -> None:
    order = fetching.load(CAMPAIGN, raw=tmp_path / "raw", out=tmp_path)
    by_hand = [
        name
        for name, source in order.sources.items()
        if source.fetch is None or isinstance(source.fetch, OwnFile)
    ]
    # The last two are only drawn: a run without them shows less, and nothing else is otherwise.
    assert by_hand == ["stadsdel_2021", "stockholm_water_2021", "stockholm_metro"]


@pytest.mark.real
def test_files_put_in_place_by_hand_come_first(real_raw: Path) -> None:
    for name in load_campaign(CAMPAIGN).sources:
        assert source_at_hand(name, FOLDERS, real_raw) == load_source(name)


def test_the_file_that_comes_decides_each_time(tmp_path: Path) -> None:
    assert source_at_hand("kommuner", FOLDERS, tmp_path).reader == "jsonstat2_labels"
    (tmp_path / "kommuner.csv").write_text("x", encoding="utf-8")
    assert source_at_hand("kommuner", FOLDERS, tmp_path).reader == "csv"


def test_a_source_that_cannot_be_fetched_says_what_where_and_what_to_call_it(
    tmp_path: Path,
) -> None:
    name = EU
    text = CAMPAIGN.read_text(encoding="utf-8").replace('"kommuner"', f'"kommuner", "{name}"')
    (tmp_path / "egen.toml").write_text(text, encoding="utf-8")
    (tmp_path / "associations.csv").write_text("", encoding="utf-8")
    lines: list[str] = []
    order = fetching.load(tmp_path / "egen.toml", raw=tmp_path / "raw", out=tmp_path)
    fetching.tell_sources(order, lines.append)
    source = load_source(name)
    (told,) = (line for line in lines if line.startswith(f"  {name} ("))
    assert "European Parliament" in told
    assert "put" in told and "in the raw folder as" in told
    assert all(pattern in told for pattern in source.files)
    assert f"Valmyndigheten: {source.page}" in told
    with pytest.raises(SourceError) as error:
        find_files(source, tmp_path, campaign="x")
    assert "European Parliament" in str(error.value)
    assert "geoprio fetch" not in str(error.value)


def test_the_eu_election_of_2019_is_read_by_its_headings(tmp_path: Path) -> None:
    header = [
        *("LÄNSKOD", "KOMMUNKOD", "VALDISTRIKTSKOD", "VALDISTRIKTSNAMN"),
        *PARTIES,
        *("FI", "OGEJ", "BLANK", "OG", "RÖSTER GILTIGA", "RÖSTANDE", "RÖSTBERÄTTIGADE"),
    ]
    rows = [
        [1, 14, 101, "Ett", 10, 1, 2, 3, 20, 9, 4, 8, 3, None, 2, 1, 60, 63, 100],
        [1, 14, 0, "Uppsamlingsdistrikt", 1, *[None] * 4, 2, *[None] * 6, 3, 3, 0],
    ]
    path = tmp_path / "2019_EP_per_valdistrikt.xlsx"
    write_xlsx(path, [["Titel"], header, *rows], sheet="EP antal")
    source = load_source("val_results_2019_eu")
    frame = read_source(source, tmp_path, county_code="01")
    assert frame.loc["01140101", "votes_v_count"] == 9
    assert frame.loc["01140101", "votes_other_count"] == 3
    assert frame.loc["01140101", "invalid_count"] == 3
    assert frame["unassigned"].to_dict() == {"01140000": True, "01140101": False}


def test_another_sheet_of_votes_is_told(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "2019_EP_per_valdistrikt.xlsx", [["a"]], sheet="Röster")
    source = load_source("val_results_2019_eu")
    with pytest.raises(SourceError, match=r"no sheet '\*antal'; found Röster"):
        read_source(source, tmp_path, county_code="01")
