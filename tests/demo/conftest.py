"""One demo county for all of these tests."""

from pathlib import Path

import pandas as pd
import pytest

from geoprio.demo import DemoFiles, write_demo
from geoprio.sources import load_source, read_source
from tests.shared import Shared


@pytest.fixture(scope="session")
def demo(shared: Shared) -> DemoFiles:
    return shared.once("demo", lambda folder: write_demo(folder / "raw", seed=2026))


@pytest.fixture(scope="session")
def raw(demo: DemoFiles) -> Path:
    return demo.folder


def read(name: str, raw: Path) -> pd.DataFrame:
    """Return a file of the demo as the reader of the real one gives it."""
    folder = Path(__file__).parents[2] / "config"
    return read_source(load_source(name, [folder]), raw, county_code="01")
