"""Where the demo's people go: polling places, early voting, stations; and their towns."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.demo.apportionment import Ints, multinomial
from geoprio.demo.geography import County
from geoprio.demo.statistics import feature_page

FIRST_DAY, DAYS, COUNTED = "2026-08-26", 19, 12
"""Days of early voting, and how many of them the file of votes has counted."""
_EARLY_SHARE = 0.3
_DISTRICTS_PER_PLACE = 12
_STATIONS = 40
WGS84 = 4326


def write_premises(folder: Path, county: County, rng: np.random.Generator) -> None:
    """Write the authority's lists of places and of early votes, stations, and urban areas."""
    _write_list(folder / "vallokaler.json", _polling_places(county))
    early = _early_places(county)
    days = [str(day.date()) for day in pd.date_range(FIRST_DAY, periods=DAYS)]
    open_days = [{"DATUM": day, "ÖPPNAR": "10:00", "STÄNGER": "18:00"} for day in days]
    told = early.assign(ÖPPETTIDER=pd.Series([open_days] * len(early), early.index, dtype=object))
    _write_list(folder / "rostningslokaler.json", told)
    _write_votes(folder, county, early, days, rng=rng)
    for name, text in urban_page(county):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    chosen = county.regso.iloc[np.sort(rng.choice(len(county.regso), _STATIONS, replace=True))]
    at = chosen.representative_point().to_crs(WGS84)
    stations = pd.DataFrame({"name": chosen["area_name"], "lat": at.y, "lon": at.x})
    stations = stations.drop_duplicates("name").round(5)
    stations.to_csv(folder / "demo-stationer.csv", index=False, lineterminator="\n")


def _placed(county: County, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the authority's columns of where places lie: a point inside each area."""
    home = areas["municipality_code"]
    at = areas.representative_point().to_crs(WGS84)
    return pd.DataFrame(
        {
            "LÄNSKOD": county.code,
            "LÄN": county.name,
            "KOMMUNKOD": home.str[2:],
            "KOMMUN": home.map(county.published["municipality_name"]),
            "LATITUD": at.y.map("{:.6f}".format).str.replace(".", ","),
            "LONGITUD": at.x.map("{:.6f}".format).str.replace(".", ","),
        },
        index=areas.index,
    )


def _polling_places(county: County) -> pd.DataFrame:
    districts = county.districts
    return _placed(county, districts).assign(
        VALDISTRIKTKOD=districts.index.str[4:],
        VALDISTRIKT=districts["area_name"],
        LOKAL=districts["area_name"] + " skola",
    )


def _early_places(county: County) -> pd.DataFrame:
    """Return the first district of each dozen of a municipality's, whose library is open."""
    districts = county.districts
    number = districts.groupby("municipality_code").cumcount()
    chosen = districts[number % _DISTRICTS_PER_PLACE == 0]
    within = (number[chosen.index] // _DISTRICTS_PER_PLACE + 1).astype(str).str.zfill(3)
    return _placed(county, chosen).assign(
        LOKALID=chosen["municipality_code"] + within, LOKAL=chosen["area_name"] + " bibliotek"
    )


def _write_list(path: Path, rows: pd.DataFrame) -> None:
    """Write a list as the authority does: UTF-8 with a BOM, keys in capitals."""
    text = json.dumps(rows.to_dict("records"), ensure_ascii=False, indent=1)
    path.write_text("\ufeff" + text, encoding="utf-8", newline="\n")


def _write_votes(
    folder: Path,
    county: County,
    places: pd.DataFrame,
    days: list[str],
    *,
    rng: np.random.Generator,
) -> None:
    """Write the votes received by place and day, with a row of sums that bears no code."""
    town = places["LÄNSKOD"] + places["KOMMUNKOD"]
    electors = county.published["riksdag_electors"].reindex(town).to_numpy(np.int64)
    beside = town.map(town.value_counts()).to_numpy(np.int64)
    received: Ints = (_EARLY_SHARE * electors / beside).astype(np.int64)
    grows = np.linspace(1.0, 2.0, COUNTED) * np.ones((len(places), 1))
    counts = np.zeros((len(places), DAYS), dtype=np.int64)
    counts[:, :COUNTED] = multinomial(rng, received, grows)
    columns = ["LÄNSKOD", "LÄN", "KOMMUNKOD", "KOMMUN", "LOKALID", "LOKAL"]
    told = places[columns].reset_index(drop=True)
    frame = pd.concat([told, pd.DataFrame(counts, columns=days)], axis=1)
    total = {**dict.fromkeys(columns, ""), "LOKAL": "SUMMA"} | frame[days].sum().to_dict()
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    frame["TOTAL"] = frame[days].sum(axis=1)
    path = folder / "mottagna-fortidsroster-val2026.csv"
    frame.to_csv(path, sep=";", index=False, encoding="utf-8-sig", lineterminator="\n")


def urban_page(county: County) -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of a WFS page of urban areas: where it is dense."""
    close = county.deso[county.deso.index.str[4] == "C"]
    towns = close.dissolve("municipality_code", method="coverage").geometry.explode()
    frame = gpd.GeoDataFrame(
        {"municipality_code": towns.index}, geometry=towns.array, crs=towns.crs
    )
    number = frame.groupby("municipality_code").cumcount() + 1
    name = frame["municipality_code"].map(county.published["municipality_name"])
    codes = {
        "tatortskod": frame["municipality_code"] + "TC" + number.astype(str).str.zfill(3),
        "tatort": name.where(number == 1, name + " " + number.astype(str)),
    }
    yield "tatorter-2023-wfs.geojson", feature_page(frame, codes, kind="Tatort", version="2023_v1")
