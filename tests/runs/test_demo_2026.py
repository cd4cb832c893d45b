"""The campaign on deso_2025 and valdistrikt_2026, with the election before by the official way."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import config_folders, load_campaign, shipped_folder
from geoprio.counts import Rolls
from geoprio.counts.electorates import district_moves, find_rolls
from geoprio.counts.inventory import gather
from geoprio.demo.apportionment import published_figures
from geoprio.demo.premises import COUNTED
from geoprio.errors import ConfigError, CoverageWarning, SourceError
from geoprio.reports.map import association_maps, leadership_map
from geoprio.reports.publication import Press, render, report
from geoprio.runs import Run
from geoprio.sources.read import read_all, source_at_hand
from tests.shared import computed


@pytest.fixture(scope="module")
def result(demo_2026: Run) -> Run:
    return demo_2026


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
    # Swedes abroad, and districts that are split unevenly; the rest tells how sure the ranking is,
    # of what, and which group's figure it hangs on.
    expected = ("fler röstberättigade än invånare", "rangordning", "så här många", "osäkert på")
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


def spoiled(raw: Path, *without: str) -> Path:
    text = (shipped_folder() / "demo2026.toml").read_text(encoding="utf-8")
    for name in without:
        assert f'  "{name}",\n' in text
        text = text.replace(f'  "{name}",\n', "")
    path = raw / "demo2026.toml"
    path.write_text(text, encoding="utf-8")
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
        pipeline.run(spoiled(own_raw, without), raw=own_raw, out=tmp_path)


@pytest.fixture(scope="module")
def riksdag_alone(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Rolls:
    """Return the rolls of a campaign that has the results of the riksdag and no other."""
    folder = tmp_path_factory.mktemp("riksdag")
    text = (demo_raw / "demo2026.toml").read_text(encoding="utf-8")
    for ballot in ("region", "kommun"):
        text = text.replace(f'  "val_results_2026_{ballot}",\n', "")
    # The other workbook counts Swedes abroad too: here this one alone tells of them.
    text = text.replace('  "val_electors_2026",\n', "")
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "associations-2026.csv").write_bytes(
        (demo_raw / "associations-2026.csv").read_bytes()
    )
    campaign = load_campaign(path)
    gathered, _ = pipeline.prepared(campaign, path, demo_raw, language="sv")
    moves = district_moves(gathered, "deso_2025")
    return find_rolls("deso_2025", gathered, moves, tolerance=0.001, abroad_shares={"01": 0.5})


def test_the_roll_by_kind_of_election_tells_who_may_vote_where_no_results_do(
    riksdag_alone: Rolls, result: Run
) -> None:
    published, table = published_figures(), riksdag_alone.table()
    assert riksdag_alone.local is not None
    for election in ("kommun", "region"):
        total = published[f"{election}_electors"].sum()
        assert table[f"{election}_electors_count"].sum() == pytest.approx(total)
    foreign = table["kommun_foreign_citizens_count"].groupby(riksdag_alone.home).sum()
    pd.testing.assert_series_equal(
        foreign,
        published["foreign_citizens"].astype(float),
        check_names=False,
        check_index_type=False,
    )
    # Counted, and not the share that the campaign would else take.
    same = frame(result, "deso_2025_electorates")
    counted = list(table)
    pd.testing.assert_frame_equal(
        table, same[counted], check_names=False, check_index_type=False, check_column_type=False
    )


def test_first_time_voters_are_a_layer_where_the_roll_counts_them(
    result: Run, demo_result: Run
) -> None:
    levels, layers, _ = leadership_map(result)
    layer = next(one for one in layers if one.key == "first_time_share")
    assert (layer.section, layer.kind) == ("election", "share")
    assert "Valmyndigheten" in layer.note
    for level in levels:
        counted = level.values["first_time_share"]
        assert counted.between(0.01, 0.2).all()
    own, _, _ = association_maps(result)
    assert "first_time_share" in own[0].values
    assert not [one for one in leadership_map(demo_result)[1] if one.key == "first_time_share"]


def test_each_area_is_told_where_its_people_vote_on_both_kinds_of_map(result: Run) -> None:
    levels, own = leadership_map(result)[0][:2], association_maps(result)[0]
    for level, other in zip(levels, own, strict=True):
        nearest = result.levels[level.key].goals
        for told in (level.values["nearest_words"], other.values["nearest_words"]):
            pairs = zip(told, nearest["nearest_polling"], nearest["nearest_early"], strict=True)
            assert all(hall in words and early in words for words, hall, early in pairs)
            assert told.str.contains("öppen 2026-08-26 till 2026-09-13").all()
    # Nobody is told the way to vote from a municipality as a whole.
    assert "nearest_words" not in leadership_map(result)[0][2].values


def test_urban_areas_are_places_to_search_for(result: Run, demo_raw: Path) -> None:
    ground = result.frames["ground_areas"]
    towns = ground[ground["type"] == "town"]
    held = json.loads((demo_raw / "tatorter-2023-wfs.geojson").read_text(encoding="utf-8"))
    names = {item["properties"]["tatort"] for item in held["features"]}
    assert set(towns["area_name"]) <= names
    assert len(towns) > 20
    assert (towns.geom_type == "Point").all()


def test_early_votes_by_day_are_a_file_of_the_leaderships(result: Run, demo_raw: Path) -> None:
    path = result.paths["record"].parent / "early_votes.csv"
    table = pd.read_csv(path, sep=";", dtype={"kommunkod": str})
    day, until = (name for name in table if name.startswith("förtidsröster"))
    official = pd.read_csv(demo_raw / "mottagna-fortidsroster-val2026.csv", sep=";")
    assert table[day].sum() == official["TOTAL"].iloc[-1]
    assert table["dag"].nunique() == COUNTED
    last = table.groupby("kommunkod")[until].last()
    assert last.equals(table.groupby("kommunkod")[day].sum().rename(until))
    assert set(table["får läsas av"]) == {"Internt – valledningen"}


def test_a_run_without_early_votes_has_no_file_of_them(demo_result: Run, tmp_path: Path) -> None:
    assert render(Press(demo_result), "early_votes") == {}
    with pytest.raises(ConfigError, match="no source of the run tells of it"):
        report(demo_result, "early_votes", maps=tmp_path)


def test_an_official_list_that_cannot_be_read_stops_no_run_and_an_own_one_does(
    own_raw: Path,
) -> None:
    path = own_raw / "demo2026.toml"
    campaign, folders = load_campaign(path), config_folders(path)
    sources = {name: source_at_hand(name, folders, own_raw) for name in campaign.sources}
    (own_raw / "vallokaler.json").write_text('[{"NYCKEL": 1}]', encoding="utf-8")
    (own_raw / "mottagna-fortidsroster-val2026.csv").unlink()
    with pytest.warns(CoverageWarning, match=r"(?s)left out.*vallokaler\.json") as told:
        loaded, _ = read_all(campaign, sources, own_raw, path.name)
    assert len(told) == 1
    lost = set(campaign.sources) - {item.name for item in loaded}
    assert lost == {"val_polling_places_2026", "val_early_votes_2026"}
    (own_raw / "demo-stationer.csv").write_text("nyckel\n1\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"demo-stationer\.csv"), pytest.warns(CoverageWarning):
        read_all(campaign, sources, own_raw, path.name)


def test_without_the_comparison_there_is_no_election_before(own_raw: Path) -> None:
    campaign = spoiled(own_raw, "val_mapping_2022_2026", "val_former_2026")
    assert computed(campaign, own_raw).earlier is None


def test_the_comparisons_of_the_two_files_are_held_against_each_other(demo_raw: Path) -> None:
    path = demo_raw / "demo2026.toml"
    campaign = load_campaign(path)
    folders = config_folders(path)
    sources = {name: source_at_hand(name, folders, demo_raw) for name in campaign.sources}
    loaded, key = read_all(campaign, sources, demo_raw, path.name)
    used, other = (item for item in loaded if item.source.mapping is not None)
    assert (used.name, other.name) == ("val_former_2026", "val_mapping_2022_2026")
    pd.testing.assert_frame_equal(used.frame, other.frame)
    pair = used.frame.index[used.frame["comparable"]][0]
    frame = other.frame.drop(pair)
    changed = [replace(item, frame=frame) if item is other else item for item in loaded]
    with pytest.warns(CoverageWarning, match="1 polling districts are compared otherwise"):
        gather(campaign, tuple(changed), key)


def test_a_municipality_without_its_file_is_missed(own_raw: Path, tmp_path: Path) -> None:
    (own_raw / "Val_2026_slutlig_0186_KF.zip").unlink()
    with pytest.raises(SourceError, match=r"(?s)one file per municipality is expected.*0186"):
        pipeline.run(own_raw / "demo2026.toml", raw=own_raw, out=tmp_path)
