"""Tables fitted to known margins, in all areas at once: IPF, quickened by Newton's method.

Iterative proportional fitting (Deming and Stephan 1940) keeps the seed's odds ratios and meets the
margins, but slowly where the seed is skewed. Its limit is also the solution of a log-linear model
with few unknowns (Ireland and Kullback 1968), which Newton's method finds in a few steps once the
table is near. Both only multiply cells by a factor for each margin, so they can take turns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BATCH = 880
"""Areas to an array operation: their tables stay in the processor's cache, and matrix products in
one thread."""
MOST = 0.9
"""Part of the areas under which those that are done are put aside."""
ROUNDS = 200
"""Rounds of IPF and Newton after which margins are held for impossible to meet."""
LONGEST = 20.0
"""Longest step of a cell's logarithm: longer ones overflow far from the solution."""
SHORTENINGS = 4
ENOUGH = 0.1
"""Part of the fall promised by the slope that a step must give."""
ROUNDING = 1e-15
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


def fit_margins(
    seed: Floats, margins: Mapping[tuple[int, ...], Floats], *, tolerance: float = 1e-10
) -> Fit:
    """Return the tables nearest to the seed, in relative entropy, that have the margins.

    Parameters
    ----------
    seed
        Of shape `(*cells, areas)` or, one for all areas, `(*cells, 1)`; >= 0. A cell of 0 stays 0.
    margins
        By the cell axes that it keeps, in rising order: shares that sum to 1 in each area, of
        shape `(*kept, areas)`.
    tolerance
        Largest distance from a margin to its target in an area that is done.

    Returns
    -------
    Areas whose margins cannot be met (the seed has zeros, or margins contradict each other) keep
    an `error` above the tolerance.
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
        more = ~(error <= tolerance) & (rounds < ROUNDS)
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
        falls = (fall >= ENOUGH * length * gain - ROUNDING) & (total > 0)
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
