"""The joint table against the demo's truth: nearer than its rivals, by the right seed."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.groups import at_least_one, fit_joint, odds_seed, table_seed
from geoprio.sources import load_source, read_source
from tests.shared import Shared

pytestmark = pytest.mark.slow

GROUPS = ["unga", "lo", "kvinnor", "invandrarbakgrund"]


@pytest.fixture(scope="module")
def raw(shared: Shared) -> Path:
    return shared.county(areas=300, seed=7)


@pytest.fixture(scope="module")
def truth(raw: Path) -> Callable[[str], pd.DataFrame]:
    """Return the true cells of each area, as shares of a base."""
    frame = pd.read_parquet(raw / "facit" / "grupper-deso_2018.parquet").set_index("area_code")

    def cells(base: str) -> pd.DataFrame:
        counts = frame[frame["base"] == base].drop(columns="base")
        counts.columns = counts.columns.str.removeprefix("cell_")
        return counts.div(counts.sum(axis=1), axis=0)

    return cells


@pytest.fixture(scope="module")
def county(raw: Path) -> pd.Series:
    source = load_source("joint_groups_county", [shipped_folder()])
    frame = read_source(source, raw, county_code="01", key=None)
    return table_seed(GROUPS, frame.loc["01"], GROUPS)


def true_shares(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            group: cells[[cell for cell in cells if cell[place] == "1"]].sum(axis=1)
            for place, group in enumerate(GROUPS)
        }
    )


def true_pairs(
    cells: pd.DataFrame, pairs: list[tuple[int, int]]
) -> dict[tuple[str, str], pd.Series]:
    """Return the share of both, as in the published tables of age x sex and background x sex."""
    return {
        (GROUPS[one], GROUPS[other]): cells[
            [cell for cell in cells if cell[one] == cell[other] == "1"]
        ].sum(axis=1)
        for one, other in pairs
    }


def miss(estimate: pd.Series, cells: pd.DataFrame) -> float:
    """Return the mean absolute error of the share in at least one group."""
    return float((estimate - (1 - cells["0000"])).abs().mean())


@pytest.mark.parametrize("base", ["adults", "electorate_riksdag", "electorate_kommun"])
def test_the_joint_table_is_nearer_the_truth_than_its_rivals(
    base: str, truth: Callable[[str], pd.DataFrame], county: pd.Series
) -> None:
    cells = truth(base)
    shares = true_shares(cells)
    fitted = at_least_one(fit_joint(shares, seed=county))
    error = miss(fitted["share"], cells)
    independent = at_least_one(fit_joint(shares, seed=odds_seed(GROUPS, {})))
    rivals = [shares.sum(axis=1), fitted["high"], fitted["low"], independent["share"]]
    assert all(error < 0.95 * miss(rival, cells) for rival in rivals)
    for pairs in ([(0, 2)], [(3, 2)], [(0, 2), (3, 2)]):
        known = fit_joint(shares, seed=county, pairs=true_pairs(cells, pairs))
        assert miss(at_least_one(known)["share"], cells) <= error


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (3, 1, 2, 0), (0, 3, 2, 1), (2, 3, 0, 1)])
def test_a_seed_whose_groups_are_mixed_up_is_worse(
    order: tuple[int, ...], truth: Callable[[str], pd.DataFrame], county: pd.Series
) -> None:
    cells = truth("adults")
    shares = true_shares(cells)
    mixed = pd.Series(county.to_numpy().reshape((2,) * 4).transpose(order).ravel(), county.index)
    errors = [
        miss(at_least_one(fit_joint(shares, seed=seed))["share"], cells) for seed in (mixed, county)
    ]
    assert errors[0] > 1.04 * errors[1]
