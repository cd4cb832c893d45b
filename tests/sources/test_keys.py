"""Names that become codes: "Kommun (RegSO)" through the key, stadsdelar by a slug."""

from pathlib import Path

import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import read_source
from geoprio.sources.rows import slug, title_case, unify
from tests.sources.toy import read_csv_text, source

KEY = pd.DataFrame(
    {
        "parent_code": ["0114R001", "0114R001", "0114R002", "0115R001"],
        "parent_name": ["Norra-Ed", "Norra-Ed", "Söder", "Söder"],
        "municipality_code": ["0114", "0114", "0114", "0115"],
        "municipality_name": ["Väsby", "Väsby", "Väsby", "Vallentuna"],
    },
    index=pd.Index(["0114A0010", "0114A0020", "0114A0030", "0115A0010"], name="area_code"),
)


def read(folder: Path, rows: list[str], key: pd.DataFrame | None = KEY) -> pd.DataFrame:
    text = "region,n\n" + "".join(f"{row}\n" for row in rows)
    (folder / "toy.csv").write_text(text, encoding="utf-8")
    named = source(key={"column": "region", "kind": "name"}, area_set="regso_2020")
    return read_source(named, folder, county_code="01", key=key)


GOOD = ["Väsby (Norra-Ed),1", "Väsby (Söder),2", "Vallentuna (Söder),3"]


def test_a_name_finds_its_code_and_another_county_is_left_out(tmp_path: Path) -> None:
    frame = read(tmp_path, [*GOOD, "Kiruna (Söder),9"])
    assert frame["population_count"].to_dict() == {"0114R001": 1, "0114R002": 2, "0115R001": 3}


@pytest.mark.parametrize("dash", ["\u2013", "\u2212", "\u2010", "\u2014"])
def test_trailing_blanks_and_dash_variants_are_unified(tmp_path: Path, dash: str) -> None:
    frame = read(tmp_path, [f"Väsby (Norra{dash}Ed ),1", *GOOD[1:]])
    assert frame.loc["0114R001", "population_count"] == 1


def test_decomposed_letters_are_the_same_name() -> None:
    assert unify("Va\u0308sby  (So\u0308der )") == "Väsby (Söder)"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [GOOD[0], "Väsby (Sodra),2", GOOD[2]],
            r"(?s)Väsby \(Söder\).*rows with no area: Väsby \(Sodr",
        ),
        ([*GOOD, "Väsby (Öster),4"], r"(?s)no area of regso_2020.*row 5: 'Väsby \(Öster\)'"),
        # A misspelt municipality does not slip away as another county.
        (
            [GOOD[0], "Vesby (Söder),2", GOOD[2]],
            r"(?s)named by no row.*rows with no area: Vesby \(Söder",
        ),
        (["Väsby (norra-ed),1", *GOOD[1:]], "named by no row"),
        ([*GOOD, "Väsby (Söder ),2"], "stand twice"),
    ],
)
def test_a_name_that_is_no_area_or_stands_twice_is_refused(
    tmp_path: Path, rows: list[str], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, rows)


def test_a_name_that_stands_for_two_areas_is_refused(tmp_path: Path) -> None:
    twins = KEY.assign(parent_name=["Söder", "Söder", "Söder ", "Söder"])
    with pytest.raises(SourceError, match=r"(?s)several areas of the key.*Väsby \(Söder\)"):
        read(tmp_path, ["Väsby (Söder),2", GOOD[2]], key=twins)


def test_names_without_a_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="must name the key"):
        read(tmp_path, GOOD, key=None)


def test_trailing_notes_under_names_are_dropped(tmp_path: Path) -> None:
    notes = ['"Områdestyp 1 (stora\nutmaningar)",', "Källa:,", " +46 010-479,"]
    assert len(read(tmp_path, [*GOOD, *notes])) == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GAMLA STAN", "gamla-stan"),
        ("ÅRSTA", "arsta"),
        ("ÄPPELVIKEN", "appelviken"),
        ("ÖRBY SLOTT", "orby-slott"),
        ("  A & B ", "a-b"),
    ],
)
def test_a_slug_folds_swedish_letters(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GAMLA STAN", "Gamla stan"),
        ("NORRA DJURGÅRDEN", "Norra Djurgården"),
        ("ÖRBY SLOTT", "Örby slott"),
        ("STAN", "Stan"),
    ],
)
def test_capitals_become_swedish(name: str, expected: str) -> None:
    assert title_case(name, lowercase=("stan", "slott")) == expected


def test_the_ending_of_a_vintage_is_stripped_and_demanded(tmp_path: Path) -> None:
    key = {"column": "code", "strip_suffix": "_RegSO2025", "pattern": r"\d{4}R\d{3}"}
    frame = read_csv_text(tmp_path, "code,n\n0180R001_RegSO2025,5\n", key=key)
    assert list(frame.index) == ["0180R001"]
    with pytest.raises(SourceError, match=r"expected .*_RegSO2025"):
        read_csv_text(tmp_path, "code,n\n0180R001,5\n", key=key)


def nesting(folder: Path, text: str) -> pd.DataFrame:
    (folder / "toy.csv").write_bytes(text.encode("utf-8"))
    described = source(
        provides="key",
        columns=[],
        key={"column": "deso", "width": 9, "pattern": r"\d{4}[ABC]\d{4}"},
        texts={"parent_code": "kod", "parent_name": "namn", "municipality_name": "kommun"},
    )
    return read_source(described, folder, county_code="01")


def test_a_nesting_key_gives_parents(tmp_path: Path) -> None:
    text = "\ufeffkommun,deso,namn,kod\r\nVäsby,0114A0010,Söder ,0114R001\r\n"
    frame = nesting(tmp_path, text)
    assert frame.loc["0114A0010"].to_dict() == {
        "parent_code": "0114R001",
        "parent_name": "Söder",
        "municipality_code": "0114",
        "municipality_name": "Väsby",
    }


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("V,0114A0010,S,0114R001\nV,0114A0010,S,0114R001\n", "stand twice"),
        ("V,0114A0010,S,\n", "without a parent"),
        ("V,0114A0010,S,0114R001\nV,0114A0020,T,0114R001\n", "bear two names"),
        ("V,0114A0010,=S,0114R001\n", "holds formulas"),
    ],
)
def test_a_nesting_key_that_contradicts_itself_is_refused(
    tmp_path: Path, rows: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        nesting(tmp_path, "kommun,deso,namn,kod\n" + rows)


def test_postal_codes_are_kept_by_municipality(tmp_path: Path) -> None:
    text = "pc,ort,kom\n19430,Väsby,0114\n98131,Kiruna,2584\n"
    (tmp_path / "toy.csv").write_text(text, encoding="utf-8")
    described = source(
        provides="postal",
        columns=[],
        key={"column": "pc", "pattern": r"[1-9]\d{4}"},
        texts={"locality": "ort", "municipality_code": "kom"},
    )
    frame = read_source(described, tmp_path, county_code="01")
    assert frame.to_dict("index") == {"19430": {"locality": "Väsby", "municipality_code": "0114"}}
    assert frame.index.name == "postal_code"
    (tmp_path / "toy.csv").write_text(text + "19431,Väsby,\n", encoding="utf-8")
    with pytest.raises(SourceError, match="without a municipality"):
        read_source(described, tmp_path, county_code="01")
