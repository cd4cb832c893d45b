"""What is asked of a table: known answers and laws, before anything is sent."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonstat_validator import validate_jsonstat

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Labelled
from geoprio.sources.cubes import read_jsonstat2
from geoprio.sources.fetch.pxweb import (
    Variable,
    by_prefix,
    cells,
    from_v2,
    joined_dataset,
    refuse_other,
    refuse_wrong_vintage,
    resolve,
    split,
    usable,
)
from geoprio.sources.fetch.pxweb import codes_of as listed_codes
from geoprio.sources.fetch.pxweb import datasets_codes_of as codes_of
from tests.sources.fetch.conftest import table_source

YEARS = Variable("Tid", "år", {year: year for year in ("2020", "2021", "2022", "2023")})
AGES = Variable(
    "Alder", "ålder", {"-4": "0-4 år", "5-9": "5-9 år", "tot": "totalt", "*": "stjärna"}
)


def test_a_pattern_means_what_the_server_means() -> None:
    assert resolve(YEARS, "*") == resolve(YEARS, "202?") == tuple(YEARS.values)
    assert resolve(YEARS, "*2") == ("2022",)
    with pytest.raises(SourceError, match=r"'2024'; did you mean '202\d'\?"):
        resolve(YEARS, "2024")


def test_a_literal_code_wins_over_a_pattern() -> None:
    assert resolve(AGES, ("*",)) == ("*",)
    assert resolve(AGES, ("?-9", "tot")) == ("5-9", "tot")


def test_labels_become_codes_whatever_their_case_and_blanks() -> None:
    assert resolve(AGES, Labelled(labels=("5-9  År", "Totalt"))) == ("5-9", "tot")


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (("5-99",), r"'5-99'; did you mean '5-9'\?"),
        (Labelled(labels=("5-9 ar",)), r"'5-9 ar' is not among them; did you mean '5-9 år'\?"),
        (("9?9",), "found: -4 = 0-4 år; 5-9 = 5-9 år"),
    ],
)
def test_an_unknown_value_is_told_with_the_nearest(choice: object, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        resolve(AGES, choice)  # type: ignore[arg-type]


def test_a_label_that_two_values_bear_is_told() -> None:
    double = Variable("A", "a", {"1": "totalt", "2": "Totalt"})
    with pytest.raises(SourceError, match="stands for 1, 2"):
        resolve(double, Labelled(labels=("totalt",)))


@pytest.mark.parametrize(
    ("regions", "times", "fits"),
    [
        (["0180C1010"], ["2023"], True),
        (["0180C1010"], ["2024"], False),
        (["0180C1010_DeSO2025"], ["2024", "2025"], True),
        (["0180C1010_DeSO2025"], ["2023"], False),
        (["0114R001"], ["2024"], False),
        (["0114R001_RegSO2025"], ["2024"], True),
        (["0180C1010"], ["2026M05"], False),
        (["0180", "01"], ["2016", "2025"], True),
        (["0180C1010"], ["2022", "2024"], False),
    ],
)
def test_the_year_decides_which_areas_may_be_asked(
    regions: list[str], times: list[str], *, fits: bool
) -> None:
    if fits:
        refuse_wrong_vintage(regions, times)
        return
    with pytest.raises(SourceError, match="the server would answer with zeros: not sent"):
        refuse_wrong_vintage(regions, times)


sizes = st.lists(st.integers(1, 20), min_size=1, max_size=4)


@settings(deadline=None)
@given(sizes=sizes, most=st.integers(20, 5_000))
def test_calls_hold_every_cell_once_and_none_too_many(sizes: list[int], most: int) -> None:
    selection = {str(at): tuple(map(str, range(size))) for at, size in enumerate(sizes)}
    parts = split(selection, most)
    assert all(cells(part) <= most for part in parts)
    assert sum(cells(part) for part in parts) == cells(selection)


@pytest.mark.parametrize(
    ("sizes", "most"),
    [
        ((1287, 18, 3, 1, 1), 150_000),
        ((1287, 18, 3, 1, 15), 150_000),
        ((524, 17, 3, 1, 5), 10_000),
        ((27, 400, 88, 3, 1), 150_000),
        ((26, 148, 18, 3, 1), 100_000),
        ((12, 2, 3, 1, 1), 10),
    ],
)
def test_no_more_calls_than_the_cells_ask_for(sizes: tuple[int, ...], most: int) -> None:
    selection = {str(at): tuple(map(str, range(size))) for at, size in enumerate(sizes)}
    parts = split(selection, usable(most))
    assert len(parts) <= math.ceil(cells(selection) / (0.8 * most)) + 1


def test_only_a_whole_municipality_is_written_as_its_prefix() -> None:
    known = ["0114A1", "0114A2", "0180A1", "0180A2", "0181A1"]
    assert by_prefix(["0114A1", "0114A2", "0180A1"], known) == ["0114*", "0180A1"]
    assert by_prefix(["0181A1"], known) == ["0181A1"]
    # The prefix would take in more than was asked for.
    assert by_prefix(["0114A1", "0114A2"], [*known, "0114R1"]) == ["0114A1", "0114A2"]


def recorded(facts: Path, name: str) -> Any:
    path = facts / "samples" / "pxwebpy" / name
    return json.loads(path.read_text(encoding="utf-8"))


def test_figures_of_21_counties_in_4_months(facts: Path) -> None:
    path = facts / "samples" / "pxwebpy" / "TAB6471_data.json"
    rows = read_jsonstat2(path, table_source())
    assert len(rows) == 21 * 11 * 3 * 4
    assert rows["value"].notna().all()
    assert [rows[name].nunique() for name in ("Region", "Alder", "Kon", "Tid")] == [21, 11, 3, 4]
    first = rows.iloc[0]
    assert (first["Region"], first["Tid"], first["value"]) == (
        *("01", "2026M01"),
        json.loads(path.read_text(encoding="utf-8"))["value"][0],
    )
    assert validate_jsonstat(json.loads(path.read_text(encoding="utf-8")))


def test_the_metadata_becomes_a_table(facts: Path) -> None:
    table = from_v2("TAB6471", recorded(facts, "TAB6471_metadata.json"))
    assert list(table.variables) == ["Region", "Alder", "Kon", "ContentsCode", "Tid"]
    assert [len(variable.values) for variable in table.variables.values()] == [312, 134, 3, 1, 16]
    assert table.variables["Region"].values["0180"] == "Stockholm"
    assert table.updated == "2026-06-08T06:00:00Z"
    assert "vs_CKM03Kommun" in table.variables["Region"].codelists
    assert resolve(table.variables["Tid"], "2026M0?")[-1] == "2026M04"


def test_a_code_list_is_read(facts: Path) -> None:
    codes = listed_codes(recorded(facts, "agg_Ålder10årJ.json"))
    assert codes["20-29"] == "20-29 år"
    assert len(codes) == 11


def test_the_reply_cut_by_county_is_the_same_when_joined(facts: Path) -> None:
    whole = recorded(facts, "TAB6471_data.json")
    selection = {name: tuple(codes_of(whole, name)) for name in whole["id"]}
    refuse_other(whole, selection)
    step = 11 * 3 * 4
    parts = []
    for at, county in enumerate(selection["Region"]):
        part = json.loads(json.dumps(whole))
        part["size"][0] = 1
        part["dimension"]["Region"]["category"]["index"] = {county: 0}
        part["value"] = whole["value"][at * step : (at + 1) * step]
        refuse_other(part, {**selection, "Region": (county,)})
        parts.append(part)
    joined = joined_dataset(list(reversed(parts)), selection)
    assert joined["value"] == whole["value"]
    assert joined["size"] == whole["size"]
    assert validate_jsonstat(joined)
    with pytest.raises(SourceError, match="Region: given and not asked for: 25"):
        refuse_other(whole, {**selection, "Region": selection["Region"][:-1]})
