"""Splits of parents into nested children: a has two children, b one, c three."""

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import move_counts, nest_crosswalk, whole_crosswalk
from tests.areas.toy import count

PARENT = pd.Series({"a1": "a", "a2": "a", "b1": "b", "c1": "c", "c2": "c", "c3": "c"})
SIZE = pd.Series({"a1": 1.0, "a2": 4.0, "b1": 7.0, "c1": 1.0, "c2": np.nan, "c3": 3.0})


def weights(alpha: float, size: pd.Series = SIZE) -> dict[str, float]:
    frame = nest_crosswalk(PARENT, size, alpha=alpha).frame
    return frame.set_index("area_code")["weight"].to_dict()


@pytest.mark.parametrize(("alpha", "a1"), [(1.0, 0.2), (0.5, 1 / 3), (0.0, 0.5)])
def test_people_follow_size_as_far_as_alpha_says(alpha: float, a1: float) -> None:
    assert weights(alpha)["a1"] == pytest.approx(a1)
    assert weights(alpha)["b1"] == 1.0


def test_an_unknown_size_is_that_of_its_siblings_and_none_at_all_shares_evenly() -> None:
    assert weights(1.0)["c2"] == pytest.approx(2 / 6)
    nothing = SIZE.where(PARENT != "c").mask(PARENT == "a", 0.0)
    assert weights(1.0, nothing)["c1"] == pytest.approx(1 / 3)
    assert weights(1.0, nothing)["a1"] == 0.5


def test_down_and_up_again_is_the_same() -> None:
    counts = count(a=100, b=10, c=90)
    down = move_counts(counts, nest_crosswalk(PARENT, SIZE))
    up = move_counts(down, whole_crosswalk(PARENT))
    pd.testing.assert_frame_equal(up, counts, check_names=False)


def test_the_very_count_has_no_error() -> None:
    assert (nest_crosswalk(PARENT, SIZE, kappa=np.inf).frame["weight_se"] == 0).all()
    assert nest_crosswalk(PARENT, SIZE, kappa=3.0).frame["weight_se"][0] == pytest.approx(0.2)


def test_children_without_a_parent_are_unmatched_upwards_and_unknown_downwards() -> None:
    torn = PARENT.mask(PARENT.index == "b1")
    assert whole_crosswalk(torn).unmatched == ("b1",)
    moved = move_counts(count(a=100, c=90), nest_crosswalk(torn, SIZE))
    assert moved["population_count"].isna().to_dict()["b1"]
