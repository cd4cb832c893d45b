"""Groups are located by the best method at hand, and say which."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Group, Measure, Proxy, ProxyIndicator, Text, Total
from geoprio.counts import derive_adults
from geoprio.errors import ConfigError
from geoprio.groups import Evidence, Parent, estimate_groups, share_intervals, shares_by_group
from geoprio.groups.measures import rank_index

LABEL = Text(sv="Unga", en="Young")
YOUNG = Group(
    label=LABEL,
    question=LABEL,
    definition=LABEL,
    measures=(
        Measure(
            count="age_18_29_count",
            of="adults_count",
            base="adults",
            share_sd=0.05,
            share_sd_source="prov",
        ),
    ),
)


def proxy_group(total: float = 100.0, spread: float = 3.0) -> Group:
    proxy = Proxy(
        indicators=(
            ProxyIndicator(indicator="wage_income_mean_sek", direction="low", label=LABEL),
        ),
        spread=spread,
    )
    return Group(
        label=LABEL,
        question=LABEL,
        definition=LABEL,
        total=Total(count=total, source=LABEL),
        proxy=proxy,
        sensitive=True,
    )


def toy_evidence(young: list[float]) -> Evidence:
    """Three areas of 100 adults each in municipality 0114, where 20 % of adults are young."""
    codes = pd.Index(["A", "B", "C"], name="area_code")
    municipality = pd.Series("0114", index=codes)
    parent = pd.DataFrame(
        {"age_18_29_count": [60.0], "adults_count": [300.0], "population_count": [400.0]},
        index=["0114"],
    )
    counts = pd.DataFrame(
        {"age_18_29_count": young, "adults_count": 100.0, "population_count": 130.0},
        index=codes,
        dtype=float,
    )
    return Evidence(
        counts=counts.where(counts["age_18_29_count"].notna(), counts.assign(adults_count=np.nan)),
        parents=(Parent(municipality, parent),),
        electors=pd.Series([100.0, 100.0, 200.0], index=codes),
        indicators=pd.DataFrame({"wage_income_mean_sek": [300.0, 400.0, 500.0]}, index=codes),
        origins={"age_18_29_count": "SCB 2023"},
    )


def test_a_published_count_is_taken_as_it_is() -> None:
    frame = estimate_groups({"unga": YOUNG}, toy_evidence([10, 25, 30]), election="riksdag")
    assert frame["count"].tolist() == [10, 25, 30]
    assert frame["share"].tolist() == [0.10, 0.25, 0.30]
    assert set(frame["method"]) == {"published"}
    assert (frame["low"] == frame["count"]).all()


def test_where_nothing_is_published_the_municipality_s_share_is_used_with_its_error() -> None:
    frame = estimate_groups({"unga": YOUNG}, toy_evidence([10, np.nan, 30]), election="riksdag")
    adults = 130 * 300 / 400
    assert frame.loc["B", "method"] == "prorated"
    assert frame.loc["B", "count"] == pytest.approx(0.20 * adults)
    assert frame.loc["B", "se"] == pytest.approx(0.05 * adults)
    assert frame.loc["B", "low"] < frame.loc["B", "count"] < frame.loc["B", "high"]


def test_unknown_stays_unknown() -> None:
    evidence = toy_evidence([10, np.nan, 30])
    lonely = Evidence(evidence.counts, (), evidence.electors, evidence.indicators, {})
    frame = estimate_groups({"unga": YOUNG}, lonely, election="riksdag")
    assert frame.loc["B", ["count", "share", "se"]].isna().all()
    assert frame.loc["B", "method"] == "unknown"


def test_a_proxy_reaches_the_county_s_total_and_follows_its_indicator() -> None:
    frame = estimate_groups({"lo": proxy_group()}, toy_evidence([1, 1, 1]), election="riksdag")
    assert frame["count"].sum() == pytest.approx(100)
    assert frame["share"].is_monotonic_decreasing
    assert (frame["method"] == "proxy").all()
    assert (frame["low"] < frame["count"]).all()
    assert (frame["high"] > frame["count"]).all()


def test_a_proxy_gives_the_highest_area_spread_times_the_lowest_at_most() -> None:
    frame = estimate_groups({"lo": proxy_group()}, toy_evidence([1, 1, 1]), election="riksdag")
    assert 1 < frame["share"].max() / frame["share"].min() <= 3


def test_the_rank_index_turns_with_the_direction() -> None:
    values = pd.DataFrame({"x": [1.0, 2.0, np.nan, 3.0]})
    high = ProxyIndicator(indicator="x", direction="high", label=LABEL)
    low = ProxyIndicator(indicator="x", direction="low", label=LABEL)
    proxy = proxy_group().proxy
    up = rank_index(values, proxy.model_copy(update={"indicators": (high,)}))
    down = rank_index(values, proxy.model_copy(update={"indicators": (low,)}))
    np.testing.assert_allclose(up + down, [1, 1, np.nan, 1])


def test_a_column_no_source_gives_is_an_error_that_lists_what_there_is() -> None:
    measure = YOUNG.measures[0].model_copy(update={"count": "age_18_25_count"})
    group = YOUNG.model_copy(update={"measures": (measure,)})
    with pytest.raises(ConfigError, match=r"unga\.toml: count = 'age_18_25_count'.*adults_count"):
        estimate_groups({"unga": group}, toy_evidence([1, 2, 3]), election="riksdag")


def test_the_band_15_to_19_is_split_by_the_municipality() -> None:
    codes = pd.Index(["A"], name="area_code")
    counts = pd.DataFrame(
        {
            "population_count": [100.0],
            "age_0_14_count": 20.0,
            "age_15_19_count": 10.0,
            "age_20_24_count": 5.0,
            "age_25_29_count": 6.0,
            "women_age_15_19_count": 6.0,
            "women_age_20_24_count": 2.0,
            "women_age_25_29_count": 3.0,
        },
        index=codes,
    )
    town = pd.DataFrame(
        {
            "age_15_19_count": [50.0],
            "age_15_17_count": [30.0],
            "women_age_15_19_count": [25.0],
            "women_age_15_17_count": [15.0],
        },
        index=["0114"],
    )
    adults = derive_adults(counts, town, pd.Series(["0114"], index=codes))
    assert adults.loc["A", "women_age_18_29_count"] == pytest.approx(6 * 0.4 + 2 + 3)
    assert adults.loc["A", "adults_count"] == pytest.approx(100 - 20 - 6)
    assert adults.loc["A", "age_18_29_count"] == pytest.approx(4 + 5 + 6)
    assert np.isnan(adults.loc["A", "adult_women_count"])


def test_shares_become_one_column_per_group() -> None:
    frame = estimate_groups(
        {"unga": YOUNG, "lo": proxy_group()}, toy_evidence([10, np.nan, 30]), election="riksdag"
    )
    shares = shares_by_group(frame)
    assert sorted(shares.columns) == ["lo", "unga"]
    assert shares.loc["A", "unga"] == 0.10


def test_counts_moved_from_other_areas_are_not_called_published() -> None:
    evidence = toy_evidence([10, 25, 30])
    errors = pd.DataFrame({"age_18_29_count": [2.0, 3.0, 4.0]}, index=evidence.counts.index)
    frame = estimate_groups({"unga": YOUNG}, replace(evidence, errors=errors), election="riksdag")
    assert frame["count"].tolist() == [10, 25, 30]
    assert frame["se"].tolist() == [2, 3, 4]
    assert set(frame["method"]) == {"prorated"}


def test_the_lowest_and_highest_ranks_are_spread_apart_as_the_parameter_says() -> None:
    frame = estimate_groups({"lo": proxy_group()}, toy_evidence([1, 1, 1]), election="riksdag")
    # Mid-ranks of three: 5/6, 3/6 and 1/6 of the way from 1 to 3.
    pull = np.array([1 + 2 * 5 / 6, 1 + 2 * 3 / 6, 1 + 2 * 1 / 6])
    np.testing.assert_allclose(frame["share"] / frame["share"]["A"], pull / pull[0])


def test_a_proxy_s_interval_is_lognormal() -> None:
    frame = estimate_groups({"lo": proxy_group()}, toy_evidence([1, 1, 1]), election="riksdag")
    reach = np.exp(1.6448536 * np.sqrt(np.log(1 + 0.4**2)))
    np.testing.assert_allclose(frame["low"] * reach, frame["count"])
    np.testing.assert_allclose(frame["se"], 0.4 * frame["count"])


def test_areas_that_nothing_is_known_of_keep_their_part_of_the_total() -> None:
    evidence = toy_evidence([1, 1, 1])
    unknown = evidence.indicators.assign(wage_income_mean_sek=[300.0, np.nan, 500.0])
    frame = estimate_groups(
        {"lo": proxy_group()}, replace(evidence, indicators=unknown), election="riksdag"
    )
    assert frame["count"].sum() == pytest.approx(100 * 2 / 3)
    assert frame.loc["B", "method"] == "unknown"


def test_more_members_than_adults_is_an_error() -> None:
    with pytest.raises(
        ConfigError, match=r"total\.count = 4,000 is more than the county's 300 adults"
    ):
        estimate_groups({"lo": proxy_group(4000.0)}, toy_evidence([1, 1, 1]))


def test_members_are_adults_and_where_no_ages_are_known_electors_stand_in() -> None:
    evidence = toy_evidence([1, 1, 1])
    assert set(estimate_groups({"lo": proxy_group()}, evidence)["base"]) == {"adults"}
    ageless = replace(evidence, counts=evidence.counts[["population_count"]], parents=())
    frame = estimate_groups({"lo": proxy_group()}, ageless)
    assert set(frame["base"]) == {"electorate"}
    assert frame["count"].sum() == pytest.approx(100)


def test_the_between_area_spread_is_measured_where_thirty_areas_are_known() -> None:
    codes = pd.Index([f"A{number:02}" for number in range(31)], name="area_code")
    young = pd.Series([10.0, 30.0] * 15 + [np.nan], index=codes)
    counts = pd.DataFrame({"age_18_29_count": young, "population_count": 130.0}, index=codes)
    counts["adults_count"] = np.where(young.notna(), 100.0, np.nan)
    parent = pd.DataFrame(
        {"age_18_29_count": [20.0], "adults_count": [100.0], "population_count": [130.0]},
        index=["0114"],
    )
    evidence = Evidence(
        counts=counts,
        parents=(Parent(pd.Series("0114", index=codes), parent),),
        electors=pd.Series(100.0, index=codes),
        indicators=pd.DataFrame(index=codes),
        origins={},
    )
    frame = estimate_groups({"unga": YOUNG}, evidence, election="riksdag")
    assert frame.loc["A30", "se"] == pytest.approx(0.10 * 100)


def test_what_is_published_has_no_interval_to_show() -> None:
    groups = {"unga": YOUNG}
    frame = estimate_groups(groups, toy_evidence([10, np.nan, 30]), election="riksdag")
    shown = share_intervals(frame)
    assert shown.loc["A", ["unga_low_share", "unga_high_share"]].isna().all()
    low, share, high = shown.loc["B", ["unga_low_share", "unga_share", "unga_high_share"]]
    assert share - low == pytest.approx(high - share) == pytest.approx(1.6448536 * 0.05)


def test_women_are_split_at_eighteen_by_the_women_s_own_share() -> None:
    codes = pd.Index(["A"], name="area_code")
    counts = pd.DataFrame(
        {"women_count": [50.0], "women_age_0_14_count": 10.0, "women_age_15_19_count": 10.0},
        index=codes,
    )
    town = pd.DataFrame(
        {
            "age_15_19_count": [50.0],
            "age_15_17_count": [30.0],
            "women_age_15_19_count": [25.0],
            "women_age_15_17_count": [5.0],
        },
        index=["0114"],
    )
    adults = derive_adults(counts, town, pd.Series(["0114"], index=codes))
    assert adults.loc["A", "adult_women_count"] == pytest.approx(50 - 10 - 2)


def test_a_share_that_is_counted_nowhere_has_the_interval_of_its_count() -> None:
    rows = estimate_groups({"lo": proxy_group()}, toy_evidence([10, 25, 30]))
    shown = share_intervals(rows)
    ends = rows[["low", "high"]].div(rows["count"], axis=0).mul(rows["share"], axis=0)
    assert shown["lo_low_share"].tolist() == pytest.approx(ends["low"].tolist())
    assert shown["lo_high_share"].tolist() == pytest.approx(ends["high"].tolist())
    assert (shown["lo_low_share"] > 0).all()
