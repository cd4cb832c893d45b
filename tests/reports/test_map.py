"""The maps of a run: an association's own areas alone, Python's ranks, and the real county's."""

import json
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser

from geoprio.runs import Run
from tests.unpacked import payload_of
from tests.visits import DESKTOP, PHONE, Visit


@pytest.fixture(scope="module")
def pages(demo_result: Run) -> list[dict]:
    """Return what each association's map holds, with the page around it."""
    folder = demo_result.paths["map"].parent / "foreningar"
    html = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]
    return [payload_of(page) | {"around": page.split('id="data"')[0]} for page in html]


def test_every_association_has_a_map_of_its_own_areas_and_nothing_of_another_s(
    demo_result: Run, pages: list[dict]
) -> None:
    levels = [demo_result.levels[name].areas for name in ("regso_2020", "deso_2018")]
    everywhere = pd.concat(levels)
    assert len(pages) == levels[0]["association"].nunique()
    for payload in pages:
        codes = {code for level in payload["levels"] for code in level["codes"]}
        (home,) = set(everywhere["association"][list(codes)])
        own = everywhere["association"] == home
        assert codes == set(everywhere.index[own])
        held = json.dumps(payload, ensure_ascii=False)
        others = everywhere[~own]
        for word in [*others.index, *others["association"].dropna().unique()]:
            assert f'"{word}"' not in held, word


def test_no_group_no_criterion_and_no_plan_reaches_an_association(pages: list[dict]) -> None:
    for payload in pages:
        assert {layer["key"] for layer in payload["layers"]} <= {
            *("canvass", "mailing", "organise", "turnout_share", "red_green_share"),
            "region_drop_off_share",
        }
        assert not any(layer["criteria"] or layer["scenarios"] for layer in payload["layers"])
        assert not any(
            "points" in one for level in payload["levels"] for one in level["values"].values()
        )
        assert {level["key"] for level in payload["levels"]} <= {"regso_2020", "deso_2018"}


def test_classes_and_ranks_are_the_county_s(demo_result: Run, pages: list[dict]) -> None:
    county = payload_of(Path(demo_result.paths["map"]).read_text(encoding="utf-8"))
    limits = {layer["key"]: layer["limits"] for layer in county["layers"]}
    ranks = demo_result.levels["regso_2020"].scores["canvass"]["rank"]
    for payload in pages:
        for layer in payload["layers"]:
            assert layer["limits"] == limits[layer["key"]]
        level = payload["levels"][0]
        assert level["ranked"]["canvass"] == len(ranks)
        assert level["values"]["canvass"]["rank"] == ranks[level["codes"]].tolist()


MADE_ANEW = """() => data.levels.flatMap((level) => data.layers
  .filter((layer) => layer.criteria.length)
  .filter((layer) => level.values[layer.key].rank.some((one) => one !== null))
  .map((layer) => {
    const [was, is] = [level.values[layer.key], makeAnew(level.values[layer.key], layer)];
    const apart = (one, area) => Math.abs((one ?? -1) - (is.value[area] ?? -1));
    return {
      key: `${level.key} ${layer.key}`,
      ranks: was.rank.filter((one, area) => one !== is.rank[area]).length,
      score: Math.max(...was.value.map(apart)),
    };
  }))"""


def test_every_rank_made_anew_is_python_s(
    browser: Browser, demo_result: Run, tmp_path: Path
) -> None:
    html = Path(demo_result.paths["map"]).read_text(encoding="utf-8")
    before, start, after = html.rpartition("startPage(")
    opened = f"{before}Object.assign(globalThis, {{ data, makeAnew }});\n{start}{after}"
    path = tmp_path / "map.html"
    path.write_text(opened, encoding="utf-8")
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    found = page.evaluate(MADE_ANEW)
    context.close()
    assert len(found) >= 4
    for one in found:
        assert one["ranks"] == 0, one
        # The score that is shown has one decimal.
        assert one["score"] <= 0.0501, one


def test_axe_finds_no_serious_fault_on_the_demo_s_map(browser: Browser, demo_result: Run) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    address = Path(demo_result.paths["map"]).as_uri()
    page.goto(f"{address}#plats=0180R017")
    page.locator("html[data-ready]").wait_for(state="attached")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    context.close()
    grave = [one["id"] for one in found["violations"] if one["impact"] in {"serious", "critical"}]
    assert grave == []


INDEX = "Index av låg inkomst och S-röster (inte LO-medlemmar)"
LAYERS = [
    *("Dörrknackning", "Utskick"),
    *("Unga", "Unga, antal", INDEX, f"{INDEX}, antal"),
    *("Kvinnor", "Kvinnor, antal", "Invandrarbakgrund", "Invandrarbakgrund, antal"),
    *("Träffsäkerhet", "Minst en av målgrupperna", "Valdeltagande", "Rödgröna (V, S, MP)"),
    *("Bortfall till regionvalet", "Röstar olika i riksdag och kommun"),
]


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_opens_switches_and_finds_tensta(
    browser: Browser, real_result: Run, device: dict[str, object]
) -> None:
    context = browser.new_context(**device, locale="sv-SE")
    visit = Visit(context, Path(real_result.paths["map"]))
    assert visit.texts("#layer option") == LAYERS
    if device is PHONE:
        visit.page.locator("#options-toggle").click()
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
    for words in ("Dörrknackning: ", "Gör så här: ", "av väljarna"):
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
        for layer in (INDEX, "Invandrarbakgrund", "Valdeltagande"):
            visit.page.select_option("#layer", label=layer)
            badges.append(visit.texts("#legend-title .tag"))
    sure, unsure = [], ["uppskattning"]
    assert badges == [unsure, unsure, sure, unsure, unsure, sure]
    context.close()


def test_the_map_is_small_enough_to_send(real_result: Run) -> None:
    assert real_result.paths["map"].stat().st_size < 1_200_000
