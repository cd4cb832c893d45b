"""An attacker who has every printed count of nested areas, and a linear-programme solver."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from geoprio.groups import Nest
from geoprio.groups.disclosure import Cells, Flags, Hierarchy, Numbers, Places

PEOPLE = "population_count"


@dataclass(frozen=True)
class Known:
    """What an attacker has found of every count."""

    low: Numbers
    high: Numbers
    gaps: Numbers


def read_tables(cells: Cells, hidden: Flags) -> Known:
    """Return what the tables tell: every count that is not hidden."""
    return Known(
        low=np.where(hidden, cells.floors, cells.counts),
        high=np.where(hidden, cells.limits, cells.counts),
        gaps=cells.gaps,
    )


def ends_by_lp(tree: Hierarchy, known: Known, node: int) -> tuple[float, float]:
    """Return the least and the most that a count can be, by the solver alone."""
    parents = _tied_families(tree, known, node)
    below = np.flatnonzero(np.isin(tree.parent, parents))
    nodes, (above, own) = _numbered(parents, below, node)
    rows = np.arange(len(parents))
    # One equation for each family: parent - children - gap = 0.
    ones = np.concatenate([np.ones(len(parents)), -np.ones(len(below) + len(parents))])
    row = np.concatenate([rows, np.searchsorted(parents, tree.parent[below]), rows])
    column = np.concatenate([above, own, len(nodes) + rows])
    equations = coo_matrix((ones, (row, column)), shape=(len(rows), len(nodes) + len(rows)))
    gaps = known.gaps[parents]
    bounds = np.column_stack(
        [
            np.append(known.low[nodes], np.minimum(gaps, 0)),
            np.append(known.high[nodes], np.maximum(gaps, 0)),
        ]
    )
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(len(bounds))
        aim[np.searchsorted(nodes, node)] = sign
        solved = linprog(aim, A_eq=equations.tocsr(), b_eq=np.zeros(len(parents)), bounds=bounds)
        assert solved.status == 0, solved.message
        ends.append(sign * float(solved.fun))
    return ends[0], ends[1]


def _tied_families(tree: Hierarchy, known: Known, node: int) -> Places:
    """Return the parents of the families that a count hangs on: beyond a known count is none."""
    unknown = known.high - known.low > 1e-4
    found: set[int] = set()
    left, seen = [node], {node}
    while left:
        one = left.pop()
        for parent in {one, int(tree.parent[one])} - found - {-1}:
            children = np.flatnonzero(tree.parent == parent)
            if len(children):
                found.add(parent)
                new = {other for other in (parent, *children.tolist()) if unknown[other]} - seen
                seen |= new
                left += new
    return np.array(sorted(found), dtype=np.int64)


def _numbered(parents: Places, below: Places, node: int) -> tuple[Places, tuple[Places, Places]]:
    """Return the places of all counts of some families, and where among them the two kinds are."""
    nodes = np.union1d(np.union1d(parents, below), [node])
    return nodes, (np.searchsorted(nodes, parents), np.searchsorted(nodes, below))


def draw_hierarchy(rng: np.random.Generator) -> tuple[Hierarchy, Numbers, Numbers]:
    """Return a small county of three sets, its counts and bases; every third does not add up."""
    parent, depth, level = [-1], [0], [0]
    for step in (1, 2, 3):
        above = level
        level = []
        for one in above:
            children = int(rng.integers(1, 5))
            level += range(len(parent), len(parent) + children)
            parent += [one] * children
            depth += [step] * children
    tree = Hierarchy(np.array(parent), np.array(depth))
    mean = rng.choice([3, 8, 30, 300], size=len(level), p=[0.1, 0.15, 0.25, 0.5])
    counts, sizes = np.zeros(len(parent)), np.zeros(len(parent))
    counts[level] = rng.poisson(mean) if rng.random() < 0.5 else mean * rng.random(len(level))
    sizes[level] = counts[level] * rng.uniform(1, 6, len(level)) + rng.integers(0, 30, len(level))
    for step in reversed(tree.depths):
        nodes = tree.at(step)
        counts += tree.sums(counts, nodes)
        sizes += tree.sums(sizes, nodes)
    if rng.random() < 1 / 3:
        middle = tree.at(2)
        counts[middle] *= rng.uniform(0.8, 1.2, len(middle))
    return tree, counts, np.maximum(sizes, counts)


def county_tables(
    nest: Nest, people: pd.Series, means: dict[str, float]
) -> dict[str, pd.DataFrame]:
    """Return COUNTS of every set of a county, `<group>_count` as common as `means` say."""
    rng = np.random.default_rng(20260913)
    smallest = next(iter(nest.parents.values()))
    counts = pd.DataFrame({PEOPLE: people})
    for group, mean in means.items():
        common = pd.Series(
            rng.beta(3 * mean, 3 * (1 - mean), smallest.nunique()), smallest.unique()
        )
        share = (smallest.map(common) * rng.gamma(6, 1 / 6, len(smallest))).clip(0, 0.95)
        counts[f"{group}_count"] = np.minimum(people, rng.poisson(share * people)).astype(float)
    return summed(nest, counts)


def summed(nest: Nest, counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return COUNTS of every set of a nest, from those of the smallest areas."""
    tables = {}
    for name, above in nest.parents.items():
        tables[name] = counts.rename_axis("area_code")
        counts = counts.groupby(above).sum()
    return tables
