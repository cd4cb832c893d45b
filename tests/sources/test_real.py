"""The real county's files against the published totals."""

from pathlib import Path

import pandas as pd
import pytest

from geoprio.sources import find_files, load_source, read_source

pytestmark = pytest.mark.real

KEY = "scb_key_deso2018_regso2020"
ROWS = {
    KEY: 1287,
    "val_valdistrikt_2022": 1378,
    "deso_2018": 1287,
    "stadsdel_2021": 117,
    "stockholm_water_2021": 1,
    "stockholm_metro": 100,
    "basomrade_2014": 419,
    "basomrade_2014_age": 419,
    "postnummer": 3306,
    "kommuner": 26,
    "scb_birth_regso": 524,
    "scb_tenure_regso": 524,
    "scb_wage_regso": 524,
    "scb_area_type_regso": 524,
    "scb_age_sex_regso2025": 127,
    "scb_kommun_age_sex": 26,
    "val_results_2022_riksdag": 1378 + 26,
    "val_results_2018_riksdag": 1311 + 26,
    "val_results_2018_region": 1311 + 26,
}
"""Rows that are of the county, in the file of each source."""
OTHERS = (
    *("scb_kommun_turnout_age", "scb_kommun_turnout_education", "scb_population_deso_2023"),
    *("val_results_2022_kommun", "val_results_2022_region"),
)
NOT_READ = {
    "stadsdelar-2021.geojson": "drawn with their water; the layer without it is read",
    "uppsamlingsdistrikt-jamforelse-2018-2022.csv": "collecting districts are summed by kommun",
    "valdistrikt-2026-yttermatt-stockholms-lan.csv": "boxes, no borders: they cannot be areas",
    "pendeltagsstationer.csv": "names in the genitive, and stations are missing",
}
"""Files that have no source, and why."""


class County:
    """The county's frames, each read once when it is first asked for."""

    def __init__(self, raw: Path) -> None:
        self._raw = raw
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            key = self[KEY] if name != KEY else None
            source = load_source(name)
            self._frames[name] = read_source(source, self._raw, county_code="01", key=key)
        return self._frames[name]


@pytest.fixture(scope="module")
def county(real_raw: Path) -> County:
    return County(real_raw)


def test_every_real_file_has_a_source(real_raw: Path) -> None:
    found = {
        find_files(load_source(name), real_raw, campaign="x")[0].name for name in (*ROWS, *OTHERS)
    }
    left = {path.name for path in real_raw.iterdir() if path.is_file()} - found
    assert left == NOT_READ.keys()


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_the_county(county: County, name: str) -> None:
    assert len(county[name]) == ROWS[name]


def test_nothing_is_unknown_in_the_real_counts(county: County) -> None:
    counted = [name for name in (*ROWS, *OTHERS) if name.startswith(("scb_", "val_results"))]
    assert [name for name in counted if county[name].isna().any(axis=None)] == []


PUBLISHED = {
    "2022_riksdag": {
        "electors_count": 1_734_545,
        "votes_cast_count": 1_442_115,
        "votes_v_count": 122_794,
        "votes_s_count": 393_364,
        "votes_mp_count": 103_075,
    },
    "2022_kommun": {"electors_count": 1_869_643, "foreign_citizens_count": 193_983},
    "2018_riksdag": {
        "electors_count": 1_651_779,
        "votes_cast_count": 1_435_647,
        "valid_count": 1_426_237,
        "votes_v_count": 136_683,
        "votes_s_count": 333_169,
        "votes_mp_count": 86_086,
    },
    "2018_region": {
        "electors_count": 1_772_086,
        "votes_cast_count": 1_460_298,
        "votes_v_count": 152_784,
        "votes_s_count": 379_008,
        "votes_mp_count": 81_404,
    },
}
IN_NO_DISTRICT = {"2022_riksdag": 62_817, "2018_riksdag": 66_071, "2018_region": 53_084}
"""Votes cast that were counted in no polling district."""


@pytest.mark.parametrize("election", PUBLISHED)
def test_an_election_equals_the_published_totals(county: County, election: str) -> None:
    frame = county[f"val_results_{election}"]
    assert frame[list(PUBLISHED[election])].sum().to_dict() == PUBLISHED[election]


@pytest.mark.parametrize("election", IN_NO_DISTRICT)
def test_votes_that_are_in_no_district_are_known(county: County, election: str) -> None:
    frame = county[f"val_results_{election}"]
    assert frame["unassigned"].sum() == 26
    assert frame.loc[frame["unassigned"], "votes_cast_count"].sum() == IN_NO_DISTRICT[election]


@pytest.mark.parametrize("election", ["riksdag", "region", "kommun"])
def test_parties_and_invalid_votes_add_up_to_the_votes_cast(county: County, election: str) -> None:
    frame = county[f"val_results_2022_{election}"]
    parties = frame.filter(regex="^votes_(?!cast)").sum(axis=1)
    assert (parties == frame["valid_count"]).all()
    assert (frame["valid_count"] + frame["invalid_count"] == frame["votes_cast_count"]).all()


def test_every_district_with_votes_has_a_polygon(county: County) -> None:
    frame = county["val_results_2022_riksdag"]
    districts = frame.index[~frame["unassigned"]]
    assert set(districts) == set(county["val_valdistrikt_2022"].index)


def test_the_districts_lie_where_the_deso_lie(county: County) -> None:
    """A wrong CRS would part them by far more than the simplified coast does."""
    districts, deso = county["val_valdistrikt_2022"], county["deso_2018"]
    assert districts.crs == deso.crs
    shared = districts.union_all().intersection(deso.union_all()).area
    assert shared / deso.area.sum() > 0.95


def test_population_2023_per_deso_is_the_published_one_per_regso(county: County) -> None:
    people = county["scb_population_deso_2023"]["population_count"]
    assert people.sum() == 2_454_821
    parents = county[KEY]["parent_code"]
    summed = people.groupby(parents.reindex(people.index).to_numpy()).sum()
    table = county["scb_birth_regso"]["population_count"]
    assert (summed.reindex(table.index) == table).all()


def test_all_regso_tables_name_the_same_524_areas(county: County) -> None:
    parents = set(county[KEY]["parent_code"])
    for name in ("scb_birth_regso", "scb_tenure_regso", "scb_wage_regso", "scb_area_type_regso"):
        assert set(county[name].index) == parents


def test_area_types_are_classes_and_wages_are_kronor(county: County) -> None:
    assert set(county["scb_area_type_regso"]["area_type_class"]) == {1, 2, 3, 4, 5}
    assert county["scb_wage_regso"]["wage_income_mean_sek"].median() == pytest.approx(
        350_000, rel=0.3
    )


def test_the_changed_borders_of_2025_show(county: County) -> None:
    """0180R089 has 1.32 times the population that it had in 2023, by another border."""
    new = county["scb_age_sex_regso2025"].loc["0180R089", "population_count"]
    old = county["scb_birth_regso"].loc["0180R089", "population_count"]
    assert new / old == pytest.approx(1.32, abs=0.01)


def test_bands_of_age_agree_with_the_single_years_and_the_sexes_with_all(county: County) -> None:
    frame = county["scb_kommun_age_sex"]
    assert (frame["age_15_19_count"] == frame["age_15_17_count"] + frame["age_18_19_count"]).all()
    for table in (frame, county["scb_age_sex_regso2025"]):
        assert (table["men_count"] + table["women_count"] == table["population_count"]).all()


def test_eligible_voters_by_age_add_up(county: County) -> None:
    frame = county["scb_kommun_turnout_age"]
    by_age = frame.filter(regex=r"^eligible_age_").sum(axis=1)
    assert by_age.to_numpy() == pytest.approx(frame["eligible_count"].to_numpy(), rel=0.01)
    sexes = frame["eligible_women_count"] + frame["eligible_men_count"]
    assert sexes.to_numpy() == pytest.approx(frame["eligible_count"].to_numpy(), rel=0.001)


def test_stadsdelar_read_like_swedish(county: County) -> None:
    names = county["stadsdel_2021"]["area_name"]
    assert names["0180-gamla-stan"] == "Gamla stan"
    assert names["0180-norra-djurgarden"] == "Norra Djurgården"
    assert names["0180-ostermalm"] == "Östermalm"
    assert set(county["stadsdel_2021"]["municipality_code"]) == {"0180"}


def test_basomraden_lie_in_stockholm(county: County) -> None:
    city = county["stadsdel_2021"].union_all()
    inside = county["basomrade_2014"].representative_point().within(city.buffer(500))
    assert inside.mean() > 0.95
