"""The circle: run, plan, packets, answers, plan, decision, the app's totals, and where we stand."""

import csv
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from geoprio.config.questions import FIRST, KEYS, SHEET
from geoprio.reports.papers import hand_of
from geoprio.reports.zetkin_areas import zetkin_areas
from geoprio.runs import read_run
from geoprio.sources.sheets import sheet_lines
from tests.cli.conftest import Call
from tests.sources.fetch.canvass_app import TOKEN, App, serving


def answered(form: Path, given: Mapping[str, object], path: Path) -> None:
    """Write a packet's form with some of its cells filled in, as a spreadsheet saves it."""
    (keys,) = sheet_lines(form, [KEYS])
    questions = [line[1] for line in keys if line[0] == "question"]
    with Workbook(str(path)) as book:
        page, hidden = book.add_worksheet(SHEET), book.add_worksheet(KEYS)
        page.write(0, 0, "x")
        for at, name in enumerate(questions):
            page.write_row(FIRST - 1 + at, 0, ["?", given.get(name, "")])
        for at, line in enumerate(keys):
            hidden.write_row(at, 0, line)


def only_two(record: Path) -> str:
    """Let people come in two associations alone, and return the first: a plan of all takes long."""
    told = json.loads(record.read_text("utf-8"))
    plan = told["settings"]["campaign"]["plan"]
    areas = read_run(record.parent).scored.areas
    names = sorted(areas["association"].dropna().unique())[:2]
    plan["crews"] = dict.fromkeys(names, plan["crew"])
    plan["crew"] = {**plan["crew"], "people": 0}
    record.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    return str(names[0])


def test_the_circle(
    demo_out: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_out, tmp_path / "out")
    run, raw = tmp_path / "out" / "data" / "processed" / "demo", tmp_path / "raw"
    (raw / "privat").mkdir(parents=True)
    name = only_two(run / "run.json")
    monkeypatch.setenv("GEOPRIO_RAW", str(raw))
    monkeypatch.setenv("GEOPRIO_ZETKIN_TOKEN", TOKEN)
    monkeypatch.setenv("LANG", "sv_SE.UTF-8")
    assert call("plan", run).exit_code == 0
    before = json.loads((run / "plan" / "plan.json").read_text("utf-8"))

    # Packets: each is whole, as its checksums say, and no list holds an address.
    assert call("pack", run).exit_code == 0
    home = run / "underlag" / "paket"
    manifest = json.loads((home / "innehall.json").read_text("utf-8"))
    for one in manifest.values():
        content = (home / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = {
                name: hashlib.sha256(packed.read(name)).hexdigest() for name in one["contents"]
            }
        assert inside == one["contents"]
        assert {"1 underlag.html", "1 underlag.pdf", "4 svarsblankett.xlsx"} <= set(inside)
    letters = (home / "brev.csv").read_text("utf-8-sig")
    assert "@" not in letters
    assert [row[0] for row in csv.reader(letters.splitlines(), delimiter=";")][1:] == [*manifest]

    # One association answers, and the next plan counts with it.
    one = manifest[name]
    with zipfile.ZipFile(home / one["file"]) as packed:
        (tmp_path / "form.xlsx").write_bytes(packed.read("4 svarsblankett.xlsx"))
    (tmp_path / "in").mkdir()
    given = {"people": 9, "evenings": 2, "support": "ja"}
    answered(tmp_path / "form.xlsx", given, tmp_path / "in" / "a.xlsx")
    told = call("answers", tmp_path / "in", "--run", run)
    assert told.exit_code == 0, told.output
    assert f"1 av {len(manifest)} föreningar har svarat" in told.output
    assert "1 förening" in call("plan", run).output
    after = json.loads((run / "plan" / "plan.json").read_text("utf-8"))
    assert after["plan"]["crews"][name]["people"] == 9
    assert after["value"] > before["value"]

    # It is decided, sent to the app, and what is done comes back as area totals.
    assert call("freeze", run, "--decided", "2029-05-02", "--paragraph", "§ 7").exit_code == 0
    with serving() as app:
        _sent_and_told(app, call, run)
    done = (raw / "privat" / "genomfort.csv").read_text("utf-8-sig")
    assert done.startswith("area_code;households;visits;successful\n")
    assert call("report", run, "state").exit_code == 0
    page = (run / "underlag" / "laget.html").read_text("utf-8")
    assert "Planen är beslutad 2029-05-02, § 7." in page
    assert "Planen är inte beslutad" not in page
    assert len(re.findall("<li>", page.split("Gjort och planerat")[0])) <= 5
    assert re.search(r"<td[^>]*><bdi>\d+ %</bdi></td>", page)
    assert "Svarsblankett från" in page
    assert name not in page.split("Svarsblankett från")[1].split("</li>")[0]


def _sent_and_told(app: App, call: Call, run: Path) -> None:
    given = ["--server", app.address, "--org", 7, "--project", 3]
    dry = call("zetkin", run, *given)
    assert "Inget är skickat" in dry.output
    assert app.asked == []
    sent = call("zetkin", run, *given, "--send", "--assignee", 9)
    assert sent.exit_code == 0, sent.output
    areas = zetkin_areas(hand_of(read_run(run)))
    assert len(app.areas) == len(areas) == len(app.assigned)
    assert len(app.assignments) == areas["association"].nunique()
    again = call("zetkin", run, *given, "--send")
    assert f"{len(areas)} var redan så" in again.output
    assert len(app.areas) == len(areas)
    totals = call("zetkin", run, *given, "--totals")
    assert totals.exit_code == 0, totals.output
    # Five households for each area's number: the first has too few to be told.
    assert "Summor för" in totals.output
