"""The way from a campaign's areas to postal codes, by whatever the user has given."""

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import pandas as pd

from geoprio.areas import find_way
from geoprio.outputs.vendors.postal import POSTAL_CODE
from geoprio.pipeline.outcome import Outcome
from geoprio.planning.postal_codes import (
    PostalChoice,
    choose_by_points,
    choose_postal_codes,
    way_by_points,
)


@dataclass(frozen=True)
class PostalWay:
    """How areas become postal codes."""

    by: Literal["own", "residents", "points"]
    """The areas are postal codes; or codes by residents, where borders are known, or by points."""
    frame: pd.DataFrame
    """CROSSWALK from the scored areas to postal codes."""
    points: gpd.GeoDataFrame | None = None
    """Points with a postal code each, where these lead there."""

    def choose(self, outcome: Outcome, chosen: pd.Index) -> PostalChoice:
        """Return the codes half of which, or more, lie in the chosen areas."""
        level = outcome.levels[0]
        if self.points is not None:
            return choose_by_points(self.points, level.areas, chosen)
        return choose_postal_codes(self.frame, level.counts["population_count"], chosen)


def postal_way(outcome: Outcome) -> PostalWay | None:
    """Return the way by residents where borders are known, else by points, else None."""
    atlas, level = outcome.gathered.atlas, outcome.levels[0]
    if are_postal_codes(level.areas.index):
        codes = level.areas.index
        same = {"source_code": codes, "area_code": codes, "weight": 1.0}
        return PostalWay("own", pd.DataFrame(same))
    for name, areas in atlas.sets.items():
        if are_postal_codes(areas.index):
            return PostalWay("residents", find_way(atlas, level.area_set, name).frame)
    for item in outcome.gathered.loaded:
        if item.source.provides == "points":
            points = gpd.GeoDataFrame(item.frame)
            return PostalWay("points", way_by_points(points, level.areas), points)
    return None


def are_postal_codes(codes: pd.Index) -> bool:
    """Return whether every area is a postal code, with a blank in it or not."""
    plain = codes.str.replace(" ", "")
    return len(codes) > 0 and bool(plain.str.fullmatch(POSTAL_CODE.pattern).all())
