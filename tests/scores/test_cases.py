"""Published worked examples, reached through the public functions."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.scores import AGGREGATE, aggregate, fill_from_groups, normalise, treat_outliers
from geoprio.scores.sensitivity import choice_indices


@pytest.fixture(scope="module")
def mcda(cases: Path) -> dict[str, Any]:
    return json.loads((cases / "mcda" / "mcda_cases.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def asem(cases: Path) -> dict[str, pd.DataFrame]:
    """Every step of COINr's ASEM example (W. Becker et al., MIT), in the order that it has."""
    data = pd.read_csv(cases / "coinr_asem" / "ASEM_iData.csv").set_index("uCode")
    meta = pd.read_csv(cases / "coinr_asem" / "ASEM_iMeta.csv").set_index("iCode")
    bottom = meta[meta["Type"] == "Indicator"]
    divisors = bottom["Denominator"].dropna()
    figures = data[bottom.index].astype(float)
    figures[divisors.index] = figures[divisors.index] / data[divisors].to_numpy(float)
    filled = fill_from_groups(figures, data["EurAsia_group"])
    whole = filled[filled.notna().mean(axis=1) >= 0.9]
    treated, report = treat_outliers(whole)
    directions = bottom["Direction"].map({1.0: "high", -1.0: "low"}).to_dict()
    scores = normalise(treated, method="minmax", directions=directions)
    levels = meta[meta["Type"] == "Aggregate"]
    for level in sorted(levels["Level"].unique()):
        for name in levels.index[levels["Level"] == level]:
            parts = meta.index[meta["Parent"] == name]
            scores[name] = aggregate(scores[parts], meta.loc[parts, "Weight"])["score"]
    ranks = pd.read_csv(cases / "coinr_asem" / "vignette_UA_RankStats.csv").set_index("uCode")
    steps = {"filled": whole, "meta": meta}
    return steps | {"scores": scores, "report": report, "published": ranks}


def test_asem_every_country_has_the_published_rank(asem: dict[str, pd.DataFrame]) -> None:
    ranks = asem["scores"]["Index"].rank(ascending=False)
    assert len(ranks) == 51
    assert ranks.to_dict() == asem["published"]["Nominal"].astype(float).to_dict()


def test_asem_six_scores_to_two_decimals(asem: dict[str, pd.DataFrame]) -> None:
    index = asem["scores"]["Index"].round(2)
    published = {"CHE": 68.38, "NLD": 64.82, "DNK": 64.80, "NOR": 64.47, "BEL": 63.54, "SWE": 63.00}
    assert index[list(published)].to_dict() == published


def test_asem_fifteen_indicators_are_winsorised_and_none_logged(
    asem: dict[str, pd.DataFrame],
) -> None:
    counted = asem["report"]["treatment"].value_counts()
    assert counted.to_dict() == {"none": 34, "winsorised": 15}


def test_asem_the_choices_matter_as_much_as_coinr_says(
    asem: dict[str, pd.DataFrame], cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its vignette draws 100 points: its bootstrap's and our designs' errors, 99 % of them."""
    filled, meta, rng = asem["filled"], asem["meta"], np.random.default_rng(1)
    names, above = list(meta.index), meta[meta["Type"] == "Aggregate"].sort_values("Level")
    parts = [(names.index(name), np.flatnonzero(meta["Parent"] == name)) for name in above.index]
    directions = meta["Direction"].map({1.0: "high", -1.0: "low"}).to_dict()
    weight = meta["Weight"].to_numpy(float)
    # Those of levels 2 and 3 are a quarter larger or smaller at most.
    noise = 0.25 * rng.uniform(-1, 1, (100, len(meta))) * meta["Level"].isin([2, 3]).to_numpy()

    @cache
    def points(most: int, scale: str) -> np.ndarray:
        monkeypatch.setattr("geoprio.scores.score.MOST_POINTS", most)
        scaled = normalise(treat_outliers(filled)[0], method=scale, directions=directions)
        # 1 to 100, or a mean of 10 and a standard deviation of 2: above zero.
        own = 1 + 0.99 * scaled if scale == "minmax" else scaled / 5
        return own.reindex(columns=names).to_numpy(float)

    def score(most: int, scale: str, weights: np.ndarray, weigh: str) -> pd.Series:
        values = points(most, scale).copy()
        for place, own in parts:
            shares = weights[own] / weights[own].sum()
            values[:, place] = AGGREGATE.find(weigh)(values[:, own], shares)
        return pd.Series(values[:, names.index("Index")], filled.index)

    choices = {"most": [5, 1, 2, 3, 4], "scale": ["minmax", "zscore"]}
    choices |= {"weights": [weight, *(weight * (1 + noise))], "weigh": ["arithmetic", "geometric"]}
    found = choice_indices(score, choices, rng=rng, draws=32)
    told = pd.read_csv(cases / "coinr_asem" / "vignette_SA_Sensitivity.csv")
    for ours, theirs in (("first_order", "Si"), ("total_order", "STi")):
        error = (told[f"{theirs}_q95"] - told[f"{theirs}_q5"]) / (2 * 1.645)
        error = np.hypot(error, found[f"{ours}_se"].to_numpy())
        assert ((found[ours].to_numpy() - told[theirs]).abs() <= 2.576 * error).all()
    assert found["total_order"].idxmax() == "weigh"


@pytest.mark.parametrize("name", ["topsis_2x3", "topsis_tzeng2011"])
def test_topsis_of_the_literature(mcda: dict[str, Any], name: str) -> None:
    """Tzeng and Huang (2011), and scikit-criteria's own."""
    case = mcda[name]
    matrix = np.array(case["matrix"], dtype=float)
    if case["scaling"] == "vector":
        matrix = matrix / np.sqrt((matrix**2).sum(axis=0))
    points = normalise(pd.DataFrame(matrix), method="none")
    result = aggregate(points, dict(enumerate(case["w"])), method="topsis")
    np.testing.assert_allclose(
        result["score"] / 100, case["expected_similarity"], atol=case.get("atol", 1e-8)
    )
    assert result["rank"].tolist() == case["rank"]


def test_the_weighted_sum_of_kracka(mcda: dict[str, Any]) -> None:
    """Kracka, Brauers and Zavadskas (2010), in scikit-criteria."""
    case = mcda["wsm_kracka2010"]
    matrix = pd.DataFrame(case["matrix"])
    wanted_low = [goal == "min" for goal in case["obj"]]
    matrix.loc[:, wanted_low] = 1 / matrix.loc[:, wanted_low]
    points = normalise(matrix / matrix.sum(), method="none")
    result = aggregate(points, dict(enumerate(case["w"])), method="arithmetic")
    np.testing.assert_allclose(result["score"], case["expected_score"], atol=1e-8)
    assert result["rank"].tolist() == case["rank"]


@pytest.mark.parametrize(
    ("weights", "name"), [([1, 1, 1], "gmean_123"), ([1, 1, 2], "gmean_123_w112")]
)
def test_the_geometric_mean_of_coinr(mcda: dict[str, Any], weights: list[int], name: str) -> None:
    points = pd.DataFrame([[1.0, 2.0, 3.0]])
    result = aggregate(points, dict(enumerate(weights)), method="geometric")
    assert result["score"][0] == pytest.approx(mcda["coinr_aggregators"][name], abs=1e-9)
