"""A whole campaign: fetched into an empty folder, then run on exactly that."""

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from geoprio.cli import fetches as fetching
from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.pipeline import run
from geoprio.sources.fetch import Client
from tests.shared import write_two
from tests.sources.fetch.publishers import PLACES, asking, county_of_2025, trust
from tests.sources.fetch.replay import Replay, serving
from tests.sources.fetch.statistics_office import Office, dataset

pytestmark = pytest.mark.whole
FILES = (
    *("val_valdistrikt_2026", "val_electors_2026", "val_rolls_2026", "val_mapping_2022_2026"),
    *("val_valdistrikt_2022", "val_results_2022_riksdag", *PLACES),
)
EARLIER = "https://www.val.se/download/18.9/1/valresultat-2022-riksdag-per-valdistrikt.xlsx"
SWAPPED = {
    '"kommuner"': '"scb_kommun_names"',
    '"scb_kommun_age_sex"': '"scb_tab6471_kommun"',
    '  "joint_groups_county",\n': "",
    'joint = "joint_groups_county"': "",
    'cells = ["unga", "lo", "kvinnor", "invandrarbakgrund"]': "",
    '  "own_stations",\n': "",
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
        return asking(order, self.replay)


@pytest.fixture(scope="module")
def world(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    campaign = write_campaign(tmp_path_factory.mktemp("world") / "config", county)
    replay, office = county_of_2025(county, FILES, campaign.parent, most_cells=MOST_CELLS)
    with serving(replay):
        yield World(county, campaign, replay, office)


def write_campaign(folder: Path, county: Path) -> Path:
    text = (shipped_folder() / "demo2026.toml").read_text(encoding="utf-8")
    for old, new in SWAPPED.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "sources").mkdir(parents=True)
    write_two(county / "associations-2026.csv", folder / "associations-2026.csv")
    name = "val_results_2022_riksdag.toml"
    source = (shipped_folder() / "sources" / name).read_text(encoding="utf-8")
    origin = f'\n[fetch]\nkind = "file"\nurl = "{EARLIER}"\ncredit = "Källa: Valmyndigheten"\n'
    source = source.replace('instead = "val_roster_2022_riksdag"\n', "")
    (folder / "sources" / name).write_text(source + origin, encoding="utf-8")
    trust(folder)
    campaign = folder / "hela_vagen.toml"
    campaign.write_text(text, encoding="utf-8")
    return campaign


@pytest.fixture(scope="module")
def fetched(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fetched")
    order = world.order(out)
    fetching.fetch(order, world.client(order), lambda _: None)
    run(world.campaign, out=out)
    return out


def files_of(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


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
        names = files_of(tmp_path / folder)
        assert names == files_of(fetched / folder)
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
    assert len([line for line in lines if line.startswith("fetched")]) == 26
    assert "26 of 26 sources" in lines[-1]
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
    assert len(fetching.fetch(order, closed, lambda _: None)) >= 25
    empty = world.order(tmp_path)
    with pytest.raises(SourceError, match=r"26 file\(s\) are not in .* --offline forbids"):
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
