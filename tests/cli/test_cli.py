"""The command as its user runs it, in any folder."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Call, python
from tests.conftest import AREAS, SEED
from tests.runs.test_demo_run import all_bytes


@pytest.mark.slow
def test_the_demo_runs_in_any_folder_on_a_console_without_swedish(
    tmp_path: Path, demo_raw: Path, demo_out: Path
) -> None:
    """In another process, with other threads, it is the county and run of its seed, to the byte.

    Another seed gives another county: `demo/test_write.py`.
    """
    folder = tmp_path / "mapp med å och mellanslag"
    folder.mkdir()
    threads = "2" if os.environ.get("OMP_NUM_THREADS") == "1" else "1"
    other = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    seed = ("--areas", str(AREAS), "--seed", str(SEED))
    done = python("-m", "geoprio", "demo", *seed, cwd=folder, PYTHONIOENCODING="ascii", **other)
    assert done.returncode == 0, done.stderr
    *files, canvass, mailing, organise, last = done.stdout.splitlines()
    assert last == "öppna maps/demo/index.html"
    assert all("de tre främsta: " in line for line in (canvass, mailing, organise))
    paths = [line.split(maxsplit=1)[1] for line in files]
    assert len(paths) > 5
    assert all((folder / path).is_file() for path in paths)
    assert (folder / "maps" / "demo" / "index.html").is_file()
    made = all_bytes(folder)
    raw = {name: made.pop(name) for name in list(made) if name.startswith("data/raw/")}
    given = {f"data/raw/demo/{name}": one for name, one in all_bytes(demo_raw).items()}
    for ours, theirs in ((raw, given), (made, all_bytes(demo_out))):
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if ours[name] != theirs[name]] == []


def test_raw_data_is_looked_for_where_the_user_said(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GEOPRIO_RAW", raising=False)
    campaign = "kampanj/storstockholm.toml"
    assert call("init", "kampanj").exit_code == 0
    by_default = call("run", campaign)
    assert by_default.exit_code == 2
    assert "storstockholm" in by_default.stderr.replace(campaign, "")
    assert f'geoprio fetch "{campaign}"' in by_default.stderr
    assert "annan" in call("run", campaign, GEOPRIO_RAW=str(tmp_path / "annan")).stderr
    given = call("run", campaign, "--raw", "tredje", GEOPRIO_RAW=str(tmp_path / "annan"))
    assert "tredje" in given.stderr


PLACES = {
    "init where a file is": ["init", "fil"],
    "init below a file": ["init", "fil/under"],
    "run a folder": ["run", "."],
    "demo below a file": ["demo", "--areas", "120", "--out", "fil/under"],
    "verify without a sheet": ["verify", "fil"],
}


@pytest.mark.parametrize("name", PLACES)
def test_places_that_cannot_be_used_are_told(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fil").write_text("", encoding="utf-8")
    done = call(*PLACES[name])
    assert done.exit_code == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
