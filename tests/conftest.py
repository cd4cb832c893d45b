"""Shared fixtures: the real county's files, when they are there, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# Taken out of the environment, so that no test can fetch into a folder of real files.
REAL_RAW = os.environ.pop("GEOPRIO_RAW", None)


@pytest.fixture(scope="session")
def real_raw() -> Path:
    folder = Path(REAL_RAW or SHARED / "data" / "storstockholm")
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


@pytest.fixture(scope="session")
def cases() -> Path:
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("the published worked examples (shared/cases) are not here")
    return folder


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("GEOPRIO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None or not Path(found).exists():
        pytest.fail(
            "no Chromium: install the package 'chromium' (or 'google-chrome'),"
            " or set GEOPRIO_CHROMIUM to the program"
        )
    return found


def _program(variable: str, *names: str) -> str:
    found = os.environ.get(variable) or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip(f"no {names[0]}: run tests/find-program.sh {names[0]}, or set {variable}")
    return found


@pytest.fixture(scope="session")
def soffice() -> str:
    return _program("GEOPRIO_SOFFICE", "soffice", "libreoffice")


@pytest.fixture(scope="session")
def ogrinfo() -> str:
    return _program("GEOPRIO_OGRINFO", "ogrinfo")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = (
        "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
        " --disable-background-networking --disable-component-update --disable-sync"
    )
    program = _chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments.split())
        yield started
        started.close()
