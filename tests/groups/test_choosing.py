"""One place decides which method locates a group, and says why."""

import pytest

from geoprio.config import Group, load_group, shipped_folder
from geoprio.groups import Held, choose_methods

FOLDERS = (shipped_folder(),)
NOTHING: frozenset[str] = frozenset()
BORN = frozenset({"born_abroad_count", "population_count"})
BACKGROUND = BORN | {"foreign_background_count"}
ELECTORS = frozenset({"riksdag_electors_women_count", "riksdag_electors_count"})
WOMEN = frozenset({"adult_women_count", "adults_count"})
INDICATORS = frozenset({"income_mean_sek", "s_share"})


@pytest.mark.parametrize(
    ("name", "held", "expected"),
    [
        ("kvinnor", Held(WOMEN, ELECTORS, NOTHING, NOTHING), "riksdag_electors_women_count"),
        ("kvinnor", Held(WOMEN, NOTHING, NOTHING, NOTHING), "adult_women_count"),
        ("invandrarbakgrund", Held(BACKGROUND, NOTHING, BORN, NOTHING), "foreign_background_count"),
        # What is published for the areas goes before what is only known of larger ones.
        ("invandrarbakgrund", Held(BORN, NOTHING, BACKGROUND, NOTHING), "born_abroad_count"),
        ("lo", Held(NOTHING, NOTHING, NOTHING, INDICATORS), ""),
    ],
)
def test_the_best_measure_that_is_known_is_chosen(name: str, held: Held, expected: str) -> None:
    chosen = choose_methods({name: load_group(name, FOLDERS)}, held)
    assert chosen.loc[name, "measure"] == expected


@pytest.mark.parametrize(
    ("held", "method", "why"),
    [
        (Held(WOMEN, NOTHING, NOTHING, NOTHING), "published", "why_published"),
        (Held(NOTHING, WOMEN, NOTHING, NOTHING), "prorated", "why_moved"),
        (Held(NOTHING, NOTHING, WOMEN, NOTHING), "prorated", "why_prorated"),
        (Held(NOTHING, NOTHING, NOTHING, INDICATORS), "unknown", "why_unknown"),
    ],
)
def test_the_method_and_the_reason_follow_from_how_near_it_is(
    held: Held, method: str, why: str
) -> None:
    women: Group = load_group("kvinnor", FOLDERS)
    choice = choose_methods({"kvinnor": women}, held).loc["kvinnor"]
    assert (choice["method"], choice["why"]) == (method, why)
