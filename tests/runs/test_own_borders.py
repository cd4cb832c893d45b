"""Areas of the user's own are scored, and shares stay on the areas they were published for."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.sources import load_source
from tests.runs.test_demo_run import changed_campaign
from tests.shared import levels
from tests.sources.test_shares import coded, write_cube


def write_turnout(raw: Path) -> None:
    source = load_source("scb_turnout_regso", [shipped_folder()])
    key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str, encoding="utf-8-sig")
    groups = sorted({str(column.where["Bakgrund"]) for column in source.columns})
    dimensions = {
        "Region": coded(*sorted(key["RegSOkod_2020"].unique())),
        "Bakgrund": {f"{number}": group for number, group in enumerate(groups)},
        "Kon": {"4": "män och kvinnor", "1": "män", "2": "kvinnor"},
        "ContentsCode": coded("000004WU", "000004WV", "000004WW"),
        "Tid": coded("2022"),
    }
    write_cube(raw / source.files[0], dimensions, lambda _: 77.5)


LEFT_OUT = "0117"


def write_postal_areas(raw: Path, *, left_out: str = "") -> tuple[int, float]:
    """Write postal areas without a municipality: RegSO of the demo under other codes, in parts.

    Those of a municipality may be left out. Return how many there are, and the county's area in m2.
    """
    everywhere = gpd.read_file(raw / "regso-2020-wfs.geojson")
    regso = everywhere[everywhere["kommunkod"] != left_out].reset_index(drop=True)
    named = gpd.GeoDataFrame(
        {"postnr": [f"{10000 + number}" for number in range(len(regso))], "postort": "Norrort"},
        geometry=regso.geometry,
    )
    parts = named.explode(index_parts=False)
    parts.to_file(raw / "egna-postnummer.gpkg", driver="GPKG", layer="postnummer")
    return len(named), float(everywhere.area.sum())


def test_own_areas_are_scored_and_a_share_stays_where_it_was_published(own_raw: Path) -> None:
    write_turnout(own_raw)
    size, ground = write_postal_areas(own_raw, left_out=LEFT_OUT)
    names = 'sources = [\n  "own_postal_areas", "scb_turnout_regso",'
    folder = own_raw / "sources"
    folder.mkdir()
    example = (shipped_folder() / "sources" / "own_postal_areas.toml").read_text(encoding="utf-8")
    (folder / "own_postal_areas.toml").write_text(example, encoding="utf-8")
    path = changed_campaign(own_raw, "sources = [", names)
    counts = {name: level.counts for name, level in levels(path, own_raw).items()}
    assert counts["regso_2020"]["turnout_riksdag_share"].eq(0.775).all()
    assert not counts["deso_2018"].filter(regex="_share$").columns.tolist()
    path = changed_campaign(own_raw, '"regso_2020"    #', '"postnummer_egen"    #')
    own = levels(path, own_raw)["postnummer_egen"]
    assert len(own.areas) == size + 1
    # The municipality that they do not reach stands in whole, and is no area to rank or to mail.
    unranked = own.scores["mailing"]["rank"].isna() & own.scores["canvass"]["rank"].isna()
    assert own.areas.index[unranked].tolist() == [LEFT_OUT]
    assert own.counts.loc[LEFT_OUT, "population_count"] > 0
    # One code is told from another in a town where all have the locality's name.
    assert own.areas.loc["10001", "area_name"] == "100 01 Norrort"
    assert own.areas.area.sum() == pytest.approx(ground)
    assert own.counts["population_count"].sum() == pytest.approx(
        counts["regso_2020"]["population_count"].sum()
    )
    assert not own.counts.filter(regex="_share$").columns.tolist()
