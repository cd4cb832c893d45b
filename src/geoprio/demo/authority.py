"""The election authority's files of the demo: districts, workbooks of results, zips of JSON."""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter

from geoprio.config.counties import counties, county_name
from geoprio.demo.apportionment import (
    CITY,
    Ints,
    gathered,
    multinomial,
    shipped_table,
)
from geoprio.demo.elections import PARTIES, Pieces, allocate, allocate_riksdag, council_seats, sums
from geoprio.demo.geography import CONSTITUENCIES, County
from geoprio.demo.people import FINE_AGES, People
from geoprio.demo.revision import SUMMED, Revision
from geoprio.demo.statistics import CRS_NAME, compact

EARLY = "Förtidsröster ej fördelade efter valdistrikt"
COLLECTED = "Uppsamlingsdistrikt"
COMPARISON = "valdistrikt-jamforelser-mellan-2022-och-2026.xlsx"
ELECTORS = (
    "antal-rostberattigade-per-valdistrikt-uppdelat-pa-kon-och-alder"
    "-kvalifikationsdagen-14-augusti-2026-val-till-riksdagen.xlsx"
)
ROLLS = "antal-rostberattigade-per-valdistrikt-och-valtyp-14-augusti-2026.xlsx"
DISTRICT_FILES = {
    2018: "VD_{}_20180909_Val_20180909.json",
    2022: "VD_{}_20220910_Val_20220911.json",
}
"""Member of the archive by election year, with a place for the county's code."""

_EARLY_CODE = "9800"
_PARTY_NAMES = {
    "m": "Moderaterna",
    "c": "Centerpartiet",
    "l": "Liberalerna",
    "kd": "Kristdemokraterna",
    "mp": "Miljöpartiet de gröna",
    "s": "Arbetarepartiet-Socialdemokraterna",
    "v": "Vänsterpartiet",
    "sd": "Sverigedemokraterna",
}
_ZIP_DATE = (2022, 9, 10, 14, 37, 0)
_LETTERS_2018 = {"riksdag": "R", "region": "L", "kommun": "K"}
_FOUND_2018 = {"FI": 0.55, "AfS": 0.30, "MED": 0.4}
"""Share of the votes left over that each small party of 2018 takes."""
_RIKSDAG_SEATS = (70, 9)
"""Fixed and adjustment seats, as 310 and 39 are to each other in the country."""
_REGION_SEATS = 149
_ONE, _SEVERAL = 0.02, 0.03
"""What a council needs, where it has one constituency or several; a region always 0.03."""
_AGES = ("18-29 år", "30-49 år", "50-64 år", "65 år och äldre")
_OLD_BANDS = (("30-34", "45-49"), ("50-54", "60-64"), ("65-69", "80-"))
_FIRST_TIME = 0.3


def write_districts(folder: Path, county: County, year: int) -> None:
    """Write the zip of polling districts, whose CRS is not declared."""
    districts, member = county.districts, DISTRICT_FILES[year].format(county.code)
    archive = f"valdistrikt-{counties()[county.code].slug}-{year}.zip"
    named = {"Lkfv": districts.index, "Vdnamn": districts["area_name"].to_numpy()}
    text = f'{{"features":[{_features(districts, named)}],"type":"FeatureCollection"}}'
    _write_zip(folder / archive, {member: text})


def write_districts_2026(folder: Path, county: County) -> None:
    """Write the districts as in 2026: other names, and a CRS that is declared."""
    districts = county.districts
    home = districts["municipality_code"]
    columns = {
        "Valdistriktskod": districts.index,
        "Valdistriktsnamn": districts["area_name"].to_numpy(),
        "Länskod": county.code,
        "Län": county.name,
        "Kommunkod": home.to_numpy(),
        "Kommun": home.map(county.published["municipality_name"]).to_numpy(),
        "Kommunvalkretskod": districts["constituency"].astype(str).str.zfill(2).to_numpy(),
    }
    text = (
        f'{{"type":"FeatureCollection","name":"valdistrikt-riket-2026","crs":{compact(CRS_NAME)},'
        f'"features":[{_features(districts, columns)}]}}'
    )
    _write_zip(folder / "valdistrikt-riket-2026.zip", {"valdistrikt-riket-2026.geojson": text})


def _features(frame: gpd.GeoDataFrame, columns: Mapping[str, Any]) -> str:
    properties = pd.DataFrame(columns).to_dict("records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    return ",".join(
        f'{{"geometry":{shape},"properties":{compact(record)},"type":"Feature"}}'
        for shape, record in zip(shapes, properties, strict=True)
    )


def _write_zip(path: Path, members: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, text.encode("utf-8"))


def result_rows(
    county: County, pieces: Pieces, counted: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Return the results of each district, and of each constituency's early votes (code 9800).

    Where a municipality has one constituency, that has its name, and code 00.
    """
    in_place, early = counted
    plain = pd.DataFrame(county.districts.drop(columns="geometry"))
    districts = plain.reset_index(names="district_code")
    total = in_place.groupby(pieces.district).sum().reindex(range(len(districts)))
    placed = pd.concat([districts, total], axis=1).rename(columns={"area_name": "district_name"})
    keys = ["municipality_code", "constituency"]
    place = districts.loc[pieces.district, keys]
    unplaced = early.groupby([place[key].to_numpy() for key in keys]).sum()
    unplaced = unplaced.rename_axis(keys).reset_index()
    codes = unplaced["municipality_code"] + _EARLY_CODE
    rows = pd.concat([placed, unplaced.assign(district_code=codes, district_name=EARLY)])
    rows = rows.sort_values(["district_code", "constituency"], ignore_index=True)
    rows = rows.rename(columns={party: f"votes_{party}" for party in PARTIES})
    municipality = rows["municipality_code"].map(county.published["municipality_name"])
    several = rows["municipality_code"].isin(list(CONSTITUENCIES))
    number = rows["constituency"].astype(str)
    return rows.assign(
        municipality_name=municipality,
        constituency=municipality.where(~several, number + " " + municipality),
        constituency_code=number.str.zfill(2).where(several, "00"),
        early=rows["district_code"].str.endswith(_EARLY_CODE),
        riksdag_code=(rows["municipality_code"] == CITY).map({True: "01", False: "02"}),
    )


def write_results(folder: Path, rows: pd.DataFrame, year: int, ballot: str) -> None:
    """Write the workbook of a ballot of 2018 or 2022."""
    layout = shipped_table("results")
    if year == 2018:
        letter, form = _LETTERS_2018[ballot], layout["all_2018"]
        path, sheet = folder / f"2018_{letter}_per_valdistrikt.xlsx", f"{letter} antal"
    else:
        form = layout[f"{ballot}_{year}"]
        path, sheet = folder / f"valresultat-{year}-{ballot}-per-valdistrikt.xlsx", form["sheet"]
    rows = rows.assign(**_as_written(rows))
    if year == 2018:
        counts = rows.filter(like="votes_").drop(columns="votes_cast")
        rows = rows.assign(**counts.where(counts != 0))
    titles, columns = zip(*form["columns"], strict=True)
    frame = rows[list(columns)].set_axis(list(titles), axis=1)
    _write_sheet(path, sheet, frame, made=datetime(2022, 9, 20))


def _as_written(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what a workbook has beside the names, codes and counts of the rows."""
    city, early, code = rows["riksdag_code"] == "01", rows["early"], rows["district_code"]
    left, small = rows["votes_other"], {}
    home = rows["municipality_code"].str[:2]
    name = home.map(county_name)
    for party, share in _FOUND_2018.items():
        small[f"votes_{party}"] = np.floor(left * share)
        left = left - small[f"votes_{party}"]
    return small | {
        "nothing": np.nan,
        "county_code": home,
        "county_name": name,
        "county_number": home.astype(int),
        "municipality_number": code.str[2:4].astype(int),
        "district_number": code.str[4:].astype(int).where(~early, 0),
        "district_name_2018": rows["district_name"].where(~early, COLLECTED),
        "riksdag_number": rows["riksdag_code"].astype(int),
        "riksdag_name": name.where(~city, "Stockholms kommun"),
        "region_name": name + "s",
        "region_part_code": rows["constituency_code"].where(city, "07"),
        "region_part_name": rows["constituency"].where(city, "Länet"),
        "constituency_number": rows["constituency_code"].astype(int),
        "kommun_part_code": rows["constituency_code"].where(~early, "99"),
        "turnout": _percent(rows, 13),
        "turnout_rounded": _percent(rows, 1),
        "turnout_2018": _percent(rows, 2).fillna(0),
        "votes_left": left,
        "votes_blank": rows["blank"],
        "votes_other_invalid": rows["invalid"] - rows["blank"],
    }


def _percent(rows: pd.DataFrame, decimals: int) -> pd.Series:
    electors = rows["electors"].to_numpy()
    share = np.round(100 * rows["votes_cast"].to_numpy() / np.maximum(electors, 1), decimals)
    return pd.Series(share, index=rows.index).where(electors > 0)


def write_ballot(folder: Path, rows: pd.DataFrame, ballot: str, comparison: pd.DataFrame) -> None:
    """Write the zips of a ballot of 2026: one for the country, the county, or each municipality."""
    reply = shipped_table("results")["reply_2026"]
    letters = {"riksdag": "RD", "region": "RF", "kommun": "KF"}[ballot]
    late_codes = rows["municipality_code"] + rows["constituency_code"]
    frame = rows.join(comparison, on="district_code").fillna(dict.fromkeys(comparison, ""))
    frame = frame.assign(
        code=rows["district_code"].where(~rows["early"], late_codes),
        seat_area=rows["riksdag_code" if letters == "RD" else "constituency_code"],
        area={"RD": "00", "RF": rows["municipality_code"].iloc[0][:2]}.get(
            letters, rows["municipality_code"]
        ),
    )
    for area, held in frame.groupby("area"):
        head = reply | {
            "valtyp": letters,
            "antalValdistriktRaknade": len(held),
            "antalValdistriktSomSkaRaknas": len(held),
        }
        listed = [_district(row) for row in held.rename(columns=str).to_dict("records")]
        replies = {
            "rostfordelning": head | {"valdistrikt": listed},
            "mandatfordelning": head | {"valomrade": _seats(str(area), letters, held)},
        }
        texts = {
            f"Val_2026_slutlig_{kind}_{area}_{letters}.json": compact(told)
            for kind, told in replies.items()
        }
        _write_zip(folder / f"Val_2026_slutlig_{area}_{letters}.zip", texts)


def write_index(folder: Path) -> None:
    """Write the list of the zips' checksums, with the paths they have at the authority."""
    lines = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"
        f"  ./s/{path.stem[-2:].lower()}/{path.name}\n"
        for path in sorted(folder.glob("Val_2026_slutlig_*.zip"))
    ]
    (folder / "index.md5").write_text("".join(lines), encoding="utf-8", newline="\n")


def _district(row: Mapping[Any, Any]) -> dict[str, Any]:
    electors = None if row["early"] else row["electors"]
    turnout = round(100 * row["votes_cast"] / electors, 2) if electors else None
    former = [code for code in (row["first"], row["second"]) if code]
    status = "Jämförs mot summerat" if row["status"] == SUMMED else row["status"] or None
    return {
        "namn": row["constituency"] if row["early"] else row["district_name"],
        "valdistriktstyp": "uppsamlingsdistrikt" if row["early"] else "valdistrikt",
        "rapporteringsTid": "2026-09-20T12:00:00",
        "totaltAntalRoster": row["votes_cast"],
        "antalRostberattigade": electors,
        "valdeltagandeVallokal": turnout,
        "valdistriktskod": row["code"],
        "kommunkod": row["municipality_code"],
        "lankod": row["municipality_code"][:2],
        "kretskod": row["seat_area"],
        "valdistriktskodForegaendeVal": former or None,
        "statusJamforelse": status,
        "rostfordelning": {
            "rosterPaverkaMandat": {
                "antalRoster": row["valid"],
                "partiRoster": _party_votes(row),
                "rosterOvrigaPartier": {"antalRoster": row["votes_other"]},
            },
            "rosterEjPaverkaMandat": {
                "antalRoster": row["invalid"],
                "rosterEjAnmaltDeltagande": {"antalRoster": 0},
                "blankaRoster": {"antalRoster": row["blank"]},
                "ovrigaOgiltiga": {"antalRoster": row["invalid"] - row["blank"]},
            },
        },
    }


def _party_votes(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [
        {
            "partibeteckning": name,
            "partiforkortning": party.upper(),
            "partikod": f"{number:04d}",
            "ordningsnummer": number,
            "antalRoster": row[f"votes_{party}"],
            "andelRoster": round(100 * row[f"votes_{party}"] / max(row["valid"], 1), 2),
        }
        for number, (party, name) in enumerate(_PARTY_NAMES.items(), 1)
    ]


def _seats(area: str, letters: str, rows: pd.DataFrame) -> dict[str, Any]:
    columns = [f"votes_{party}" for party in _PARTY_NAMES]
    parts = rows.groupby("seat_area")[[*columns, "valid", "electors"]].sum()
    votes, valid = parts[columns].to_numpy(np.int64), parts["valid"].to_numpy(np.int64)
    electors = parts["electors"].to_numpy(np.int64)
    constituencies = []
    if letters == "RD":
        fixed, extra = allocate_riksdag(votes, valid, electors, _RIKSDAG_SEATS)
        constituencies = [
            {
                "namnValkrets": f"DEMO valkrets {code}",
                "kod": code,
                "totaltAntalFastaMandat": int(own.sum()),
                "mandatfordelning": {"partiLista": _party_list(own, more)},
            }
            for code, own, more in zip(parts.index, fixed, extra, strict=True)
        ]
        won, added, seats = fixed.sum(axis=0), extra.sum(axis=0), sum(_RIKSDAG_SEATS)
    else:
        seats = _REGION_SEATS if letters == "RF" else council_seats(int(electors.sum()))
        threshold = _SEVERAL if letters == "RF" or len(parts) > 1 else _ONE
        won = allocate(votes.sum(axis=0), seats, threshold=threshold, valid=int(valid.sum()))
        added = np.zeros_like(won)
    return {
        "namn": "DEMO Riket" if letters == "RD" else f"DEMO {area}",
        "kod": area,
        "totaltAntalMandat": seats,
        "mandatfordelning": {"partiLista": _party_list(won, added)},
        "valkretsLista": constituencies,
    }


def _party_list(fixed: Ints, extra: Ints) -> list[dict[str, Any]]:
    return [
        {
            "partibeteckning": name,
            "partikod": f"{number:04d}",
            "partiforkortning": party.upper(),
            "antalMandat": int(own + more),
            "antalFastaMandat": int(own),
            "antalUtjamningsmandat": int(more),
        }
        for number, ((party, name), own, more) in enumerate(
            zip(_PARTY_NAMES.items(), fixed, extra, strict=True), 1
        )
    ]


def write_comparison(folder: Path, revision: Revision) -> None:
    """Write which districts of 2022 each of 2026 is compared with; old codes lose their zero."""
    districts, comparison = revision.county.districts, revision.comparison
    towns = revision.county.published["municipality_name"]
    frame = pd.DataFrame(
        {
            "Valdistriktskod 2026": districts.index,
            "Valdistriktsnamn": districts["area_name"].to_numpy(),
            "Kommun": districts["municipality_code"].map(towns).to_numpy(),
            "Län": revision.county.name,
            "Jämförbarhet": comparison["status"].to_numpy(),
            "Valdistriktskod 2022 (1)": pd.to_numeric(comparison["first"]).to_numpy(),
            "Valdistriktskod 2022 (2)": pd.to_numeric(comparison["second"]).to_numpy(),
        }
    )
    _write_sheet(folder / COMPARISON, "Jämförelser", frame)


def write_electors(folder: Path, county: County, counts: Ints) -> None:
    """Write electors of the riksdag per district by sex and by age, with a footer of totals."""
    districts = county.districts
    place = {
        "Riksdagsvalkretskod": "02",
        "Riksdagsvalkrets": county.name,
        "Kommunkod": districts["municipality_code"],
        "Kommun": districts["municipality_code"].map(county.published["municipality_name"]),
        "Valdistriktskod": districts.index,
        "Valdistrikt": districts["area_name"],
    }
    kinds = [*_AGES, "Män", "Kvinnor", "Förstagångsväljare", "Utlandssvenskar", "Totalt"]
    frame = pd.DataFrame(place).assign(**dict(zip(kinds, counts.T, strict=True)))
    footer = [*[None] * 5, "Totalt", *counts.sum(axis=0).tolist()]
    _write_sheet(folder / ELECTORS, "rostber_per_distrikt", frame, footer)


def write_rolls(folder: Path, county: County, pieces: Pieces) -> None:
    """Write electors per district and kind of election, with a footer of totals."""
    districts = county.districts
    kinds = [sums(pieces.citizens), sums(pieces.foreigners), sums(pieces.abroad)]
    citizens, foreign, abroad = gathered(np.stack(kinds, axis=1), pieces.district, len(districts)).T
    local = citizens - abroad + foreign
    region = int(counties()[county.code].elects_region)
    frame = pd.DataFrame(
        {
            "Valdistriktskod": districts.index,
            "Kommun": districts["municipality_code"].map(county.published["municipality_name"]),
            "Län": county.name,
            "Röstberättigade val till riksdagen": citizens,
            "Röstberättigade val till kommunfullmäktige": local,
            "Röstberättigade val till regionfullmäktige": local * region,
            "Röstberättigade minst ett val": citizens + foreign,
        }
    )
    footer = [None, "Totalt", None, *frame.iloc[:, 3:].sum().tolist()]
    _write_sheet(folder / ROLLS, "Antal röstberättigade", frame, footer)


def elector_counts(pieces: Pieces, people: People, size: int, rng: np.random.Generator) -> Ints:
    """Return (district, ages 4, men, women, first-time, abroad, all) of `size` districts."""
    by_age = pieces.citizens.reshape(len(pieces.deso), 2, -1).sum(axis=2)
    bands = [
        people.ages[:, FINE_AGES.index(first) : FINE_AGES.index(last) + 1].sum(axis=(1, 2))
        for first, last in _OLD_BANDS
    ]
    old = multinomial(rng, by_age[:, 0], (np.stack(bands, axis=1) + 1e-9)[pieces.deso])
    sexes = people.citizens.sum(axis=(2, 4)) + 1e-9
    women = rng.binomial(by_age, (sexes[..., 1] / sexes.sum(axis=-1))[pieces.deso]).sum(axis=1)
    total = by_age.sum(axis=1)
    first = rng.binomial(by_age[:, 1], _FIRST_TIME)
    columns = [by_age[:, 1], *old.T, total - women, women, first, sums(pieces.abroad), total]
    return gathered(np.stack(columns, axis=1), pieces.district, size)


def _write_sheet(
    path: Path,
    sheet: str,
    frame: pd.DataFrame,
    footer: Sequence[Any] = (),
    *,
    made: datetime = datetime(2026, 9, 20),
) -> None:
    """Write a workbook of one sheet; `made` is fixed, so that equal runs give equal bytes."""
    cells = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": made, "author": "", "title": "DEMO"})
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, list(frame))
        for number, row in enumerate([*cells, footer], start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, place, value)
                elif value is not None:
                    page.write_number(number, place, value)
