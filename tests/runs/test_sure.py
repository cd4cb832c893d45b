"""How sure a run says that its rankings are, held against the demo's truth (METHOD 6).

The figures of many seeds stand in docs/method-check.md; here are two of them.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from check_counties import ALL, SETS, County
from check_ranking import CHANNELS, grade_figures, ranking_grades, true_scores

from geoprio import pipeline
from geoprio.config import Method, Uncertainty, shipped_folder
from geoprio.runs import Run
from geoprio.scores import (
    PLACE,
    Measured,
    SetRule,
    criterion_bounds,
    rank_confidence_sets,
    rank_uncertainty,
    score_areas,
    verdicts,
)
from geoprio.scores.draws import rng_for
from tests.shared import Shared

pytestmark = pytest.mark.whole
AREAS, SEEDS = 400, (1, 2)
TOLD = ["rank_median", "rank_low", "rank_high", "p_top", "depends_on_weights"]
each_ranking = pytest.mark.parametrize(
    ("area_set", "channel"), [(name, channel) for name in SETS for channel in CHANNELS]
)


@pytest.fixture(scope="module", params=SEEDS)
def county(request: pytest.FixtureRequest, shared: Shared) -> County:
    if request.param == 1:  # `test_doubt` and `test_calibration` ask for both set-ups of it
        return shared.checked(areas=AREAS, seed=request.param)
    return shared.checked(areas=AREAS, seed=request.param, setups=(ALL,))


@each_ranking
def test_areas_truly_at_the_top_are_seldom_told_to_be_none_of_the_first(
    county: County, area_set: str, channel: str
) -> None:
    """One area of fifteen is already more than the twentieth that the page asks for."""
    found = ranking_grades(county, ALL, area_set, channel)
    assert found["missed"] <= 0.20
    assert found["false"] <= 0.20
    assert found["set_covered"] >= 0.95
    assert found["interval_covered"] >= 0.85
    assert found["top_covered"] >= 0.95


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_ranking_taken_as_exact_fails_the_grades(county: County, channel: str) -> None:
    """Figures without errors, one method and fixed weights: the ranking is all that is said."""
    area_set = SETS[1]
    level, profile = county.level(ALL, area_set), county.outcomes[ALL].plans.profiles[channel]
    one = Method(normalise=profile.normalise, aggregate=profile.aggregate)
    exact = Measured(level.indicators, pd.DataFrame(index=level.indicators.index))
    rules = Uncertainty(draws=1, concentration=None, methods=(one,))
    top_k = county.top_k(ALL, area_set)
    found = rank_uncertainty(exact, profile, rules, top_k=top_k, rng=rng_for(1, "exact"))
    told = verdicts(level.scores[channel].assign(p_top=found["p_top"]), profile.cuts, rules)
    exactly = ranking_grades(county, ALL, area_set, channel, verdict=told)["missed"]
    ours = ranking_grades(county, ALL, area_set, channel)["missed"]
    assert exactly > max(ours, 0.02)
    score = level.scores[channel]["score"]
    sets = rank_confidence_sets(score, 0 * score, SetRule(), rng=rng_for(1, "sets"))
    rank = true_scores(county, ALL, area_set, channel)["rank"]
    assert rank.between(sets["rank_low"], sets["rank_high"]).mean() < 0.5


@pytest.mark.parametrize("area_set", SETS)
def test_the_figures_errors_are_as_large_as_they_say(county: County, area_set: str) -> None:
    level = county.level(ALL, area_set)
    found = grade_figures(level.indicators, level.errors, county.truth(ALL, area_set))
    criteria = ["intensity_share", "mobilisation_count", "target_households_count"]
    assert (found.loc[criteria, "covered"] >= 0.8).all()
    # Not so large that they say nothing.
    assert (found.loc[criteria, "error"] <= 2 * found.loc[criteria, "off"]).all()


def test_the_order_of_the_rows_and_the_threads_change_no_byte(
    demo_result: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run says is said again from its frames, shuffled, by one thread and by three."""
    area_set, campaign = "deso_2018", demo_result.campaign
    level, profile = demo_result.levels[area_set], demo_result.profiles["canvass"]
    names = [item.indicator for item in profile.criteria]
    errors = level.errors.reindex(columns=names).fillna(0.0)
    order = np.random.default_rng(1).permutation(level.indicators.index)
    for threads in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda count=threads: count)
        found = rank_uncertainty(
            Measured(level.indicators[names].loc[order], errors.loc[order[::-1]]),
            profile,
            campaign.uncertainty,
            top_k=level.top_k,
            rng=rng_for(campaign.seed, f"{area_set}: ranks of canvass"),
        )
        told = level.scores["canvass"][TOLD]
        pd.testing.assert_frame_equal(found.sort_index()[TOLD], told, check_exact=True)


def test_another_step_has_a_stream_of_its_own() -> None:
    first, second = (rng_for(2026, step).random(3) for step in ("a: ranks", "b: ranks"))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, rng_for(2026, "a: ranks").random(3))
    assert not np.array_equal(first, rng_for(2027, "a: ranks").random(3))


def test_an_area_far_away_changes_others_through_named_bounds_alone(demo_result: Run) -> None:
    level = demo_result.levels["regso_2020"]
    profile = demo_result.profiles["canvass"].model_copy(update={"normalise": "minmax"})
    names = [item.indicator for item in profile.criteria]
    own = level.indicators[names]

    def score(frame: pd.DataFrame) -> pd.Series:
        scores = score_areas(frame, profile, channel="canvass", election="riksdag")["score"]
        return scores.reindex(own.index)

    within = pd.concat([own, own.median().to_frame("2599R999").T]).rename_axis("area_code")
    pd.testing.assert_series_equal(score(within), score(own), check_exact=True)
    far = within.copy()
    far.loc["2599R999", "doors_per_km2"] = 2 * own["doors_per_km2"].max()
    assert not score(far).equals(score(own))
    bounds = criterion_bounds(far, profile)
    assert bounds.loc["doors_per_km2", "high_areas"] == "2599R999"
    assert not bounds.drop(index="doors_per_km2").eq("2599R999").any(axis=None)


def test_a_channel_of_few_areas_is_told_how_far_it_strays_and_nothing_more(
    own_raw: Path, tmp_path: Path
) -> None:
    """Twenty-six municipalities and a top of fifty: the run ends, and says what it cannot say."""
    raw = own_raw
    text = (raw / "demo.toml").read_text(encoding="utf-8")
    wider = text.replace('scored_set = "regso_2020"', 'scored_set = "kommun"')
    (raw / "demo.toml").write_text(wider.replace("waves = 2", "waves = 1"), encoding="utf-8")
    result = pipeline.run(raw / "demo.toml", raw=raw, out=tmp_path / "out")
    scores = result.levels["kommun"].scores["canvass"]
    assert scores["p_top"].isna().all()
    assert scores["verdict"].isna().all()
    assert (scores["rank_low"] <= scores["rank_high"]).all()
    assert scores["in_top_set"].isna().all()
    assert any("färre än de 50" in told for told in result.warnings)
    assert not any("0 områden kan höra till" in told for told in result.warnings)


def test_the_record_counts_the_verdicts_and_lays_both_weights_side_by_side(
    demo_result: Run,
) -> None:
    record = json.loads(demo_result.paths["record"].read_text(encoding="utf-8"))["certainty"]
    assert record["draws"] == 2000
    ranking = record["area_sets"]["regso_2020"]["canvass"]
    indicators = demo_result.levels["regso_2020"].indicators
    bounds = ranking["bounds"]["doors_per_km2"]
    assert bounds["high_areas"] == indicators["doors_per_km2"].idxmax()
    assert bounds["low"] == pytest.approx(indicators["doors_per_km2"].min(), abs=1e-4)
    assert ranking["without_one_area"]["moves_most"] in indicators.index
    # What the user's own figures do to a ranking stands in no file.
    organise = record["area_sets"]["regso_2020"]["organise"]
    assert organise["without_one_area"] is None
    assert organise["bounds"].keys() == organise["weights"].keys() == {"intensity_share"}
    told = demo_result.levels["regso_2020"].scores["canvass"]["verdict"].value_counts()
    assert ranking["verdicts"] == told.to_dict()
    assert ranking["weights"]["intensity_share"]["nominal_weight"] == pytest.approx(0.4)
    assert set(record["groups_in_intensity"]) == set(demo_result.locating)
    changes = record["groups_change_of_first"]
    assert changes["kvinnor"]["canvass"] < changes["invandrarbakgrund"]["canvass"]
    assert changes["kvinnor"]["organise"] is None
    said = f"LO-medlemmar {changes['lo']['canvass']:.0f}"
    assert any("ändrar varje målgrupps" in told and said in told for told in demo_result.warnings)
    would = f"rangordnas: Kvinnor {changes['kvinnor']['mailing']:.0f}"
    assert any(told.endswith(would) for told in demo_result.warnings)


def test_a_criterion_alike_everywhere_and_one_that_nobody_knows_end_no_run(
    own_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of doors a constant, instead of members what is known nowhere."""
    for name, value in {"alike_share": 0.5, "unknown_share": np.nan}.items():
        monkeypatch.setitem(
            PLACE, name, lambda figures, value=value: pd.Series(value, figures.counts.index)
        )
    raw = own_raw
    (raw / "profiles").mkdir()
    instead = {"canvass": ("doors_per_km2", "alike_share")}
    instead["organise"] = ("members_per_1000", "unknown_share")
    for channel, (old, new) in instead.items():
        text = (shipped_folder() / "profiles" / f"{channel}.toml").read_text(encoding="utf-8")
        (raw / "profiles" / f"{channel}.toml").write_text(text.replace(old, new), encoding="utf-8")
    result = pipeline.run(raw / "demo.toml", raw=raw, out=tmp_path / "out")
    level = result.levels["regso_2020"]
    assert level.scores["canvass"]["p_top"].notna().all()
    # What nobody knows is left out of the channel, which is ranked by the rest of its weight.
    assert level.scores["organise"]["score"].notna().all()
    assert (level.scores["organise"]["coverage"] < 1).all()
    assert "points_organise_unknown_share" not in level.points
    assert (level.points["points_canvass_alike_share"] == 50).all()
    weights = result.frames["weights"].set_index("criterion")
    assert (weights.filter(like="dörrtäthet", axis=0)["effective_weight"] == 0).all()
    assert any("densamma utan dörrtäthet" in told for told in result.warnings)
    assert any(told.startswith("Organisering") for told in result.warnings)
