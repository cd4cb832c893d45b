"""Every file of the demo is read by the readers of the real files, and says what was published."""

from pathlib import Path

import pytest

from geoprio.demo.apportionment import BALLOTS, published_figures
from tests.demo.conftest import read

TABLES = (6534, 6568, 6569, 6571, 6572, 6574, 6638, 6679, 6680, 6681)
NAMES = (
    *(f"scb_tab{number}_{area_set}" for number in TABLES for area_set in ("deso", "deso2025")),
    *(f"val_results_{year}_{ballot}" for year in (2018, 2022, 2026) for ballot in BALLOTS),
    *(f"val_valdistrikt_{year}" for year in (2018, 2022, 2026)),
    *(f"scb_{areas}_wfs" for areas in ("deso_2018", "regso_2020", "deso_2025", "regso_2025")),
    *("scb_key_deso2018_regso2020", "scb_kommun_age_sex", "kommuner", "joint_groups_county"),
    *("val_electors_2026", "val_rolls_2026"),
)


@pytest.mark.parametrize("name", NAMES)
def test_source_reads(raw: Path, name: str) -> None:
    frame = read(name, raw)
    assert len(frame)
    numbers = frame.select_dtypes("number")
    assert numbers.notna().all(axis=None)


@pytest.mark.parametrize("ballot", BALLOTS)
def test_results_equal_the_published(raw: Path, ballot: str) -> None:
    published = published_figures()
    frame = read(f"val_results_2022_{ballot}", raw)
    total = frame.select_dtypes("number").groupby(frame.index.str[:4]).sum()
    pairs = {"electors": "electors", "votes_cast": "votes_cast", "valid": "valid"} | {
        f"votes_{party}": party for party in ("v", "s", "mp")
    }
    for column, name in pairs.items():
        assert (total[f"{column}_count"] == published[f"{ballot}_{name}"]).all(), name
    if ballot != "riksdag":
        assert (total["foreign_citizens_count"] == published["foreign_citizens"]).all()
    early = frame[frame["unassigned"]]
    assert len(early) == 26
    share = early["votes_cast_count"].sum() / frame["votes_cast_count"].sum()
    assert share == pytest.approx(0.044 if ballot == "riksdag" else 0.0335, abs=0.001)


@pytest.mark.parametrize("year", [2018, 2022, 2026])
@pytest.mark.parametrize("ballot", BALLOTS)
def test_rows_of_results_add_up(raw: Path, year: int, ballot: str) -> None:
    frame = read(f"val_results_{year}_{ballot}", raw)
    parties = frame.filter(regex="^votes_(m|c|l|kd|mp|s|v|sd|other)_count$").sum(axis=1)
    assert (parties == frame["valid_count"]).all()
    assert (frame["valid_count"] + frame["invalid_count"] == frame["votes_cast_count"]).all()
    assert (frame["blank_count"] <= frame["invalid_count"]).all()
    placed = frame[~frame["unassigned"]]
    assert (placed["votes_cast_count"] <= placed["electors_count"]).all()
    assert placed.index.tolist() == read(f"val_valdistrikt_{year}", raw).index.tolist()
    if year == 2026:
        assert frame["unassigned"].sum() == 26
        electors = published_figures()[f"{ballot}_electors"]
        assert (placed["electors_count"].groupby(placed.index.str[:4]).sum() == electors).all()


@pytest.mark.parametrize(
    ("source", "column", "figure"),
    [
        ("scb_tab6574_deso", "population_count", "population"),
        ("scb_tab6572_deso", "born_in_sweden_count", "born_in_sweden"),
        ("scb_tab6638_deso", "dwellings_rental_count", "dwellings_rental"),
        ("scb_tab6638_deso", "dwellings_tenant_owned_count", "dwellings_tenant_owned"),
        ("scb_tab6638_deso", "dwellings_owned_count", "dwellings_owned"),
        ("scb_kommun_age_sex", "population_count", "population"),
    ],
)
def test_counts_equal_the_published(raw: Path, source: str, column: str, figure: str) -> None:
    frame = read(source, raw)
    total = frame[column].groupby(frame.index.str[:4]).sum()
    assert (total == published_figures()[figure]).all()


def test_kommun_ages_equal_the_deso_and_the_published(raw: Path) -> None:
    published = published_figures()
    kommun = read("scb_kommun_age_sex", raw)
    young = kommun[["age_18_19_count", "age_20_24_count", "age_25_29_count"]].sum(axis=1)
    assert (young == published["young"]).all()
    adults = kommun["population_count"] - kommun["age_0_14_count"] - kommun["age_15_17_count"]
    assert (adults == published["adults"]).all()
    deso = read("scb_tab6574_deso", raw)
    for column in ("age_15_19_count", "women_age_20_24_count", "women_count"):
        assert (deso[column].groupby(deso.index.str[:4]).sum() == kommun[column]).all(), column


def test_areas_join_the_tables_and_the_key(raw: Path) -> None:
    deso, key = read("scb_deso_2018_wfs", raw), read("scb_key_deso2018_regso2020", raw)
    assert deso.index.tolist() == key.index.tolist()
    assert (deso["parent_code"] == key["parent_code"]).all()
    assert deso.index.tolist() == read("scb_tab6681_deso", raw).index.tolist()
    regso = read("scb_regso_2020_wfs", raw)
    names = key.drop_duplicates("parent_code").set_index("parent_code")["parent_name"]
    assert (regso["area_name"] == names.reindex(regso.index)).all()
