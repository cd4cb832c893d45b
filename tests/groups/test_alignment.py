"""From those who are counted to those who may vote: known answers, and errors that add up."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import truncnorm

from geoprio.config import Alignment, Group, Measure, Minors
from geoprio.counts import Roll, Rolls
from geoprio.errors import CoverageError
from geoprio.groups import (
    Evidence,
    Parent,
    align_groups,
    columns_wanted,
    estimate_groups,
    for_election,
    own_base,
    prospective_errors,
)
from geoprio.groups.alignment import _truncated, _with_abroad, adults_of, at_home
from tests.groups.toy import TOLD, evidence_of

CODES = pd.Index(["A", "B"], name="area_code")
HOME = pd.Series("0114", index=CODES)
MINORS = Minors(outside_share=0.8, sd=0.05, source="prov")


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=CODES, dtype=float)


def group(measure: Measure, **settings: object) -> Group:
    return Group(
        **TOLD, measures=(measure,), alignment=Alignment(source="prov", **{"sd": 0.0, **settings})
    )


YOUNG = Measure(count="age_18_29_count", of="adults_count", base="adults")
ABROAD = Measure(
    count="born_abroad_count",
    of="population_count",
    base="residents",
    outsiders_vote=True,
    minors=MINORS,
)


def roll(
    electors: pd.Series, *, se: float = 0.0, foreign: float = 0.0, abroad: float = 0.0
) -> Roll:
    nobody = electors * 0
    return Roll(electors, nobody + se, nobody + foreign, nobody, nobody + abroad, "Val 2022")


def evidence(*parents: Parent, **columns: pd.Series) -> Evidence:
    counts = {"adults_count": series(1000, 500), "population_count": series(1250, 600)}
    return evidence_of(pd.DataFrame(counts | columns), parents=parents, electors=series(900, 450))


def aligned(one: Group, rolls: dict[str, Roll], known: Evidence) -> pd.DataFrame:
    groups = {"g": one}
    return align_groups(estimate_groups(groups, known), Rolls(rolls, HOME), groups, known)


def test_every_election_has_rows_and_the_published_count_stays_as_it_is() -> None:
    rolls = {"riksdag": roll(series(900, 450)), "kommun": roll(series(1000, 500))}
    frame = aligned(group(YOUNG), rolls, evidence(age_18_29_count=series(200, 50)))
    assert sorted(set(frame["election"])) == ["kommun", "none", "riksdag"]
    own = own_base(frame)
    assert own["count"].tolist() == [200, 50]
    assert (own["se"] == 0).all()
    assert set(own["base"]) == {"adults"}
    assert set(for_election(frame, "riksdag")["base"]) == {"electorate"}


def test_those_who_may_not_vote_take_their_part_of_the_group_with_them() -> None:
    # A fifth of the adults are foreign citizens; as the young are among all, so among them.
    rolls = {"riksdag": roll(series(800, 400)), "kommun": roll(series(1000, 500), foreign=0.2)}
    known = evidence(age_18_29_count=series(200, 50))
    even = for_election(aligned(group(YOUNG), rolls, known), "riksdag")
    np.testing.assert_allclose(even["share"], [0.2, 0.1])
    np.testing.assert_allclose(even["count"], [160, 40])
    # Twice the odds: q = 2 * 0.25 / 1.5 = 1/3, and p = (0.2 - 0.2 / 3) / 0.8 = 1/6.
    older = aligned(group(YOUNG, log_odds=np.log(2)), rolls, known)
    assert for_election(older, "riksdag").loc["A", "share"] == pytest.approx(1 / 6)
    assert for_election(older, "kommun").loc["A", "share"] == pytest.approx(0.2)


def test_the_roll_s_error_and_the_alignment_s_are_both_in_the_count_s() -> None:
    rolls = {"kommun": roll(series(1000, 500), se=100.0)}
    known = evidence(age_18_29_count=series(200, 50))
    sure = for_election(aligned(group(YOUNG), rolls, known), "kommun")
    np.testing.assert_allclose(sure["se"], [20, 10])
    assert (sure["share_se"] == 0).all()
    rolls["riksdag"] = roll(series(800, 400), se=100.0)
    rolls["kommun"] = roll(series(1000, 500), foreign=0.2)
    narrow, wide = (
        for_election(aligned(group(YOUNG, sd=sd), rolls, known), "riksdag") for sd in (0.0, 0.5)
    )
    # f q (1 - q) sd / (1 - f), times the electors.
    added = 800 * 0.2 / 0.8 * 0.2 * 0.8 * 0.5
    np.testing.assert_allclose(wide.loc["A", "se"] ** 2 - narrow.loc["A", "se"] ** 2, added**2)


def test_shares_would_be_as_sure_with_a_table_as_they_are_where_it_is() -> None:
    rolls = {"riksdag": roll(series(800, 400)), "kommun": roll(series(1000, 500), foreign=0.2)}
    spread = {"share_sd": 0.05, "share_sd_source": "prov"}
    one = group(YOUNG.model_copy(update=spread), sd=0.3)
    larger = pd.DataFrame({"age_18_29_count": 250.0, "adults_count": 1500.0}, index=["0114"])
    lacking = evidence(Parent(HOME, larger))
    there = evidence(Parent(HOME, larger), age_18_29_count=series(200, 50))
    assert columns_wanted({"g": one}, lacking) == {"g": {"age_18_29_count"}}
    assert columns_wanted({"g": one}, there) == {"g": set()}
    now, then = (for_election(aligned(one, rolls, it), "riksdag") for it in (lacking, there))
    found = prospective_errors(
        {"age_18_29_count"}, {"g": one}, there, Rolls(rolls, HOME), election="riksdag"
    )
    pd.testing.assert_series_equal(found["g"], then["share_se"], check_names=False)
    assert (then["share_se"] < now["share_se"]).all()


def test_a_known_share_of_the_municipality_s_electors_is_met() -> None:
    rolls = {"riksdag": roll(series(800, 400)), "kommun": roll(series(1000, 500), foreign=0.2)}
    town = pd.DataFrame({"eligible_young_count": [30.0], "eligible_count": [200.0]}, index=["0114"])
    known = evidence(Parent(HOME, town), age_18_29_count=series(200, 50))
    one = group(YOUNG, electors="eligible_young_count", electors_of="eligible_count")
    met = for_election(aligned(one, rolls, known), "riksdag")
    assert met["count"].sum() / 1200 == pytest.approx(0.15)
    assert met["share"].is_monotonic_decreasing


def test_the_electors_beyond_those_outside_belong_to_the_group() -> None:
    # Area A: 850 born in Sweden, 250 minors; area B: 500 and 100. 80 % of minors are outside.
    known = evidence(born_abroad_count=series(400, 100))
    inside, _ = adults_of(
        series(850, 500), series(1250, 600), (series(1000, 500), series(0, 0)), rule=MINORS
    )
    minors_outside = (850 + 500) - (1500 - inside.sum())
    assert minors_outside == pytest.approx(0.8 * 350)
    rolls = {"kommun": roll(series(1000, 500), foreign=0.1), "riksdag": roll(series(900, 450))}
    frame = aligned(group(ABROAD), rolls, known)
    everyone = for_election(frame, "kommun")
    np.testing.assert_allclose(everyone["count"], inside)
    # Naturalised: all of the group on the municipality's roll but its foreign citizens.
    citizens = for_election(frame, "riksdag")
    outside = series(1000, 500) - inside
    found = outside * citizens["share"] / (1 - citizens["share"])
    assert found.sum() == pytest.approx(inside.sum() - 150)
    np.testing.assert_allclose(citizens["count"], inside - series(100, 50), atol=2)
    assert (citizens["se"] > 0).all()


def test_naturalised_are_between_none_and_all_of_the_group() -> None:
    # More foreign citizens than there are of the group: nobody believes the difference.
    rolls = {"kommun": roll(series(1000, 500), foreign=0.9), "riksdag": roll(series(100, 50))}
    few = aligned(group(ABROAD), rolls, evidence(born_abroad_count=series(400, 100)))
    counts = for_election(few, "riksdag")["count"]
    assert (counts >= 0).all()
    assert (counts < 1).all()


def naturalised(foreign: pd.Series, foreign_se: float) -> pd.DataFrame:
    """Return the riksdag's rows where a third of the municipality's voters are foreign citizens."""
    local = replace(
        roll(series(1000, 500)), foreign_share=foreign, foreign_se=foreign * 0 + foreign_se
    )
    rolls = {"kommun": local, "riksdag": roll(series(900, 450))}
    known = evidence(born_abroad_count=series(500, 300))
    return for_election(aligned(group(ABROAD), rolls, known), "riksdag")


def test_a_difference_below_none_is_no_small_count() -> None:
    """Area B seems to have more foreign citizens than group: an error, not nearly nobody."""
    unsure = naturalised(series(0.2, 0.6), foreign_se=0.2)
    assert unsure.loc["B", "count"] > 50
    assert unsure.loc["B", "count"] + 1.645 * unsure.loc["B", "se"] > 100
    # What is surer of it is believed more.
    sure = naturalised(series(0.2, 0.6), foreign_se=0.02)
    assert sure.loc["B", "count"] < unsure.loc["B", "count"]


def test_foreign_citizens_who_are_counted_are_believed_before_those_who_are_moved() -> None:
    """The roll seems to have 300 of each area's; the table has them all in A, a fourth children."""
    counted = {"foreign_nationals_count": series(800, 0)}
    local = replace(roll(series(1000, 500)), foreign_share=series(0.3, 0.6))
    rolls = {"kommun": local, "riksdag": roll(series(900, 450))}
    known = evidence(born_abroad_count=series(900, 400), **counted)
    inside = own_base(aligned(group(ABROAD), rolls, known))["count"]
    found = for_election(aligned(group(ABROAD), rolls, known), "riksdag")
    adults = series(1000, 500)
    grown, _ = adults_of(series(350, 200), series(1250, 600), (adults, series(0, 0)), rule=MINORS)
    assert inside.tolist() == [900, 400]
    citizens = found["share"] / (1 - found["share"]) * (adults - grown)
    np.testing.assert_allclose(citizens, grown - series(600, 0), rtol=0.03)
    # Of nobody nothing strays; of many how many are children does.
    strays = for_election(aligned(group(ABROAD), rolls, known), "kommun")["share_se"]
    assert found["share_se"]["B"] < 1.2 * strays["B"]
    assert found["share_se"]["A"] > 1.5 * strays["A"]


def test_foreign_citizens_of_a_larger_area_are_no_count_of_this_one() -> None:
    counted = {"foreign_nationals_count": series(800, 0)}
    known = evidence(born_abroad_count=series(900, 400), **counted)
    taken = replace(known, whence=pd.DataFrame({"foreign_nationals_count": "kommun"}, CODES))
    without = evidence(born_abroad_count=series(900, 400))
    rolls = {"kommun": roll(series(1000, 500), foreign=0.4), "riksdag": roll(series(900, 450))}
    shares = [
        for_election(aligned(group(ABROAD), rolls, one), "riksdag")["share"]
        for one in (known, taken, without)
    ]
    assert shares[0]["B"] > shares[1]["B"] + 0.1
    pd.testing.assert_series_equal(shares[1], shares[2])


def test_a_truncated_normal_has_its_known_mean_and_spread() -> None:
    half, whole = _truncated(series(0, 500), series(10, 1), series(1e6, 1000))[0]
    assert half == pytest.approx(10 * np.sqrt(2 / np.pi))
    assert whole == pytest.approx(500)
    kept = _truncated(series(0, 500), series(10, 1), series(1e6, 1000))[1]
    np.testing.assert_allclose(kept, [np.sqrt(1 - 2 / np.pi), 1])
    # Far out on either side, where the part inside is smaller than any number.
    count, most = series(-300, 400), series(100, 100)
    ends = -count / 3, (most - count) / 3
    mean, kept = _truncated(count, series(3, 3), most)
    np.testing.assert_allclose(mean, count + 3 * truncnorm.mean(*ends))
    np.testing.assert_allclose(kept, truncnorm.std(*ends), rtol=1e-6)
    # Nothing is known of it but that it lies between none and all: uniform.
    mean, part = _truncated(series(0, 0), series(1e6, 1e6), series(100, 100))
    np.testing.assert_allclose(mean, 50, rtol=1e-3)
    np.testing.assert_allclose(part * 1e6, 100 / np.sqrt(12), rtol=1e-3)


def test_one_more_of_the_group_adds_less_to_its_share_the_larger_it_is() -> None:
    """`d share / d n = (1 - p) / electors`: simulated from what n strays by."""
    frame = naturalised(series(0.2, 0.2), foreign_se=0.05)
    inside, se = adults_of(
        series(750, 300), series(1250, 600), (series(1000, 500), series(0, 0)), rule=MINORS
    )
    rng = np.random.default_rng(1)
    n = frame.loc["A", "count"] * (1000 - 200) / 900
    drawn = rng.normal(0, se["A"], 20_000)
    beside = rng.normal(0, 0.05 * 1000, 20_000)
    group_now, outside = n + drawn + beside, 1000 - inside["A"] - drawn
    spread = (group_now / (group_now + outside)).std()
    # Combined with the municipality's share it strays less than by the difference alone.
    assert frame.loc["A", "share_se"] < spread
    assert frame.loc["A", "share_se"] > spread / 2


def test_swedes_abroad_make_a_share_less_sure_and_not_another() -> None:
    known = evidence(age_18_29_count=series(200, 50))
    home = {"riksdag": roll(series(1000, 500))}
    away = {"riksdag": roll(series(1000, 500), abroad=0.1)}
    plain, unsure = (for_election(aligned(group(YOUNG), r, known), "riksdag") for r in (home, away))
    np.testing.assert_allclose(plain["share"], unsure["share"], atol=0.03)
    assert (unsure["share_se"] > plain["share_se"]).all()


def test_those_at_home_are_found_again_beneath_swedes_abroad() -> None:
    shares, rule = (
        pd.Series([0.0, 0.1, 0.5, 1.0]),
        Alignment(sd=0.5, abroad_log_odds=-3.0, source="-?-"),
    )
    abroad = pd.Series(0.1, shares.index)
    there = Roll(abroad * 5000, *[0 * abroad] * 3, abroad, "Val 2022")
    roll, _ = _with_abroad((shares, 0 * shares), there, rule)
    assert (roll[1:3] < shares[1:3] - 0.005).all()
    np.testing.assert_allclose(at_home(roll, abroad, rule), shares, atol=1e-6)


def test_an_unknown_roll_gives_unknown_counts_not_none() -> None:
    rolls = {"eu": roll(series(np.nan, 450))}
    frame = for_election(
        aligned(group(YOUNG), rolls, evidence(age_18_29_count=series(200, 50))), "eu"
    )
    assert np.isnan(frame.loc["A", "count"])
    assert frame.loc["A", "method"] == "unknown"
    assert frame.loc["B", "count"] > 0


def test_electors_beyond_the_residents_are_listed_and_capped_only_on_request() -> None:
    rolls = Rolls({"riksdag": roll(series(1300, 450))}, HOME)
    people = series(1250, 600)
    assert rolls.exceeding("riksdag", people) == ["A"]
    assert rolls.capped(people).by_election["riksdag"].electors.tolist() == [1250, 450]


def test_a_part_larger_than_its_whole_is_an_error_that_names_the_area() -> None:
    known = evidence(age_18_29_count=series(1200, 50))
    with pytest.raises(CoverageError, match=r"(?s)larger than adults_count in 1 area.*A: 1,200 of"):
        estimate_groups({"g": group(YOUNG)}, known)


def test_adults_who_are_not_counted_make_the_group_less_sure() -> None:
    town = pd.DataFrame({"adults_count": [1500.0], "population_count": [1850.0]}, index=["0114"])
    rolls = {"kommun": roll(series(1000, 500))}
    born = series(400, 100)
    counted = evidence(Parent(HOME, town), born_abroad_count=born)
    guessed = evidence(
        Parent(HOME, town), born_abroad_count=born, adults_count=series(np.nan, np.nan)
    )
    sure, unsure = (
        for_election(aligned(group(ABROAD), rolls, known), "kommun") for known in (counted, guessed)
    )
    assert (unsure["se"] > sure["se"]).all()
