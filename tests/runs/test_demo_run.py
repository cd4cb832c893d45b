"""The main job on the demo county: outputs, marks, secrets, and the same bytes twice."""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.errors import ConfigError
from geoprio.groups import for_election, own_base
from geoprio.runs import Run
from geoprio.scores import Located
from geoprio.words import text, texts
from tests.shared import Shared, levels, thin
from tests.unpacked import payload_of

MARK = text("demo_mark", "sv")


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def changed_campaign(raw: Path, old: str, new: str) -> Path:
    path = raw / "demo.toml"
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    return path


def test_two_runs_give_the_same_bytes_and_tell_each_stage_once(
    raw_2026: Path, demo_2026: Run, shared: Shared, tmp_path: Path
) -> None:
    """`test_cli` does so for the other campaign, in a process of its own."""
    told: list[str] = []
    run = pipeline.run(raw_2026 / "demo2026.toml", raw=raw_2026, out=tmp_path, begins=told.append)
    assert tuple(told) == pipeline.STAGES
    assert {f"file_{name}" for name in run.paths} <= set(texts("sv"))
    first, second = all_bytes(shared.home / "demo2026-run"), all_bytes(tmp_path)
    assert len(first) > len(demo_2026.paths)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_every_output_bears_the_demo_mark(demo_result: Run, demo_out: Path) -> None:
    assert MARK in demo_result.paths["map"].read_text(encoding="utf-8")
    assert json.loads(demo_result.paths["record"].read_text(encoding="utf-8"))["demo_mark"] == MARK
    for name in ("ranking", "mailing", "overlap"):
        table = pd.read_csv(demo_result.paths[name], sep=";", decimal=",", encoding="utf-8-sig")
        assert (table["anmärkning"] == MARK).all()
        assert len(table)
    frames = sorted(demo_out.rglob("*.parquet"))
    assert len(frames) == len(demo_result.frames)
    for path in frames:
        assert (pd.read_parquet(path)["demo_mark"] == MARK).all(), path.name


def test_areas_leave_as_geoparquet(demo_result: Run, demo_out: Path) -> None:
    areas = gpd.read_parquet(next(demo_out.rglob("regso_2020_areas.parquet")))
    assert areas.crs.to_epsg() == 3006
    assert len(areas) == len(demo_result.levels["regso_2020"].areas)


def test_the_user_s_own_figures_reach_the_score_and_nothing_else(
    demo_result: Run, demo_out: Path, demo_raw: Path
) -> None:
    organise = demo_result.levels["regso_2020"].scores["organise"]
    assert organise["score"].notna().all()
    private = {path.name for path in (demo_raw / "privat").iterdir()}
    assert private == {"medlemmar.csv", "aktivitet.csv"}
    for name, content in all_bytes(demo_out).items():
        for word in (b"medlemmar.csv", b"aktivitet.csv", b"members_count", b"members_per_1000"):
            assert word not in content, f"{word!r} in {name}"


def test_without_the_user_s_own_files_organising_is_unknown_not_zero(
    own_raw: Path, tmp_path: Path
) -> None:
    shutil.rmtree(own_raw / "privat")
    result = pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path)
    organise = result.levels["regso_2020"].scores["organise"]
    assert organise["score"].isna().all()
    assert np.allclose(organise["coverage"], 0.5)
    record = json.loads(result.paths["record"].read_text(encoding="utf-8"))
    unscored = record["area_sets"]["regso_2020"]["unscored"]
    assert unscored["organise"] == len(organise)
    assert unscored["canvass"] == 0
    assert list(result.warnings) == record["warnings"]
    assert result.warnings[0].startswith("Organisering visas inte: inget är känt")
    assert result.warnings[0] in result.paths["map"].read_text(encoding="utf-8")


@pytest.mark.parametrize("scored", ["deso_2018", "kommun", "valdistrikt_2022"])
def test_another_area_set_needs_no_python(own_raw: Path, scored: str) -> None:
    campaign = changed_campaign(own_raw, 'scored_set = "regso_2020"', f'scored_set = "{scored}"')
    campaign.write_text(thin(campaign.read_text("utf-8"), "unga", "canvass"), "utf-8")
    found = levels(campaign, own_raw)
    level = found[scored]
    assert level.scores["canvass"]["score"].notna().all()
    totals = level.votes.sum()
    expected = found["deso_2018"].votes.sum()
    pd.testing.assert_series_equal(totals, expected, rtol=1e-9)
    residents = found["deso_2018"].counts["population_count"].sum()
    assert level.counts["population_count"].sum() == pytest.approx(residents, rel=1e-9)


@pytest.mark.parametrize("election", ["region", "kommun"])
def test_another_election_needs_no_python(own_raw: Path, election: str) -> None:
    campaign = changed_campaign(own_raw, 'basis = "riksdag"', f'basis = "{election}"')
    campaign.write_text(thin(campaign.read_text("utf-8"), "unga", "canvass"), "utf-8")
    votes = levels(campaign, own_raw)["regso_2020"].votes
    assert votes["electors_count"].sum() == pytest.approx(1_869_643)
    assert votes["foreign_citizens_count"].sum() == pytest.approx(193_983)


def test_a_heavier_group_pulls_the_ranking_its_way(own_raw: Path, demo_result: Run) -> None:
    campaign = changed_campaign(own_raw, "\nlo = 1.0", "\nlo = 50.0")
    found = levels(campaign, own_raw)

    def agreement(run: Mapping[str, Located]) -> float:
        level = run["regso_2020"]
        share = for_election(level.groups, "riksdag").query("group == 'lo'")["share"]
        return float(share.corr(level.indicators["intensity_share"], method="spearman"))

    assert agreement(found) > 0.99
    assert agreement(found) > agreement(demo_result.levels)


def test_totals_survive_every_crosswalk(demo_result: Run) -> None:
    record = json.loads(demo_result.paths["record"].read_text(encoding="utf-8"))
    for level in demo_result.levels.values():
        for column, total in level.votes.sum().items():
            assert total == pytest.approx(record["election"]["totals"][column], rel=1e-9, abs=1e-3)


def test_the_record_holds_the_checksum_of_every_file(demo_result: Run, demo_out: Path) -> None:
    files = json.loads(demo_result.paths["record"].read_text(encoding="utf-8"))["files"]
    homes = demo_result.paths["record"].parent, demo_result.paths["map"].parent
    written = {
        path.relative_to(home).as_posix(): path
        for home in homes
        for path in home.rglob("*")
        if path.is_file()
    }
    assert len(written) == sum(path.is_file() for path in demo_out.rglob("*"))
    assert files.keys() == written.keys() - {"run.json"}
    for name, checksum in files.items():
        assert hashlib.sha256(written[name].read_bytes()).hexdigest() == checksum


def test_small_counts_of_sensitive_groups_are_hidden_and_estimates_are_not_counts(
    own_raw: Path, tmp_path: Path
) -> None:
    campaign = changed_campaign(own_raw, "minimum_count = 10", "minimum_count = 3000")
    result = pipeline.run(campaign, raw=own_raw, out=tmp_path)
    groups = result.frame("groups")
    counted = own_base(groups).query("group == 'invandrarbakgrund'")
    small = counted["shown"] == "small"
    assert small.any()
    assert counted.loc[small, ["count", "share"]].isna().all(axis=None)
    # What is estimated is no count: it is shown with its interval, however small.
    assert not for_election(groups, "riksdag")["shown"].eq("small").any()
    table = pd.read_csv(result.paths["ranking"], sep=";", decimal=",", encoding="utf-8-sig")
    assert not table.astype(str).eq("färre än 3000").any(axis=None)


def test_a_group_that_only_carries_the_message_moves_no_ranking(
    own_raw: Path, demo_result: Run
) -> None:
    shutil.copytree(shipped_folder() / "groups", own_raw / "groups")
    path = own_raw / "groups" / "unga.toml"
    path.write_text('role = "message"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    heavy = changed_campaign(own_raw, "unga = 1.0", "unga = 90.0")
    level = levels(heavy, own_raw)["regso_2020"]
    ranked = for_election(level.groups, "riksdag")
    rest = (
        ranked[ranked["group"].isin(["lo", "invandrarbakgrund"])].groupby(level=0)["share"].mean()
    )
    np.testing.assert_allclose(level.indicators["intensity_share"], rest)
    assert not np.allclose(
        demo_result.levels["regso_2020"].indicators["intensity_share"],
        level.indicators["intensity_share"],
    )


def test_a_budget_for_nothing_is_told_and_marked(own_raw: Path, tmp_path: Path) -> None:
    campaign = changed_campaign(own_raw, "budget_sek = 250000", "budget_sek = 1")
    result = pipeline.run(campaign, raw=own_raw, out=tmp_path)
    assert result.warnings[-1] == "Utskick: budgeten räcker inte till något område"
    assert MARK in result.paths["mailing"].read_text(encoding="utf-8-sig")


def test_english_by_switch(own_raw: Path, tmp_path: Path) -> None:
    result = pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path, language="en")
    page = result.paths["map"].read_text(encoding="utf-8")
    assert '<html lang="en"' in page
    assert text("demo_mark", "en") in page
    assert "Where should we knock on doors first?" in page
    titles = [source["title"] for source in result.record["sources"]]
    assert "Polling districts 2022, borders" in titles
    assert payload_of(page)["words"]["address_level"] == "areas"
    # What staff read names no area set, and no folder, as the files do.
    assert not re.search(r"(regso|deso)_\d|privat/", " ".join(result.warnings))


def test_a_misspelt_step_of_a_profile_is_told_before_anything_is_read(tmp_path: Path) -> None:
    campaign = shutil.copyfile(shipped_folder() / "demo.toml", tmp_path / "demo.toml")
    text = (shipped_folder() / "profiles" / "canvass.toml").read_text(encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    wrong = text.replace('normalise = "percentile"', 'normalise = "percentil"')
    (tmp_path / "profiles" / "canvass.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"percentil.*percentile"):
        pipeline.run(campaign, raw=tmp_path / "nothing-here", out=tmp_path)


def test_gaps_may_be_filled_from_the_municipality(own_raw: Path) -> None:
    text = (shipped_folder() / "profiles" / "canvass.toml").read_text(encoding="utf-8")
    (own_raw / "profiles").mkdir()
    filled = text.replace('impute = "none"', 'impute = "municipality"')
    assert filled != text
    (own_raw / "profiles" / "canvass.toml").write_text(filled, encoding="utf-8")
    scored = levels(own_raw / "demo.toml", own_raw)["regso_2020"]
    assert scored.scores["canvass"]["score"].notna().all()


def test_the_split_is_of_the_day_s_two_elections(demo_out: Path) -> None:
    """The demo's campaign has no comparison with the election before: the split stands alone."""
    changes = pd.read_parquet(next(demo_out.rglob("regso_2020_changes.parquet")))
    assert set(changes["volatility_basis"]) == {"split_alone"}
    assert changes["split_share"].between(0, 0.5).all()
    assert changes["split_share"].max() > 0
    assert changes["shift_share"].isna().all()
    assert (changes["volatility_share"] == changes["split_share"]).all()
