"""One demo county for all of these tests."""

from pathlib import Path

import pytest

from geoprio.demo import DemoFiles, write_demo
from tests.shared import Shared


@pytest.fixture(scope="session")
def demo(shared: Shared) -> DemoFiles:
    return shared.once("demo", lambda folder: write_demo(folder / "raw", seed=2026))


@pytest.fixture(scope="session")
def raw(demo: DemoFiles) -> Path:
    return demo.folder
