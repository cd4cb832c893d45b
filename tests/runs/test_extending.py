"""Everything that a campaign may add, from outside the package: one file or one function each."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geoprio as gp
from geoprio.config import Vendor, load_named
from geoprio.errors import SourceError
from geoprio.files.maps import OWN_LAYERS, MapLayer
from geoprio.pipeline import kept
from geoprio.reports.publication import publish
from geoprio.reports.vendor_order import Edition, vendor_files
from geoprio.runs.outcome import Outcome
from geoprio.scores import AGGREGATE, NORMALISE, PLACE, TARGETS, TREAT
from geoprio.scores.score import Treated
from geoprio.sources import READERS
from tests.shared import computed
from tests.unpacked import payload_of

pytestmark = pytest.mark.whole

REGISTRIES = (PLACE, TARGETS, TREAT, NORMALISE, AGGREGATE, READERS, OWN_LAYERS)

GROUP = """
[label]
sv = "Hyresgäster"
en = "Tenants"
[question]
sv = "Hur stor del av hemmen är hyresrätter?"
en = "How large a share of homes is rented?"
[definition]
sv = "Boende i hyresrätt"
en = "Those who live in a rented home"
[[measures]]
count = "dwellings_rental_count"
of = "dwellings_count"
base = "other"
[alignment]
sd = 0.3
source = "antagande: andelen bland väljarna som bland bostäderna"
"""
# The same counts by a source in a known format and by one that only an own reader reads.
LIBRARIES = """
title = "Bibliotek per DeSO"
publisher = "Kommunerna"
licence = "CC0"
page = "https://example.org/"
vintage = 2024
area_set = "deso_2018"
provides = "counts"
files = ["bibliotek.csv"]
reader = "csv"
[key]
column = "deso"
width = 9
[[columns]]
name = "libraries_count"
value = "bibliotek"
"""
CLUBS = LIBRARIES.replace("bibliotek.csv", "klubbar.txt").replace('"csv"', '"stars"')
CLUBS = CLUBS.replace('value = "bibliotek"', 'value = "klubbar"').replace("libraries", "clubs")
VENDOR = """
name = "Eget tryckeri"
version = "1"
specification = "Tryckeriets brev den 3 mars 2027"
product = "Vykort"
files = ["csv"]
separator = "|"
decimal = "."
encoding = "utf-8"
bom = false
line_end = "lf"
columns = [
  { field = "area_code", heading = "kod" },
  { field = "households_count", heading = "antal" },
]
"""


def read_stars(path: Path, source: gp.Source) -> pd.DataFrame:
    """Return rows whose cells are parted by stars."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header, *rows = [line.split("*") for line in lines]
    if any(len(row) != len(header) for row in rows):
        message = f"{source.title}: a row has not {len(header)} cells"
        raise SourceError(message)
    return pd.DataFrame(rows, columns=header)


def clubs_per_km2(figures: object) -> pd.Series:
    """Clubs per km2 of the area."""
    return pd.Series(figures.counts["clubs_count"] / figures.area_km2)  # type: ignore[attr-defined]


def libraries_count(figures: object) -> pd.Series:
    """Libraries."""
    return pd.Series(figures.counts["libraries_count"])  # type: ignore[attr-defined]


def halved(values: pd.Series) -> Treated:
    """Return the column with its upper half at the median."""
    return Treated(values.clip(upper=values.median()), "halved", 0)


def share_of_best(values: np.ndarray) -> np.ndarray:
    """Return percent of the best."""
    low = np.fmin.reduce(values, axis=-2, keepdims=True)
    return 100 * (values - low) / (np.fmax.reduce(values, axis=-2, keepdims=True) - low)


def weakest(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weakest criterion."""
    return np.asarray(values.min(axis=-1) + 0 * weights.sum(axis=-1, keepdims=True))


def clubs(language: str) -> MapLayer:
    """Return a layer of the clubs."""
    title = {"sv": "Klubbar per km²", "en": "Clubs per km²"}[language]
    return MapLayer("clubs", "clubs_per_km2", title, "Var finns klubbarna?", "density", "Kommunen")


@pytest.fixture(scope="module")
def added() -> Iterator[None]:
    """Register what is written in Python, for these tests alone."""
    before = [dict(registry) for registry in REGISTRIES]
    gp.of_place(clubs_per_km2)
    gp.of_place(libraries_count)
    gp.treatment(halved)
    gp.normaliser(share_of_best)
    gp.aggregator(weakest)
    gp.reader("stars")(read_stars)
    gp.map_layer(clubs)
    yield
    for registry, old in zip(REGISTRIES, before, strict=True):
        registry.clear()
        registry.update(old)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def campaign(
    demo_raw: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Path]]:
    """Return the campaign's file in a folder of its own, and the folders of raw files and files."""
    own = tmp_path_factory.mktemp("own")
    raw = own / "raw"
    raw.mkdir()
    for path in demo_raw.iterdir():
        (raw / path.name).symlink_to(path)
    codes = sorted(pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str)["DeSO_2018"])
    libraries = [f"{code},{number % 3}" for number, code in enumerate(codes)]
    (raw / "bibliotek.csv").write_text("\n".join(["deso,bibliotek", *libraries]), encoding="utf-8")
    halls = [f"{code}*{number % 7}" for number, code in enumerate(codes)]
    (raw / "klubbar.txt").write_text("\n".join(["deso*klubbar", *halls]), encoding="utf-8")
    files = {
        "groups/hyresgaster.toml": GROUP,
        "sources/bibliotek.toml": LIBRARIES,
        "sources/klubbar.toml": CLUBS,
        "vendors/tryckeri.toml": VENDOR,
        "profiles/canvass.toml": own_profile(),
        "associations.csv": (raw / "associations.csv").read_text(encoding="utf-8"),
        "campaign.toml": (raw / "demo.toml")
        .read_text(encoding="utf-8")
        .replace("lo = 1.0", "lo = 1.0\nhyresgaster = 1.0")
        .replace('  "kommuner",', '  "kommuner",\n  "bibliotek",\n  "klubbar",'),
    }
    for name, content in files.items():
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_text(content, encoding="utf-8")
    return own / "campaign.toml", {"raw": raw, "out": own}


def own_profile() -> str:
    shipped = (Path(gp.config.shipped_folder()) / "profiles" / "canvass.toml").read_text("utf-8")
    steps = {
        'treat = "none"': 'treat = "halved"',
        'normalise = "percentile"': 'normalise = "share_of_best"',
        'aggregate = "arithmetic"': 'aggregate = "weakest"',
        "doors_per_km2": "clubs_per_km2",
    }
    for old, new in steps.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    return shipped


@pytest.fixture(scope="module")
def outcome(campaign: tuple[Path, dict[str, Path]], added: None) -> Outcome:
    del added
    path, folders = campaign
    return computed(path, folders["raw"])


def test_a_source_in_a_known_format_and_a_reader_of_one_s_own(outcome: Outcome) -> None:
    counts = outcome.levels[1].counts
    assert counts["libraries_count"].tolist() == [n % 3 for n in range(len(counts))]
    assert counts["clubs_count"].tolist() == [n % 7 for n in range(len(counts))]
    total = outcome.levels[0].counts["libraries_count"].sum()
    assert total == counts["libraries_count"].sum()


def test_a_fault_of_the_file_is_told_as_any_reader_s(
    campaign: tuple[Path, dict[str, Path]], added: None
) -> None:
    del added
    path, folders = campaign
    source = gp.load_source("klubbar", [path.parent])
    (folders["raw"] / "klubbar.txt").replace(folders["raw"] / "whole")
    (folders["raw"] / "klubbar.txt").write_text("deso*klubbar\n0114A1010", encoding="utf-8")
    with pytest.raises(SourceError, match=r"klubbar.txt .* a row has not 2 cells"):
        gp.read_source(source, folders["raw"], county_code="01")
    (folders["raw"] / "whole").replace(folders["raw"] / "klubbar.txt")


def test_a_target_group(outcome: Outcome) -> None:
    groups = gp.for_election(outcome.levels[0].groups, "riksdag")
    assert groups.query("group == 'hyresgaster'")["share"].notna().all()


def test_an_indicator_and_the_steps_of_a_score(outcome: Outcome) -> None:
    level = outcome.levels[0]
    profile = outcome.plans.profiles["canvass"]
    names = [item.indicator for item in profile.criteria]
    assert "clubs_per_km2" in names
    treated = level.indicators[names].clip(upper=level.indicators[names].median(), axis=1)
    spread = treated.max() - treated.min()
    expected = (100 * (treated - treated.min()) / spread).min(axis=1)
    assert (level.scores["canvass"]["score"] - expected).abs().max() < 1e-6


def test_a_layer_of_the_map(outcome: Outcome, tmp_path: Path) -> None:
    paths = publish(kept(outcome), processed=tmp_path / "processed", maps=tmp_path / "maps").paths
    data = payload_of(paths["map"].read_text(encoding="utf-8"))
    layer = next(layer for layer in data["layers"] if layer["key"] == "clubs")
    assert layer["title"] == "Klubbar per km²"


def test_a_vendor(outcome: Outcome, campaign: tuple[Path, dict[str, Path]]) -> None:
    vendor = load_named(Vendor, "vendors", "tryckeri", (campaign[0].parent,))
    run = kept(outcome)
    plan = run.mailing
    files = vendor_files(run, plan, vendor, Edition("riksdag", date(2030, 9, 8)))
    content = next(content for name, content in files.items() if name.endswith(".csv"))
    lines = content.decode("utf-8").splitlines()
    assert lines[0].startswith("kod|antal")
    assert len(lines) == len(plan) + 1
