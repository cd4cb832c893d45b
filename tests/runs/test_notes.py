"""Notes in words: every figure is told with its method, its total and where it comes from."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pandas as pd
import pytest

from geoprio.config import Combine, Group, Profile, load_campaign, load_named, shipped_folder
from geoprio.runs.notes import layer_notes
from geoprio.scores.vocabulary import worded_for
from geoprio.words import Language

if TYPE_CHECKING:
    from geoprio.config import Brief
    from geoprio.scores import Located

SHIPPED = shipped_folder()


def note(method: str, source: str, language: Language) -> str:
    rows = {"group": "lo", "election": "riksdag", "base": "electorate", "share_se": 0.1}
    rows["source"] = source
    choice = {"method": method, "measure": "", "why": f"why_{method}"}
    plans = SimpleNamespace(
        campaign=load_campaign(SHIPPED / "demo.toml"),
        groups={"lo": load_named(Group, "groups", "lo", (SHIPPED,))},
    )
    level = SimpleNamespace(
        groups=pd.DataFrame({**rows, "method": [method, method]}),
        chosen=pd.DataFrame(choice, index=["lo"]),
    )
    notes = layer_notes(cast("Brief", plans), {}, cast("Located", level), language=language)
    return notes["lo"]


HOW: dict[Language, str] = {
    "sv": "I 2 områden är siffran uppskattad ur näringsgren och kön: ",
    "en": "In 2 areas the figure is estimated from industry and sex: ",
}
SAID: dict[Language, str] = {
    "sv": " LO-distriktet i Stockholms län: omkring 176 000 medlemmar (odaterad uppgift), fördelade"
    " efter de sysselsattas näringsgren och kön (SCB 2023).",
    "en": " LO's district in Stockholms län: about 176,000 members (undated), spread by industry"
    " and sex of the employed (SCB 2023).",
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_synthetic_estimate_is_told_with_its_total_and_its_source(language: Language) -> None:
    total = "LO-distriktet i Stockholms län: omkring 176 000 medlemmar (odaterad uppgift)"
    told = note("synthetic", f"{total}; SCB 2023", language)
    assert HOW[language] in told
    assert SAID[language] in told


def test_a_proxy_is_told_by_its_indicators() -> None:
    told = note("proxy", "whatever", "sv")
    assert "fördelade efter låg medelinkomst och hög andel röster på S." in told
    assert "näringsgren" not in told


@pytest.mark.parametrize(
    ("combine", "told"),
    [
        ("sum", "var för sig i snitt {value} av väljarna"),
        ("any", "minst en av målgrupperna ({value} av väljarna)"),
        ("max", "{value} av väljarna när var och en räknas i sin tyngsta grupp"),
    ],
)
@pytest.mark.parametrize("channel", ["canvass", "organise"])
def test_the_intensity_is_told_as_it_is_counted(channel: str, combine: Combine, told: str) -> None:
    profile = load_named(Profile, "profiles", channel, (SHIPPED,))
    worded = worded_for(profile, combine)
    (criterion,) = (item for item in worded.criteria if item.indicator == "intensity_share")
    assert told in criterion.strong.sv
    assert told in criterion.weak.sv
    assert ("genomsnitt" in criterion.label.sv) == (combine == "sum")
    others = [item for item in profile.criteria if item.indicator != "intensity_share"]
    assert [item for item in worded.criteria if item is not criterion] == others
