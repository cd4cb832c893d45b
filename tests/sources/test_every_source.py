"""Every shipped source reads a file of the form that it describes; families are told apart."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoprio.config import file_names, shipped_folder
from geoprio.errors import ConfigError
from geoprio.sources import Source, load_source, read_source
from geoprio.sources.catalogue import GROUND, OwnFile, PxwebFetch, Span, Wanted
from geoprio.words import told
from tests.sources.toy import square, write_cube, write_xlsx

SHIPPED = (shipped_folder(),)
SOURCES = {name: load_source(name, SHIPPED) for name in file_names("sources", SHIPPED)}
OF_THEIR_OWN_FORM = {
    # Read in the tests of their forms, a source each: tests/sources/test_*.py.
    *("scb_age_sex_regso2025", "scb_kommun_names", "val_electors_2026", "val_results_2024_eu"),
    *(f"val_results_2026_{election}" for election in ("riksdag", "region", "kommun")),
    *(f"val_seats_2026_{election}" for election in ("riksdag", "region", "kommun")),
    *("val_mapping_2014_2018", "val_mapping_2018_2022", "val_mapping_2022_2026"),
    "val_former_2026",
    *("own_addresses", "own_places", "own_stations", "stockholm_metro"),
    *("val_polling_places_2026", "val_early_places_2026", "val_early_votes_2026"),
    # Named by "Kommun (RegSO)", which needs a key: read in the real county.
    *("scb_area_type_regso", "scb_birth_regso", "scb_tenure_regso", "scb_wage_regso"),
}
CODES = (
    *("01800101", "0180C1010", "0180R001", "0180", "01", "18001", "6600006599000"),
    *("0180123", "A-1"),
)
MADE = sorted(SOURCES.keys() - OF_THEIR_OWN_FORM)


def code_of(source: Source) -> str:
    """Return a code of the form that a source's key has."""
    names = {"key": "0180C1010", "areas": "0180-1", "names": "0180", "postal": "11120"}
    pattern = pd.Series(CODES).str.fullmatch(source.key.pattern or "never")
    code = next((code for code, fits in zip(CODES, pattern, strict=True) if fits), None)
    return (code or names.get(source.provides, "A-1")) + source.key.strip_suffix


def texts_of(wanted: Wanted) -> list[str]:
    if isinstance(wanted, Span):
        return [str(number) for number in range(wanted.first, wanted.to + 1)]
    return [wanted] if isinstance(wanted, str) else list(wanted)


def dimensions_of(source: Source) -> dict[str, list[str]]:
    """Return the texts that a source asks about, by column."""
    asked: dict[str, list[str]] = {}
    for where in (source.where, *(column.where for column in source.columns)):
        for name, wanted in where.items():
            asked[name] = list(dict.fromkeys(asked.get(name, []) + texts_of(wanted)))
    return asked


def key_cells(source: Source) -> dict[str, Any]:
    code = code_of(source)
    if not source.key.columns:
        return {source.key.names[0]: code}
    ends = list(itertools.accumulate(source.key.widths))
    starts = [0, *ends[:-1]]
    spans = zip(source.key.columns, starts, ends, strict=True)
    return {name: code[start:end] for name, start, end in spans}


def rows_of(source: Source) -> Iterator[dict[str, Any]]:
    """Return a row for each combination of what is asked about, with every column needed."""
    asked = dimensions_of(source)
    added = {name for column in source.columns for name in column.added}
    taken = {name for column in source.columns for name in column.minus}
    for texts in itertools.product(*asked.values()):
        row: dict[str, Any] = dict(zip(asked, texts, strict=True))
        row |= key_cells(source)
        row |= dict.fromkeys(sorted(taken - added), 1) | dict.fromkeys(sorted(added), 1)
        # What parts are taken from is larger than all of them together.
        row |= {name: 100 for column in source.columns if column.minus for name in column.added}
        for canonical, name in source.texts.items():
            row.setdefault(name, "0180" if canonical == "municipality_code" else "Ett namn")
        if source.unassigned is not None and source.unassigned.column:
            row.setdefault(source.unassigned.column, "Ett distrikt")
        yield row


def write_reply(path: Path, source: Source) -> None:
    held = {source.key.names[0]: [code_of(source)], **dimensions_of(source)}
    coded = {name: {code: code for code in codes} for name, codes in held.items()}
    write_cube(path, coded, lambda _: 1)


def write_features(path: Path, source: Source) -> None:
    shape = square(660_000, 6_599_000)
    if source.provides in {"points", "places"}:
        shape = {"type": "Point", "coordinates": [660_000, 6_599_000]}
    if source.provides == "roads":
        shape = {"type": "LineString", "coordinates": [[660_000, 6_599_000], [661_000, 6_599_000]]}
    features = [
        {"type": "Feature", "properties": row, "geometry": shape} for row in rows_of(source)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": features}
    path.write_text(json.dumps(content), encoding="utf-8")


def write_table(path: Path, source: Source) -> None:
    rows = list(rows_of(source))
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    if path.suffix == ".xlsx":
        sheet = (source.options.sheet or "Blad").replace("*", "")
        write_xlsx(path, lines, sheet=sheet)
        return
    separator = source.options.separator or ","
    text = "\n".join(separator.join(map(str, line)) for line in lines)
    path.write_bytes(text.encode(source.options.encoding or "utf-8"))


def write_long(path: Path, source: Source) -> None:
    parties = [name for column in source.columns for name in column.minus]
    sums = {"Summa giltiga röster": len(parties), "Valdeltagande": len(parties)}
    votes = dict.fromkeys(parties, 1) | sums
    rows = [["01800101", 10, name, number] for name, number in votes.items()]
    header = ["Valdistriktskod", "Röstberättigade", "Parti", "Röster"]
    write_xlsx(path, [header, *rows], sheet=source.options.sheet or "")


WRITERS = {
    "jsonstat2": write_reply,
    "geojson": write_features,
    "boundaries": write_features,
    "val_long": write_long,
}


@pytest.mark.parametrize("name", MADE)
def test_a_source_reads_a_file_of_its_form(name: str, tmp_path: Path) -> None:
    source = SOURCES[name]
    named = source.files[0].replace("*", "x").replace("?", "r")
    # How features are wrapped is for the tests of borders to say.
    if named.endswith((".zip", ".gpkg")) or source.provides in GROUND:
        source = source.model_copy(update={"files": (named := "features.geojson",)})
    WRITERS.get(source.reader, write_table)(tmp_path / named, source)
    frame = read_source(source, tmp_path, county_code="01")
    assert len(frame) == 1
    if source.provides in GROUND:
        assert frame["area_name"].tolist() == [code_of(source)]
    elif source.key.kind == "code":
        code = code_of(source).removesuffix(source.key.strip_suffix)
        assert frame.index[0] == source.key.prefix + code
    if source.provides == "counts":
        assert list(frame.columns) == [column.name for column in source.columns]


def test_a_variant_has_what_its_file_has_but_for_its_own_keys() -> None:
    base, other = SOURCES["scb_tab6574_deso"], SOURCES["scb_tab6574_regso2025"]
    assert other.columns == base.columns
    assert other.key.strip_suffix == "_RegSO2025"
    assert (base.area_set, other.area_set) == ("deso_2018", "regso_2025")
    assert not other.variants


def test_a_table_of_another_kind_takes_the_whole_place() -> None:
    by_hand, fetched = (SOURCES[f"scb_tab6534_{name}"].fetch for name in ("deso", "deso2025"))
    assert isinstance(by_hand, OwnFile)
    assert isinstance(fetched, PxwebFetch)


VARIANT = """
[variants.egen_region]
vintage = "x"
key.colum = "kod"
"""


def test_a_fault_in_a_variant_is_told_with_its_own_line(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    base = (shipped_folder() / "sources" / "kommuner.toml").read_text(encoding="utf-8")
    (folder / "egen.toml").write_text(base + VARIANT, encoding="utf-8")
    assert load_source("egen", [tmp_path]).provides == "names"
    first = base.count("\n") + 3
    with pytest.raises(ConfigError, match="2 fault") as caught:
        load_source("egen_region", [tmp_path])
    assert f"line {first}, vintage: expected a whole number" in str(caught.value)
    assert f"line {first + 1}, key.colum: unknown key" in str(caught.value)


def test_the_nearest_name_may_be_a_variant() -> None:
    with pytest.raises(ConfigError, match="did you mean 'scb_tab6574_regso2025'"):
        load_source("scb_tab6574_regso_2025")


def test_every_source_is_told_in_english() -> None:
    swedish = re.compile(r"[åäöÅÄÖ]|\b(län|per|efter|kommun|gränser|egen|se)\b")
    for name, source in SOURCES.items():
        said = [told(words, "en") for words in (source.title, source.licence)]
        assert [words for words in said if swedish.search(words)] == [], name
