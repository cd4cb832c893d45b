"""Which ranks the data cannot tell apart: confidence sets for ranks (METHOD 6).

Mogstad, Romano, Shaikh and Wilhelm (2024), Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries, Rev. Econ. Stud. 91(1), doi
10.1093/restud/rdad006. Areas are ranked by an estimate, 1 highest, and errors are independent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoprio.errors import ConfigError, ContractError
from geoprio.scores.draws import refuse_few
from geoprio.words import Phrase

Floats = NDArray[np.float64]

ENDS = 16
"""Areas taken from each end of a draw."""
BLOCK_CELLS = 2**17
"""Draws x areas, and draws x pairs, held at once: they stay in the processor's cache."""
KEPT_CELLS = 2**23
"""Draws x areas that are kept while pairs are told apart; more are drawn anew for each step."""
SLACK = 1 - 1e-12
"""Room for rounding in the comparison with a bound."""


@dataclass(frozen=True)
class Estimates:
    """Estimates and standard errors by area, all known."""

    values: Floats
    errors: Floats


@dataclass(frozen=True)
class Ends:
    """Draws of normal noise (draws x areas), and the areas where each is highest and lowest."""

    noise: Floats
    high: NDArray[np.intp]
    low: NDArray[np.intp]


@dataclass(frozen=True)
class Draws:
    """Draws of noise, made again from their seed whenever they are read, or kept if few."""

    count: int
    seed: int
    noisy: NDArray[np.bool_]
    """Whether each area has an error; the noise of others is 0."""
    kept: list[Ends] = field(default_factory=list)

    def blocks(self) -> Iterator[Ends]:
        """Yield the draws in turn."""
        few = self.count * len(self.noisy) <= KEPT_CELLS
        if not self.kept and few:
            self.kept.extend(self._made())
        yield from self.kept if few else self._made()

    def _made(self) -> Iterator[Ends]:
        size = max(1, BLOCK_CELLS // max(len(self.noisy), ENDS**2))
        rng = np.random.Generator(np.random.SFC64(self.seed))
        ends = min(ENDS, len(self.noisy))
        for start in range(0, self.count, size):
            shape = min(size, self.count - start), len(self.noisy)
            noise = rng.standard_normal(shape) * self.noisy
            order = np.argpartition(noise, (ends - 1, shape[1] - ends), axis=1)
            # Copies: a view would keep the whole order in memory.
            yield Ends(noise, high=order[:, -ends:].copy(), low=order[:, :ends].copy())


def largest_differences(estimates: Estimates, draws: Draws, *, rejected_above: float) -> Floats:
    """Return each draw's largest `(e_a - e_b) / sqrt(s_a^2 + s_b^2)` over the pairs not rejected.

    An ordered pair (a, b) is rejected where its estimates' studentised difference exceeds
    `rejected_above`. Never below 0: such a critical value would reject pairs whose estimates stand
    the other way.
    """
    return np.concatenate([_block(estimates, ends, rejected_above) for ends in draws.blocks()])


def _block(estimates: Estimates, ends: Ends, rejected_above: float) -> Floats:
    noise = ends.noise
    high_noise = np.take_along_axis(noise, ends.high, axis=1)
    low_noise = np.take_along_axis(noise, ends.low, axis=1)
    pairs = _pairs(estimates, (ends.high, high_noise), (ends.low, low_noise), rejected_above)
    best: Floats = pairs.max(axis=(1, 2), initial=0.0)
    if ends.high.shape[1] == noise.shape[1]:
        return best
    left_high = np.hypot(high_noise.min(axis=1).clip(0), low_noise.min(axis=1).clip(max=0))
    left_low = np.hypot(high_noise.max(axis=1).clip(0), low_noise.max(axis=1).clip(max=0))
    unproven = np.flatnonzero(best < SLACK * np.maximum(left_high, left_low))
    for draw in unproven:
        best[draw] = _search(estimates, noise[draw], rejected_above, float(best[draw]))
    return best


def _search(estimates: Estimates, noise: Floats, rejected_above: float, best: float) -> float:
    """Return one draw's largest difference: high areas by strips, against the low that count."""
    falling = np.argsort(-noise)
    depth = np.minimum(noise, 0) ** 2
    for start in range(0, len(falling), ENDS):
        high = falling[start : start + ENDS]
        height = max(float(noise[high[0]]), 0.0) ** 2
        low = np.flatnonzero(height + depth >= SLACK * best**2)
        if len(low) == 0:
            break
        pairs = _pairs(
            estimates,
            (high[None], noise[high][None]),
            (low[None], noise[low][None]),
            rejected_above,
        )
        best = max(best, float(pairs.max()))
    return best


def _pairs(
    estimates: Estimates,
    high: tuple[NDArray[np.intp], Floats],
    low: tuple[NDArray[np.intp], Floats],
    rejected_above: float,
) -> Floats:
    """Return draws x high x low areas; -inf for a rejected pair and two exact estimates."""
    (a, a_noise), (b, b_noise) = high, low
    errors = estimates.errors
    spread = np.sqrt(errors[a][:, :, None] ** 2 + errors[b][:, None, :] ** 2)
    rise = (errors[a] * a_noise)[:, :, None] - (errors[b] * b_noise)[:, None, :]
    found: Floats = np.divide(rise, spread, out=np.full_like(spread, -np.inf), where=spread > 0)
    if np.isfinite(rejected_above):
        gap = estimates.values[a][:, :, None] - estimates.values[b][:, None, :]
        found[gap > rejected_above * spread] = -np.inf
    return found


ROWS_AT_ONCE = 64
"""Areas compared with all others at once."""


@dataclass(frozen=True)
class SetRule:
    """How confidence sets are made."""

    level: float = 0.95
    """Probability (0-1) with which all sets hold together."""
    draws: int = 2000
    step_down: bool = True
    """Test anew without the pairs that are told apart, until no more are: never wider sets."""

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.level < 1:
            faults.append(Phrase("level_out_of_range", level=self.level))
        if self.draws < 1:
            faults.append(Phrase("draws_too_few", draws=self.draws))
        if faults:
            raise ConfigError("rank_sets_wrong", faults)


def rank_confidence_sets(
    estimate: pd.Series, se: pd.Series, rule: SetRule, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Return each area's rank and the ranks that the data do not exclude, all areas together.

    Area b is told below a where `(x_a - x_b) / sqrt(se_a^2 + se_b^2) > c`, c the quantile of the
    largest such difference of noise alone over the pairs not yet told apart. A rank lies between
    1 + the number of areas told above and p - the number told below. Both directions of a pair are
    hypotheses of their own, so that step-down never errs on which is higher more often than stated.

    Parameters
    ----------
    estimate
        One number by area, most where it is wanted most.
    se
        Its standard error, in the same unit; a ContractError where the two do not go together.
    rule
        Level, number of draws and whether to step down.
    rng
        Of every draw.

    Returns
    -------
    sets
        `rank` (ties share the better one), `rank_low` and `rank_high` with the index of `estimate`;
        NaN where estimate or standard error is unknown, and such an area counts for no other.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from geoprio import SetRule, rank_confidence_sets
    >>> share = pd.Series([0.31, 0.30, 0.10], ["a", "b", "c"])
    >>> rank_confidence_sets(share, 0 * share + 0.02, SetRule(), rng=np.random.default_rng(1))
       rank  rank_low  rank_high
    a   1.0       1.0        2.0
    b   2.0       1.0        2.0
    c   3.0       3.0        3.0
    """
    return sets_beyond(estimate, se, pair_critical(estimate, se, rule, rng=rng))


def pair_critical(
    estimate: pd.Series, se: pd.Series, rule: SetRule, *, rng: np.random.Generator
) -> float:
    """Return what the studentised difference of two areas must exceed for them to be told apart."""
    return critical_value(_gather(estimate, se)[1], rule, rng)


def sets_beyond(estimate: pd.Series, se: pd.Series, critical: float) -> pd.DataFrame:
    """Return `rank_confidence_sets` where pairs are told apart beyond a value that is known."""
    areas, estimates = _gather(estimate, se)
    above, below = _told_apart(estimates, critical)
    frame = pd.DataFrame(
        {
            "rank": pd.Series(estimates.values, areas).rank(ascending=False, method="min"),
            "rank_low": 1.0 + above,
            "rank_high": float(len(areas)) - below,
        },
        index=areas,
    )
    return frame.reindex(estimate.index)


def top_k_set(
    estimate: pd.Series, se: pd.Series, rule: SetRule, *, top_k: int, rng: np.random.Generator
) -> pd.Series:
    """Return whether each area may be among the first `top_k`: all that are, with the level.

    The areas whose rank's lower bound is at most k; the one-sided bounds hold for all areas
    together.

    Parameters
    ----------
    estimate, se, rule
        As in `rank_confidence_sets`.
    top_k
        How many areas are "the first"; a ConfigError where fewer are known.
    rng
        Of every draw.

    Returns
    -------
    in_top_set
        Boolean, NA where estimate or standard error is unknown, with the index of `estimate`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from geoprio import SetRule, top_k_set
    >>> share = pd.Series([0.31, 0.30, 0.10], ["a", "b", "c"])
    >>> rng = np.random.default_rng(1)
    >>> top_k_set(share, 0 * share + 0.02, SetRule(), top_k=1, rng=rng).tolist()
    [True, True, False]
    """
    sets = rank_confidence_sets(estimate, se, rule, rng=rng)
    refuse_few(int(sets["rank_low"].notna().sum()), top_k)
    return may_be_first(sets, top_k).rename("in_top_set")


def may_be_first(sets: pd.DataFrame, top_k: int) -> pd.Series:
    """Return whether `sets` leave each area among the first; NA where its set is unknown."""
    inside = (sets["rank_low"] <= top_k).astype("boolean")
    return inside.mask(sets["rank_low"].isna())


def rank_set_widths(sets: pd.DataFrame) -> pd.Series:
    """Return how wide confidence sets are, in ranks: leadership must hear that they are wide.

    Parameters
    ----------
    sets
        `rank_low` and `rank_high`, as `rank_confidence_sets` gives them.

    Returns
    -------
    widths
        `areas_count` that are ranked, `mean_count`, `median_count` and `largest_count` of the ranks
        in a set; NaN where no area is ranked.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import rank_set_widths
    >>> sets = pd.DataFrame({"rank_low": [1.0, 1, 3], "rank_high": [2.0, 2, 3]})
    >>> rank_set_widths(sets).round(1).to_dict()
    {'areas_count': 3.0, 'mean_count': 1.7, 'median_count': 2.0, 'largest_count': 2.0}
    """
    width = (sets["rank_high"] - sets["rank_low"] + 1).dropna()
    figures = {"areas_count": float(len(width)), "mean_count": width.mean()}
    figures |= {"median_count": width.median(), "largest_count": width.max()}
    return pd.Series(figures, name="width")


def critical_value(estimates: Estimates, rule: SetRule, rng: np.random.Generator) -> float:
    """Return what a pair's studentised difference must exceed to be told apart."""
    draws = Draws(rule.draws, int(rng.integers(2**63)), noisy=estimates.errors > 0)
    previous = np.inf
    while True:
        largest = largest_differences(estimates, draws, rejected_above=previous)
        # The next higher draw: a quantile between two would be passed too often.
        critical = float(np.quantile(largest, rule.level, method="higher"))
        if not rule.step_down or critical >= previous:
            return min(critical, previous)
        previous = critical


def _told_apart(estimates: Estimates, critical: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many areas are told above each area, and how many below it."""
    values, variances = estimates.values, estimates.errors**2
    above = np.zeros(len(values), dtype=np.intp)
    below = np.zeros(len(values), dtype=np.intp)
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        gap = values[part, None] - values[None, :]
        needed = critical * np.sqrt(variances[part, None] + variances[None, :])
        below[part] = np.count_nonzero(gap > needed, axis=1)
        above[part] = np.count_nonzero(-gap > needed, axis=1)
    return above, below


def _gather(estimate: pd.Series, se: pd.Series) -> tuple[pd.Index, Estimates]:
    """Return the known areas, sorted so that their order changes no draw, and their figures."""
    faults = list(_faults(estimate, se))
    if faults:
        raise ContractError("estimates_not_rankable", faults)
    known = estimate.index[estimate.notna() & se.reindex(estimate.index).notna()].sort_values()
    values, errors = (part.reindex(known).to_numpy(float) for part in (estimate, se))
    return known, Estimates(values=values, errors=errors)


def _faults(estimate: pd.Series, se: pd.Series) -> Iterator[Phrase]:
    if not (estimate.index.is_unique and se.index.is_unique):
        yield Phrase("area_stands_twice")
        return
    if set(estimate.index) != set(se.index):
        yield Phrase("standard_errors_differ", count=len(se), areas=len(estimate))
    negative = se.index[se < 0]
    if len(negative):
        yield Phrase(
            "standard_errors_below_zero", negative=map(str, negative[:5]), count=len(negative)
        )
    if np.isinf(estimate).any() or np.isinf(se).any():
        yield Phrase("infinite_number")
