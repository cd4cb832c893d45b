"""The house: who may import whom, and how large a room may be."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "geoprio"
FILES = sorted(SRC.rglob("*.py"))

ALLOWED = {
    "errors": set(),
    "texts": set(),
    "config": {"errors"},
    "schemas": {"errors"},
    "areas": {"errors", "texts", "config", "schemas"},
    "groups": {"errors", "texts", "config", "schemas"},
    "scoring": {"errors", "texts", "config", "schemas", "areas", "groups"},
    "planning": {"errors", "texts", "config", "schemas", "areas", "groups"},
    "evaluation": {"errors", "texts", "config", "schemas", "areas", "groups", "scoring"},
    "sources": {"errors", "texts", "config", "schemas"},
    "outputs": {"errors", "texts", "config", "schemas"},
    "demo": {"errors", "texts", "config", "schemas"},
    "pipeline": {
        *("errors", "texts", "config", "schemas", "areas", "groups", "scoring", "planning"),
        *("sources", "outputs"),
    },
    "fetching": {"errors", "texts", "config", "pipeline", "sources"},
    "checking": {"texts", "config", "groups", "pipeline", "sources"},
    "verifying": {"errors", "texts", "outputs"},
    "cli": {
        *("errors", "texts", "config", "pipeline", "sources", "demo"),
        *("fetching", "checking", "verifying"),
    },
}
ONLY_IN: dict[str, str | tuple[str, ...]] = {
    "folium": "outputs/maps",
    "branca": "outputs/maps",
    "http": "sources",
    "requests": "sources/web",
    "urllib": "sources",
    "rich": ("cli", "checking"),
    "typer": "cli",
}


def room(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_no_import_runs_back_up(path: Path) -> None:
    own = room(path)
    if own in {"__init__", "__main__"}:
        return
    used = {name.split(".")[1] for name in imported(path) if name.startswith("geoprio.")}
    # `__version__` stands in the package itself.
    used -= {own, "__version__"}
    assert used <= ALLOWED[own], f"{own} imports {sorted(used - ALLOWED[own])}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_library_stays_in_its_room(path: Path) -> None:
    place = path.relative_to(SRC).as_posix()
    for name in imported(path):
        home = ONLY_IN.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{place} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_file_is_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
