"""The official comparisons of polling districts: 2014, 2018, 2022, 2026."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.errors import ConfigError, SourceError
from geoprio.sources import load_source, read_source
from tests.sources.toy import source, write_xlsx, write_zip


def shipped(name: str, folder: Path) -> pd.DataFrame:
    return read_source(load_source(name), folder, county_code="01")


def pairs(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.fillna({"source_code": ""}).itertuples(index=False, name=None))


def skv(folder: Path, text: str) -> pd.DataFrame:
    members = {"vd-indelning-2018.skv": "01140101;O", "vd-mappning-2014-2018.skv": text}
    write_zip(folder / "mappning_2014_2018.zip", members)
    return shipped("val_mapping_2014_2018", folder)


@pytest.mark.parametrize("comma", [",", "."])
@pytest.mark.parametrize("whole", [100, 1])
def test_2014_to_2018_has_shares(tmp_path: Path, comma: str, whole: int) -> None:
    parts = [f"{share * whole:g}".replace(".", comma) for share in (0.625, 0.375, 1)]
    lines = ["# gammal;ny;andel", f"1140101;01140201;{parts[0]}", f"1140101;01140202;{parts[1]}"]
    frame = skv(tmp_path, "\r".join([*lines, f"01140102;01140202;{parts[2]}"]))
    assert frame["share"].tolist() == pytest.approx([0.625, 0.375, 1.0])
    assert frame["source_code"].tolist() == ["01140101", "01140101", "01140102"]
    assert frame["comparable"].all()


def test_shares_that_lose_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)do not make 100.*01140101: 70"):
        skv(tmp_path, "01140101;01140201;70\n01140102;01140202;100")


HEADER_2022 = ["Kod_2022", "Namn", "Jämförbart", "Valdistriktskod2018", "Kod 2 2018", "Kod 3 2018"]


def workbook(folder: Path, name: str, sheet: str, rows: list[list[Any]]) -> None:
    write_xlsx(folder / name, rows, sheet=sheet)


def read_2022(folder: Path, rows: list[list[Any]], header: list[str] = HEADER_2022) -> pd.DataFrame:
    name = "jamforelser-2018-och-2022-valdistrikt-och-uppsamlingsdistrikt-v2.xlsx"
    workbook(folder, name, "Fysiska valdistrikt", [header, *rows])
    return shipped("val_mapping_2018_2022", folder)


def test_2018_to_2022_names_up_to_three_older_districts(tmp_path: Path) -> None:
    frame = read_2022(
        tmp_path,
        [
            ["01140101", "a", "ja", 1140101, None, None],
            [1140102, "b", "Ja", 1140102, 1140103, "01140104"],
            ["01140105", "c", "nej", None, None, None],
        ],
    )
    assert list(frame["source_code"].iloc[:4]) == ["01140101", "01140102", "01140103", "01140104"]
    assert frame["comparable"].tolist() == [True] * 4 + [False]
    assert pd.isna(frame["source_code"].iloc[4])
    assert frame["share"].isna().all()


def test_an_older_code_in_place_of_yes_is_one_of_the_older_districts(tmp_path: Path) -> None:
    frame = read_2022(
        tmp_path,
        [
            ["01140101", "a", 1140101, None, None, None],
            ["01140102", "b", "01140102", 1140102, 1140103, None],
        ],
    )
    assert frame["source_code"].tolist() == ["01140101", "01140102", "01140103"]
    assert frame["comparable"].all()
    with pytest.raises(SourceError, match="'kanske'"):
        read_2022(tmp_path, [["01140101", "a", "kanske", 1140101, None, None]])


def test_the_headers_of_the_other_sheet_are_known_too(tmp_path: Path) -> None:
    header = ["Kod_2022", "Namn", "Jämförbart", "Kod_1_2018", "Kod_2_2018", "Kod_3_2018"]
    rows = [["01140101", "a", "ja", "01140101", None, None]]
    assert len(read_2022(tmp_path, rows, header)) == 1


def test_recorded_rows_of_the_comparison_of_2018_are_read(facts: Path, tmp_path: Path) -> None:
    """Valmyndigheten's own rows, of its sheet of collecting districts (six digits)."""
    saved = pd.read_csv(
        facts / "samples/val/uppsamlingsdistrikt-jamforelse-2018.csv",
        encoding="utf-8-sig",
        dtype=str,
    )
    body = saved.astype(object).where(saved.notna(), None).to_numpy().tolist()
    name = "jamforelser-2018-och-2022-valdistrikt-och-uppsamlingsdistrikt-v2.xlsx"
    workbook(tmp_path, name, "Fysiska valdistrikt", [list(saved.columns), *body])
    given = load_source("val_mapping_2018_2022").model_dump(by_alias=True)
    given["key"] |= {"width": 6, "pattern": r"\d{6}"}
    given["mapping"]["width"] = 6
    frame = read_source(type(source()).model_validate(given), tmp_path, county_code="01")
    mine = saved[saved["Kod_2022"].str.startswith("01")]
    olds = mine[["Kod_1_2018", "Kod_2_2018", "Kod_3_2018"]]
    yes = mine["Jämförbart"].str.lower() == "ja"
    assert frame["comparable"].sum() == olds[yes].notna().sum().sum()
    assert set(frame["area_code"]) == set(mine["Kod_2022"])


def read_2026(folder: Path, rows: list[list[Any]]) -> pd.DataFrame:
    header = ["Kod", "Namn", "Kommun", "Län", "Typ", "Förr 1", "Förr 2"]
    name = "valdistrikt-jamforelser-mellan-2022-och-2026.xlsx"
    workbook(folder, name, "Jämförelser", [header, *rows])
    return shipped("val_mapping_2022_2026", folder)


WHERE = ["Runby", "Upplands Väsby", "Stockholms län"]


def test_2022_to_2026_knows_three_statuses(tmp_path: Path) -> None:
    frame = read_2026(
        tmp_path,
        [
            ["01140101", *WHERE, "Kan jämföras", 1140101, None],
            ["01140102", *WHERE, "Kan jämföras mot flera", 1140102, 1140103],
            ["01140104", *WHERE, "Ej jämförbart", None, None],
            ["14800101", *WHERE, "Kan jämföras", 14800101, None],
        ],
    )
    assert [row[:2] for row in pairs(frame)] == [
        ("01140101", "01140101"),
        ("01140102", "01140102"),
        ("01140103", "01140102"),
        ("", "01140104"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["01140101", *WHERE, "Kanske", 1140101, None], r"other words.*'kanske'"),
        (["01140101", *WHERE, "Kan jämföras", None, None], r"name no older area.*01140101"),
        (["01140101", *WHERE, "Kan jämföras", 123456789, None], r"not 8 digits.*123456789"),
        (["01140101", *WHERE, "Kan jämföras", 1140101, 1140101], r"stand twice.*01140101 in"),
    ],
)
def test_a_comparison_that_cannot_be_trusted_is_refused(
    tmp_path: Path, row: list[Any], message: str
) -> None:
    with pytest.raises(SourceError, match=rf"(?s){message}"):
        read_2026(tmp_path, [row])


def test_another_number_of_columns_is_refused(tmp_path: Path) -> None:
    name = "valdistrikt-jamforelser-mellan-2022-och-2026.xlsx"
    workbook(tmp_path, name, "Jämförelser", [["Kod", "Typ"], ["01140101", "Kan jämföras"]])
    with pytest.raises(SourceError, match="found 2 columns"):
        shipped("val_mapping_2022_2026", tmp_path)


def test_a_mapping_needs_its_table_and_others_may_not_have_it(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    text = (shipped_folder() / "sources" / "val_mapping_2022_2026.toml").read_text(encoding="utf-8")
    path = tmp_path / "sources" / "toy.toml"
    path.write_text(text.split('# "Mot flera"')[0], encoding="utf-8")
    with pytest.raises(ConfigError, match=r"`\[mapping\]` belongs to a mapping"):
        load_source("toy", [tmp_path])
