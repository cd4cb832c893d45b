"""What a vendor gets of a run: the chosen areas and nothing that the choice was made by."""

import io
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
from geoprio.reports.vendor_order import (
    Edition,
    Wish,
    order,
    vendor_files,
    vendor_selection,
    write_order,
)
from geoprio.runs.outcome import Outcome
from geoprio.words import text
from tests.pipeline.test_demo_run import changed_campaign
from tests.pipeline.test_own_borders import write_postal_areas

SHIPPED = (shipped_folder(),)
VENDOR = load_named(Vendor, "vendors", "svensk_excel", SHIPPED)
EDITION = Edition("riksdag", date(2030, 9, 8), load_constituencies("riksdag", SHIPPED))


def computed(campaign_file: Path, raw: Path) -> Outcome:
    return compute(campaign_file, raw=raw)


@pytest.fixture(scope="module")
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


@pytest.fixture(scope="module")
def files(outcome: Outcome) -> dict[str, bytes]:
    return vendor_files(outcome, outcome.mailing, VENDOR, EDITION)


def test_every_chosen_area_with_its_households_week_and_print_run(
    outcome: Outcome, files: dict[str, bytes]
) -> None:
    plan = outcome.mailing
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


def test_dwellings_stand_in_for_households_and_are_called_so(outcome: Outcome) -> None:
    selection = vendor_selection(outcome, outcome.mailing, VENDOR, EDITION)
    counted = outcome.levels[0].counts.loc[selection.index]
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
    outcome = computed(path, own_raw)
    files = vendor_files(outcome, outcome.mailing, VENDOR, EDITION)
    # The demo's postal areas are its RegSO under other codes, in the order of their file.
    listed = files["omraden-riksdag-postnummer.txt"].decode("ascii").split()
    assert len(listed) == len(outcome.mailing)
    assert listed == sorted(listed)
    told = tomllib.loads(files["omraden-riksdag-postnummer.kontroll.toml"].decode())
    assert "100 procent av dem som bor i områdena nås" in told["bestallning"]["postnummer"]
    assert "; 0 procent" in told["bestallning"]["postnummer"]


def test_postal_codes_of_the_users_own_points(own_raw: Path, outcome: Outcome) -> None:
    """One point inside each RegSO: the codes of the chosen ones are taken, and no other."""
    areas = outcome.levels[0].areas
    codes = pd.Series([f"{20000 + n}" for n in range(len(areas))], areas.index)
    places = gpd.GeoDataFrame(
        {"addr:postcode": codes.str[:3] + " " + codes.str[3:], "namn": "Anna"},
        geometry=areas.representative_point(),
        crs=3006,
    )
    places.to_file(own_raw / "egna-postnummerpunkter.gpkg", driver="GPKG", layer="adresser")
    path = changed_campaign(own_raw, "sources = [", 'sources = [\n  "own_postal_points",')
    ours = computed(path, own_raw)
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


def test_an_order_is_written_whole_and_takes_the_place_of_the_one_before(
    demo_raw: Path, files: dict[str, bytes], tmp_path: Path
) -> None:
    wish = Wish("svensk_excel", "riksdag", date(2030, 9, 8))
    paths = order(demo_raw / "demo.toml", wish, raw=demo_raw, out=tmp_path)
    folder = tmp_path / "data/processed/demo/utskick/riksdag"
    assert {path.name: path.read_bytes() for path in paths} == files
    assert sorted(paths) == sorted(folder.iterdir())
    (folder / "eget.txt").write_bytes(b"the user's own")
    (folder / "omraden-riksdag.kml").write_bytes(b"changed since")
    fewer = {name: one for name, one in files.items() if not name.endswith((".kml", ".gpkg"))}
    write_order(fewer, folder)
    left = {path.name for path in folder.iterdir()}
    assert left == {*fewer, "eget.txt", "omraden-riksdag.kml"}


def test_nothing_to_order_is_told(own_raw: Path, tmp_path: Path) -> None:
    path = changed_campaign(own_raw, "budget_sek = 250000", "budget_sek = 1")
    wish = Wish("svensk_excel", "riksdag", date(2030, 9, 8))
    with pytest.raises(GeoprioError, match="there is nothing to order"):
        order(path, wish, raw=own_raw, out=tmp_path / "out")
    with pytest.raises(ConfigError, match=r"svensk_exel.toml: not found.*svensk_excel"):
        order(path, replace(wish, vendor="svensk_exel"), raw=own_raw, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
