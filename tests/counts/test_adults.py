"""Adults from bands of age that are split at eighteen by the municipality's own shares."""

import numpy as np
import pandas as pd
import pytest

from geoprio.counts import derive_adults, split_errors

COUNTS = {
    "population_count": 100.0,
    "women_count": 50.0,
    "age_0_14_count": 20.0,
    "age_15_19_count": 10.0,
    "age_20_24_count": 5.0,
    "age_25_29_count": 6.0,
    "women_age_0_14_count": 10.0,
    "women_age_15_19_count": 6.0,
    "women_age_20_24_count": 2.0,
    "women_age_25_29_count": 3.0,
}
TOWN = {
    "age_15_19_count": 50.0,
    "age_15_17_count": 30.0,
    "women_age_15_19_count": 25.0,
    "women_age_15_17_count": 5.0,
}


def frame(values: dict[str, float], *codes: str) -> pd.DataFrame:
    return pd.DataFrame(values, index=pd.Index(codes, name="area_code"))


def test_the_band_15_to_19_is_split_by_the_municipality_women_by_their_own_share() -> None:
    town, home = frame(TOWN, "0114"), pd.Series(["0114"], ["A"])
    adults = derive_adults(frame(COUNTS, "A"), town, home).loc["A"]
    assert adults["women_age_18_29_count"] == pytest.approx(6 * 0.8 + 2 + 3)
    assert adults["adults_count"] == pytest.approx(100 - 20 - 6)
    assert adults["age_18_29_count"] == pytest.approx(4 + 5 + 6)
    assert adults["adult_women_count"] == pytest.approx(50 - 10 - 6 * 0.2)
    unknown = frame({name: COUNTS[name] for name in COUNTS if name != "women_count"}, "A")
    assert np.isnan(derive_adults(unknown, town, home).loc["A", "adult_women_count"])


def test_the_split_has_an_error_of_chance_at_least() -> None:
    counts = pd.DataFrame(
        {"age_15_19_count": [100.0, 400], "women_age_15_19_count": [50.0, 200]}, ["A", "B"]
    )
    town = frame({**TOWN, "women_age_15_17_count": 15.0}, "0114")
    errors = split_errors(counts, town, pd.Series("0114", ["A", "B"]))
    np.testing.assert_allclose(errors["adults_count"], np.sqrt([24, 96]))
    np.testing.assert_allclose(errors["adult_women_count"], np.sqrt([12, 48]))


def test_areas_known_in_one_municipality_stray_as_far_as_those_known_in_all() -> None:
    """How far municipalities differ is told by their own table, not by the areas that are known."""
    towns = frame(TOWN, "0114", "0180", "0186").assign(
        age_15_17_count=[30.0, 26.0, 34.0],
        age_0_14_count=[100.0, 110.0, 90.0],
        age_20_24_count=[100.0, 90.0, 110.0],
    )
    areas = [f"{town}{letter}" for town in towns.index for letter in "ABC"]
    size = np.tile([4.0, 1.0, 0.25], 3)
    counts = frame(COUNTS, *areas).mul(1000)
    counts["age_20_24_count"] *= size
    home = counts.index.str[:4].to_series(index=counts.index)
    known = counts.where(home == "0180")
    everywhere, there = (split_errors(given, towns, home).loc["0180A"] for given in (counts, known))
    np.testing.assert_allclose(there["adults_count"], everywhere["adults_count"], rtol=1e-12)
    assert there["adults_count"] > 2 * np.sqrt(10_000 * 0.52 * 0.48)
