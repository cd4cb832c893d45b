"""Dissolving on the toy municipality of `tests/areas/toy.py`."""

import pandas as pd
import pytest
import shapely

from geoprio.areas import dissolve
from geoprio.areas.atlas import fill_gaps
from geoprio.errors import ContractError, CoverageError
from tests.areas.toy import KM, make_areas, toy

PARENT = pd.Series({"a": "W", "b": "W", "c": "E", "d": "E", "e": "E"})


def test_parents_cover_their_children_and_no_more() -> None:
    parents = dissolve(toy(), PARENT, names=pd.Series({"W": "West"}))
    assert parents.index.tolist() == ["E", "W"]
    assert parents.area.tolist() == [3e6, 2e6]
    assert parents["area_name"].tolist() == ["E", "West"]
    assert parents["municipality_code"].tolist() == ["0199", "0199"]
    assert parents.geom_type.tolist() == ["MultiPolygon", "Polygon"]


def test_the_order_of_the_key_does_not_matter() -> None:
    one, other = dissolve(toy(), PARENT), dissolve(toy(), PARENT.iloc[::-1])
    assert shapely.equals_exact(one.geometry, other.geometry).all()


def test_gaps_between_drawings_are_filled_and_lakes_are_not() -> None:
    outer = shapely.box(0, 0, 1000, 1000)
    gap, enclave = shapely.box(100, 100, 130, 900), shapely.box(400, 400, 600, 600)
    (filled,) = fill_gaps(pd.Series([outer - gap - enclave]).to_numpy())
    assert filled.equals(outer - enclave)


def test_overlapping_drawings_dissolve_to_valid_ground() -> None:
    overlapping = make_areas({"a": (0, 0, 1.02, 1), "b": (1, 0, 2, 1)})
    parents = dissolve(overlapping, pd.Series({"a": "P", "b": "P"}))
    assert parents.area.tolist() == pytest.approx([2 * KM**2])


def test_an_area_without_a_parent_is_named() -> None:
    with pytest.raises(CoverageError, match="no parent for e"):
        dissolve(toy(), PARENT.drop("e"))


def test_a_parent_in_two_municipalities_is_refused() -> None:
    areas = toy()
    areas.loc["e", "municipality_code"] = "0198"
    with pytest.raises(ContractError, match=r"E \(1 parents in all\) lie in several"):
        dissolve(areas, PARENT)
