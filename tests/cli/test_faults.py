"""What is wrong in a file or a setting is told in the language of whoever reads it."""

import re
from pathlib import Path

import pytest

from geoprio.config import shipped_folder
from tests.cli.conftest import Call

COUNTY = shipped_folder() / "storstockholm.toml"
CAMPAIGN = """\
name = "prov"
title = "Prov"
county_code = "1"
profiles = ["canvass", 2]
colour = "red"
"""
GROUP = """\
label = { sv = "Prov", en = "Prov" }
definition = { sv = "Prov", en = "Prov" }
question = { sv = "Prov", en = "Prov" }
"""
FAULTS = {
    "run a missing campaign": (["run", "ingen.toml"], "filen finns inte; `geoprio init MAPP`"),
    "run a wrong campaign": (["run", "prov.toml"], "okänd nyckel"),
    "run without raw files": (["run", COUNTY, "--raw", "tom"], "filer saknas"),
    "check a wrong campaign": (["check", "prov.toml"], "fel"),
    "validate an empty folder": (["validate", "tom"], "här finns ingen TOML-fil"),
    "validate a model's own words": (["validate", "groups/prov.toml"], "en målgrupp behöver"),
    "validate a list": (["validate", "associations.csv"], "här finns kolumnerna"),
    "validate what is no TOML": (["validate", "trasig.toml"], "inte TOML: rad 1: värdet är varken"),
    "fetch without a network": (["fetch", COUNTY, "--offline", "--raw", "tom"], "finns inte i tom"),
    "sources": (["sources", COUNTY, "--raw", "tom"], "geoprio fetch hämtar den"),
    "init where something is": (["init", "groups"], "här finns något redan"),
    "verify without a sheet": (["verify", "prov.toml"], "inget kontrollblad i dess mapp"),
    "verify what is not there": (["verify", "ingen.csv"], "(den finns inte)"),
    "init below a file": (["init", "prov.toml/ny"], "en del av vägen dit är en fil"),
    "report of no run": (["report", "tom", "map"], "ingen färdig körning"),
    "mail from no run": (["mail", "tom"], "ingen färdig körning"),
    "vendor from no run": (["vendor", "tom", "svensk_direktreklam"], "ingen färdig körning"),
    "explain no run": (["explain", "tom"], "ingen färdig körning"),
    "diff of no runs": (["diff", "tom", "tom"], "ingen färdig körning"),
}
"""A line with a fault, and what a Swede is told of it."""
ENGLISH = re.compile(r"\b(the|is|are|expected|found|missing|from)\b")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with faults."""
    for folder in ("tom", "groups"):
        (tmp_path / folder).mkdir()
    (tmp_path / "prov.toml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "trasig.toml").write_text("a = \n", encoding="utf-8")
    (tmp_path / "groups" / "prov.toml").write_text(GROUP, encoding="utf-8")
    (tmp_path / "associations.csv").write_text("förening;kod\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_the_reader_s_language(call: Call, name: str) -> None:
    line, swedish = FAULTS[name]
    for told in (call(*line, LANG="sv_SE.UTF-8"), call(*line, "--lang", "sv")):
        assert told.exit_code in (0, 1, 2)
        assert swedish in told.output
        # What a publisher or a library says stays as it is; so do names of files and of keys.
        if told.exit_code == 2:
            prose = re.sub(r"`[^`]*`|'[^']*'|\([^()]*\)|https?:\S+", "", told.stderr)
            assert ENGLISH.findall(prose) == []
    assert swedish not in call(*line).output


@pytest.mark.usefixtures("here")
def test_the_machine_s_document_says_it_in_the_same_language(call: Call) -> None:
    told = call("run", "ingen.toml", "--json", LANG="sv_SE.UTF-8")
    assert '"message": "ingen.toml: filen finns inte' in told.stdout
