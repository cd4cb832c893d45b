"""Shared fixtures: the real county's files, when they are there."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def real_raw() -> Path:
    folder = Path(os.environ.get("GEOPRIO_RAW") or SHARED / "data" / "storstockholm")
    if not folder.is_dir():
        pytest.skip(
            f"the real county's files are not here (looked for {folder.name}; set GEOPRIO_RAW)"
        )
    return folder


@pytest.fixture(scope="session")
def facts() -> Path:
    folder = SHARED / "facts"
    if not folder.is_dir():
        pytest.skip("the recorded replies and published figures (shared/facts) are not here")
    return folder
