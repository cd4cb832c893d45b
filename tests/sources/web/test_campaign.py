"""A whole campaign: fetched into an empty folder, then run on exactly that."""

import csv
import json
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geoprio import fetching
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.errors import SourceError
from geoprio.pipeline import run
from geoprio.sources import load_source
from geoprio.sources.origins import FileFetch
from geoprio.sources.web import Client
from tests.sources.web.conftest import Time
from tests.sources.web.replay import Answer, Call, Replay, serving
from tests.sources.web.statistics_office import Cube, Office, cube_of, dataset
from tests.sources.web.toys import GeoServer, Site, checksums

TABLES = ("TAB6574", "TAB6572", "TAB6638", "TAB6679", "TAB6568")
LAYERS = {"stat:DeSO_2025": "deso-2025-wfs.geojson", "stat:RegSO_2025": "regso-2025-wfs.geojson"}
EARLIER = "https://www.val.se/download/18.9/1/valresultat-2022-riksdag-per-valdistrikt.xlsx"
SWAPPED = {
    '"kommuner"': '"scb_kommun_names"',
    '"scb_kommun_age_sex"': '"scb_tab6471_kommun"',
    "demo = true": "",
    'name = "demo2026"': 'name = "hela_vagen"',
}
"""What the demo's campaign is made of that has no official address, and what stands in for it."""
MOST_CELLS = 4000


@dataclass(frozen=True)
class World:
    """The invented county, a server that publishes it, and a campaign on it."""

    county: Path
    campaign: Path
    replay: Replay
    office: Office

    def order(self, out: Path) -> fetching.Order:
        return fetching.load(self.campaign, raw=None, out=out)

    def client(self, order: fetching.Order) -> Client:
        passing = Time()
        client = fetching.client_for(order, offline=False)
        return replace(client, route=self.replay.route, clock=passing.clock, sleep=passing.sleep)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    county = folder / "county"
    write_demo(county, areas=120, seed=7)
    campaign = write_campaign(folder / "config", county)
    cubes = [
        cube_of(
            (county / f"{name}_DeSO2025.json").read_text(encoding="utf-8"), codelist="vs_DeSO2025"
        )
        for name in TABLES
    ]
    office = Office({cube.table: cube for cube in [*cubes, residents(county)]}, MOST_CELLS)
    replay = Replay()
    replay.apps = {
        "/v2host": office.v2,
        "/geo": layers(county),
        "/val": published(county, campaign.parent).answer,
        "/resultat": results(county).answer,
    }
    with serving(replay):
        yield World(county, campaign, replay, office)


def write_campaign(folder: Path, county: Path) -> Path:
    text = (shipped_folder() / "demo2026.toml").read_text(encoding="utf-8")
    for old, new in SWAPPED.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "sources").mkdir(parents=True)
    shutil.copy(county / "associations-2026.csv", folder)
    name = "val_results_2022_riksdag.toml"
    source = (shipped_folder() / "sources" / name).read_text(encoding="utf-8")
    origin = f'\n[fetch]\nkind = "file"\nurl = "{EARLIER}"\ncredit = "Källa: Valmyndigheten"\n'
    source = source.replace('instead = "val_roster_2022_riksdag"\n', "")
    (folder / "sources" / name).write_text(source + origin, encoding="utf-8")
    campaign = folder / "hela_vagen.toml"
    campaign.write_text(text, encoding="utf-8")
    return campaign


def residents(county: Path) -> Cube:
    """Return TAB6471 with the residents of the demo's municipalities by age and sex."""
    with (county / "kommun-folkmangd-alder-kon-2018-2022.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    with (county / "kommuner.csv").open(encoding="utf-8-sig") as file:
        names = {
            row["municipality_code"].zfill(4): row["municipality_name_short"]
            for row in csv.DictReader(file)
        }
    held: dict[tuple[str, str, str], int] = {}
    for row in rows:
        code, age = row["municipality_code"].zfill(4), row["age"]
        sex = {"men": "1", "women": "2"}[row["gender"]]
        for key in ((age, sex), (age, "TotSa"), ("TotSA", sex), ("TotSA", "TotSa")):
            held[code, *key] = held.get((code, *key), 0) + int(row["population2022"])

    def figure(cell: Mapping[str, str]) -> float | None:
        return held[cell["Region"], cell["Alder"], cell["Kon"]]

    codes = {code: names[code] for code in dict.fromkeys(key[0] for key in held)}
    return Cube(
        table="TAB6471",
        label="Folkmängden per månad",
        variables={
            "Region": codes,
            "Alder": {age: age for age in dict.fromkeys(key[1] for key in held)},
            "Kon": {"1": "män", "2": "kvinnor", "TotSa": "totalt"},
            "ContentsCode": {"000007SF": "Folkmängd"},
            "Tid": {"2025M12": "2025M12"},
        },
        figure=figure,
        codelists={"vs_CKM03Kommun": codes},
    )


def layers(county: Path):  # noqa: ANN201 - a closure over servers
    servers = {}
    for name, file in LAYERS.items():
        servers[name] = GeoServer(())
        held = json.loads((county / file).read_text(encoding="utf-8"))
        servers[name].features = held["features"]

    def answer(call: Call) -> Answer:
        return servers[call.one("typeNames")].answer(call)

    return answer


def published(county: Path, folder: Path) -> Site:
    files = {}
    for name in (
        *("val_valdistrikt_2026", "val_electors_2026", "val_mapping_2022_2026"),
        *("val_valdistrikt_2022", "val_results_2022_riksdag"),
    ):
        source = load_source(name, [folder, shipped_folder()])
        assert isinstance(source.fetch, FileFetch)
        (path,) = (path for pattern in source.files for path in county.glob(pattern))
        files[urlsplit(source.fetch.url or "").path] = path.read_bytes()
    return Site("/val", files)


def results(county: Path) -> Site:
    letters = {"RD": "rd", "RF": "rf", "KF": "kf"}
    zips = {
        f"s/{letters[path.stem[-2:]]}/{path.name}": path.read_bytes()
        for path in county.glob("Val_2026_slutlig_*.zip")
        if path.stem[-2:] in letters
    }
    root = "/resultatfiler/val2026/"
    files = {root + path: body for path, body in zips.items()}
    return Site("/resultat", {**files, root + "index.md5": checksums(zips)})


@pytest.fixture(scope="module")
def fetched(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fetched")
    order = world.order(out)
    fetching.fetch(order, world.client(order), lambda _: None)
    run(world.campaign, out=out)
    return out


def test_a_run_on_what_was_fetched_is_a_run_on_what_was_placed_by_hand(
    world: World, fetched: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "data" / "raw" / "hela_vagen"
    raw.mkdir(parents=True)
    for path in world.county.iterdir():
        if path.is_file():
            shutil.copy(path, raw)
    cube = world.office.cubes["TAB6471"]
    whole = {name: list(values) for name, values in cube.variables.items()}
    (raw / "TAB6471_Kommun.json").write_text(json.dumps(dataset(cube, whole)), encoding="utf-8")
    run(world.campaign, out=tmp_path)
    for folder in ("data/processed/hela_vagen", "maps/hela_vagen"):
        names = sorted(path.name for path in (tmp_path / folder).iterdir())
        assert names == sorted(path.name for path in (fetched / folder).iterdir())
        for name in set(names) - {"run.json"}:
            assert (fetched / folder / name).read_bytes() == (
                tmp_path / folder / name
            ).read_bytes(), name


def test_no_table_takes_more_calls_than_its_cells_ask_for(world: World, fetched: Path) -> None:
    raw = fetched / "data" / "raw" / "hela_vagen"
    for path in sorted(raw.glob("TAB*.json")):
        reply = json.loads(path.read_text(encoding="utf-8"))
        calls = len(world.replay.paths(f"/tables/{path.name[:7]}/data"))
        assert 1 <= calls <= math.ceil(math.prod(reply["size"]) / (0.8 * MOST_CELLS)) + 1
    assert len(world.replay.paths("/config$")) == 1


def test_every_source_is_listed_with_its_age_and_licence(world: World, fetched: Path) -> None:
    lines: list[str] = []
    fetching.tell_sources(world.order(fetched), lines.append)
    assert len([line for line in lines if line.startswith("fetched")]) == 17
    assert "17 of 17 sources" in lines[-1]
    assert any("0 days" in line and "CC0" in line for line in lines)


def test_a_second_fetch_changes_nothing_and_asks_for_no_figures(
    world: World, fetched: Path
) -> None:
    before = len(world.replay.paths("/data$"))
    order = world.order(fetched)
    lines: list[str] = []
    done = fetching.fetch(order, world.client(order), lines.append)
    assert {item.state for item in done} == {"unchanged"}
    assert len(world.replay.paths("/data$")) == before


def test_a_changed_file_is_told_with_the_outputs_that_depend_on_it(
    world: World, fetched: Path
) -> None:
    cube = world.office.cubes["TAB6568"]
    true, cube.updated = cube.figure, "2027-01-01T07:00:00Z"
    cube.figure = lambda cell: (true(cell) or 0) + 1
    order = world.order(fetched)
    lines: list[str] = []
    done = fetching.fetch(order, world.client(order), lines.append)
    assert [item.source for item in done if item.state == "changed"] == ["scb_tab6568_deso2025"]
    assert "made with an older TAB6568_DeSO2025.json" in lines[-1]
    assert "ranking.csv" in lines[-1]
    assert "`geoprio run` makes them anew" in lines[-1]


def test_offline_checks_what_is_there_and_asks_nobody(
    world: World, fetched: Path, tmp_path: Path
) -> None:
    before = len(world.replay.calls)
    order = world.order(fetched)
    closed = replace(world.client(order), offline=True)
    assert len(fetching.fetch(order, closed, lambda _: None)) >= 17
    empty = world.order(tmp_path)
    with pytest.raises(SourceError, match=r"17 file\(s\) are not in .* --offline forbids"):
        fetching.fetch(empty, closed, lambda _: None)
    assert len(world.replay.calls) == before


def test_a_dry_run_lists_requests_and_cells(world: World, tmp_path: Path) -> None:
    order = world.order(tmp_path)
    lines: list[str] = []
    fetching.tell_requests(order, world.client(order), lines.append)
    assert any(
        "POST https://statistikdatabasen.scb.se/api/v2/tables/TAB6574/data" in x for x in lines
    )
    assert "cells" in lines[-1]
    assert not (tmp_path / "data").exists()
