"""The demo's comma- and semicolon-separated files."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.demo.apportionment import COUNTY_CODE, COUNTY_NAME, Ints, apportion
from geoprio.demo.geography import County, invented_names
from geoprio.demo.people import FINE_AGES, People

CITY = "0180"
CITY_ASSOCIATIONS = 14
_FIRST_AGE = np.array([int(ages.split("-")[0]) for ages in FINE_AGES])
_LAST_AGE = np.append(_FIRST_AGE[1:] - 1, 100)
_FADES_FROM = 80


def write_key(folder: Path, county: County, published: pd.DataFrame) -> None:
    """Write the key DeSO 2018 -> RegSO 2020 -> kommun: UTF-8 with BOM, CRLF."""
    deso = county.deso
    frame = pd.DataFrame(
        {
            "Kommun": deso["municipality_code"],
            "Kommunnamn": deso["municipality_code"].map(published["municipality_name"]),
            "DeSO_2018": deso.index,
            "RegSO_2020": deso["regso_code"].map(county.regso["area_name"]),
            "RegSOkod_2020": deso["regso_code"],
        }
    ).sort_values(["Kommun", "RegSOkod_2020", "DeSO_2018"])
    frame.to_csv(
        folder / "koppling-deso2018-regso2020.csv",
        index=False,
        encoding="utf-8-sig",
        lineterminator="\r\n",
    )


def write_municipalities(folder: Path, published: pd.DataFrame) -> None:
    """Write the municipalities' codes and names."""
    short = published["municipality_name"]
    pd.DataFrame(
        {
            "municipality_code": published.index,
            "municipality_name": short.to_numpy() + " kommun",
            "municipality_name_short": short.to_numpy(),
            "county_code": COUNTY_CODE,
        }
    ).to_csv(folder / "kommuner.csv", index=False, encoding="utf-8", lineterminator="\n")


def write_ages(
    folder: Path,
    county: County,
    people: People,
    published: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> None:
    """Write population by single year of age and sex per municipality, 2018 and 2022.

    2022 are the demo's people; those of 2018 are invented, some per cent fewer.
    """
    home = published.index.get_indexer(county.deso["municipality_code"])
    totals = np.zeros((len(published), *people.ages.shape[1:]), dtype=np.int64)
    np.add.at(totals, home, people.ages)
    single = _single_years(totals, rng)
    earlier = rng.binomial(single, 0.965)
    kommun, age, sex = np.indices(single.shape)
    frame = pd.DataFrame(
        {
            "municipality_code": published.index.to_numpy()[kommun.ravel()],
            "municipality": published["municipality_name"].to_numpy()[kommun.ravel()],
            "age": age.ravel(),
            "gender": np.array(["men", "women"])[sex.ravel()],
            "population2018": earlier.ravel(),
            "population2022": single.ravel(),
        }
    ).sort_values(["gender", "municipality_code", "age"])
    frame.to_csv(
        folder / "kommun-folkmangd-alder-kon-2018-2022.csv",
        index=False,
        encoding="utf-8",
        lineterminator="\n",
    )


def _single_years(totals: Ints, rng: np.random.Generator) -> Ints:
    """Return (kommun, age 0-100, sex) of (kommun, fine age, sex)."""
    bands = []
    for number, (first, last) in enumerate(zip(_FIRST_AGE, _LAST_AGE, strict=True)):
        years = np.arange(first, last + 1)
        weight = np.exp(-0.11 * np.maximum(years - _FADES_FROM, 0)) * (1 - (years == 100) * 0.5)
        drawn = rng.multinomial(totals[:, number], weight / weight.sum())
        bands.append(drawn.swapaxes(1, 2))
    return np.concatenate(bands, axis=1)


def write_associations(
    folder: Path, county: County, published: pd.DataFrame, *, rng: np.random.Generator
) -> None:
    """Write associations.csv and the invented members and activity in privat/."""
    frame = _associations(county, published, rng)
    frame.to_csv(folder / "associations.csv", sep=";", index=False, encoding="utf-8")
    people = published["population"].drop(CITY).to_numpy(float)
    city = np.full(CITY_ASSOCIATIONS, published["population"][CITY] / CITY_ASSOCIATIONS)
    weight = np.concatenate([people, city * 1.6])
    names = frame["association"].drop_duplicates().to_numpy()
    weight = weight[: len(names)] * np.exp(rng.standard_normal(len(names)) * 0.5)
    members = apportion(weight, np.zeros(len(names), dtype=np.int64), np.array([3_100]))
    active = rng.binomial(members, rng.beta(3, 12, len(names)))
    private = folder / "privat"
    private.mkdir()
    for file, column, values in (
        ("medlemmar.csv", "members_count", members),
        ("aktivitet.csv", "active_count", active),
    ):
        pd.DataFrame({"association": names, column: values}).to_csv(
            private / file, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n"
        )


def _associations(
    county: County, published: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one association per municipality outside the city and 14 in it, by RegSO."""
    outside = published.drop(CITY)
    regso = county.regso[county.regso["municipality_code"] == CITY]
    centres = regso.representative_point()
    angle = np.arctan2(centres.y - centres.y.mean(), centres.x - centres.x.mean())
    place = angle.argsort(kind="stable").argsort(kind="stable")
    parts = min(CITY_ASSOCIATIONS, len(regso))
    names = invented_names(parts, rng)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "association": "Demoförening " + outside["municipality_name"],
                    "area_set": "kommun",
                    "area_code": outside.index,
                }
            ),
            pd.DataFrame(
                {
                    "association": np.char.add(
                        "Demoförening ", names[(place.to_numpy() * parts) // len(regso)]
                    ),
                    "area_set": "regso_2020",
                    "area_code": regso.index,
                }
            ).sort_values(["association", "area_code"]),
        ],
        ignore_index=True,
    )


# Geometry files of the demo: the statistics office's WFS pages and the election zip.


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
