"""The real county's map as leadership meets it, in a real Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geoprio.runs import Run
from tests.visits import DESKTOP, PHONE, Visit

pytestmark = [pytest.mark.real, pytest.mark.browser]
LAYERS = [
    *("Dörrknackning", "Utskick"),
    *("Unga", "Unga, antal", "LO-medlemmar", "LO-medlemmar, antal"),
    *("Kvinnor", "Kvinnor, antal", "Invandrarbakgrund", "Invandrarbakgrund, antal"),
    *("Minst en av målgrupperna", "Valdeltagande", "Rödgröna (V, S, MP)"),
]


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_opens_switches_and_finds_tensta(
    browser: Browser, real_result: Run, device: dict[str, object]
) -> None:
    context = browser.new_context(**device, locale="sv-SE")
    visit = Visit(context, Path(real_result.paths["map"]))
    assert visit.texts("#layer option") == LAYERS
    first_rows = set()
    for place in range(len(LAYERS)):
        visit.page.select_option("#layer", str(place))
        first_rows.add(visit.texts("#rows tr")[0])
        assert len(visit.texts("#legend-classes li")) >= 2
    assert len(first_rows) == len(LAYERS)
    visit.page.select_option("#layer", "0")
    visit.page.locator("#search").fill("tensta")
    visit.page.keyboard.press("Enter")
    card = visit.page.locator("#card")
    card.wait_for(state="visible")
    assert "Tensta" in card.inner_text()
    for words in ("Dörrknackning: ", "Gör så här: ", "hör till målgrupperna"):
        assert words in card.inner_text()
    assert (visit.complaints, visit.requests) == ([], [])
    context.close()


def test_counted_and_estimated_are_told_apart(browser: Browser, real_result: Run) -> None:
    """Votes are counted; who of the electors belongs to a group is an estimate everywhere."""
    context = browser.new_context(**DESKTOP, locale="sv-SE")
    visit = Visit(context, Path(real_result.paths["map"]))
    badges = []
    for title in ("Större områden (RegSO)", "Mindre områden (DeSO)"):
        visit.page.get_by_text(title).click()
        for layer in ("LO-medlemmar", "Invandrarbakgrund", "Valdeltagande"):
            visit.page.select_option("#layer", label=layer)
            badges.append(visit.texts("#legend-title .tag"))
    sure, unsure = [], ["uppskattning"]
    assert badges == [unsure, unsure, sure, unsure, unsure, sure]
    context.close()


def test_the_map_is_small_enough_to_send(real_result: Run) -> None:
    assert real_result.paths["map"].stat().st_size < 1_200_000
