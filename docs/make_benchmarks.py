"""Writes docs/benchmarks.md from every script of benchmarks/, each with its machine and date.

What a script printed is kept in `build/benchmarks/<name>.md` and not measured again, unless
`--again`: a stopped command goes on where it stopped. Only an idle machine is worth measuring on.

Run it with `python docs/make_benchmarks.py [--largest 10000] [--again] [--show] [--only NAME]`.
"""

import argparse
import ast
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "benchmarks"
KEPT = ROOT / "build" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"
BY_SIZE = "size"

ASKED = {
    "addresses": "300,000 points read and joined within 10 s of processor time and 1.5 GB.",
    "crosswalk": "tobler / ours at least 1.6; ours / bare at most 1.1.",
    "disclosure": "the check under 2 s for the county.",
    "hindsight": "a back-test of the real county at most 1.5 times two runs' processor seconds.",
    "joint": "6,160 areas x 16 cells under 0.05 s, 0.2 s with a skewed seed; ipfn / ours at least"
    " 300, shares equal to 1e-8.",
    "mailing": "an optimum, proved; no speed was asked for.",
    "maps": "of Leaflet's canvas: open at most 0.8, file 0.6, heap 0.4, layer switch at most 2.0,"
    " desktop and slowed phone, at 1,811, 6,160 and 100,000 areas; the real county's file at most"
    " 1.1 MB.",
    "nation": "all Sweden, 5,984 DeSO, in one campaign; what a million areas would cost.",
    "plan": "gap 0.02 % within 5 s, 10 s with binding floors; 6,160 areas 0.05 % within 40 s; 50"
    " wish prices within 5 s; 1,287 DeSO as 110 turfs within 5 s, unequal by 1.5 % (mean), 5 % at"
    " most.",
    "rank_sets": "1,287 areas under 0.5 s, 6,160 under 3 s, under 600 MB.",
    "run": "at most 2.5 times the peer's processor seconds, 1.5 times its wall seconds; under"
    " 600 MB.",
    "startup": "`geoprio --help` under 0.5 s.",
    "uncertainty": "2,000 draws of 1,287 areas x 8 criteria under 0.8 s, 10,000 of 6,160 under 12 s"
    " in under 500 MB; scikit-criteria / ours at least 10 and 5 per draw.",
    "size": "cost against size for each stage, with its slope.",
}
"""What was asked of each script's figures when the thing it measures was ordered."""

HEAD = """# Benchmarks

Made by `make benchmarks-page`, which runs every script of `benchmarks/` and keeps what it printed.
Each says on which machine and day, and how busy the machine was: with other work beside, seconds
and ratios mean little. Where two programs are compared they take turns in one run, and figures are
medians.
"""


def main() -> None:
    """Run what is not measured yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--again", action="store_true", help="measure anew what is measured")
    parser.add_argument("--only", nargs="*", default=[], help="names of scripts; else all")
    parser.add_argument("--show", action="store_true", help="write the page of what there is")
    options = parser.parse_args()
    names = sorted(path.stem for path in SCRIPTS.glob("*.py"))
    unknown = sorted(set(options.only) - set(names))
    if unknown:
        parser.error(f"{', '.join(unknown)}: no such script; expected {', '.join(names)}")
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in [] if options.show else options.only or names:
        kept = KEPT / f"{name}.md"
        # The script of sizes keeps its own figures, and may have more of them than last time.
        if options.again or name == BY_SIZE or not kept.is_file():
            sys.stderr.write(f"{name} ...\n")
            kept.write_text(measure(name, options.largest, again=options.again), encoding="utf-8")
            PAGE.write_text(page(names), encoding="utf-8")
    PAGE.write_text(page(names), encoding="utf-8")


def measure(name: str, largest: int, *, again: bool) -> str:
    """Return what a script prints, with the day."""
    more = ["--largest", str(largest), *(["--again"] if again else [])] if name == BY_SIZE else []
    told = subprocess.run(
        [sys.executable, str(SCRIPTS / f"{name}.py"), *more],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return f"{date.today().isoformat()}. {told.stdout.strip()}\n"


def page(names: list[str]) -> str:
    """Return the page: what each script measures, and what it printed."""
    parts = [HEAD]
    for name in names:
        kept = KEPT / f"{name}.md"
        found = kept.read_text(encoding="utf-8") if kept.is_file() else "Not measured yet.\n"
        asked = f"Asked for: {ASKED[name]}"
        parts.append(f"## {name}.py\n\n{what_it_does(name)}\n\n{asked}\n\n{found}")
    return "\n".join(parts)


def what_it_does(name: str) -> str:
    """Return a script's docstring as markdown, without the line on how it is run."""
    code = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
    told = (ast.get_docstring(ast.parse(code)) or "").split("\n\nRun it with")[0]
    return "\n".join(f"> {line}".rstrip() for line in told.splitlines())


if __name__ == "__main__":
    main()
