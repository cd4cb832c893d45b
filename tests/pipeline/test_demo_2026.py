"""The campaign on deso_2025 and valdistrikt_2026, with the election before by the official way."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.cli.entry import app
from geoprio.config import shipped_folder
from geoprio.demo.apportionment import published_figures
from geoprio.errors import ConfigError, SourceError
from geoprio.runs import Run


@pytest.fixture(scope="module")
def campaign(demo_raw: Path) -> Path:
    return Path(shutil.copy(shipped_folder() / "demo2026.toml", demo_raw / "demo2026.toml"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-2026")


@pytest.fixture(scope="module")
def result(campaign: Path, demo_raw: Path, out: Path) -> Run:
    return pipeline.run(campaign, raw=demo_raw, out=out)


def frame(result: Run, name: str) -> pd.DataFrame:
    return pd.read_parquet(result.paths["record"].parent / f"{name}.parquet")


def test_every_area_of_2025_is_scored_from_the_results_of_2026(result: Run) -> None:
    assert list(result.levels) == ["regso_2025", "deso_2025"]
    for level in result.levels.values():
        assert level.scores["canvass"]["score"].notna().all()
        electors = level.votes["electors_count"].sum()
        assert electors == pytest.approx(published_figures()["riksdag_electors"].sum())
    record = json.loads(result.paths["record"].read_text(encoding="utf-8"))
    assert record["election"]["year"] == 2026
    # Swedes abroad, and districts that are split unevenly; the rest tells how sure the ranking is.
    expected = ("fler röstberättigade än invånare", "rangordningen")
    assert all(any(words in told for words in expected) for told in result.warnings)


def test_areas_bear_the_names_of_their_larger_ones(result: Run, demo_raw: Path) -> None:
    regso = json.loads((demo_raw / "regso-2025-wfs.geojson").read_text(encoding="utf-8"))
    names = {
        item["properties"]["regsokod"]: item["properties"]["regsonamn"]
        for item in regso["features"]
    }
    areas = result.levels["regso_2025"].areas
    assert (areas["area_name"] == areas.index.map(names)).all()


def test_the_files_of_the_municipalities_are_all_in_the_record(result: Run) -> None:
    record = json.loads(result.paths["record"].read_text(encoding="utf-8"))
    by_name = {item["name"]: item for item in record["sources"]}
    assert len(by_name["val_results_2026_kommun"]["files"]) == 26
    assert by_name["val_results_2026_riksdag"]["file"] == "Val_2026_slutlig_00_RD.zip"


def test_the_election_before_stands_on_the_same_areas_and_loses_nobody(result: Run) -> None:
    record = json.loads(result.paths["record"].read_text(encoding="utf-8"))["earlier_election"]
    assert record["year"] == 2022
    assert record["districts_by_geometry"] > 0
    assert record["districts_by_official_comparison"] > record["districts_by_geometry"]
    assert record["electors_lost"] == 0
    before = frame(result, "regso_2025_votes_2022")
    for column, published in (("electors", "electors"), ("votes_v", "v"), ("valid", "valid")):
        total = published_figures()[f"riksdag_{published}"].sum()
        assert before[f"{column}_count"].sum() == pytest.approx(total)


def test_official_pairs_are_whole_in_what_the_run_used(result: Run, demo_raw: Path) -> None:
    way = frame(result, "districts_2022_crosswalk").set_index(["source_code", "area_code"])
    truth = pd.read_parquet(demo_raw / "facit" / "bitar-2026.parquet")
    homes = truth.groupby("district_2022")["district_2026"].nunique()
    uncut = homes.index[homes == 1]
    pairs = truth[truth["district_2022"].isin(uncut)].drop_duplicates(["district_2022"])
    named = pd.MultiIndex.from_frame(pairs[["district_2022", "district_2026"]])
    assert (way.loc[named, "weight"] == 1).all()


def test_two_runs_give_the_same_bytes(
    campaign: Path, demo_raw: Path, result: Run, out: Path, tmp_path: Path
) -> None:
    pipeline.run(campaign, raw=demo_raw, out=tmp_path)
    files = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert len(files) > len(result.paths)
    assert all((out / path).read_bytes() == (tmp_path / path).read_bytes() for path in files)


def spoiled(raw: Path, *, without: str) -> Path:
    text = (shipped_folder() / "demo2026.toml").read_text(encoding="utf-8")
    assert f'  "{without}",\n' in text
    path = raw / "demo2026.toml"
    path.write_text(text.replace(f'  "{without}",\n', ""), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("without", "message"),
    [
        ("val_valdistrikt_2022", "val_mapping_2022_2026: no source gives the borders of 'valdist"),
        ("scb_regso_2025_wfs", "needs a source of the borders of 'regso_2025'"),
        ("kommuner", "one of the municipalities' names"),
    ],
)
def test_what_the_run_cannot_do_without_is_named(
    own_raw: Path, tmp_path: Path, without: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        pipeline.run(spoiled(own_raw, without=without), raw=own_raw, out=tmp_path)


def test_without_the_comparison_there_is_no_election_before(own_raw: Path, tmp_path: Path) -> None:
    campaign = spoiled(own_raw, without="val_mapping_2022_2026")
    result = pipeline.run(campaign, raw=own_raw, out=tmp_path)
    assert "earlier_election" not in json.loads(result.paths["record"].read_text(encoding="utf-8"))


def test_a_municipality_without_its_file_is_missed(own_raw: Path, tmp_path: Path) -> None:
    (own_raw / "Val_2026_slutlig_0186_KF.zip").unlink()
    shutil.copy(shipped_folder() / "demo2026.toml", own_raw / "demo2026.toml")
    with pytest.raises(SourceError, match=r"(?s)one file per municipality is expected.*0186"):
        pipeline.run(own_raw / "demo2026.toml", raw=own_raw, out=tmp_path)


def test_the_command_leaves_the_campaign_of_2026_beside_its_files(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as done:
        app(["demo", "--areas", "120", "--out", str(tmp_path)])
    assert done.value.code == 0
    raw = tmp_path / "data" / "raw" / "demo"
    result = pipeline.run(raw / "demo2026.toml", raw=raw, out=tmp_path)
    assert result.paths["map"] == tmp_path / "maps" / "demo2026" / "index.html"
