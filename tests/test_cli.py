"""The command as its user runs it, in any folder."""

import os
import subprocess
import sys
from pathlib import Path

from geoprio.config import load_campaign


def geoprio(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "geoprio", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **environment},
    )


def test_the_demo_runs_in_any_folder_on_a_console_without_swedish(tmp_path: Path) -> None:
    folder = tmp_path / "mapp med å och mellanslag"
    folder.mkdir()
    done = geoprio("demo", "--areas", "120", cwd=folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    paths = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
    assert len(paths) == 4
    assert all((folder / path).is_file() for path in paths)
    assert (folder / "maps" / "demo" / "index.html").is_file()


def test_another_seed_gives_another_county_and_the_same_seed_the_same(tmp_path: Path) -> None:
    def ranking(seed: str, folder: str) -> bytes:
        (tmp_path / folder).mkdir()
        done = geoprio("demo", "--areas", "120", "--seed", seed, cwd=tmp_path / folder)
        assert done.returncode == 0, done.stderr
        return (tmp_path / folder / "data/processed/demo/ranking.csv").read_bytes()

    first = ranking("1", "a")
    assert ranking("1", "b") == first
    assert ranking("2", "c") != first


def test_init_writes_a_campaign_that_loads_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "kampanj"
    assert geoprio("init", str(folder), cwd=tmp_path).returncode == 0
    assert load_campaign(folder / "storstockholm.toml").county_code == "01"
    assert (folder / "groups" / "unga.toml").is_file()
    again = geoprio("init", str(folder), cwd=tmp_path)
    assert again.returncode == 2
    assert "holds files already" in again.stderr


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
