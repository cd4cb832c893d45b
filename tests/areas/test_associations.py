"""An area belongs to the association where most of its people belong."""

import pandas as pd
import pytest

from geoprio.areas import assign_associations
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


def test_a_part_with_two_owners_and_an_unknown_set_are_told_together() -> None:
    rows = members(("A", "kommun", "0160"), ("B", "kommun", "0160"), ("C", "församling", "1"))
    with pytest.raises(ConfigError, match="kommun 0160: belongs to A and B") as caught:
        assign_associations(MUNICIPALITY, rows, {})
    assert "församling: unknown area set" in str(caught.value)
