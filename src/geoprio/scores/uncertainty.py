"""How sure a ranking is when figures, weights and methods may differ: Monte Carlo (METHOD 6).

Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for
the quality assessment of composite indicators, J. R. Stat. Soc. A 168(2), doi
10.1111/j.1467-985X.2005.00350.x.
"""

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.config import Method, Profile, Uncertainty
from geoprio.scores.draws import Column, Measured, gather_columns, refuse_few
from geoprio.scores.kernel import Floats, Ints, ranks, scale_of, weigh_of
from geoprio.scores.score import criterion_weights

BLOCK_CELLS = 2**17
"""Draws x areas held at once by a thread: they stay in the processor's cache."""
QUANTILES = {"rank_median": 0.5, "rank_low": 0.05, "rank_high": 0.95}


@dataclass(frozen=True)
class _Trial:
    """What is alike in all blocks of draws."""

    columns: list[Column]
    weights: Floats
    scored: NDArray[np.bool_]
    constant: Mapping[tuple[int, str], Floats]
    """Points of the criteria without error, by number and normalisation."""


def rank_uncertainty(
    measured: Measured,
    profile: Profile,
    uncertainty: Uncertainty,
    *,
    top_k: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return each area's median rank, the 5-95 % of its ranks, P(top k) and what hangs on choices.

    Errors and choices are two things. Errors: each draw takes the figures within their errors
    (`Measured`), at the profile's own weights and method. Choices: each draw takes weights from a
    Dirichlet distribution around the central ones and one of the methods, with figures as they
    are. Quantiles are exact: the least rank that so many of the draws reach. The result depends on
    the generator's seed alone, neither on row order nor on threads.

    Parameters
    ----------
    measured
        Indicators and how sure they are.
    profile
        The channel's criteria, directions and weights.
    uncertainty
        How many draws, how far weights may stray, and which methods might be chosen.
    top_k
        How many areas are "the first".
    rng
        Of every draw.

    Returns
    -------
    ranks
        With the index of the indicators: `rank_median`, `rank_low`, `rank_high` and `p_top` (0-1)
        from errors alone; `choices_share` (0-1), the weightings and methods by which the area is
        among the first, and `depends_on_weights`, 1 where more than `depends_from` of them put it
        there, or leave it out, against the central ones, else 0. NaN where a criterion is unknown:
        such an area is scored in no draw, though its known figures are among those that others are
        scaled by.

    Raises
    ------
    ConfigError
        The profile names unknown indicators; fewer areas can be scored than `top_k`, or it is below
        1; `geometric` meets points below zero.
    ContractError
        Figures or errors that cannot be drawn from; see `gather_columns`.

    Examples
    --------
    Two areas whose intervals overlap change places; the third never reaches the top:

    >>> import numpy as np
    >>> import pandas as pd
    >>> from geoprio import Measured, Uncertainty, load_profile, rank_uncertainty
    >>> profile = load_profile("canvass")
    >>> figures = pd.DataFrame(
    ...     {item.indicator: [0.30, 0.28, 0.05] for item in profile.criteria}, list("abc")
    ... )
    >>> methods = [{"normalise": "minmax", "aggregate": "arithmetic"}]
    >>> chosen = Uncertainty.model_validate({"draws": 2000, "methods": methods})
    >>> rng = np.random.default_rng(2026)
    >>> measured = Measured(figures, 0.1 * figures)
    >>> found = rank_uncertainty(measured, profile, chosen, top_k=1, rng=rng)
    >>> found[["rank_low", "rank_high"]]
       rank_low  rank_high
    a       1.0        2.0
    b       1.0        2.0
    c       3.0        3.0
    """
    # A profile's steps may be the user's own functions; they are known to be there by now.
    own = Method.model_construct(normalise=profile.normalise, aggregate=profile.aggregate)
    scales = {own.normalise, *(method.normalise for method in uncertainty.methods)}
    trial = _trial(measured, profile, uncertainty.lognormal, scales)
    areas = measured.indicators.index.sort_values()[trial.scored]
    refuse_few(len(areas), top_k)
    central = uncertainty.model_copy(update={"methods": (own,), "concentration": None})
    size = uncertainty.draws, len(areas)
    frame = pd.DataFrame(_summarise(_draw_blocks(trial, central, rng), size, top_k), index=areas)
    exact = Measured(measured.indicators, pd.DataFrame(index=measured.indicators.index))
    known = _trial(exact, profile, (), scales)
    first = sum((block <= top_k).sum(axis=0) for block in _draw_blocks(known, uncertainty, rng))
    frame["choices_share"] = first / uncertainty.draws
    (ranked,) = next(_draw_blocks(known, central.model_copy(update={"draws": 1}), rng))
    against = (frame["choices_share"] - (ranked <= top_k)).abs()
    frame["depends_on_weights"] = (against > uncertainty.depends_from).astype(float)
    return frame.reindex(measured.indicators.index)


def _trial(
    measured: Measured, profile: Profile, lognormal: tuple[str, ...], scales: Collection[str] = ()
) -> _Trial:
    columns = gather_columns(measured, profile, lognormal=lognormal)
    constant: dict[tuple[int, str], Floats] = {
        (number, scale): column.spread(scale_of(scale)(column.wanted))
        for number, column in enumerate(columns)
        for scale in scales
        if column.exact and len(column.values)
    }
    scored = np.logical_and.reduce([column.known for column in columns])
    return _Trial(columns, criterion_weights(profile).to_numpy(), scored, constant)


def _draw_blocks(
    trial: _Trial, uncertainty: Uncertainty, rng: np.random.Generator
) -> Iterator[Ints]:
    """Yield the ranks of all draws, block by block: draws x scored areas."""
    draws, most = uncertainty.draws, max(1, BLOCK_CELLS // max(len(trial.scored), 1))
    sizes = [most] * (draws // most) + [draws % most] * (draws % most > 0)
    # A block's stream hangs on its number alone, so that threads may take them in any order.
    root = np.random.SeedSequence(int(rng.integers(2**63)))
    threads = min(os.cpu_count() or 1, 8)
    waiting: deque[Future[Ints]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for seed, size in zip(root.spawn(len(sizes)), sizes, strict=True):
            waiting.append(pool.submit(_draw_ranks, trial, uncertainty, seed, size))
            # Blocks that are drawn and not yet counted would fill the memory.
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        for block in waiting:
            yield block.result()


def _draw_ranks(
    trial: _Trial, uncertainty: Uncertainty, seed: np.random.SeedSequence, draws: int
) -> Ints:
    """Return draws x scored areas."""
    rng = np.random.Generator(np.random.SFC64(seed))
    chosen = rng.integers(len(uncertainty.methods), size=draws)
    if uncertainty.concentration is None:
        weights = np.tile(trial.weights, (draws, 1))
    else:
        weights = rng.dirichlet(uncertainty.concentration * trial.weights, size=draws)
    found: Ints = np.empty((draws, int(trial.scored.sum())), dtype=np.intp)
    exact = all(column.exact for column in trial.columns)
    for number, method in enumerate(uncertainty.methods):
        mine = chosen == number
        if mine.any() and trial.scored.any():
            own = weights[mine]
            if exact and (own == own[0]).all():  # each draw is as the first
                own = own[:1]
            points = _draw_points(trial, method.normalise, len(own), rng)
            scores = weigh_of(method.aggregate)(points, own)
            found[mine] = ranks(scores[:, trial.scored])
    return found


def _draw_points(
    trial: _Trial, scale: str, draws: int, rng: np.random.Generator
) -> Iterator[Floats]:
    shared = len(trial.columns[0].shared)
    factors = rng.standard_normal((draws, shared))
    for number, column in enumerate(trial.columns):
        if (number, scale) in trial.constant:
            yield trial.constant[number, scale]
        else:
            yield column.spread(scale_of(scale)(column.draw(factors, rng)))


def _summarise(blocks: Iterable[Ints], size: tuple[int, int], top_k: int) -> dict[str, Floats]:
    """Return the quantiles of each area's ranks, exact: how often each rank was had is counted."""
    draws, areas = size
    kind = np.uint16 if draws <= np.iinfo(np.uint16).max else np.uint32
    counts: NDArray[np.unsignedinteger] = np.zeros((areas, areas), dtype=kind)
    rows = np.arange(areas)[:, None] * areas
    for block in blocks:
        # Areas in turn, so that what is written next lies close.
        np.add.at(counts.reshape(-1), (rows + block.T - 1).reshape(-1), kind(1))
    found = {name: np.empty(areas) for name in (*QUANTILES, "p_top")}
    # The running sums of all areas at once would be four times the counts.
    for start in range(0, areas, 256):
        part = slice(start, start + 256)
        below = np.cumsum(counts[part], axis=1, dtype=np.int64)
        for name, quantile in QUANTILES.items():
            found[name][part] = 1 + (below < np.ceil(quantile * draws)).sum(axis=1)
        found["p_top"][part] = below[:, top_k - 1] / draws
    return found


BLOCK = 64
"""Draws held at once."""


def score_errors(
    measured: Measured,
    profile: Profile,
    *,
    lognormal: tuple[str, ...] = (),
    draws: int = 400,
    rng: np.random.Generator,
) -> pd.Series:
    """Return the standard error of each area's score (points), weights and method as decided.

    The standard deviation over draws of the figures within their errors; NaN where a criterion is
    unknown. Outliers are not treated anew in a draw.
    """
    trial = _trial(measured, profile, lognormal)
    areas = measured.indicators.index.sort_values()
    sums = np.zeros((2, len(areas)))
    centre = None
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        points = _draw_points(trial, profile.normalise, size, rng)
        scores = weigh_of(profile.aggregate)(points, np.tile(trial.weights, (size, 1)))
        # Sums of squares about a value nearby lose no digits.
        centre = scores[0] if centre is None else centre
        away = scores - centre
        sums += [away.sum(axis=0), (away**2).sum(axis=0)]
    variance = np.maximum(sums[1] - sums[0] ** 2 / draws, 0) / (draws - 1)
    return pd.Series(np.sqrt(variance), areas).reindex(measured.indicators.index)
