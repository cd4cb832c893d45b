"""No sentence about an area rests on a larger area's figure, but where it says so by name."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from geoprio.config import PublicTexts, Text
from geoprio.counts.figures import MODEL, OWN
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from geoprio.scores import PLACE, Figures, Located
from geoprio.scores.indicators import own_figures, place_origins, target_origins
from geoprio.scores.reasons import explain_areas, reasons_of
from geoprio.words import spoken
from tests.reports.walk import parts_of
from tests.runs.coarse import coarse_outcome
from tests.scores.toy import weigh
from tests.shared import Shared
from tests.unpacked import payload_of

SPACE = "\N{NO-BREAK SPACE}"
DWELLINGS = [f"dwellings_{kind}_count" for kind in ("rental", "tenant_owned", "owned", "unknown")]
NEEDS = {
    "rental_share": DWELLINGS,
    "tenant_owned_share": DWELLINGS,
    "owned_share": DWELLINGS,
    "children_share": ["age_0_14_count", "population_count"],
    "aged_20_29_share": ["age_20_24_count", "age_25_29_count", "population_count"],
    "unemployed_share": ["unemployed_20_64_count", "residents_20_64_count"],
    "income_gap_share": ["women_net_income_mean_sek", "men_net_income_mean_sek"],
    "care_jobs_share": ["employed_q_men_count", "employed_q_women_count", "employed_count"],
}
"""What each share that people are told of is made of."""
PARTS = {
    "rental_share": (["dwellings_rental_count"], DWELLINGS),
    "children_share": (["age_0_14_count"], ["population_count"]),
    "income_gap_share": (["women_net_income_mean_sek"], ["men_net_income_mean_sek"]),
    "unemployed_share": (["unemployed_20_64_count"], ["residents_20_64_count"]),
    "care_jobs_share": (["employed_q_men_count", "employed_q_women_count"], ["employed_count"]),
}
FIGURE_OF_A_LINE = re.compile(
    r"procent (av (bostäderna|dem|invånarna|dem som har jobb) (är|arbetar)|lägre)|som helhet"
)


@pytest.fixture(scope="module", params=["coarse", "real"])
def outcome(request: pytest.FixtureRequest, shared: Shared) -> Outcome:
    if request.param == "real":
        found: Outcome = request.getfixturevalue("real_outcome")
        return found
    raw = request.getfixturevalue("demo_raw")
    return shared.once("coarse-outcome", lambda folder: coarse_outcome(raw, folder))


@pytest.fixture(scope="module")
def run(outcome: Outcome, shared: Shared) -> Run:
    kind = "real" if outcome.plans.campaign.name == "storstockholm" else "coarse"
    return shared.run(kind, outcome)


def larger_codes(outcome: Outcome, area_set: str) -> dict[str, pd.Series]:
    """Return the larger areas that each area lies in, the nearest first."""
    return outcome.gathered.atlas.parents(area_set)


def known(outcome: Outcome, area_set: str, columns: list[str]) -> pd.Series:
    """Return whether all of `columns` are counted of each area: for it, its parts, or it alone."""
    counts = outcome.gathered.published[area_set][0].reindex(columns=columns)
    told = counts.notna().all(axis=1)
    for name, codes in larger_codes(outcome, area_set).items():
        above = outcome.gathered.published[name][0].reindex(columns=columns).notna().all(axis=1)
        alone = codes.map(codes.value_counts()) == 1
        told |= alone & codes.map(above)
    return told


def share_of(outcome: Outcome, area_set: str, code: str, indicator: str) -> float:
    counts = outcome.gathered.published[area_set][0].loc[code]
    part, whole = (counts.reindex(names).sum(skipna=False) for names in PARTS[indicator])
    return float(1 - part / whole if indicator == "income_gap_share" else part / whole)


def share_of_association(outcome: Outcome, name: str, indicator: str) -> float:
    """Return the share in all of the areas that are an association's."""
    counts = outcome.gathered.published["regso_2020"][0]
    theirs = counts[outcome.levels[0].areas["association"].reindex(counts.index) == name]
    part, whole = (theirs[names].to_numpy().sum() for names in PARTS[indicator])
    return float(part / whole)


def lines_of(outcome: Outcome, level: Located) -> Iterator[tuple[str, str, str]]:
    """Yield code, indicator and sentence of each area that has an opening line."""
    openings = outcome.advised[level.area_set].openings
    for code, row in openings[openings["opening_line"] != ""].iterrows():
        yield str(code), outcome.guides.messages[row["message"]].indicator, row["opening_line"]


def test_an_opening_line_is_of_the_area_or_names_whom_it_is_of(outcome: Outcome) -> None:
    atlas, heard = outcome.gathered.atlas, dict.fromkeys(("own", *outcome.gathered.atlas.nested), 0)
    for level in outcome.levels:
        own = {name: known(outcome, level.area_set, NEEDS[name]) for name in PARTS}
        homes = larger_codes(outcome, level.area_set)
        for code, indicator, line in lines_of(outcome, level):
            # An association that bears the name of an area is not told of.
            told = {f"i {level.areas['association'][code]} som helhet": ("association", code)}
            for name, codes in homes.items():
                place = f"i {atlas.sets[name]['area_name'][codes[code]]} som helhet"
                told[place] = (name, codes[code])
            named = next((place for place in told if place in line), None)
            assert (named is None) == ("som helhet" not in line), line
            if indicator not in PARTS:
                # Votes are counted of people where they live, in no larger area.
                assert named is None
                continue
            if named is None:
                assert own[indicator][code]
                heard["own"] += 1
                share = level.indicators.loc[code, indicator]
            elif told[named][0] == "association":
                share = share_of_association(outcome, level.areas["association"][code], indicator)
            else:
                heard[told[named][0]] += 1
                share = share_of(outcome, *told[named], indicator)
            said = spoken(pd.Series([share], name=indicator), "sv").iloc[0]
            assert said in line, (code, line)
    assert min(heard.values()) > 5


def test_a_larger_area_is_told_of_where_no_figure_of_the_area_s_own_can_be(
    outcome: Outcome,
) -> None:
    for level in outcome.levels:
        figures = own_figures(level.indicators, level.origins)
        can = pd.Series(False, figures.index)
        for asked in outcome.guides.messages.values():
            sign = {"high": 1, "low": -1}[asked.direction]
            can |= sign * figures[asked.indicator] >= sign * asked.threshold
        lines = outcome.advised[level.area_set].openings["opening_line"]
        assert (~lines.str.contains("som helhet") & (lines != "")).equals(can)


def test_more_areas_have_something_to_open_with_than_the_rents_alone_give(
    outcome: Outcome,
) -> None:
    told = outcome.advised["regso_2020"].openings["message"]
    assert (told != "").mean() > 0.6
    assert told[told != ""].nunique() >= 3


def test_a_type_rests_on_what_is_known_of_nearly_every_area(outcome: Outcome) -> None:
    words = {"barn": "children_share", "unga": "aged_20_29_share", "hyres": "rental_share"}
    for level in outcome.levels:
        names = " ".join(outcome.advised[level.area_set].types["type"].dropna().unique())
        for word, indicator in words.items():
            if word in names:
                own = known(outcome, level.area_set, NEEDS[indicator])
                assert own.mean() >= 0.8, (level.area_set, word)
    assert outcome.advised["deso_2018"].types["type"].isna().all()


def test_a_reason_names_nothing_that_is_a_larger_area_s(outcome: Outcome) -> None:
    sets = set(outcome.gathered.atlas.nested)
    for level in outcome.levels:
        criteria = {
            item.indicator for one in outcome.plans.profiles.values() for item in one.criteria
        }
        theirs = level.origins.reindex(columns=sorted(criteria), fill_value=OWN).isin(sets)
        assert not theirs.to_numpy().any()


@pytest.mark.parametrize("public", [False, True])
def test_a_criterion_that_is_a_larger_area_s_moves_a_score_and_is_never_told(
    outcome: Outcome, public: bool
) -> None:
    level = outcome.levels[-1]
    profile = weigh("percentile", rental_share=1.0, turnout_share=0.2)
    open_words = PublicTexts(strong=Text(sv="hög", en="high"), weak=Text(sv="låg", en="low"))
    told = tuple(item.model_copy(update={"public": open_words}) for item in profile.criteria[:1])
    profile = profile.model_copy(update={"criteria": (*told, *profile.criteria[1:])})
    own = known(outcome, level.area_set, NEEDS["rental_share"])
    parts = explain_areas(level.indicators, profile)
    said = own_figures(level.indicators, level.origins)
    words = reasons_of(parts, said, profile, language="sv", public=public)
    of_rents = words.str.lower().str.contains("hög|låg" if public else "rental_share")
    loud = parts["rental_share"].abs() > 2
    assert of_rents[own & loud].all()
    assert not of_rents[~own].any()
    assert loud[~own].any()


def test_no_file_has_a_sentence_of_figures_that_was_not_looked_at(
    outcome: Outcome, run: Run
) -> None:
    said = {
        line.replace(SPACE, " ")
        for level in outcome.levels
        for line in outcome.advised[level.area_set].openings["opening_line"]
    }
    files = 0
    for folder in {path.parent for path in run.paths.values()}:
        for part in parts_of(folder):
            files += 1
            cells = part.cells.to_numpy(object).ravel()
            told = {str(cell).replace(SPACE, " ") for cell in cells if isinstance(cell, str)}
            found = {words for words in told if words.startswith("Börja samtalet med")}
            assert found <= said, part.file
            others = {words for words in told - found if FIGURE_OF_A_LINE.search(words)}
            bad = [it for it in others if "andelen i" not in it and "gäller" not in it]
            assert bad == [], part.file
    assert files > 10


def test_a_group_s_share_that_is_a_larger_area_s_is_said_to_be(outcome: Outcome, run: Run) -> None:
    level, names = outcome.levels[0], outcome.gathered.municipality_names
    own = known(outcome, level.area_set, ["age_18_29_count", "adults_count"])
    theirs = level.areas["municipality_code"].map(names).mask(own, "")
    assert (theirs == "").any()
    assert (theirs != "").any()
    assert run.scored.larger("unga_share").tolist() == theirs.tolist()
    table = pd.read_csv(run.paths["ranking"], sep=";", encoding="utf-8-sig", dtype=str)
    told = table.set_index("områdeskod")["Unga: metod"].reindex(theirs.index)
    for code, place in theirs.items():
        assert (f"andelen i {place} som helhet" in told[code]) == (place != "")
    values = payload_of(run.paths["map"].read_text(encoding="utf-8"))["levels"][0]["values"]
    coded = values["unga"]["words"]["place"]
    assert [coded["once"][place] for place in coded["places"]] == theirs.tolist()
    assert "place" not in values["lo"].get("words", {})


def toy(**counts: list[float]) -> Figures:
    index = pd.Index(["A", "B", "C"], name="area_code")
    ones = {f"votes_{party}_count": 1.0 for party in ("v", "s", "mp")}
    votes = {"electors_count": 9.0, "votes_cast_count": 6.0, "valid_count": 5.0, **ones}
    return Figures(
        counts=pd.DataFrame(counts, index=index),
        votes=pd.DataFrame(votes, index=index),
        area_km2=pd.Series(1.0, index),
        weights={"g": 1.0},
        association=pd.Series("X", index),
        capacity=pd.DataFrame(),
    )


def test_an_indicator_is_as_far_away_as_the_farthest_of_its_parts() -> None:
    figures = toy(
        population_count=[10, 10, 10], age_0_14_count=[2, 2, np.nan], dwellings_rental_count=[1] * 3
    )
    whence = pd.DataFrame(
        {
            "age_0_14_count": ["own", "kommun", "kommun"],
            "dwellings_rental_count": ["regso", "own", "regso"],
        },
        index=figures.counts.index,
    )
    split = pd.Series([False, True, True], figures.counts.index)
    found = place_origins(figures, whence, ["regso", "kommun"], split=split)
    assert list(found) == list(PLACE)
    assert found["children_share"].tolist() == ["own", "kommun", "own"]  # unknown is nobody's
    assert found["rental_share"].tolist() == ["regso", "own", "regso"]
    # Split by the residents, who are counted here: a model of the area, no share of the larger.
    assert found["doors_per_km2"].tolist() == ["model", "own", "model"]
    assert found["turnout_share"].tolist() == ["own", "moved", "moved"]


def test_the_intensity_is_a_model_where_one_of_its_groups_is() -> None:
    index = pd.Index(["A", "B", "C"], name="area_code")
    groups = pd.DataFrame({"g": ["own", "kommun", "own"], "h": ["own", "own", "model"]}, index)
    found = target_origins(groups, {"g": 1.0, "h": 1.0}, ["regso", "kommun"])
    assert found["intensity_share"].tolist() == ["own", "kommun", "model"]
    alone = target_origins(groups, {"g": 1.0}, ["regso", "kommun"])
    assert alone["intensity_share"].tolist() == ["own", "kommun", "own"]
    assert alone["at_least_one_share"].tolist() == ["own", "kommun", "model"]
    assert alone["target_persons_count"].tolist() == ["own", MODEL, "own"]


def test_origins_are_kept_as_small_as_they_can_be(outcome: Outcome, run: Run) -> None:
    for level in outcome.levels:
        kept = run.levels[level.area_set].origins
        values = kept.drop(columns=list(kept.filter(regex="^within_")))
        assert (values != OWN).any().all()
        sets = {name.removeprefix("within_") for name in kept.filter(regex="^within_")}
        assert sets == set(np.unique(values.astype(str))) & set(outcome.gathered.atlas.nested)


def test_an_older_run_says_of_no_figure_that_it_is_another_s(run: Run) -> None:
    frames = {name: frame for name, frame in run.frames.items() if "origins" not in name}
    older = Run(run.record, frames, run.folder)
    assert (older.scored.larger("unga_share") == "").all()
