"""An area belongs to the association where most of its people belong."""

import pandas as pd
import pytest

from geoprio.areas import assign_associations, refuse_wrong_memberships
from geoprio.areas.associations import expand_memberships, load_memberships
from geoprio.config import load_campaign, shipped_folder
from geoprio.errors import ConfigError

MUNICIPALITY = pd.Series({"X": "0160", "Y": "0180", "Z": "0180"})


def members(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["association", "area_set", "area_code"])


def way(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source_code", "area_code", "weight"])


ROWS = members(
    ("Täby", "kommun", "0160"),
    ("Bromma", "stadsdel", "alvik"),
    ("Bromma", "stadsdel", "abrahamsberg"),
    ("Älvsjö", "stadsdel", "solberga"),
)


def test_an_area_that_straddles_goes_to_the_larger_share() -> None:
    crosswalk = way(
        ("Y", "alvik", 0.3),
        ("Y", "abrahamsberg", 0.3),
        ("Y", "solberga", 0.4),
        ("Z", "solberga", 1),
    )
    owner = assign_associations(MUNICIPALITY, ROWS, {"stadsdel": crosswalk})
    assert owner.to_dict() == {"X": "Täby", "Y": "Bromma", "Z": "Älvsjö"}


def test_a_list_without_a_row_leaves_every_area_to_nobody_as_text() -> None:
    owner = assign_associations(MUNICIPALITY, ROWS.iloc[:0], {})
    assert owner.isna().all()
    assert owner.dtype == ROWS["association"].dtype


def test_a_municipality_of_one_association_is_not_nibbled_at() -> None:
    crosswalk = way(("X", "solberga", 1.0), ("Y", "alvik", 1.0), ("Z", "alvik", 1.0))
    owner = assign_associations(MUNICIPALITY, ROWS, {"stadsdel": crosswalk})
    assert owner["X"] == "Täby"


def test_equal_shares_do_not_depend_on_the_order_of_rows() -> None:
    crosswalk = way(("Y", "alvik", 0.5), ("Y", "solberga", 0.5))
    first = assign_associations(MUNICIPALITY, ROWS, {"stadsdel": crosswalk})
    second = assign_associations(MUNICIPALITY, ROWS[::-1], {"stadsdel": crosswalk[::-1]})
    pd.testing.assert_series_equal(first, second)
    assert first["Y"] == "Bromma"


def test_an_area_that_nobody_has_is_unknown() -> None:
    owner = assign_associations(MUNICIPALITY, ROWS, {"stadsdel": way(("Y", "farsta", 1.0))})
    assert pd.isna(owner["Y"])
    assert pd.isna(owner["Z"])


def test_ground_that_nobody_has_outweighs_a_corner_that_somebody_has() -> None:
    crosswalk = way(("Y", "alvik", 0.1), ("Y", "farsta", 0.9), ("Z", "alvik", 1.0))
    owner = assign_associations(MUNICIPALITY, ROWS, {"stadsdel": crosswalk})
    assert pd.isna(owner["Y"])


def test_shares_in_several_sets_compete() -> None:
    rows = pd.concat([ROWS, members(("Väst", "valdistrikt", "v1"))])
    crosswalks = {
        "stadsdel": way(("Y", "alvik", 0.4), ("Y", "farsta", 0.6), ("Z", "alvik", 1.0)),
        "valdistrikt": way(("Y", "v1", 0.9), ("Y", "v2", 0.1)),
    }
    assert assign_associations(MUNICIPALITY, rows, crosswalks)["Y"] == "Väst"


def test_every_fault_of_the_file_is_told_together() -> None:
    rows = members(
        ("A", "kommun", "0160"),
        ("B", "kommun", "0160"),
        ("C", "församling", "1"),
        ("D", "kommun", "0151"),
    )
    rows.index = pd.Index([2, 3, 4, 6], name="row")
    with pytest.raises(ConfigError) as caught:
        refuse_wrong_memberships(rows, {"kommun": ["0160", "0180"]}, file="egna.csv")
    assert str(caught.value).split("\n  - ") == [
        "egna.csv: the list of associations is wrong",
        "row 2 and 3: kommun 0160: belongs to A and B",
        "row 4: församling: unknown area set; expected one of kommun",
        "row 6: D: kommun has no area '0151'",
    ]


def test_what_a_star_stands_for_has_its_row() -> None:
    rows = members(("A", "kommun", "0305"), ("*", "kommun", "*"))
    rows.index = pd.Index([2, 7], name="row")
    found = expand_memberships(rows, pd.Series({"0305": "Håbo", "0643": "Habo", "1299": "Ale"}))
    assert found["area_code"].to_dict() == {2: "0305", 7: "1299"}
    assert len(found) == 3


def test_municipalities_of_one_name_are_told_apart_by_their_codes() -> None:
    towns = pd.Series({"0305": "Håbo", "0643": "Habo", "1299": "Håbo"})
    found = expand_memberships(members(("*", "kommun", "*")), towns).set_index("area_code")[
        "association"
    ]
    assert found.to_dict() == {"0305": "Håbo (0305)", "0643": "Habo", "1299": "Håbo (1299)"}


@pytest.mark.parametrize(
    ("name", "count", "some"),
    [
        ("associations.csv", 11, {"Järva", "Norra innerstaden", "Hägersten-Älvsjö"}),
        ("associations_14.csv", 14, {"Rinkeby-Kista", "Östermalm", "Älvsjö"}),
    ],
)
def test_the_examples_follow_the_city_s_areas_of_then_and_now(
    name: str, count: int, some: set[str]
) -> None:
    rows = load_memberships(name, (shipped_folder(),))
    city = rows[rows["area_set"] == "stadsdel_2021"]
    assert city["association"].nunique() == count
    assert some <= set(city["association"])
    assert rows["association"].nunique() == count + 25
    other = load_memberships("associations_14.csv", (shipped_folder(),))
    assert sorted(rows["area_code"]) == sorted(other["area_code"])


@pytest.mark.parametrize("name", ["storstockholm", "storstockholm_2026"])
def test_the_example_is_marked_as_one(name: str) -> None:
    campaign = load_campaign(shipped_folder() / f"{name}.toml")
    assert campaign.associations == "associations.csv"
    assert campaign.associations_note is not None
    assert "ett exempel" in campaign.associations_note.sv
