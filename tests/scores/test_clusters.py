"""Local clusters: planted ones are found, chance ones are rare, islands are told nothing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda import G_Local, Moran_Local
from libpysal.weights import lat2W
from scipy.sparse import csr_array
from shapely.geometry import box

from geoprio.areas import shared_borders
from geoprio.scores import local_clusters, street_or_quarter

SIDE = 20


def lattice(side: int = SIDE) -> gpd.GeoDataFrame:
    squares = [
        box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100)
        for y in range(side)
        for x in range(side)
    ]
    codes = pd.Index([f"A{number:04}" for number in range(side**2)], name="area_code")
    return gpd.GeoDataFrame(geometry=squares, index=codes, crs=3006)


AREAS = lattice()
BESIDE = shared_borders(AREAS)


def field(seed: int, *, draw: str = "normal") -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(getattr(rng, draw)(size=len(AREAS)), index=AREAS.index)


def test_squares_share_borders_but_not_corners() -> None:
    beside = shared_borders(lattice(3)).toarray()
    assert beside.sum(axis=1).tolist() == [2, 3, 2, 3, 4, 3, 2, 3, 2]
    np.testing.assert_array_equal(beside, beside.T)
    assert beside[4].nonzero()[0].tolist() == [1, 3, 5, 7]


def test_an_island_has_no_neighbours_and_a_small_overlap_is_a_border() -> None:
    shapes = [box(0, 0, 100, 100), box(99.5, 0, 200, 100), box(500, 0, 600, 100)]
    areas = gpd.GeoDataFrame(geometry=shapes, crs=3006)
    assert shared_borders(areas).sum(axis=1).tolist() == [1, 1, 0]


def test_g_star_is_that_of_esda() -> None:
    # Theirs is a share of the total: only positive values keep its sign.
    values = field(1) + 10
    weights = lat2W(SIDE, SIDE)
    theirs = G_Local(values.to_numpy(), weights, transform="B", star=True, permutations=0)
    found = local_clusters(values, BESIDE)
    np.testing.assert_allclose(found["g_star"], theirs.Zs, atol=1e-10)


@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_local_moran_agrees_with_esda_s_permutations() -> None:
    values = field(2)
    theirs = Moran_Local(values.to_numpy(), lat2W(SIDE, SIDE), permutations=999, seed=3)
    found = local_clusters(values, BESIDE)
    assert np.corrcoef(found["moran"], theirs.z_sim)[0, 1] > 0.995
    np.testing.assert_array_equal(np.sign(found["moran"]) < 0, theirs.q % 2 == 0)


def test_a_planted_cluster_is_found_and_little_else() -> None:
    values = field(4)
    x, y = np.arange(SIDE**2) % SIDE, np.arange(SIDE**2) // SIDE
    hot = (abs(x - 5) <= 2) & (abs(y - 5) <= 2)
    cold = (abs(x - 14) <= 2) & (abs(y - 14) <= 2)
    found = local_clusters(values + 3 * hot - 3 * cold, BESIDE)["cluster"]
    # The corners of a block have three neighbours of five outside it.
    assert (found[hot] == "hot").mean() > 0.7
    assert (found[cold] == "cold").mean() > 0.7
    away = ~hot & ~cold
    assert (found[away] == "none").mean() > 0.93


@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_where_all_is_chance_at_most_one_field_in_ten_shows_a_cluster(draw: str) -> None:
    fields = [local_clusters(field(seed, draw=draw), BESIDE) for seed in range(200)]
    assert np.mean([(frame["cluster"] != "none").any() for frame in fields]) <= 0.10
    assert np.mean([frame["outlier"].any() for frame in fields]) <= 0.10


def test_an_area_that_stands_out_from_its_neighbours_is_a_street() -> None:
    values = field(5) / 10
    middle = 10 * SIDE + 10
    around = [middle - 1, middle + 1, middle - SIDE, middle + SIDE]
    values.iloc[middle], values.iloc[around] = 3, -3
    found = local_clusters(values, BESIDE)
    assert found["outlier"].iloc[middle]
    assert found["moran"].iloc[middle] < 0
    priority = pd.Series(False, index=values.index)
    priority.iloc[middle] = True
    told = street_or_quarter(priority, found)
    assert told.iloc[middle] == "street"
    assert (told.drop(AREAS.index[middle]) == "").all()


def test_a_priority_inside_a_cluster_is_a_quarter() -> None:
    values = field(6) / 10
    block = [10 * SIDE + 10 + dx + SIDE * dy for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    values.iloc[block] = 3
    priority = pd.Series(True, index=values.index)
    told = street_or_quarter(priority, local_clusters(values, BESIDE))
    assert (told.iloc[block] == "quarter").all()
    assert (told == "street").any()


def test_islands_and_unknown_values_are_told_nothing_and_move_nothing() -> None:
    values = field(7)
    alone = BESIDE.tolil()
    alone[0], alone[:, 0] = 0, 0
    values.iloc[30] = np.nan
    found = local_clusters(values, csr_array(alone))
    assert found.iloc[[0, 30]].isna().all(axis=None)
    assert found.drop(AREAS.index[[0, 30]]).notna().all(axis=None)
    told = street_or_quarter(pd.Series(True, index=values.index), found)
    assert told.iloc[[0, 30]].tolist() == ["", ""]
    # Left out, as if it were not there.
    kept = np.delete(np.arange(SIDE**2), 30)
    rest = local_clusters(values.iloc[kept], csr_array(alone)[kept][:, kept])
    pd.testing.assert_frame_equal(found.iloc[kept], rest)


def test_values_that_are_alike_make_no_cluster() -> None:
    found = local_clusters(pd.Series(0.1 + 0.2, index=AREAS.index), BESIDE)
    assert (found["cluster"] == "none").all()
    assert (found["g_star_q"] == 1).all()
    assert not found["outlier"].any()


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_handful_of_areas_or_nothing_known_is_no_trouble(size: int) -> None:
    few, beside = AREAS.index[:size], BESIDE[:size][:, :size]
    for values in (np.arange(size, dtype=float), np.full(size, np.nan)):
        found = local_clusters(pd.Series(values, index=few, dtype=float), beside)
        assert found.index.equals(few)
        assert not (found["cluster"] == "hot").any()


def test_row_order_changes_nothing() -> None:
    values, order = field(8), np.random.default_rng(9).permutation(SIDE**2)
    turned = local_clusters(values.iloc[order], BESIDE[order][:, order])
    straight = local_clusters(values, BESIDE)
    pd.testing.assert_frame_equal(turned.loc[straight.index], straight, rtol=1e-9)
