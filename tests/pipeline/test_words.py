"""Notes in words: every figure is told with its method, its total and where it comes from."""

import pandas as pd
import pytest

from geoprio.config import Group, load_campaign, load_named, shipped_folder
from geoprio.pipeline.words import layer_notes
from geoprio.texts import Language

SHIPPED = shipped_folder()


def note(method: str, source: str, language: Language) -> str:
    rows = pd.DataFrame(
        {"group": "lo", "method": [method, method], "base": "adults", "source": source}
    )
    groups = {"lo": load_named(Group, "groups", "lo", (SHIPPED,))}
    campaign = load_campaign(SHIPPED / "demo.toml")
    return layer_notes(campaign, {}, groups, rows, language=language)["lo"]


SAID: dict[Language, str] = {
    "sv": "Beräknad ur näringsgren och kön (uppskattning) i 2 av 2 områden. LO-distriktet i"
    " Stockholms län: omkring 176 000 medlemmar (odaterad uppgift), fördelade efter de sysselsattas"
    " näringsgren och kön (SCB 2023).",
    "en": "Computed from industry and sex (estimate) in 2 of 2 areas. LO's district in Stockholms"
    " län: about 176,000 members (undated), spread by industry and sex of the employed (SCB 2023).",
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_synthetic_estimate_is_told_with_its_total_and_its_source(language: Language) -> None:
    total = "LO-distriktet i Stockholms län: omkring 176 000 medlemmar (odaterad uppgift)"
    assert SAID[language] in note("synthetic", f"{total}; SCB 2023", language)


def test_a_proxy_is_told_by_its_indicators() -> None:
    told = note("proxy", "whatever", "sv")
    assert "fördelade efter låg medelinkomst och hög andel röster på S." in told
    assert "näringsgren" not in told
