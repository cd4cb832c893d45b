"""Official comparisons before geometry: known answers on strips cut in other ways."""

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import Crosswalk, move_counts, official_crosswalk
from geoprio.areas.crosswalk import as_crosswalk
from geoprio.errors import CoverageError


def overlay(pairs: dict[tuple[str, str], float], unmatched: tuple[str, ...] = ()) -> Crosswalk:
    codes = pd.MultiIndex.from_tuples(sorted(pairs))
    weights = np.array([pairs[pair] for pair in sorted(pairs)])
    frame = as_crosswalk(codes.get_level_values(0), codes.get_level_values(1), weights, kappa=2.0)
    targets = pd.Index(sorted({target for _, target in pairs}), name="area_code")
    return Crosswalk(frame=frame, targets=targets, unmatched=unmatched)


def mapping(
    named: dict[tuple[str, str], float | None], changed: tuple[str, ...] = ()
) -> pd.DataFrame:
    rows = [
        (old, new, np.nan if part is None else part, True) for (old, new), part in named.items()
    ]
    rows += [(np.nan, new, np.nan, False) for new in changed]
    return pd.DataFrame(rows, columns=["source_code", "area_code", "share", "comparable"])


def weights(crosswalk: Crosswalk) -> dict[tuple[str, str], float]:
    frame = crosswalk.frame
    pairs = zip(frame["source_code"], frame["area_code"], strict=True)
    return dict(zip(pairs, frame["weight"].round(9), strict=True))


DRAWN = overlay({("a", "A"): 0.9, ("a", "B"): 0.1, ("b", "B"): 0.8, ("b", "C"): 0.2, ("c", "C"): 1})


def test_a_comparable_district_goes_whole_whatever_is_drawn() -> None:
    way = official_crosswalk(mapping({("a", "A"): None, ("b", "B"): None, ("c", "C"): None}), DRAWN)
    assert weights(way) == {("a", "A"): 1, ("b", "B"): 1, ("c", "C"): 1}
    assert (way.frame["weight_se"] == 0).all()


def test_several_older_districts_are_added() -> None:
    way = official_crosswalk(
        mapping({("a", "A"): None, ("b", "A"): None, ("c", "C"): None}, ("B",)),
        overlay({("a", "A"): 1, ("b", "A"): 1, ("c", "C"): 0.7, ("c", "B"): 0.3}),
    )
    counts = pd.DataFrame({"votes_count": [10.0, 20.0, 40.0]}, index=pd.Index(["a", "b", "c"]))
    moved = move_counts(counts, way)["votes_count"]
    assert moved["A"] == 30
    assert moved.sum() == 70


def test_a_district_that_is_not_comparable_falls_back_on_geometry() -> None:
    way = official_crosswalk(mapping({("a", "A"): None}, ("B", "C")), DRAWN)
    assert weights(way) == {("a", "A"): 1, ("b", "B"): 0.8, ("b", "C"): 0.2, ("c", "C"): 1}


def test_geometry_gives_nothing_of_the_rest_to_a_comparable_district() -> None:
    """The rest of b lies in B, which officially is a alone; only C is open."""
    way = official_crosswalk(mapping({("a", "B"): None, ("c", "A"): None}, ("C",)), DRAWN)
    assert weights(way) == {("a", "B"): 1, ("b", "C"): 1, ("c", "A"): 1}


def test_an_older_district_that_meets_no_open_one_keeps_what_is_drawn() -> None:
    way = official_crosswalk(mapping({("a", "A"): None, ("c", "C"): None, ("a", "B"): None}), DRAWN)
    assert weights(way) == {
        ("a", "A"): 0.9, ("a", "B"): 0.1, ("b", "B"): 0.8, ("b", "C"): 0.2, ("c", "C"): 1
    }  # fmt: skip


def test_a_new_district_that_would_get_nothing_takes_its_part() -> None:
    drawn = overlay({("a", "A"): 0.7, ("a", "N"): 0.3, ("b", "B"): 1})
    way = official_crosswalk(mapping({("a", "A"): None, ("b", "B"): None}, ("N",)), drawn)
    assert weights(way) == {("a", "A"): 0.7, ("a", "N"): 0.3, ("b", "B"): 1}


def test_published_shares_are_kept() -> None:
    way = official_crosswalk(
        mapping({("a", "A"): 0.62, ("a", "B"): 0.38, ("b", "B"): 1}, ("C",)), DRAWN
    )
    assert weights(way) == {("a", "A"): 0.62, ("a", "B"): 0.38, ("b", "B"): 1, ("c", "C"): 1}
    split = way.frame.set_index(["source_code", "area_code"])["weight_se"]
    assert split["a", "A"] == pytest.approx(np.sqrt(0.62 * 0.38 / 3))


def test_a_pair_that_is_drawn_apart_is_still_a_pair() -> None:
    drawn = overlay({("a", "A"): 1.0, ("b", "B"): 1.0})
    way = official_crosswalk(mapping({("a", "B"): None, ("b", "A"): None}), drawn)
    assert weights(way) == {("a", "B"): 1, ("b", "A"): 1}
    both = official_crosswalk(
        mapping({("a", "B"): None, ("b", "A"): None, ("b", "B"): None}), drawn
    )
    assert weights(both) == {("a", "B"): 1, ("b", "B"): 1}


def test_weights_sum_to_one_and_an_older_district_outside_is_named() -> None:
    drawn = overlay({("a", "A"): 1.0}, unmatched=("z",))
    way = official_crosswalk(mapping({("a", "A"): None}), drawn)
    assert way.unmatched == ("z",)
    assert official_crosswalk(mapping({("a", "A"): None, ("z", "A"): None}), drawn).unmatched == ()


def test_a_mapping_of_other_years_is_refused() -> None:
    with pytest.raises(CoverageError, match=r"(?s)older: x \(1 in all\).*newer: Y \(1 in all\)"):
        official_crosswalk(mapping({("x", "A"): None}, ("Y",)), DRAWN)


@pytest.mark.parametrize("seed", range(5))
def test_totals_survive_any_mapping(seed: int) -> None:
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.full(4, 0.4), 30)
    olds, news = [f"o{i:02d}" for i in range(30)], [f"n{i:02d}" for i in range(20)]
    pairs: dict[tuple[str, str], float] = {}
    for old, row in zip(olds, share, strict=True):
        for new, part in zip(rng.choice(news, 4, replace=False), row, strict=True):
            pairs[old, str(new)] = float(part)
    drawn = overlay(pairs)
    named = dict.fromkeys(list(pairs)[::5])
    changed = tuple(sorted(set(drawn.targets) - {new for _, new in named})[:5])
    way = official_crosswalk(mapping(named, changed), drawn)
    assert np.allclose(way.frame.groupby("source_code")["weight"].sum(), 1)
    assert set(way.frame["source_code"]) == set(olds)
