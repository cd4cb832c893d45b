"""A partition covers its border exactly, however few and close its seeds are."""

import numpy as np
import pytest
import shapely

from geoprio.demo.geography import partition

BORDER = shapely.box(0, 0, 90_000, 40_000).union(shapely.box(95_000, 0, 99_000, 4_000))


@pytest.mark.parametrize("gap", [1.0, 300.0, 20_000.0])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_and_close_seeds_still_get_a_cell_each(count: int, gap: float) -> None:
    seeds = np.array([[5_000.0, 5_000.0 + number * gap / 2] for number in range(count)])
    cells = partition(BORDER, seeds, np.random.default_rng(1))
    assert len(cells) == count
    assert shapely.is_valid(cells).all()
    assert not shapely.is_empty(cells).any()
    assert shapely.area(cells).sum() == pytest.approx(BORDER.area)
    assert shapely.coverage_is_valid(cells)
