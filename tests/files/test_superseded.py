"""A new run leaves no file of an earlier one that nobody would make today, and no other file."""

import hashlib
import json
from pathlib import Path

import pytest

from geoprio.files.folder import earlier_files, remove_superseded


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
