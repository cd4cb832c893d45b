"""The shipped campaign of Greater Stockholm in an empty folder: fetched, completed, run."""

import csv
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import geopandas as gpd
import pytest
import shapely

from geoprio.cli import fetches as fetching
from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source
from tests.shared import levels
from tests.sources.fetch.publishers import (
    BALLOTS,
    address,
    asking,
    layers,
    long_results,
    published,
    residents,
    workbook,
)
from tests.sources.fetch.replay import Replay, serving
from tests.sources.fetch.statistics_office import Cube, Office
from tests.sources.fetch.toys import Site

pytestmark = pytest.mark.whole
CAMPAIGN = shipped_folder() / "storstockholm.toml"
RAW = Path("data") / "raw" / "storstockholm"
OWN = "stadsdelar-2021-utan-vatten-forenklad.geojson"
KEY = "scb_key_deso2018_regso2020"
LAYERS = {"stat:DeSO_2018": "deso-2018-wfs.geojson"}
Join = Callable[[list[float]], float]


@dataclass(frozen=True)
class World:
    """A server that publishes the invented county, and who asks it."""

    county: Path
    replay: Replay

    def fetch(self, out: Path) -> list[str]:
        """Fetch the campaign into `out`, and return what is said of it, faults last."""
        order = fetching.load(CAMPAIGN, raw=out / RAW, out=out)
        lines: list[str] = []
        try:
            fetching.fetch(order, asking(order, self.replay), lines.append)
        except SourceError as error:
            lines.append(str(error))
        return lines

    def listed(self, out: Path) -> list[str]:
        lines: list[str] = []
        fetching.tell_sources(fetching.load(CAMPAIGN, raw=out / RAW, out=out), lines.append)
        return lines


@pytest.fixture(scope="module")
def world(county: Path) -> Iterator[World]:
    homes = {
        layer: dict(zip(areas["desokod"], areas["regsokod"], strict=True))
        for layer in ("2018", "2025")
        if (areas := gpd.read_file(county / f"deso-{layer}-wfs.geojson")) is not None
    }
    earlier, later = homes["2018"], homes["2025"]
    marked = {f"{deso}_DeSO2025": f"{regso}_RegSO2025" for deso, regso in later.items()}
    population = united(
        Part(county / "TAB6574.json", "vs_DeSO2018", {code: code for code in earlier}),
        Part(county / "TAB6574_DeSO2025.json", "vs_RegSO2025", marked),
    )
    tables = [
        population,
        united(Part(county / "TAB6572.json", "vs_RegSO2020", earlier)),
        united(Part(county / "TAB6679.json", "vs_RegSO2020", earlier, fmean)),
        replace(
            united(Part(county / "TAB6638.json", "vs_RegSO2020", earlier)),
            table="TAB6258",
            codelists={},
        ),
        residents(county),
    ]
    replay = Replay()
    val = published(county, ["val_valdistrikt_2022"])
    before = published(county, [f"val_results_2018_{ballot}" for ballot in ("riksdag", "region")])
    for ballot in BALLOTS:
        val.files[address(f"val_roster_2022_{ballot}")] = long_results(county, ballot)
    replay.apps = {
        "/v2host": Office({cube.table: cube for cube in tables}).v2,
        "/geo": layers(county, LAYERS),
        "/val": val.answer,
        "/historik": replace(before, folder="/historik").answer,
        "/scb": Site("/scb", {address(KEY): key_workbook(county)}).answer,
    }
    with serving(replay):
        yield World(county, replay)


@dataclass(frozen=True)
class Part:
    """The figures of one file of DeSO, put together by their larger areas."""

    file: Path
    codelist: str
    homes: Mapping[str, str]
    join: Join = sum


def united(*parts: Part) -> Cube:
    """Return one table that publishes the figures of every part under its own areas and years."""
    cells: dict[tuple[str, ...], float] = {}
    codelists: dict[str, dict[str, str]] = {}
    variables: dict[str, dict[str, str]] = {}
    for part in parts:
        held = json.loads(part.file.read_text(encoding="utf-8"))
        codes = [list(held["dimension"][name]["category"]["index"]) for name in held["id"]]
        gathered: dict[tuple[str, ...], list[float]] = {}
        for (area, *rest), value in zip(itertools.product(*codes), held["value"], strict=True):
            gathered.setdefault((part.homes[area], *rest), []).append(value)
        cells |= {cell: part.join(values) for cell, values in gathered.items()}
        codelists[part.codelist] = {code: code for code in sorted(set(part.homes.values()))}
        for name in held["id"]:
            labels = held["dimension"][name]["category"]["label"]
            known = variables.setdefault(name, {})
            known.update(codelists[part.codelist] if name == "Region" else labels)

    def figure(cell: Mapping[str, str]) -> float | None:
        return cells.get(tuple(cell[name] for name in variables), 0)

    return Cube(
        table=held["extension"]["px"]["tableid"],
        label=held["label"],
        variables=variables,
        figure=figure,
        codelists=codelists,
    )


def key_workbook(county: Path) -> bytes:
    path = county / "koppling-deso2018-regso2020.csv"
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    return workbook(rows, sheet="Koppling")


def write_stadsdelar(county: Path, raw: Path) -> None:
    """Write a file of the user's own: the city cut in strips that bear the stadsdelar's names."""
    with (shipped_folder() / "associations.csv").open(encoding="utf-8-sig") as file:
        codes = [row["area_code"] for row in csv.DictReader(file, delimiter=";")]
    names = [code.removeprefix("0180-") for code in codes if code.startswith("0180-")]
    areas = gpd.read_file(county / "deso-2018-wfs.geojson").set_crs(3006, allow_override=True)
    city = areas.loc[areas["kommunkod"] == "0180", "geometry"].union_all()
    left, low, right, high = city.bounds
    width = (right - left) / len(names)
    strips = [
        shapely.box(left + at * width, low, left + (at + 1) * width, high).intersection(city)
        for at in range(len(names))
    ]
    shapes = gpd.GeoDataFrame({"name": [n.upper() for n in names]}, geometry=strips, crs=3006)
    (raw / OWN).write_text(shapes.to_crs(4326).to_json(), encoding="utf-8")


@pytest.fixture(scope="module")
def first(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    out = tmp_path_factory.mktemp("storstockholm")
    return out, world.fetch(out)


def test_an_empty_folder_is_filled_but_for_the_citys_own_file(
    first: tuple[Path, list[str]], world: World
) -> None:
    out, told = first
    assert len([line for line in told if line.startswith("new ")]) == 14
    heading, *faults = told[-1].splitlines()
    assert heading.startswith("1 file(s) could not be fetched; 14 are in")
    assert len(faults) == 1
    assert "stadsdel_2021: a file of your own" in faults[0]
    assert OWN in faults[0]
    assert "https://dataportalen.stockholm.se/" in faults[0]
    listed = world.listed(out)
    # The last two are only drawn: without them nothing is refused.
    missing = [line.split()[1] for line in listed if line.startswith("missing")]
    assert missing == ["stadsdel_2021", "stockholm_water_2021", "stockholm_metro"]
    assert sum(line.startswith("fetched") for line in listed) == 15
    assert any("without it: no areas of stadsdel_2021" in line for line in listed)


def test_with_associations_that_name_no_stadsdel_no_file_is_left_to_get(
    first: tuple[Path, list[str]], tmp_path: Path
) -> None:
    out, _ = first
    text = CAMPAIGN.read_text(encoding="utf-8").replace('  "stadsdel_2021",\n', "")
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    lines = (CAMPAIGN.parent / "associations.csv").read_text(encoding="utf-8-sig").splitlines()
    kept = [line for line in lines if "stadsdel_2021" not in line]
    whole = "\n".join([*kept, "Stockholms stad;kommun;0180", ""])
    (tmp_path / "associations.csv").write_text(whole, encoding="utf-8")
    order = fetching.load(tmp_path / "own.toml", raw=out / RAW, out=tmp_path)
    lines = []
    fetching.fetch(order, fetching.client_for(order, offline=True), lines.append)
    assert {line.split()[0] for line in lines} == {"unchanged"}
    areas = levels(tmp_path / "own.toml", out / RAW)["regso_2020"].areas
    assert "Stockholms stad" in set(areas["association"])


def test_with_the_citys_file_in_place_the_campaign_runs_on_what_was_fetched(
    first: tuple[Path, list[str]], world: World
) -> None:
    out, _ = first
    write_stadsdelar(world.county, out / RAW)
    told = world.fetch(out)
    assert sorted({line.split()[0] for line in told}) == ["own", "unchanged"]
    level = levels(CAMPAIGN, out / RAW)["regso_2020"]
    areas = gpd.read_file(world.county / "deso-2018-wfs.geojson")["regsokod"].nunique()
    assert level.scores["canvass"]["score"].notna().sum() == areas
    votes = level.roll
    source = load_source("val_results_2022_riksdag")
    counted = read_source(source, world.county, county_code="01")
    for name in ("electors_count", "votes_v_count", "valid_count"):
        assert votes[name].sum() == pytest.approx(counted[name].sum())
