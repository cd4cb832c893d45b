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

BATCH = 1024
"""Areas fitted together: as many tables as the processor's cache holds."""
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
    free: npt.NDArray[np.intp]
    """Rows that Newton steps along: the first level of a margin follows from the others."""
    targets: Floats
    """(all levels, areas)."""
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
    start = np.broadcast_to(seed.reshape(cells, -1), (cells, areas))
    result, error, rounds = np.empty((cells, areas)), np.empty(areas), 0
    for first in range(0, areas, BATCH):
        some = slice(first, first + BATCH)
        part = _subset(problem, some)
        result[:, some], error[some], took = _fit_batch(start[:, some], part, tolerance)
        rounds = max(rounds, took)
    return Fit(result.reshape(*problem.shape, areas), rounds, error)


def _fit_batch(start: Floats, problem: _Problem, tolerance: float) -> tuple[Floats, Floats, int]:
    """Return tables, errors and rounds; an area that is done takes no part in further rounds."""
    table = np.array(start, order="C")
    result, worst = np.empty_like(table), np.empty(table.shape[1])
    left, rounds = np.arange(table.shape[1]), 0
    while len(left) and rounds < ROUNDS:
        rounds += 1
        table, error = _round(table, problem)
        result[:, left], worst[left] = table, error
        more = ~(error <= tolerance)
        if not more.all():
            left, table = left[more], table[:, more]
            problem = _subset(problem, more)
    return result, worst, rounds


def _state(shape: tuple[int, ...], margins: Mapping[tuple[int, ...], Floats]) -> _Problem:
    cells = np.indices(shape).reshape(len(shape), -1)
    rows: list[Floats] = []
    for axes in margins:
        sizes = tuple(shape[axis] for axis in axes)
        level = np.ravel_multi_index(tuple(cells[list(axes)]), sizes)
        rows.append((level == np.arange(np.prod(sizes))[:, None]).astype(float))
    first = np.cumsum([0, *(len(levels) for levels in rows[:-1])])
    return _Problem(
        rows=np.concatenate(rows),
        free=np.delete(np.arange(sum(len(levels) for levels in rows)), first),
        targets=np.concatenate(
            [
                target.reshape(len(levels), target.shape[-1])
                for levels, target in zip(rows, margins.values(), strict=True)
            ]
        ),
        summed=tuple(
            tuple(axis for axis in range(len(shape)) if axis not in axes) for axes in margins
        ),
        shape=shape,
    )


def _subset(problem: _Problem, areas: slice | npt.NDArray[np.bool_]) -> _Problem:
    return replace(problem, targets=problem.targets[:, areas])


def _round(table: Floats, problem: _Problem) -> tuple[Floats, Floats]:
    """Return the table after one sweep of IPF and one step of Newton's method, and its error."""
    _sweep(table.reshape(*problem.shape, -1), problem)
    table = _newton(table, problem)
    return table, np.abs(problem.rows @ table - problem.targets).max(axis=0)


def _sweep(table: Floats, problem: _Problem) -> None:
    """Scale the table in place to each of its margins in turn."""
    start = 0
    for summed in problem.summed:
        found = table.sum(axis=summed, keepdims=True)
        levels = found.size // found.shape[-1]
        target = problem.targets[start : start + levels].reshape(found.shape)
        table *= np.divide(target, found, out=np.zeros_like(found), where=found > 0)
        start += levels


def _newton(table: Floats, problem: _Problem) -> Floats:
    """Return the table after one step of Newton's method on the log-linear model's multipliers.

    The step is shortened until the dual falls by its part (Armijo), which leads there from
    anywhere; where no step is short enough the table stays.
    """
    rows, targets = problem.rows[problem.free], problem.targets[problem.free]
    size, mean = len(rows), rows @ table
    both = (rows[:, None] * rows[None, :]).reshape(size * size, -1)
    covariance = (both @ table).reshape(size, size, -1) - mean[:, None] * mean[None, :]
    step = _solve(covariance, targets - mean)
    gain, aim = ((targets - mean) * step).sum(axis=0), (targets * step).sum(axis=0)
    exponent = rows.T @ step
    length = np.minimum(1.0, LONGEST / np.maximum(np.abs(exponent).max(axis=0), LONGEST))
    for _ in range(SHORTENINGS):
        moved = table * np.exp(exponent * length)
        total = moved.sum(axis=0)
        fall = length * aim - np.log(total, out=np.zeros_like(total), where=total > 0)
        falls = fall >= ENOUGH * length * gain - ROUNDING
        if falls.all():
            break
        length = np.where(falls, length, length / 4)
    np.copyto(table, moved / np.where(total > 0, total, 1.0), where=falls & (total > 0))
    return table


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
