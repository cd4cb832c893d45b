"""Bars of long work: on a terminal only, never where a program reads."""

import io
import sys

import pytest

from geoprio import pipeline
from geoprio.cli.voice import FetchBar, Voice, stages
from geoprio.words import texts


class Screen(io.StringIO):
    """Standard error of somebody who looks."""

    def isatty(self) -> bool:
        """Return what makes a terminal of it."""
        return True


def shown(voice: Voice, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what bars write on standard error; what is said meanwhile goes its own way."""
    read = io.StringIO()
    # Set while the test runs: pytest sets its own between a fixture and the test.
    with monkeypatch.context() as patch:
        patch.setenv("TERM", "xterm")
        patch.setattr(sys, "stderr", screen)
        patch.setattr(sys, "stdout", read)
        with stages(voice, pipeline.STAGES) as begins:
            for name in pipeline.STAGES:
                begins(name)
            sys.stdout.write("said")
        with FetchBar(voice):
            pass
    assert read.getvalue() == "said"
    return screen.getvalue()


def test_a_terminal_sees_the_stages_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Ritar kartorna" in shown(Voice("sv"), Screen(), monkeypatch)
    assert "Drawing the maps" in shown(Voice("en"), Screen(), monkeypatch)


@pytest.mark.parametrize("how", [{"quiet": True}, {"as_json": True}])
def test_quiet_and_json_show_no_bar(how: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Voice("sv", **how), Screen(), monkeypatch) == ""


def test_a_file_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert shown(Voice("sv"), io.StringIO(), monkeypatch) == ""


def test_every_stage_has_words() -> None:
    for name in ("demo", *pipeline.STAGES):
        assert f"stage_{name}" in texts("sv")
