"""An addressed order of the demo: who is asked for, and when no order is made."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import tomli_w
from geoprio.plans.wish import MailingWish

from geoprio.config import (
    Addressed,
    MailingEdition,
    Register,
    config_folders,
    load_group,
    shipped_folder,
)
from geoprio.errors import ConfigError, GeoprioError, SourceError
from geoprio.pipeline import compute
from geoprio.plans.postal import residents_of_age
from geoprio.reports.editions import REGISTERS, choose_edition, edition_files
from geoprio.reports.register_order import (
    addressed_files,
    layer_faults,
    load_addressed,
    other_share,
)
from geoprio.reports.vendor_order import Edition
from geoprio.runs.outcome import Outcome
from geoprio.scores.levels import MAILING
from tests.outputs.test_notice import filled
from tests.pipeline.test_demo_run import changed_campaign
from tests.pipeline.walk import faults_of, parts_of

SHIPPED = (shipped_folder(),)
NOBODY = pd.Series(dtype=str)
EDITION = Edition("riksdag", date(2030, 9, 8))


@pytest.fixture(scope="module")
def outcome(
    demo_raw: Path, demo_outcome: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """Return a run with one point inside each RegSO, whose postal code is 20000 and its place."""
    raw = tmp_path_factory.mktemp("addressed") / "raw"
    shutil.copytree(demo_raw, raw)
    regso = demo_outcome.levels[0].areas
    places = gpd.GeoDataFrame(
        {"postnr": codes_of(regso.index)}, geometry=regso.representative_point(), crs=3006
    )
    places.to_file(raw / "egna-postnummerpunkter.gpkg", driver="GPKG", layer="adresser")
    path = changed_campaign(raw, "sources = [", 'sources = [\n  "own_postal_points",')
    return compute(path, raw=raw)


def codes_of(areas: pd.Index) -> pd.Series:
    return pd.Series([f"{20000 + place}" for place in range(len(areas))], areas)


@pytest.fixture(scope="module")
def asked() -> tuple[Addressed, Register]:
    return load_addressed("unga", SHIPPED)


def with_plans(outcome: Outcome, **changes: object) -> Outcome:
    return replace(outcome, plans=replace(outcome.plans, **changes))  # type: ignore[arg-type]


def test_the_codes_of_the_chosen_areas_and_their_people(
    outcome: Outcome, asked: tuple[Addressed, Register]
) -> None:
    files = addressed_files(outcome, outcome.mailing, *asked, EDITION)
    level, chosen = outcome.levels[0], outcome.mailing.index
    codes = codes_of(level.areas.index)[chosen]
    assert files["urval-riksdag-postnummer.txt"].decode().split() == sorted(codes)
    table = files["urval-riksdag.csv"].decode("utf-8-sig").splitlines()[1:]
    towns = {line.split(";")[0]: line.split(";")[2] for line in table}
    assert towns == {codes[area]: level.areas["municipality_code"][area] for area in chosen}
    people = residents_of_age(level.counts, (18, 29))[chosen].sum()
    page = files["urvalsmotivering.md"].decode()
    rounded = f"{round(people, -3):,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    assert 10_000 < people < 100_000
    assert f"Omkring {rounded} i åldern" in page
    assert "bär 50 procent av vikten" in page
    for area in chosen:
        assert f"| {area} | " in page
    assert "DEMO" in page
    assert "DEMO" in files["urval-riksdag.md"].decode()


def test_no_file_tells_what_its_reader_may_not_see(
    outcome: Outcome, asked: tuple[Addressed, Register], tmp_path: Path
) -> None:
    for name, content in addressed_files(outcome, outcome.mailing, *asked, EDITION).items():
        (tmp_path / name).write_bytes(content)
    homes = outcome.levels[0].areas["association"].dropna().to_dict()
    labels = {name: load_group(name, SHIPPED).label.sv for name in outcome.plans.groups}
    parts = list(parts_of(tmp_path))
    assert {part.audience for part in parts} == {"leverantor", "valledning"}
    assert [fault for part in parts for fault in faults_of(part, homes, labels)] == []
    # The order of the choice is a ranking: no vendor's file has it, nor any area of it.
    for part in parts:
        if part.audience == "leverantor":
            cells = set(part.cells.map(str).to_numpy().ravel())
            assert not cells & set(outcome.mailing.index), part.file


def test_areas_that_are_postal_codes_need_no_points(
    outcome: Outcome, asked: tuple[Addressed, Register]
) -> None:
    level = outcome.levels[0]
    codes = codes_of(level.areas.index)
    spaced = codes.str[:3] + " " + codes.str[3:]
    own = replace(
        level,
        areas=level.areas.rename(index=spaced),
        counts=level.counts.rename(index=spaced),
        scores={MAILING: level.scores[MAILING].rename(index=spaced)},
    )
    ours = replace(outcome, levels=(own,))
    files = addressed_files(ours, outcome.mailing.rename(index=spaced), *asked, EDITION)
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes[outcome.mailing.index])
    assert "Områdena är själva postnummer" in files["urvalsmotivering.md"].decode()


def test_a_choice_by_origin_or_union_alone_is_refused(
    outcome: Outcome, asked: tuple[Addressed, Register]
) -> None:
    groups = outcome.plans.groups
    for names in (["lo"], ["invandrarbakgrund"], ["lo", "invandrarbakgrund"]):
        alone = with_plans(outcome, groups={name: groups[name] for name in names})
        with pytest.raises(GeoprioError, match=r"mailing.toml.*must not rest on origin or union"):
            addressed_files(alone, outcome.mailing, *asked, EDITION)
    one_of_each = with_plans(outcome, groups={name: groups[name] for name in ("lo", "unga")})
    assert layer_faults(one_of_each.plans) == []


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ({"lo_share": 1.0}, 0.0),
        ({"born_abroad_share": 1.0}, 0.0),
        ({"lo_share": 1.0, "doors_per_km2": 0.05}, 0.05 / 1.05),
        ({"lo_share": 1.0, "doors_per_km2": 1.0}, 0.5),
        ({"intensity_share": 1.0}, 0.5),
        ({"intensity_share": 1.0, "doors_per_km2": 1.0}, 0.75),
    ],
    ids=str,
)
def test_what_other_layers_bear_of_the_weight(
    outcome: Outcome, weights: dict[str, float], share: float
) -> None:
    profile = outcome.plans.profiles[MAILING]
    plain = {"sv": "något", "en": "something"}
    criteria = [
        profile.criteria[0].model_dump() | {"indicator": name, "weight": weight, "label": plain}
        for name, weight in weights.items()
    ]
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": criteria, "scenarios": ()}
    )
    assert other_share(own, outcome.plans) == pytest.approx(share)
    plans = replace(outcome.plans, profiles={MAILING: own})
    assert bool(layer_faults(plans)) == (share < 0.1)


def test_a_label_that_speaks_of_origin_counts_as_its_layer(outcome: Outcome) -> None:
    profile = outcome.plans.profiles[MAILING]
    spoken = {"sv": "andel födda utomlands", "en": "a share"}
    criterion = profile.criteria[0].model_dump() | {"indicator": "x_share", "label": spoken}
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": [criterion], "scenarios": ()}
    )
    assert other_share(own, outcome.plans) == 0


def test_every_fault_is_told_at_once(outcome: Outcome, asked: tuple[Addressed, Register]) -> None:
    wanted, register = asked
    loaded = [one for one in outcome.gathered.loaded if one.source.provides != "points"]
    bare = replace(outcome, gathered=replace(outcome.gathered, loaded=tuple(loaded)))
    bare = with_plans(bare, groups={"lo": outcome.plans.groups["lo"]})
    ageless = wanted.model_copy(update={"age_from": None})
    with pytest.raises(GeoprioError) as refused:
        addressed_files(bare, outcome.mailing.iloc[:0], ageless, register, EDITION)
    told = str(refused.value)
    for words in ("age_from: missing", "mailing.toml", "postal codes: found neither", "plan:"):
        assert words in told


def test_a_selection_that_comes_to_few_is_refused(
    outcome: Outcome, asked: tuple[Addressed, Register]
) -> None:
    wanted, register = asked
    more = wanted.model_copy(update={"least_residents": 10_000_000})
    with pytest.raises(GeoprioError, match="expected at least 10000000"):
        addressed_files(outcome, outcome.mailing, more, register, EDITION)
    campaign = outcome.plans.campaign.model_copy(update={"minimum_count": 1_000_000})
    few_in_each = with_plans(outcome, campaign=campaign)
    with pytest.raises(GeoprioError, match="in 0 postal codes: found 0"):
        addressed_files(few_in_each, outcome.mailing, wanted, register, EDITION)


def test_a_code_with_few_of_the_age_is_left_out_and_told(
    outcome: Outcome, asked: tuple[Addressed, Register]
) -> None:
    wanted, register = asked
    level, chosen = outcome.levels[0], outcome.mailing.index
    people = residents_of_age(level.counts, wanted.ages)[chosen].sort_values()
    limit = int(people.iloc[0]) + 1
    campaign = outcome.plans.campaign.model_copy(update={"minimum_count": limit})
    files = addressed_files(
        with_plans(outcome, campaign=campaign), outcome.mailing, wanted, register, EDITION
    )
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes_of(level.areas.index)[people.index[people >= limit]])
    assert "1 postnummer är borttagna" in files["urvalsmotivering.md"].decode()


def test_unknown_ages_are_no_pass(outcome: Outcome, asked: tuple[Addressed, Register]) -> None:
    level = outcome.levels[0]
    blind = replace(level, counts=level.counts[["population_count"]])
    ours = replace(outcome, levels=(blind, *outcome.levels[1:]))
    with pytest.raises(GeoprioError, match="unknown in some of them"):
        addressed_files(ours, outcome.mailing, *asked, EDITION)


def test_an_edition_is_written_with_its_order_and_its_notice(
    outcome: Outcome, tmp_path: Path
) -> None:
    (tmp_path / "notices").mkdir()
    file = tmp_path / "notices" / "unga.toml"
    file.write_text(tomli_w.dumps(filled()), encoding="utf-8")
    folders = config_folders(tmp_path / "campaign.toml")
    edition = MailingEdition(
        name="riksdag", election_day="2030-09-08", addressed="unga", notice="unga"
    )
    wish = MailingWish(households=30_000)
    files = edition_files(outcome, edition, wish, NOBODY, folders)
    sent = {name for name in files if name.startswith(f"{REGISTERS}/")}
    assert f"{REGISTERS}/urval-riksdag-postnummer.txt" in sent
    # The reasons stay at home: the register is told which, never why.
    assert "urvalsmotivering.md" in files
    assert not any("motivering" in name for name in sent)
    assert {Path(name).suffix for name in files if "ndningsblad" in name} == {
        *(".md", ".html", ".json")
    }
    codes = files[f"{REGISTERS}/urval-riksdag-postnummer.txt"].decode().split()
    plan = choose_edition(outcome, edition, wish).plan
    assert codes == sorted(codes_of(outcome.levels[0].areas.index)[plan.index])
    # Down the combined score: whoever is left out ranks lower, or did not fit.
    rank = outcome.levels[0].scores[MAILING]["rank"]
    households = outcome.levels[0].indicators["households_count"]
    spare = 30_000 - plan["households_count"].sum()
    passed_by = rank[(rank < rank[plan.index].max()) & ~rank.index.isin(plan.index)].index
    assert (households[passed_by] > spare).all()
    with pytest.raises(ConfigError, match="no precision"):
        edition_files(outcome, edition, MailingWish(precision=0.5), NOBODY, folders)
    added = pd.Series({rank.index[0]: "någon"})
    with pytest.raises(SourceError, match="is addressed"):
        edition_files(outcome, edition, wish, added, folders)

    file.write_text("", encoding="utf-8")
    with pytest.raises(GeoprioError, match=r"(?s)sponsor\.name: empty.*notice\.url: empty"):
        edition_files(outcome, edition, wish, NOBODY, folders)
