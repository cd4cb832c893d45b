"""Files have plain names and appear whole or not, whoever else writes or kills the writer."""

import fcntl
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoprio.errors import GeoprioError
from geoprio.files import folder
from geoprio.files.folder import (
    earlier_files,
    remove_superseded,
    replace_all,
    safe_names,
    write_bytes,
)


def test_a_written_file_holds_the_bytes_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fil.csv"
    for content in ("å;ä\r\n".encode("utf-8-sig"), b"again"):
        write_bytes(path, content)
        assert path.read_bytes() == content
        assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_half_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "karta.html"
    write_bytes(path, b"old")
    whole = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        whole(self, content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(GeoprioError, match="the disk is full"):
        write_bytes(path, b"half")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "upptagen").write_bytes(b"")
    with pytest.raises(GeoprioError, match=r"karta\.html: cannot be written"):
        write_bytes(tmp_path / "upptagen" / "karta.html", b"x")


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    old, new, blocked = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "folder"
    seal = tmp_path / "run.json"
    for path in (old, seal):
        path.write_bytes(b"before")
    blocked.mkdir()
    with pytest.raises(GeoprioError, match="folder: cannot be written"):
        replace_all({old: b"after", new: b"after", blocked: b"x", seal: b"after"}, seal=seal)
    assert old.read_bytes() == seal.read_bytes() == b"before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder", "old.csv", "run.json"]
    replace_all({old: b"after", new: b"after", seal: b"after"}, seal=seal)
    assert old.read_bytes() == new.read_bytes() == seal.read_bytes() == b"after"
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("fault", [PermissionError(13, "open elsewhere"), KeyboardInterrupt()])
@pytest.mark.parametrize("stage", ["set aside", "named"])
def test_a_file_that_cannot_be_had_costs_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, stage: str
) -> None:
    run(tmp_path, "a", "b")
    before = left_in(tmp_path)
    whole = Path.replace

    def busy(self: Path, target: Path) -> Path:
        if self.name == "b.csv" if stage == "set aside" else target.name == "b.csv":
            monkeypatch.undo()
            raise fault
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises((GeoprioError, KeyboardInterrupt), match=r"b\.csv: cannot|^$"):
        run(tmp_path, "a", "b", "c")
    assert left_in(tmp_path) == before


# Two at once: the second waits, or says that it may not.


@contextmanager
def held(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield
    os.close(handle)


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    done = threading.Event()
    with held(tmp_path):
        writer = threading.Thread(target=lambda: (write_bytes(tmp_path / "a", b"x"), done.set()))
        writer.start()
        assert not done.wait(0.2)
        assert list(tmp_path.iterdir()) == []
    assert done.wait(60)
    writer.join()
    assert (tmp_path / "a").read_bytes() == b"x"


def test_one_that_does_not_end_is_told_of_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "PATIENCE", 0.0)
    run(tmp_path, "a")
    before = left_in(tmp_path)
    with held(tmp_path), pytest.raises(GeoprioError, match="another geoprio is writing here"):
        run(tmp_path, "b")
    assert left_in(tmp_path) == before


def in_a_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def outcome_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    def die() -> None:
        with held(tmp_path):
            os._exit(9)

    assert outcome_of(in_a_child(die)) == 9
    write_bytes(tmp_path / "a", b"x")


def test_a_seal_never_stands_over_files_of_another(tmp_path: Path) -> None:
    """Two processes write one folder again and again: every state between is one writer's."""
    names = {"first": ("a", "b", "x/one"), "second": ("a", "b", "x/two")}

    def write(who: str) -> None:
        for turn in range(25):
            run(tmp_path, *names[who], told=f"{who} {turn}")
            require_whole_or_unsealed(tmp_path)

    children = [in_a_child(lambda who=who: write(who)) for who in names]
    assert [outcome_of(child) for child in children] == [0, 0]
    assert sealed_names(tmp_path) == left_in(tmp_path).keys() - {"run.json"}


# Killed at any act on a file: the next run leaves its own files and nobody else's.


def run(home: Path, *names: str, told: str = "") -> None:
    contents = {home / f"{name}.csv": f"{name} {names} {told}".encode() for name in names}
    sums = {
        path.relative_to(home).as_posix(): hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
    }
    record = home / "run.json"
    contents[record] = json.dumps({"files": sums}).encode()
    replace_all(contents, seal=record, earlier=lambda: earlier_files(record, [home]))


def left_in(home: Path) -> dict[str, bytes]:
    files = [path for path in home.rglob("*") if path.is_file()]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def sealed_names(home: Path) -> set[str]:
    return set(json.loads((home / "run.json").read_bytes())["files"])


def require_whole_or_unsealed(home: Path, changed: str = "") -> None:
    with held(home):
        if (home / "run.json").exists():
            for name, checksum in json.loads((home / "run.json").read_bytes())["files"].items():
                found = hashlib.sha256((home / name).read_bytes()).hexdigest()
                assert found == checksum or name == changed, name


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Return whether the work lived to its end in a process that dies at its `step`th act."""

    def dying() -> None:
        acts = count()

        def counted(act: Callable[..., object]) -> Callable[..., object]:
            def one(*given: object, **named: object) -> object:
                if next(acts) == step:
                    os._exit(9)
                return act(*given, **named)

            return one

        for name in ("write_bytes", "replace", "unlink"):
            setattr(Path, name, counted(getattr(Path, name)))
        work()

    return outcome_of(in_a_child(dying)) == 0


def test_the_run_after_a_killed_one_leaves_no_stale_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An association is renamed, the run is killed, it is renamed again, killed again, and so on.

    A file that a reader has changed stays, as ever.
    """
    monkeypatch.setattr(folder, "_flush", lambda _: None)
    died = 0
    for step in range(24):
        home = tmp_path / str(step)
        run(home, "ranking", "foreningar/gammal", "andrad")
        (home / "andrad.csv").write_bytes(b"a reader's")
        died += not killed_at(step, lambda home=home: run(home, "ranking", "foreningar/ny"))
        require_whole_or_unsealed(home, changed="andrad.csv")
        killed_at(23 - step, lambda home=home: run(home, "ranking", "foreningar/nyare"))
        require_whole_or_unsealed(home, changed="andrad.csv")
        run(home, "ranking", "foreningar/nyast")
        made = {"ranking.csv", "foreningar/nyast.csv", "run.json", "andrad.csv"}
        assert left_in(home).keys() == made, step
        assert sealed_names(home) == {"ranking.csv", "foreningar/nyast.csv"}
    assert 8 < died < 24


# What a new run does not make is removed; nothing else is.


def record(folder: Path, **files: bytes) -> Path:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    path = folder / "run.json"
    path.write_text(json.dumps({"files": sums}), encoding="utf-8")
    return path


def test_what_the_new_run_does_not_make_is_removed(tmp_path: Path) -> None:
    inside = tmp_path / "run"
    (inside / "foreningar").mkdir(parents=True)
    names = {"ranking.csv": b"a", "foreningar/gammal.xlsx": b"b", "andrad.csv": b"c"}
    earlier = record(inside, **names, **{"../utanfor.csv": b"d", "borta.csv": b"e"})
    for name, content in names.items():
        (inside / name).write_bytes(content)
    (inside / "andrad.csv").write_bytes(b"changed by its reader")
    (inside / "egen.txt").write_bytes(b"the user's own")
    (tmp_path / "utanfor.csv").write_bytes(b"d")
    remove_superseded(earlier_files(earlier, [inside]), {inside / "ranking.csv"})
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {
        *("run/ranking.csv", "run/andrad.csv", "run/egen.txt", "run/run.json", "utanfor.csv")
    }


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"files": 3}', '{"files": [1]}'])
def test_without_a_record_nothing_is_known(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    assert earlier_files(tmp_path / "run.json", [tmp_path]) == {}


# Names.


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Enskede-Årsta-Vantör", "enskede-arsta-vantor"),
        ("Hägersten–Liljeholmen", "hagersten-liljeholmen"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-x"),
        ("com1", "com1-x"),
        ("上海", "utan-namn-x"),
        ("", "utan-namn-x"),
    ],
)
def test_a_name_becomes_a_plain_one(name: str, file: str) -> None:
    assert safe_names([name]) == {name: file}


def test_names_that_would_be_alike_get_numbers_whatever_their_order() -> None:
    names = ["Täby", "Taby", "taby-2", "TÄBY"]
    assert safe_names(names) == safe_names(reversed(names))
    assert len(set(safe_names(names).values())) == 4


@given(st.lists(st.text(max_size=80), max_size=20))
def test_every_name_is_plain_and_its_own(names: list[str]) -> None:
    safe = safe_names(names)
    assert safe.keys() == set(names)
    assert len(set(safe.values())) == len(safe)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", file) for file in safe.values())
    assert all(len(file) <= 70 for file in safe.values())
