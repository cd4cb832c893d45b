"""Take the pages' pictures: the demo county's map and papers, and the notebooks' maps of it."""

import base64
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.reports.papers import hand_of, write_papers
from geoprio.reports.plan_files import write_plan
from geoprio.reports.proposal import planned

PICTURES = Path(__file__).parent / "img"
DESKTOP, PHONE, PAPER = (1280, 800), (390, 844), (794, 1123)
VIEWS = {
    "demo-desktop": (DESKTOP, ""),
    "demo-sure": (DESKTOP, "plats=0180R017"),
    "demo-phone": (PHONE, ""),
    "demo-print": (PAPER, "kommun=Botkyrka"),
    "demo-plan": (DESKTOP, "vy=plan&plats=0180R017"),
    "demo-brief": (PAPER, ""),
}
"""Size and address of each picture; the last as it is printed."""
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
MAPS = ("01_data", "02_groups", "03_scores", "04_mailing")
"""Notebooks that end with a map, drawn still beside the one that moves."""
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def make_pages(folder: Path) -> tuple[Path, Path]:
    """Return the demo county's map and an association's report, made in `folder`."""
    raw = folder / "raw"
    write_demo(raw, seed=2026)
    campaign = shutil.copyfile(shipped_folder() / "demo.toml", raw / "demo.toml")
    run = pipeline.run(campaign, raw=raw, out=folder)
    write_plan(planned(run))
    papers = write_papers(hand_of(run), "briefs")
    return run.paths["map"], next(path for path in papers if path.suffix == ".html")


def draw_notebooks(folder: Path) -> None:
    """Write the last picture of each notebook, run on the demo county in `folder`."""
    raw = folder / "raw"
    os.environ |= {"GEOPRIO_CAMPAIGN": str(raw / "demo.toml"), "GEOPRIO_OUT": str(folder)}
    for name in MAPS:
        book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        NotebookClient(book, timeout=600, resources={"metadata": {"path": NOTEBOOKS}}).execute()
        outputs = [item.get("data", {}) for cell in book.cells for item in cell.get("outputs", ())]
        *_, last = (one["image/png"] for one in outputs if "image/png" in one)
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(last))


def main() -> None:
    """Write every picture to docs/img."""
    chromium = os.environ.get("GEOPRIO_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("set GEOPRIO_CHROMIUM to a Chrome or Chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        map_page, brief = make_pages(Path(folder))
        browser = player.chromium.launch(executable_path=chromium, args=QUIET)
        for name, ((width, height), fragment) in VIEWS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            shown = brief if name == "demo-brief" else map_page
            page.goto(f"{shown.as_uri()}#{fragment}")
            if shown == map_page:
                page.locator("html[data-ready]").wait_for(state="attached")
            if name == "demo-print":
                page.emulate_media(media="print")
                page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.wait_for_timeout(1500)
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()
        draw_notebooks(Path(folder))


if __name__ == "__main__":
    main()
