"""Files of homes, which are only counted, of places that people go to, and of early votes."""

import json
import random
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoprio.errors import SourceError
from geoprio.sources import Source, load_source, read_source

ADDRESSES, STATIONS = load_source("own_addresses"), load_source("own_stations")
POLLING, EARLY = load_source("val_polling_places_2026"), load_source("val_early_places_2026")
VOTES = load_source("val_early_votes_2026")
WHERE = shapely.points([[660_000.0, 6_599_000.0], [661_000.0, 6_599_500.0]])


def addresses(folder: Path, shapes: object = WHERE, **columns: object) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=3006)
    frame.to_file(folder / "egna-adresser.gpkg", layer="adresser")
    return gpd.GeoDataFrame(read_source(ADDRESSES, folder, county_code="01"))


def test_homes_are_read_by_postal_code_and_nothing_else_is_kept(tmp_path: Path) -> None:
    found = addresses(
        tmp_path,
        **{
            "Antal lägenheter": [1, 24],
            "postnummer": ["184 30", "11122"],
            "adress": ["Storgatan 1", "Storgatan 2"],
            "kommunnamn": "Vallentuna",
            "ändamål": ["Bostad; Småhus friliggande", "Bostad; Flerfamiljshus"],
        },
    )
    assert found.index.tolist() == ["18430", "11122"]
    assert list(found.columns) == ["dwellings_count", "houses_count", "geometry"]
    assert found["houses_count"].tolist() == [1.0, 0.0]
    assert found.crs.to_epsg() == 3006


def test_two_dwellings_make_a_house_and_a_row_of_houses_is_one_by_its_purpose(
    tmp_path: Path,
) -> None:
    assert addresses(tmp_path, dwellings=[2, 3])["houses_count"].tolist() == [2.0, 0.0]
    row = addresses(tmp_path, dwellings=[9, 9], andamal1=["Bostad; Småhus radhus", None])
    assert row["houses_count"].tolist() == [9.0, 0.0]


def test_a_footprint_is_taken_at_a_point_inside_and_a_shed_is_no_home(tmp_path: Path) -> None:
    corner = shapely.Polygon([(0, 0), (40, 0), (40, 10), (10, 10), (10, 40), (0, 40)])
    shapes = [shapely.affinity.translate(corner, 660_000 + x, 6_599_000) for x in (0, 100)]
    found = addresses(tmp_path, shapes, dwellings=[12, 0])
    assert len(found) == 1
    assert shapes[0].contains(found.geometry.iloc[0])


def test_points_alone_say_where_people_live_and_not_how_many(tmp_path: Path) -> None:
    found = addresses(tmp_path, id=[1, 2])
    assert found.index.tolist() == ["", ""]
    assert found[["dwellings_count", "houses_count"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "column",
    [
        *("namn", "Namn", "efternamn", "name", "Personnummer", "personnr", "person_id"),
        *("ägare", "boende", "telefon", "e-post", "epostadress", "födelseår", "samordningsnummer"),
    ],
)
def test_a_file_of_persons_is_refused_and_no_cell_is_told(tmp_path: Path, column: str) -> None:
    with pytest.raises(SourceError, match="columns about persons") as caught:
        addresses(tmp_path, dwellings=[1, 2], **{column: ["Anna Ek", "199001011234"]})
    assert column in str(caught.value)
    assert "Anna" not in str(caught.value)
    assert "19900101" not in str(caught.value)


def test_dwellings_are_whole_numbers_and_postal_codes_are_codes(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1 cells are no numbers"):
        addresses(tmp_path, dwellings=["2,5", "3"])
    with pytest.raises(SourceError, match="POSTNR, feature 1, does not fit"):
        addresses(tmp_path, dwellings=[1, 2], postnr=["199001011234", "18430"])


def test_any_list_of_names_and_coordinates_makes_places(tmp_path: Path) -> None:
    (tmp_path / "tunnelbanestationer.csv").write_text(
        "name,lat,lon\nAlvik,59.333333,17.9825\nAkalla,59.413889,17.917778\nTom,,\n",
        encoding="utf-8",
    )
    (tmp_path / "pendeltagsstationer.csv").write_text(
        "Namn,Latitud,Longitud\nBro,59.51217,17.63324\n", encoding="utf-8"
    )
    found = read_source(STATIONS, tmp_path, county_code="01")
    assert found["place_name"].tolist() == ["Akalla", "Alvik", "Bro"]
    assert set(found["place_kind"]) == {"station"}
    # lantmateriet.se's own transformation of 59.333333, 17.9825 to SWEREF 99 TM, to the metre.
    places = gpd.GeoDataFrame(found).geometry
    assert (round(places.x[1]), round(places.y[1])) == (669656, 6580969)
    assert found["open_days_count"].isna().all()


def test_a_place_that_is_no_number_or_nowhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "stationer.csv"
    path.write_text("name,lat,lon\nAlvik,norr,17.98\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"lat: the coordinates are not numbers"):
        read_source(STATIONS, tmp_path, county_code="01")
    path.write_text("name,lat,lon\nAlvik,,\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no row says where it lies"):
        read_source(STATIONS, tmp_path, county_code="01")
    path.write_text("name,lat,lon\nParis,48.85,2.35\n", encoding="utf-8")
    with pytest.raises(SourceError, match="outside Sweden"):
        read_source(STATIONS, tmp_path, county_code="01")


def hall(
    district: str, name: str = "Skolan", north: str = "59,51", **more: object
) -> dict[str, Any]:
    row = {"LÄNSKOD": district[:2], "KOMMUNKOD": district[2:4], "VALDISTRIKTKOD": district[4:]}
    return {**row, "LOKAL": name, "LATITUD": north, "LONGITUD": "17,63", **more}


def write_places(path: Path, *rows: dict[str, Any], wrapped: bool = False) -> None:
    told: Any = {"valdag": "2026-09-13", "lokaler": list(rows)} if wrapped else list(rows)
    path.write_text("\ufeff" + json.dumps(told, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_polling_place_of_several_districts_stands_once(tmp_path: Path, wrapped: bool) -> None:
    rows = [
        hall("01140101"),
        hall("01140102"),
        hall("01140103", "Gården"),
        hall("14800101", "Borta"),
    ]
    random.Random(1).shuffle(rows)
    write_places(tmp_path / "vallokaler.json", *rows, wrapped=wrapped)
    found = read_source(POLLING, tmp_path, county_code="01")
    assert found["place_name"].tolist() == ["Gården", "Skolan"]
    assert set(found["place_kind"]) == {"polling"}


def open_days(found: pd.DataFrame, name: str) -> list[object]:
    own = found[found["place_name"] == name].iloc[0].to_dict()
    return [own["open_from"], own["open_to"], own["open_days_count"]]


def test_the_days_of_early_voting_are_found_however_they_are_written(tmp_path: Path) -> None:
    days = [
        {"DATUM": f"2026-08-{day}", "ÖPPNAR": "10:00", "STÄNGER": "18:00"} for day in (27, 26, 31)
    ]
    nested = hall("01140101", "Biblioteket", ÖPPETTIDER=days)
    flat = hall("01140101", "Torget", ÖPPETTIDER="2026-09-01 09:00-12:00; 2026-09-01 13:00-17:00")
    none = hall("01140101", "Huset", ÖPPETTIDER="se kommunens sida")
    write_places(tmp_path / "rostningslokaler.json", nested, flat, none)
    found = read_source(EARLY, tmp_path, county_code="01")
    assert open_days(found, "Biblioteket") == ["2026-08-26", "2026-08-31", 3.0]
    assert open_days(found, "Torget") == ["2026-09-01", "2026-09-01", 1.0]
    assert open_days(found, "Huset")[:2] == ["", ""]
    assert found["open_days_count"].isna().sum() == 1


@pytest.mark.parametrize("text", ["[]", "{}", '{"a": 1}', '["Skolan"]'])
def test_what_is_no_list_of_places_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "vallokaler.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="no list of places"):
        read_source(POLLING, tmp_path, county_code="01")


def test_places_without_the_columns_wanted_are_told(tmp_path: Path) -> None:
    write_places(tmp_path / "vallokaler.json", {"LÄNSKOD": "01", "KOMMUNKOD": "14"})
    with pytest.raises(SourceError, match="'VALDISTRIKTKOD'"):
        read_source(POLLING, tmp_path, county_code="01")
    bare = POLLING.options.model_copy(update={"coordinates": None})
    write_places(tmp_path / "vallokaler.json", hall("01140101"))
    with pytest.raises(SourceError, match="no row says where it lies"):
        read_source(POLLING.model_copy(update={"options": bare}), tmp_path, county_code="01")


def test_places_are_of_a_known_kind() -> None:
    with pytest.raises(ValueError, match=r"no known kind|places_of_no_kind"):
        Source.model_validate(POLLING.model_dump(by_alias=True) | {"area_set": "kiosk"})


HEAD = "LÄNSKOD;LÄN;KOMMUNKOD;KOMMUN;LOKALID;LOKAL;2026-08-26;2026-08-27;2026-08-28;TOTAL"
ROWS = (
    "01;Stockholms län;14;Upplands Väsby;0114001;Biblioteket;10;20;0;30",
    "01;Stockholms län;14;Upplands Väsby;0114002;Torget;1;2;0;3",
    "01;Stockholms län;15;Vallentuna;0115001;Biblioteket;5;0;0;5",
    "14;Västra Götalands län;80;Göteborg;1480001;Nordstan;100;0;0;100",
)
SUM = ";;;;;SUMMA;116;22;0;138"


def write_votes(folder: Path, *rows: str, head: str = HEAD) -> None:
    text = "\ufeff" + "\n".join([head, *rows]) + "\n"
    (folder / "mottagna-fortidsroster-val2026.csv").write_text(text, encoding="utf-8")


def test_early_votes_by_municipality_and_day_until_the_last_one_counted(tmp_path: Path) -> None:
    write_votes(tmp_path, *ROWS, SUM)
    found = read_source(VOTES, tmp_path, county_code="01")
    expected = pd.DataFrame(
        {
            "municipality_code": ["0114", "0114", "0115", "0115"],
            "day": ["2026-08-26", "2026-08-27"] * 2,
            "early_votes_count": [11.0, 22.0, 5.0, 0.0],
        }
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    write_votes(tmp_path, *ROWS)
    pd.testing.assert_frame_equal(read_source(VOTES, tmp_path, county_code="01"), found)


def test_early_votes_that_are_cut_off_or_of_others_are_refused(tmp_path: Path) -> None:
    write_votes(tmp_path, *ROWS[:2], SUM)
    with pytest.raises(SourceError, match="another sum than the file's own"):
        read_source(VOTES, tmp_path, county_code="01")
    write_votes(tmp_path, *ROWS, SUM)
    with pytest.raises(SourceError, match="no row is of 12"):
        read_source(VOTES, tmp_path, county_code="12")
    write_votes(tmp_path, *(row.replace(";10;", ";tio;") for row in ROWS))
    with pytest.raises(SourceError, match="1 cells are no numbers"):
        read_source(VOTES, tmp_path, county_code="01")
    write_votes(tmp_path, *ROWS, head=HEAD.replace("2026-", "dag "))
    with pytest.raises(SourceError, match="no column is a day"):
        read_source(VOTES, tmp_path, county_code="01")


def test_the_stations_of_the_real_county_are_read(real_raw: Path) -> None:
    found = read_source(STATIONS, real_raw, county_code="01")
    assert len(found) > 140
    assert {"Abrahamsberg", "Bro", "T-Centralen"} <= set(found["place_name"])
