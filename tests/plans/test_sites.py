"""Sites beside the published answers of San Francisco, and beside every choice there is."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import CoverageError
from geoprio.plans.sites import (
    fewest_sites,
    most_covered,
    nearest_at_worst,
    nearest_on_average,
)


@pytest.fixture(scope="module")
def city(cases: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return metres of 205 tracts to 16 sites, and the tracts' residents (PySAL spopt, BSD-3)."""
    folder = cases / "spopt_sf"
    own = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv", dtype={"NAME": str})
    ways = pd.read_csv(
        folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        dtype={"DestinationName": str},
    ).pivot_table(values="distance", index="DestinationName", columns="name")
    return ways.to_numpy(), own.set_index("NAME")["POP2000"].reindex(ways.index).to_numpy(float)


def test_the_city_of_the_published_example(city: tuple[np.ndarray, np.ndarray]) -> None:
    metres, people = city
    near = metres <= 5000
    assert len(fewest_sites(near)) == 8
    assert people[near[:, most_covered(near, people, 4)].any(axis=1)].sum() == 875_247
    average = metres[:, nearest_on_average(metres, people, 4)].min(axis=1) @ people
    assert average == pytest.approx(2_848_268_129.7145, abs=1e-4)
    worst = metres[:, nearest_at_worst(metres, 4)].min(axis=1).max()
    assert worst == pytest.approx(7_403.0638, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_sites_are_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    metres, people = rng.uniform(0, 100, (12, 7)), rng.uniform(0, 9, 12)
    near = metres <= 40
    near[np.arange(12), rng.integers(0, 7, 12)] = True
    every = [list(sites) for sites in combinations(range(7), 3)]
    covered = [people[near[:, sites].any(axis=1)].sum() for sites in every]
    assert people[near[:, most_covered(near, people, 3)].any(axis=1)].sum() == max(covered)
    average = min(metres[:, sites].min(axis=1) @ people for sites in every)
    chosen = nearest_on_average(metres, people, 3)
    assert metres[:, chosen].min(axis=1) @ people == pytest.approx(average)
    worst = min(metres[:, sites].min(axis=1).max() for sites in every)
    assert metres[:, nearest_at_worst(metres, 3)].min(axis=1).max() == worst
    enough = [n for n in range(8) for s in combinations(range(7), n) if near[:, s].any(1).all()]
    assert len(fewest_sites(near)) == min(enough)


def test_never_more_sites_than_there_are_and_the_unknown_count_for_nobody() -> None:
    near = np.ones((3, 4), bool)
    assert len(fewest_sites(near)) == 1
    assert most_covered(near, np.array([1.0, np.nan, 2.0]), 9).tolist() == [0, 1, 2, 3]


def test_what_cannot_be_reached_is_told() -> None:
    near = np.array([[True, False], [False, False]])
    with pytest.raises(CoverageError, match="1 "):
        fewest_sites(near)
    far = np.array([[1.0, np.inf], [np.inf, 1.0]])
    for choose in (nearest_at_worst, lambda ways, n: nearest_on_average(ways, np.ones(2), n)):
        with pytest.raises(CoverageError, match="1 "):
            choose(far, 1)
        assert choose(far, 2).tolist() == [0, 1]
