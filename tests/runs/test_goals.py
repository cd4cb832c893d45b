"""Where people vote and what lies near: from the authority's lists to what each area is told."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geoprio.reports.explanation import explanations, lines, short_lines
from geoprio.reports.lists import ranking
from geoprio.runs import Run
from geoprio.tables import for_audience


def test_each_area_is_told_the_nearest_place_of_each_kind(demo_2026: Run) -> None:
    places = gpd.GeoDataFrame(demo_2026.frames["places"])
    assert set(places["place_kind"]) == {"polling", "early", "station"}
    level = demo_2026.levels["deso_2025"]
    assert level.goals.index.equals(level.areas.index)
    # People of an area do not live in the point inside it, but nearly so.
    inside, reach = level.areas.representative_point(), np.sqrt(level.areas.area.to_numpy())
    for kind, own in places.groupby("place_kind"):
        least = np.array([own.distance(point).min() for point in inside])
        told = 1000 * level.goals[f"nearest_{kind}_km"].to_numpy()
        assert (np.abs(told - least) <= reach + 50).all(), kind
        assert set(level.goals[f"nearest_{kind}"]) <= set(own["place_name"])
    assert demo_2026.scored.goals.index.equals(demo_2026.scored.areas.index)


def test_the_polling_places_are_those_of_the_list(demo_2026: Run, demo_raw: Path) -> None:
    listed = json.loads((demo_raw / "vallokaler.json").read_text(encoding="utf-8-sig"))
    places = demo_2026.frames["places"]
    own = places[places["place_kind"] == "polling"]
    assert set(own["place_name"]) == {row["LOKAL"] for row in listed}
    assert len(own) == len(listed)
    assert set(own["municipality_code"]) == {row["LÄNSKOD"] + row["KOMMUNKOD"] for row in listed}
    early = places[places["place_kind"] == "early"]
    assert set(early["open_days_count"]) == {19.0}
    assert set(early["open_from"]) == {"2026-08-26"}


def test_early_votes_are_those_of_the_file(demo_2026: Run, demo_raw: Path) -> None:
    path = demo_raw / "mottagna-fortidsroster-val2026.csv"
    file = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype={"KOMMUNKOD": str})
    votes = demo_2026.frames["early_votes"]
    assert votes["early_votes_count"].sum() == file["TOTAL"].iloc[-1]
    assert votes["municipality_code"].nunique() == 26
    # Days to come have no votes yet, and that is not none.
    assert votes["day"].max() == "2026-09-06"
    town = file[file["KOMMUNKOD"] == "80"].filter(like="2026-").sum()
    own = votes[votes["municipality_code"] == "0180"].set_index("day")["early_votes_count"]
    assert own.to_dict() == town[town > 0].to_dict()


def test_tables_workbooks_and_explanations_tell_of_them(demo_2026: Run) -> None:
    headings = ranking(demo_2026).headings
    assert headings["nearest_polling"] == "närmaste vallokal"
    assert headings["nearest_early_open_from"] == "förtidsröstningen öppen från"
    assert demo_2026.folder is not None
    book = next((demo_2026.folder / "foreningar").glob("*.xlsx"))
    sheets = CalamineWorkbook.from_path(book)
    told = " ".join(
        str(cell)
        for name in sheets.sheet_names
        for row in sheets.get_sheet_by_name(name).to_python()
        for cell in row
    )
    for heading in ("närmaste vallokal", "närmaste förtidsröstning", "närmaste station"):
        assert heading in told
    # What all its areas share stands once above them.
    assert "förtidsröstningen öppen, dagar: 19 " in told
    code = demo_2026.scored.areas.index[0]
    near = demo_2026.scored.goals.loc[code].to_dict()
    _, (area,) = explanations(code, demo_2026, language="sv")
    for said in (lines(area, "sv"), short_lines(area, "sv")):
        words = " ".join(" ".join(said).split())
        assert f"vallokal: {near['nearest_polling']}" in words
        assert "öppen 2026-08-26 till 2026-09-13 (19 dagar)" in words


@pytest.mark.parametrize("audience", ["valledning", "offentlig"])
def test_anybody_may_see_where_one_votes(demo_2026: Run, audience: str) -> None:
    for name in ("places", "early_votes", "regso_2025_nearest"):
        for_audience(demo_2026.frames[name], audience)  # type: ignore[arg-type]


def test_a_run_without_lists_tells_of_no_places(demo_result: Run) -> None:
    assert "places" not in demo_result.frames
    assert list(demo_result.scored.goals) == []
    assert not [name for name in ranking(demo_result).headings if "nearest" in name]


def test_urban_areas_lie_in_the_county_and_cover_the_dense_ones(demo_2026: Run) -> None:
    urban = gpd.GeoDataFrame(demo_2026.frames["urban_areas"])
    assert set(urban["municipality_code"]) <= set(demo_2026.municipality_names.index)
    dense = demo_2026.levels["deso_2025"].areas
    dense = dense[dense.index.str[4] == "C"].representative_point()
    assert dense.within(urban.union_all()).mean() > 0.9
