"""The public names: imported late, typed, documented, and their examples run."""

import ast
import doctest
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
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


PAGE = Path(__file__).parents[1] / "docs" / "api.md"
MOST_LINES_OF_A_TASK = 9


def own_files(folder: Path) -> None:
    """Write what a reader of the ten tasks has of their own."""
    areas = gp.read_run("data/processed/demo").geo()
    codes = pd.DataFrame({"area_code": areas.index})
    numbers = codes.assign(libraries_per_1000=range(len(codes)), low=40, all=200)
    numbers.drop(columns=["low", "all"]).to_csv("bibliotek.csv", sep=";", index=False)
    numbers[["area_code", "low", "all"]].to_csv("data/raw/demo/aldre.csv", sep=";", index=False)
    postal = areas.dissolve("municipality_code", as_index=False)
    postal["postal_code"] = "1" + postal["municipality_code"]
    shown = postal[["postal_code", "area_name", "municipality_code", "geometry"]]
    shown.to_file("postnummer.geojson")
    postal.assign(members_count=10)[["postal_code", "members_count"]].to_csv(
        "medlemmar.csv", sep=";", index=False
    )
    Path("lokaler.csv").write_text("name;lon;lat\nPartilokalen;18.07;59.33\n", encoding="utf-8")
    for kind, toml in zip(("sources", "groups"), blocks("toml"), strict=True):
        (folder / "data" / "raw" / "demo" / kind).mkdir()
        (folder / "data" / "raw" / "demo" / kind / "aldre.toml").write_text(toml, encoding="utf-8")


def blocks(kind: str) -> list[str]:
    tasks = PAGE.read_text(encoding="utf-8").partition("## Ten tasks")[2].partition("\n## ")[0]
    return re.findall(rf"```{kind}\n(.*?)```", tasks, re.DOTALL)


@pytest.mark.filterwarnings("ignore::matplotlib.MatplotlibDeprecationWarning")
def test_the_ten_tasks_of_an_analyst_are_short_and_run(workshop: Path) -> None:
    own_files(workshop)
    first, *tasks = blocks("python")
    assert len(tasks) == 10
    names: dict[str, Any] = {}
    for code in (first, *tasks):
        assert len(code.strip().splitlines()) <= MOST_LINES_OF_A_TASK
        exec(code, names)  # noqa: S102
    assert names["moved"].abs().max() > 0
    assert names["scores"]["score"].notna().any()
    assert names["moved_members"]["members_count"].sum() == pytest.approx(10 * 26)
    assert 0.01 < (names["side"]["riksdag"] - names["side"]["kommun"]).abs().max() < 0.5
    assert "59.33" in Path("karta.html").read_text(encoding="utf-8")
    assert names["fifth"].geo()["aldre_share"].between(0.15, 0.25).any()
    assert set(names["town"]["municipality_code"]) == {"0127"}
    assert len(names["alike"]) == 5
    with pytest.raises(gp.ConfigError, match="did you mean doors_per_km2"):
        names["run"].profiles["canvass"].weighted(doors_per_km=1)
