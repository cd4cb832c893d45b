"""A user's file of addresses: surer figures, doors counted, and no address in any output."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from geoprio import pipeline
from geoprio.config import load_campaign
from geoprio.counts import Gathered
from geoprio.demo.addresses import FILE, LAYER
from geoprio.plans.postal import postal_pairs
from geoprio.reports.lists import ranking
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from tests.shared import Shared, spoilable

COUNTS = ["doors_count", "doors_houses_count", "doors_flats_count"]


def with_addresses(raw: Path, folder: Path) -> Path:
    """Return a copy of a county's files whose campaign names the file of addresses."""
    copy = spoilable(raw, folder, draws=20)
    campaign = copy / "demo.toml"
    text = campaign.read_text(encoding="utf-8")
    assert '  # "own_addresses",' in text
    campaign.write_text(text.replace('  # "own_addresses",', '  "own_addresses",'), "utf-8")
    return copy


@pytest.fixture(scope="module")
def housed(shared: Shared, demo_raw: Path) -> tuple[Path, Outcome]:
    """Return the folder of a run with addresses, and what it computes."""
    raw = shared.once("housed", lambda folder: with_addresses(demo_raw, folder / "raw"))
    return raw, shared.outcome("housed", raw / "demo.toml", raw)


@pytest.fixture(scope="module")
def housed_run(shared: Shared, housed: tuple[Path, Outcome]) -> Run:
    return shared.run("housed", housed[1])


def doors_of(raw: Path) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pyogrio.read_dataframe(raw / FILE, layer=LAYER))


def far_off(outcome: Outcome, raw: Path) -> tuple[float, float]:
    """Return how far the small areas' electors (relative) and turnout are off."""
    truth = pd.read_parquet(raw / "facit" / "val-deso_2018.parquet")
    truth = truth[(truth["year"] == 2022) & (truth["election"] == "riksdag")]
    truth = truth.set_index("area_code")
    level = next(one for one in outcome.levels if one.area_set == "deso_2018")
    electors = truth["electors"] - truth["abroad"]
    turnout = (truth["votes_cast"] - truth["abroad_cast"]) / electors
    of_electors = level.votes["electors_count"] / electors - 1
    of_turnout = level.indicators["turnout_share"] - turnout
    stated = level.errors["turnout_share"]
    wide = of_turnout.abs() <= 1.645 * stated
    assert 0.8 <= wide.mean() <= 1.0
    return float((of_electors**2).mean() ** 0.5), float((of_turnout**2).mean() ** 0.5)


def test_doors_make_counts_truer_and_the_run_knows_it(
    demo_outcome: Outcome, housed: tuple[Path, Outcome]
) -> None:
    raw, outcome = housed
    without, known = far_off(demo_outcome, raw), far_off(outcome, raw)
    assert known[0] < 0.6 * without[0]
    # A share is no truer for it: neighbours' votes are a good guess of each other's.
    assert known[1] < 1.2 * without[1]
    kappa = [one.gathered.splits["to_areas"].kappa for one in (demo_outcome, outcome)]
    assert kappa[1] > 5 * kappa[0]


def test_no_run_says_that_addresses_would_narrow_it_and_they_do_not(
    demo_outcome: Outcome, housed: tuple[Path, Outcome]
) -> None:
    """Counts are truer, and who is first is no surer: a source that is not named changes little."""
    for area_set, judged in demo_outcome.judged.items():
        for channel, levers in judged.levers.items():
            first, then = (
                one.judged[area_set].sets[channel]["in_top_set"].sum()
                for one in (demo_outcome, housed[1])
            )
            assert "own_addresses" not in levers.tables.index
            assert then == pytest.approx(first, rel=0.2)


def test_doors_are_the_file_s_dwellings_and_dense_on_built_ground(
    housed: tuple[Path, Outcome], demo_result: Run, housed_run: Run
) -> None:
    raw, _ = housed
    level, file = housed_run.levels["deso_2018"], doors_of(raw)
    inside = file.sjoin(level.areas[["geometry"]])
    homes = inside.groupby("area_code")["antal_lagenheter"].sum()
    square = np.floor(inside.geometry.x / 100) * 1e6 + np.floor(inside.geometry.y / 100)
    told = level.indicators["doors_count"]
    assert told.notna().all()
    pd.testing.assert_series_equal(told, homes.astype(float), check_names=False)
    parts = level.indicators[COUNTS].dropna()
    assert (parts[COUNTS[0]] == parts[COUNTS[1]] + parts[COUNTS[2]]).all()
    # A square that two areas share is part of both: no area has more built ground than squares.
    most = homes / (0.01 * square.groupby(inside["area_code"]).nunique())
    assert (level.indicators["doors_per_km2"] >= 0.999 * most).all()
    assert demo_result.levels["deso_2018"].indicators[COUNTS].isna().all(axis=None)


def test_whether_doors_are_counted_or_assumed_is_said(demo_result: Run, housed_run: Run) -> None:
    counted, assumed = (ranking(run).headings for run in (housed_run, demo_result))
    assert counted["doors_count"] == "dörrar"
    assert "doors_count" not in assumed
    assert "Ingen adressfil är inlagd" in texts(demo_result)
    assert "Räknade i er egen adressfil" in texts(housed_run)
    assert "Ingen adressfil är inlagd" not in texts(housed_run)


def texts(run: Run) -> str:
    """Return everything that a run's files say in words, workbooks unpacked."""
    return "\n".join(content.decode("utf-8", "ignore") for _, content in contents(run))


def contents(run: Run) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every file of a run, and of what is packed in them."""
    assert run.folder is not None
    maps = next(path for name, path in run.paths.items() if name == "map").parent
    for path in sorted([*run.folder.rglob("*"), *maps.rglob("*")]):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield path.name, content
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                yield from ((name, packed.read(name)) for name in packed.namelist())


def test_no_output_of_any_audience_holds_an_address(
    housed: tuple[Path, Outcome], housed_run: Run
) -> None:
    file = doors_of(housed[0])
    streets = re.compile("|".join(sorted(set(file["adress"].str.split().str[0]))).encode())
    for name, content in contents(housed_run):
        assert not streets.search(content), name
        assert b"demo-0000" not in content, name
    addresses = set(zip(file.geometry.x.round(1), file.geometry.y.round(1), strict=True))
    for frame in housed_run.frames.values():
        if isinstance(frame, gpd.GeoDataFrame):
            points = frame.geometry[frame.geom_type.isin(["Point", "MultiPoint"])]
            assert addresses.isdisjoint(zip(points.x.round(1), points.y.round(1), strict=True))
    assert housed_run.folder is not None
    layers = pyogrio.list_layers(housed_run.folder / "demo.gpkg")
    assert {kind for _, kind in layers if kind} <= {"MultiPolygon"}


def said_of(gathered: Gathered) -> list[pd.DataFrame]:
    """Return everything by which addresses reach what comes after the reading."""
    atlas = gathered.atlas
    item = next(it for it in gathered.loaded if it.source.provides == "doors")
    pairs = postal_pairs(
        atlas.sets["regso_2020"],
        atlas.residents,
        points=gpd.GeoDataFrame(item.frame),
        least=10,
    )
    assert pairs is not None
    ways = [way.frame for _, way in sorted(atlas.ways.items())]
    return [*ways, *(table.counts for table in gathered.tables), pairs[1]]


def test_only_counts_come_of_addresses(housed: tuple[Path, Outcome]) -> None:
    """A millimetre's move of every address changes nothing: where one stands is told nowhere."""
    raw, outcome = housed
    moved = doors_of(raw)
    moved["geometry"] = moved.geometry.translate(0.001, 0.001)
    # In another order, too.
    moved.iloc[::-1].to_file(raw / "moved.gpkg", layer=LAYER)
    kept = (raw / FILE).read_bytes()
    try:
        (raw / "moved.gpkg").replace(raw / FILE)
        gathered, _ = pipeline.prepared(load_campaign(raw / "demo.toml"), raw / "demo.toml", raw)
    finally:
        (raw / FILE).write_bytes(kept)
    alike = {"check_dtype": False, "check_index_type": False, "check_column_type": False}
    for one, other in zip(said_of(gathered), said_of(outcome.gathered), strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, **alike)
    found = said_of(gathered)[-1]
    assert found["people_count"].min() >= 10
