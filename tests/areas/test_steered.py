"""A group is moved by where it lives, and a share is no surer than the pieces it rests on."""

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import Crosswalk, mixing, move_counts, steered
from geoprio.areas.crosswalk import as_crosswalk

TARGETS = pd.Index(["x", "y"], name="area_code")


def way(*pairs: tuple[str, str, float]) -> Crosswalk:
    source, target, weight = zip(*pairs, strict=True)
    frame = as_crosswalk(pd.Index(source), pd.Index(target), np.array(weight), kappa=2.0)
    return Crosswalk(frame, TARGETS)


HALVES = way(("s", "x", 0.5), ("s", "y", 0.5))
YOUNG = pd.DataFrame({"young_count": [40.0]}, index=["s"])


def test_a_group_goes_where_its_adults_are_and_nobody_is_lost() -> None:
    density = pd.Series({"x": 0.3, "y": 0.1})
    moved = move_counts(YOUNG, steered(HALVES, density, kappa=2.0))["young_count"]
    assert moved.tolist() == pytest.approx([30, 10])


def test_an_unknown_density_is_the_mean_and_none_at_all_changes_nothing() -> None:
    partly = steered(HALVES, pd.Series({"x": 0.3, "y": np.nan}), kappa=2.0)
    assert partly.frame["weight"].tolist() == [0.5, 0.5]
    nobody = steered(HALVES, pd.Series({"x": 0.0, "y": 0.0}), kappa=2.0)
    assert nobody.frame["weight"].tolist() == [0.5, 0.5]


def test_a_share_that_rests_on_whole_sources_does_not_stray() -> None:
    counts = pd.DataFrame({"all_count": [100.0, 100.0]}, index=["s", "t"])
    whole = way(("s", "x", 1.0), ("t", "y", 1.0))
    assert mixing(counts, whole)["all_count"].tolist() == [0, 0]
    # Target x: 50 of s, which is split in halves, and all of t.
    mixed = way(("s", "x", 0.5), ("s", "y", 0.5), ("t", "x", 1.0))
    loose = mixing(counts, mixed)["all_count"]
    assert loose["x"] == pytest.approx(50 / 150 * np.sqrt(0.5))
    assert loose["y"] == pytest.approx(np.sqrt(0.5))
