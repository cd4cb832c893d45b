"""A small demo county, written and run once."""

import shutil
from pathlib import Path

import pytest

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.runs import Run

AREAS, SEED = 150, 7


@pytest.fixture(scope="session")
def demo_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw files of a county of 150 small areas, and the campaign that reads them."""
    folder = tmp_path_factory.mktemp("demo") / "raw"
    write_demo(folder, areas=AREAS, seed=SEED)
    shutil.copyfile(shipped_folder() / "demo.toml", folder / "demo.toml")
    return folder


@pytest.fixture(scope="session")
def demo_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-out")


@pytest.fixture(scope="session")
def demo_result(demo_raw: Path, demo_out: Path) -> Run:
    return pipeline.run(demo_raw / "demo.toml", raw=demo_raw, out=demo_out)


@pytest.fixture
def own_raw(demo_raw: Path, tmp_path: Path) -> Path:
    """Return a copy of the demo's raw files that a test may spoil."""
    folder = tmp_path / "raw"
    shutil.copytree(demo_raw, folder)
    return folder


@pytest.fixture(scope="session")
def real_result(real_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    campaign = shipped_folder() / "storstockholm.toml"
    return pipeline.run(campaign, raw=real_raw, out=tmp_path_factory.mktemp("real"))
