"""What every command has in common: quiet, JSON, exit codes, and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geoprio import __version__, pipeline
from geoprio.cli import fetches as fetching
from geoprio.cli import readiness as checking
from geoprio.cli import verification as verifying
from geoprio.cli.entry import amount, app, command, count
from geoprio.cli.voice import Voice, voice_for
from geoprio.config import shipped_folder
from geoprio.errors import ConfigError
from tests.cli.conftest import Call

DEMO = shipped_folder() / "demo.toml"
COUNTY = shipped_folder() / "storstockholm.toml"
PATIENCE = 600.0
"""Seconds after which a process is given up, on a machine as busy as may be."""
SHARED = {"command", "exit_code", "warnings"}
WORK = {
    "run": (pipeline, "run", [DEMO]),
    "fetch": (fetching, "fetch", [COUNTY, "--offline"]),
    "sources": (fetching, "load", [COUNTY]),
    "check": (checking, "load", [DEMO]),
    "verify": (verifying, "verified", ["fil.csv"]),
}


def document(told: str) -> dict[str, Any]:
    """Return what stands on standard output: one document and nothing else."""
    read: dict[str, Any] = json.loads(told)
    assert read.keys() >= SHARED
    return read


def given(told: str) -> set[str]:
    return set(document(told)) - SHARED


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    (tmp_path / "sänt.csv").write_text("kod;namn\r\n0117;Örby\r\n", encoding="utf-8-sig")
    (tmp_path / "åter.csv").write_text("kod;namn\r\n117;Örby\r\n", encoding="utf-8-sig")
    return tmp_path


def test_a_check_that_finds_nothing_wanting_ends_with_0_and_else_with_1(
    call: Call, sent: Path
) -> None:
    same = call("verify", sent / "sänt.csv", "--against", sent / "sänt.csv", "--json")
    assert (same.exit_code, document(same.stdout)["exit_code"]) == (0, 0)
    assert document(same.stdout)["same"] is True
    other = call("verify", sent / "åter.csv", "--against", sent / "sänt.csv", "--json")
    assert (other.exit_code, document(other.stdout)["exit_code"]) == (1, 1)
    assert document(other.stdout)["differences"][0]["kind"] == "zeros"
    told = call("verify", sent / "åter.csv", "--against", sent / "sänt.csv").stdout
    assert "0117, kod: leading zeros are lost: '117'; sent '0117'" in told
    assert given(other.stdout) == {"same", "differences"}
    assert other.stderr == ""
    empty = call("check", DEMO, "--raw", sent, "--json")
    assert (empty.exit_code, document(empty.stdout)["whole"]) == (1, False)


def test_quiet_says_nothing_but_what_is_wrong(call: Call, sent: Path) -> None:
    other = call("verify", sent / "åter.csv", "--against", sent / "sänt.csv", "--quiet")
    assert (other.exit_code, other.output) == (1, "")
    for line in (["check", DEMO, "--raw", sent], ["sources", COUNTY], ["init", sent / "ny"]):
        assert call(*line, "--quiet").output == ""
    wrong = call("run", sent / "ingen.toml", "--quiet")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "ingen.toml: no such file" in wrong.stderr


def test_files_are_in_swedish_whatever_the_computer_speaks() -> None:
    english = voice_for(["run", "a.toml"], {"LANG": "en_GB.UTF-8"})
    assert (english.language, english.written) == ("en", "sv")
    assert voice_for(["run", "--lang", "en"], {"LANG": "sv_SE.UTF-8"}).written == "en"
    assert voice_for(["run"], {"GEOPRIO_LANG": "en"}).written == "en"
    assert voice_for(["run", "--", "--lang", "en", "--json"], {}).written == "sv"


def test_json_has_the_keys_that_are_documented(call: Call, tmp_path: Path) -> None:
    assert given(call("init", tmp_path / "ny", "--json").stdout) == {
        *("folder", "campaign", "then", "assumed")
    }
    listed = call("sources", COUNTY, "--raw", tmp_path, "--json")
    assert given(listed.stdout) == {"sources"}
    one = document(listed.stdout)["sources"][0]
    assert set(one) == {"source", "title", "state", "files", "age_days", "licence", "how"}
    checked = call("check", DEMO, "--raw", tmp_path, "--json")
    assert given(checked.stdout) == {
        *("year", "electorates", "methods", "elsewhere", "left_out", "lacking"),
        *("decisions", "doubts", "whole"),
    }
    assert document(call("--version", "--json").stdout)["version"] == __version__
    assert call("--version").stdout == f"geoprio {__version__}\n"


def test_faults_are_json_too(call: Call, tmp_path: Path) -> None:
    wrong = call("run", tmp_path / "ingen.toml", "--json")
    read = document(wrong.stdout)
    assert (wrong.exit_code, read["exit_code"], read["command"]) == (2, 2, "run")
    assert read["error"]["kind"] == "ConfigError"
    assert "no such file" in read["error"]["message"]
    assert wrong.stderr == ""
    line = document(call("--json", "run").stdout)
    assert line["error"] == {"kind": "MissingParameter", "message": "Missing argument 'campaign'."}
    (tmp_path / "fil").write_text("", encoding="utf-8")
    place = document(call("init", tmp_path / "fil" / "under", "--json", "--lang", "sv").stdout)
    assert place["exit_code"] == 2
    assert place["error"]["message"].endswith("en plats som går att använda väntades")
    offline = document(call("fetch", COUNTY, "--raw", tmp_path, "--offline", "--json").stdout)
    assert (offline["error"]["kind"], offline["files"]) == ("SourceError", [])


def test_a_fault_of_geoprio_s_own_is_no_check_that_found_something(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr(pipeline, "run", fails)
    broken = call("run", DEMO, "--json", "--lang", "sv")
    read = document(broken.stdout)
    assert (broken.exit_code, read["exit_code"], read["error"]["kind"]) == (70, 70, "KeyError")
    assert read["error"]["message"].startswith("ett fel i geoprio: KeyError")
    assert "Traceback" in broken.stderr


@pytest.mark.parametrize("name", WORK)
def test_ctrl_c_is_one_line_and_130(call: Call, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module, function, arguments = WORK[name]

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, function, stopped)
    for language, word in (("sv", "avbrutet"), ("en", "stopped")):
        done = call(name, *arguments, "--lang", language)
        assert (done.exit_code, done.stdout) == (130, "")
        assert done.stderr.startswith(word)
        assert done.stderr.count("\n") == 1
    read = document(call(name, *arguments, "--json").stdout)
    assert (read["exit_code"], read["error"]["kind"]) == (130, "Stopped")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGINT")
@pytest.mark.slow
def test_ctrl_c_while_a_county_is_made_up(tmp_path: Path) -> None:
    # A shell that runs the tests in the background ignores SIGINT, and so would the command.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    line = ["demo", "--areas", "100", "--lang", "sv", "--out", str(tmp_path)]
    piped: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    try:
        demo = subprocess.Popen([sys.executable, "-m", "geoprio", *line], encoding="utf-8", **piped)
    finally:
        signal.signal(signal.SIGINT, heard)
    raw, deadline = tmp_path / "data" / "raw" / "demo", time.monotonic() + PATIENCE
    while not raw.is_dir() and demo.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    demo.send_signal(signal.SIGINT)
    out, err = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, out) == (130, "")
    assert err.splitlines() == ["avbrutet"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other pipes")
@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    line = [sys.executable, "-m", "geoprio", "sources", str(COUNTY), "--raw", str(tmp_path)]
    done = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_function_that_only_tells_is_a_command_with_all_manners(call: Call) -> None:
    """What the package's docstring says of a new command."""
    before = list(app.registered_commands)

    @command
    def version(voice: Voice) -> None:
        voice.say("en rad")

    try:
        assert call("version").stdout == "en rad\n"
        assert call("version", "--quiet").stdout == ""
        assert document(call("version", "--json").stdout)["lines"] == ["en rad"]
    finally:
        app.registered_commands[:] = before


@pytest.mark.parametrize("mark", ["", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"])
def test_thousands_are_read_as_they_are_written(mark: str) -> None:
    assert amount(f"250{mark}000") == count(f"250{mark}000") == 250_000
    assert amount(f"1{mark}250,50") == 1250.5


@pytest.mark.parametrize("said", ["250.000", "250,000", "1.250.000", "0.125"])
def test_a_mark_that_may_part_thousands_is_asked_about(said: str) -> None:
    """250.000 kronor is not 250: nothing is guessed."""
    for reader in (amount, count):
        with pytest.raises(ConfigError, match="thousands or decimals"):
            reader(said)


@pytest.mark.parametrize("said", ["", "-5", "nan", "1e6", "1,2,3", "250 kr"])
def test_what_is_no_amount_is_refused(said: str) -> None:
    with pytest.raises(ConfigError, match="no amount"):
        amount(said)


def test_a_command_asks_before_it_reads_a_run(call: Call) -> None:
    for option in ("--budget", "--households"):
        done = call("mail", "ingen", option, "250.000", "--lang", "sv")
        assert done.exit_code == 2
        assert "250000" in done.stderr
        assert "tusental" in done.stderr
