"""Own water, land and places in a campaign: drawn, and counted in nothing."""

from pathlib import Path

import geopandas as gpd
import shapely

from geoprio.config import load_campaign
from geoprio.pipeline import prepared
from geoprio.runs.frames import ground_of
from tests.runs.test_demo_run import changed_campaign


class Half:
    """As much of an outcome as the ground is made of."""

    def __init__(self, gathered, areas) -> None:  # noqa: ANN001
        self.gathered, self.levels = gathered, [type("Level", (), {"areas": areas})]


def test_own_water_is_drawn_and_no_municipality_is_painted_as_water(own_raw: Path) -> None:
    districts = gpd.read_file(own_raw / "regso-2020-wfs.geojson")
    lake = districts.geometry.iloc[0].representative_point().buffer(300)
    frame = gpd.GeoDataFrame({"NAMN": ["Sjön"]}, geometry=[lake], crs=districts.crs)
    frame.to_file(own_raw / "eget-vatten.geojson", driver="GeoJSON")
    # The places' file is not there: the map is plainer, and the run goes on.
    path = changed_campaign(own_raw, "sources = [", 'sources = [\n  "own_water", "own_places",')
    gathered, _ = prepared(load_campaign(path), path, own_raw)
    assert "own_places" not in {item.name for item in gathered.loaded}
    assert not [name for name in gathered.atlas.sets if name.startswith("vatten")]
    areas = gathered.atlas.sets["kommun"]
    ground = ground_of(Half(gathered, areas))  # type: ignore[arg-type]
    water = ground[ground["type"] == "water"]
    assert water["area_name"].tolist() == ["Sjön"]
    assert water.area.sum() < 1.01 * lake.area
    land = shapely.union_all(ground.geometry[ground["type"] == "land"].to_numpy())
    assert land.contains(areas.geometry.iloc[0].representative_point())
