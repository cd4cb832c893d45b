"""A finished run is read back as it was written, laid on its areas, and shows itself."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from geoprio.errors import ConfigError, SourceError
from geoprio.runs import Run, read_run
from geoprio.words import text


@pytest.fixture(scope="module")
def read(demo_result: Run) -> Run:
    return read_run(demo_result.paths["record"].parent)


@pytest.fixture
def own_run(demo_result: Run, tmp_path: Path) -> Path:
    """Return a copy of the finished run that a test may spoil."""
    folder = tmp_path / "run"
    shutil.copytree(demo_result.paths["record"].parent, folder)
    return folder


def test_the_frames_are_those_of_the_run(demo_result: Run, read: Run) -> None:
    level = demo_result.levels["deso_2018"]
    assert read.area_sets == tuple(demo_result.levels)
    assert_frame_equal(read.frame("votes", "deso_2018"), level.votes)
    assert_frame_equal(
        pd.DataFrame(read.frame("areas", "deso_2018")), pd.DataFrame(level.areas), check_dtype=False
    )
    assert_frame_equal(read.frames["mailing"], demo_result.mailing)
    advice = read.frame("advice")["opening_line"]
    assert advice.tolist() == demo_result.scored.advice["opening_line"].tolist()
    assert not any({"audience", "demo_mark"} & set(frame) for frame in read.frames.values())


@pytest.mark.parametrize("area_set", [None, "regso_2020", "deso_2018"])
def test_areas_bear_their_figures_in_a_plain_geodataframe(
    demo_result: Run, read: Run, area_set: str | None
) -> None:
    made, found = demo_result.geo(area_set), read.geo(area_set)
    assert type(made) is gpd.GeoDataFrame
    assert made.crs.to_epsg() == 3006
    assert_frame_equal(pd.DataFrame(made), pd.DataFrame(found), check_dtype=False)
    level = demo_result.levels[area_set or "regso_2020"]
    assert made.index.equals(level.areas.index)
    assert made["score_mailing"].equals(level.scores["mailing"]["score"].rename("score_mailing"))
    assert not made.columns.str.contains("member|active").any()


def test_areas_can_be_explored(read: Run) -> None:
    shown = read.geo().explore("score_canvass", tooltip=["area_name", "score_canvass"], tiles=None)
    page = shown.get_root().render()
    assert page.count('"area_name":') >= len(read.geo())


def test_what_is_withheld_is_not_on_the_areas(demo_result: Run) -> None:
    level = demo_result.levels["deso_2018"]
    code = level.areas.index[3]
    hidden = (level.groups.index == code) & (level.groups["group"] == "lo")
    figures = ["count", "se", "low", "high", "share", "share_se"]
    printed = level.groups.assign(shown=level.groups["shown"].mask(hidden, "small"))
    printed[figures] = printed[figures].mask(hidden)
    run = replace(demo_result, frames={**demo_result.frames, "deso_2018_groups": printed})
    areas = run.geo("deso_2018")
    assert areas.loc[code, "lo_shown"] == "small"
    assert areas.loc[code, ["lo_share", "lo_low_share", "lo_high_share"]].isna().all()
    assert areas["lo_share"].isna().sum() == 1


def test_a_run_shows_itself(demo_result: Run, read: Run) -> None:
    for run in (demo_result, read):
        assert text("demo_mark", "sv") in repr(run)
        assert text("demo_mark", "sv") in run._repr_html_()
        first = run.geo().sort_values("rank_canvass")["area_name"].iloc[0]
        assert f"{first} (" in repr(run)
        assert len(repr(run)) < 3500


def test_what_is_not_there_is_told_with_what_is(demo_result: Run, read: Run) -> None:
    with pytest.raises(ConfigError, match=r"regso_2020_score: .* regso_2020_scores"):
        read.frame("score")
    with pytest.raises(ConfigError, match=r"stadsdel_areas: .* regso_2020_areas"):
        demo_result.geo("stadsdel")


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no finished run"):
        read_run(tmp_path)
    for content in ("{", "[]", '{"files": 3}', "{}"):
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
        with pytest.raises(SourceError, match="not the record of a run"):
            read_run(tmp_path)


def test_every_file_that_is_not_the_run_s_is_told_at_once(own_run: Path) -> None:
    (own_run / "mailing.parquet").unlink()
    shutil.copy(own_run / "deso_2018_votes.parquet", own_run / "regso_2020_votes.parquet")
    with pytest.raises(SourceError) as caught:
        read_run(own_run)
    told = str(caught.value)
    assert "mailing.parquet: is missing" in told
    assert "regso_2020_votes.parquet: has changed since" in told


def test_no_name_in_a_record_leads_out_of_the_folder(own_run: Path) -> None:
    record = json.loads((own_run / "run.json").read_text(encoding="utf-8"))
    record["files"]["../elsewhere.parquet"] = "0"
    (own_run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert "../elsewhere" not in read_run(own_run).frames
