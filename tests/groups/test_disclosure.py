"""Small counts are withheld, and stay so against a solver that has everything printed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Group, Measure, shipped_folder
from geoprio.counts import Parent
from geoprio.groups import Nest, as_told, estimate_groups, protect, without
from geoprio.groups.disclosure import (
    FIGURES,
    cells_of,
    intervals,
    keeps_rule,
    naive,
    withhold,
)
from geoprio.sources import load_source, read_source
from geoprio.tables import NO_ELECTION
from tests.cases import every
from tests.groups.attack import (
    PEOPLE,
    county_tables,
    draw_hierarchy,
    ends_by_lp,
    read_tables,
    summed,
)
from tests.groups.toy import TOLD, evidence_of

MINIMUM = 10
GROUP = Group(**TOLD, measures=(Measure(count="g_count", of=PEOPLE, base="residents"),))


def toy_nest() -> Nest:
    """Two municipalities of two RegSO each, of two, three, one and two DeSO."""
    regso = pd.Series(["R1", "R1", "R2", "R2", "R2", "R3", "R4", "R4"], list("abcdefgh"))
    town = pd.Series(["K1", "K1", "K2", "K2"], ["R1", "R2", "R3", "R4"])
    return Nest({"deso": regso, "regso": town, "kommun": pd.Series("01", ["K1", "K2"])})


def toy_tables(counts: list[float]) -> dict[str, pd.DataFrame]:
    """Return COUNTS of every set, of 500 residents in each DeSO."""
    values = pd.DataFrame({"g_count": counts, PEOPLE: 500.0}, list("abcdefgh"), dtype=float)
    return summed(toy_nest(), values)


def shown(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Return the states of all areas that are not `shown`."""
    states = pd.concat([one["g_count"] for one in control(tables).values()])
    return dict(states[states != "shown"])


def control(tables: dict[str, pd.DataFrame], nest: Nest | None = None) -> dict[str, pd.DataFrame]:
    bases = {name: PEOPLE for name in tables["deso"] if name != PEOPLE}
    return protect(tables, bases, nest or toy_nest(), minimum_count=MINIMUM)


ALONE = {"f": "small", "R3": "small", "R4": "withheld", "g": "withheld"}
STATES = {
    "nothing small withholds nothing": ([40, 50, 60, 70, 80, 90, 30, 20], {}),
    "a count at the limit is shown": ([10, 50, 60, 70, 80, 90, 30, 20], {}),
    "one below is not": ([9.99, 50, 60, 70, 80, 90, 30, 20], {"a": "small", "b": "withheld"}),
    "zero is small too": ([0, 50, 60, 70, 80, 90, 30, 20], {"a": "small", "b": "withheld"}),
    "two small ones protect each other": (
        [40, 50, 4, 5, 60, 90, 30, 20],
        {"c": "small", "d": "small"},
    ),
    "where their sum leaves each at least 1 they do not": (
        [40, 50, 5, 5, 60, 90, 30, 20],
        {"c": "small", "d": "small", "e": "withheld"},
    ),
    "an area alone in its parent takes the parent along": ([40, 50, 60, 70, 80, 3, 30, 20], ALONE),
}


@pytest.mark.parametrize(("counts", "states"), STATES.values(), ids=STATES)
def test_what_is_withheld(counts: list[float], states: dict[str, str]) -> None:
    assert shown(toy_tables(counts)) == states


def test_the_sibling_with_the_smallest_base_is_withheld_and_never_called_small() -> None:
    tables = toy_tables([40, 50, 4, 60, 70, 90, 30, 20])
    tables["deso"].loc["e", PEOPLE] = 400.0
    assert shown(tables) == {"c": "small", "e": "withheld"}


def test_an_area_with_room_for_nobody_else_is_no_help() -> None:
    tables = toy_tables([40, 50, 4, 70, 60, 90, 30, 20])
    tables["deso"].loc["e", PEOPLE] = 60.0
    assert shown(tables) == {"c": "small", "d": "withheld"}


def test_a_count_hides_in_what_is_published_nowhere() -> None:
    """Nothing that is made of the tables tells how d and its sibling share what e leaves them."""
    tables = toy_tables([40, 50, 4, 60, 70, 90, 30, 20])
    tables["deso"].loc["d", "g_count"] = np.nan
    assert shown(tables) == {"c": "small"}
    # Where d has room for two alone, another must go too.
    tables["deso"].loc["d", PEOPLE] = 62.0
    assert shown(tables) == {"c": "small", "e": "withheld"}


def test_a_part_of_a_withheld_count_is_withheld_with_it_and_not_the_other_way() -> None:
    """Else the part would bound it from below; what bounds a small part from above hides it."""
    tables = toy_tables([3, 50, 60, 70, 80, 90, 30, 20])
    parts = toy_tables([1, 45, 50, 3, 70, 80, 20, 12])
    both = {name: one.assign(part_count=parts[name]["g_count"]) for name, one in tables.items()}
    told = control(both)["deso"]
    assert told["g_count"].tolist() == ["small", "withheld", *["shown"] * 6]
    assert told["part_count"].tolist() == [
        *("small", "withheld", "withheld", "small"),
        *["shown"] * 4,
    ]
    cleared = without(both["deso"].assign(women_count=1.0), told, ["women_count"])
    assert cleared.isna().sum().to_dict() == dict(zip(cleared, [2, 0, 4, 4], strict=True))


def test_what_may_be_computed_with_is_the_same_whatever_was_withheld() -> None:
    """The proof that scores tell nothing: two truths with one set of tables have one result."""
    left = []
    for pair in ([3, 50], [8, 45]):
        tables = toy_tables([*pair, 60, 70, 80, 90, 30, 20])
        left.append(without(tables["deso"], control(tables)["deso"], []))
    pd.testing.assert_frame_equal(*left)
    assert left[0]["g_count"].isna().tolist() == [True] * 2 + [False] * 6
    assert left[0][PEOPLE].notna().all()


def test_what_is_taken_over_from_a_withheld_count_is_taken_over_from_further_away() -> None:
    """A RegSO of 4 is told by none of its DeSO: theirs is the share of what can be seen."""
    nest, tables = toy_nest(), toy_tables([1, 3, 20, 30, 40, 60, 10, 50])
    tables["deso"]["g_count"] = np.nan
    told = control(tables)
    assert told["regso"]["g_count"].tolist() == ["small", "withheld", "shown", "shown"]
    deso, *larger = (without(tables[name], told[name], []) for name in nest.parents)
    town = nest.parents["deso"].map(nest.parents["regso"])
    codes = {"regso": nest.parents["deso"], "kommun": town}
    parents = tuple(
        Parent(home, counts, name)
        for (name, home), counts in zip(codes.items(), larger, strict=True)
    )
    found = estimate_groups({"g": GROUP}, evidence_of(deso, parents=parents))
    assert set(found["method"]) == {"prorated"}
    # K1 has 94 of 2,500, R3 60 of 500, R4 60 of 1,000.
    assert found["count"].tolist() == pytest.approx([18.8] * 5 + [60, 30, 30])
    printed = as_told(found, {"g": "g_count"}, told["deso"])
    assert (printed["shown"] == "shown").all()


def test_every_figure_goes_with_the_count_and_an_electorate_s_estimate_stays() -> None:
    tables = toy_tables([3, 50, 60, 70, 80, 90, 30, 20])
    told = control(tables)["deso"]
    found = estimate_groups({"g": GROUP}, evidence_of(tables["deso"]))
    found = pd.concat([found, found.assign(election="eu")]).sort_index(kind="stable")
    printed = as_told(found, {"g": "g_count"}, told)
    own = printed[printed["election"] == NO_ELECTION]
    assert own["shown"].tolist() == ["small", "withheld", *["shown"] * 6]
    assert own.loc[["a", "b"], FIGURES].isna().all(axis=None)
    assert own.loc["c":, FIGURES].notna().all(axis=None)
    other = printed[printed["election"] == "eu"]
    assert (other["shown"] == "shown").all()
    assert other[FIGURES].notna().all(axis=None)
    assert (as_told(found, {"g": "other_count"}, told)["shown"] == "shown").all()


def test_what_is_unknown_stays_unknown_and_is_not_called_small() -> None:
    tables = toy_tables([2, 50, 60, 70, 80, 90, 30, 3])
    tables["deso"].loc["a", "g_count"] = np.nan
    assert shown(tables) == {"g": "withheld", "h": "small"}


@every("seed", range(40))
def test_the_ends_are_those_of_the_linear_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree, counts, sizes = draw_hierarchy(rng)
    cells, small = cells_of(tree, counts, sizes, minimum_count=MINIMUM)
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
    cells, small = cells_of(tree, counts, sizes, minimum_count=MINIMUM)
    hidden = withhold(tree, cells, small, minimum_count=MINIMUM)
    assert hidden[small].all()
    assert keeps_rule(tree, naive(cells), hidden, small, minimum_count=MINIMUM).all()


def test_primary_suppression_alone_breaks_the_rule() -> None:
    broken = 0
    for seed in range(50):
        tree, counts, sizes = draw_hierarchy(np.random.default_rng(seed))
        cells, small = cells_of(tree, counts, sizes, minimum_count=MINIMUM)
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
    nest, people = real_nest(real_raw)
    assert [len(above) for above in nest.parents.values()] == [1287, 524, 26]
    tables = county_tables(nest, people, {"g": mean})
    states = pd.concat(control(tables, nest))["g_count"]
    sums = states.value_counts()
    assert 0 < sums["withheld"] <= sums["small"]
    rows = pd.concat(tables)
    cells, small = nest.cells(rows["g_count"], rows[PEOPLE], minimum_count=MINIMUM)
    hidden = (states.reindex(nest.nodes, fill_value="shown") != "shown").to_numpy()
    # The solver is independent of the closed form, and slow: every tenth cell.
    for node in np.flatnonzero(hidden)[:: max(1, hidden.sum() // 40)]:
        low, high = ends_by_lp(nest.tree, read_tables(cells, hidden), node)
        reach = min(MINIMUM - 1, cells.limits[node] - cells.floors[node])
        assert high - low >= reach - 1e-6
        if small[node]:
            assert low <= 1e-6
            assert high >= reach - 1e-6
