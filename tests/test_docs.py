"""The pages: built without a warning, every link inside leads somewhere, tables as the program."""

import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import geoprio as gp
from geoprio.cli import app
from geoprio.tables import Audience, may_see

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FRONT = [ROOT / "README.md", ROOT / "README.sv.md"]
FRAGMENTS = sorted(set((ROOT / "changelog.d").glob("*.md")) - {ROOT / "changelog.d/README.md"})
MANUAL = [path for path in sorted(DOCS.rglob("*.md")) if "api" not in path.relative_to(DOCS).parts]
PAGES = [
    *FRONT,
    *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "changelog.d/README.md")),
    *FRAGMENTS,
    *MANUAL,
]
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CITED = re.compile(r"METHOD(?:'s)?((?:,? (?:and |to )?\d+\b)+)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^`?geoprio ([a-z]+)", re.MULTILINE)

SEEN = {
    "codes, names, municipalities and borders of areas": (
        *("area_code", "area_name", "municipality_code", "municipality_name", "geometry"),
    ),
    "which association an area belongs to": ("association",),
    "official counts and election results": (
        *("population_count", "age_20_24_count", "dwellings_rental_count", "votes_v_count"),
        *("turnout_share", "red_green_share"),
    ),
    "target groups: counts, shares, intervals, methods": (
        *("group", "count", "share", "low", "high", "method", "lo_share", "lo_low_share"),
    ),
    "score and rank": ("score", "rank"),
    "chance of being among the first": ("p_top",),
    "verdict in words and what to do there": ("verdict", "action"),
    "reason that may name a group": ("reason",),
    "reason that names neither origin nor union": ("public_reason",),
    "wave of a mailing": ("wave",),
    "order and cost of a mailing": ("order", "cost_sek"),
    "members and active members, own association only": ("members_count", "active_count"),
}
"""Kinds of figures, each with columns that stand for it."""


class Anchors(HTMLParser):
    """What a page links to, and the places that it can be linked at."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the link and the id of an element."""
        del tag
        found = dict(attrs)
        for name in ("href", "src"):
            if found.get(name):
                self.links.append(str(found[name]))
        if found.get("id"):
            self.places.add(str(found["id"]))


def read_html(path: Path) -> Anchors:
    page = Anchors()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the HTML, made without a warning."""
    folder = tmp_path_factory.mktemp("docs")
    # What is generated must not land among the sources.
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("api"))
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "html"]
    told = subprocess.run(
        [*command, str(folder / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    return folder / "html"


def test_no_link_of_the_built_pages_is_broken(built: Path) -> None:
    pages = {path: read_html(path) for path in sorted(built.rglob("*.html"))}
    assert len(pages) > 50
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#document"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            places = pages[target].places if target in pages else set()
            if not target.exists() or (target in pages and parts.fragment not in {"", *places}):
                broken.append(f"{path.relative_to(built)}: {link}")
    assert broken == []


def test_every_public_name_has_a_page_that_is_linked(built: Path) -> None:
    links = {link.split("#")[0] for link in read_html(built / "api.html").links}
    assert {f"api/geoprio.{name}.html" for name in gp.__all__} <= links


def test_each_map_of_a_notebook_has_its_picture_on_the_pages(built: Path) -> None:
    books = sorted((ROOT / "notebooks").glob("*.ipynb"))
    with_map = [path.stem for path in books if "gp.explore(" in path.read_text(encoding="utf-8")]
    assert len(with_map) == 4
    shown = {path.stem for path in (built / "_images").iterdir()}
    page = (built / "notebooks.html").read_text(encoding="utf-8")
    assert [name for name in with_map if name not in shown or f"{name}.png" not in page] == []


def test_the_pages_ask_the_network_for_nothing(built: Path) -> None:
    page = read_html(built / "method.html")
    outside = {link for link in page.links if urlsplit(link).scheme}
    # The theme's credits are links to follow, not files that the page needs.
    assert all("sphinx-doc.org" in link or "alabaster" in link for link in outside)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_link_of_a_text_is_broken(path: Path) -> None:
    links = ["".join(found) for found in LINK.findall(path.read_text(encoding="utf-8"))]
    broken = []
    for link in links:
        parts = urlsplit(link)
        target = path.parent / parts.path if parts.path else path
        if parts.scheme:
            continue
        if not target.exists() or (parts.fragment and parts.fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(path: Path) -> set[str]:
    """Return the places of a page as GitHub and MyST name them."""
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in headings}


def cited(text: str) -> set[int]:
    """Return the sections of the method that a text cites: `METHOD 2, 3 and 6`, `METHOD 4 to 6`."""
    found: set[int] = set()
    for numbers in CITED.findall(text):
        first, *others = map(int, re.findall(r"\d+", numbers))
        found |= {first, *others}
        if " to " in numbers:
            found |= set(range(first, others[0] + 1))
    return found


def test_every_section_of_the_method_that_code_cites_is_there() -> None:
    assert cited("(METHOD 2, 3 and 6), METHOD 4's `PO_i`") == {2, 3, 4, 6}
    assert cited("METHOD 4 to 6,\nMETHOD alone") == {4, 5, 6}
    text = (DOCS / "method.md").read_text(encoding="utf-8")
    sections = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    assert sections == list(range(1, 11))
    files = [path for kind in ("py", "toml", "js") for path in (ROOT / "src").rglob(f"*.{kind}")]
    used = {path: cited(path.read_text(encoding="utf-8")) for path in files}
    assert any(used.values())
    assert {str(path): found for path, found in used.items() if found - set(sections)} == {}


def test_the_readme_is_a_page_with_its_picture_first() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert any(line.startswith("![") for line in lines[:12])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert any(line.startswith(f"make {target} ") for line in lines)
        assert f"\n{target}: " in makefile


def test_the_guide_names_everything_that_make_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {word for code in CODE.findall(guide) for word in re.findall(r"[a-z-]+", code)}
    assert set(targets) <= named


@pytest.mark.parametrize("path", [*FRONT, *MANUAL], ids=lambda path: path.name)
def test_every_command_of_a_page_is_one(path: Path) -> None:
    known = {command.name for command in app.registered_commands}
    code = "\n".join(CODE.findall(path.read_text(encoding="utf-8")))
    assert set(COMMAND.findall(code)) <= known


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_is_items_of_a_list(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("- ")
    assert [line for line in lines if not line.startswith(("- ", "  "))] == []


def test_the_tables_of_the_ten_highest_have_the_marks_that_they_are_written_between() -> None:
    script = (DOCS / "top_ten.py").read_text(encoding="utf-8")
    page = (DOCS / "top-ten.md").read_text(encoding="utf-8")
    marks = re.findall(r"<!-- top ten.*?-->", script)
    assert len(marks) == 2
    assert [page.count(mark) for mark in marks] == [1, 1]


def test_hooks_need_no_address_and_find_a_key_and_a_large_file(tmp_path: Path) -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (repo,) = yaml.safe_load(text)["repos"]
    assert repo["repo"] == "local"
    assert {hook["language"] for hook in repo["hooks"]} == {"system", "pygrep"}
    entry = {hook["id"]: hook["entry"] for hook in repo["hooks"]}
    key = re.compile(entry["detect-private-key"])
    for kind in ("", "RSA ", "OPENSSH "):
        assert key.search(f"-----BEGIN {kind}PRIVATE KEY-----")
    assert not key.search(text)
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(bytes(2**20))
    large.write_bytes(bytes(2**20 + 1))
    for path, ending in ((small, 0), (large, 1)):
        command = [*shlex.split(entry["check-added-large-files"]), str(path)]
        assert subprocess.run(command, check=False, capture_output=True).returncode == ending


def test_the_table_of_readers_is_that_of_the_program() -> None:
    rows = []
    for kind, columns in SEEN.items():
        cells = []
        for audience in get_args(Audience):
            seen = {may_see(column, audience) for column in columns}
            assert len(seen) == 1, f"{kind} is seen in part by {audience}: part the row"
            cells.append("yes" if seen == {True} else "–")
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    text = (DOCS / "privacy.md").read_text(encoding="utf-8")
    assert "\n".join(rows) in text, "the table should be:\n" + "\n".join(rows)


def test_privacy_is_no_legal_advice_and_says_so() -> None:
    text = (DOCS / "privacy.md").read_text(encoding="utf-8")
    assert "not legal advice / detta är inte juridisk rådgivning" in text
    for word in ("article 9", "2024/900"):
        assert word in text
