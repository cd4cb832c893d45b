"""Calibration: finds the error that was put in, and says when it cannot."""

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import (
    Crosswalk,
    calibrate_nested,
    calibrate_split,
    cover_split,
    scale_to_parents,
)
from geoprio.areas.calibration import _weight_classes
from geoprio.areas.crosswalk import as_crosswalk
from geoprio.errors import CoverageError


def two_way_split(
    n: int, kappa: float, rng: np.random.Generator
) -> tuple[pd.Series, pd.Series, Crosswalk]:
    """Return a ring of `n` sources, each split between two targets, with Dirichlet error."""
    codes = pd.Index([f"{number:05d}" for number in range(n)], dtype="str")
    weight = rng.uniform(0.1, 0.9, n)
    drawn = rng.beta(weight * kappa, (1 - weight) * kappa)
    onward = codes[(np.arange(n) + 1) % n]
    frame = as_crosswalk(
        codes.append(codes), codes.append(onward), np.concatenate([weight, 1 - weight]), kappa=1.0
    )
    x = rng.uniform(500, 1500, n)
    truth = pd.Series(drawn * x + np.roll((1 - drawn) * x, 1), codes)
    return pd.Series(x, codes), truth, Crosswalk(frame=frame, targets=codes)


@pytest.mark.parametrize("kappa", [3.0, 20.0])
def test_the_kappa_that_was_put_in_is_found(kappa: float) -> None:
    counts, truth, crosswalk = two_way_split(4000, kappa, np.random.default_rng(1))
    split = calibrate_split(counts, truth, crosswalk, density=truth)
    # Sigma takes a little of what the split's own shape does not explain.
    assert split.kappa == pytest.approx(kappa, rel=0.35)
    assert split.sigma < 0.1
    assert split.coverage.loc["all", "coverage"] == pytest.approx(0.9, abs=0.002)
    assert split.coverage.loc["all", "areas_count"] == 4000
    assert split.coverage.index.tolist() == ["dense", "middle", "sparse", "all"]


def test_an_error_of_scaling_is_not_taken_for_one_of_splitting() -> None:
    counts, truth, crosswalk = two_way_split(4000, 50.0, np.random.default_rng(2))
    noise = np.random.default_rng(3).normal(1, 0.15, len(counts))
    split = calibrate_split(counts * noise, truth, crosswalk, density=truth)
    assert 0.08 < split.sigma < 0.2
    assert split.coverage.loc["all", "coverage"] == pytest.approx(0.9, abs=0.01)


def test_a_fitted_split_can_be_held_against_other_areas() -> None:
    counts, truth, crosswalk = two_way_split(2000, 5.0, np.random.default_rng(4))
    split = calibrate_split(counts, truth.iloc[:1000], crosswalk, density=truth)
    held_out = cover_split(counts, truth.iloc[1000:], crosswalk, split=split)
    assert len(held_out) == 1000
    assert held_out.mean() == pytest.approx(0.9, abs=0.03)


def test_scaling_keeps_each_parents_total() -> None:
    counts = pd.Series({"a": 1.0, "b": 3.0, "c": 5.0})
    truth = pd.Series({"x": 10.0, "y": 30.0, "z": 7.0})
    towns = (pd.Series({"a": "1", "b": "1", "c": "2"}), pd.Series({"x": "1", "y": "1", "z": "2"}))
    assert scale_to_parents(counts, truth, towns).to_dict() == {"a": 10.0, "b": 30.0, "c": 7.0}


def test_alpha_and_kappa_of_nested_splits_are_found() -> None:
    rng = np.random.default_rng(5)
    parent = pd.Series(np.repeat(np.arange(800), 3).astype(str), dtype="str")
    size = pd.Series(rng.lognormal(0, 1.5, len(parent)))
    share = size**0.3 / (size**0.3).groupby(parent).transform("sum")
    gamma = pd.Series(rng.gamma(40 * share))
    truth = 5000 * gamma / gamma.groupby(parent).transform("sum")
    split = calibrate_nested(parent, truth, size)
    assert split.alpha == pytest.approx(0.3, abs=0.03)
    assert split.kappa == pytest.approx(40, rel=0.15)
    assert split.coverage.index.tolist() == ["0-0.2", "0.2-0.4", "0.4-1", "all"]
    assert split.coverage["coverage"].between(0.85, 0.95).all()


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([0.1] * 30 + [0.3] * 30 + [0.5] * 30, {"0-0.2", "0.2-0.4", "0.4-1"}),
        ([0.1] * 29 + [0.3] * 30 + [0.5] * 30, {"0-0.4", "0.4-1"}),
        ([0.1] * 30 + [0.3] * 30 + [0.5] * 29, {"0-0.2", "0.2-1"}),
        ([0.1] * 5 + [0.3] * 50 + [0.5] * 5, {"0-1"}),
    ],
)
def test_a_small_class_joins_its_neighbour(weight: list[float], words: set[str]) -> None:
    assert set(_weight_classes(np.array(weight))) == words


def test_too_few_known_areas_are_refused() -> None:
    counts, truth, crosswalk = two_way_split(100, 5.0, np.random.default_rng(6))
    with pytest.raises(CoverageError, match=r"29 areas have a known count; expected at least 30"):
        calibrate_split(counts, truth.iloc[:29], crosswalk, density=truth)
