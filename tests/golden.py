"""Checksums of every output of small runs: `python tests/golden.py MANIFEST [--against OTHER]`.

A move must leave every byte where it was. Two demo campaigns in both languages, with the mailing,
a vendor's order, an explanation and a difference; what differs from another manifest is listed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GEOPRIO = [sys.executable, "-m", "geoprio"]
AREAS = "200"


def speak(*words: str, here: Path) -> bytes:
    done = subprocess.run(
        [*GEOPRIO, *words],
        cwd=here,
        check=False,
        capture_output=True,
        env=os.environ | {"COLUMNS": "100", "GEOPRIO_RAW": "", "LANG": "C.UTF-8"},
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


def make(here: Path) -> dict[str, bytes]:
    said = {}
    raw = ["--raw", "data/raw/demo"]
    speak("demo", "--areas", AREAS, here=here)
    first = here / "data/raw/demo/demo.toml"
    lighter = here / "data/raw/demo/lighter.toml"
    words = first.read_text(encoding="utf-8")
    words = words.replace('name = "demo"', 'name = "lighter"').replace("unga = 1.0", "unga = 0.5")
    lighter.write_text(words, encoding="utf-8")
    for campaign in ("demo", "lighter", "demo2026"):
        file = f"data/raw/demo/{campaign}.toml"
        for language in ("sv", "en"):
            out = ["--out", language, "--lang", language]
            said[f"{campaign} {language}"] = speak("run", file, *raw, *out, here=here)
            area = ["Rinkeby", "--run", f"{language}/data/processed/{campaign}"]
            area[0] = first_area(here / area[2])
            said[f"explain {campaign} {language}"] = speak(
                "explain", *area, "--lang", language, here=here
            )
    for language in ("sv", "en"):
        out = ["--out", language, "--lang", language]
        file = "data/raw/demo/demo.toml"
        speak("mail", file, *out, here=here)
        speak("mail", file, "--households", "60000", *out, here=here)
        order = ["svensk_excel", "--edition", "riksdag", "--election-day", "2030-09-08"]
        speak("vendor", file, *order, *out, here=here)
        runs = [f"{language}/data/processed/{name}" for name in ("demo", "lighter")]
        said[f"diff {language}"] = speak("diff", *runs, "--lang", language, here=here)
        said[f"check {language}"] = speak("check", file, *raw, *out, here=here)
    shutil.rmtree(here / "data" / "processed")
    shutil.rmtree(here / "maps")
    return said


def first_area(folder: Path) -> str:
    ranking = (folder / "ranking.csv").read_text(encoding="utf-8-sig").splitlines()
    return next(
        cell.strip('"') for line in ranking[1:] for cell in line.split(";") if "R" in cell[4:5]
    )


def manifest(here: Path) -> dict[str, str]:
    said = make(here)
    files = {
        path.relative_to(here).as_posix(): path.read_bytes()
        for path in sorted(here.rglob("*"))
        if path.is_file()
    }
    return {name: hashlib.sha256(content).hexdigest() for name, content in (files | said).items()}


def main() -> None:
    """Write the manifest, and tell what differs from another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--keep", type=Path, help="folder that the files are left in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        here = asked.keep or Path(made)
        here.mkdir(parents=True, exist_ok=True)
        found = manifest(here)
    lines = [f"{checksum}  {name}\n" for name, checksum in found.items()]
    asked.manifest.write_text("".join(lines), encoding="utf-8")
    if asked.against is None:
        return
    held = dict(
        reversed(line.rstrip("\n").split("  ", 1))
        for line in asked.against.read_text(encoding="utf-8").splitlines()
    )
    differing = [name for name in {**held, **found} if held.get(name) != found.get(name)]
    for name in differing:
        kind = "gone" if name not in found else "new" if name not in held else "differs"
        print(f"{kind:8} {name}")  # noqa: T201 - what the command says
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
