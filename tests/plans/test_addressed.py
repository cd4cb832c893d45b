"""How many of an age live in a postal code: known answers from bands that a pencil can split."""

import numpy as np
import pandas as pd
import pytest

from geoprio.plans.postal import main_source, people_by_code, residents_of_age
from tests.plans.test_postal_codes import WAY

COUNTS = pd.DataFrame(
    {
        "age_15_17_count": [30.0, 30.0],
        "age_15_19_count": [50.0, 100.0],
        "age_20_24_count": [100.0, np.nan],
        "age_25_29_count": [200.0, 50.0],
        "adults_count": [320.0 + 70 * 10, 1000.0],
        "women_age_20_24_count": [999.0, 999.0],
    },
    index=["A", "B"],
)


@pytest.mark.parametrize(
    ("ages", "people"),
    [
        ((20, 24), 100),
        ((18, 29), 2 * 50 / 5 + 300),
        ((18, 18), 10),
        ((17, 17), 10),
        ((30, 39), 100),
        ((18, 110), 320 + 700),
    ],
)
def test_known_answers(ages: tuple[int, int], people: float) -> None:
    """A year is its part of the narrowest band; adults beyond 29 are spread over 70 years."""
    found = residents_of_age(COUNTS, ages)
    assert found.name == "age_range_count"
    assert found["A"] == pytest.approx(people)


def test_an_unknown_band_makes_the_range_unknown_and_never_smaller() -> None:
    assert residents_of_age(COUNTS, (25, 29))["B"] == 50
    assert residents_of_age(COUNTS, (18, 29)).isna()["B"]
    assert residents_of_age(COUNTS, (30, 40)).isna()["B"]
    assert residents_of_age(COUNTS.drop(columns="adults_count"), (30, 40)).isna().all()
    assert residents_of_age(COUNTS.filter(regex="women"), (18, 29)).isna().all()


def test_people_of_a_code_are_those_of_its_areas_parts() -> None:
    people = people_by_code(WAY, pd.Series({"A": 100.0, "B": 100.0, "C": 40.0}))
    assert people.to_dict() == {"11111": 50.0, "22222": 100.0, "33333": 90.0}
    unknown = people_by_code(WAY, pd.Series({"A": 100.0, "B": np.nan, "C": 40.0}))
    assert unknown.isna().to_dict() == {"11111": False, "22222": True, "33333": True}


def test_a_code_belongs_where_most_of_it_lives_and_first_of_equals() -> None:
    home = main_source(WAY, pd.Series({"A": 100.0, "B": 100.0, "C": 40.0}))
    assert home.to_dict() == {"11111": "A", "22222": "A", "33333": "B"}
