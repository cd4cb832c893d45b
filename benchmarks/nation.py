"""Times a run of the whole country beside that of its largest county, stage by stage.

The country is made: 21 demo counties of about their official number of DeSO, each on its own
municipalities, their files put together as the authorities' files of the whole country are. Each
run is a process of its own, so that its peak of memory is its own; seconds are the processor's.
`per area` is the country's seconds for each small area over the county's: above 1 grows faster than
the areas. The last table times what would dominate at a million areas, with its slope in log-log
and what that says of a million: an extrapolation, not a measurement.

Run it with `python benchmarks/nation.py [--folder build/nation] [--again] [--areas 5984]`.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine
import xlsxwriter

from geoprio.areas import build_crosswalk
from geoprio.config.campaign import Method, Uncertainty
from geoprio.config.counties import County, counties
from geoprio.demo import write_demo
from geoprio.files.maps.geometry import draw_areas, encode_shapes
from geoprio.groups import Nest, fit_joint, protect
from geoprio.scores import SetRule, rank_confidence_sets
from geoprio.scores.uncertainty import rank_uncertainty
from size import RUN, STAGES, WHOLE, describe_machine, slope, tell

ROOT = Path(__file__).parents[1]
DESO, SEED = 5_984, 2026
COUNTRY = "whole country"
LARGEST = "01"
FEWEST = 100
"""Small areas that a demo county has at least; Gotland has 39."""
LEFT_OUT = re.compile(r"2025|2026|^2018_|lan-2018|lokaler\.json$|stationer|\.md5$|\.toml$")
"""Files of other years than the country is run for."""
PEAK, AREAS, WRITTEN = "peak MB", "small areas", "MB written"
KERNELS = (3_000, 10_000, 30_000, 100_000)
MILLION, DRAWS = 1_000_000, 500


def main() -> None:
    """Make the country, run it and its largest county, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "nation")
    parser.add_argument("--areas", type=int, default=DESO, help="about so many small areas")
    parser.add_argument("--again", action="store_true", help="make and measure anew")
    parser.add_argument("--kernels", type=int, default=30_000, help="largest size of these")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure_one(options.folder / options.one)
        return
    if options.again:
        shutil.rmtree(options.folder, ignore_errors=True)
    write_country(options.folder, options.areas)
    for name in ("county", "country"):
        if not (options.folder / name / "figures.json").is_file():
            tell(f"{name} ...")
            command = [sys.executable, __file__, "--one", name, "--folder", str(options.folder)]
            subprocess.run(command, check=True)
    found = {
        name: json.loads((options.folder / name / "figures.json").read_text(encoding="utf-8"))
        for name in ("county", "country")
    }
    print(f"{describe_machine()}\n\n{table(found)}\n")
    print(kernels([size for size in KERNELS if size <= options.kernels]))


def write_country(folder: Path, areas: int) -> None:
    """Write the raw files of every county, and of the country, with a campaign in each."""
    parts = []
    total = sum(county.residents_thousands for county in counties().values())
    for place, (code, county) in enumerate(counties().items()):
        part = folder / "counties" / code
        parts.append(part)
        if not part.is_dir():
            size = max(FEWEST, round(areas * county.residents_thousands / total))
            write_demo(part, areas=size, seed=SEED + place, county=code)
    if not (folder / "country" / "raw").is_dir():
        merge(parts, folder / "country" / "raw")
    campaign = (ROOT / "config" / "demo.toml").read_text(encoding="utf-8")
    everywhere = campaign.replace(f'county_code = "{LARGEST}"', 'counties = "all"')
    for name, text in (("county", campaign), ("country", everywhere)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "campaign.toml").write_text(text, encoding="utf-8")
    for file in ("associations.csv",):
        shutil.copy(parts[0] / file, folder / "county" / file)
        shutil.copy(folder / "country" / "raw" / file, folder / "country" / file)


def merge(parts: list[Path], folder: Path) -> None:
    """Write the raw files of 2022 of several demo counties as one folder of files of all of them.

    Each county's file of polling districts stays by itself, as at the authority, and one without a
    region has no row in the region's election.
    """
    (folder / "privat").mkdir(parents=True)
    names = {path.relative_to(part) for part in parts for path in part.rglob("*.*")}
    for name in sorted(names):
        every = [part / name for part in parts if (part / name).is_file()]
        if name.parts[0] == "facit" or LEFT_OUT.search(name.name):
            continue
        if "region" in name.name:
            every = [it for it in every if _county(it.parent).elects_region]
        if name.name.startswith("valdistrikt-"):
            shutil.copy(every[0], folder / name)
        elif every and name.suffix in MERGERS:
            MERGERS[name.suffix](every, folder / name)


def _county(part: Path) -> County:
    """Return the county that a folder of raw files is of."""
    towns = pd.read_csv(part / "kommuner.csv", dtype=str)
    return counties()[towns["county_code"][0]]


def _merge_csv(paths: list[Path], made: Path) -> None:
    text = paths[0].read_text(encoding="utf-8-sig")
    sign = max(",;", key=text.partition("\n")[0].count)
    frames = [pd.read_csv(it, sep=sign, dtype=str, encoding="utf-8-sig") for it in paths]
    pd.concat(frames).to_csv(made, sep=sign, index=False, encoding="utf-8")


def _merge_geojson(paths: list[Path], made: Path) -> None:
    pages = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    features = [one for page in pages for one in page["features"]]
    counted = {key: len(features) for key in pages[0] if key.startswith(("total", "number"))}
    whole = {**pages[0], **counted, "features": features}
    made.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def _merge_json(paths: list[Path], made: Path) -> None:
    """Put json-stat datasets together along their regions, which come first."""
    replies = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    first = replies[0]
    assert first["id"][0] == "Region"
    held = [reply["dimension"]["Region"]["category"] for reply in replies]
    labels = {code: label for one in held for code, label in one["label"].items()}
    first["dimension"]["Region"]["category"] = {
        "index": {code: place for place, code in enumerate(labels)},
        "label": labels,
    }
    first["size"][0] = len(labels)
    first["value"] = [value for reply in replies for value in reply["value"]]
    made.write_text(json.dumps(first, ensure_ascii=False), encoding="utf-8")


def _merge_xlsx(paths: list[Path], made: Path) -> None:
    books = [python_calamine.CalamineWorkbook.from_path(path) for path in paths]
    name = books[0].sheet_names[0]
    rows = [book.get_sheet_by_name(book.sheet_names[0]).to_python() for book in books]
    with xlsxwriter.Workbook(str(made), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(name)
        every = [*rows[0], *(row for one in rows[1:] for row in one[1:])]
        for place, row in enumerate(every):
            sheet.write_row(place, 0, row)


MERGERS: dict[str, Callable[[list[Path], Path], None]] = {
    ".csv": _merge_csv,
    ".geojson": _merge_geojson,
    ".json": _merge_json,
    ".xlsx": _merge_xlsx,
}


def measure_one(home: Path) -> None:
    """Run a campaign, and keep what each stage took of the processor."""
    spent: dict[str, float] = {}
    for words, place, name in STAGES:
        module = import_module(place)
        setattr(module, name, timed(getattr(module, name), words, spent))
    pipeline = import_module(RUN)
    raw = home / "raw" if (home / "raw").is_dir() else home.parent / "counties" / LARGEST
    begun = time.process_time()
    run = pipeline.run(home / "campaign.toml", raw=raw, out=home / "out")
    spent[WHOLE] = time.process_time() - begun
    files = [path for path in (home / "out").rglob("*") if path.is_file()]
    spent[WRITTEN] = sum(path.stat().st_size for path in files) / 1e6
    spent[PEAK] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent[AREAS] = len(run.levels[run.area_sets[-1]].areas)
    (home / "figures.json").write_text(json.dumps(spent, indent=2), encoding="utf-8")


def timed(function: Callable[..., Any], words: str, spent: dict[str, float]) -> Callable[..., Any]:
    """Return a function that notes its processor seconds, those of all calls together."""

    def call(*given: object, **named: object) -> object:
        start = time.process_time()
        try:
            return function(*given, **named)
        finally:
            spent[words] = spent.get(words, 0.0) + time.process_time() - start

    return call


def table(found: dict[str, dict[str, float]]) -> str:
    """Return a markdown table: what each stage took in the county, the country, and per area."""
    county, country = found["county"], found["country"]
    grown = country[AREAS] / county[AREAS]
    rows = []
    for words, value in country.items():
        ratio = "" if words == AREAS else f"{value / county[words] / grown:.2f}"
        rows.append(f"| {words} | {county[words]:,.4g} | {value:,.4g} | {ratio} |")
    head = f"| processor seconds | county {LARGEST} | {COUNTRY} | per area |"
    return "\n".join([head, "|---|---|---|---|", *rows])


def kernels(sizes: list[int]) -> str:
    """Return a markdown table: seconds of what would dominate by areas, and at a million."""
    measured = pd.DataFrame({size: kernel_seconds(size) for size in sizes})
    rows = []
    for words, row in measured.iterrows():
        power = float(slope(row) or 1)
        million = row.iloc[-1] * (MILLION / sizes[-1]) ** power
        values = " | ".join(f"{value:.3g}" for value in row)
        rows.append(f"| {words} | {values} | {power:.2f} | {million:,.0f} |")
    named = " | ".join(f"{size:,}" for size in sizes)
    head = f"| processor seconds, by areas | {named} | slope | {MILLION:,} (extrapolated) |"
    return "\n".join([head, f"|---|{'---|' * len(sizes)}---|---|", *rows])


def kernel_seconds(size: int) -> dict[str, float]:
    """Return what a crosswalk, shapes, ranks, joint tables and disclosure control take."""
    # What the other scripts draw comes with their peers, which a test of `merge` need not load.
    from crosswalk import draw_coverage
    from uncertainty import draw_figures

    tell(f"{size:,} areas ...")
    rng = np.random.default_rng(SEED)
    sources, targets = draw_coverage(size, seed=1), draw_coverage(size, seed=2)
    size = len(sources)
    estimate = pd.Series(10 * rng.standard_normal(size), sources.index)
    error = pd.Series(np.exp(0.5 * rng.standard_normal(size)), sources.index)
    shares = pd.DataFrame(rng.uniform(0.05, 0.5, (size, 4)), sources.index, list("abcd"))
    cells = pd.Series(1.0, [f"{number:04b}" for number in range(16)])
    people = pd.Series(rng.integers(800, 2_500, size).astype(float), sources.index)
    counted = pd.DataFrame({"a_count": (people * shares["a"] / 10).round(), "all_count": people})
    above = pd.Series([f"{number // 30:07d}" for number in range(size)], sources.index)
    tops = pd.Series("01", sorted(set(above)))
    bases = {"a_count": "all_count"}
    nest = Nest({"small": above, "large": tops})
    measured, profile = draw_figures(size)
    doubt = Uncertainty(
        draws=DRAWS, methods=(Method(normalise="percentile", aggregate="arithmetic"),)
    )
    works: dict[str, Callable[[], object]] = {
        "crosswalk to as many districts": lambda: build_crosswalk(sources, targets),
        "shapes of a map": lambda: encode_shapes(draw_areas(sources)),
        "confidence sets of ranks": lambda: rank_confidence_sets(
            estimate, error, SetRule(), rng=np.random.default_rng(1)
        ),
        f"{DRAWS:,} draws of 8 criteria": lambda: rank_uncertainty(
            measured, profile, doubt, top_k=50, rng=np.random.default_rng(1)
        ),
        "joint tables of four groups": lambda: fit_joint(shares, seed=cells),
        "small counts withheld": lambda: protect({"small": counted}, bases, nest, minimum_count=10),
    }
    found = {}
    for words, work in works.items():
        begun = time.process_time()
        work()
        found[words] = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | {f"{PEAK} of all these": peak}


if __name__ == "__main__":
    main()
