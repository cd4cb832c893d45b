"""What every registered indicator, step and estimator must keep: one suite of laws for all."""

from collections.abc import Callable, Mapping
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest

from geoprio.config import load_group, shipped_folder
from geoprio.counts import Evidence
from geoprio.groups import fit_joint, odds_seed
from geoprio.groups.estimators import ESTIMATORS
from geoprio.scores import (
    AGGREGATE,
    NORMALISE,
    PLACE,
    TARGETS,
    TREAT,
    Figures,
    Measured,
    SetRule,
    aggregate,
    drop_one_area,
    explain_areas,
    normalise,
    rank_confidence_sets,
    rank_uncertainty,
    treat_outliers,
)
from geoprio.scores.kernel import SCALE, WEIGH
from geoprio.scores.weights import EXPECTATION
from tests.scores.toy import ALL_METHODS, codes, method, vary, weigh

Given = dict[str, pd.DataFrame]
"""Frames by area, all that a member may look at."""
Member = Callable[[Given], pd.DataFrame]

YOUNG, RATES = (load_group(name, (shipped_folder(),)) for name in ("unga", "lo"))
RATES = RATES.model_copy(update={"total": RATES.total.model_copy(update={"count": 20_000.0})})
INDUSTRIES = [f"{name}_{sex}" for name in RATES.synthetic.industries for sex in ("men", "women")]
COUNTS = [
    *("population_count", "adults_count", "households_count", "age_18_29_count"),
    *(f"dwellings_{tenure}_count" for tenure in ("rental", "owned", "tenant_owned")),
    *(f"age_{band}_count" for band in ("0_14", "20_24", "25_29")),
    *("residents_20_64_count", "unemployed_20_64_count", "employed_count"),
    *(f"employed_{name}_count" for name in INDUSTRIES),
    *("wage_income_mean_sek", "net_income_mean_sek"),
]
VOTES = [
    *("electors_count", "votes_cast_count", "valid_count"),
    *("votes_v_count", "votes_s_count", "votes_mp_count"),
]
POINTS = {"a": 3.0, "low_b": 1.0, "c": 2.0}


def county(size: int = 60) -> Given:
    """Return areas whose counts are skewed, with zeros and with parts above their wholes."""
    rng, index = np.random.default_rng(5), codes(size)

    def drawn(names: list[str], mean: float) -> pd.DataFrame:
        values = rng.gamma(0.7, mean, (size, len(names))).round()
        return pd.DataFrame(values, index, names)

    votes = {kind: drawn(VOTES, 300) for kind in ("votes", "riksdag")}
    for frame in votes.values():
        parties = frame[VOTES[3:]].sum(axis=1)
        frame["valid_count"] = parties + frame["valid_count"]
        frame["electors_count"] += 20
    counts = drawn(COUNTS, 200)
    counts["adults_count"] = counts["age_18_29_count"] + counts["adults_count"] + 9000
    homes = np.where(np.arange(size) % 3, "North", "South")
    return {
        "counts": counts,
        **votes,
        "ground": pd.DataFrame({"area_km2": rng.uniform(0.1, 9, size)}, index),
        "homes": pd.DataFrame({"association": homes}, index),
        "shares": pd.DataFrame(rng.uniform(0, 1, (size, 2)), index, ["g", "h"]),
        "points": pd.DataFrame(rng.gamma(0.3, 9, (size, 3)).clip(0, 100), index, [*POINTS]),
    }


def figures(given: Given) -> Figures:
    return Figures(
        counts=given["counts"],
        votes=given["votes"],
        riksdag=given["riksdag"],
        region=given["riksdag"],
        area_km2=given["ground"]["area_km2"],
        weights={"g": 2.0, "h": 1.0},
        association=given["homes"]["association"],
        capacity=pd.DataFrame({"members_count": [9.0, 5], "active_count": 2.0}, ["North", "South"]),
        joint=fit_joint(given["shares"], seed=odds_seed(["g", "h"], {("g", "h"): 3.0})),
    )


def evidence(given: Given) -> Evidence:
    counts, votes = given["counts"], given["votes"]
    indicators = pd.DataFrame(
        {"income_mean_sek": counts["wage_income_mean_sek"], "s_share": given["shares"]["g"]}
    )
    return Evidence(counts, (), votes["electors_count"], indicators, {})


def expected(name: str, given: Given) -> pd.Series:
    known = given["points"]["a"].dropna()
    if known.empty:
        return given["points"]["a"]
    score = given["points"].loc[known.index, "c"].to_numpy()
    found, _ = EXPECTATION[name](known.rank(pct=True).to_numpy(), score)
    return pd.Series(found, known.index).reindex(given["points"].index)


def estimated(name: str, given: Given) -> pd.DataFrame | None:
    found = ESTIMATORS[name](name, YOUNG if name == "measured" else RATES, evidence(given))
    return None if found is None else found[["count", "se", "low", "high", "share"]]


PROFILE = weigh("percentile", **POINTS)
WHOLE: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "parts": lambda points: explain_areas(points, PROFILE),
    "sets": lambda points: rank_confidence_sets(
        points["a"], 0.1 * points["a"], SetRule(draws=100), rng=np.random.default_rng(1)
    ),
    "uncertainty": lambda points: rank_uncertainty(
        Measured(points, 0.1 * points),
        PROFILE,
        vary(*ALL_METHODS, draws=300, concentration=20.0),
        top_k=5,
        rng=np.random.default_rng(1),
    ),
    "removal": lambda points: drop_one_area(points, PROFILE, method("percentile"), top_k=5),
}
"""What is made of the steps together."""


def members() -> Mapping[str, Member]:
    """Return every member by its registry and name, as a function of what is given."""
    kinds: dict[str, tuple[Mapping[str, object], Callable[[str, Given], object]]] = {
        "place": (PLACE, lambda name, given: PLACE[name](figures(given))),
        "targets": (TARGETS, lambda name, given: TARGETS[name](figures(given))),
        "treat": (TREAT, lambda name, given: treat_outliers(given["points"], method=name)[0]),
        "normalise": (
            NORMALISE,
            lambda name, given: normalise(
                given["points"], method=name, directions={"low_b": "low"}
            ).add_suffix("_points" if name != "none" else ""),
        ),
        "aggregate": (
            AGGREGATE,
            lambda name, given: aggregate(given["points"], POINTS, method=name)["score"].rename(
                "score_points"
            ),
        ),
        "expectation": (EXPECTATION, expected),
        "estimator": (ESTIMATORS, estimated),
        "whole": (WHOLE, lambda name, given: WHOLE[name](given["points"])),
    }

    def member(name: str, of: Callable[[str, Given], object]) -> Member:
        def compute(given: Given) -> pd.DataFrame:
            found = of(name, given)
            return found.to_frame(found.name or name) if isinstance(found, pd.Series) else found

        return compute

    return {
        f"{kind} {name}": member(name, of)
        for kind, (registry, of) in kinds.items()
        for name in registry
    }


MEMBERS = members()
every_member = pytest.mark.parametrize("name", MEMBERS)
RANGES = {
    "_share": (0, 1), "share": (0, 1), "_points": (0, 100), "count": (0, np.inf),
    "low": (0, np.inf), "se": (0, np.inf), "_sek": (0, np.inf), "_per_km2": (0, np.inf),
    "_per_1000": (0, np.inf),
}  # fmt: skip
"""By the end of a column's name; what has none has no bounds."""


def rows(given: Given, chosen: pd.Index) -> Given:
    return {name: frame.loc[chosen] for name, frame in given.items()}


def blanked(given: Given, chosen: pd.Index) -> Given:
    """Return what is given with nothing known of some areas but where they lie."""
    known = deepcopy(given)
    for name in given.keys() - {"ground", "homes"}:
        known[name].loc[chosen] = np.nan
    known["homes"].loc[chosen, "association"] = np.nan
    return known


@every_member
def test_rows_keep_their_index_and_nothing_given_is_written_to(name: str) -> None:
    given = county()
    before = deepcopy(given)
    found = MEMBERS[name](given)
    assert found.index.equals(given["counts"].index)
    for kind, frame in before.items():
        pd.testing.assert_frame_equal(given[kind], frame, check_exact=True)


@every_member
def test_the_order_of_the_areas_does_not_matter(name: str) -> None:
    given = county()
    turned = rows(given, given["counts"].index[np.random.default_rng(1).permutation(60)])
    found = MEMBERS[name](turned)
    assert found.index.equals(turned["counts"].index)
    straight = MEMBERS[name](given)
    pd.testing.assert_frame_equal(found.loc[straight.index], straight, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(MEMBERS.keys() - {"whole uncertainty", "whole removal"}))
def test_what_is_unknown_is_unknown_and_moves_no_other_area(name: str) -> None:
    given = county()
    gone = given["counts"].index[[0, 7, 30]]
    found = MEMBERS[name](blanked(given, gone))
    assert found.loc[gone].isna().all(axis=None)
    alone = MEMBERS[name](rows(given, given["counts"].index.difference(gone)))
    pd.testing.assert_frame_equal(found.drop(gone), alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in MEMBERS if "estimator" not in name])
def test_where_nothing_is_known_nothing_comes_out(name: str) -> None:
    given = county()
    found = MEMBERS[name](blanked(given, given["counts"].index))
    assert found.isna().all(axis=None) or (found["moved_count"] == 0).all()
    nobody = rows(given, given["counts"].index[:0])
    if not name.startswith("expectation"):
        assert MEMBERS[name](nobody).empty


@every_member
def test_a_figure_lies_within_its_unit(name: str) -> None:
    """Where parts exceed their wholes too, and where nobody lives: NaN, never infinite."""
    empty = county()
    for kind in ("counts", "votes", "riksdag"):
        empty[kind].iloc[:5] = 0.0
    empty["counts"].loc[:, "adults_count"] += 1
    found = MEMBERS[name](empty)
    assert not np.isinf(found.select_dtypes("number")).any(axis=None)
    for column in found:
        ends = [ends for suffix, ends in RANGES.items() if str(column).endswith(suffix)]
        for low, high in ends[:1]:
            assert found[column].dropna().between(low - 1e-9, high + 1e-9).all(), column


@pytest.mark.parametrize("name", [name for name in MEMBERS if name.startswith("estimator")])
def test_an_estimate_lies_in_its_interval(name: str) -> None:
    found = MEMBERS[name](county())
    assert (found["low"] <= found["count"]).all()
    assert (found["count"] <= found["high"]).all()


OF_OTHERS = {"members_per_1000", "active_per_1000", "equal_groups_share"}
"""Indicators of the area's association, or of its place among all areas."""


@pytest.mark.parametrize("name", sorted({*PLACE, *TARGETS} - OF_OTHERS))
def test_an_indicator_rests_on_its_own_area_alone(name: str) -> None:
    given, registry = county(), {**PLACE, **TARGETS}
    whole = registry[name](figures(given))
    for area in given["counts"].index[:3]:
        alone = registry[name](figures(rows(given, pd.Index([area]))))
        np.testing.assert_allclose(alone, whole[[area]], rtol=1e-9)


def draws() -> np.ndarray:
    """Return draws x areas: skewed, negative, tied, nearly tied, alike, zeros of both signs."""
    rng, areas = np.random.default_rng(20260913), 203
    values = rng.gamma(0.3, 9, (7, areas)) * 10.0 ** rng.integers(-9, 9, (7, 1))
    values[1] *= -1
    values[2] = rng.integers(-3, 3, areas)
    values[3] = 1 + np.arange(areas)[::-1] * np.finfo(float).eps
    values[4] = 7.0
    values[5] = np.where(np.arange(areas) % 2, 0.0, -0.0)
    return values


@pytest.mark.parametrize("name", sorted(NORMALISE))
def test_draws_are_scaled_one_by_one_and_as_a_score_is(name: str) -> None:
    values, gap = draws(), np.random.default_rng(3).normal(size=(4, 30, 3))
    gap[1, 5, 2] = np.nan
    for block in (values[:, :, None], gap):
        together = NORMALISE[name](block)
        for number, draw in enumerate(block):
            np.testing.assert_allclose(together[number], NORMALISE[name](draw))
    whole = NORMALISE[name](values[:, :, None])[:, :, 0]
    np.testing.assert_allclose(SCALE[name](values.copy()), whole, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("name", sorted(AGGREGATE))
def test_draws_are_weighed_one_by_one_and_as_a_score_is(name: str) -> None:
    """With areas at zero and unknown in one criterion, and a criterion alike everywhere."""
    rng = np.random.default_rng(7)
    points, weights = rng.uniform(0, 100, (7, 203, 4)), rng.dirichlet(np.ones(4), 7)
    points[:, 3, 1], points[:, 5, 2], points[0, :, 0] = 0.0, np.nan, 50.0
    together = AGGREGATE[name](points, weights)
    for number, draw in enumerate(points):
        np.testing.assert_allclose(together[number], AGGREGATE[name](draw, weights[number]))
    found = WEIGH[name]((points[:, :, number] for number in range(4)), weights)
    np.testing.assert_allclose(found, together, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("name", sorted(NORMALISE.keys() - {"none"}))
def test_a_constant_criterion_favours_none_and_more_is_never_less(name: str) -> None:
    alike = normalise(pd.DataFrame({"x": [0.1] * 3}), method=name)["x"]
    # Of exponential ranks the middle one is not the middle of the scale.
    assert (alike == alike[0]).all()
    assert name == "rank_exponential" or alike[0] == 50
    rising = pd.DataFrame(np.sort(draws(), axis=1).T).add_prefix("x")
    for end, sign in (("high", 1), ("low", -1)):
        points = normalise(rising, method=name, directions=dict.fromkeys(rising, end))
        assert (sign * np.diff(points, axis=0) >= -1e-9).all()
        assert points.ge(0).all(axis=None)
        assert points.le(100 + 1e-9).all(axis=None)


@pytest.mark.parametrize("name", sorted(AGGREGATE))
def test_areas_that_are_alike_share_a_rank_and_one_unknown_criterion_leaves_no_score(
    name: str,
) -> None:
    frame = pd.DataFrame({"a": [10.0, 20, 20, np.nan], "b": [5.0, 9, 9, 7]})
    found = aggregate(frame, {"a": 3, "b": 1}, method=name)
    assert found["rank"].tolist()[:3] == [3, 1, 1]
    assert found.loc[3, ["score", "rank"]].isna().all()
    assert found["coverage"].tolist() == [1, 1, 1, 0.25]
    alike = aggregate(frame[1:3] * 0 + 50, {"a": 3, "b": 1}, method=name)
    np.testing.assert_allclose(alike["score"], [50, 50])


@pytest.mark.parametrize("name", sorted(TREAT))
@pytest.mark.parametrize("values", [[4.0, 4, 4], [1.0], [1.0, 2, 3]])
def test_where_nothing_stands_out_nothing_is_treated(name: str, values: list[float]) -> None:
    treated, report = treat_outliers(pd.DataFrame({"x": values}), method=name)
    assert treated["x"].tolist() == values
    assert report.loc["x", "treatment"] == "none"


def test_the_registries_name_the_same_methods() -> None:
    assert SCALE.keys() == NORMALISE.keys()
    assert WEIGH.keys() == AGGREGATE.keys()
