"""Laws of crosswalks, on the toy municipality of `tests/areas/toy.py`."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geoprio.areas import (
    Crosswalk,
    build_crosswalk,
    merge_targets,
    move_counts,
    move_errors,
    with_kappa,
)
from geoprio.areas.crosswalk import overlay
from geoprio.errors import ContractError, CoverageError
from geoprio.tables import CROSSWALK, check
from tests.areas.toy import count, make_areas, toy

STRIPS = {"p": (0, 0, 2, 0.5), "q": (0, 0.5, 2, 2), "r": (3, 0, 4, 1)}
POPULATION = count(a=100, b=200, c=300, d=400, e=50)


def weights(crosswalk: Crosswalk) -> dict[tuple[str, str], float]:
    return crosswalk.frame.set_index(["source_code", "area_code"])["weight"].to_dict()


def test_a_set_to_itself_is_the_identity() -> None:
    crosswalk = build_crosswalk(toy(), toy())
    assert weights(crosswalk) == {(code, code): 1.0 for code in "abcde"}
    assert (crosswalk.frame["weight_se"] == 0).all()


def test_area_decides_where_nobody_knows_better() -> None:
    got = weights(build_crosswalk(toy(), make_areas(STRIPS)))
    assert got == {
        ("a", "p"): 0.5, ("a", "q"): 0.5, ("b", "q"): 1.0, ("c", "p"): 0.5, ("c", "q"): 0.5,
        ("d", "q"): 1.0, ("e", "r"): 1.0,
    }  # fmt: skip


def test_totals_survive_and_weights_sum_to_one() -> None:
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS))
    check(crosswalk.frame, CROSSWALK)
    np.testing.assert_allclose(crosswalk.frame.groupby("source_code")["weight"].sum(), 1)
    moved = move_counts(POPULATION, crosswalk)
    assert moved["population_count"].to_dict() == {"p": 200.0, "q": 800.0, "r": 50.0}
    np.testing.assert_allclose(moved.sum(), POPULATION.sum(), rtol=1e-9)


def test_nested_sources_move_whole() -> None:
    halves = make_areas({"west": (0, 0, 1, 2), "x_east": (1, 0, 2, 2), "y_isle": (3, 0, 4, 1)})
    crosswalk = build_crosswalk(toy(), halves)
    assert set(crosswalk.frame["weight"]) == {1.0}
    assert move_counts(POPULATION, crosswalk)["population_count"].tolist() == [300, 700, 50]
    assert (move_errors(POPULATION, crosswalk) == 0).all().all()


def test_row_order_does_not_matter_and_neither_does_the_number_of_threads() -> None:
    moved = move_counts(POPULATION, build_crosswalk(toy(), make_areas(STRIPS)))
    shuffled = move_counts(POPULATION.iloc[::-1], build_crosswalk(toy(), make_areas(STRIPS)))
    pd.testing.assert_frame_equal(moved, shuffled)
    rng = np.random.default_rng(3)
    left, right = (shapely.buffer(shapely.points(rng.uniform(0, 9, (300, 2))), 1) for _ in "lr")
    one, two = (overlay(left, right, threads=threads) for threads in (1, 2))
    for mine, theirs in zip(vars(one).values(), vars(two).values(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    turned = overlay(right, left)
    for mine, theirs in zip(vars(one.turned()).values(), vars(turned).values(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9)


def test_splitting_a_source_in_two_changes_no_target() -> None:
    whole = move_counts(count(a=100), build_crosswalk(toy().loc[["a"]], make_areas(STRIPS)))
    parts = make_areas({"a1": (0, 0, 0.5, 1), "a2": (0.5, 0, 1, 1)})
    split = move_counts(count(a1=50, a2=50), build_crosswalk(parts, make_areas(STRIPS)))
    pd.testing.assert_frame_equal(whole, split)


def test_unknown_spreads_and_never_becomes_zero() -> None:
    unknown = POPULATION.copy()
    unknown.loc["a"] = np.nan
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS))
    moved = move_counts(unknown, crosswalk)["population_count"]
    assert moved[["p", "q"]].isna().all()
    assert moved["r"] == 50
    without_row = move_counts(POPULATION.drop("a"), crosswalk)["population_count"]
    pd.testing.assert_series_equal(moved, without_row)
    assert move_errors(unknown, crosswalk)["population_count"].isna().tolist() == [
        True,
        True,
        False,
    ]


def test_a_target_that_no_source_reaches_is_unknown() -> None:
    moved = move_counts(
        POPULATION.loc[list("abcd")], build_crosswalk(toy().loc[list("abcd")], make_areas(STRIPS))
    )
    assert moved["population_count"].isna().to_dict() == {"p": False, "q": False, "r": True}


def test_only_counts_move() -> None:
    counts = POPULATION.assign(wage_income_mean_sek=1.0)
    moved = move_counts(counts, build_crosswalk(toy(), toy()))
    assert list(moved) == ["population_count"]


def control_of(**people: float) -> gpd.GeoDataFrame:
    """Return square a in cells: `k` south and `l` north in its left half, `m` the right half."""
    cells = make_areas({"k": (0, 0, 0.5, 0.5), "l": (0, 0.5, 0.5, 1), "m": (0.5, 0, 1, 1)})
    return cells.join(count(**people))


@pytest.mark.parametrize(
    ("people", "south"),
    [
        ({"k": 90, "l": 10, "m": 0}, 0.9),  # people live where the control says
        ({"k": 30, "l": 10, "m": 20}, 2 / 3),  # a cell on both sides is split by area
        # Unknown l is as dense as what is known: 90 on 0.75 km2, so 30 on its 0.25 km2.
        ({"k": 90, "l": np.nan, "m": 0}, 0.75),
        ({"k": 0, "l": 0, "m": 0}, 0.5),  # nobody anywhere: by area
        ({"k": np.nan, "l": np.nan, "m": np.nan}, 0.5),  # nothing known: by area
    ],
)
def test_a_control_layer_moves_people_to_where_they_live(
    people: dict[str, float], south: float
) -> None:
    crosswalk = build_crosswalk(toy().loc[["a"]], make_areas(STRIPS), control=control_of(**people))
    assert weights(crosswalk) == pytest.approx({("a", "p"): south, ("a", "q"): 1 - south})
    nobody = not any(value > 0 for value in people.values())
    assert crosswalk.by_area == (("a",) if nobody else ())


@pytest.mark.parametrize("side", ["sources", "targets"])
def test_a_control_that_is_one_of_the_sets_gives_what_the_triple_overlay_gives(side: str) -> None:
    sources, targets = toy(), make_areas(STRIPS)
    layer = sources if side == "sources" else targets
    people = POPULATION if side == "sources" else count(p=10, q=1000, r=5)
    control = layer.join(people)
    # The same ground with more vertices is not recognised as the set itself.
    redrawn = control.set_geometry(shapely.segmentize(np.asarray(control.geometry), 400.0))
    short = build_crosswalk(sources, targets, control=control)
    long = build_crosswalk(sources, targets, control=redrawn)
    assert weights(short) == pytest.approx(weights(long))


def test_slivers_give_way_and_the_move_is_told() -> None:
    crooked = make_areas({"p": (0, 0, 2, 0.9995), "q": (0, 0.9995, 2, 2), "r": (3, 0, 4, 1)})
    kept = build_crosswalk(toy(), crooked, drop_slivers=False)
    dropped = build_crosswalk(toy(), crooked)
    assert weights(kept)["a", "q"] == pytest.approx(0.0005)
    assert ("a", "q") not in weights(dropped)
    assert weights(dropped)["a", "p"] == 1.0
    assert dropped.sliver_share == pytest.approx(2 * 0.0005 / 5)
    assert kept.sliver_share == 0


def test_a_source_that_is_nothing_but_a_sliver_is_kept() -> None:
    thread = make_areas({"t": (0.5, 0, 0.5004, 1)})
    assert weights(build_crosswalk(thread, toy())) == {("t", "a"): 1.0}


def test_the_error_is_that_of_a_split_and_shrinks_with_kappa() -> None:
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS), kappa=3.0)
    errors = move_errors(POPULATION, crosswalk)["population_count"]
    # a and c are halved: sqrt((100^2 + 300^2) * 0.25 / 4)
    assert errors.to_dict() == pytest.approx({"p": 79.0569415, "q": 79.0569415, "r": 0.0})
    surer = move_errors(POPULATION, with_kappa(crosswalk, 99.0))["population_count"]
    assert surer["p"] == pytest.approx(errors["p"] / 5)


def test_sources_outside_every_target_are_refused_by_name_or_told() -> None:
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS).drop("r"))
    assert crosswalk.unmatched == ("e",)
    with pytest.raises(
        CoverageError, match=r"fit no target: e \(1 in all\)(.|\n)*50 would be lost"
    ):
        move_counts(POPULATION, crosswalk)
    with pytest.warns(UserWarning, match="lost population_count 50"):
        moved = move_counts(POPULATION, crosswalk, tolerance=50)
    assert moved["population_count"].sum() == 1000


def test_nobody_can_tolerate_an_unknown_loss() -> None:
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS).drop("r"))
    unknown = POPULATION.copy()
    unknown.loc["e"] = np.nan
    with pytest.raises(CoverageError, match="nan would be lost"):
        move_counts(unknown, crosswalk, tolerance=1e9)


def test_merged_targets_add_up() -> None:
    parent = pd.Series({"p": "south", "q": "north", "r": "south"})
    crosswalk = build_crosswalk(toy(), make_areas(STRIPS))
    merged = merge_targets(crosswalk, parent)
    assert weights(merged)["a", "south"] == 0.5
    assert list(merged.targets) == ["north", "south"]
    moved = move_counts(POPULATION, merged)["population_count"]
    assert moved.to_dict() == {"north": 800, "south": 250}
    with pytest.raises(CoverageError, match="no parent for r"):
        merge_targets(crosswalk, parent.drop("r"))


@pytest.mark.parametrize("crs", [None, 4326, 3011])
def test_another_projection_is_refused(crs: int | None) -> None:
    stray = toy().set_crs(crs, allow_override=True)
    with pytest.raises(ContractError, match="expected EPSG:3006"):
        build_crosswalk(stray, toy())
    with pytest.raises(ContractError, match="expected EPSG:3006"):
        build_crosswalk(toy(), stray)
    with pytest.raises(ContractError, match="expected EPSG:3006"):
        build_crosswalk(toy(), toy(), control=stray.join(POPULATION))


def test_a_control_without_people_or_with_fewer_than_none_is_refused() -> None:
    with pytest.raises(ContractError, match="no column population_count"):
        build_crosswalk(toy(), toy(), control=toy())
    with pytest.raises(ContractError, match="population_count"):
        build_crosswalk(toy(), toy(), control=toy().join(-POPULATION))


def test_a_ring_that_crosses_itself_is_refused_by_name() -> None:
    areas = toy()
    bow_tie = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    areas.loc["a", "geometry"] = bow_tie
    with pytest.raises(ContractError, match="invalid for a"):
        build_crosswalk(areas, make_areas(STRIPS))
