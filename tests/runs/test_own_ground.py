"""Own water, land and places in a campaign: drawn, and counted in nothing."""

from pathlib import Path

import geopandas as gpd
import shapely

from geoprio.pipeline import compute
from tests.runs.test_demo_run import changed_campaign


def test_own_water_is_drawn_and_no_municipality_is_painted_as_water(own_raw: Path) -> None:
    regso = gpd.read_file(own_raw / "regso-2020-wfs.geojson")
    lake = regso.geometry.iloc[0].representative_point().buffer(300)
    frame = gpd.GeoDataFrame({"NAMN": ["Sjön"]}, geometry=[lake], crs=regso.crs)
    frame.to_file(own_raw / "eget-vatten.geojson", driver="GeoJSON")
    # The places' file is not there: the map is plainer, and the run goes on.
    path = changed_campaign(own_raw, "sources = [", 'sources = [\n  "own_water", "own_places",')
    run = compute(path, raw=own_raw)
    named = {item["name"] for item in run.record["sources"]}
    assert "own_water" in named
    assert "own_places" not in named
    ground = gpd.GeoDataFrame(run.frames["ground_areas"])
    water = ground[ground["type"] == "water"]
    assert water["area_name"].tolist() == ["Sjön"]
    assert water.area.sum() < 1.01 * lake.area
    land = shapely.union_all(ground.geometry[ground["type"] == "land"].to_numpy())
    towns = gpd.GeoDataFrame(run.frames["kommun_areas"])
    assert towns.representative_point().within(land.buffer(100)).all()
    polling = ground["area_name"][ground["type"] == "polling"]
    assert polling.str.fullmatch(r"\d{8}( .+)?").all()
    assert len(polling) > len(towns)
