"""The statistics office's files of the demo: every one an aggregate of the same people.

Tables are json-stat2 replies laid out as SCB's PxWebApi v2 sends them, areas are WFS pages; the key
of areas and the ages of the municipalities are comma-separated.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geoprio.config.counties import county_name
from geoprio.demo.apportionment import (
    Ints,
    gathered,
    shipped_table,
)
from geoprio.demo.geography import County
from geoprio.demo.people import FINE_AGES, Living, People, by_background
from geoprio.words import text

CRS_NAME = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
_YEAR = "2023"
_ENDING = "_DeSO2025"
_MEASURE, _TIME = "ContentsCode", "Tid"
_FIRST_AGE = np.array([int(ages.split("-")[0]) for ages in FINE_AGES])
_LAST_AGE = np.append(_FIRST_AGE[1:] - 1, 100)
_FADES_FROM = 80
Values = npt.NDArray[Any]


def table_replies(codes: pd.Index, people: People, living: Living) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of each table per DeSO, reference year 2023."""
    region, layout = dict(zip(codes, codes, strict=True)), shipped_table("tables")
    county = codes[0][:2]
    for name, values in _values(people, living).items():
        yield f"{name}.json", _reply(layout, name, values, region=region)
    joint = by_background(people.adults.sum(axis=0))[::-1, ::-1, :, ::-1]
    reply = _reply(layout, "DEMO0001", joint, region={county: county_name(county)})
    yield "malgrupper-samfordelning-lan.json", reply


def later_replies(
    codes: pd.Index, people: People, living: Living, *, rng: np.random.Generator
) -> Iterator[tuple[str, str]]:
    """Yield the same tables per DeSO 2025, newest year: codes with an ending.

    From 2025 on the office disturbs each cell for itself: totals are not the sums of their parts.
    """
    region, layout = dict(zip(codes + _ENDING, codes, strict=True)), shipped_table("tables")
    # The others' figures stay as they were before this table was among them.
    streams = {"TAB6569": rng.spawn(1)[0]}
    for name, values in _values(people, living).items():
        table = layout["tables"][name]
        if table.get("disturbed"):
            change = streams.get(name, rng).integers(-1, 2, values.shape)
            values = np.maximum(values + change * (values > 0), 0)
        reply = _reply(layout, name, values, region=region, year=table["latest"])
        yield f"{name}{_ENDING}.json", reply


def _values(people: People, living: Living) -> dict[str, Values]:
    """Return the numbers of each table: by area, the dimensions of its stub, and measure."""
    by_origin = people.origin.sum(axis=1).swapaxes(1, 2)
    ages = people.ages
    # Of the five-year bands the fine ages part one: 15-17 and 18-19.
    bands = [ages[:, :3], ages[:, 3:5].sum(axis=1, keepdims=True), ages[:, 5:]]
    background = [by_origin[:, 1:].sum(axis=1), by_origin[:, 0]]
    birth = [by_origin[:, :2].sum(axis=1), by_origin[:, 2], by_origin[:, 3]]
    citizens = [by_origin.sum(axis=1) - people.foreign, people.foreign]
    employed, unemployed, outside = np.moveaxis(_with_total(people.status, 1), 2, 0)
    force = employed + unemployed
    return {
        "TAB6574": _with_total(_with_total(np.concatenate(bands, axis=1), 2), 1, first=True),
        "TAB6571": _with_total(_with_total(np.stack(background, axis=1), 2), 1),
        "TAB6572": _with_total(_with_total(np.stack(birth, axis=1), 2), 1),
        "TAB6569": _with_total(_with_total(np.stack(citizens, axis=1), 2), 1),
        "TAB6681": _with_total(_with_total(people.employed, 2), 1, first=True),
        "TAB6680": np.stack([employed, unemployed, force, outside, force + outside], axis=2),
        "TAB6534": people.education,
        "TAB6638": living.dwellings,
        "TAB6679": np.stack([living.income, living.earners.astype(float)], axis=2),
        "TAB6568": _with_total(living.households, 1),
    }


def _with_total(values: Ints, axis: int, *, first: bool = False) -> Ints:
    total = values.sum(axis=axis, keepdims=True)
    return np.concatenate([total, values] if first else [values, total], axis=axis)


def _reply(
    layout: Mapping[str, Any],
    name: str,
    values: Values,
    *,
    region: dict[str, str],
    year: str = _YEAR,
) -> str:
    table = layout["tables"][name]
    stub = {"Region": _dimension("region", region, show="code_value")} | {
        one["code"]: _dimension(one["label"], one["values"])
        for one in (layout["dimensions"][key] for key in table["stub"])
    }
    measures = {code: label for code, label, *_ in table["measures"]}
    dimensions = stub | {
        _MEASURE: _measures(table["measures"], year),
        _TIME: _dimension("år", {year: year}, show="code"),
    }
    px = layout["px"] | {
        "tableid": name,
        "decimals": max(decimals for *_, decimals in table["measures"]),
        "contents": next(iter(measures.values())),
        "stub": list(stub),
        "matrix": name,
    }
    extension = {"noteMandatory": {"0": True}, "px": px, "discontinued": None, "contact": []}
    envelope = layout["envelope"] | {
        "label": table["title"],
        "note": [text("demo_mark", "sv")],
        "role": {"time": [_TIME], "metric": [_MEASURE]},
        "id": list(dimensions),
        "size": [len(one["category"]["index"]) for one in dimensions.values()],
        "dimension": dimensions,
        "extension": extension,
    }
    return f'{compact(envelope)[:-1]},"value":[{_numbers(values)}]}}'


def _dimension(label: str, values: Mapping[str, str], *, show: str = "value") -> dict[str, Any]:
    return {
        "label": label,
        "category": {"index": {code: i for i, code in enumerate(values)}, "label": values},
        "extension": {"elimination": False, "show": show},
    }


def _measures(measures: list[list[Any]], year: str) -> dict[str, Any]:
    labels = {code: label for code, label, *_ in measures}
    found = _dimension("tabellinnehåll", labels)
    found["category"]["unit"] = {
        code: {"base": unit, "decimals": decimals} for code, _, unit, decimals in measures
    }
    found["extension"] = {
        "elimination": False,
        "refperiod": dict.fromkeys(labels, f"31 december {year}"),
        "show": "value",
        "measuringType": dict.fromkeys(labels, "Stock"),
        "priceType": dict.fromkeys(labels, "NotApplicable"),
        "adjustment": dict.fromkeys(labels, "None"),
        "alternativeText": labels,
    }
    return found


def _numbers(values: Values) -> str:
    texts = map(str, values.ravel().tolist())
    # What is unknown becomes null.
    return ",".join("null" if one == "nan" else one.removesuffix(".0") for one in texts)


def area_pages(county: County, *, deso: str, regso: str) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of a WFS page of DeSO and one of RegSO, by version."""
    codes = {"desokod": county.deso.index, "regsokod": county.deso["regso_code"]}
    yield (
        f"deso-{deso[:4]}-wfs.geojson",
        feature_page(county.deso, codes, kind="DeSO", version=deso),
    )
    codes = {"regsokod": county.regso.index, "regsonamn": county.regso["area_name"]}
    yield (
        f"regso-{regso[:4]}-wfs.geojson",
        feature_page(county.regso, codes, kind="RegSO", version=regso),
    )


def feature_page(
    frame: gpd.GeoDataFrame, codes: Mapping[str, Any], *, kind: str, version: str
) -> str:
    """Return a page of a WFS: areas with a municipality, and their own properties."""
    size, numbers = len(frame), range(1, len(frame) + 1)
    properties = pd.DataFrame(
        {
            "objectid": list(numbers),
            "objektidentitet": [f"00000000-0000-4000-8000-{number:012d}" for number in numbers],
            "objekttyp": kind.lower(),
            **{name: np.asarray(values) for name, values in codes.items()},
            "lanskod": frame["municipality_code"].str[:2].to_numpy(),
            "kommunkod": frame["municipality_code"].to_numpy(),
            "version": version,
            "ansvarig_organisation": "DEMO",
            "referensdatum": f"{version[:4]}0101",
        }
    ).to_dict("records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    features = ",".join(
        f'{{"type":"Feature","id":"{kind}_{version[:4]}.{number}","geometry":{shape},'
        f'"geometry_name":"sp_geometry","properties":{compact(record)}}}'
        for number, shape, record in zip(numbers, shapes, properties, strict=True)
    )
    counted = dict.fromkeys(("totalFeatures", "numberMatched", "numberReturned"), size)
    tail = counted | {"timeStamp": "2024-02-22T07:00:00.000Z", "crs": CRS_NAME}
    return f'{{"type":"FeatureCollection","features":[{features}],{compact(tail)[1:]}'


def compact(record: Mapping[Any, Any]) -> str:
    """Return JSON without blanks."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def write_key(folder: Path, county: County) -> None:
    """Write the key DeSO 2018 -> RegSO 2020 -> kommun: UTF-8 with BOM, CRLF."""
    deso = county.deso
    frame = pd.DataFrame(
        {
            "Kommun": deso["municipality_code"],
            "Kommunnamn": deso["municipality_code"].map(county.published["municipality_name"]),
            "DeSO_2018": deso.index,
            "RegSO_2020": deso["regso_code"].map(county.regso["area_name"]),
            "RegSOkod_2020": deso["regso_code"],
        }
    ).sort_values(["Kommun", "RegSOkod_2020", "DeSO_2018"])
    path = folder / "koppling-deso2018-regso2020.csv"
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_municipalities(folder: Path, published: pd.DataFrame) -> None:
    """Write the municipalities' codes and names."""
    short = published["municipality_name"]
    pd.DataFrame(
        {
            "municipality_code": published.index,
            "municipality_name": short.to_numpy() + " kommun",
            "municipality_name_short": short.to_numpy(),
            "county_code": published.index.str[:2],
        }
    ).to_csv(folder / "kommuner.csv", index=False, encoding="utf-8", lineterminator="\n")


def write_ages(folder: Path, county: County, people: People, rng: np.random.Generator) -> None:
    """Write population by single year of age and sex per municipality: 2022, and fewer in 2018."""
    published = county.published
    totals = gathered(people.ages, county.homes(county.deso), len(published))
    single = _single_years(totals, rng)
    earlier = rng.binomial(single, 0.965)
    kommun, age, sex = (axis.ravel() for axis in np.indices(single.shape))
    frame = pd.DataFrame(
        {
            "municipality_code": published.index.to_numpy()[kommun],
            "municipality": published["municipality_name"].to_numpy()[kommun],
            "age": age,
            "gender": np.array(["men", "women"])[sex],
            "population2018": earlier.ravel(),
            "population2022": single.ravel(),
        }
    ).sort_values(["gender", "municipality_code", "age"])
    path = folder / "kommun-folkmangd-alder-kon-2018-2022.csv"
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _single_years(totals: Ints, rng: np.random.Generator) -> Ints:
    """Return (kommun, age 0-100, sex)."""
    bands = []
    for number, (first, last) in enumerate(zip(_FIRST_AGE, _LAST_AGE, strict=True)):
        years = np.arange(first, last + 1)
        weight = np.exp(-0.11 * np.maximum(years - _FADES_FROM, 0)) * (1 - (years == 100) * 0.5)
        drawn = rng.multinomial(totals[:, number], weight / weight.sum())
        bands.append(drawn.swapaxes(1, 2))
    return np.concatenate(bands, axis=1)
