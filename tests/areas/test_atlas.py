"""Every way between two area sets keeps what it moves, at home."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geoprio.areas import (
    Atlas,
    CountTable,
    build_atlas,
    find_way,
    move_counts,
    move_figures,
    refuse_homeless,
)
from geoprio.errors import ConfigError, CoverageError, CoverageWarning
from geoprio.tables import NOT_TOLD


def areas(**boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    codes = pd.Index(sorted(boxes), name="area_code")
    return gpd.GeoDataFrame(
        {"area_name": codes, "municipality_code": codes.str[:4]},
        geometry=[shapely.box(*boxes[code]) for code in codes],
        index=codes,
        crs=3006,
    )


def toy_atlas() -> Atlas:
    """Two municipalities of two small areas each; a district drawing that leaks over the border.

    0180a | 0180b || 0181a | 0181b      each 100 m wide; 0180D1 reaches 5 m into 0181
    """
    small = areas(
        **{
            "0180a": (0, 0, 100, 100),
            "0180b": (100, 0, 200, 100),
            "0181a": (200, 0, 300, 100),
            "0181b": (300, 0, 400, 100),
        }
    )
    districts = areas(**{"0180D1": (0, 0, 205, 100), "0181D1": (205, 0, 400, 100)})
    park = areas(**{"0180-park": (0, 0, 150, 100)})
    key = pd.DataFrame(
        {
            "parent_code": ["0180R1", "0180R1", "0181R1", "0181R1"],
            "parent_name": ["A", "A", "RegSO-B", "RegSO-B"],
        },
        index=small.index,
    )
    return build_atlas(
        ("deso", small),
        pd.Series([10.0, 30.0, 20.0, 40.0], index=small.index),
        ("regso", key),
        {"valdistrikt": districts, "stadsdel": park},
        municipality_names=pd.Series({"0180": "Stockholm", "0181": "Södertälje"}),
    )


def test_larger_areas_are_called_as_people_say() -> None:
    atlas = toy_atlas()
    assert atlas.sets["regso"]["area_name"].tolist() == ["A", "B"]
    assert not atlas.sets["deso"]["area_name"].str.contains("RegSO").any()


SETS = ["deso", "kommun", "regso", "stadsdel", "valdistrikt"]


@pytest.mark.parametrize("target", SETS)
@pytest.mark.parametrize("source", SETS)
def test_totals_survive_between_any_two_sets(source: str, target: str) -> None:
    atlas = toy_atlas()
    way = find_way(atlas, source, target)
    counts = pd.DataFrame({"votes_count": 7.0}, index=atlas.sets[source].index)
    moved = move_counts(counts, way)
    assert moved["votes_count"].sum() == pytest.approx(counts["votes_count"].sum(), rel=1e-12)


@pytest.mark.parametrize("larger", ["regso", "kommun"])
def test_residents_of_larger_areas_arrive_where_those_of_their_parts_do(larger: str) -> None:
    atlas = toy_atlas()
    people = atlas.population.rename("people_count")
    moved = [
        move_counts(counts.to_frame(), find_way(atlas, source, "stadsdel"))
        for source, counts in (
            ("deso", people),
            (larger, people.groupby(atlas.nested[larger]).sum()),
        )
    ]
    pd.testing.assert_frame_equal(*moved)


def test_what_a_drawing_lays_across_a_municipality_s_border_stays_at_home() -> None:
    way = find_way(toy_atlas(), "valdistrikt", "deso").frame
    assert (way["source_code"].str[:4] == way["area_code"].str[:4]).all()
    first = way[way["source_code"] == "0180D1"].set_index("area_code")["weight"]
    assert first.to_dict() == pytest.approx({"0180a": 0.25, "0180b": 0.75})


def test_a_set_that_covers_one_municipality_leaves_the_others_whole() -> None:
    stadsdel = toy_atlas().sets["stadsdel"]
    assert stadsdel.index.tolist() == ["0180-park", "0181"]
    assert stadsdel.loc["0181", "area_name"] == "Södertälje"


def test_every_set_that_lies_whole_in_another_is_a_part_of_it() -> None:
    atlas = toy_atlas()
    assert set(atlas.parts("kommun")) == {"kommun", "deso", "regso"}
    assert atlas.parts("kommun")["regso"].to_dict() == {"0180R1": "0180", "0181R1": "0181"}
    assert set(atlas.parts("valdistrikt")) == {"valdistrikt"}


def test_nested_sets_go_by_the_key() -> None:
    atlas = toy_atlas()
    down = find_way(atlas, "regso", "deso").frame.set_index("area_code")["weight"]
    assert down.to_dict() == pytest.approx(
        {"0180a": 0.25, "0180b": 0.75, "0181a": 1 / 3, "0181b": 2 / 3}
    )
    assert (find_way(atlas, "deso", "regso").frame["weight"] == 1).all()


def test_an_average_moves_by_residents() -> None:
    atlas = toy_atlas()
    figures = pd.DataFrame(
        {"population_count": [10.0, 30, 20, 40], "income_mean_sek": [100.0, 200, 300, 400]},
        index=atlas.sets["deso"].index,
    )
    moved = move_figures(figures, find_way(atlas, "deso", "kommun"))
    assert moved.loc["0180", "income_mean_sek"] == pytest.approx((10 * 100 + 30 * 200) / 40)


def test_a_set_without_borders_is_told() -> None:
    with pytest.raises(ConfigError, match=r"stadsdel_2099: no source .* expected one of deso"):
        find_way(toy_atlas(), "deso", "stadsdel_2099")


def test_counts_without_borders_are_refused_or_told() -> None:
    atlas = toy_atlas()
    counts = pd.DataFrame({"votes_count": [99.0, 1.0]}, index=["0180a", "0180z"])
    table = CountTable("deso", "SCB 2023", counts)
    with pytest.raises(CoverageError, match=r"SCB 2023: 0180z \(1 in all\).*1\.00%"):
        refuse_homeless([table], atlas.sets, tolerance=0.001)
    with pytest.warns(CoverageWarning, match="0180z"):
        refuse_homeless([table], atlas.sets, tolerance=0.02)


def test_a_small_area_without_a_name_is_called_by_the_larger_one() -> None:
    names = toy_atlas().sets["deso"]["area_name"].tolist()
    assert names == ["A 1", "A 2", "B 1", "B 2"]


def placed(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Return an own set of boxes that do not say their municipality, in the toy county's atlas."""
    county = toy_atlas()
    own = areas(**{f"{number}": box for number, box in enumerate(boxes)})
    base = county.sets["deso"].drop(columns="population_count")
    key = pd.DataFrame(
        {"parent_code": base.index.str[:4] + "R", "parent_name": "R"}, index=base.index
    )
    atlas = build_atlas(
        ("deso", base),
        county.population,
        ("regso", key),
        {"own": own.assign(municipality_code=NOT_TOLD)},
        municipality_names=pd.Series({"0180": "A", "0181": "B"}),
    )
    return atlas.sets["own"]


def test_a_share_or_a_seat_does_not_move_between_sets() -> None:
    way = find_way(toy_atlas(), "valdistrikt", "deso")
    one = pd.DataFrame(
        {"population_count": 9.0, "turnout_share": 0.8, "seats_v_count": 3.0, "pay_mean_sek": 5.0},
        index=way.frame["source_code"].unique(),
    ).rename_axis("area_code")
    assert set(move_figures(one, way)) == {"population_count", "pay_mean_sek"}


def test_an_area_that_does_not_say_lies_where_most_of_its_ground_does() -> None:
    """One across the border by 90 m to 10 m, and one with 40 m of 100 in the county: left out."""
    own = placed((110, 0, 210, 100), (360, 0, 460, 100))
    assert own["municipality_code"].to_dict() == {"0": "0180", "0181": "0181"}


def test_equal_halves_go_to_the_first_municipality() -> None:
    assert placed((150, 0, 250, 100)).loc["0", "municipality_code"] == "0180"


def test_areas_that_all_lie_elsewhere_are_refused() -> None:
    with pytest.raises(CoverageError, match="areas such as 0 lie in no municipality"):
        placed((900, 0, 950, 100))


def test_areas_of_one_name_are_told_apart_by_their_codes() -> None:
    """A distributor's rounds all bear the locality's name; one of its kind keeps its name alone."""
    small = areas(**{"0180a": (0, 0, 100, 100), "0180b": (100, 0, 200, 100)})
    rounds = areas(
        **{
            "0180 U1/a": (0, 0, 80, 100),
            "0180 U2": (80, 0, 150, 100),
            "0180 U3": (150, 0, 200, 100),
        }
    )
    atlas = build_atlas(
        ("deso", small),
        pd.Series(10.0, index=small.index),
        None,
        {"rounds": rounds.assign(area_name=["Vik", "Vik", "Näs"])},
        municipality_names=pd.Series({"0180": "Stockholm"}),
    )
    assert atlas.sets["rounds"]["area_name"].tolist() == ["0180 U1/a Vik", "0180 U2 Vik", "Näs"]
