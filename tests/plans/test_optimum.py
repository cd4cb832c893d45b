"""The best plan: published answers, laws, and HiGHS on the whole as witness."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from geoprio.errors import GeoprioError
from geoprio.plans.optimum import Problem, alternatives, exact, greedy, optimum, price

EFFORTS, CHANNELS = 3, 2


def county(
    seed: int, *, areas: int = 16, hours: float = 0.2, floors: float | None = None
) -> tuple[Problem, np.ndarray]:
    """Return a problem of four associations, two channels and three efforts, and its things."""
    rng = np.random.default_rng(seed)
    owner = np.sort(rng.integers(0, 4, areas)).repeat(CHANNELS * EFFORTS)
    size = len(owner)
    homes = rng.lognormal(7, 0.5, areas).repeat(CHANNELS * EFFORTS)
    share = rng.beta(5, 5, areas).repeat(CHANNELS * EFFORTS)
    level = np.arange(size) % EFFORTS
    rate = np.tile(np.repeat([0.45, 0.1], EFFORTS), areas)
    taken = homes * np.array([0.5, 1, 1.6])[level] / np.where(rate > 0.2, 10, 80)
    worth = homes * share * rate * np.array([0.5, 1, 1.3])[level]
    things = np.arange(size) // EFFORTS
    columns = np.arange(size)
    use = vstack(
        [
            csr_array((np.ones(size), (things, columns))),
            csr_array((taken, (owner, columns)), shape=(4, size)),
        ]
    )
    had = np.bincount(owner, taken * (level == 1), minlength=4) * hours
    most = np.concatenate([np.ones(things.max() + 1), had])
    problem = Problem(worth, csr_array(use), most)
    if floors is not None:
        # Each floor is of areas all over the county, as a municipality's or a group's is.
        half = csr_array(np.array([worth * (columns % 12 < 6), worth * (columns % 12 > 5)]))
        least = np.asarray(floors * half.sum(axis=1), dtype=np.float64).ravel()
        problem = Problem(worth, csr_array(use), most, half, least, np.full(2, 5.0))
    return problem, things


def test_prioritizr_fewest_shortfalls(cases: Path) -> None:
    told = json.loads((cases / "prioritizr" / "prioritizr_cases.json").read_text("utf-8"))
    case = told["min_shortfall_budget"]
    locked = np.zeros(3, np.int8)
    locked[case["locked_in"]], locked[case["locked_out"]] = 1, -1
    targets = np.array(case["targets"], float)
    problem = Problem(
        np.zeros(3),
        csr_array(np.array([case["cost"]], float)),
        np.array([case["budget"]]),
        csr_array(np.array(case["features"], float)),
        targets,
        1 / targets,
        locked,
    )
    assert optimum(problem).chosen.tolist() == case["expected_solution"]


def test_prioritizr_importance_is_what_a_replacement_costs(cases: Path) -> None:
    told = json.loads((cases / "prioritizr" / "prioritizr_cases.json").read_text("utf-8"))
    case = told["replacement_importance"]
    known = [at for at, cost in enumerate(case["cost"]) if cost is not None]
    give = np.array([case["spp1"], case["spp2"]], float)[:, known]
    cost = np.array([case["cost"][at] for at in known], float)
    must = np.full(2, np.inf)
    problem = Problem(
        -cost,
        csr_array((0, len(known))),
        np.zeros(0),
        csr_array(give),
        np.array(case["targets"], float),
        must,
    )
    found = optimum(problem)
    assert found.chosen.tolist() == [case["solution"][at] for at in known]
    prices = [price(problem, found, np.array([at]), wanted=False) for at in range(len(known))]
    expected = [float(case["expected_importance"][at]) for at in known]
    assert prices == pytest.approx(expected)


@pytest.mark.parametrize("floors", [None, 0.1, 0.3])
def test_parts_give_what_the_whole_gives_and_the_bound_holds(floors: float | None) -> None:
    for seed in range(2):
        problem, _ = county(seed, floors=floors)
        found, whole = optimum(problem), exact(problem, gap=1e-6)
        assert (problem.use @ found.chosen <= problem.most + 1e-6).all()
        rounding = 2e-6 * abs(whole.value)
        assert found.value <= whole.value + rounding
        assert found.bound >= whole.value - rounding
        if floors is None:
            assert found.gap < 1e-5


def test_the_greedy_keeps_the_limits_and_is_never_better() -> None:
    for seed in range(5):
        problem, things = county(seed)
        rival = greedy(problem, things)
        assert (problem.use @ rival.chosen <= problem.most + 1e-6).all()
        assert 0 < rival.value <= optimum(problem).bound * (1 + 1e-9)


def test_the_greedy_keeps_to_the_way_that_it_began_a_thing_in() -> None:
    # One area, for one election or another, in two efforts each; the second way is worth more.
    use = csr_array([[1.0, 1, 1, 1], [2.0, 4, 2, 4]])
    problem = Problem(np.array([3.0, 5, 4, 7]), use, np.array([1.0, 4.0]))
    rival = greedy(problem, np.zeros(4, int), np.array([0, 0, 1, 1]))
    assert list(rival.chosen) == [0, 0, 0, 1]


def test_a_price_by_its_core_is_what_a_full_rerun_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, things = county(5)
    found = optimum(problem)
    monkeypatch.setattr("geoprio.plans.optimum.CORE", 5)
    for thing in range(0, things.max() + 1, 7):
        own = np.flatnonzero(things == thing)
        wanted = not found.chosen[own].any()
        told = price(problem, found, own, wanted=wanted)
        assert told >= 0
        if wanted:
            must = csr_array((things == thing).astype(float)[None, :])
            again = Problem(
                problem.worth, problem.use, problem.most, must, np.ones(1), np.full(1, np.inf)
            )
        else:
            locked = np.where(things == thing, -1, 0).astype(np.int8)
            again = Problem(problem.worth, problem.use, problem.most, locked=locked)
        lost = found.value - optimum(again).value
        assert told == pytest.approx(lost, rel=1e-3, abs=found.value * 2e-6)


def test_what_does_not_fit_has_no_price() -> None:
    problem = Problem(np.ones(2), csr_array(np.array([[1.0, 5.0]])), np.array([2.0]))
    found = optimum(problem)
    assert found.chosen.tolist() == [1, 0]
    assert price(problem, found, np.array([1]), wanted=True) == np.inf


def test_alternatives_keep_the_value_and_differ_from_all_before() -> None:
    problem, _ = county(6)
    found = optimum(problem)
    others = alternatives(problem, found, 2, within=0.01)
    plans = [found, *others]
    for one in others:
        assert one.value >= found.value * 0.99 - 1e-6
        assert (problem.use @ one.chosen <= problem.most + 1e-6).all()
    for at, one in enumerate(plans):
        for two in plans[at + 1 :]:
            assert np.abs(one.chosen - two.chosen).sum() >= 4


def test_a_floor_that_cannot_be_met_is_met_as_far_as_can_be() -> None:
    give = csr_array(np.array([[1.0, 2.0]]))
    problem = Problem(
        np.array([5.0, 1.0]),
        csr_array(np.array([[1.0, 1.0]])),
        np.array([1.0]),
        give,
        np.array([3.0]),
        np.array([10.0]),
    )
    found = optimum(problem)
    assert found.chosen.tolist() == [0, 1]
    assert problem.short(found.chosen).tolist() == [1.0]


def test_what_is_locked_in_beyond_the_limits_is_refused() -> None:
    locked = np.ones(2, np.int8)
    problem = Problem(np.ones(2), csr_array(np.ones((1, 2))), np.ones(1), locked=locked)
    with pytest.raises(GeoprioError, match="what is locked does not fit"):
        optimum(problem)


def test_the_solver_says_nothing_past_python(capfd: pytest.CaptureFixture[str]) -> None:
    for seed in range(3):
        optimum(county(seed)[0])
    assert capfd.readouterr() == ("", "")


def test_the_solver_is_called_in_one_place() -> None:
    rooms = Path(__file__).parents[2] / "src" / "geoprio"
    callers = [path.name for path in rooms.rglob("*.py") if "milp(" in path.read_text("utf-8")]
    assert callers == ["optimum.py"]


@pytest.mark.parametrize("floors", [None, 0.2])
def test_the_core_of_a_part_gives_what_all_of_it_gives(
    floors: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        problem, _ = county(seed, floors=floors)
        plain = exact(problem)
        monkeypatch.setattr("geoprio.plans.optimum.LARGE", 10)
        monkeypatch.setattr("geoprio.plans.optimum.CORE", 5)
        core = exact(problem)
        monkeypatch.undo()
        assert core.value == pytest.approx(plain.value, rel=3e-6)
        assert core.bound >= plain.value - 1e-9 * abs(plain.value)
