"""`docs/first-day.md`, followed to the letter by somebody who knows nothing else."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import geoprio as gp
from tests.shared import spoilable

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(sh|toml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE = "make demo"
RUN = ".venv/bin/geoprio run min-kampanj/kampanj.toml --raw data/raw/demo\n"
"""The page says so after each step; what a step before the last wrote is validated here."""


@pytest.fixture(scope="module")
def day(demo_raw: Path, demo_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the clone after a day."""
    clone = tmp_path_factory.mktemp("day") / "clone"
    shutil.copytree(demo_out, clone)
    # Of the raw files that the first command leaves, a copy whose runs take half the time.
    spoilable(demo_raw, clone / "data" / "raw" / "demo")
    shutil.copytree(ROOT / "config", clone / "config")
    commands = clone / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name, module in (("geoprio", "-m geoprio"), ("python", "")):
        path = commands / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    blocks = BLOCK.findall((ROOT / "docs/first-day.md").read_text(encoding="utf-8"))
    runs = [number for number, (_, block) in enumerate(blocks) if block == RUN]
    assert len(runs) == 3
    for number, (kind, block) in enumerate(blocks):
        validated = ".venv/bin/geoprio validate min-kampanj\n"
        follow(kind, validated if number in runs[:-1] else block, clone)
    return clone


def follow(kind: str, block: str, clone: Path) -> None:
    if kind != "sh":
        edit(block, clone)
        return
    if "make notebooks" in block:  # `test_notebooks` runs them
        return
    if block.strip() == MADE:  # made once for all tests; `test_cli` runs it
        return
    environment = {**os.environ, "PYTHONPATH": str(Path(gp.__file__).parents[1])}
    subprocess.run(["bash", "-euc", block], cwd=clone, env=environment, check=True)


def edit(block: str, clone: Path) -> None:
    """Do what a block says in its first line: write the file, or a part of it."""
    told, _, rest = block.partition("\n")
    name, _, how = told.removeprefix("# ").partition(": ")
    path = clone / name
    if not how:
        path.parent.mkdir(exist_ok=True)
        path.write_text(rest, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8")
    if how == "change the line":
        key = rest.partition(" =")[0]
        changed, times = re.subn(rf"^{key} =.*\n", rest, lines, count=1, flags=re.MULTILINE)
    else:
        header = how.removeprefix("under ").removeprefix("before the first ")
        times = lines.count(f"\n{header}\n")
        both = f"{rest}\n{header}\n" if how.startswith("before") else f"{header}\n{rest}"
        changed = lines.replace(f"\n{header}\n", f"\n{both}", 1)
    assert times >= 1, told
    path.write_text(changed, encoding="utf-8")


@pytest.mark.slow
def test_the_day_ends_with_a_group_and_a_criterion_of_one_s_own(day: Path) -> None:
    run = gp.read_run(day / "data" / "processed" / "min-kampanj")
    areas = run.geo()
    assert areas["hyresgaster_share"].notna().all()
    assert "women_of_residents_share" in areas
    profile = gp.load_profile("canvass", day / "min-kampanj" / "kampanj.toml")
    assert [item.indicator for item in profile.criteria][-1] == "turnout_share"
    told = (day / "data/processed/min-kampanj/weights.csv").read_text(encoding="utf-8-sig")
    assert "lågt valdeltagande" in told
    assert "Hyresgäster" in (day / "maps/min-kampanj/index.html").read_text(encoding="utf-8")
