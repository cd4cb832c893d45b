"""The catalogue: every shipped source is sound, and a wrong one says what is wrong."""

from pathlib import Path

import pytest

from geoprio.config import file_names, load_campaign, shipped_folder
from geoprio.errors import ConfigError
from geoprio.sources import load_source
from geoprio.sources.read import other_tables
from tests.cases import every
from tests.sources.toy import source

SHIPPED = file_names("sources", (shipped_folder(),))

GOOD = """
title = "Leksak"
publisher = "SCB"
licence = "CC0"
page = "https://www.scb.se/"
vintage = 2023
area_set = "kommun"
provides = "counts"
files = ["toy.csv"]
reader = "csv"
[key]
column = "code"
[[columns]]
name = "population_count"
value = "n"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "sources").mkdir()
    (folder / "sources" / "toy.toml").write_text(text, encoding="utf-8")
    return folder


@every("name", SHIPPED)
def test_every_shipped_source_loads_and_names_its_origin(name: str) -> None:
    loaded = load_source(name)
    assert loaded.publisher
    assert loaded.licence
    assert loaded.page.startswith("https://")


def test_what_a_campaign_lacks_is_found_whatever_is_wrong_with_other_files(tmp_path: Path) -> None:
    campaign = load_campaign(shipped_folder() / "storstockholm.toml")
    folder = write(tmp_path, GOOD.replace('"kommun"', '"deso_2018"'))
    (folder / "sources" / "aaa.toml").write_text("title = ", encoding="utf-8")
    (folder / "sources" / "bbb.toml").write_text(
        'area_set = "deso_2018"\nprovides = "counts"', "utf-8"
    )
    found = other_tables(campaign, [folder, shipped_folder()])
    assert {"toy", "scb_tab6574_deso", "scb_tab6574_regso"} <= set(found)
    assert not set(found) & {"aaa", "bbb", *campaign.sources}
    sets = [table.area_set for table in found.values()]
    assert sets == sorted(sets, key=["deso_2018", "regso_2020"].index)


def test_a_good_source_loads(tmp_path: Path) -> None:
    assert load_source("toy", [write(tmp_path, GOOD)]).vintage == 2023


def test_the_campaigns_own_source_wins_over_the_shipped_one(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    (folder / "sources" / "toy.toml").rename(folder / "sources" / "kommuner.toml")
    assert load_source("kommuner", [folder, shipped_folder()]).title == "Leksak"


def test_an_unknown_name_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'toy'"):
        load_source("toys", [write(tmp_path, GOOD)])


def test_every_fault_is_listed_with_its_path(tmp_path: Path) -> None:
    text = GOOD.replace("vintage = 2023", 'vintage = "x"').replace('value = "n"', "valu = 3")
    with pytest.raises(ConfigError) as caught:
        load_source("toy", [write(tmp_path, text)])
    assert "vintage" in str(caught.value)
    assert "columns.0.valu: unknown key; did you mean `value`?" in str(caught.value)
    # That `value` is missing is no second fault.
    assert "2 fault(s)" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('reader = "csvv"', "did you mean 'csv'"),
        ('reader = "csv"\noptions = { sheet = "A" }', "options.sheet: the csv reader"),
        ('reader = "xlsx"', "names its sheet"),
    ],
)
def test_a_reader_and_its_options_must_fit(tmp_path: Path, change: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_source("toy", [write(tmp_path, GOOD.replace('reader = "csv"', change))])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"files": ["../x.csv"]}, "inside the raw folder"),
        ({"files": ["/etc/x.csv"]}, "inside the raw folder"),
        ({"key": {}}, "one of `column` and `columns`"),
        ({"key": {"columns": ["a", "b"], "widths": [2]}}, "different lengths"),
        ({"key": {"column": "a", "pattern": "("}}, "not a regular expression"),
        ({"provides": "results"}, "`election` belongs to results"),
        ({"provides": "key", "columns": []}, "texts.parent_code is missing"),
        ({"texts": {"parent_name": "x"}}, "texts.parent_name is not a column of counts"),
        ({"columns": []}, "`columns` belong to"),
        ({"municipality": "180"}, "municipality"),
        (
            {"municipality": "0180", "provides": "names", "columns": []},
            "`municipality` belongs to areas",
        ),
        (
            {
                "instead": "x",
                "fetch": {"kind": "own", "how": {"sv": "en egen fil", "en": "your own"}},
            },
            "`instead` and `.fetch.`: keep one",
        ),
        ({"columns": [{"name": "a_count", "value": "n"}] * 2}, "a_count stands twice"),
        ({"columns": [{"name": "a_percent", "value": "n"}]}, "pattern"),
        (
            {
                "columns": [
                    {"name": "a_count", "value": "n", "where": {"age": {"from": 9, "to": 1}}}
                ]
            },
            "larger than",
        ),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        source(**changes)
