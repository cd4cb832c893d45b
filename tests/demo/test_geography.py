"""The demo's areas: exact partitions, nested where they should be.

The toy municipality is a square of 20 m with a seed in the middle of each quarter:

    (5,15) (15,15)
    (5, 5) (15, 5)
"""

import numpy as np
import pytest
import shapely

from geoprio.demo.apportionment import published_figures
from geoprio.demo.geography import County, build_county, municipality_borders, partition

SQUARE = shapely.box(0, 0, 20, 20)
LAND = shapely.box(0, 0, 90_000, 40_000).union(shapely.box(95_000, 0, 99_000, 4_000))
SEEDS = np.array([[5.0, 5], [15, 5], [5, 15], [15, 15]])


@pytest.fixture(scope="module")
def county() -> County:
    return build_county(published_figures(), areas=1290, rng=np.random.default_rng(3))


def test_four_seeds_give_four_quarters() -> None:
    cells = partition(SQUARE, SEEDS, np.random.default_rng(0))
    assert shapely.area(cells).tolist() == pytest.approx([100, 100, 100, 100])
    assert shapely.contains(cells, shapely.points(SEEDS)).all()


def test_what_the_border_cuts_off_goes_to_the_nearest_seed() -> None:
    # The wedge between x = 9 and 11 leaves the square in two halves joined at the bottom.
    border = shapely.difference(SQUARE, shapely.box(9, 4, 11, 20))
    seeds = np.array([[10.0, 2.0], [18.0, 18.0]])
    cells = partition(border, seeds, np.random.default_rng(0))
    assert shapely.area(cells).sum() == pytest.approx(border.area)
    assert shapely.covers(cells[0], shapely.Point(1, 1))


def test_jagged_partition_is_exact() -> None:
    border = shapely.difference(shapely.Point(0, 0).buffer(5_000), shapely.box(0, 0, 900, 9_000))
    rng = np.random.default_rng(5)
    seeds = rng.uniform(-4_900, 4_900, (3_000, 2)).round(1)
    seeds = seeds[shapely.contains_xy(border, seeds)]
    cells = partition(border, seeds, rng)
    assert shapely.coverage_is_valid(cells)
    assert shapely.is_valid(cells).all()
    assert shapely.area(cells).sum() == pytest.approx(border.area, rel=1e-12)
    assert (shapely.get_num_coordinates(cells) > 12).mean() > 0.5


@pytest.mark.parametrize("gap", [1.0, 300.0, 20_000.0])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_and_close_seeds_still_get_a_cell_each(count: int, gap: float) -> None:
    seeds = np.array([[5_000.0, 5_000.0 + number * gap / 2] for number in range(count)])
    cells = partition(LAND, seeds, np.random.default_rng(1))
    assert len(cells) == count
    assert shapely.is_valid(cells).all()
    assert not shapely.is_empty(cells).any()
    assert shapely.area(cells).sum() == pytest.approx(LAND.area)
    assert shapely.coverage_is_valid(cells)


def test_borders_are_the_26_municipalities() -> None:
    borders = municipality_borders()
    assert borders.index.tolist() == published_figures().index.tolist()
    assert 6_000 < borders.area.sum() / 1e6 < 7_500
    low_x, low_y, high_x, high_y = borders.total_bounds
    assert 600_000 < low_x < high_x < 760_000
    assert 6_500_000 < low_y < high_y < 6_720_000


@pytest.mark.parametrize("kind", ["deso", "regso", "districts"])
def test_areas_cover_each_municipality_exactly(county: County, kind: str) -> None:
    frame = getattr(county, kind)
    borders = municipality_borders()
    assert frame.is_valid.all()
    for code, part in frame.groupby("municipality_code"):
        assert shapely.coverage_is_valid(part.geometry.to_numpy()), code
        assert part.area.sum() == pytest.approx(borders[code].area, rel=1e-10)


def test_numbers_of_areas_follow_the_published(county: County) -> None:
    published = published_figures()
    assert len(county.deso) == 1290
    assert len(county.regso) == pytest.approx(525, abs=3)
    assert len(county.districts) == pytest.approx(1380, abs=5)
    for frame, column in ((county.deso, "deso"), (county.districts, "districts")):
        found = frame.groupby("municipality_code").size()
        assert (found - published[column]).abs().max() <= 2


def test_codes_have_the_official_patterns(county: County) -> None:
    assert county.deso.index.str.fullmatch(r"01\d\d[ABC]\d{4}").all()
    assert county.regso.index.str.fullmatch(r"01\d\dR\d{3}").all()
    assert county.districts.index.str.fullmatch(r"01\d{6}").all()
    assert not county.districts.index.str.endswith("9800").any()
    for frame in (county.deso, county.regso, county.districts):
        assert frame.index.is_unique and frame.index.is_monotonic_increasing
        assert (frame.index.str[:4] == frame["municipality_code"]).all()


def test_deso_nest_in_regso_and_districts_in_neither(county: County) -> None:
    regso = county.regso.geometry
    area = county.deso.area.groupby(county.deso["regso_code"]).sum()
    assert area.to_numpy() == pytest.approx(regso.area[area.index].to_numpy())
    pieces = county.pieces
    share = pieces["area_m2"] / county.deso.area.to_numpy()[pieces["deso"]]
    split_in_two = (share > 0.1).groupby(pieces["deso"]).sum() >= 2
    assert split_in_two.mean() > 0.4
    # As in the real county most of a district lies in one DeSO (0.88 there), and never all of them.
    within = pieces["area_m2"] / pieces["area_m2"].groupby(pieces["district"]).transform("sum")
    assert 0.75 < within.groupby(pieces["district"]).max().mean() < 0.9
    assert pieces["area_m2"].sum() == pytest.approx(county.deso.area.sum(), rel=1e-5)


def test_the_core_is_denser(county: County) -> None:
    city = county.deso[county.deso["municipality_code"] == "0180"]
    rest = county.deso[county.deso["municipality_code"] == "0188"]
    assert city.area.median() * 5 < rest.area.median()


def test_names_are_unique_within_a_municipality(county: County) -> None:
    for frame in (county.regso, county.districts):
        assert not frame.duplicated(["municipality_code", "area_name"]).any()


@pytest.mark.slow
def test_a_large_city_keeps_within_the_number_space() -> None:
    rng = np.random.default_rng(0)
    county = build_county(published_figures().loc[["0180", "0187"]], areas=30_500, rng=rng)
    assert county.deso.index.is_unique and len(county.deso) == 30_500
    assert county.deso.index.str.fullmatch(r"\d{4}[ABC]\d{4}").all()
    assert county.districts.index.str[4:].astype(int).max() <= 9_799
    assert county.regso.groupby("municipality_code").size().max() <= 999
