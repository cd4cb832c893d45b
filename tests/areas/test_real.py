"""The real county: 1,378 polling districts, 1,287 DeSO and 524 RegSO."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tobler.area_weighted import area_interpolate

from geoprio.areas import (
    Crosswalk,
    build_crosswalk,
    calibrate_nested,
    calibrate_split,
    cover_split,
    dissolve,
    merge_targets,
    move_counts,
    nest_crosswalk,
    scale_to_parents,
)
from geoprio.sources import load_source, read_source
from tests.areas.toy import make_areas, toy

CONFIG = Path(__file__).parents[2] / "config"
COUNT = "population_count"
County = dict[str, Any]
Direction = tuple[tuple[pd.Series, pd.Series, Crosswalk], pd.Series, str, gpd.GeoDataFrame]


def read(name: str, raw: Path) -> pd.DataFrame:
    return read_source(load_source(name, [CONFIG]), raw, county_code="01")


@pytest.fixture(scope="session")
def county(real_raw: Path) -> County:
    names = ("val_valdistrikt_2022", "deso_2018", "scb_key_deso2018_regso2020")
    districts, deso, key = (read(name, real_raw) for name in names)
    people = read("scb_population_deso_2023", real_raw)[COUNT].reindex(deso.index)
    results = read("val_results_2022_kommun", real_raw)
    electors = results.loc[~results["unassigned"], "electors_count"].reindex(districts.index)
    towns = (districts["municipality_code"], deso["municipality_code"])
    return {
        "districts": districts, "deso": deso, "parent": key["parent_code"].reindex(deso.index),
        "people": people, "electors": scale_to_parents(electors, people, towns),
    }  # fmt: skip


def directions(county: County, *, controlled: bool) -> dict[str, Direction]:
    """Return by direction: counts, truth and crosswalk; density; what is scaled; targets."""
    districts, deso = county["districts"], county["deso"]
    people, electors = county["people"], county["electors"]
    control = deso.assign(**{COUNT: people}) if controlled else None
    to_deso = build_crosswalk(districts, deso, control=control)
    to_districts = build_crosswalk(deso, districts, control=control)
    return {
        "to_deso": ((electors, people, to_deso), people / deso.area, "counts", deso),
        "to_districts": ((people, electors, to_districts), electors / districts.area, "truth",
                         districts),
    }  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("controlled", [False, True])
@pytest.mark.parametrize("direction", ["to_deso", "to_districts"])
def test_intervals_cover_in_both_directions(
    county: County, direction: str, controlled: bool
) -> None:
    moving, density, scaled, _ = directions(county, controlled=controlled)[direction]
    split = calibrate_split(*moving, density=density, scaled=scaled)
    coverage = split.coverage["coverage"]
    assert 0.85 <= coverage["all"] <= 0.95
    assert coverage.drop("all").between(0.78, 0.97).all()
    assert 1 < split.kappa < 10
    assert 0.02 < split.sigma < 0.08


@pytest.mark.real
@pytest.mark.parametrize("direction", ["to_deso", "to_districts"])
def test_intervals_fitted_on_half_of_the_municipalities_hold_in_the_others(
    county: County, direction: str
) -> None:
    """Municipalities differ more than 90 % promises: single halves cover 78-97 %."""
    (counts, truth, crosswalk), density, scaled, areas = directions(county, controlled=False)[
        direction
    ]
    rng = np.random.default_rng(7)
    towns = areas["municipality_code"].unique()
    held = []
    for _ in range(20):
        fitted_on = areas["municipality_code"].isin(rng.choice(towns, len(towns) // 2, False))
        split = calibrate_split(counts, truth[fitted_on], crosswalk, density=density, scaled=scaled)
        rest = truth[~fitted_on]
        held.append(cover_split(counts, rest, crosswalk, split=split, scaled=scaled).mean())
    assert 0.85 <= np.median(held) <= 0.95
    assert min(held) >= 0.75


@pytest.mark.real
def test_nested_splits_without_a_control_layer_cover_in_each_class(county: County) -> None:
    parent, people, area = county["parent"], county["people"], county["deso"].area
    split = calibrate_nested(parent, people, area)
    assert split.coverage["coverage"].drop("all").between(0.75, 0.98).all()
    assert 0.03 <= split.alpha <= 0.1
    assert 26 <= split.kappa <= 84
    total = people.groupby(parent).sum().to_frame(COUNT)
    errors = {
        alpha: (move_counts(total, nest_crosswalk(parent, area, alpha=alpha))[COUNT] - people).abs()
        for alpha in (1.0, split.alpha)
    }
    assert errors[split.alpha].mean() < errors[1.0].mean() / 2


@pytest.mark.real
def test_totals_survive_every_way(county: County) -> None:
    districts, deso, parent = county["districts"], county["deso"], county["parent"]
    control = deso.assign(**{COUNT: county["people"]})
    electors = county["electors"].to_frame("electors_count")
    to_deso = build_crosswalk(districts, deso, control=control)
    for crosswalk in (to_deso, merge_targets(to_deso, parent), build_crosswalk(districts, deso)):
        assert crosswalk.unmatched == crosswalk.by_area == ()
        assert crosswalk.sliver_share < 0.001
        moved = move_counts(electors, crosswalk)
        assert moved.notna().all().all()
        np.testing.assert_allclose(moved.sum(), electors.sum(), rtol=1e-9)


@pytest.mark.real
def test_524_regso_are_dissolved_without_loss(county: County) -> None:
    regso = dissolve(county["deso"], county["parent"])
    assert len(regso) == 524
    assert regso.area.sum() == pytest.approx(county["deso"].area.sum(), rel=1e-4)


def interpolate(
    sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, counts: pd.DataFrame
) -> pd.Series:
    return area_interpolate(sources.join(counts), targets, extensive_variables=[COUNT])[COUNT]


def assert_same_as_tobler(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> None:
    """As tobler's `allocate_total`: what lies outside every target follows the rest."""
    counts = pd.DataFrame({COUNT: 1000.0 + np.arange(len(sources))}, sources.index)
    mine = move_counts(counts, build_crosswalk(sources, targets, drop_slivers=False))[COUNT]
    # tobler holds its areas as 32-bit numbers, which is where the last digits go.
    np.testing.assert_allclose(mine, interpolate(sources, targets, counts), rtol=1e-6)


@pytest.mark.real
def test_the_real_crosswalk_is_that_of_tobler(county: County) -> None:
    assert_same_as_tobler(county["districts"], county["deso"])
    assert_same_as_tobler(county["deso"], county["districts"])


def test_the_toy_crosswalk_is_that_of_tobler() -> None:
    boxes = {"p": (0, 0, 2, 0.3), "q": (0.2, 0.3, 1.7, 1.8), "r": (3.1, 0.2, 4, 1)}
    assert_same_as_tobler(toy(), make_areas(boxes))
