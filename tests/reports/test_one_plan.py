"""One mailing plan: what a run plans is what its files, its orders and its editions' pages show."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import Vendor, load_campaign, load_group, load_named, shipped_folder
from geoprio.plans import MailingWish
from geoprio.reports.editions import VENDORS, choose_edition, mail, order
from geoprio.runs import Run, read_run
from tests.reports.test_mailings import TOML
from tests.reports.walk import faults_of, parts_of
from tests.runs.test_demo_run import changed_campaign
from tests.shared import Shared, spoilable
from tests.unpacked import payload_of

pytestmark = pytest.mark.whole
SHIPPED = (shipped_folder(),)
COMMANDS = """
import sys
from pathlib import Path

run, raw = sys.argv[1:]
opened = []
sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
from geoprio.cli import app

day = ["--election-day", "2030-09-08"]
area = next(iter(Path(run, "mailing.csv").read_text("utf-8-sig").splitlines()[1].split(";")))
for line in (
    ["mail", run],
    ["mail", run, "--households", "9000"],
    ["vendor", run, "svensk_excel", "--edition", "riksdag", *day],
    ["explain", area, "--run", run],
    ["diff", run, run],
    ["report", run, "map"],
):
    sys.argv = ["geoprio", *line]
    try:
        app()
    except SystemExit as done:
        assert not done.code, line
assert any(path.endswith("run.json") for path in opened)
print([path for path in opened if raw in path])
"""


def planned_county(shared: Shared, demo_raw: Path) -> Run:
    """Return a run of two editions, two associations and what one of these adds; no raw file."""

    def make(folder: Path) -> Run:
        raw = spoilable(demo_raw, folder / "raw")
        path = changed_campaign(raw, "# The map draws", f"{TOML}# The map draws")
        owners = pd.read_csv(raw / "associations.csv", sep=";", dtype=str, encoding="utf-8-sig")
        own = owners[owners["area_set"] == "regso_2020"]
        rows = own["association"] + ";" + own["area_code"] + ";riksdag"
        added = "\n".join(["association;area_code;edition", *rows.iloc[:3]])
        (raw / "privat" / "utskick_foreningar.csv").write_text(added, encoding="utf-8")
        run = pipeline.run(path, raw=raw, out=folder / "out")
        shutil.rmtree(raw)
        return run

    return shared.once("planned-county", make)


@pytest.fixture(scope="module")
def run(shared: Shared, demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a copy of that run, beside which a test may write."""
    home = tmp_path_factory.mktemp("planned")
    assert planned_county(shared, demo_raw).paths
    shutil.copytree(shared.home / "planned-county" / "out", home, dirs_exist_ok=True)
    return read_run(home / "data/processed/demo")


def table_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", dtype={0: str})


def waves_of(path: Path) -> pd.DataFrame:
    """Return the rows of an association's waves; what is alike on all of them stands over them."""
    book = {"sheet_name": "Omgångar", "engine": "calamine"}
    table = pd.read_excel(path, header=3, dtype={"områdeskod": str}, **book)
    over = pd.read_excel(path, header=None, dtype=str, nrows=3, **book)[0].fillna("").iloc[2]
    alike = dict(one.split(": ") for one in over.split(" · ") if one)
    own = {name: int(told) if told.isdigit() else told for name, told in alike.items()}
    return table.assign(**own)


def test_the_plan_is_the_same_in_every_file(run: Run) -> None:
    folder = run.folder
    assert folder is not None
    mail(run, SHIPPED)
    plan = run.mailing.reset_index()
    expected = plan[["area_code", "edition", "wave", "households_count"]].round()
    expected = expected.sort_values(["edition", "area_code"], ignore_index=True)
    assert set(expected["edition"]) == {"riksdag", "kommun i augusti"}

    def same(table: pd.DataFrame) -> bool:
        names = ["områdeskod", "version", "omgång", "hushåll (bostäder)"]
        own = table[names].set_axis(expected.columns, axis=1)
        own = own.sort_values(["edition", "area_code"], ignore_index=True)
        return own.astype(str).equals(expected.astype(own.dtypes.to_dict()).astype(str))

    listed = table_of(folder / "mailing.csv")
    assert same(listed)
    assert same(
        pd.read_excel(
            folder / "ranking.xlsx",
            sheet_name="Utskicksplan",
            header=3,
            dtype={0: str},
            engine="calamine",
        )
    )
    places = {"riksdag": "riksdag", "kommun i augusti": "kommun-i-augusti"}
    pages = [table_of(folder / "utskick" / place / "utskick.csv") for place in places.values()]
    assert same(pd.concat(pages))
    books = [waves_of(path) for path in (folder / "foreningar").glob("*.xlsx")]
    assert same(pd.concat([book for book in books if len(book)]))
    for edition, place in places.items():
        order(run, SHIPPED, "svensk_excel", edition=edition, election_day=date(2030, 9, 8))
        table = table_of(folder / "utskick" / place / VENDORS / f"omraden-{place}.csv")
        own = expected[expected["edition"] == edition]
        assert table["omradeskod"].tolist() == own["area_code"].tolist()
        assert table["hushall_totalt"].tolist() == own["households_count"].tolist()
        assert table["utskicksvag"].tolist() == own["wave"].tolist()
    payload = payload_of((folder.parents[2] / "maps/demo/index.html").read_text("utf-8"))
    level = payload["levels"][0]
    waves = dict(zip(level["codes"], level["plan"]["wave"], strict=True))
    first = expected.groupby("area_code")["wave"].min()
    assert {code: wave for code, wave in waves.items() if wave is not None} == first.to_dict()


def test_what_associations_add_is_in_the_plan_at_their_own_cost(run: Run) -> None:
    folder = run.folder
    assert folder is not None
    payers = run.mailing["payer"].dropna()
    doubled = run.record["mailing"]["editions"]["riksdag"]["asked_for_twice"]
    assert len(payers) + len(doubled) == 3
    assert set(run.mailing.loc[payers.index, "edition"]) == {"riksdag"}
    listed = table_of(folder / "mailing.csv")
    assert (listed["betalas av"] != "Distriktet").sum() == len(payers)
    for edition in run.campaign.editions:
        cost = run.mailing[(run.mailing["edition"] == edition.name) & run.mailing["payer"].isna()]
        assert cost["cost_sek"].sum() <= run.campaign.mailing.budget_sek
    assert any("tillsammans kostar de" in warning for warning in run.warnings)
    # An alternative keeps what they add.
    other = choose_edition(run, run.campaign.editions[0], MailingWish(budget_sek=50_000))
    assert set(other.plan["payer"].dropna().index) | set(other.doubled.index) == {
        *payers.index,
        *doubled,
    }


def test_an_alternative_never_lies_beside_the_plan_unmarked(run: Run, tmp_path: Path) -> None:
    own = replace(run, folder=tmp_path)
    planned = {path: path.read_bytes() for path in mail(own, SHIPPED)}
    others = mail(own, SHIPPED, MailingWish(households=20_000))
    assert not set(others) & set(planned)
    assert all(path.read_bytes() == content for path, content in planned.items())
    for path in others:
        assert "alternativ-20000-hushall" in path.relative_to(tmp_path).as_posix()
        if path.suffix in {".csv", ".md", ".svg"}:
            lines = path.read_text("utf-8-sig").replace("\N{NO-BREAK SPACE}", " ").splitlines()
            told = lines[1:] if path.suffix == ".csv" else [" ".join(lines)]
            assert all("alternativ 20000 hushåll" in line for line in told), path
    assert not any("alternativ" in path.as_posix().removeprefix(str(tmp_path)) for path in planned)


def test_what_is_written_tells_nobody_too_much(run: Run, tmp_path: Path) -> None:
    paths = mail(replace(run, folder=tmp_path), SHIPPED)
    assert sorted(paths) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    own = tmp_path / "utskick" / "kommun-i-augusti"
    (own / VENDORS).rename(tmp_path / "sent")
    labels = {name: load_group(name, SHIPPED).label.sv for name in run.groups}
    vendor = load_named(Vendor, "vendors", "svensk_excel", SHIPPED)
    sent = list(parts_of(tmp_path / "sent", vendor))
    kept = list(parts_of(tmp_path / "utskick"))
    assert {part.audience for part in sent} == {"leverantor"}
    assert {part.audience for part in kept} == {"valledning"}
    homes = run.scored.areas["association"].to_dict()
    assert [fault for part in [*sent, *kept] for fault in faults_of(part, homes, labels)] == []


def test_no_command_on_a_finished_run_opens_a_raw_file(run: Run, shared: Shared) -> None:
    """They are gone, too: what reads in C does not tell Python."""
    raw = shared.home / "planned-county" / "raw"
    assert not raw.exists()
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(run.folder), str(raw)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"LANG": "C.UTF-8", "GEOPRIO_RAW": str(raw)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_campaign_without_a_run_is_told_to_be_run(tmp_path: Path) -> None:
    campaign = shipped_folder() / "demo.toml"
    assert load_campaign(campaign).name == "demo"
    done = subprocess.run(
        [sys.executable, "-m", "geoprio", "mail", str(campaign), "--out", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "run it first" in done.stderr
