"""What the shell completes."""

import shutil
from pathlib import Path

import pytest

from geoprio.cli.entry import campaign_files, edition_names
from geoprio.config import shipped_folder
from tests.cli.conftest import python


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(shipped_folder(), tmp_path / "kampanj")
    (tmp_path / "kampanj" / "vendors" / "tryckeriet.toml").write_text("", encoding="utf-8")
    (tmp_path / ".dold").mkdir()
    shutil.copy(shipped_folder() / "demo.toml", tmp_path / ".dold" / "demo.toml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def completed(*words: str) -> list[str]:
    """Return what a shell is offered for the last word."""
    code = "import sys; sys.argv = ['geoprio']; from geoprio.cli import main; main()"
    line = " ".join(["geoprio", *words])
    done = python(
        "-c",
        code,
        _GEOPRIO_COMPLETE="complete_bash",
        COMP_WORDS=line.replace(" ", "\n"),
        COMP_CWORD=str(len(words)),
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.usefixtures("folder")
def test_campaign_files_are_found_below_and_by_their_beginning() -> None:
    every = campaign_files("")
    assert "kampanj/storstockholm.toml" in every
    assert not any("groups" in path or "sources" in path or ".dold" in path for path in every)
    assert campaign_files("kampanj/stor") == [
        "kampanj/storstockholm.toml",
        "kampanj/storstockholm_2026.toml",
    ]
    assert campaign_files("ingen/") == []


def test_editions_are_those_of_elections() -> None:
    assert edition_names("r") == ["riksdag", "region"]


@pytest.mark.usefixtures("folder")
def test_the_shell_is_offered_commands_campaigns_and_vendors() -> None:
    assert completed("ve") == ["vendor", "verify"]
    assert completed("run", "kampanj/demo2") == ["kampanj/demo2026.toml"]
    vendors = completed("vendor", "kampanj/storstockholm.toml", "t")
    assert vendors == ["tryckeriet"]
    assert completed("check", "kampanj/storstockholm.toml", "--election", "r") == [
        "riksdag",
        "region",
    ]
