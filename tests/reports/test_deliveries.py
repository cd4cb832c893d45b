"""What a vendor gets of a run: the chosen areas and nothing that the choice was made by."""

import io
import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geoprio.areas.associations import load_constituencies
from geoprio.config import Vendor, config_folders, load_named, shipped_folder
from geoprio.errors import ConfigError, GeoprioError
from geoprio.pipeline import compute
from geoprio.reports.editions import order
from geoprio.reports.vendor_order import Edition, vendor_files, vendor_selection
from geoprio.runs import Run, read_run
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
    assert set(table["leveransvecka"]) == {"2030 v. 32", "2030 v. 33"}
    assert (table["leveransvecka"] == "2030 v. 33").equals(plan["wave"] == 2)
    city = table["kommunkod"] == "0180"
    assert (table["valkrets"] == "Stockholms kommuns valkrets").equals(city)
    assert (table.loc[~city, "valkrets"] == "Stockholms läns valkrets").all()
    sheet = tomllib.loads(files["omraden-riksdag.kontroll.toml"].decode())
    assert sheet["summor"]["hushall_totalt"] == households.sum()
    assert text("demo_mark", "sv") in sheet["bestallning"].values()


def test_dwellings_stand_in_for_households_and_are_called_so(demo_result: Run) -> None:
    selection = vendor_selection(demo_result, demo_result.mailing, VENDOR, EDITION)
    counted = demo_result.scored.counts.loc[selection.index]
    known = counted.get("households_count", pd.Series(dtype=float)).reindex(selection.index)
    told = selection["households_basis"]
    assert (told == "hushåll").equals(known.notna())
    assert set(told) <= {"hushåll", "bostäder", "uppskattning"}


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
