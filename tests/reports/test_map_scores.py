"""The demo's map: scores made anew in the browser are Python's, rank by rank; axe on the whole."""

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser

from geoprio.runs import Run

pytestmark = pytest.mark.browser

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
      // An overview has no levels in words.
      levels: level.overview ? 0 : was.words.level.places.filter(
        (at, area) => was.words.level.once[at] !== (layer.cuts[is.cut[area]]?.label ?? "")).length,
    };
  }))"""


def test_every_rank_and_level_made_anew_is_python_s(
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
        assert (one["ranks"], one["levels"]) == (0, 0), one
        # The score that is shown has one decimal.
        assert one["score"] <= 0.0501, one


def test_axe_finds_no_serious_fault_on_the_demo_s_map(browser: Browser, demo_result: Run) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    address = Path(demo_result.paths["map"]).as_uri()
    page.goto(f"{address}#vy=sure&plats=0180R017")
    page.locator("html[data-ready]").wait_for(state="attached")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    context.close()
    grave = [one["id"] for one in found["violations"] if one["impact"] in {"serious", "critical"}]
    assert grave == []
