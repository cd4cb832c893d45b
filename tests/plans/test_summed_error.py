"""How far off a whole plan's target persons are: areas of a municipality make up for others."""

import numpy as np
import pandas as pd
import pytest

from geoprio.plans.reach import Reach, summed_error

TOWNS, AREAS = 4, 6


def reach(counted: list[str]) -> Reach:
    rng = np.random.default_rng(5)
    codes = pd.Index([f"{at:02d}" for at in range(TOWNS * AREAS)], name="area_code")
    areas = pd.DataFrame({"electors_count": rng.uniform(500, 3000, len(codes))}, codes)
    areas["municipality_code"] = np.repeat([f"t{at}" for at in range(TOWNS)], AREAS)
    parts = pd.DataFrame(rng.uniform(0.01, 0.03, (len(codes), 2)), codes, ["young", "lo"])
    return Reach(areas, parts, parts, counted)


def drawn(one: Reach, met: pd.Series) -> float:
    """Return the spread of what is met over many errors that leave counted numbers as they are."""
    rng, total = np.random.default_rng(6), np.zeros(40_000)
    for group, se in one.parts.items():
        errors = rng.normal(0, se, (len(total), len(se)))
        if group in one.counted:
            for own in one.areas.groupby("municipality_code").indices.values():
                size = one.areas["electors_count"].to_numpy()[own] * se.to_numpy()[own]
                unit = errors[:, own] / se.to_numpy()[own]
                errors[:, own] = (
                    unit - np.outer(unit @ size, size) / (size @ size)
                ) * se.to_numpy()[own]
        total += errors @ met.to_numpy()
    return float(total.std())


@pytest.mark.parametrize("counted", [[], ["young"], ["young", "lo"]])
def test_the_error_of_the_sum_is_that_of_drawn_errors(counted: list[str]) -> None:
    one = reach(counted)
    rng = np.random.default_rng(7)
    met = pd.DataFrame(
        {"riksdag": 100.0, "region": rng.uniform(0, 90, TOWNS * AREAS)}, one.areas.index
    )
    told = summed_error({"riksdag": one, "region": one}, met)
    assert told == pytest.approx(drawn(one, met.sum(axis=1)), rel=0.02)


def test_whoever_meets_everyone_is_off_in_what_is_guessed_alone() -> None:
    every = reach(["young"]).areas[["electors_count"]].set_axis(["riksdag"], axis=1)
    off = reach([]).parts["lo"] * every["riksdag"]
    told = summed_error({"riksdag": reach(["young"])}, every)
    assert told == pytest.approx((off**2).sum() ** 0.5)
    assert summed_error({"riksdag": reach(["young", "lo"])}, every) == pytest.approx(0, abs=1e-3)
