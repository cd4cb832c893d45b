"""Names that somebody wrote to do harm come out of a whole run as names, in every file."""

import csv
import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geoprio import explore, pipeline
from geoprio.config import config_folders
from geoprio.errors import GeoprioError
from geoprio.reports import editions
from tests.shared import Shared, spoilable
from tests.unpacked import payload_of

pytestmark = pytest.mark.whole
NAMES = (
    "<script>zzq(1)</script>",
    "\"><img src=x onerror='zzq(2)'>",
    "+cmd|' /C zzq'!A0",
    "\u202erad\r\nzzq\u2066\u200f",
    "../../../zzq/etc",
    "</script><svg/onload=zzq(3)>",
    "[zzq](javascript:zzq(4))",
    "@SUM(zzq)",
    "zzq" + "å" * 300,
    "-zzq+1",
    "zzq; \"'`${zzq}{{zzq}}%0A",
)
RAW_TAG = re.compile(r"(?<!\\)(<|\\u003c)(script(>|\\u003e)zzq|img src=x|svg/onload)")
LINK = re.compile(r"(?<!\\)\[zzq\]\(javascript")
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"[=+@\t\r]|-(?![\d,.]+$)")
PAGES = {".html", ".svg", ".md", ".kml"}
EDITION = """
[[mailing.editions]]
name = "riksdag"
election_day = "2030-09-08"
vendor = "svensk_excel"
"""


def called(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]} {number}"


def rewrite(path: Path, column: int, named: Callable[[list[str]], str], mark: str = ",") -> None:
    text = path.read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=mark)
    for row in rows:
        row[column] = named(row)
    made = io.StringIO()
    csv.writer(made, delimiter=mark).writerows([head, *rows])
    path.write_text(made.getvalue(), encoding="utf-8")


def spoil(raw: Path) -> None:
    """Give municipalities, areas, polling districts and associations of a county hostile names."""
    towns = raw / "kommuner.csv"
    for column in (1, 2):
        rewrite(towns, column, lambda row: called(int(row[0])))
    codes = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str)["RegSOkod_2020"]
    names = {code: called(number) for number, code in enumerate(sorted(set(codes)))}
    rewrite(raw / "koppling-deso2018-regso2020.csv", 3, lambda row: names[row[4]])
    shapes = raw / "regso-2020-wfs.geojson"
    shapes.write_text(renamed(shapes.read_text("utf-8"), "regsonamn"), encoding="utf-8")
    districts = raw / "valdistrikt-stockholms-lan-2022.zip"
    with zipfile.ZipFile(districts) as kept:
        members = {name: kept.read(name).decode() for name in kept.namelist()}
    with zipfile.ZipFile(districts, "w") as made:
        for name, text in members.items():
            made.writestr(name, renamed(text, "Vdnamn"))
    owners: dict[str, str] = {}
    rewrite(
        raw / "associations.csv",
        0,
        lambda row: owners.setdefault(row[0], called(len(owners) % 5)),
        ";",
    )


def renamed(text: str, key: str) -> str:
    collection = json.loads(text)
    for number, feature in enumerate(collection["features"]):
        assert key in feature["properties"]
        feature["properties"][key] = called(number)
    return json.dumps(collection)


@pytest.fixture(scope="module")
def written(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run, its map of a frame and its mailing, all under hostile names."""
    home = tmp_path_factory.mktemp("hostile")
    raw = spoilable(shared.county(areas=100, seed=3), home / "raw", draws=50)
    spoil(raw)
    for path in (raw / "privat").glob("*"):
        path.unlink()
    campaign = raw / "demo.toml"
    text = campaign.read_text(encoding="utf-8").replace("\n[overlap]", f"{EDITION}\n[overlap]")
    campaign.write_text(text, encoding="utf-8")
    run = pipeline.run(campaign, raw=raw, out=home / "out")
    folders = config_folders(campaign)
    # A vendor's form has no way to say that a cell is text: what would run is refused by name, and
    # so is what a Shapefile would cut.
    with pytest.raises(GeoprioError, match="begins with '\\+', which a spreadsheet runs"):
        editions.mail(run, folders, editions.mailings(run))
    mended = {
        name: frame.assign(
            area_name=frame["area_name"].str.replace("^[+@-]", "x", regex=True).str.slice(0, 80)
        )
        for name, frame in run.frames.items()
        if name.endswith("_areas")
    }
    mailed = replace(run, frames={**run.frames, **mended})
    editions.mail(mailed, folders, editions.mailings(mailed))
    page = explore(run.geo(), "score_canvass")._repr_html_()
    (home / "out" / "explore.html").write_text(page, encoding="utf-8")
    return home / "out"


def texts_of(path: Path) -> Iterator[str]:
    """Yield everything in a file that is text, whatever it is packed in."""
    content = path.read_bytes()
    if path.suffix in {".xlsx", ".zip"}:
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())
    elif path.suffix == ".gpkg":
        with sqlite3.connect(path) as base:
            yield "\n".join(base.iterdump())
    elif path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        yield frame.select_dtypes(["object", "string"]).to_csv()
    else:
        text = content.decode("utf-8")
        yield text
        # A page within a page.
        yield from map(html.unescape, re.findall(r'srcdoc="([^"]*)"', text))
    if path.suffix == ".html" and b'id="data"' in content:
        yield json.dumps(payload_of(content.decode()), ensure_ascii=False)


def test_no_file_of_a_run_holds_a_name_that_does_anything(written: Path) -> None:
    files = [path for path in written.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files}
    assert {".html", ".xlsx", ".csv", ".gpkg", ".md", ".svg", ".toml", ".kml"} <= kinds
    told = 0
    for path in files:
        for text in texts_of(path):
            told += "zzq" in text
            assert not TURNS.search(text), path.name
            # A map's packed data is text to its scripts, which the browser's tests hold.
            if path.suffix in PAGES and not text.startswith('{"words"'):
                assert not RAW_TAG.search(text), path.name
            if path.suffix == ".md":
                assert not LINK.search(text), path.name
    assert told > 20


def test_no_cell_is_a_formula_and_every_sheet_fits_its_page(written: Path) -> None:
    for path in written.rglob("*.csv"):
        mark = "," if b"," in path.read_bytes()[:12] else ";"
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=mark)
        faults = [cell for row in rows for cell in row if FORMULA.match(cell)]
        assert faults == [], path.name
    for path in written.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as packed:
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
            # What a mail house's machine reads is no page.
            for name in sheets if "leverantor" not in path.parts else sheets[:0]:
                xml = packed.read(name).decode()
                assert "<f>" not in xml, path.name
                assert "<hyperlink" not in xml, path.name
                assert 'fitToWidth="1"' in xml or "fitToPage" in xml, (path.name, name)
            assert 'wrapText="1"' in packed.read("xl/styles.xml").decode(), path.name


def test_every_file_is_where_it_belongs_and_bears_a_name_that_any_system_can_make(
    written: Path,
) -> None:
    home = written.parent
    assert {path.name for path in home.iterdir()} == {"raw", "out"}
    for path in written.rglob("*"):
        assert re.fullmatch(r"[\w][\w .-]{0,80}", path.name), path.name
        assert path.stem.upper() not in {"CON", "NUL", "AUX", "PRN"}


def test_a_formula_for_a_name_is_refused_at_the_door(shared: Shared, tmp_path: Path) -> None:
    raw = spoilable(shared.county(areas=100, seed=3), tmp_path / "raw", draws=50)
    rewrite(raw / "kommuner.csv", 2, lambda _: "\u202e\t=cmd|' /C zzq'!A0")
    with pytest.raises(GeoprioError, match="formulas"):
        pipeline.run(raw / "demo.toml", raw=raw, out=tmp_path / "out")
