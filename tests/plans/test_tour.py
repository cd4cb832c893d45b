"""Tours beside the best known of a library, and beside every tour there is."""

import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from geoprio.plans import tour
from geoprio.plans.tour import Tour, best_tour

BEST = {"att48": 31, "eil51": 29, "berlin52": 37, "st70": 43}
"""Stops that the best known tours collect (OPLib, gen1, half of the whole round)."""


def made(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    places = rng.random((count, 2))
    return np.hypot(*(places[:, None] - places).T), rng.integers(1, 100, count).astype(float)


def of_library(text: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Return ways, prizes and limit of an instance, rounded as its kind of ways has it."""
    parts = dict(re.findall(r"(\w+_SECTION)\s+((?:[-\d. ]+\n)+)", text))
    places, prizes = (
        np.array([line.split()[1:] for line in parts[name].strip().splitlines()], float)
        for name in ("NODE_COORD_SECTION", "NODE_SCORE_SECTION")
    )
    squares = ((places[:, None] - places) ** 2).sum(axis=-1)
    ways = np.ceil(np.sqrt(squares / 10)) if "ATT" in text else np.floor(np.sqrt(squares) + 0.5)
    return ways, prizes[:, 0], float(re.search(r"COST_LIMIT\s*: (\d+)", text)[1])


def holds(found: Tour, ways: np.ndarray, prizes: np.ndarray, limit: float) -> bool:
    order = found.order
    assert order[0] == 0
    assert len(set(order.tolist())) == len(order)
    assert found.length == pytest.approx(ways[order, np.roll(order, -1)].sum())
    assert found.prize == prizes[order].sum()
    return found.length <= limit * (1 + 1e-6) and found.prize <= found.bound + 1e-6


@pytest.mark.parametrize("name", BEST)
def test_a_search_finds_what_is_best_known(name: str, cases: Path) -> None:
    ways, prizes, limit = of_library(
        (cases / "orienteering" / f"{name}-gen1-50.oplib").read_text(encoding="utf-8")
    )
    found = best_tour(ways, prizes, limit, rng=np.random.default_rng(1))
    assert holds(found, ways, prizes, limit)
    assert BEST[name] - 1 <= found.prize <= BEST[name] <= found.bound + 1e-6


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [0.2, 1.2, 2.0])
def test_no_tour_is_better(seed: int, limit: float) -> None:
    ways, prizes = made(seed, 7)
    best = max(
        prizes[[0, *stops]].sum()
        for count in range(7)
        for stops in permutations(range(1, 7), count)
        if ways[[0, *stops], [*stops, 0]].sum() <= limit
    )
    found = best_tour(ways, prizes, limit, rng=np.random.default_rng(seed))
    assert holds(found, ways, prizes, limit)
    assert found.prize == found.bound == best


def test_the_search_is_held_by_the_bound_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    ways, prizes = made(5, 20)
    exact = best_tour(ways, prizes, 1.8, rng=np.random.default_rng(1))
    monkeypatch.setattr(tour, "EXACT", 0)
    monkeypatch.setattr(tour, "TRIES", 150)
    one, other = (best_tour(ways, prizes, 1.8, rng=np.random.default_rng(2)) for _ in range(2))
    assert one.order.tolist() == other.order.tolist()
    assert holds(one, ways, prizes, 1.8)
    assert 0.95 * exact.prize <= one.prize <= exact.prize <= one.bound


@pytest.mark.parametrize("exact", [0, 25])
def test_a_quota_holds_and_a_stop_without_prize_is_left_out(
    exact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "EXACT", exact)
    monkeypatch.setattr(tour, "TRIES", 100)
    ways, prizes = made(3, 12)
    prizes[4] = np.nan
    home = np.array(["0180", "0126", "0127"] * 4, dtype=object)
    found = best_tour(ways, prizes, 9.0, rng=np.random.default_rng(1), quota=(home, 2))
    assert sorted(np.unique(home[found.order[1:]], return_counts=True)[1].tolist()) == [2, 2, 2]
    assert 4 not in found.order
    alone = best_tour(ways, prizes, 0.0, rng=np.random.default_rng(1))
    assert alone.order.tolist() == [0]
    assert best_tour(ways[:1, :1], prizes[:1], 1.0, rng=np.random.default_rng(1)).length == 0
