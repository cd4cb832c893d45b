"""The command as its user runs it, in any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoprio import __version__
from geoprio.config import load_campaign
from tests.conftest import AREAS, SEED
from tests.runs.test_demo_run import all_bytes

pytestmark = pytest.mark.slow


def geoprio(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "geoprio", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        errors="replace",
        env={key: value for key, value in os.environ.items() if key != "GEOPRIO_RAW"} | environment,
    )


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
    done = geoprio("demo", *seed, cwd=folder, PYTHONIOENCODING="ascii", **other)
    assert done.returncode == 0, done.stderr
    paths = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
    assert len(paths) > 5
    assert all((folder / path).is_file() for path in paths)
    assert (folder / "maps" / "demo" / "index.html").is_file()
    made = all_bytes(folder)
    raw = {name: made.pop(name) for name in list(made) if name.startswith("data/raw/")}
    given = {f"data/raw/demo/{name}": one for name, one in all_bytes(demo_raw).items()}
    for ours, theirs in ((raw, given), (made, all_bytes(demo_out))):
        assert ours.keys() == theirs.keys()
        assert [name for name in ours if ours[name] != theirs[name]] == []


def test_init_writes_a_campaign_that_loads_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "kampanj"
    assert geoprio("init", str(folder), cwd=tmp_path).returncode == 0
    assert load_campaign(folder / "storstockholm.toml").county_code == "01"
    assert (folder / "groups" / "unga.toml").is_file()
    again = geoprio("init", str(folder), cwd=tmp_path)
    assert again.returncode == 2
    assert "holds something already" in again.stderr


def test_raw_data_is_looked_for_where_the_user_said(tmp_path: Path) -> None:
    geoprio("init", "kampanj", cwd=tmp_path)
    campaign = "kampanj/storstockholm.toml"
    by_default = geoprio("run", campaign, cwd=tmp_path)
    assert by_default.returncode == 2
    assert "storstockholm" in by_default.stderr.replace(campaign, "")
    assert f"geoprio fetch {campaign}" in by_default.stderr
    named = geoprio("run", campaign, cwd=tmp_path, GEOPRIO_RAW=str(tmp_path / "annan"))
    assert "annan" in named.stderr
    given = geoprio(
        "run", campaign, "--raw", "tredje", cwd=tmp_path, GEOPRIO_RAW=str(tmp_path / "annan")
    )
    assert "tredje" in given.stderr


def test_places_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    for arguments in (
        ["init", "fil"],
        ["init", "fil/under"],
        ["run", "."],
        ["demo", "--areas", "120", "--out", "fil/under"],
        ["demo", "--seed", "-1"],
    ):
        done = geoprio(*arguments, cwd=tmp_path)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_a_file_that_came_back_is_verified(tmp_path: Path) -> None:
    (tmp_path / "sänt.csv").write_text("kod;namn\r\n0117;Örby\r\n", encoding="utf-8-sig")
    (tmp_path / "åter.csv").write_text("kod;namn\r\n117;Örby\r\n", encoding="utf-8-sig")
    same = geoprio("verify", "sänt.csv", "--against", "sänt.csv", cwd=tmp_path)
    assert (same.returncode, same.stderr) == (0, "")
    other = geoprio("verify", "åter.csv", "--against", "sänt.csv", "--lang", "en", cwd=tmp_path)
    assert other.returncode == 1
    assert "0117, kod: leading zeros are lost: '117'; sent '0117'" in other.stdout
    none = geoprio("verify", "åter.csv", cwd=tmp_path)
    assert none.returncode == 2
    assert "--against" in none.stderr
    assert "Traceback" not in none.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    assert geoprio("--version", cwd=tmp_path).stdout == f"geoprio {__version__}\n"
