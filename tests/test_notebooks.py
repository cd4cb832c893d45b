"""The notebooks run from their first cell to their last, and hold no outputs in git."""

import html
import re
import shutil
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from geoprio.config import shipped_folder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own machinery, not of the notebooks
    from jupyter_client.manager import KernelManager, start_new_kernel
    from nbclient import NotebookClient

BOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FETCHED = re.compile(r"""(?:src|href)=["']?https?:(?!//leafletjs\.com)[^"'> ]*""")
COLOURS = {
    "full": "#3a0d52",
    "ask": "#d08c1d",
    "complement": "#8fb8c4",
    "keep": "#c3d7dd",
    "joint": "#eef2f4",
}
"""What each verdict is drawn in, the most urgent darkest; of ours alone, "ask" is warm."""
IDS = [path.stem for path in BOOKS]


def cells(path: Path) -> list[nbformat.NotebookNode]:
    found: list[nbformat.NotebookNode] = nbformat.read(path, as_version=4).cells
    return found


def execute(
    path: Path, kernel: KernelManager, told: dict[str, Path]
) -> list[nbformat.NotebookNode]:
    """Return what the cells of a notebook give, in a kernel that forgets the one before."""
    book = nbformat.read(path, as_version=4)
    settings = {name: str(value) for name, value in told.items()}
    first = f"%reset -f\nimport os\nos.environ.update({settings!r})\ndel os"
    book.cells.insert(0, nbformat.v4.new_code_cell(first))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = NotebookClient(book, km=kernel, timeout=600)
        try:
            client.execute()
        finally:
            client.kc.stop_channels()
    return [item for cell in book.cells for item in cell.get("outputs", [])]


@pytest.fixture(scope="module")
def demo(
    demo_raw: Path, demo_out: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return what a notebook is told by: a copy of the run, for one saves a map beside it."""
    out = shutil.copytree(demo_out, tmp_path_factory.mktemp("demo") / "out")
    campaign = demo_raw / "demo.toml"
    return {"GEOPRIO_CAMPAIGN": campaign, "GEOPRIO_OUT": out, "GEOPRIO_RAW": demo_raw}


@pytest.fixture(scope="module")
def real(
    real_raw: Path, real_out: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    out = shutil.copytree(real_out, tmp_path_factory.mktemp("real") / "out")
    campaign = shipped_folder() / "storstockholm.toml"
    return {"GEOPRIO_CAMPAIGN": campaign, "GEOPRIO_OUT": out, "GEOPRIO_RAW": real_raw}


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelManager]:
    """Return a kernel for all notebooks: each imports what the one before has imported."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        # A notebook's warnings are errors, as a test's are.
        patch.setenv("PYTHONWARNINGS", "error::FutureWarning,error::UserWarning:geoprio")
        manager, client = start_new_kernel(cwd=str(BOOKS[0].parent))
        client.stop_channels()
        yield manager
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_a_notebook_runs_on_the_demo_county(
    path: Path, demo: dict[str, Path], kernel: KernelManager
) -> None:
    run_with(path, demo, kernel)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_a_notebook_runs_on_the_real_county(
    path: Path, real: dict[str, Path], kernel: KernelManager
) -> None:
    run_with(path, real, kernel)


def run_with(path: Path, told: dict[str, Path], kernel: KernelManager) -> None:
    outputs = execute(path, kernel, told)
    kinds = {item.output_type for item in outputs}
    assert "error" not in kinds
    assert [item.text for item in outputs if item.output_type == "stream"] == []
    assert any("image/png" in item.get("data", {}) for item in outputs)
    pages = [html.unescape(item.get("data", {}).get("text/html", "")) for item in outputs]
    maps = [page for page in pages if "L.map(" in page]
    assert bool(maps) == ("gp.explore(" in path.read_text(encoding="utf-8"))
    assert [link for page in maps for link in FETCHED.findall(page)] == []
    explored = [page for page in maps if "__folium_color" in page]
    for page in explored if path.stem == "03_scores" else []:
        told = re.findall(r'"__folium_color": "([^"]+)".*?"verdict_canvass": "(\w+)"', page)
        assert told
        assert all(COLOURS[word] == colour for colour, word in told)


@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_a_notebook_in_git_has_no_outputs_and_names_no_machine(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert set(book.metadata) == {"kernelspec"}
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("/home/", "/Users/", "/work/", "/tmp/"))


@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_a_notebook_tells_before_it_shows_and_takes_short_steps(path: Path) -> None:
    found = cells(path)
    assert found[0].cell_type == "markdown"
    assert found[0].source.startswith("# ")
    longest = max(len(cell.source.splitlines()) for cell in found if cell.cell_type == "code")
    assert longest <= 16


def test_what_a_map_in_a_notebook_needs_is_installed_with_the_package() -> None:
    """`GeoDataFrame.explore` imports these, and geopandas does not ask for them."""
    project = tomllib.loads((BOOKS[0].parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    own, extra = (
        {re.split("[>=]", one)[0] for one in asked}
        for asked in (project["dependencies"], project["optional-dependencies"]["notebook"])
    )
    assert own >= {"folium", "mapclassify", "matplotlib"}
    assert extra == {"ipywidgets", "itables", "jupyterlab"}
