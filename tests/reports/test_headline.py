"""What the maps open with agrees with the run, and tells an association of its own areas alone."""

import re
from types import SimpleNamespace

import pandas as pd

from geoprio.files.folder import safe_names
from geoprio.reports.headline import association_headline, budget_words, headline
from geoprio.reports.map import association_maps, every_wave, leadership_map
from geoprio.runs import Run
from geoprio.words import decimal, whole


def figures(text: str) -> list[int]:
    return [int(re.sub(r"\D", "", one)) for one in re.findall(r"\d[\d\xa0]*", text)]


def test_the_numbers_are_the_run_s(demo_result: Run) -> None:
    told = headline(demo_result)
    assert told
    verdicts = next(iter(demo_result.scored.known.values()))["verdict"]
    mailing = demo_result.mailing
    households = mailing["households_count"].groupby(level=0).max().sum()
    full, ask, mailed, associations = told.numbers
    assert full.value == whole((verdicts == "full").sum(), "sv")
    assert ask.value == whole((verdicts == "ask").sum(), "sv")
    assert mailed.value == whole(round(households), "sv")
    assert figures(mailed.more)[:2] == [
        round(mailing["cost_sek"].sum()),
        round(demo_result.campaign.mailing.budget_sek * mailing["edition"].nunique()),
    ]
    own = mailing[mailing["edition"] == demo_result.campaign.editions[0].name]
    own = own[own["payer"].isna()]
    precision = own["target_persons_count"].sum() / own["electors_count"].sum()
    lift = precision / own["precision_everyone"].iloc[0]
    assert f"{round(100 * precision)} %" in mailed.more
    assert decimal(lift, 1, "sv") in mailed.more
    home = demo_result.scored.areas["association"]
    carrying = (verdicts == "full").groupby(home).any()
    assert associations.value == whole(int(carrying.sum()), "sv")
    assert sum(figures(row[1])[0] for row in told.associations) == (verdicts == "full").sum()
    for one in (full, ask, mailed):
        assert one.value in told.sentence


def test_associations_have_their_own_numbers_and_together_the_county_s(demo_result: Run) -> None:
    names = demo_result.scored.areas["association"].dropna()
    told = {name: association_headline(demo_result, name) for name in safe_names(names)}
    everyone = headline(demo_result).numbers[0]
    own = [number for one in told.values() if one for number in one.numbers]
    counts = [figures(one.value)[0] for one in own if one.label == everyone.label]
    assert sum(counts) == figures(everyone.value)[0]
    groups = [group.label.told("sv") for group in demo_result.groups.values()]
    for one in told.values():
        assert one
        assert not one.associations
        said = " ".join([one.sentence, *(f"{n.label} {n.more}" for n in one.numbers)])
        assert not any(group in said for group in groups)


def test_the_plan_stands_on_every_set_of_areas(demo_result: Run) -> None:
    levels, _, page = leadership_map(demo_result)
    scored, fine, afar = levels
    assert (scored.values["wave"].notna()).sum() == demo_result.mailing.index.nunique()
    around = dict(zip(demo_result.waves.index, demo_result.waves["wave"], strict=True))
    names = scored.areas.loc[list(around), "area_name"]
    waves = dict(zip(names, around.values(), strict=True))
    inside = fine.values[fine.values["wave"].notna()]
    assert len(inside) >= len(around)
    assert (inside["planned_within"].map(waves) == inside["wave"]).all()
    # No figure of the plan is a smaller area's own; a municipality's is its areas' sum.
    assert not {"households_count", "cost_sek"} & set(fine.values)
    assert afar.values["cost_sek"].sum() == demo_result.waves["cost_sek"].sum()
    assert "wave" not in afar.values
    assert budget_words(demo_result) in page.plan_words
    # Where a figure under the verdicts is a larger area's, the verdicts' own legend says so.
    named = scored.values.filter(regex=f"^({'|'.join(demo_result.groups)})_share_place$") != ""
    count = int(named.any(axis=1).sum())
    assert (f"I {whole(count, 'sv')} av {whole(len(named), 'sv')} omr" in page.certainty) == (
        count > 0
    )


def test_an_association_is_told_when_and_to_how_many_and_no_more_of_the_plan(
    demo_result: Run,
) -> None:
    levels, _, _ = association_maps(demo_result)
    for level in levels:
        assert not {"cost_sek", "target_persons_count", "planned_within"} & set(level.values)
    assert isinstance(levels[0].values["wave"], pd.Series)


def test_an_association_is_told_where_to_begin_and_no_number_of_nothing(demo_result: Run) -> None:
    level = demo_result.scored
    rank = next(iter(level.known.values()))["rank"]
    for name in safe_names(level.areas["association"].dropna()):
        told = association_headline(demo_result, name)
        own = rank[level.areas["association"] == name].dropna().sort_values(kind="stable")
        assert told
        for area in own.index[:2]:
            assert level.areas.loc[area, "area_name"] in told.sentence
        assert not [one for one in told.numbers if one.value == "0"]


def test_an_area_of_several_editions_names_all_its_waves() -> None:
    mailing = pd.DataFrame(
        {"edition": ["riksdag", "riksdag", "kommun"], "wave": [1.0, 2.0, 3.0]},
        index=pd.Index(["A", "B", "A"], name="area_code"),
    )
    told = every_wave(SimpleNamespace(mailing=mailing, language="sv"))
    assert told.to_dict() == {"A": "riksdag i omgång 1, kommun i omgång 3"}
    assert every_wave(SimpleNamespace(mailing=mailing[:2], language="sv")).empty
