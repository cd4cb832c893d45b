"""An addressed order of the demo: who is asked for, and when no order is made."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import tomli_w

from geoprio.config import (
    Addressed,
    MailingEdition,
    Register,
    config_folders,
    load_group,
    shipped_folder,
)
from geoprio.errors import ConfigError, GeoprioError, SourceError
from geoprio.plans import MailingWish, postal_pairs
from geoprio.plans.postal import residents_of_age
from geoprio.reports.editions import REGISTERS, choose_edition, edition_files
from geoprio.reports.register_order import (
    addressed_files,
    layer_faults,
    load_addressed,
    other_share,
)
from geoprio.reports.vendor_order import Edition
from geoprio.runs import Run
from geoprio.scores.levels import MAILING
from tests.files.test_notice import filled
from tests.reports.walk import faults_of, parts_of

SHIPPED = (shipped_folder(),)
EDITION = Edition("riksdag", date(2030, 9, 8))


@pytest.fixture(scope="module")
def run(demo_result: Run) -> Run:
    """Return a run with one point inside each RegSO, whose postal code is 20000 and its place."""
    areas = demo_result.scored.areas
    points = gpd.GeoDataFrame(
        geometry=areas.representative_point().to_numpy(), index=codes_of(areas.index), crs=3006
    )
    return with_postal(demo_result, areas, points)


def with_postal(run: Run, areas: gpd.GeoDataFrame, points: gpd.GeoDataFrame | None) -> Run:
    by, pairs = postal_pairs(areas, run.scored.counts["population_count"], points=points) or ("", 0)
    frames = {**run.frames, "regso_2020_areas": areas, "regso_2020_postal": pairs}
    mailing = {**run.record["mailing"], "postal_codes": by}
    return replace(run, frames=frames, record={**run.record, "mailing": mailing})


def codes_of(areas: pd.Index) -> pd.Series:
    return pd.Series([f"{20000 + place}" for place in range(len(areas))], areas)


@pytest.fixture(scope="module")
def asked() -> tuple[Addressed, Register]:
    return load_addressed("unga", SHIPPED)


def files_of(
    run: Run, edition: MailingEdition, wish: MailingWish, folders: tuple[Path, ...]
) -> dict[str, bytes]:
    return edition_files(run, choose_edition(run, edition, wish), folders)


def with_settings(run: Run, **changes: Mapping[str, object]) -> Run:
    """Return the run as it would be had the campaign, its groups or profiles been otherwise."""
    return replace(run, record={**run.record, "settings": {**run.settings, **changes}})


def with_groups(run: Run, *names: str) -> Run:
    return with_settings(run, groups={name: run.settings["groups"][name] for name in names})


def with_minimum(run: Run, count: int) -> Run:
    return with_settings(run, campaign={**run.settings["campaign"], "minimum_count": count})


def test_the_codes_of_the_chosen_areas_and_their_people(
    run: Run, asked: tuple[Addressed, Register]
) -> None:
    files = addressed_files(run, run.mailing, *asked, EDITION)
    level, chosen = run.scored, run.mailing.index
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
    run: Run, asked: tuple[Addressed, Register], tmp_path: Path
) -> None:
    for name, content in addressed_files(run, run.mailing, *asked, EDITION).items():
        (tmp_path / name).write_bytes(content)
    homes = run.scored.areas["association"].dropna().to_dict()
    labels = {name: load_group(name, SHIPPED).label.sv for name in run.groups}
    parts = list(parts_of(tmp_path))
    assert {part.audience for part in parts} == {"leverantor", "valledning"}
    assert [fault for part in parts for fault in faults_of(part, homes, labels)] == []
    # The order of the choice is a ranking: no vendor's file has it, nor any area of it.
    for part in parts:
        if part.audience == "leverantor":
            cells = set(part.cells.map(str).to_numpy().ravel())
            assert not cells & set(run.mailing.index), part.file


def test_areas_that_are_postal_codes_need_no_points(
    run: Run, asked: tuple[Addressed, Register]
) -> None:
    level = run.scored
    codes = codes_of(level.areas.index)
    spaced = codes.str[:3] + " " + codes.str[3:]
    renamed = {
        f"regso_2020_{kind}": run.frame(kind).rename(index=spaced)
        for kind in ("areas", "counts", "scores")
    }
    own = replace(run, frames={**run.frames, **renamed})
    ours = with_postal(own, own.scored.areas, None)
    files = addressed_files(ours, run.mailing.rename(index=spaced), *asked, EDITION)
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes[run.mailing.index])
    assert "Områdena är själva postnummer" in files["urvalsmotivering.md"].decode()


def test_a_choice_by_origin_or_union_alone_is_refused(
    run: Run, asked: tuple[Addressed, Register]
) -> None:
    for names in (["lo"], ["invandrarbakgrund"], ["lo", "invandrarbakgrund"]):
        with pytest.raises(GeoprioError, match=r"mailing.toml.*must not rest on origin or union"):
            addressed_files(with_groups(run, *names), run.mailing, *asked, EDITION)
    assert layer_faults(with_groups(run, "lo", "unga")) == []


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
    run: Run, weights: dict[str, float], share: float
) -> None:
    profile = run.profiles[MAILING]
    plain = {"sv": "något", "en": "something"}
    criteria = [
        profile.criteria[0].model_dump() | {"indicator": name, "weight": weight, "label": plain}
        for name, weight in weights.items()
    ]
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": criteria, "scenarios": ()}
    )
    assert other_share(own, run) == pytest.approx(share)
    heavier = with_settings(run, profiles={MAILING: own.model_dump(mode="json")})
    assert bool(layer_faults(heavier)) == (share < 0.1)


def test_a_label_that_speaks_of_origin_counts_as_its_layer(run: Run) -> None:
    profile = run.profiles[MAILING]
    spoken = {"sv": "andel födda utomlands", "en": "a share"}
    criterion = profile.criteria[0].model_dump() | {"indicator": "x_share", "label": spoken}
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": [criterion], "scenarios": ()}
    )
    assert other_share(own, run) == 0


def test_every_fault_is_told_at_once(run: Run, asked: tuple[Addressed, Register]) -> None:
    wanted, register = asked
    mailing = {**run.record["mailing"], "postal_codes": None}
    bare = with_groups(replace(run, record={**run.record, "mailing": mailing}), "lo")
    ageless = wanted.model_copy(update={"age_from": None})
    with pytest.raises(GeoprioError) as refused:
        addressed_files(bare, run.mailing.iloc[:0], ageless, register, EDITION)
    told = str(refused.value)
    for words in ("age_from: missing", "mailing.toml", "postal codes: found neither", "plan:"):
        assert words in told


def test_a_selection_that_comes_to_few_is_refused(
    run: Run, asked: tuple[Addressed, Register]
) -> None:
    wanted, register = asked
    more = wanted.model_copy(update={"least_residents": 10_000_000})
    with pytest.raises(GeoprioError, match="expected at least 10000000"):
        addressed_files(run, run.mailing, more, register, EDITION)
    few_in_each = with_minimum(run, 1_000_000)
    with pytest.raises(GeoprioError, match="in 0 postal codes: found 0"):
        addressed_files(few_in_each, run.mailing, wanted, register, EDITION)


def test_a_code_with_few_of_the_age_is_left_out_and_told(
    run: Run, asked: tuple[Addressed, Register]
) -> None:
    wanted, register = asked
    level, chosen = run.scored, run.mailing.index
    people = residents_of_age(level.counts, wanted.ages)[chosen].sort_values()
    limit = int(people.iloc[0]) + 1
    files = addressed_files(with_minimum(run, limit), run.mailing, wanted, register, EDITION)
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes_of(level.areas.index)[people.index[people >= limit]])
    assert "1 postnummer är borttagna" in files["urvalsmotivering.md"].decode()


def test_unknown_ages_are_no_pass(run: Run, asked: tuple[Addressed, Register]) -> None:
    blind = run.scored.counts[["population_count"]]
    ours = replace(run, frames={**run.frames, "regso_2020_counts": blind})
    with pytest.raises(GeoprioError, match="unknown in some of them"):
        addressed_files(ours, run.mailing, *asked, EDITION)


def test_an_edition_is_written_with_its_order_and_its_notice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    file = tmp_path / "notices" / "unga.toml"
    file.write_text(tomli_w.dumps(filled()), encoding="utf-8")
    folders = config_folders(tmp_path / "campaign.toml")
    edition = MailingEdition(
        name="riksdag", election_day="2030-09-08", addressed="unga", notice="unga"
    )
    wish = MailingWish(households=30_000)
    files = files_of(run, edition, wish, folders)
    sent = {name for name in files if name.startswith(f"{REGISTERS}/")}
    # Another size than the run's own is an alternative, in every name too.
    listed = f"{REGISTERS}/urval-riksdag-alternativ-30000-hushall-postnummer.txt"
    assert listed in sent
    # The reasons stay at home: the register is told which, never why.
    assert "urvalsmotivering.md" in files
    assert not any("motivering" in name for name in sent)
    assert {Path(name).suffix for name in files if "ndningsblad" in name} == {
        *(".md", ".html", ".json")
    }
    codes = files[listed].decode().split()
    plan = choose_edition(run, edition, wish).plan
    assert plan["payer"].isna().all()
    assert codes == sorted(codes_of(run.scored.areas.index)[plan.index])
    # Down the combined score: whoever is left out ranks lower, or did not fit.
    rank = run.scored.scores[MAILING]["rank"]
    households = run.scored.indicators["households_count"]
    spare = 30_000 - plan["households_count"].sum()
    passed_by = rank[(rank < rank[plan.index].max()) & ~rank.index.isin(plan.index)].index
    assert (households[passed_by] > spare).all()
    with pytest.raises(ConfigError, match="no precision"):
        files_of(run, edition, MailingWish(precision=0.5), folders)
    added = pd.Series({rank.index[0]: "någon"})
    with pytest.raises(SourceError, match="is addressed"):
        choose_edition(run, edition, wish, added)

    file.write_text("", encoding="utf-8")
    with pytest.raises(GeoprioError, match=r"(?s)sponsor\.name: empty.*notice\.url: empty"):
        files_of(run, edition, wish, folders)
