"""Small counts are withheld, and stay so against a solver that has everything printed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.groups import Nest, protect, withhold_where
from geoprio.groups.disclosure import (
    FIGURES,
    count_gaps,
    intervals,
    is_counted,
    keeps_rule,
    naive,
    stand_ins,
    withhold,
)
from geoprio.sources import load_source, read_source
from geoprio.tables import NO_ELECTION
from tests.cases import every
from tests.groups.attack import (
    SENSITIVE,
    county_tables,
    draw_hierarchy,
    ends_by_lp,
    known_cells,
    read_tables,
)

MINIMUM = 10
ELECTIONS = (NO_ELECTION, "riksdag", "region", "kommun", "eu")


def toy_nest() -> Nest:
    """Two municipalities of two RegSO each, of two, three, one and two DeSO."""
    regso = pd.Series(["R1", "R1", "R2", "R2", "R2", "R3", "R4", "R4"], list("abcdefgh"))
    town = pd.Series(["K1", "K1", "K2", "K2"], ["R1", "R2", "R3", "R4"])
    return Nest({"deso": regso, "regso": town, "kommun": pd.Series("01", ["K1", "K2"])})


def toy_tables(counts: list[float]) -> dict[str, pd.DataFrame]:
    """Return GROUPS of every set, of 500 residents in each DeSO."""
    nest, values = toy_nest(), pd.Series(counts, list("abcdefgh"), dtype=float)
    sizes = pd.Series(500.0, values.index)
    told = {"group": "g", "election": NO_ELECTION, "base": "residents", "se": 0.0, "share_se": 0.0}
    tables = {}
    for name, above in nest.parents.items():
        figures = {"count": values, "low": values, "high": values, "share": values / sizes}
        frame = pd.DataFrame({**told, **figures, "method": "published", "source": "SCB"})
        tables[name] = frame.assign(size=sizes).rename_axis("area_code")
        values, sizes = values.groupby(above).sum(), sizes.groupby(above).sum()
    return tables


def shown(counts: list[float]) -> dict[str, str]:
    """Return the states of all areas that are not `shown`."""
    states = pd.concat([one.printed["shown"] for one in control(toy_tables(counts)).values()])
    return dict(states[states != "shown"])


def control(tables: dict[str, pd.DataFrame], nest: Nest | None = None) -> dict:
    groups = dict.fromkeys(sorted({name for frame in tables.values() for name in frame["group"]}))
    named = dict.fromkeys(groups, SENSITIVE)
    return protect(tables, named, nest or toy_nest(), minimum_count=MINIMUM)


ALONE = {"f": "small", "R3": "small", "R4": "withheld", "g": "withheld"}
STATES = {
    "nothing small withholds nothing": ([40, 50, 60, 70, 80, 90, 30, 20], {}),
    "a count at the limit is shown": ([10, 50, 60, 70, 80, 90, 30, 20], {}),
    "one below is not": ([9.99, 50, 60, 70, 80, 90, 30, 20], {"a": "small", "b": "withheld"}),
    "zero is small too": ([0, 50, 60, 70, 80, 90, 30, 20], {"a": "small", "b": "withheld"}),
    "two small ones protect each other": (
        [40, 50, 5, 5, 60, 90, 30, 20],
        {"c": "small", "d": "small"},
    ),
    "where their sum leaves each at least 6 they do not": (
        [40, 50, 8, 8, 60, 90, 30, 20],
        {"c": "small", "d": "small", "e": "withheld"},
    ),
    "an area alone in its parent takes the parent along": ([40, 50, 60, 70, 80, 3, 30, 20], ALONE),
}


@pytest.mark.parametrize(("counts", "states"), STATES.values(), ids=STATES)
def test_what_is_withheld(counts: list[float], states: dict[str, str]) -> None:
    assert shown(counts) == states


def test_the_sibling_with_the_smallest_base_is_withheld_and_never_called_small() -> None:
    tables = toy_tables([40, 50, 4, 60, 70, 90, 30, 20])
    tables["deso"].loc["e", ["size", "share"]] = [400.0, 70 / 400]
    states = control(tables)["deso"].printed["shown"]
    assert dict(states[states != "shown"]) == {"c": "small", "e": "withheld"}


def test_an_area_with_room_for_nobody_else_is_no_help() -> None:
    tables = toy_tables([40, 50, 4, 70, 60, 90, 30, 20])
    tables["deso"].loc["e", ["size", "share"]] = [60.0, 1.0]
    states = control(tables)["deso"].printed["shown"]
    assert states["d"] == "withheld"
    assert states["e"] == "shown"


def test_a_group_that_is_not_sensitive_is_shown_as_it_is() -> None:
    tables = toy_tables([1, 2, 3, 4, 5, 6, 7, 8])
    plain = {"g": SENSITIVE.model_copy(update={"sensitive": False})}
    found = protect(tables, plain, toy_nest(), minimum_count=MINIMUM)
    assert (found["deso"].printed["shown"] == "shown").all()
    assert found["deso"].printed["count"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_every_figure_goes_with_the_count_and_something_usable_comes_instead() -> None:
    found = control(toy_tables([3, 50, 60, 70, 80, 90, 30, 20]))["deso"]
    assert found.printed.loc[["a", "b"], FIGURES].isna().all(axis=None)
    assert found.printed.loc["c":, FIGURES].notna().all(axis=None)
    usable = found.usable.loc[["a", "b"]]
    assert usable["count"].sum() == pytest.approx(53)
    assert (usable["low"] <= usable["count"]).all()
    assert (usable["count"] <= usable["high"]).all()
    assert usable["share"].tolist() == pytest.approx((usable["count"] / 500).tolist())


def test_what_may_be_computed_with_is_the_same_whatever_was_withheld() -> None:
    """The proof that scores tell nothing: two truths with one set of tables have one result."""
    one = control(toy_tables([3, 50, 60, 70, 80, 90, 30, 20]))
    other = control(toy_tables([8, 45, 60, 70, 80, 90, 30, 20]))
    for name in one:
        pd.testing.assert_frame_equal(one[name].printed, other[name].printed)
        pd.testing.assert_frame_equal(one[name].usable, other[name].usable)


def test_what_is_unknown_stays_unknown_and_is_not_called_small() -> None:
    tables = toy_tables([40, 50, 60, 70, 80, 90, 30, 3])
    tables["deso"].loc["a", FIGURES] = np.nan
    found = control(tables)["deso"]
    assert found.printed["shown"].tolist() == ["shown"] * 6 + ["withheld", "small"]
    assert np.isnan(found.usable["count"]["a"])


def test_other_elections_are_withheld_together_with_every_total_above() -> None:
    tables = toy_tables([3, 50, 60, 70, 80, 90, 30, 20])
    both = {
        name: pd.concat(
            [frame, frame.assign(election="eu", count=frame["count"] * 0.9)]
        ).sort_index(kind="stable")
        for name, frame in tables.items()
    }
    found = control(both)
    eu = {name: one.printed.query("election == 'eu'")["shown"] for name, one in found.items()}
    assert set(eu["deso"][eu["deso"] != "shown"].index) == {"a", "b"}
    assert set(eu["regso"][eu["regso"] != "shown"].index) == {"R1"}
    assert set(eu["kommun"][eu["kommun"] != "shown"].index) == {"K1"}
    assert "small" not in set(pd.concat(eu.values()))
    basis = found["regso"].printed.query("election == 'none'")
    assert (basis["shown"] == "shown").all()


def as_methods(tables: dict[str, pd.DataFrame], methods: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Return the same with some of the DeSO found in other ways than counted."""
    deso = tables["deso"].copy()
    deso["method"] = [methods.get(code, "published") for code in deso.index]
    return tables | {"deso": deso}


def test_what_is_no_count_is_neither_small_nor_withheld() -> None:
    counts = [3.0, 50, 60, 70, 80, 90, 30, 2]
    every_one = dict.fromkeys("abcdefgh", "prorated")
    for method in ("prorated", "synthetic", "proxy"):
        tables = as_methods(toy_tables(counts), dict.fromkeys(every_one, method))
        for one in control(tables).values():
            assert (one.printed["shown"] == "shown").all()
            assert one.printed["count"].notna().all()


def test_an_electorate_s_figure_is_an_estimate_and_is_shown() -> None:
    tables = {name: frame.assign(election="riksdag") for name, frame in toy_tables([3] * 8).items()}
    assert (control(tables)["deso"].printed["shown"] == "shown").all()


def test_siblings_that_share_one_share_hide_nothing() -> None:
    """Whoever sees one of them knows all: a count is hidden behind counts alone."""
    tables = as_methods(toy_tables([40, 50, 4, 60, 70, 90, 30, 20]), {"d": "prorated"})
    tables["deso"].loc["e", ["size", "share"]] = [600.0, 70 / 600]
    states = control(tables)["deso"].printed["shown"]
    # By size it would have been d.
    assert dict(states[states != "shown"]) == {"c": "small", "e": "withheld"}


def test_a_set_that_does_not_nest_makes_the_closer_one_give_way() -> None:
    found = control(toy_tables([3, 50, 60, 70, 80, 90, 30, 20]))
    plain = control(toy_tables([40, 50, 60, 70, 80, 90, 30, 20]))
    towns = pd.Series(["K1"] * 5 + ["K2"] * 3, list("abcdefgh"))
    gone = withhold_where(plain["deso"], found["deso"], towns, towns)
    assert gone.printed["shown"].tolist() == ["withheld"] * 5 + ["shown"] * 3
    assert gone.printed["count"].notna().tolist() == [False] * 5 + [True] * 3
    mean = (3 + 50 + 60 + 70 + 80) / 2500
    assert gone.usable["share"].iloc[:5].tolist() == pytest.approx([mean] * 5)


@every("seed", range(40))
def test_the_ends_are_those_of_the_linear_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, counts, sizes = draw_hierarchy(rng)
    cells, small = known_cells(tree, counts, sizes, minimum_count=MINIMUM)
    chosen = withhold(tree, cells, small, minimum_count=MINIMUM)
    for hidden in (chosen, small, small | (rng.random(len(small)) < 0.4)):
        low, high = intervals(tree, cells, hidden)
        for node in np.flatnonzero(hidden)[::3]:
            least, most = ends_by_lp(tree, read_tables(cells, hidden), node)
            assert low[node] == pytest.approx(least, abs=1e-5)
            assert high[node] == pytest.approx(most, abs=1e-5)


@every("seed", range(200))
def test_the_rule_holds_in_any_hierarchy(seed: int) -> None:
    tree, counts, sizes = draw_hierarchy(np.random.default_rng(seed))
    cells, small = known_cells(tree, counts, sizes, minimum_count=MINIMUM)
    hidden = withhold(tree, cells, small, minimum_count=MINIMUM)
    assert hidden[small].all()
    assert keeps_rule(tree, naive(cells), hidden, small, minimum_count=MINIMUM).all()
    fitted, low, high = stand_ins(tree, cells, hidden)
    assert (low <= fitted).all()
    assert (fitted <= high).all()
    if not cells.gaps.any():
        np.testing.assert_allclose(count_gaps(tree, fitted), 0, atol=1e-6)


def test_primary_suppression_alone_breaks_the_rule() -> None:
    broken = 0
    for seed in range(50):
        tree, counts, sizes = draw_hierarchy(np.random.default_rng(seed))
        cells, small = known_cells(tree, counts, sizes, minimum_count=MINIMUM)
        broken += not keeps_rule(tree, cells, small, small, minimum_count=MINIMUM).all()
    assert broken > 25


def real_nest(raw: Path) -> tuple[Nest, pd.Series]:
    folders = [shipped_folder()]
    key, residents = (
        read_source(load_source(name, folders), raw, county_code="01")
        for name in ("scb_key_deso2018_regso2020", "scb_population_deso_2023")
    )
    regso = key["parent_code"].sort_index()
    town = pd.Series(regso.index.str[:4], regso.to_numpy()).sort_index()
    town = town[~town.index.duplicated()]
    return (
        Nest({"deso": regso, "regso": town, "kommun": pd.Series("01", sorted(set(town)))}),
        (residents["population_count"] * 0.7).round(),
    )


@pytest.mark.real
@pytest.mark.parametrize("mean", [0.26, 0.1, 0.03, 0.01])
def test_the_county_needs_at_most_one_more_for_each_small_count(
    real_raw: Path, mean: float
) -> None:
    nest, electors = real_nest(real_raw)
    assert [len(above) for above in nest.parents.values()] == [1287, 524, 26]
    tables = county_tables(nest, electors, elections=(NO_ELECTION,), means={"g": mean})
    found = control(tables, nest)
    states = pd.concat([one.printed["shown"] for one in found.values()]).value_counts()
    assert 0 < states["withheld"] <= states["small"]
    rows = pd.concat([frame.assign(area_set=name) for name, frame in tables.items()])
    counts, sizes = (
        nest.lay_out(rows[column], nest.places(rows["area_set"].to_numpy(), rows.index.to_numpy()))
        for column in ("count", "size")
    )
    cells, small = known_cells(nest.tree, counts[0], sizes[0], minimum_count=MINIMUM)
    shown_rows = pd.concat([one.printed["shown"] for one in found.values()])
    hidden = np.append((shown_rows != "shown").to_numpy(), False)
    # The solver is independent of the closed form, and slow: every tenth cell.
    for node in np.flatnonzero(hidden)[:: max(1, hidden.sum() // 40)]:
        low, high = ends_by_lp(nest.tree, read_tables(cells, hidden), node)
        reach = min(MINIMUM - 1, cells.limits[node] - cells.floors[node])
        assert high - low >= reach - 1e-6
        if small[node]:
            assert low <= 1e-6
            assert high >= reach - 1e-6


@pytest.mark.real
def test_all_elections_of_all_groups_are_withheld_in_the_county(real_raw: Path) -> None:
    nest, electors = real_nest(real_raw)
    means = {"a": 0.26, "b": 0.07, "c": 0.03, "d": 0.012}
    tables = county_tables(nest, electors, elections=ELECTIONS, means=means)
    for name, one in control(tables, nest).items():
        small = one.printed["shown"] != "shown"
        raw = tables[name]
        first = small & (one.printed["election"] == NO_ELECTION)
        assert first[(is_counted(raw) & (raw["count"] < MINIMUM)).to_numpy()].all()
        hidden = one.printed.loc[first, ["group"]].reset_index()
        together = one.printed.reset_index().merge(hidden, on=["area_code", "group"])
        assert (together["shown"] != "shown").all()
