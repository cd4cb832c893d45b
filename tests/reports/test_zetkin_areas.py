"""What the app is given: what is posted, whole areas, no group, and keys to come back by."""

import json
import re
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from jsonschema import validate

from geoprio.reports.association import Hand
from geoprio.reports.proposal import planned
from geoprio.reports.zetkin_areas import (
    SHOWN,
    WGS84,
    described,
    solid_parts,
    zetkin_areas,
    zetkin_files,
)
from geoprio.runs import Run
from geoprio.sources.fetch.upload import KEY

POINT = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": 10, "maximum": 25},
        {"type": "number", "minimum": 55, "maximum": 70},
    ],
    "items": False,
    "minItems": 2,
}
BODY = {
    "type": "object",
    "required": ["title", "description", "boundary"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "boundary": {
            "type": "object",
            "required": ["type", "coordinates"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "Polygon"},
                "coordinates": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "items": {"type": "array", "minItems": 4, "items": POINT},
                },
            },
        },
    },
}
"""What an area is as it is posted, from the facts of the app's types: one ring, no hole."""


@pytest.fixture(scope="module")
def hand(demo_result: Run) -> Hand:
    return Hand(demo_result, planned(demo_result))


@pytest.fixture(scope="module")
def features(hand: Hand) -> list[dict[str, Any]]:
    files = zetkin_files(hand)
    # In the order of `zetkin_areas`: by association.
    read = (json.loads(it) for name, it in files.items() if name.endswith(".geojson"))
    return [one for page in read for one in page["features"]]


def test_every_feature_is_what_is_posted_and_its_ring_is_closed(
    features: list[dict[str, Any]],
) -> None:
    assert features
    for one in features:
        validate(one["properties"], BODY)
        (ring,) = one["properties"]["boundary"]["coordinates"]
        assert ring[0] == ring[-1]
        assert shapely.Polygon(ring).is_valid
        assert one["geometry"] == one["properties"]["boundary"]


def test_rundor_of_an_area_are_it_to_a_square_metre(
    hand: Hand, features: list[dict[str, Any]]
) -> None:
    drawn = gpd.GeoSeries([shapely.geometry.shape(it["geometry"]) for it in features], crs=WGS84)
    back = drawn.to_crs(3006).groupby(zetkin_areas(hand)["area_code"].to_numpy())
    whole = hand.rounds.set_index("area_code").geometry
    for code, own in back:
        assert own.union_all().symmetric_difference(whole[[code]].union_all()).area < 1.0


def test_what_is_shown_first_carries_verdict_week_and_reason_and_names_no_group(
    hand: Hand, features: list[dict[str, Any]]
) -> None:
    rows = zetkin_areas(hand).set_index("turf_code")
    for one in features:
        told = one["properties"]["description"]
        key = KEY.search(told)
        assert key is not None
        area = hand.table.loc[rows.loc[key[1], "area_code"]]
        shown = told[:SHOWN]
        assert shown.startswith(area["verdict"])
        assert re.search(r"v\. \d+", shown)
        assert shown.split(" · ")[2][:20].rstrip("…") in area["public_reason"]
        text = json.dumps(one["properties"], ensure_ascii=False)
        assert not re.search(r"\bLO\b|invandr|utrikes|fack|unga", text, re.IGNORECASE)


def test_only_what_is_canvassed_by_the_plan_is_given(hand: Hand) -> None:
    assert hand.planned is not None
    chosen = hand.planned.made.chosen
    own = set(chosen["area_code"][chosen["channel"] == "canvass"])
    assert set(zetkin_areas(hand)["area_code"]) <= own
    assert zetkin_files(Hand(hand.run)) == {}


def test_a_hole_is_cut_through_and_parts_are_told_apart() -> None:
    hole = shapely.box(2, 2, 4, 4)
    shape = shapely.MultiPolygon(
        [shapely.box(0, 0, 10, 10) - hole - shapely.box(6, 6, 8, 8), shapely.box(20, 0, 25, 5)]
    )
    parts = solid_parts(shape)
    assert all(not one.interiors for one in parts)
    assert shapely.union_all(parts).symmetric_difference(shape).area < 1e-9
    assert sum(one.area for one in parts) == pytest.approx(shape.area)
    assert [one.area for one in parts] == sorted((one.area for one in parts), reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_any_shape_with_holes_is_whole_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    holes = [shapely.Point(*rng.uniform(0, 1000, 2)).buffer(rng.uniform(5, 80)) for _ in range(12)]
    shape = shapely.box(0, 0, 1000, 1000) - shapely.union_all(holes)
    parts = solid_parts(shape)
    assert all(not one.interiors and one.is_valid for one in parts)
    assert shapely.union_all(parts).symmetric_difference(shape).area < 0.1


def test_a_long_reason_is_cut_where_the_app_cuts_and_told_whole_after() -> None:
    reason = "Det finns många att nå, " * 8
    told = described("Satsa fullt", "v. 10–12 2030", reason, "A1-1")
    assert told.endswith("[gp:A1-1]")
    assert "…" in told[:SHOWN]
    assert reason.strip() in told
    short = described("Satsa fullt", "v. 10 2030", "Glest.\nTvå rader", "A1-2")
    assert short == "Satsa fullt · v. 10 2030 · Glest. Två rader [gp:A1-2]"
    assert len(described("x" * 150, "v. 1", "y" * 50, "A").split(" [gp")[0]) >= 150


def test_the_keys_lead_from_every_feature_to_its_area(hand: Hand) -> None:
    keys = zetkin_files(hand)["zetkin/nycklar.csv"].decode("utf-8-sig").splitlines()
    assert keys[0] == "turf_code;area_code;association;title"
    assert len(keys) == 1 + len(zetkin_areas(hand))
