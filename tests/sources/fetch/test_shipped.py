"""The shipped sources: where they are fetched from, and that what is asked fits together."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geoprio.config import file_names, shipped_folder
from geoprio.config.counties import counties
from geoprio.sources import Source, load_source
from geoprio.sources.catalogue import FileFetch, ListFetch, OwnFile, PxwebFetch, WfsFetch
from geoprio.sources.fetch.order import saved_name
from geoprio.sources.fetch.pxweb import NEW_CODES_FROM
from tests.cases import every

NAMES = file_names("sources", (shipped_folder(),))
SOURCES = {name: load_source(name) for name in NAMES}
FETCHED = {
    name: source
    for name, source in SOURCES.items()
    if source.fetch is not None and not isinstance(source.fetch, OwnFile)
}
ISSUE = (
    *("TAB6574", "TAB6571", "TAB6572", "TAB6568", "TAB6680", "TAB6681", "TAB6534", "TAB5956"),
    *("TAB6569", "TAB6638", "TAB6253", "TAB6679", "TAB6683", "TAB6684", "TAB6586"),
)
HOSTS = {
    *("statistikdatabasen.scb.se", "api.scb.se", "geodata.scb.se"),
    *("www.val.se", "data.val.se", "historik.val.se", "resultat.val.se", "www.scb.se"),
}


@every("name", FETCHED)
def test_only_the_official_hosts_are_named(name: str) -> None:
    fetch = FETCHED[name].fetch
    assert fetch is not None
    assert set(fetch.hosts) <= HOSTS
    assert "OV0104/v2beta" not in str(fetch)


@every("name", FETCHED)
def test_what_is_fetched_is_saved_under_a_name_that_the_reader_looks_for(name: str) -> None:
    source = FETCHED[name]
    published = None
    if isinstance(source.fetch, ListFetch):
        published = Path(source.fetch.members.replace("{county_code}", "01")).name
        published = published.replace("[0-9][0-9]", "80")
    if isinstance(source.fetch, FileFetch):
        published = source.fetch.file_name or Path(urlsplit(source.fetch.url or "").path).name
    for county in counties().values():
        told = published and published.replace("{county}", county.slug)
        saved = saved_name(source, told)
        assert any(Path(saved).match(pattern) for pattern in source.files)


def test_a_countys_file_is_called_as_the_authority_calls_it() -> None:
    """Of these the published names are known, accents and all: see the page of raw data."""
    names = {code: it.slug for code, it in counties().items()}
    assert names["14"] == "vastra-gotalands-lan"
    assert {names[code] for code in ("06", "12", "18", "23", "25")} == {
        *("jonkopings-lan", "skane-lan", "orebro-lan", "jamtlands-lan", "norrbottens-lan"),
    }


@every("table", ISSUE)
def test_every_table_of_the_list_is_there(table: str) -> None:
    tables = [s.fetch.table for s in FETCHED.values() if isinstance(s.fetch, PxwebFetch)]
    assert table in tables


@pytest.mark.parametrize("layer", ["DeSO_2018", "DeSO_2025", "RegSO_2020", "RegSO_2025"])
def test_every_layer_is_asked_for_by_county(layer: str) -> None:
    (fetch,) = (
        s.fetch
        for s in FETCHED.values()
        if isinstance(s.fetch, WfsFetch) and s.fetch.layer == f"stat:{layer}"
    )
    assert fetch.filter_by == "lanskod"
    assert fetch.sort_by


@every(
    "name", [n for n, s in FETCHED.items() if isinstance(s.fetch, PxwebFetch) and s.fetch.codelist]
)
def test_codes_and_years_of_small_areas_belong_together(name: str) -> None:
    source: Source = FETCHED[name]
    fetch = source.fetch
    assert isinstance(fetch, PxwebFetch)
    new = int(fetch.times[0][:4]) >= NEW_CODES_FROM
    if re.search("DeSO|RegSO", fetch.codelist or ""):
        assert (fetch.codelist or "").endswith("2025") == new
        assert source.key.strip_suffix.endswith("2025") == new
        assert source.area_set.endswith("2025") == new
    assert int(fetch.times[0][:4]) == source.vintage


def test_two_sources_that_save_the_same_file_ask_for_the_same() -> None:
    asked: dict[str, object] = {}
    for source in FETCHED.values():
        if isinstance(source.fetch, PxwebFetch):
            assert asked.setdefault(saved_name(source), source.fetch) == source.fetch
