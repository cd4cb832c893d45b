"""A selection of four areas, and vendors that take it."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from geoprio.config import Vendor, load_named, shipped_folder
from geoprio.files import Delivery

MARK = "DEMO – påhittade områden och siffror. Får inte användas i valarbetet."
DELIVERY = Delivery("Områden riksdag", about={"kampanj": "Storstockholm", "version": "riksdag"})


def toy_selection(**changes: object) -> gpd.GeoDataFrame:
    """Return four areas, not in the order of their codes, one with digits alone and a first 0."""
    west = 670_000.0 + 1000 * np.arange(4)
    values: dict[str, object] = {
        "area_name": ["Åkersberga", "Tensta", "Älta; södra", "Örby"],
        "municipality_code": ["0117", "0180", "0182", "0180"],
        "municipality_name": ["Österåker", "Stockholm", "Nacka", "Stockholm"],
        "households_count": [1204.6, 980.0, 2310.0, 455.0],
        "households_basis": ["bostäder", "hushåll", "hushåll", "bostäder"],
        "households_open_count": [1000.0, np.nan, np.nan, np.nan],
        "print_run_count": [1230.0, 999.0, 2357.0, 465.0],
        "wave": [1.0, 1.0, 2.0, 2.0],
        "product": "Oadresserad försändelse till alla hushåll",
        "edition": "riksdag",
        "campaign": "Storstockholm",
        "delivery_from": ["2030-08-05", "2030-08-05", "2030-08-12", "2030-08-12"],
        "delivery_to": ["2030-08-11", "2030-08-11", "2030-08-18", "2030-08-18"],
        "area_km2": [1.0, 12.34, 0.5, 2.0],
    }
    return gpd.GeoDataFrame(
        {**values, **changes},
        geometry=box(west, 6_580_000, west + 1000, 6_581_000),
        index=pd.Index(["01170001", "0180R002", "0182R001", "0180R001"], name="area_code"),
        crs=3006,
    )


@cache
def vendor(name: str = "svensk_excel", **changes: object) -> Vendor:
    """Return a shipped vendor, changed."""
    shipped = load_named(Vendor, "vendors", name, (shipped_folder(),))
    return Vendor.model_validate(shipped.model_dump() | changes)
