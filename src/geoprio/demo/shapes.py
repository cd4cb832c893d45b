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

from geoprio.demo.published import COUNTY_CODE, COUNTY_NAME

_ZIP_DATE = (2022, 9, 10, 14, 37, 0)
_FIRST_ID = 1
_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
DISTRICT_FILES = {
    2018: ("valdistrikt-stockholms-lan-2018.zip", "VD_01_20180909_Val_20180909.json"),
    2022: ("valdistrikt-stockholms-lan-2022.zip", "VD_01_20220910_Val_20220911.json"),
}
"""Archive and member name by election year."""


def wfs_deso(deso: gpd.GeoDataFrame, *, version: str = "2018_v3") -> str:
    """Return a WFS FeatureCollection of DeSO."""
    codes = {"desokod": deso.index, "regsokod": deso["regso_code"]}
    return _wfs(deso, codes, kind="DeSO", version=version)


def wfs_regso(regso: gpd.GeoDataFrame, *, version: str = "2020_v1") -> str:
    """Return a WFS FeatureCollection of RegSO."""
    codes = {"regsokod": regso.index, "regsonamn": regso["area_name"]}
    return _wfs(regso, codes, kind="RegSO", version=version)


def _wfs(frame: gpd.GeoDataFrame, codes: dict[str, Any], *, kind: str, version: str) -> str:
    year = version[:4]
    layer = f"{kind}_{year}"
    size = len(frame)
    numbers = range(_FIRST_ID, _FIRST_ID + size)
    properties = pd.DataFrame(
        {
            "objectid": list(numbers),
            "objektidentitet": [f"00000000-0000-4000-8000-{number:012d}" for number in numbers],
            "objekttyp": kind.lower(),
            **{name: np.asarray(values) for name, values in codes.items()},
            "lanskod": COUNTY_CODE,
            "kommunkod": frame["municipality_code"].to_numpy(),
            "version": version,
            "ansvarig_organisation": "DEMO",
            "referensdatum": f"{year}0101",
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
        "crs": _CRS,
    }
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}],{_compact(tail)[1:]}'


def write_districts(folder: Path, districts: gpd.GeoDataFrame, year: int) -> None:
    """Write the zip of polling districts: EPSG:3006 numbers, and nothing that says so."""
    archive, member = DISTRICT_FILES[year]
    named = {"Lkfv": districts.index, "Vdnamn": districts["area_name"].to_numpy()}
    text = f'{{"features":[{_features(districts, named)}],"type":"FeatureCollection"}}'
    write_zip(folder / archive, {member: text})


def write_districts_2026(folder: Path, districts: gpd.GeoDataFrame, towns: pd.Series) -> None:
    """Write the whole country's districts as in 2026: other names, and a CRS that is declared."""
    home = districts["municipality_code"]
    columns = {
        "Valdistriktskod": districts.index,
        "Valdistriktsnamn": districts["area_name"].to_numpy(),
        "Länskod": COUNTY_CODE,
        "Län": COUNTY_NAME,
        "Kommunkod": home.to_numpy(),
        "Kommun": home.map(towns).to_numpy(),
        "Kommunvalkretskod": districts["constituency"].astype(str).str.zfill(2).to_numpy(),
    }
    text = (
        f'{{"type":"FeatureCollection","name":"valdistrikt-riket-2026","crs":{_compact(_CRS)},'
        f'"features":[{_features(districts, columns)}]}}'
    )
    write_zip(folder / "valdistrikt-riket-2026.zip", {"valdistrikt-riket-2026.geojson": text})


def _features(frame: gpd.GeoDataFrame, columns: Mapping[str, Any]) -> str:
    properties = pd.DataFrame(columns).to_dict("records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    return ",".join(
        f'{{"geometry":{shape},"properties":{_compact(record)},"type":"Feature"}}'
        for shape, record in zip(shapes, properties, strict=True)
    )


def write_zip(path: Path, members: Mapping[str, str]) -> None:
    """Write texts into a zip, with a date that is always the same."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, text.encode("utf-8"))


def _compact(record: Mapping[Any, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
