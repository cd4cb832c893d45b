"""The joint table of the target groups by area: who belongs to which of them (METHOD 3, "Union").

A cell is named by one digit for each group, in the order of the shares' columns: with young and
women, `10` is those who are young and not women.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, product

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.config import Brief, Campaign, Group, TwoWayTable
from geoprio.counts import Gathered
from geoprio.errors import ConfigError, ContractError
from geoprio.sources.catalogue import Loaded
from geoprio.words import Phrase

SETTLED = 1e-7
"""Share of all people that no cell's sum has moved by in a round of `fit_together`."""
LEAST_FACTOR = 0.01
HALF = 0.5
"""Added to each cell, so that an empty one in a small area does not say "never" (Haldane 1956)."""


def carried_share(
    shares: pd.DataFrame, counts: pd.DataFrame, table: TwoWayTable
) -> pd.Series | None:
    """Return the share (0-1) that belongs to both groups, by area; None where nothing is known.

    The table counts residents or adults, the shares are of an electorate: what the table says of
    the overlap is its odds ratio, and one share of both has that ratio and the groups' shares
    (Plackett 1965). It never contradicts them. NaN where a share or a count is unknown.
    """
    columns = [table.both, table.first, table.second, table.of]
    if not set(columns) <= set(counts):
        return None
    both, first, second, everyone = (counts.loc[shares.index, name] for name in columns)
    # Derived counts may differ by a few from the whole that they are part of.
    cells = [both, first - both, second - both, everyone - first - second + both]
    yes, one, other, neither = (cell.clip(lower=0) + HALF for cell in cells)
    ratio = yes * neither / (one * other)
    p, q = (shares[name] for name in table.groups)
    total = 1 + (p + q) * (ratio - 1)
    root = np.sqrt((total**2 - 4 * ratio * (ratio - 1) * p * q).clip(lower=0))
    share = 2 * ratio * p * q / (total + root)
    return share if share.notna().any() else None


Floats = npt.NDArray[np.float64]

BATCH = 880
"""Areas to an array operation: their tables stay in the processor's cache, and matrix products in
one thread."""
MOST = 0.9
"""Part of the areas under which those that are done are put aside."""
TOLERANCE = 1e-10
"""Largest distance from a margin to its target in an area that is done."""
ROUNDS = 200
"""Rounds of IPF and Newton after which margins are held for impossible to meet."""
LONGEST = 20.0
"""Longest step of a cell's logarithm: longer ones overflow far from the solution."""
SHORTENINGS = 4
ENOUGH = 0.1
"""Part of the fall promised by the slope that a step must give."""
FITTING_ROUNDING = 1e-15
"""What the dual may rise by rounding."""
NO_VARIANCE = 1e-12
"""Part of its variance below which a margin follows from the others, rounding aside."""


@dataclass(frozen=True)
class Fit:
    """Tables fitted to their margins."""

    table: Floats
    """Shares (0-1) of shape `(*cells, areas)`."""
    rounds: int
    error: Floats
    """Largest distance from a margin to its target, by area."""


@dataclass(frozen=True)
class _Problem:
    """The margins of the areas that are still to be met."""

    rows: Floats
    """(all levels, cells): 1 where the cell belongs to the level of a margin."""
    free: Floats
    """The rows that Newton steps along: the first level of a margin follows from the others."""
    both: Floats
    """(free rows squared, cells): 1 where the cell belongs to two levels."""
    targets: Floats
    """(all levels, areas)."""
    goals: Floats
    """The targets of the free rows."""
    summed: tuple[tuple[int, ...], ...]
    """The axes that each margin sums over."""
    shape: tuple[int, ...]


def fit_margins(seed: Floats, margins: Mapping[tuple[int, ...], Floats]) -> Fit:
    """Return the tables nearest to the seed, in relative entropy, that have the margins.

    The seed is `(*cells, areas)` or, one for all, `(*cells, 1)`; a cell of 0 stays 0. Margins are
    by the cell axes that they keep, in rising order: shares that sum to 1, `(*kept, areas)`. Areas
    whose margins cannot be met keep an `error` above `TOLERANCE`.
    """
    problem = _state(seed.shape[:-1], margins)
    cells, areas = problem.rows.shape[1], problem.targets.shape[1]
    table = np.array(np.broadcast_to(seed.reshape(cells, -1), (cells, areas)), order="C")
    fitted, worst = table, np.empty(areas)
    left, rounds = np.arange(areas), 0
    # Each round begins with IPF, which leaves no margin of 0 or 1 to rounding.
    while len(left):
        rounds += 1
        error = np.empty(len(left))
        for some in _batches(len(left)):
            error[some] = _sweep(table[:, some], _subset(problem, some))
        more = ~(error <= TOLERANCE) & (rounds < ROUNDS)
        if more.mean() < MOST:
            worst[left] = error
            if table is not fitted:
                fitted[:, left] = table
            left, table, problem = left[more], table[:, more], _subset(problem, more)
        for some in _batches(len(left)):
            table[:, some] = _newton(table[:, some], _subset(problem, some))
    return Fit(fitted.reshape(*problem.shape, areas), rounds, worst)


def _batches(areas: int) -> list[slice]:
    return [slice(first, first + BATCH) for first in range(0, areas, BATCH)]


def _state(shape: tuple[int, ...], margins: Mapping[tuple[int, ...], Floats]) -> _Problem:
    cells = np.indices(shape).reshape(len(shape), -1)
    rows: list[Floats] = []
    for axes in margins:
        sizes = tuple(shape[axis] for axis in axes)
        level = np.ravel_multi_index(tuple(cells[list(axes)]), sizes)
        rows.append((level == np.arange(np.prod(sizes))[:, None]).astype(float))
    targets = [
        target.reshape(len(levels), target.shape[-1])
        for levels, target in zip(rows, margins.values(), strict=True)
    ]
    free = np.concatenate([levels[1:] for levels in rows])
    return _Problem(
        rows=np.concatenate(rows),
        free=free,
        both=(free[:, None] * free[None, :]).reshape(len(free) ** 2, -1),
        targets=np.concatenate(targets),
        goals=np.concatenate([target[1:] for target in targets]),
        summed=tuple(
            tuple(axis for axis in range(len(shape)) if axis not in axes) for axes in margins
        ),
        shape=shape,
    )


def _subset(problem: _Problem, areas: slice | npt.NDArray[np.bool_]) -> _Problem:
    return replace(problem, targets=problem.targets[:, areas], goals=problem.goals[:, areas])


def _sweep(table: Floats, problem: _Problem) -> Floats:
    """Scale the table in place to each of its margins in turn; return the error that is left."""
    cube, start = table.reshape(*problem.shape, -1), 0
    for summed in problem.summed:
        found = cube.sum(axis=summed, keepdims=True)
        levels = found.size // found.shape[-1]
        target = problem.targets[start : start + levels].reshape(found.shape)
        cube *= np.divide(target, found, out=np.zeros_like(found), where=found > 0)
        start += levels
    error: Floats = np.abs(problem.rows @ table - problem.targets).max(axis=0)
    return error


def _newton(table: Floats, problem: _Problem) -> Floats:
    """Return the table after one step of Newton's method on the log-linear model's multipliers.

    The step is shortened until the dual falls by its part (Armijo), which leads there from
    anywhere; where no step is short enough the table stays.
    """
    mean, goals, size = problem.free @ table, problem.goals, len(problem.free)
    covariance = (problem.both @ table).reshape(size, size, -1)
    covariance -= mean[:, None] * mean[None, :]
    step = _solve(covariance, goals - mean)
    aim = (goals * step).sum(axis=0)
    gain = aim - (mean * step).sum(axis=0)
    exponent = problem.free.T @ step
    length = np.minimum(1.0, LONGEST / np.maximum(np.abs(step).sum(axis=0), LONGEST))
    for _ in range(SHORTENINGS):
        moved = np.exp(exponent * length)
        moved *= table
        total = moved.sum(axis=0)
        fall = length * aim - np.log(total, out=np.zeros_like(total), where=total > 0)
        falls = (fall >= ENOUGH * length * gain - FITTING_ROUNDING) & (total > 0)
        if falls.all():
            stepped: Floats = moved / total
            return stepped
        length = np.where(falls, length, length / 4)
    return np.where(falls, moved / np.where(falls, total, 1.0), table)


def _solve(matrix: Floats, right: Floats) -> Floats:
    """Return the solution of each area's symmetric system; `matrix` and `right` are used up.

    A direction without variance (a margin of 0 or 1, or one that others imply) gets no step.
    """
    size = len(right)
    least = NO_VARIANCE * np.diagonal(matrix).T.copy()
    inverse = np.zeros_like(right)
    for k in range(size):
        np.divide(1.0, matrix[k, k], out=inverse[k], where=matrix[k, k] > least[k])
        ratio = matrix[k + 1 :, k] * inverse[k]
        matrix[k + 1 :, k + 1 :] -= ratio[:, None] * matrix[k, k + 1 :]
        right[k + 1 :] -= ratio * right[k]
    for k in reversed(range(size)):
        right[k] -= (matrix[k, k + 1 :] * right[k + 1 :]).sum(axis=0)
        right[k] *= inverse[k]
    return right


Pair = tuple[str, str]
NAMED = 10
"""Areas that an error names."""
ROUNDING = 1e-9
"""How far a share of both may lie outside its limits by rounding."""


@dataclass(frozen=True)
class Joint:
    """Joint table of the groups in each area."""

    shares: pd.DataFrame
    """Share (0-1) of each group by area: the margins; NaN where unknown."""
    cells: pd.DataFrame
    """Share (0-1) of each cell by area; NaN where the share of a group is unknown."""
    rounds: int
    """Rounds of fitting that the slowest area took."""
    error: float
    """Largest distance from a margin to its share in any area."""
    pairs: Mapping[Pair, int]
    """Areas where the share of both was given, by pair."""

    def belongs(self) -> npt.NDArray[np.bool_]:
        """Return which groups (columns) the persons of each cell (rows) belong to."""
        digits = [[digit == "1" for digit in cell] for cell in self.cells.columns]
        return np.array(digits, dtype=bool).reshape(len(digits), -1)


def cell_names(groups: int) -> list[str]:
    """Return the names of the cells of a number of groups."""
    return ["".join(digits) for digits in product("01", repeat=groups)]


def table_seed(groups: Sequence[str], counts: pd.Series, order: Sequence[str]) -> pd.Series:
    """Return a seed with the odds ratios of a published joint table: `joint_` + digits + `_count`.

    The digits stand for the groups of `order`: those that are not among `groups` are summed out,
    and one of `groups` that the table does not count is independent. An error lists cells that are
    missing or unknown.
    """
    names = cell_names(len(order))
    table = counts.reindex([f"joint_{name}_count" for name in names])
    missing = table.index[table.isna()]
    if len(missing):
        raise ConfigError("joint_table_gaps", order=order, missing=missing)
    cube = table.to_numpy(float).reshape((2,) * len(order))
    shared = [name for name in order if name in groups]
    cube = cube.sum(axis=tuple(axis for axis, name in enumerate(order) if name not in groups))
    kept = [shared.index(name) for name in groups if name in shared]
    cube = cube.transpose(kept).reshape([2 if name in shared else 1 for name in groups])
    spread = np.broadcast_to(cube, (2,) * len(groups))
    return pd.Series(spread.ravel(), cell_names(len(groups)))


def odds_seed(groups: Sequence[str], ratios: Mapping[Pair, float]) -> pd.Series:
    """Return a seed with the odds ratios of pairs of groups, the other groups held; else 1.

    With no ratio the groups are independent.
    """
    cube = np.ones((2,) * len(groups))
    for pair, ratio in ratios.items():
        both = tuple(1 if name in pair else slice(None) for name in groups)
        cube[both] *= ratio
    return pd.Series(cube.ravel(), cell_names(len(groups)))


def fit_joint(
    shares: pd.DataFrame,
    *,
    seed: pd.Series | pd.DataFrame,
    pairs: Mapping[Pair, pd.Series] | None = None,
) -> Joint:
    """Return the joint table of each area: its groups' shares, with the seed's odds ratios.

    Iterative proportional fitting of all areas at once (METHOD 3). A cell is named by one digit
    for each group, in the columns' order: with young and women, `10` is who is young and no woman.

    Parameters
    ----------
    shares
        Share (0-1) of each group by area; an area with an unknown share (NaN) gets no table.
    seed
        By cell, or by area and cell: any table with the odds ratios wanted. A cell of 0 is held
        for impossible and stays 0.
    pairs
        By two groups, the share (0-1) that belongs to both by area; NaN where unknown. What
        contradicts itself is a ContractError that names the areas.

    Returns
    -------
    joint
        Its `cells` are shares (0-1) of the electorate by area and cell; NaN where one is unknown.

    Examples
    --------
    A seed of equal cells is independence:

    >>> import pandas as pd
    >>> from geoprio import fit_joint
    >>> shares = pd.DataFrame({"young": [0.2, None], "women": [0.5, 0.5]}, index=["a", "b"])
    >>> fit_joint(shares, seed=pd.Series(1.0, ["00", "01", "10", "11"])).cells.round(2)
        00   01   10   11
    a  0.4  0.4  0.1  0.1
    b  NaN  NaN  NaN  NaN
    """
    start = _by_area(seed, shares)
    both = {
        pair: share.reindex(shares.index).to_numpy(float) for pair, share in (pairs or {}).items()
    }
    _check_shares(shares, both)
    cells = np.full((len(start), len(shares)), np.nan)
    shape, rounds, error = (2,) * shares.shape[1], 0, np.zeros(len(shares))
    for rows, known in _alike(shares, both):
        margins = _margins(shares.iloc[rows], {pair: both[pair][rows] for pair in known})
        cube = (start if start.shape[1] == 1 else start[:, rows]).reshape(*shape, -1)
        fit = fit_margins(cube, margins)
        cells[:, rows] = fit.table.reshape(len(cells), -1)
        error[rows], rounds = fit.error, max(rounds, fit.rounds)
    unmet = ~(error <= TOLERANCE)
    if unmet.any():
        areas = _named(shares.index[unmet], error[unmet])
        raise ContractError("joint_table_impossible", areas=areas)
    frame = pd.DataFrame(cells.T, shares.index, cell_names(shares.shape[1]))
    given = {pair: int((~np.isnan(share)).sum()) for pair, share in both.items()}
    return Joint(shares, frame, rounds, float(error.max(initial=0.0)), given)


def _by_area(seed: pd.Series | pd.DataFrame, shares: pd.DataFrame) -> Floats:
    """Return the seed of each area, of shape (cells, areas), or (cells, 1) where all have one."""
    own = isinstance(seed, pd.DataFrame)
    given, names = list(seed.columns if own else seed.index), cell_names(shares.shape[1])
    if given != names:
        raise ContractError("seed_cells_wrong", given=map(str, given), names=names)
    table = (seed.reindex(shares.index) if own else seed).to_numpy(float).T.reshape(len(names), -1)
    wrong = ~(np.isfinite(table) & (table >= 0)).all(axis=0) | ~(table > 0).any(axis=0)
    if wrong.any():
        where = _named(shares.index[wrong]) if own else Phrase("its_table")
        raise ContractError("seed_not_counts", where=where)
    return table


def _alike(
    shares: pd.DataFrame, both: Mapping[Pair, Floats]
) -> Iterator[tuple[slice | npt.NDArray[np.intp], list[Pair]]]:
    """Yield the areas, as row numbers, where the same pairs are known."""
    usable = ~np.isnan(shares.to_numpy(float)).any(axis=1)
    pattern = np.zeros(len(shares), dtype=int)
    for number, share in enumerate(both.values()):
        pattern += ~np.isnan(share) * 2**number
    for found in np.unique(pattern[usable]):
        known = [pair for number, pair in enumerate(both) if found & 2**number]
        rows = np.flatnonzero(usable & (pattern == found))
        # Mostly they are all alike, and a slice copies nothing.
        yield slice(None) if len(rows) == len(shares) else rows, known


def _margins(shares: pd.DataFrame, both: Mapping[Pair, Floats]) -> dict[tuple[int, ...], Floats]:
    """Return the margins of the fit: four cells for each pair, two for each group in none."""
    place = {name: number for number, name in enumerate(shares.columns)}
    margins: dict[tuple[int, ...], Floats] = {}
    for pair, share_of_both in both.items():
        first, second = sorted(pair, key=lambda name: place[name])
        one, other = shares[first].to_numpy(float), shares[second].to_numpy(float)
        low, high = _limits(one, other)
        met = np.clip(share_of_both, low, high)
        neither = np.maximum(1 - one - other + met, 0)
        margins[place[first], place[second]] = np.array([[neither, other - met], [one - met, met]])
    paired = {axis for axes in margins for axis in axes}
    for name, axis in place.items():
        if axis not in paired:
            share = shares[name].to_numpy(float)
            margins[(axis,)] = np.array([1 - share, share])
    return margins


def _limits(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return Fréchet's bounds of the share of both."""
    return np.maximum(one + other - 1, 0), np.minimum(one, other)


def _check_shares(shares: pd.DataFrame, both: Mapping[Pair, Floats]) -> None:
    values = shares.to_numpy(float)
    outside = (values < 0) | (values > 1)
    faults = [
        Phrase("share_out_of_range", name=name, areas=_named(shares.index[outside[:, number]]))
        for number, name in enumerate(shares)
        if outside[:, number].any()
    ]
    if not faults:
        for pair, share in both.items():
            one, other = (shares[name].to_numpy(float) for name in pair)
            low, high = _limits(one, other)
            far = np.fmax(low - share, share - high)
            if (far > ROUNDING).any():
                faults.append(
                    Phrase(
                        "pair_share_contradicts",
                        pair=pair,
                        areas=_named(shares.index[far > ROUNDING], far[far > ROUNDING]),
                    )
                )
    if faults:
        raise ContractError("shares_not_of_one_electorate", faults)


def _named(areas: pd.Index, far: Floats | None = None) -> Phrase:
    told = list(map(str, areas[:NAMED]))
    if far is not None:
        told = [Phrase("off_by", area=area, gap=gap) for area, gap in zip(told, far, strict=False)]
    return Phrase("in_all", codes=told, count=len(areas))


@dataclass(frozen=True)
class Whole:
    """How the groups overlap in the counties together."""

    seed: pd.Series
    """By cell, a table with their odds ratios."""
    counted: tuple[str, ...]
    """Groups that the counties' own adults are counted by in it: it tells what areas add up to."""
    outside: str | None
    """A group outside which every adult has a vote: those are the same in every electorate."""

    @classmethod
    def of(cls, seed: pd.Series, campaign: Campaign, groups: Mapping[str, Group]) -> "Whole":
        """Return what a campaign's table of the counties tells."""
        # Of some of its municipalities a county's table does not tell what they add up to.
        told = () if campaign.municipalities else campaign.overlap.cells
        counted = tuple(name for name in campaign.target_groups if name in told)
        voting = (it for it in counted if any(one.outsiders_vote for one in groups[it].measures))
        return cls(seed, counted, next(voting, None))

    def cells(self, shares: pd.Series, keys: Sequence[str]) -> pd.Series:
        """Return the share (0-1) of each cell of an electorate with these shares of each group.

        Of the counted groups: `keys` are the seed's cells by them.
        """
        seed, own = self.seed.groupby(list(keys)).sum() + HALF, shares[list(self.counted)]
        pairs = {}
        if self.outside is not None:
            place = self.counted.index(self.outside)
            without = seed[[cell[place] == "0" for cell in seed.index]]
            for at, name in enumerate(self.counted):
                if name != self.outside:
                    inside = without[[cell[at] == "1" for cell in without.index]].sum()
                    left = (1 - own[self.outside]) * inside / without.sum()
                    limits = _limits(own[[name]].to_numpy(), own[[self.outside]].to_numpy())
                    pairs[name, self.outside] = pd.Series(own[name] - left).clip(*limits)
        return fit_joint(own.to_frame().T, seed=seed, pairs=pairs).cells.iloc[0]


def fit_together(
    shares: pd.DataFrame,
    people: pd.Series,
    whole: Whole,
    *,
    seed: pd.Series | pd.DataFrame,
    pairs: Mapping[Pair, pd.Series] | None = None,
) -> Joint:
    """Return the joint tables of areas that add up to the counties', where that is counted.

    Groups overlap in a county also because the same areas have many of several, which areas' shares
    tell already (Robinson 1950): with the county's odds ratios inside each area too, more persons
    would be in several groups than are. So the seed's cells are scaled until the sum is met.
    """
    joint, known = fit_joint(shares, seed=seed, pairs=pairs), (people > 0)
    known &= joint.cells.notna().all(axis=1)
    if not whole.counted or not known.any():
        return joint
    weight = people[known] / people[known].sum()
    of = [name in whole.counted for name in shares]
    # A group that the table does not count is left to the seed.
    keys = ["".join(compress(str(cell), of)) for cell in joint.cells]
    wanted = whole.cells(weight @ shares[known], keys)
    before = wanted * 0
    for _ in range(ROUNDS):
        found = (weight @ joint.cells[known]).groupby(keys).sum()
        if (found - before).abs().max() < SETTLED:
            break
        # None of a cell in all areas together may still be some where a group is nearly everyone.
        factor = (wanted / found).where(found > 0, 1.0).clip(lower=LEAST_FACTOR)
        seed, before = seed * factor[keys].to_numpy(), found
        joint = fit_joint(shares, seed=seed, pairs=pairs)
    return joint


def join_groups(
    shares: pd.DataFrame,
    electors: pd.Series,
    counts: pd.DataFrame,
    plans: Brief,
    gathered: Gathered,
) -> Joint:
    """Return the joint table of the groups in each area, from their shares (0-1) of the electors.

    `counts` are published for the areas, with the columns of the campaign's two-way tables; a table
    that no source gives is passed over.
    """
    campaign = plans.campaign
    shares, seed = shares[list(campaign.target_groups)], joint_seed(campaign, gathered)
    carried = {
        table.groups: carried_share(shares, counts, table) for table in campaign.overlap.pairs
    }
    pairs = {pair: both for pair, both in carried.items() if both is not None}
    whole = Whole.of(seed, campaign, plans.groups)
    return fit_together(shares, electors, whole, seed=seed, pairs=pairs)


def joint_source(campaign: Campaign, gathered: Gathered) -> Loaded | None:
    """Return the source of the county's joint table; None where the campaign names none."""
    named = (item for item in gathered.loaded if item.name == campaign.overlap.joint)
    return next(named, None)


def joint_seed(campaign: Campaign, gathered: Gathered) -> pd.Series:
    """Return the table by cell whose odds ratios every area's joint table has: the counties'."""
    groups, overlap = list(campaign.target_groups), campaign.overlap
    source = joint_source(campaign, gathered)
    if source is None:
        return odds_seed(groups, {item.groups: item.ratio for item in overlap.odds_ratios})
    lost = [code for code in campaign.home if code not in source.frame.index]
    if lost:
        raise ConfigError(
            "joint_without_county",
            source=source.name,
            county_code=lost,
            counties=map(str, source.frame.index[:5]),
        )
    counties = source.frame.loc[list(campaign.home)].sum(skipna=False)
    return table_seed(groups, counties, overlap.cells)
