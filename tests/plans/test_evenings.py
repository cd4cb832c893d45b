"""How many evenings work is told as."""

import numpy as np
import pandas as pd

from geoprio.plans.efforts import whole_evenings


def test_evenings_are_as_near_to_whole_ones_as_can_be_and_none_is_a_quarter_too_long() -> None:
    work = pd.Series(np.linspace(0.01, 30, 3000))
    found = whole_evenings(work)
    assert (work <= 1.25 * found + 1e-9).all()
    assert found.is_monotonic_increasing
    for other in (found - 1, found + 1):
        able = (other >= 1) & (work <= 1.25 * other)
        assert ((work / other - 1).abs()[able] >= (work / found - 1).abs()[able] - 1e-9).all()
    known = pd.Series([0.2, 1.0, 1.2, 1.3, 2.19, 2.5, 3.0, 7.0])
    assert whole_evenings(known).tolist() == [1, 1, 1, 2, 2, 3, 3, 7]
