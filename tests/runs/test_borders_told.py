"""What is told of associations without areas, and of own borders that lie on each other."""

from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geoprio.areas import overlapping
from geoprio.runs.assurance import _told_of_borders
from geoprio.sources import load_source


def squares(*lefts: float) -> gpd.GeoDataFrame:
    codes = pd.Index([f"0180-{n}" for n in range(len(lefts))], name="area_code")
    shapes = [box(left, 0, left + 100, 100) for left in lefts]
    return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=3006)


@pytest.mark.parametrize(
    ("lefts", "pairs"),
    [
        ((0, 100, 200), []),
        ((0, 99.5), []),
        ((0, 50), [("0180-0", "0180-1")]),
        ((0, 0, 0), [("0180-0", "0180-1"), ("0180-0", "0180-2"), ("0180-1", "0180-2")]),
    ],
    ids=["beside", "sliver", "half", "the same"],
)
def test_areas_that_lie_on_each_other_are_found(
    lefts: tuple[float, ...], pairs: list[tuple[str, str]]
) -> None:
    assert overlapping(squares(*lefts)) == pairs


def told(owners: list[str], source: str, areas: gpd.GeoDataFrame) -> list[str]:
    item = SimpleNamespace(source=load_source(source), frame=areas)
    memberships = pd.DataFrame({"association": ["Söder", "Norr"]})
    return _told_of_borders(
        SimpleNamespace(
            plans=SimpleNamespace(language="en", memberships=memberships),
            levels=[SimpleNamespace(areas=pd.DataFrame({"association": owners}))],
            gathered=SimpleNamespace(loaded=[item]),
        )
    )


def test_an_association_that_others_leave_nothing_is_named() -> None:
    assert told(["Söder", "Norr"], "own_stadsdelar", squares(0, 100)) == []
    (said,) = told(["Söder", "Söder"], "own_stadsdelar", squares(0, 100))
    assert said.startswith("Norr get no area")


def test_own_borders_on_each_other_are_told_and_published_ones_are_not() -> None:
    (said,) = told(["Söder", "Norr"], "own_stadsdelar", squares(0, 50))
    assert "1 pairs of areas lie on each other (0180-0 – 0180-1)" in said
    assert told(["Söder", "Norr"], "scb_deso_2018_wfs", squares(0, 50)) == []
