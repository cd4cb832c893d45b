"""The house: who may import whom, and how large a room may be."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "geoprio"
FILES = sorted(SRC.rglob("*.py"))

FLOORS = (
    "errors",
    "words",
    "config",
    "tables",
    ("sources", "files"),
    "areas",
    "counts",
    "groups",
    "scores",
    "plans",
    "runs",
    ("reports", "pipeline"),
    "cli",
)
"""From the ground up: a room imports from the floors below its own. `proof` and `demo` stand beside
the steps, and nobody imports them but the command line."""
PLACE = {
    name: floor
    for floor, names in enumerate(FLOORS)
    for name in ([names] if isinstance(names, str) else names)
} | {"proof": FLOORS.index("plans"), "demo": FLOORS.index("tables") + 1}
ONLY_IN: dict[str, str | tuple[str, ...]] = {
    "folium": "files/maps",
    "branca": "files/maps",
    "http": "sources",
    "requests": "sources/fetch",
    "urllib": "sources",
    "rich": "cli",
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
    above = {name for name in used if PLACE[name] > PLACE[own]}
    assert not above, f"{own} imports {sorted(above)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_library_stays_in_its_room(path: Path) -> None:
    place = path.relative_to(SRC).as_posix()
    for name in imported(path):
        home = ONLY_IN.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{place} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_file_is_at_most_600_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


TEXTS = sorted(
    path
    for kind in ("py", "toml", "js", "css", "html")
    for path in SRC.rglob(f"*.{kind}")
    # The demo is made of one county's published totals, and the wheel's config may name any.
    if not {"demo", "defaults"} & set(path.relative_to(SRC).parts)
)
OF_ONE_COUNTY = re.compile(
    r"stockholm|\b01[1-8]\d\b|\b019[0-2]\b|sweref ?99 ?18|\b3011\b", re.IGNORECASE
)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(SRC)))
def test_no_county_is_known_outside_the_demo(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert OF_ONE_COUNTY.findall(text) == []
    if path.suffix == ".py":
        assert "01" not in county_codes(ast.parse(text))


def county_codes(tree: ast.Module) -> list[str]:
    """Return the constants of two digits in code, but those whose digits are multiplied out."""
    multiplied = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "product"
        for part in node.args
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in multiplied
        if isinstance(node.value, str) and re.fullmatch(r"\d\d", node.value)
    ]


def test_a_county_in_code_would_be_found() -> None:
    assert county_codes(ast.parse('read_source(county_code="01")')) == ["01"]
    assert county_codes(ast.parse('product("01", repeat=4)')) == []
    for name in ("Stockholms län", "storstockholm", '"0180"', "SWEREF 99 18 00", "EPSG:3011"):
        assert OF_ONE_COUNTY.search(name)
