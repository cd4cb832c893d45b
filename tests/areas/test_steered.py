"""A group is moved by where it lives, and a share is no surer than the pieces it rests on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import Crosswalk, move_counts, share_error, steered
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
    counts = pd.Series([100.0, 100.0], index=["s", "t"])
    shares = pd.Series([0.2, 0.6], index=["s", "t"])
    whole = way(("s", "x", 1.0), ("t", "y", 1.0))
    assert share_error(shares, counts, whole).tolist() == [0, 0]


def test_a_share_strays_as_far_as_areas_differ_and_as_it_rests_on_others() -> None:
    # Target x: half of s and all of t, so `0.5 x + 0.5 y` a third and `x` two thirds.
    counts = pd.Series([100.0, 100.0], index=["s", "t"])
    shares = pd.Series([0.2, 0.6], index=["s", "t"])
    mixed = way(("s", "x", 0.5), ("s", "y", 0.5), ("t", "x", 1.0))
    exact = replace(mixed, frame=mixed.frame.assign(weight_se=0.0))
    # The two touch, and differ by 0.4: `0.4^2 = sigma^2 (0.5^2 + 0.5^2)`.
    sigma = 0.4 / np.sqrt(0.5)
    error = share_error(shares, counts, exact)
    assert error["x"] == pytest.approx(sigma * np.sqrt((1 / 6) ** 2 + (1 / 6) ** 2))
    assert error["y"] == pytest.approx(sigma * np.sqrt(0.5**2 + 0.5**2))
    assert (share_error(shares, counts, mixed) >= error).all()


def chessboard(
    side: int, spread: tuple[float, float], kappa: float, rng: np.random.Generator
) -> tuple[pd.Series, pd.Series, Crosswalk]:
    """Return shares of areas and of sources laid half an area beside them, and the way back.

    Areas differ by the first spread, sources by the second whatever they hold; where people truly
    live strays from what the way says as `kappa` has it.
    """
    areas = pd.Index([f"a{n:04}" for n in range(side)], name="area_code")
    truth = pd.Series(0.5 + spread[0] * rng.standard_normal(side), areas)
    names = pd.Index([f"s{n:04}" for n in range(side - 1)])
    left = rng.uniform(0.02, 0.98, side - 1)
    weight = np.stack([left, 1 - left], axis=1).ravel()
    place = np.arange(side - 1).repeat(2) + np.tile([0, 1], side - 1)
    frame = as_crosswalk(names.repeat(2), areas[place], weight, kappa=kappa)
    left = rng.beta(kappa * left, kappa * (1 - left))
    weight = np.stack([left, 1 - left], axis=1).ravel()
    own = spread[1] * rng.standard_normal(side - 1)
    held = left * truth.to_numpy()[:-1] + (1 - left) * truth.to_numpy()[1:] + own
    # What a source has of its own is in the truth of the areas that it gives to.
    mean = np.bincount(place, weight * own.repeat(2)) / np.bincount(place, weight)
    return truth + mean, pd.Series(held, names), Crosswalk(frame, areas)


@pytest.mark.parametrize(("own", "kappa"), [(0.0, 1e9), (0.05, 1e9), (0.0, 2.0)])
def test_intervals_cover_what_is_moved_whatever_sources_differ_by(own: float, kappa: float) -> None:
    """What sources have of their own is laid on the areas: intervals are too wide then."""
    truth, shares, back = chessboard(3000, (0.1, own), kappa, np.random.default_rng(7))
    counts = pd.Series(100.0, shares.index)
    moved = move_counts(pd.DataFrame({"group_count": shares * counts, "all_count": counts}), back)
    off = (moved["group_count"] / moved["all_count"] - truth).abs()
    error = share_error(shares, counts, back)
    covered = (off <= 1.645 * error).mean()
    assert 0.87 <= covered <= (0.93 if own == 0 else 0.99)
    assert (off <= 1.645 * error / 2).mean() < 0.75
