"""Members by industry and sex: known answers, the laws of raking, and what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Group, Total, load_named, shipped_folder
from geoprio.config.model import Counted
from geoprio.errors import ConfigError
from geoprio.groups import Evidence, Parent, estimate_groups
from geoprio.groups.synthetic import _raked, hoped_error, synthetic
from tests.groups.toy import TOLD, WORDS, evidence_of

SHIPPED = shipped_folder()
CODES = pd.Index(["A", "B", "C"], name="area_code")
RATES: dict[str, Any] = {
    "passive_share": 0.0,
    "passive_source": "x",
    "context": 0.0,
    "context_source": "x",
    "rate_sd": 0.1,
    "rate_sd_source": "x",
    "between_sd": 0.3,
    "between_sd_source": "x",
    "sex": {"men": 0.5, "women": 0.5, "everyone": 0.5, "source": "x"},
    "sectors": {
        "plant": {"density": 0.8, "source": "x", "group_share": 1.0, "group_share_source": "x"},
        "office": {"density": 0.5, "source": "x", "group_share": 0.5, "group_share_source": "x"},
    },
    "industries": {
        "bc": {"sector": "plant", "blue_collar_men": 0.5, "blue_collar_women": 0.25, "source": "x"},
        "j": {"sector": "office", "blue_collar_men": 0.1, "blue_collar_women": 0.2, "source": "x"},
    },
}
BIRTH = {
    "moves": "density",
    "of": "population_count",
    "rest": 0.6,
    "bands": [{"count": "born_abroad_count", "rate": 0.4}],
    "source": "x",
}


def group(total: float = 30.0, *, cv: float = 0.0, **changes: object) -> Group:
    total_of = Total(count=total, source=WORDS, cv=cv, counted_in=Counted(county="01"))
    return Group(**TOLD, total=total_of, synthetic=RATES | changes)


def evidence(**changes: object) -> Evidence:
    """Three areas: one of plants, one of offices, one of both."""
    counts = pd.DataFrame(
        {
            "population_count": 200.0,
            "adults_count": 150.0,
            "employed_bc_men_count": [80.0, 0, 40],
            "employed_bc_women_count": [40.0, 0, 20],
            "employed_j_men_count": [0.0, 60, 30],
            "employed_j_women_count": [0.0, 60, 30],
            "born_abroad_count": [20.0, 40, 120],
        },
        index=CODES,
    )
    known = {"electors": counts["adults_count"], "origins": {"employed_bc_men_count": "SCB 2023"}}
    return evidence_of(**({"counts": counts} | known | changes))


def located(chosen: Group, known: Evidence | None = None) -> pd.DataFrame:
    return estimate_groups({"lo": chosen}, known or evidence(), election="riksdag")


def test_members_are_employed_times_blue_collar_times_density_raked_to_the_total() -> None:
    plant, office = (80 * 0.5 + 40 * 0.25) * 0.8, (60 * 0.1 + 60 * 0.2) * 0.5 * 0.5
    raw = np.array([plant, office, (plant + office) / 2])
    frame = located(group())
    np.testing.assert_allclose(frame["count"], 30 * raw / raw.sum())
    np.testing.assert_allclose(frame["share"], frame["count"] / 150)
    assert set(frame["method"]) == {"synthetic"}
    assert set(frame["base"]) == {"adults"}
    assert set(frame["source"]) == {"Grupp; SCB 2023"}


def test_a_factor_that_is_the_same_everywhere_cancels_and_one_by_industry_does_not() -> None:
    def with_shares(plant: float, office: float) -> pd.Series:
        shares = {"plant": plant, "office": office}
        sectors = {
            name: RATES["sectors"][name] | {"group_share": share} for name, share in shares.items()
        }
        return located(group(sectors=sectors))["count"]

    first = with_shares(1.0, 0.5)
    pd.testing.assert_series_equal(with_shares(0.6, 0.3), first)
    assert with_shares(0.5, 0.5)["B"] > 1.3 * first["B"]


def test_sex_moves_the_density_by_its_odds() -> None:
    sex = {"men": 0.25, "women": 0.75, "everyone": 0.5, "source": "x"}
    # Odds 4 times 1/3 and times 3 in the plants; 1/3 and 3 in the offices.
    plant = 80 * 0.5 * (4 / 7) + 40 * 0.25 * (12 / 13)
    office = (60 * 0.1 * 0.25 + 60 * 0.2 * 0.75) * 0.5
    count = located(group(sex=sex))["count"]
    assert count["A"] / count["B"] == pytest.approx(plant / office)


def test_a_composition_moves_an_area_s_odds_away_from_the_county_s() -> None:
    mixed = np.array([0.1, 0.2, 0.6])
    rate, county = 0.4 * mixed + 0.6 * (1 - mixed), 0.4 * 0.3 + 0.6 * 0.7
    odds = rate / (1 - rate) / (county / (1 - county))
    plant = 4 * odds / (1 + 4 * odds)
    plants = evidence()
    plants.counts[["employed_j_men_count", "employed_j_women_count"]] = 0.0
    plants.counts[["employed_bc_men_count", "employed_bc_women_count"]] = [80.0, 40.0]
    count = located(group(compositions=[BIRTH]), plants)["count"]
    np.testing.assert_allclose(count / count["A"], plant / plant[0])


def test_the_mix_of_industries_moves_the_odds_within_each_of_them() -> None:
    def blue_collar(area: str, context: float) -> np.ndarray:
        # Shares by industry and sex, the people of an area, and its shares after the move.
        shares = np.array([0.5, 0.25, 0.1, 0.2])
        people = {"A": [80, 40, 0, 0], "B": [0, 0, 60, 60], "C": [40, 20, 30, 30]}
        means = {name: np.dot(part, shares) / 120 for name, part in people.items()}
        county = sum(means.values()) / 3
        own, odds = means[area] / (1 - means[area]), shares / (1 - shares)
        moved = odds * (own / (county / (1 - county))) ** context
        return np.array(people[area]) * moved / (1 + moved)

    for context in (0.0, 0.5, 1.0):
        raw = [blue_collar(area, context) @ [0.8, 0.8, 0.25, 0.25] for area in CODES]
        found = located(group(20.0, context=context))["count"]
        np.testing.assert_allclose(found, 20 * np.array(raw) / sum(raw))


def test_a_composition_that_no_source_gives_changes_nothing() -> None:
    unknown = BIRTH | {"bands": [{"count": "born_on_mars_count", "rate": 0.4}]}
    pd.testing.assert_frame_equal(located(group(compositions=[unknown])), located(group()))


def test_those_not_at_work_are_spread_over_adults_who_are_not_by_the_area_s_rate() -> None:
    active, all_of_them = located(group(24.0)), located(group(30.0, passive_share=0.2))
    employed = np.array([120, 120, 120])
    pull = active["count"] / employed * (150 - employed)
    np.testing.assert_allclose(all_of_them["count"], active["count"] + 6 * pull / pull.sum())


def test_a_table_of_occupations_comes_before_what_is_assumed() -> None:
    town = pd.DataFrame(
        {"blue_collar_bc_men_count": [30.0, 60, np.nan], "employees_bc_men_count": [50.0, 50, 90]},
        index=["0114", "0180", "0115"],
    )
    parent = Parent(pd.Series("0114", index=CODES), town)
    counted = located(group(), evidence(parents=(parent,)))["count"]
    industries = RATES["industries"] | {"bc": RATES["industries"]["bc"] | {"blue_collar_men": 0.9}}
    pd.testing.assert_series_equal(counted, located(group(industries=industries))["count"])


def test_a_gap_is_filled_from_the_parent_with_a_larger_error_or_stays_unknown() -> None:
    known = evidence()
    known.counts.loc["C", known.counts.columns.str.startswith("employed")] = np.nan
    lonely = located(group(), known)
    assert lonely.loc["C", "method"] == "unknown"
    assert lonely.loc["C", ["count", "low", "high", "share"]].isna().all()
    # What nothing is known of keeps its part of the total.
    assert lonely["count"].sum() == pytest.approx(30 * 2 / 3)
    town = 10 * evidence().counts.loc[["B"]].set_axis(["0114"])
    parent = Parent(pd.Series("0114", index=CODES), town)
    filled = located(group(), replace(known, parents=(parent,)))
    assert filled.loc["C", "count"] == pytest.approx(filled.loc["B", "count"])
    assert filled.loc["C", "method"] == "synthetic"
    variance = (np.log(filled["count"] / filled["low"]) / 1.6448536) ** 2
    assert variance["C"] - variance["B"] == pytest.approx(0.3**2)
    assert filled["count"].sum() == pytest.approx(30)


def test_the_interval_is_lognormal_of_every_error() -> None:
    frame = located(group(cv=0.05))
    sd = np.sqrt(0.1**2 + 0.3**2 + 0.05**2 + 1 / frame["count"])
    np.testing.assert_allclose(frame["low"], frame["count"] * np.exp(-1.6448536 * sd))
    np.testing.assert_allclose(
        frame["high"], np.minimum(frame["count"] * np.exp(1.6448536 * sd), 150)
    )
    errors = pd.DataFrame({"adults_count": 60.0}, index=CODES)
    moved = located(group(cv=0.05), evidence(errors=errors))
    assert (moved["se"] > frame["se"]).all()


def test_no_area_gets_more_members_than_it_has_room_for_and_the_total_is_met() -> None:
    values, upper = pd.Series([8.0, 1.0, 1.0, 0.0]), pd.Series([10.0, 50.0, 100.0, 9.0])
    raked = _raked(values, 40.0, upper, whom="x")
    np.testing.assert_allclose(raked, [10, 15, 15, 0])
    np.testing.assert_allclose(_raked(values, 160.0, upper, whom="x"), [10, 50, 100, 0])
    np.testing.assert_allclose(_raked(values, 5.0, upper, whom="x"), [4, 0.5, 0.5, 0])


def test_a_total_that_cannot_be_reached_says_how_far_it_is() -> None:
    # Blue-collar employed: 50 in A, 18 in B, half of both in C.
    with pytest.raises(ConfigError, match=r"asks for 110 members of 102 people, 8 too many"):
        located(group(110.0))
    assert located(group(101.0))["count"].sum() == pytest.approx(101)
    with pytest.raises(ConfigError, match=r"passive_share .* asks for 108 members of 90 people"):
        located(group(120.0, passive_share=0.9))


def test_industries_without_rates_and_rates_without_industries_are_told_together() -> None:
    known = evidence()
    known.counts["employed_q_men_count"] = 1.0
    known.counts["employed_j_men_count"] = np.nan
    with pytest.raises(ConfigError) as caught:
        located(group(), known)
    assert "no source gives employed_j_men_count" in str(caught.value)
    assert "has no rates for employed_q_men_count" in str(caught.value)


def test_without_industry_by_sex_the_next_method_takes_over() -> None:
    chosen = load_named(Group, "groups", "lo", (SHIPPED,))
    chosen = chosen.model_copy(update={"total": group().total})
    counts = evidence().counts[["population_count", "adults_count"]]
    indicators = pd.DataFrame(
        {"income_mean_sek": [1.0, 2, 3], "s_share": [0.3, 0.2, 0.1]}, index=CODES
    )
    known = evidence(
        counts=counts, indicators=indicators, electors=pd.Series(150_000.0, index=CODES)
    )
    assert synthetic("lo", chosen, known) is None
    assert set(located(chosen, known)["method"]) == {"proxy"}
    assert synthetic("lo", group(), replace(known, counts=counts[["population_count"]])) is None


def test_a_total_needs_a_method_and_a_method_a_total() -> None:
    for part in ("total", "synthetic"):
        with pytest.raises(ValueError, match=r"\[total\]|a group needs"):
            Group.model_validate(group().model_dump(exclude={part}))


def test_what_an_error_will_be_and_what_will_be_told_add_up_to_what_is_unsure_now() -> None:
    """What the rates will say is drawn, and with it the error that is a part of what they say."""
    rates, total = group(cv=0.05).synthetic, group(cv=0.05).total
    assert rates is not None
    assert total is not None
    now = pd.DataFrame({"count": 90.0, "share": 0.10, "share_se": 0.05}, index=[0])
    left = float(hoped_error(now, rates, total).iloc[0])
    part = np.expm1(0.1**2 + 0.3**2 + 0.05**2 + 1 / 90)
    told = np.random.default_rng(1).normal(0.10, np.sqrt(0.05**2 - left**2), 200_000)
    assert np.sqrt((part * told**2).mean()) == pytest.approx(left, rel=0.01)
    assert left < 0.05
