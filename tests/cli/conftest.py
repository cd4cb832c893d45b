"""The command called in this process, and as its user runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from geoprio.cli.entry import app

Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process, on a computer that speaks no Swedish."""
    for name in ("LC_ALL", "LC_MESSAGES", "GEOPRIO_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    # Wide enough that no box breaks a sentence.
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str | Path, **environment: str) -> Result:
        return CliRunner().invoke(app, [*map(str, arguments)], env=environment, prog_name="geoprio")

    return run


def python(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        errors="replace",
        env=os.environ | environment,
    )
