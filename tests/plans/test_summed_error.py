"""How far off a whole plan's target persons are: areas of a municipality make up for others."""

import numpy as np
import pandas as pd
import pytest

from geoprio.plans.reach import Reach, summed_error

TOWNS, AREAS = 4, 6


def reach(counted: list[str], common: float = 0.0, *, summed: bool = False) -> Reach:
    rng = np.random.default_rng(5)
    codes = pd.Index([f"{at:02d}" for at in range(TOWNS * AREAS)], name="area_code")
    areas = pd.DataFrame({"electors_count": rng.uniform(500, 3000, len(codes))}, codes)
    areas["municipality_code"] = np.repeat([f"t{at}" for at in range(TOWNS)], AREAS)
    parts = pd.DataFrame(rng.uniform(0.01, 0.03, (len(codes), 2)), codes, ["young", "lo"])
    return Reach(areas, parts, parts, 0 * parts + common, counted, summed)


def drawn(one: Reach, met: pd.Series) -> float:
    """Return the spread of what is met over many errors that leave counted numbers as they are."""
    rng, total = np.random.default_rng(6), np.zeros(40_000)
    size = one.areas["electors_count"].to_numpy()
    blocks = [
        (group, own)
        for group in one.counted
        for own in one.areas.groupby("municipality_code").indices.values()
    ]
    units = {group: rng.normal(size=(len(total), len(met))) for group in one.parts}
    for group, own in blocks:
        errors = units[group][:, own]
        weight = (size * one.parts[group].to_numpy())[own]
        units[group][:, own] = errors - np.outer(errors @ weight, weight) / (weight @ weight)
    weight = size[:, None] * one.parts.to_numpy()
    every = sum(units[group] @ weight[:, at] for at, group in enumerate(units))
    for at, group in enumerate(units):
        errors = units[group]
        if one.summed:
            errors = errors - np.outer(every, weight[:, at]) / (weight**2).sum()
        total += (errors * one.parts[group].to_numpy()) @ met.to_numpy()
        total += rng.normal(size=len(total)) * (one.common[group] * met).sum()
    return float(total.std())


@pytest.mark.parametrize("common", [0.0, 0.01])
@pytest.mark.parametrize(
    ("counted", "summed"), [([], False), (["young"], False), (["young", "lo"], False), ([], True)]
)
def test_the_error_of_the_sum_is_that_of_drawn_errors(
    counted: list[str], summed: bool, common: float
) -> None:
    one = reach(counted, common, summed=summed)
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
    assert summed_error({"riksdag": reach([], summed=True)}, every) == pytest.approx(0, abs=1e-3)
