"""The benchmarks' own arithmetic, and a page that has a place for each of them."""

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "benchmarks").glob("*.py"))


def module_of(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def size() -> ModuleType:
    return module_of(ROOT / "benchmarks" / "size.py")


def test_the_slope_is_the_power_that_the_cost_grows_by(size: ModuleType) -> None:
    areas = [1_000, 3_000, 10_000, 30_000]
    square = pd.Series([1.0, *(3e-6 * n**2 for n in areas[1:])], index=areas)
    assert size.slope(square) == "2.00"
    assert size.slope(square.iloc[:2]) == ""


def test_what_is_measured_is_printed_and_not_measured_again(tmp_path: Path) -> None:
    kept = {"areas": 1_000, "figures": {"whole run": 9.5, "peak MB": 400.0}}
    kept |= {"machine": "a machine", "date": "2026-01-02"}
    (tmp_path / "1000.json").write_text(json.dumps(kept), encoding="utf-8")
    command = [sys.executable, str(ROOT / "benchmarks" / "size.py"), "--largest", "1000"]
    told = subprocess.run(
        [*command, "--folder", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "1,000: 2026-01-02, a machine." in told.stdout
    assert "| whole run | 9.5 |  |" in told.stdout
    assert told.stderr == ""


def test_a_stage_s_seconds_are_those_of_all_its_calls(size: ModuleType) -> None:
    spent: dict[str, float] = {}
    double = size.timed(lambda value: 2 * value, "double", spent)
    assert [double(value) for value in (1, 2)] == [2, 4]
    first = spent["double"]
    double(3)
    assert spent["double"] > first


def test_the_page_has_a_place_for_every_benchmark() -> None:
    make = module_of(ROOT / "docs" / "make_benchmarks.py")
    page = make.page([path.stem for path in SCRIPTS])
    for path in SCRIPTS:
        told = make.what_it_does(path.stem)
        assert told.startswith("> ")
        assert "Run it with" not in told
        assert f"## {path.name}\n\n{told}\n" in page
