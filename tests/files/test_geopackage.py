"""The map as a GeoPackage: real GDAL reads it, and its styles are the map's classes and colours."""

import io
import re
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest

from geoprio.errors import ContractError
from geoprio.files.gpkg import (
    MOST_LAYERS,
    class_labels,
    fill_style,
    render_geopackage,
    verdict_style,
)
from geoprio.files.maps import MapLayer
from geoprio.files.maps.layers import COLOURS, VERDICT_COLOURS, colour_of
from geoprio.files.maps.payload import build_payload, encode_levels
from tests.files.conftest import DEMO_MARK, toy_layers, toy_levels, toy_page

LEVELS, LAYERS = ("regso", "deso"), ("canvass", "lo", "turnout", "income", "young")
VIEWS = [f"regso_{layer}" for layer in LAYERS]


def made(**changes: object) -> bytes:
    given = {"language": "sv", "mark": DEMO_MARK} | changes
    return render_geopackage(toy_levels(), toy_layers(), "valledning", **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "karta.gpkg"
    path.write_bytes(made())
    return path


def styles(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as base:
        return dict(
            base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault")
        )


def test_every_level_is_a_table_and_every_layer_of_the_first_a_view(package: Path) -> None:
    listed = {str(name) for name, _ in pyogrio.list_layers(package)}
    assert listed == {*LEVELS, *VIEWS, "layer_styles"}
    areas = dict(zip(LEVELS, toy_levels(), strict=True))
    for name in (*LEVELS, *VIEWS):
        frame = pyogrio.read_dataframe(package, layer=name)
        level = areas[name.split("_")[0]]
        assert frame["area_code"].tolist() == level.areas.index.tolist()
        assert frame.crs.to_epsg() == 3006
        assert frame.geometry.area.sum() == pytest.approx(level.areas.area.sum())
        assert (frame["demo_mark"] == DEMO_MARK).all()
        assert (frame["audience"] == "valledning").all()


def test_a_view_holds_its_own_layer_and_no_other(package: Path) -> None:
    frame = pyogrio.read_dataframe(package, layer="regso_lo")
    assert set(frame) == {
        *("area_code", "area_name", "municipality_code", "association"),
        *("lo_count", "lo_low", "lo_high", "audience", "demo_mark", "geometry"),
    }
    assert frame["lo_count"].isna().tolist() == toy_levels()[0].values["lo_count"].isna().tolist()
    assert "members_secret" not in pyogrio.read_dataframe(package, layer="regso")


def test_gdal_s_own_tool_lists_layers_and_styles(package: Path, ogrinfo: str) -> None:
    def told(*arguments: str) -> str:
        command = [ogrinfo, "-ro", *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
        assert done.stderr == ""
        return done.stdout

    listed = told("-q", str(package))
    assert {re.split(r": | \(", line)[1] for line in listed.splitlines()} == {
        *LEVELS,
        *VIEWS,
        "layer_styles",
    }
    for view in VIEWS:
        assert "Feature Count: 16" in told("-so", str(package), view)
    count = (len(LEVELS) + 1) * len(LAYERS)
    assert f"Feature Count: {count}" in told("-so", str(package), "layer_styles")


def test_each_area_has_the_class_and_colour_that_the_map_gives_it(package: Path) -> None:
    """The rules are run as SQL, whose comparisons are those of QGIS's expressions."""
    levels = encode_levels(toy_levels(), toy_layers())
    payload = build_payload(levels, toy_layers(), toy_page(), pd.Series(dtype=str))
    limits = {layer["key"]: layer["limits"] for layer in payload["layers"]}
    default = styles(package)
    assert default.keys() == {*LEVELS, *VIEWS}
    for level in payload["levels"][:1]:
        for key, columns in level["values"].items():
            root = ET.fromstring(default[f"{level['key']}_{key}"].partition("\n")[2])
            rules = [(rule.get("filter"), rule.get("symbol")) for rule in root.iter("rule")]
            colours = {
                symbol.get("name"): next(
                    option.get("value")
                    for option in symbol.iter("Option")
                    if option.get("name") == "color"
                )
                for symbol in root.iter("symbol")
            }
            with closing(sqlite3.connect(package)) as base:
                table = f"{level['key']}_{key}"
                drawn = {
                    code: colours[symbol]
                    for rule, symbol in rules
                    for (code,) in base.execute(f"SELECT area_code FROM {table} WHERE {rule}")
                }
            assert list(drawn) and len(drawn) == len(level["codes"])
            for code, value in zip(level["codes"], columns["value"], strict=True):
                assert drawn[code] == expected_colour(value, limits[key]), (table, code)


def expected_colour(value: float | None, limits: list[float]) -> str:
    if value is None:
        return "174,185,193,255"
    colour = colour_of(int(np.searchsorted(limits, value, side="right")), len(limits))
    return ",".join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5)) + ",255"


@pytest.mark.parametrize(
    ("last", "places"),
    [(5, [0, 1, 2, 3, 4, 5]), (1, [0, 5]), (2, [0, 3, 5]), (3, [0, 2, 3, 5]), (0, [3])],
)
def test_fewer_classes_are_spread_as_on_the_map(last: int, places: list[int]) -> None:
    assert [colour_of(n, last) for n in range(last + 1)] == [COLOURS[n] for n in places]


def test_a_class_holds_its_lower_limit_and_not_its_upper() -> None:
    style = fill_style("a", [10.0, 20.0], ["low", "middle", "high"], language="sv")
    root = ET.fromstring(style.partition("\n")[2])
    values = [(9.9,), (10.0,), (19.9,), (20.0,), (None,)]
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (a REAL)")
        base.executemany("INSERT INTO t VALUES (?)", values)
        held = [
            [value for (value,) in base.execute(f"SELECT a FROM t WHERE {rule.get('filter')}")]
            for rule in root.iter("rule")
        ]
    assert held == [[9.9], [10.0, 19.9], [20.0], [None]]


def test_labels_are_written_as_a_reader_writes_them() -> None:
    share: dict[str, Any] = {"limits": [0.125, 0.2], "kind": "share", "decimals": 1}
    assert class_labels(**share, language="sv") == [*("under 12,5 %", "12,5–20,0 %", "från 20,0 %")]
    assert class_labels(**share, language="en")[1] == "12.5–20.0%"
    count: dict[str, Any] = {"limits": [1000], "kind": "count", "decimals": 0, "language": "sv"}
    assert class_labels(**count)[0] == "under 1\N{NO-BREAK SPACE}000"
    assert class_labels(limits=[], kind="score", decimals=0, language="sv") == ["alla med uppgift"]
    named = fill_style("a", [1.5], ["litet behov", "stort behov"], language="sv")
    root = ET.fromstring(named.partition("\n")[2])
    assert [rule.get("label") for rule in root.iter("rule")] == [
        *("litet behov", "stort behov", "ingen uppgift")
    ]


def test_a_verdict_has_its_own_colour_and_what_is_not_said_none() -> None:
    style = verdict_style("a", language="sv", names={})
    root = ET.fromstring(style.partition("\n")[2])
    said = ["Satsa fullt", "Gemensam kampanj", "", None]
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (a TEXT)")
        base.executemany("INSERT INTO t VALUES (?)", [(one,) for one in said])
        held = [
            [value for (value,) in base.execute(f"SELECT a FROM t WHERE {rule.get('filter')}")]
            for rule in root.iter("rule")
        ]
    assert held == [["Satsa fullt"], [], [], [], ["Gemensam kampanj"], ["", None]]
    first = next(root.iter("symbol")).find(".//Option[@name='color']")
    assert first is not None
    red, green, blue = (int(VERDICT_COLOURS["full"][at : at + 2], 16) for at in (1, 3, 5))
    assert first.get("value") == f"{red},{green},{blue},255"


def test_equal_maps_give_equal_bytes_and_hostile_names_are_only_names(package: Path) -> None:
    assert made() == package.read_bytes()
    layers = toy_layers()
    hostile = layers[0].__class__(**{**vars(layers[0]), "title": "'); DROP TABLE regso; --<&>"})
    content = render_geopackage(toy_levels(), [hostile], "valledning", language="sv", mark=None)
    path = package.with_name("hostile.gpkg")
    path.write_bytes(content)
    frame = pyogrio.read_dataframe(path, layer="regso_canvass")
    assert frame["area_name"].tolist() == toy_levels()[0].areas["area_name"].tolist()
    assert "demo_mark" not in frame


def read(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query).fetchall()


def twins() -> list[MapLayer]:
    """Return more layers than anybody wants to choose from, each beside its number of persons."""
    young, own = toy_layers()[-1], []
    for place in range(20):
        share = replace(young, key=f"g{place}", title=f"Grupp {place}", note=f"Andel {place}")
        count = replace(share, key=f"g{place}_count", note=f"Antal {place}", kind="count")
        own += [share, replace(count, column="lo_count", title=f"Grupp {place}, antal")]
    return own


def test_there_are_no_more_layers_than_fifteen_and_numbers_are_styles_of_their_share(
    tmp_path: Path,
) -> None:
    path = tmp_path / "many.gpkg"
    path.write_bytes(
        render_geopackage(toy_levels(), twins(), "valledning", language="sv", mark=None)
    )
    shown = [name for name, _ in pyogrio.list_layers(path) if name != "layer_styles"]
    assert len(shown) == MOST_LAYERS == 15
    told = read(
        path, "SELECT styleName, description FROM layer_styles WHERE f_table_name='regso_g3'"
    )
    assert told == [("Grupp 3", "Andel 3"), ("Grupp 3, antal", "Antal 3")]
    assert {"young_share", "lo_count"} <= set(pyogrio.read_dataframe(path, layer="regso_g3"))


def test_the_plan_s_figures_have_names_of_their_own_beside_those_of_all_areas(
    tmp_path: Path,
) -> None:
    """`households_count` is every area's households, as in the tables, not those of the plan."""
    first, *others = toy_levels()
    homes = pd.DataFrame(index=first.areas.index).assign(
        households_count=100.0, target_persons_count=30.4, electors_count=200.0, se=1.0
    )
    mailed = pd.Series(np.nan, first.areas.index)
    mailed.iloc[0] = 90.0
    values = first.values.assign(households_count=mailed, wave=mailed / 90)
    path = tmp_path / "planned.gpkg"
    levels = [replace(first, sums=homes, values=values), *others]
    path.write_bytes(
        render_geopackage(levels, toy_layers(), "valledning", language="sv", mark=None)
    )
    frame = pyogrio.read_dataframe(path, layer="regso")
    assert frame["households_count"].eq(100).all()
    assert frame["target_persons_count"].eq(30).all()
    assert frame["mailed_households_count"].dropna().tolist() == [90.0]
    (told,) = read(
        path,
        "SELECT title FROM gpkg_data_columns WHERE table_name = 'regso'"
        " AND column_name = 'mailed_households_count'",
    )
    assert told == ("hushåll som får utskick",)


def test_styles_of_long_names_are_told_apart(tmp_path: Path) -> None:
    long = "Förvärvsarbetande och boende i samma kommun, "
    layers = [replace(layer, title=long + layer.key) for layer in toy_layers()]
    path = tmp_path / "long.gpkg"
    path.write_bytes(
        render_geopackage(toy_levels(), layers, "valledning", language="sv", mark=None)
    )
    styled = read(path, "SELECT f_table_name, styleName FROM layer_styles")
    assert len(set(styled)) == len(styled)


def test_each_layer_is_told_as_it_is_made_on_its_own_level(package: Path) -> None:
    styles = read(package, "SELECT f_table_name, styleName, description FROM layer_styles")
    told = {(table, name): words for table, name, words in styles}
    assert told["regso", "LO"] == told["regso_lo", "LO"] == "Metod B"
    assert told["deso", "LO"] == "Metod B, fin"
    contents = read(package, "SELECT table_name, identifier, description FROM gpkg_contents")
    named = {table: (name, words) for table, name, words in contents}
    assert named["regso_turnout"] == ("Val: Valdeltagande – RegSO", "Valet 2022")
    assert named["deso"][0] == "DeSO (närmare titt)"
    assert DEMO_MARK in named["deso"][1]


def test_every_column_has_a_name_for_people_and_every_area_its_own_on_the_map(
    package: Path,
) -> None:
    """In the standard's own table, which GDAL reads, and in the styles, as QGIS reads them."""
    titles = read(package, "SELECT table_name, column_name, title FROM gpkg_data_columns")
    told = {(table, column): title for table, column, title in titles}
    for name in (*LEVELS, *VIEWS):
        columns = set(pyogrio.read_dataframe(package, layer=name, read_geometry=False))
        assert {column for table, column in told if table == name} == columns
    assert told["regso_lo", "lo_count"] == "LO"
    assert told["regso_turnout", "turnout_share"] == "Valdeltagande: andel (0–1)"
    assert told["regso_lo", "area_name"] == "område"
    extended = read(package, "SELECT table_name, extension_name FROM gpkg_extensions")
    assert ("gpkg_data_columns", "gpkg_schema") in extended
    root = ET.fromstring(styles(package)["regso_lo"].partition("\n")[2])
    aliases = {one.get("field"): one.get("name") for one in root.iter("alias")}
    assert aliases == {
        column: words for (name, column), words in told.items() if name == "regso_lo"
    }
    labels = next(root.iter("text-style"))
    assert (root.get("labelsEnabled"), labels.get("fieldName")) == ("1", "area_name")


def test_a_project_of_qgis_has_every_layer_in_a_group_with_its_style(package: Path) -> None:
    """Checked by hand in QGIS 3.22, which reads it with all layers, colours and names."""
    ((content,),) = read(package, "SELECT content FROM qgis_projects")
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as parts:
        root = ET.fromstring(parts.read("karta.qgs"))
    groups = {
        group.get("name"): [layer.get("name") for layer in group]
        for group in root.findall("layer-tree-group/layer-tree-group")
    }
    assert list(groups) == ["Prioritering", "Målgrupper", "Val", "Områden"]
    assert groups["Områden"] == ["RegSO", "DeSO (närmare titt)"]
    assert groups["Val"] == ["Valdeltagande – RegSO"]
    drawn = {layer.findtext("datasource") for layer in root.iter("maplayer")}
    assert drawn == {f"./areas.gpkg|layername={name}" for name in (*LEVELS, *VIEWS)}
    assert drawn == {layer.get("source") for layer in root.iter("layer-tree-layer")}
    # QGIS gives a layer whose key has ten letters or fewer another.
    assert all(len(layer.findtext("id") or "") > 10 for layer in root.iter("maplayer"))
    assert all(layer.find("renderer-v2") is not None for layer in root.iter("maplayer"))


def test_the_audience_is_asked() -> None:
    with pytest.raises(ContractError, match="lo_count"):
        render_geopackage(toy_levels(), toy_layers(), "offentlig", language="sv", mark=None)


def test_figures_are_rounded_as_on_the_map(package: Path) -> None:
    frame = pyogrio.read_dataframe(package, layer="regso_turnout")
    values = toy_levels()[0].values["turnout_share"].round(4)
    pd.testing.assert_series_equal(
        frame["turnout_share"], values, check_index=False, check_exact=True
    )
