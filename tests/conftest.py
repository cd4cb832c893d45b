"""Shared fixtures: counties and runs made once, the real county's files, and a browser."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from geoprio.config import shipped_folder
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from tests.shared import Shared, spoilable

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# Taken out of the environment, so that no test can fetch into a folder of real files.
REAL_RAW = os.environ.pop("GEOPRIO_RAW", None)
AREAS, SEED = 150, 7
WHOLE = {"demo_outcome", "demo_2026", "own_raw"}
"""Fixtures that a whole run stands behind."""
MARKS = {
    "whole": WHOLE,
    "browser": {"browser"},
    "real": {"real_raw"},
    "slow": {"soffice", "built", "mapserv", "demo"},
}
SLOW = frozenset((ROOT / "tests" / "slow.txt").read_text(encoding="utf-8").split())
"""Tests of a second or so, all their cases together, that need no run: `make quick` has no time."""
SLOWEST = (
    *("test_demo_run", "test_attack", "test_notebooks", "test_small", "test_real_county"),
    *("test_first_day", "test_sure", "test_api", "test_lo_truth", "test_map_firefox"),
    *("test_overlap", "test_circle", "test_backtest", "test_effect", "test_campaign"),
    *("test_electorates", "test_plan_files", "test_doubt", "test_mapserver", "test_one_plan"),
    *("test_checking", "test_any_county", "test_validating", "test_starting", "test_docs"),
    *("test_cli", "test_counties", "test_tour", "test_origin", "test_bad_input", "test_pxweb"),
    *("test_greater_stockholm", "test_map_views", "test_map_screen", "test_map_browser"),
)
"""Files that take long, the longest first: begun last, one would keep one worker waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what its fixtures need, and begin with the slowest files."""
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        for mark, fixtures in MARKS.items():
            if needed & fixtures:
                item.add_marker(mark)
        if item.nodeid.partition("[")[0] in SLOW:
            item.add_marker("slow")
    place = {name: number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(SLOWEST)))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Return what all workers of this session share."""
    own = tmp_path_factory.getbasetemp()
    return Shared((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared")


@pytest.fixture(scope="session")
def demo_raw(shared: Shared) -> Path:
    """Raw files of a county of 150 small areas, and its campaigns; nothing writes there."""
    return shared.county(areas=AREAS, seed=SEED)


@pytest.fixture(scope="session")
def demo_outcome(shared: Shared, demo_raw: Path) -> Outcome:
    """Return what the demo's run computes."""
    return shared.outcome("demo", demo_raw / "demo.toml", demo_raw)


@pytest.fixture(scope="session")
def demo_result(shared: Shared, demo_outcome: Outcome) -> Run:
    return shared.run("demo", demo_outcome)


@pytest.fixture(scope="session")
def demo_out(shared: Shared, demo_result: Run) -> Path:
    """Return the folder that the demo's run has written to, and nothing else."""
    assert demo_result.paths
    return shared.home / "demo-run"


@pytest.fixture(scope="session")
def raw_2026(shared: Shared, demo_raw: Path) -> Path:
    """Return the demo's raw files with two associations; nothing writes there."""
    return shared.once("raw2026", lambda folder: spoilable(demo_raw, folder / "raw"))


@pytest.fixture(scope="session")
def demo_2026(shared: Shared, raw_2026: Path) -> Run:
    campaign = raw_2026 / "demo2026.toml"
    return shared.run("demo2026", shared.outcome("demo2026", campaign, raw_2026))


@pytest.fixture
def own_raw(demo_raw: Path, tmp_path: Path) -> Path:
    """Return a copy of the demo's raw files that a test may spoil; it has two associations."""
    return spoilable(demo_raw, tmp_path / "raw")


@pytest.fixture(scope="session")
def real_raw() -> Path:
    folder = Path(REAL_RAW or SHARED / "data" / "storstockholm")
    if not folder.is_dir():
        pytest.skip(
            f"the real county's files are not here (looked for {folder.name}; set GEOPRIO_RAW)"
        )
    return folder


@pytest.fixture(scope="session")
def real_outcome(shared: Shared, real_raw: Path) -> Outcome:
    return shared.outcome("real", shipped_folder() / "storstockholm.toml", real_raw)


@pytest.fixture(scope="session")
def real_result(shared: Shared, real_outcome: Outcome) -> Run:
    return shared.run("real", real_outcome)


@pytest.fixture(scope="session")
def real_out(shared: Shared, real_result: Run) -> Path:
    """Return the folder that the real county's run has written to."""
    assert real_result.paths
    return shared.home / "real-run"


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


@pytest.fixture
def soffice(tmp_path: Path) -> Callable[..., Path]:
    """Return what opens files in LibreOffice, and saves them in a folder as files of a kind."""
    program = _program("GEOPRIO_SOFFICE", "soffice", "libreoffice")
    profile, out = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", tmp_path / "saved"

    def save(kind: str, *paths: Path, options: tuple[str, ...] = ()) -> Path:
        given = [program, profile, "--headless", *options, "--convert-to", kind, "--outdir", out]
        subprocess.run([*given, *paths], check=True, capture_output=True, timeout=600)
        return out

    return save


@pytest.fixture(scope="session")
def firefox() -> str:
    return _program("GEOPRIO_FIREFOX", "firefox-esr", "firefox")


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
