"""A run or an order killed at any write leaves no half file, and the next one is whole."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from geoprio.config import Vendor, load_named, shipped_folder
from geoprio.files import folder as atomic
from geoprio.files import render_vendor_files
from geoprio.files.folder import replace_all
from geoprio.runs import Run
from tests.files.vendors.toys import DELIVERY, toy_selection

pytestmark = pytest.mark.whole

Contents = dict[str, bytes]


def contents_of(folder: Path) -> Contents:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def run_files(demo_result: Run, demo_out: Path) -> tuple[Contents, str]:
    """Return every file of a run, and its seal."""
    seal = demo_result.paths["record"].relative_to(demo_out).as_posix()
    contents = contents_of(demo_out)
    kinds = {Path(name).suffix for name in contents}
    assert kinds == {".html", ".csv", ".xlsx", ".gpkg", ".parquet", ".json"}
    return contents, seal


@pytest.fixture(scope="module")
def order_files() -> tuple[Contents, str]:
    """Return the files of an order, and the control sheet that seals them."""
    vendor = load_named(Vendor, "vendors", "svensk_excel", (shipped_folder(),))
    contents = render_vendor_files(toy_selection(), vendor, DELIVERY)
    return contents, next(name for name in contents if name.endswith(".toml"))


def write(folder: Path, contents: Contents, seal: str) -> None:
    replace_all({folder / name: one for name, one in contents.items()}, seal=folder / seal)


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a process that dies, without a word, at its `step`th act on a file.

    Return whether it lived to the end.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = step

    def counted(act: Callable[..., object], *, half: bool) -> Callable[..., object]:
        def run(path: Path, *given: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                if half:  # the disk is full, or the power goes, in the middle of a file
                    plain(path, bytes(given[0])[: len(bytes(given[0])) // 2])
                os._exit(9)
            return act(path, *given)

        return run

    plain = Path.write_bytes
    Path.write_bytes = counted(Path.write_bytes, half=True)  # type: ignore[method-assign]
    Path.replace = counted(Path.replace, half=False)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink, half=False)  # type: ignore[method-assign]
    try:
        work()
    except BaseException:  # noqa: BLE001
        os._exit(1)
    os._exit(0)


@pytest.mark.parametrize("what", ["run_files", "order_files"])
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_no_half_file_whenever_it_is_killed(
    what: str,
    again: bool,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What a dead process leaves is in the system's hands; only a power cut asks more of the disk.
    monkeypatch.setattr(atomic, "_flush", lambda _: None)
    contents, seal = request.getfixturevalue(what)
    old = {name: one[::-1] for name, one in contents.items()} if again else {}
    # Temporary files are written, old ones set aside (`again`), and names given.
    steps = len(contents) * (4 if again else 3)
    died = 0
    for step in range(0, steps, 1 if len(contents) < 10 else 23):
        folder = tmp_path / str(step)
        if again:
            write(folder, old, seal)
        died += not killed_at(step, lambda folder=folder: write(folder, contents, seal))
        left = contents_of(folder)
        for name in contents.keys() & left.keys():
            assert left[name] in (contents[name], old.get(name)), (step, name)
        if seal in left:
            made = contents if left[seal] == contents[seal] else old
            assert {name: left[name] for name in contents} == made, step
        write(folder, contents, seal)
        assert contents_of(folder) == contents, step
    assert died > steps / (50 if len(contents) > 10 else 2)


def test_the_seal_of_a_run_names_every_other_file(run_files: tuple[Contents, str]) -> None:
    contents, seal = run_files
    files = json.loads(contents[seal])["files"]
    assert len(files) == len(contents) - 1
    assert set(files.values()) == {
        hashlib.sha256(one).hexdigest() for name, one in contents.items() if name != seal
    }
