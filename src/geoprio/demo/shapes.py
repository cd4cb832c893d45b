"""Geometry files of the demo: the statistics office's WFS pages and the election zip."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.demo.published import COUNTY_CODE

_ZIP_DATE = (2022, 9, 10, 14, 37, 0)
_FIRST_ID = 1
DISTRICT_FILES = {
    2018: ("valdistrikt-stockholms-lan-2018.zip", "VD_01_20180909_Val_20180909.json"),
    2022: ("valdistrikt-stockholms-lan-2022.zip", "VD_01_20220910_Val_20220911.json"),
}
"""Archive and member name by election year."""


def wfs_deso(deso: gpd.GeoDataFrame) -> str:
    """Return a WFS FeatureCollection of DeSO 2018."""
    codes = {"desokod": deso.index, "regsokod": deso["regso_code"]}
    return _wfs(deso, "DeSO_2018", codes, kind="deso", version="2018_v3")


def wfs_regso(regso: gpd.GeoDataFrame) -> str:
    """Return a WFS FeatureCollection of RegSO 2020."""
    codes = {"regsokod": regso.index, "regsonamn": regso["area_name"]}
    return _wfs(regso, "RegSO_2020", codes, kind="regso", version="2020_v1")


def _wfs(
    frame: gpd.GeoDataFrame, layer: str, codes: dict[str, Any], *, kind: str, version: str
) -> str:
    size = len(frame)
    numbers = range(_FIRST_ID, _FIRST_ID + size)
    properties = pd.DataFrame(
        {
            "objectid": list(numbers),
            "objektidentitet": [f"00000000-0000-4000-8000-{number:012d}" for number in numbers],
            "objekttyp": kind,
            **{name: np.asarray(values) for name, values in codes.items()},
            "lanskod": COUNTY_CODE,
            "kommunkod": frame["municipality_code"].to_numpy(),
            "version": version,
            "ansvarig_organisation": "DEMO",
            "referensdatum": "20180101" if kind == "deso" else "20200101",
        }
    ).to_dict("records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    features = [
        f'{{"type":"Feature","id":"{layer}.{number}","geometry":{shape},'
        f'"geometry_name":"sp_geometry","properties":{_compact(record)}}}'
        for number, shape, record in zip(numbers, shapes, properties, strict=True)
    ]
    tail = {
        "totalFeatures": size,
        "numberMatched": size,
        "numberReturned": size,
        "timeStamp": "2024-02-22T07:00:00.000Z",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
    }
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}],{_compact(tail)[1:]}'


def write_districts(folder: Path, districts: gpd.GeoDataFrame, year: int) -> None:
    """Write the zip of polling districts: EPSG:3006 numbers, and nothing that says so."""
    archive, member = DISTRICT_FILES[year]
    properties = pd.DataFrame(
        {"Lkfv": districts.index, "Vdnamn": districts["area_name"].to_numpy()}
    ).to_dict("records")
    shapes = shapely.to_geojson(districts.geometry.to_numpy())
    features = ",".join(
        f'{{"geometry":{shape},"properties":{_compact(record)},"type":"Feature"}}'
        for shape, record in zip(shapes, properties, strict=True)
    )
    text = f'{{"features":[{features}],"type":"FeatureCollection"}}'
    info = zipfile.ZipInfo(member, _ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(folder / archive, "w") as packed:
        packed.writestr(info, text.encode("utf-8"))


def _compact(record: Mapping[Any, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
