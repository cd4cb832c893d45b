"""The public names: imported late, typed, documented, and their examples run."""

import ast
import doctest
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from numpydoc.validate import validate

import geoprio as gp

FAULTS = {
    "GL08": "has no docstring",
    "PR01": "leaves a parameter out",
    "PR02": "tells of a parameter that is not there",
    "PR03": "has its parameters in another order",
    "PR07": "has a parameter without a word",
    "RT01": "does not say what it returns",
    "RT03": "has a return value without a word",
    "EX01": "has no example",
}
FUNCTIONS = [name for name in gp.__all__ if inspect.isfunction(getattr(gp, name))]
SRC = Path(gp.__file__).parent


@pytest.fixture(scope="module")
def workshop(
    demo_raw: Path, demo_out: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return a folder such as a reader of the examples has, after `geoprio demo`."""
    folder = tmp_path_factory.mktemp("workshop") / "demo"
    shutil.copytree(demo_out, folder)
    shutil.copytree(demo_raw, folder / "data" / "raw" / "demo")
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after running some code."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_importing_geoprio_loads_no_heavy_library() -> None:
    loaded = loaded_by("import geoprio; dir(geoprio); geoprio.__version__")
    heavy = {"pandas", "numpy", "geopandas", "scipy", "pydantic", "folium", "sklearn"}
    assert not loaded & heavy
    assert "pandas" in loaded_by("import geoprio; geoprio.normalise")


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'normalize'"):
        gp.normalize  # noqa: B018
    assert gp.scores.normalise is gp.normalise
    assert {"run", "scores", "__version__"} <= set(dir(gp))


def test_what_type_checkers_read_is_what_is_imported() -> None:
    tree = ast.parse(Path(gp.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) == set(gp._HOMES)
    for name, home in gp._HOMES.items():
        assert f"{typed[name]}.".startswith(f"geoprio.{home}."), name
    assert (SRC / "py.typed").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_it_takes_returns_and_gives_an_example(name: str) -> None:
    function = getattr(gp, name)
    found = validate(f"{function.__module__}.{function.__qualname__}")["errors"]
    assert [f"{name} {FAULTS[code]}: {told}" for code, told in found if code in FAULTS] == []


@pytest.mark.parametrize("name", gp.__all__)
@pytest.mark.usefixtures("workshop")
def test_the_examples_of_a_public_name_are_true(name: str) -> None:
    finder = doctest.DocTestFinder(recurse=inspect.isclass(getattr(gp, name)))
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for example in finder.find(getattr(gp, name), name, globs={}):
        runner.run(example, out=told.append)
    assert not runner.failures, "".join(told)
