"""What a vendor gets of a run: the chosen areas and nothing that the choice was made by."""

import io
import json
import math
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geoprio.areas.associations import load_constituencies
from geoprio.config import MailOrder, Vendor, config_folders, load_named, shipped_folder
from geoprio.errors import ConfigError, GeoprioError
from geoprio.pipeline import compute
from geoprio.plans.postal import week_days
from geoprio.reports.edition_page import mail_page
from geoprio.reports.editions import order, ordered, print_lines
from geoprio.reports.vendor_order import Edition, order_table, vendor_files, vendor_selection
from geoprio.runs import Run, read_run
from geoprio.runs.facts import run_record
from geoprio.runs.outcome import Outcome
from geoprio.words import text
from tests.runs.test_demo_run import changed_campaign
from tests.runs.test_own_borders import write_postal_areas

SHIPPED = (shipped_folder(),)
VENDOR = load_named(Vendor, "vendors", "svensk_excel", SHIPPED)
EDITION = Edition("riksdag", date(2030, 9, 8), load_constituencies("riksdag", SHIPPED))


@pytest.fixture(scope="module")
def files(demo_result: Run) -> dict[str, bytes]:
    return vendor_files(demo_result, demo_result.mailing, VENDOR, EDITION)


def test_every_chosen_area_with_its_households_week_and_print_run(
    demo_result: Run, files: dict[str, bytes]
) -> None:
    plan = demo_result.mailing
    content = files["omraden-riksdag.csv"]
    table = pd.read_csv(
        io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig", dtype={0: str, 2: str}
    ).set_index("omradeskod")
    assert table.index.tolist() == sorted(plan.index)
    households = plan["households_count"].round()
    assert table["hushall_totalt"].tolist() == households.tolist()
    assert table["hushall_ej_nejtack"].isna().all()
    reserve = table["upplaga"] / households
    assert reserve.between(1.02, 1.03).all()
    # Days, as people order: a week's number stands in no file.
    days = {1: ("2030-08-05", "2030-08-11"), 2: ("2030-08-12", "2030-08-18")}
    ordered = list(zip(table["leverans_fran"], table["leverans_till"], strict=True))
    assert ordered == [days[wave] for wave in plan["wave"].reindex(table.index)]
    assert not [name for name, made in files.items() if b" v. 3" in made]
    city = table["kommunkod"] == "0180"
    assert (table["valkrets"] == "Stockholms kommuns valkrets").equals(city)
    assert (table.loc[~city, "valkrets"] == "Stockholms läns valkrets").all()
    sheet = tomllib.loads(files["omraden-riksdag.kontroll.toml"].decode())
    assert sheet["summor"]["hushall_totalt"] == households.sum()
    span = "2030-08-05–2030-08-11, 2030-08-12–2030-08-18"
    assert sheet["bestallning"]["leveransdagar"] == span
    assert text("demo_mark", "sv") in sheet["bestallning"].values()


def test_dwellings_stand_in_for_households_and_are_called_so(demo_result: Run) -> None:
    selection = vendor_selection(demo_result, demo_result.mailing, VENDOR, EDITION)
    counted = demo_result.scored.counts.loc[selection.index]
    known = counted.get("households_count", pd.Series(dtype=float)).reindex(selection.index)
    told = selection["households_basis"]
    assert (told == "hushåll").equals(known.notna())
    assert set(told) <= {"hushåll", "bostäder", "uppskattning"}


def order_sheet(content: bytes) -> tuple[dict[str, str], pd.DataFrame]:
    """Return what the front of an order says, and its areas."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    front, areas = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
    return dict(map(tuple, front)), pd.DataFrame(areas[4:], columns=areas[3])


def test_people_read_the_order_with_its_days_its_sums_and_blanks_to_fill_in(
    demo_result: Run, files: dict[str, bytes]
) -> None:
    front, table = order_sheet(files["bestallning-riksdag.xlsx"])
    *areas, total = table.to_dict("records")
    plan = demo_result.mailing["households_count"].round().sort_index()
    assert [row["områdeskod"] for row in areas] == plan.index.tolist()
    assert [row["hushåll (bostäder)"] for row in areas] == plan.tolist()
    assert total["område"] == "Summa"
    for name in ("hushåll (bostäder)", "upplaga"):
        assert total[name] == sum(row[name] for row in areas)
    days = pd.DataFrame(areas)[["omgång", "delas ut från", "delas ut till"]].drop_duplicates()
    assert sorted(map(tuple, days.to_numpy())) == [
        (1, "2030-08-05", "2030-08-11"),
        (2, "2030-08-12", "2030-08-18"),
    ]
    assert front["Omgång 2"].startswith("Delas ut 2030-08-12 till 2030-08-18: ")
    assert not any(" v. " in words for words in front.values())
    assert front["Nej tack"] == text("vendor_no_thanks", "sv")
    assert f"hushåll i {len(areas)} områden" in front["Hushåll"]
    assert front["Observera"] == text("demo_mark", "sv")
    assert all("(fylls i)" in front[name] for name in ("Beställare", "Kontakt", "Vikt per styck"))
    given = demo_result.settings["campaign"]
    ordered = {"client": "Distriktet", "contact": "Bo", "weight_grams": 20.5}
    campaign = {**given, "mailing": {**given["mailing"], "order": ordered}}
    settings = {**demo_result.settings, "campaign": campaign}
    told = replace(demo_result, record={**demo_result.record, "settings": settings})
    ours = vendor_files(told, demo_result.mailing, VENDOR, EDITION)
    front, _ = order_sheet(ours["bestallning-riksdag.xlsx"])
    assert (front["Beställare"], front["Vikt per styck"]) == ("Distriktet", "20,5 gram")


def test_who_orders_stands_on_the_order_and_in_no_record(
    demo_outcome: Outcome, demo_result: Run
) -> None:
    """A person's name goes from the campaign's file to the vendor, and is kept nowhere else."""
    given = MailOrder(client="Distriktet", contact="Bo Ek, 08-123", invoice="Referens Eva Ask")
    campaign = demo_outcome.plans.campaign
    campaign = campaign.model_copy(
        update={"mailing": campaign.mailing.model_copy(update={"order": given})}
    )
    plans = replace(demo_outcome.plans, campaign=campaign)
    record = json.dumps(run_record(replace(demo_outcome, plans=plans)), ensure_ascii=False)
    assert "Distriktet" in record
    assert not [name for name in ("Bo Ek", "08-123", "Eva Ask") if name in record]
    told = replace(demo_result, record=json.loads(record)).ordered_as(given)
    ours = vendor_files(told, demo_result.mailing, VENDOR, EDITION)
    front, _ = order_sheet(ours["bestallning-riksdag.xlsx"])
    assert front["Kontakt"] == "Bo Ek, 08-123"
    assert "Referens Eva Ask" in front.values()


def test_houses_and_flats_stand_apart_where_dwellings_are_what_is_counted() -> None:
    codes = pd.Index(["B", "A", "C"], name="area_code")
    selection = pd.DataFrame(
        {
            "area_name": ["Berg", "Alvik", "Dal"],
            "municipality_name": "Täby",
            "households_count": [100.0, 50.0, 30.0],
            "households_basis": ["bostäder", "hushåll", "bostäder"],
            "print_run_count": [102.0, 51.0, 31.0],
            "wave": 1,
            "delivery_from": "2030-08-12",
            "delivery_to": "2030-08-18",
        },
        index=codes,
    )
    table = order_table(selection, pd.Series([80.0, 20.0, np.nan], codes), "sv").frame
    assert table.index.tolist() == ["A", "B", "C", ""]
    assert table["houses_count"].fillna(-1).tolist() == [-1, 80, -1, 80]
    assert table["flats_count"].fillna(-1).tolist() == [-1, 20, -1, 20]
    assert table["households_count"].tolist() == [50, 100, 30, 180]
    assert table["municipality_name"].tolist() == ["Täby"] * 4


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ("2030 v. 33", ("2030-08-12", "2030-08-18")),
        ("2026 v. 53", ("2026-12-28", "2027-01-03")),
        ("2025 v.1", ("2024-12-30", "2025-01-05")),
        ("2030 v. 54", ("2030 v. 54", "2030 v. 54")),
        ("i augusti", ("i augusti", "i augusti")),
    ],
)
def test_a_week_has_days(week: str, days: tuple[str, str]) -> None:
    assert week_days(week) == days


def test_postal_codes_of_the_users_own_areas(own_raw: Path) -> None:
    write_postal_areas(own_raw)
    folder = own_raw / "sources"
    folder.mkdir()
    example = (shipped_folder() / "sources" / "own_postal_areas.toml").read_text(encoding="utf-8")
    bare = example.replace('[texts]\narea_name = "POSTORT"\n', "")
    (folder / "own_postal_areas.toml").write_text(bare, encoding="utf-8")
    path = changed_campaign(own_raw, "sources = [", 'sources = [\n  "own_postal_areas",')
    ours = compute(path, raw=own_raw)
    files = vendor_files(ours, ours.mailing, VENDOR, EDITION)
    # The demo's postal areas are its RegSO under other codes, in the order of their file.
    listed = files["omraden-riksdag-postnummer.txt"].decode("ascii").split()
    assert len(listed) == len(ours.mailing)
    assert listed == sorted(listed)
    told = tomllib.loads(files["omraden-riksdag-postnummer.kontroll.toml"].decode())
    assert "100 procent av dem som bor i områdena nås" in told["bestallning"]["postnummer"]
    assert "; 0 procent" in told["bestallning"]["postnummer"]
    front, _ = order_sheet(files["bestallning-riksdag.xlsx"])
    assert front["Geografi"] == told["bestallning"]["postnummer"]
    # The codes are the mailed areas under other names, so their households are the same.
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["bestallning-riksdag.xlsx"]))
    *_, codes = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert codes[3][0] == "postnummer"
    assert "hushåll" in codes[3][1]
    assert [row[0] for row in codes[4:-1]] == listed
    planned = ours.mailing["households_count"].sum()
    assert codes[-1][1] == pytest.approx(planned, abs=len(listed))


def test_postal_codes_of_the_users_own_points(own_raw: Path, demo_result: Run) -> None:
    """One point inside each RegSO: the codes of the chosen ones are taken, and no other."""
    areas = demo_result.scored.areas
    codes = pd.Series([f"{20000 + n}" for n in range(len(areas))], areas.index)
    places = gpd.GeoDataFrame(
        {"addr:postcode": codes.str[:3] + " " + codes.str[3:], "namn": "Anna"},
        geometry=areas.representative_point(),
        crs=3006,
    )
    places.to_file(own_raw / "egna-postnummerpunkter.gpkg", driver="GPKG", layer="adresser")
    path = changed_campaign(own_raw, "sources = [", 'sources = [\n  "own_postal_points",')
    ours = compute(path, raw=own_raw)
    files = vendor_files(ours, ours.mailing, VENDOR, EDITION)
    listed = files["omraden-riksdag-postnummer.txt"].decode("ascii").split()
    assert listed == sorted(codes[ours.mailing.index])
    told = tomllib.loads(files["omraden-riksdag-postnummer.kontroll.toml"].decode())
    assert "100 procent av områdenas punkter nås" in told["bestallning"]["postnummer"]
    assert not any(b"Anna" in content for content in files.values())


def test_constituencies_are_the_user_s_own_list(tmp_path: Path) -> None:
    assert load_constituencies("riksdag", SHIPPED)["0180"] == "Stockholms kommuns valkrets"
    assert load_constituencies("kommun", SHIPPED).empty
    assert load_constituencies("riksdag", (tmp_path,)).empty
    own = tmp_path / "constituencies.csv"
    head = "election;municipality_code;constituency\n"
    for rows, told in (
        (f"{head}riksdag;0180;A\nriksdag;0180;B\n", "0180 stands twice"),
        (f"{head}riksdag;0180;\n", "no empty cell"),
        ("a;b\n1;2\n", "expected the columns"),
    ):
        own.write_text(rows, encoding="utf-8")
        with pytest.raises(ConfigError, match=told):
            load_constituencies("riksdag", config_folders(tmp_path / "x.toml"))


@pytest.fixture
def own_run(demo_out: Path, tmp_path: Path) -> Run:
    """Return a copy of the finished run, beside which orders may be written."""
    folder = tmp_path / "run"
    shutil.copytree(demo_out / "data/processed/demo", folder)
    return read_run(folder)


def test_an_order_is_written_whole_and_takes_the_place_of_the_one_before(
    own_run: Run, files: dict[str, bytes], tmp_path: Path
) -> None:
    wish = {"edition": "riksdag", "election_day": date(2030, 9, 8)}
    paths = order(own_run, SHIPPED, "svensk_excel", **wish)  # type: ignore[arg-type]
    folder = tmp_path / "run/utskick/riksdag/leverantor"
    assert {path.name: path.read_bytes() for path in paths} == files
    assert sorted(paths) == sorted(folder.iterdir())
    (folder / "eget.txt").write_bytes(b"the user's own")
    (folder / "omraden-riksdag.kml").write_bytes(b"changed since")
    shipped = (shipped_folder() / "vendors/svensk_excel.toml").read_text(encoding="utf-8")
    fewer = re.sub(r"files = .*", 'files = ["csv", "xlsx"]', shipped)
    assert fewer != shipped
    (tmp_path / "vendors").mkdir()
    (tmp_path / "vendors" / "fewer.toml").write_text(fewer, encoding="utf-8")
    fewer_paths = order(own_run, (tmp_path,), "fewer", **wish)  # type: ignore[arg-type]
    left = {path.name for path in folder.iterdir()}
    assert left == {*(path.name for path in fewer_paths), "eget.txt", "omraden-riksdag.kml"}


def test_what_printing_costs_with_the_reserve_is_told_beside_the_plan_s_sum(own_run: Run) -> None:
    """As many copies as the order says, each at the price of a household."""
    mailing = ordered(own_run, None)
    homes, cost = mailing.plan["households_count"].sum(), mailing.plan["cost_sek"].sum()
    (line,) = print_lines(own_run, SHIPPED, [mailing], language="sv", vendor="svensk_excel")
    copies, more, dear, planned, budget = (
        int(re.sub(r"\D", "", figure)) for figure in re.findall(r"\d[\d\xa0\u202f]*", line)
    )
    assert copies == sum(
        math.ceil(round(own * 1.02, 6)) for own in mailing.plan["households_count"]
    )
    assert more == copies - homes
    assert planned == round(cost) < dear == round(cost * copies / homes)
    assert budget == own_run.campaign.mailing.budget_sek
    # Whoever has named no vendor has no reserve to tell of, and the page says that it is not in.
    assert print_lines(own_run, SHIPPED, [mailing], language="sv") == []
    assert "Reserven som trycks" in mail_page(own_run, mailing).decode()


def test_nothing_to_order_is_told(own_run: Run) -> None:
    none = replace(own_run, frames={**own_run.frames, "mailing": own_run.mailing.iloc[:0]})
    with pytest.raises(GeoprioError, match="there is nothing to order"):
        order(none, SHIPPED, "svensk_excel", election_day=date(2030, 9, 8))
    with pytest.raises(ConfigError, match=r"svensk_exel.toml: not found.*svensk_excel"):
        order(own_run, SHIPPED, "svensk_exel", election_day=date(2030, 9, 8))
    with pytest.raises(ConfigError, match="found kommun; expected one of riksdag"):
        order(own_run, SHIPPED, "svensk_excel", edition="kommun")
    with pytest.raises(ConfigError, match="an order says when"):
        order(own_run, SHIPPED, "svensk_excel")
    assert own_run.folder is not None
    assert not (own_run.folder / "utskick").exists()
