"""One demo county for all of these tests."""

from pathlib import Path

import pytest

from geoprio.demo import DemoFiles, write_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo") / "raw", seed=2026)


@pytest.fixture(scope="session")
def raw(demo: DemoFiles) -> Path:
    return demo.folder
