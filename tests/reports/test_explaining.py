"""What `geoprio explain` says of an area, and that it is what the run wrote."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Profile, load_named, shipped_folder
from geoprio.errors import ConfigError, SourceError
from geoprio.reports.explanation import explanations, find_areas, lines
from geoprio.runs import Run, newest_run, read_run, rests_on_own
from geoprio.scores.vocabulary import worded_for

NAMED = {
    "regso_2020": pd.Series({"0180R001": "Tensta", "0180R002": "Åkerby", "0180R003": "Åkeshov"}),
    "deso_2018": pd.Series({"0180C1010": "Tensta 1"}),
}


@pytest.fixture(scope="module")
def folder(demo_result: Run) -> Path:
    return demo_result.paths["record"].parent


@pytest.fixture(scope="module")
def read(folder: Path) -> Run:
    return read_run(folder)


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ("Tensta", ["0180R001"]),
        ("0180R001", ["0180R001"]),
        ("TENSTA", ["0180R001"]),
        ("tens", ["0180R001", "0180C1010"]),
        ("ake", ["0180R002", "0180R003"]),
        ("0180c", ["0180C1010"]),
        ("Nowhere", []),
        ("  ", []),
    ],
)
def test_an_area_answers_to_its_name_its_code_and_their_beginnings(
    place: str, codes: list[str]
) -> None:
    assert [code for _, code in find_areas(place, NAMED)] == codes


def test_a_name_that_nobody_has_is_told_with_the_nearest(read: Run) -> None:
    name = str(read.frame("areas")["area_name"].iloc[0])
    with pytest.raises(ConfigError, match=f"did you mean {name}"):
        explanations(f"x{name}", read, language="sv")
    with pytest.raises(
        ConfigError,
        match=r"no municipality of the run \S+ has that name or code$",
    ):
        explanations("qqqqqqqqq", read, language="sv")


def test_the_parts_sum_to_the_score_that_the_run_wrote(read: Run) -> None:
    for code in read.frame("areas").index[:10]:
        _, (area,) = explanations(code, read, language="sv")
        for channel in area.channels:
            own = read.frame("scores").query("channel == @channel.channel").loc[code]
            assert channel.score == own["score"]
            if not channel.private:
                given = [part.contribution for part in channel.parts]
                assert sum(value or 0 for value in given) == pytest.approx(own["score"], abs=1e-6)
                assert sum(part.weight or 0 for part in channel.parts) == pytest.approx(1)


def test_the_words_are_those_of_the_ranking(read: Run) -> None:
    ranking = pd.read_csv(read.folder / "ranking.csv", sep=";", encoding="utf-8-sig", dtype=str)
    code = str(ranking.iloc[0, 0])
    _, (area,) = explanations(code, read, language="sv")
    row = {str(value).replace("\N{NO-BREAK SPACE}", " ") for value in ranking.iloc[0]}
    canvass = area.channels[0]
    told = [area.area_name, area.municipality, area.association, area.opening_line]
    told += [canvass.reason, canvass.verdict]
    assert {str(words).replace("\N{NO-BREAK SPACE}", " ") for words in told} <= row


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_reads_in_80_columns_and_says_what_it_is(read: Run, language: str) -> None:
    code = str(read.frames["mailing"].index[0])
    _, (area,) = explanations(code, read, language=language)  # type: ignore[arg-type]
    told = lines(area, language)  # type: ignore[arg-type]
    assert max(map(len, told)) <= 80
    assert json.loads(json.dumps(asdict(area)))["area_code"] == code
    page = "\n".join(told)
    wave, estimate = {"sv": ("Utskick, omgång", "uppskattning"), "en": ("wave", "estimate")}[
        language
    ]
    assert wave in page
    assert estimate in page
    assert "nan" not in page.lower().split()


def test_what_is_withheld_or_unknown_is_never_a_number(read: Run) -> None:
    code = str(read.frame("areas").index[0])
    frames = {name: frame.copy() for name, frame in read.frames.items()}
    groups = frames["regso_2020_groups"]
    hidden = (groups.index == code) & (groups["group"] == "lo")
    figures = ["count", "se", "low", "high", "share", "share_se"]
    groups.loc[hidden, figures] = np.nan
    groups.loc[hidden, "shown"] = "small"
    groups.loc[hidden, "source"] = "LO; income_mean_sek, s_share; SCB 2023"
    frames["regso_2020_indicators"].loc[code, "doors_per_km2"] = np.nan
    scores = frames["regso_2020_scores"]
    gone = (scores.index == code) & (scores["channel"] == "canvass")
    scores.loc[gone, ["score", "rank", "rank_low", "rank_high", "p_top"]] = np.nan
    scores.loc[gone, "verdict"] = None
    _, (area,) = explanations(code, replace(read, frames=frames), language="sv")
    page = "\n".join(lines(area, "sv"))
    assert "LO-medlemmar:       antal färre än 10" in page
    assert "LO; låg medelinkomst, hög andel röster på S; SCB 2023" in page
    assert "dörrtäthet: ingen uppgift" in page
    assert "Poäng:        ingen uppgift" in page
    assert "Ingen poäng" in page
    assert "Små antal i känsliga grupper" in page


def test_the_user_s_own_figures_are_not_told(read: Run) -> None:
    code = str(read.frame("areas").index[0])
    _, (area,) = explanations(code, read, language="sv")
    organise = next(channel for channel in area.channels if channel.private)
    hidden = [part for part in organise.parts if part.private]
    assert hidden
    assert {part.value for part in hidden} == {None}
    assert {part.contribution for part in organise.parts} == {None}


def test_profiles_come_back_as_they_were(read: Run) -> None:
    for channel, profile in read.profiles.items():
        made = load_named(Profile, "profiles", channel, (shipped_folder(),))
        made = worded_for(made, read.campaign.overlap.combine)
        if rests_on_own(profile):
            names = [item.indicator for item in profile.criteria]
            assert names == ["intensity_share", "own_figure_2", "own_figure_3"]
            assert profile.actions == made.actions
        else:
            assert profile == made


def test_a_run_of_an_older_geoprio_is_told(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "processed" / "demo"
    shutil.copytree(folder, old)
    record = json.loads((old / "run.json").read_text(encoding="utf-8"))
    del record["settings"]
    (old / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert newest_run(tmp_path / "processed") == old
    code = str(read_run(old).frame("areas").index[0])
    with pytest.raises(SourceError, match="run the campaign again"):
        explanations(code, read_run(old), language="sv")
    with pytest.raises(SourceError, match="holds no finished run"):
        newest_run(tmp_path)
