"""Help and faults in Swedish and English."""

import ast
import re
from pathlib import Path

import pytest
import typer
import typer.main

from geoprio.cli.entry import app, worded_message
from geoprio.words import table
from tests.cli.conftest import Call

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
ENGLISH = re.compile(
    r"\b(Usage|Options?|Arguments|Commands?|Error|Show|Install|Try|default|required|the|is|of|"
    r"file|folder|missing|invalid|value)\b",
    re.IGNORECASE,
)
FAULTS = (
    ["nonsense"],
    ["rum"],
    ["--nonsense"],
    ["run"],
    ["run", "a.toml", "b.toml"],
    ["run", "a.toml", "--aut", "x"],
    ["run", "a.toml", "--raw"],
    ["demo", "--areas", "many"],
    ["demo", "--seed", "-1"],
    ["demo", "--out", __file__],
    ["check", "a.toml", "--election", "påve"],
    ["vendor", "a.toml", "--edition", "x"],
    ["vendor", "a.toml", "x", "--edition", "x", "--election-day", "2030-13-01"],
    ["--version=1"],
    ["run", "a.toml", "--lang"],
    ["--quiet"],
)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_swedish_to_the_last_word(call: Call, command: str) -> None:
    arguments = [command, "--help"] if command else ["--help"]
    swedish, english = call(*arguments, "--lang", "sv"), call(*arguments, "--lang", "en")
    assert swedish.exit_code == english.exit_code == 0
    # Names of commands and options are the same in both languages.
    prose = re.sub(r"--[\w-]+|data/raw/\S*|^│ \w+", "", swedish.output, flags=re.MULTILINE)
    assert ENGLISH.findall(prose) == []
    assert "Användning: geoprio" in swedish.output
    assert "Visa den här texten." in swedish.output
    assert "Usage: geoprio" in english.output
    assert "Show this message and exit." in english.output
    for told in (swedish.output, english.output):
        assert re.search(r"0 .*1 .*2 .*70 .*130 ", told), "no exit codes"


def test_the_language_is_the_line_s_else_the_environment_s_else_the_computer_s(call: Call) -> None:
    def is_swedish(*arguments: str, **environment: str) -> bool:
        return "Användning" in call(*arguments, "--help", **environment).output

    assert not is_swedish()
    assert is_swedish(LANG="sv_SE.UTF-8")
    assert is_swedish(LANG="en_GB", LC_ALL="sv_FI")
    assert not is_swedish(LANG="sv_SE.UTF-8", GEOPRIO_LANG="en")
    assert is_swedish("--lang=sv", GEOPRIO_LANG="en")
    assert is_swedish("--lang", "sv", "run", GEOPRIO_LANG="en")
    wrong = call("--help", GEOPRIO_LANG="finska")
    assert wrong.exit_code == 2
    assert "GEOPRIO_LANG: found 'finska'; expected sv or en" in wrong.stderr


@pytest.mark.parametrize("line", FAULTS, ids=" ".join)
def test_a_fault_of_the_line_is_told_in_swedish(call: Call, line: list[str]) -> None:
    told = call(*line, GEOPRIO_LANG="sv")
    assert told.exit_code == 2
    assert told.stdout == ""
    assert "Fel: " in told.stderr
    assert "%" not in told.stderr
    prose = re.sub(r"--[\w-]+|'[^']*'", "", told.stderr)
    assert ENGLISH.findall(prose) == []
    english = call(*line)
    assert "Error: " in english.stderr
    assert "Value error" not in english.stderr


@pytest.mark.parametrize("line", [["--lang", "fr", "run"], ["run", "a.toml", "--lang=fr"]])
def test_another_language_is_refused_wherever_it_stands(call: Call, line: list[str]) -> None:
    told = call(*line, LANG="sv_SE.UTF-8")
    assert told.exit_code == 2
    assert "Ogiltigt värde för '--lang': 'fr' är inget av 'sv', 'en'." in told.stderr


def test_what_is_not_known_stays_as_it_is() -> None:
    assert worded_message("Something new.", "sv") == "Something new."
    one = "Invalid value for '--x': Something new."
    assert worded_message(one, "sv") == "Ogiltigt värde för '--x': Something new."


def test_the_english_is_typer_s_own() -> None:
    """A sentence that typer has changed would be shown in English, and nobody would see why."""
    texts = {
        node.value
        for path in Path(typer.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    joined = "\n".join(texts)
    for english in table("line", "en").values():
        if english.startswith(("Input should", "Value error")):  # pydantic's, met in the faults
            continue
        pieces = re.split(r"\{\w+\}|Missing |option |argument |an |dir |file ", english)
        assert all(piece.strip(" .") in joined for piece in pieces), english
