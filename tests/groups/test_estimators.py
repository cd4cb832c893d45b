"""Groups are located by the best method at hand, and say which."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Group, Measure, Proxy, ProxyIndicator, Text, Total
from geoprio.config.groups import Named
from geoprio.config.model import Counted
from geoprio.errors import ConfigError
from geoprio.groups import (
    Evidence,
    Parent,
    estimate_groups,
    share_intervals,
    shares_by_group,
    spread_by_size,
    spread_of,
)
from geoprio.groups.measures import as_located, rank_index
from tests.groups.toy import TOLD, WORDS, evidence_of

ADULTS = Measure(
    count="age_18_29_count", of="adults_count", base="adults", share_sd=0.05, share_sd_source="prov"
)
OTHER = Text(sv="Index", en="Index")
YOUNG = Group(**TOLD, measures=(ADULTS,))


def proxy_group(total: float = 100.0, spread: float = 3.0) -> Group:
    income = ProxyIndicator(indicator="wage_income_mean_sek", direction="low", label=WORDS)
    proxy = Proxy(indicators=(income,), spread=spread)
    return Group(
        **TOLD,
        total=Total(count=total, source=WORDS, counted_in=Counted(county="01")),
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
    return evidence_of(
        counts.where(counts["age_18_29_count"].notna(), counts.assign(adults_count=np.nan)),
        parents=(Parent(municipality, parent),),
        electors=pd.Series([100.0, 100.0, 200.0], index=codes),
        indicators=pd.DataFrame({"wage_income_mean_sek": [300.0, 400.0, 500.0]}, index=codes),
        origins={"age_18_29_count": "SCB 2023"},
    )


def located(group: Group, known: Evidence | None = None) -> pd.DataFrame:
    return estimate_groups({"g": group}, known or toy_evidence([1, 1, 1]))


def test_a_published_count_is_taken_as_it_is() -> None:
    frame = located(YOUNG, toy_evidence([10, 25, 30]))
    assert frame["count"].tolist() == [10, 25, 30]
    assert frame["share"].tolist() == [0.10, 0.25, 0.30]
    assert set(frame["method"]) == {"published"}
    assert (frame["low"] == frame["count"]).all()


def test_where_nothing_is_published_the_municipality_s_share_is_used_with_its_error() -> None:
    frame = located(YOUNG, toy_evidence([10, np.nan, 30]))
    adults = 130 * 300 / 400
    assert frame.loc["B", "method"] == "prorated"
    assert frame.loc["B", "count"] == pytest.approx(0.20 * adults)
    # Its share strays by the TOML's 0.05, and its adults by 0.05 of the residents.
    assert frame.loc["B", "se"] == pytest.approx(np.hypot(0.05 * adults, 0.20 * 0.05 * 130))
    assert frame.loc["B", "share_se"] == pytest.approx(0.05)
    assert frame.loc["B", "low"] < frame.loc["B", "count"] < frame.loc["B", "high"]


def test_unknown_stays_unknown() -> None:
    evidence = toy_evidence([10, np.nan, 30])
    frame = located(YOUNG, replace(evidence, parents=()))
    assert frame.loc["B", ["count", "share", "se"]].isna().all()
    assert frame.loc["B", "method"] == "unknown"


def test_a_proxy_reaches_the_county_s_total_and_follows_its_indicator() -> None:
    frame = located(proxy_group())
    assert frame["count"].sum() == pytest.approx(100)
    assert set(frame["method"]) == {"proxy"}
    # Mid-ranks of three: 5/6, 3/6 and 1/6 of the way from 1 to 3, the spread.
    pull = np.array([1 + 2 * 5 / 6, 1 + 2 * 3 / 6, 1 + 2 * 1 / 6])
    np.testing.assert_allclose(frame["share"] / frame["share"]["A"], pull / pull[0])
    # As far off in all areas as the average one is by its coefficient of variation.
    people = frame["count"] / frame["share"]
    np.testing.assert_allclose(frame["se"], 0.4 * 100 * people / people.sum())
    reach = np.exp(1.6448536 * np.sqrt(np.log1p((frame["se"] / frame["count"]) ** 2)))
    np.testing.assert_allclose(frame["low"] * reach, frame["count"])
    assert (frame["high"] > frame["count"]).all()


def test_the_rank_index_turns_with_the_direction() -> None:
    values = pd.DataFrame({"x": [1.0, 2.0, np.nan, 3.0]})
    high = ProxyIndicator(indicator="x", direction="high", label=WORDS)
    low = ProxyIndicator(indicator="x", direction="low", label=WORDS)
    proxy = proxy_group().proxy
    up = rank_index(values, proxy.model_copy(update={"indicators": (high,)}))
    down = rank_index(values, proxy.model_copy(update={"indicators": (low,)}))
    np.testing.assert_allclose(up + down, [1, 1, np.nan, 1])


def test_what_counts_where_it_is_known_counts_only_there_and_then_names_the_group() -> None:
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [3.0, 2.0, 1.0]})
    both = tuple(
        ProxyIndicator(indicator=name, direction="high", label=WORDS, where_known=name == "y")
        for name in ("x", "y")
    )
    named = Named(label=OTHER, question=OTHER, definition=OTHER)
    proxy = proxy_group().proxy.model_copy(update={"indicators": both, "named": named})
    assert rank_index(values, proxy).tolist() == [0.5, 0.5, 0.5]
    alone = rank_index(values[["x"]], proxy)
    pd.testing.assert_series_equal(alone, rank_index(values.assign(y=[3, None, 1]), proxy))
    assert alone.is_monotonic_increasing
    group = proxy_group().model_copy(update={"proxy": proxy})
    assert as_located(group, "proxy", ["x"]).label == OTHER
    assert as_located(group, "proxy", ["x", "y"]).label == group.label
    assert as_located(group, "synthetic", ["x"]).label == group.label


def test_a_column_that_no_source_gives_is_an_error_that_names_it() -> None:
    measure = ADULTS.model_copy(update={"count": "age_18_25_count"})
    with pytest.raises(ConfigError, match=r"g\.toml: count = 'age_18_25_count'.*geoprio check"):
        located(Group(**TOLD, measures=(measure,)))


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
    frame = located(YOUNG, replace(evidence, errors=errors))
    assert frame["count"].tolist() == [10, 25, 30]
    assert frame["se"].tolist() == [2, 3, 4]
    assert set(frame["method"]) == {"prorated"}


def test_areas_that_nothing_is_known_of_keep_their_part_of_the_total() -> None:
    evidence = toy_evidence([1, 1, 1])
    unknown = evidence.indicators.assign(wage_income_mean_sek=[300.0, np.nan, 500.0])
    frame = located(proxy_group(), replace(evidence, indicators=unknown))
    assert frame["count"].sum() == pytest.approx(100 * 2 / 3)
    assert frame.loc["B", "method"] == "unknown"


def test_more_members_than_adults_is_an_error() -> None:
    with pytest.raises(
        ConfigError, match=r"total\.count = 4,000 is more than the county's 300 adults"
    ):
        located(proxy_group(4000.0))


def test_members_are_adults_and_where_no_ages_are_known_electors_stand_in() -> None:
    evidence = toy_evidence([1, 1, 1])
    assert set(located(proxy_group(), evidence)["base"]) == {"adults"}
    ageless = replace(evidence, counts=evidence.counts[["population_count"]], parents=())
    frame = located(proxy_group(), ageless)
    assert set(frame["base"]) == {"electorate"}
    assert frame["count"].sum() == pytest.approx(100)


def test_the_between_area_spread_is_measured_where_thirty_areas_are_known() -> None:
    codes = pd.Index([f"A{number:02}" for number in range(31)], name="area_code")
    young = pd.Series([10.0, 30.0] * 15 + [np.nan], index=codes)
    counts = pd.DataFrame({"age_18_29_count": young, "population_count": 130.0}, index=codes)
    counts["adults_count"] = np.where(young.notna(), 100.0, np.nan)
    known = toy_evidence([1, 1, 1])
    parent = Parent(pd.Series("0114", index=codes), known.parents[0].counts)
    frame = located(YOUNG, replace(known, counts=counts, parents=(parent,)))
    # 90 % of areas are within 0.10.
    assert frame.loc["A30", "share_se"] == pytest.approx(0.10 / 1.6448536, rel=0.01)


def test_a_campus_does_not_widen_every_interval() -> None:
    rng = np.random.default_rng(3)
    gaps = pd.Series(0.03 * rng.standard_normal(400))
    campus = gaps.where(gaps.index < 398, 0.6)
    assert spread_of(gaps) == pytest.approx(0.03, rel=0.1)
    assert spread_of(campus) == pytest.approx(spread_of(gaps), rel=0.03)


def test_what_is_published_has_no_interval_to_show() -> None:
    shown = share_intervals(located(YOUNG, toy_evidence([10, np.nan, 30])))
    assert shown.loc["A", ["g_low_share", "g_high_share"]].isna().all()
    low, share, high = shown.loc["B", ["g_low_share", "g_share", "g_high_share"]]
    assert share - low == pytest.approx(high - share) == pytest.approx(1.6448536 * 0.05)


def test_a_share_that_is_counted_nowhere_has_the_interval_of_its_count() -> None:
    rows = located(proxy_group(), toy_evidence([10, 25, 30]))
    shown = share_intervals(rows)
    ends = rows[["low", "high"]].div(rows["count"], axis=0).mul(rows["share"], axis=0)
    assert shown["g_low_share"].tolist() == pytest.approx(ends["low"].tolist())
    assert shown["g_high_share"].tolist() == pytest.approx(ends["high"].tolist())
    assert (shown["g_low_share"] > 0).all()


@pytest.mark.parametrize("power", [0.0, -0.25, -0.5])
def test_small_areas_differ_more_as_far_as_those_that_are_known_say_so(power: float) -> None:
    """Intervals cover in every class of size, of areas as small as none of those that taught it."""
    rng = np.random.default_rng(5)
    size = pd.Series(rng.lognormal(np.log(6000), 0.7, 600))
    gaps = pd.Series(0.04 * (size / 6000) ** power * rng.standard_normal(600))
    sizes = pd.Series([1500.0, 3000, 6000, 12000])
    spread = spread_by_size(gaps, size, sizes)
    np.testing.assert_allclose(spread, 0.04 * (sizes / 6000) ** power, rtol=0.2)
    alike = spread_by_size(gaps, pd.Series(6000.0, gaps.index), sizes)
    assert alike.iloc[2] == pytest.approx(spread_of(gaps))
