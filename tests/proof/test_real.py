"""The real county, where something is published to hold the estimates against."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from check_real import coverage_over_splits, predict_each

from geoprio.config import shipped_folder
from geoprio.counts import derive_adults
from geoprio.groups import spread_of
from geoprio.sources import load_source, read_source

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def young(real_raw: Path) -> pd.DataFrame:
    """Return 18-29 year-olds and adults per RegSO of the city."""
    areas, towns = (
        read_source(load_source(name, [shipped_folder()]), real_raw, county_code="01")
        for name in ("scb_age_sex_regso2025", "scb_kommun_age_sex")
    )
    town = areas.index.str[:4].to_series(index=areas.index)
    return derive_adults(areas, towns, town)[["age_18_29_count", "adults_count"]]


def test_the_city_s_share_of_young_covers_its_areas(young: pd.DataFrame) -> None:
    shares = young["age_18_29_count"] / young["adults_count"]
    sums = young.sum()
    city = pd.Series(sums["age_18_29_count"] / sums["adults_count"], shares.index)
    covered = [
        coverage_over_splits(shares, city, scale, splits=200, rng=np.random.default_rng(2026))
        for scale in (spread_of, lambda gaps: spread_of(gaps) / 2)
    ]
    assert 0.87 <= covered[0].mean() <= 0.97
    assert covered[1].mean() < 0.87


def test_a_municipality_s_women_are_predicted_from_the_others(facts: Path) -> None:
    known = pd.read_csv(
        facts / "kommuner-stockholms-lan.csv", dtype={"kommunkod": str}, encoding="utf-8-sig"
    ).set_index("kommunkod")
    adults = known["folkmangd_18plus_2022"].astype(float)
    frame = predict_each(known["kvinnor_18plus_2022"].astype(float), adults, spread_of)
    assert frame["covered"].sum() >= 21
    assert frame["error_share"].abs().max() < 0.05
