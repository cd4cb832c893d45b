"""A plan's files: who may read what, weeks and no hours of the day, and what is decided stays."""

import hashlib
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config.resources import Crew, Plan
from geoprio.errors import ConfigError, SourceError
from geoprio.files.ics import Entry, render_calendar
from geoprio.reports.evening import evening_pages
from geoprio.reports.plan_files import (
    DECIDED,
    FOLDER,
    SEAL,
    against_decided,
    freeze,
    plan_files,
    plan_lines,
    write_plan,
)
from geoprio.reports.proposal import Decision, Planned, plan_of_run, planned
from geoprio.reports.publication import PLAN_FOLDER, _set_aside
from geoprio.runs import Run, read_run
from geoprio.sources.private import read_wishes, read_workplaces


@pytest.fixture(scope="module")
def one(demo_result: Run) -> Planned:
    return planned(demo_result)


@pytest.fixture(scope="module")
def files(one: Planned) -> dict[str, bytes]:
    return plan_files(one)


def kept(demo_out: Path, folder: Path) -> Run:
    """Return the demo's run in a folder of its own, without its maps."""
    shutil.copytree(demo_out / "data" / "processed" / "demo", folder)
    return read_run(folder)


def few(run: Run, people: int = 4) -> Plan:
    """Return the run's plan where people come in two associations alone."""
    names = sorted(run.scored.areas["association"].dropna().unique())[:2]
    crews = {name: Crew(people=people) for name in names}
    return plan_of_run(run).model_copy(update={"crew": Crew(people=0), "crews": crews})


def test_every_file_says_that_it_is_a_demo_an_example_and_a_proposal(
    files: dict[str, bytes], one: Planned
) -> None:
    """Every file that is text, and what the command prints."""
    assert "EXEMPEL" in plan_lines(one)[0]
    for name, content in files.items():
        if name.endswith((".csv", ".md", ".html", ".ics")):
            # A calendar's lines are folded.
            told = content.decode("utf-8-sig").replace("\r\n ", "")
            assert "påhittade områden" in told, name
            assert "Planen är ett förslag" in told, name
            assert "EXEMPEL" in told or (name.endswith(".ics") and "VEVENT" not in told), name


def test_an_association_meets_its_own_areas_and_no_figure_of_a_group(one: Planned) -> None:
    names = one.made.places["area_name"].astype(str)
    owner = one.made.places["association"]
    pages = evening_pages(one.run, one.stops, one.status)
    assert set(pages) == set(owner.dropna())
    for name, (page, calendar) in pages.items():
        told = page.decode() + calendar.decode().replace("\r\n ", "")
        others = set(names[owner != name]) - set(names[owner == name])
        title = re.findall(r"<bdi>[^<]*: ([^<]*)</bdi></strong>", page.decode())
        own = one.round_areas[one.round_areas["association"] == name]
        walked = {f"runda {row.round_number:.0f}, {row.round_name}" for row in own.itertuples()}
        assert walked & set(title)
        assert set(title) <= set(names[owner == name]) | walked
        assert not set(title) & others
        assert not re.search(r"\bLO\b|invandr|utrikes|målgrupp", told)
        assert not re.search(r"kl\. ?\d|\d\d:\d\d", told)
        assert not re.search(r"https?:|<script|src=", page.decode())


def test_the_first_line_is_what_to_do_this_evening(one: Planned) -> None:
    name, (page, _) = next(iter(evening_pages(one.run, one.stops, one.status).items()))
    told = page.decode()
    assert f"Kvällens svar: {name}" in told
    assert re.search(r"Börja här: <strong><bdi>Dörrknackning: [^<]+</bdi>", told)
    assert re.search(r"Omkring [\d\N{NO-BREAK SPACE}]+ dörrar, \d+ kvällar för 4 personer", told)
    assert re.search(r"v\. \d+–\d+ 2030", told)


def test_an_association_without_hours_is_told_what_to_do(demo_result: Run) -> None:
    plan = plan_of_run(demo_result)
    name = str(demo_result.scored.areas["association"].dropna().unique()[0])
    idle = plan.model_copy(update={"crews": {name: Crew(people=0)}})
    one = planned(demo_result, plan=idle)
    page, calendar = evening_pages(demo_result, one.stops, one.status)[name]
    assert "Skriv till distriktet hur många som kan komma" in page.decode()
    assert b"BEGIN:VEVENT" not in calendar
    assert any(name in line and "grå" in line for line in plan_lines(one))


def test_the_tables_hold_the_plan_its_weeks_wishes_and_associations(
    one: Planned, files: dict[str, bytes]
) -> None:
    tables = {
        name: pd.read_csv(BytesIO(files[f"{name}.csv"]), sep=";", decimal=",")
        for name in ("plan", "veckor", "onskemal", "foreningar")
    }
    rows = tables["plan"]
    assert len(rows) == len(one.made.chosen) + len(one.run.mailing)
    assert {"Dörrknackning", "Bokbord", "Utskick"} <= set(rows["kanal"])
    own = rows[rows["kanal"] == "Dörrknackning"]
    low, high = "personer i målgrupperna, lägst", "personer i målgrupperna, högst"
    middle = own["personer i målgrupperna (uppskattning)"]
    assert (own[low] <= middle).all()
    assert (middle <= own[high]).all()
    assert (tables["foreningar"]["timmar i den mest fulla veckan"] <= 10).all()
    assert tables["onskemal"]["vad det kostar"].str.contains("kostar|felmarginalen|inte").all()


def test_the_plan_opens_in_a_map_program(
    one: Planned, files: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(files["plan.gpkg"])
    layer = gpd.read_file(path)
    assert len(layer) == len(one.made.chosen) + len(one.run.mailing)
    assert layer.geometry.notna().all()
    assert layer["läge"].str.startswith("Planen är ett förslag. EXEMPEL").all()
    assert layer.crs == one.run.scored.areas.crs


def test_a_plan_is_written_whole_and_the_same_again(demo_out: Path, tmp_path: Path) -> None:
    run = kept(demo_out, tmp_path / "demo")
    first = {path: path.read_bytes() for path in write_plan(planned(run, plan=few(run)))}
    again = write_plan(planned(run, plan=few(run)))
    assert {path: path.read_bytes() for path in again} == first
    record = json.loads((tmp_path / "demo" / FOLDER / SEAL).read_text("utf-8"))
    assert record["status"] == "proposal"
    assert 0 <= record["gap"] < 2e-4
    assert 0 < record["greedy_value"] <= record["value"] * (1 + 1e-6)


def test_a_decided_plan_is_frozen_told_of_and_never_overwritten(
    demo_out: Path, tmp_path: Path
) -> None:
    run = kept(demo_out, tmp_path / "demo")
    decision = Decision("2029-05-02", "§ 7")
    with pytest.raises(SourceError, match="there is no plan here"):
        freeze(run, decision)
    write_plan(planned(run, plan=few(run)))
    written = {path: path.read_bytes() for path in freeze(run, decision)}
    page = next(path for path in written if path.suffix == ".html")
    assert "Planen är beslutad 2029-05-02, § 7." in page.read_text("utf-8")
    later = planned(run, plan=few(run, people=8))
    write_plan(later)
    assert {path: path.read_bytes() for path in written} == written
    told, *_ = against_decided(later)
    assert "Mot den beslutade planen" in told
    with pytest.raises(ConfigError, match="a plan is decided already"):
        freeze(run, decision)
    shutil.rmtree(tmp_path / "demo" / DECIDED)
    record = tmp_path / "demo" / FOLDER / SEAL
    record.write_text(record.read_text("utf-8").replace('"run": "', '"run": "0'), "utf-8")
    with pytest.raises(SourceError, match="the plan is of another run"):
        freeze(run, decision)


def test_a_run_without_a_plan_says_what_to_write(demo_result: Run) -> None:
    settings = {**demo_result.settings}
    settings["campaign"] = {**settings["campaign"], "plan": None}
    bare = replace(demo_result, record={**demo_result.record, "settings": settings})
    with pytest.raises(ConfigError, match=r"demo: the campaign has no \[plan\]"):
        planned(bare)


def test_wishes_are_read_and_what_is_wrong_in_them_is_told(tmp_path: Path) -> None:
    path = tmp_path / "onskemal.csv"
    path.write_text("area_code;channel;wish\n0114R001; canvass;in\n", "utf-8")
    assert read_wishes(path, ["canvass"]).to_dict("records") == [
        {"area_code": "0114R001", "channel": "canvass", "wish": "in"}
    ]
    path.write_text("area_code;channel;wish\n0114R001;knacka;ja\n", "utf-8")
    with pytest.raises(SourceError, match="row 2: the channel knacka must be one of canvass"):
        read_wishes(path, ["canvass"])
    with pytest.raises(SourceError, match="row 2: the wish ja must be in or out"):
        read_wishes(path, ["knacka"])
    path.write_text("kod;kanal\n1;2\n", "utf-8")
    with pytest.raises(SourceError, match="the columns must be area_code, channel and wish"):
        read_wishes(path, ["canvass"])


def test_workplaces_are_read_and_persons_among_them_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "arbetsplatser.csv"
    head = "workplace;municipality;industry;employees;shifts\n"
    path.write_text(f"{head}Sjukhuset;Solna;Q86;900;06.45\nSkolan;Solna;P85;;\n", "utf-8")
    rows = read_workplaces(path)
    assert rows["employees"].isna().tolist() == [False, True]
    assert rows["shifts"].tolist() == ["06.45", ""]
    path.write_text(f"{head}Sjukhuset;Solna;Q86;många;\n;Solna;P85;1;\n", "utf-8")
    with pytest.raises(SourceError, match=r"(?s)an empty cell.*not a count|not a count.*an empty"):
        read_workplaces(path)
    path.write_text(f"{head}Anna 19800101-1234;Solna;Q86;9;\n", "utf-8")
    with pytest.raises(SourceError, match="personal"):
        read_workplaces(path)
    path.write_text("namn;kommun\nSjukhuset;Solna\n", "utf-8")
    with pytest.raises(SourceError):
        read_workplaces(path)


def test_a_calendar_obeys_its_form() -> None:
    told = "Å" * 60 + ", ett;två\\tre\nrad"
    text = render_calendar("x", [Entry(date(2030, 3, 4), date(2030, 3, 10), told)]).decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20300304\r\n" in whole
    assert "DTEND;VALUE=DATE:20300311\r\n" in whole
    assert "\\, ett\\;två\\\\tre rad" in whole
    assert "\n" not in whole.replace("\r\n", "")


def test_a_run_that_differs_sets_an_earlier_plan_aside(tmp_path: Path) -> None:
    frame, folder = tmp_path / "scores.parquet", tmp_path / PLAN_FOLDER
    folder.mkdir()
    (folder / SEAL).write_text("{}", "utf-8")
    earlier = {frame.resolve(): hashlib.sha256(b"same").hexdigest()}
    _set_aside(folder, earlier, {frame: b"same"})
    assert (folder / SEAL).is_file()
    _set_aside(folder, earlier, {frame: b"other"})
    assert not folder.exists()
    assert (tmp_path / "tidigare plan 1" / SEAL).is_file()


def test_a_run_makes_the_plan_where_the_campaign_says_so(
    demo_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = kept(demo_out, tmp_path / "demo")
    plan = few(run).model_copy(update={"with_run": True}).model_dump(mode="json")
    settings = {**run.settings, "campaign": {**run.settings["campaign"], "plan": plan}}
    asked = replace(run, record={**run.record, "settings": settings})
    monkeypatch.setattr(pipeline, "_computed", lambda *_, **__: asked)
    monkeypatch.setattr(pipeline, "publish", lambda found, **_: found)
    pipeline.run("demo.toml")
    assert (tmp_path / "demo" / FOLDER / SEAL).is_file()
