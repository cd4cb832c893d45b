"""What the work did, read off pairs of areas one of which was left alone by lot (METHOD 8)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from geoprio.errors import ConfigError
from geoprio.plans.holdouts import BALANCED, SEEN, drawn_lots
from geoprio.scores.draws import rng_for

Floats = npt.NDArray[np.float64]
MOST_EXACT = 13
"""Pairs up to which every possible lot is tried; of more, `LOTS` are drawn."""
LOTS = 10_000
FEWEST = 3
"""Pairs that an effect needs: two leave nothing to tell how unsure it is."""
TURNOUT, PARTY = "turnout_share", "v_of_electors_share"


@dataclass(frozen=True)
class Estimate:
    """An effect (0-1), its standard error, 90 % interval and randomisation p."""

    value: float
    se: float
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    lots: int = 0
    """How many lots might have been drawn: p is never below two of them, one and its mirror."""

    def over(self, contacts: float) -> "Estimate":
        """Return the effect on those who were contacted, `contacts` (0-1) more of the worked.

        The effect over the difference in who was contacted (Angrist, Imbens and Rubin, 1996);
        unknown where nobody was.
        """
        part = contacts if contacts > 0 else np.nan
        ends = (self.value / part, self.se / part, self.low / part, self.high / part)
        return Estimate(*ends, self.p, self.lots)


@dataclass(frozen=True, eq=False)
class Lots:
    """What a decided plan left alone by lot."""

    pairs: pd.DataFrame
    """By `area_code`: `pair` and `holdout`."""
    figures: pd.DataFrame
    """What the areas of a pair are alike in."""
    seed: int
    smallest: float
    """Smallest effect on turnout (0-1) that could be seen, as it was told beforehand."""

    def verified(self) -> "Lots":
        """Return the lots.

        Raises
        ------
        ConfigError
            The seed does not draw them: somebody has chosen.
        """
        again = drawn_lots(self.pairs[["pair"]], self.figures, rng=rng_for(self.seed, "plan: lots"))
        if not again.equals(self.pairs["holdout"].rename("holdout").astype(bool)):
            raise ConfigError("lots_not_drawn")
        return self


def counts_effect(voted: tuple[float, float], people: tuple[float, float]) -> Estimate:
    """Return the difference in shares between those worked and those left, with its error (HC3).

    Of persons drawn one by one. Areas drawn whole differ more than persons: use `pair_effects`.
    """
    of = np.array(people)
    share = np.array(voted) / of
    variance = (share * (1 - share) * of / (of - 1) ** 2).sum()
    return Estimate(float(share[0] - share[1]), float(np.sqrt(variance)))


def pair_differences(pairs: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Return worked less left by pair; pairs where one is unknown are left out."""
    own = values.reindex(pairs.index)
    worked, left = (
        own[pairs["holdout"] == side].set_axis(pairs.loc[pairs["holdout"] == side, "pair"])
        for side in (False, True)
    )
    return pd.Series(worked.sort_index() - left.sort_index(), name=values.name).dropna()


def pair_effects(
    lots: Lots, outcome: pd.Series, before: pd.Series, *, rng: np.random.Generator
) -> dict[str, Estimate]:
    """Return the effect `paired`, and `adjusted` for the pairs' difference before.

    Parameters
    ----------
    lots
        Which area of each pair was left.
    outcome, before
        Share (0-1) by area after the work, and the same before it.
    rng
        Draws lots where the pairs are too many for all.

    Returns
    -------
    effects
        The paired effect is the mean difference; the adjusted one the constant of its regression on
        the difference before. Intervals are Student's; p is the share of the lots that might have
        been drawn (balanced alike, where these are) whose effect would be as large.

    Raises
    ------
    ConfigError
        Fewer than three pairs are known.
    """
    apart = pd.DataFrame(
        {"now": pair_differences(lots.pairs, outcome), "then": pair_differences(lots.pairs, before)}
    ).dropna()
    if len(apart) < FEWEST:
        raise ConfigError("too_few_pairs", count=len(apart), least=FEWEST)
    now, then = apart["now"].to_numpy(float), apart["then"].to_numpy(float)
    signs = possible_lots(lots, apart.index, rng=rng)
    one = np.ones((1, len(now)))
    found = {}
    for name, covariate in (("paired", None), ("adjusted", then)):
        (value,), se = _effects(one, now, covariate), _error(now, covariate)
        might = np.abs(_effects(signs, now, covariate))
        half = float(student.ppf(0.95, len(now) - (1 if covariate is None else 2))) * se
        p = float((might >= abs(value) - 1e-12).mean())
        found[name] = Estimate(
            float(value), se, float(value) - half, float(value) + half, p, len(signs)
        )
    return found


def _effects(signs: Floats, now: Floats, then: Floats | None) -> Floats:
    """Return the effect of each row of signs: which of a pair was worked is turned by -1."""
    after = signs * now
    if then is None:
        return np.asarray(after.mean(axis=1))
    before = signs * then
    centred = before - before.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    slope = (centred * after).sum(axis=1) / np.where(spread > 0, spread, np.inf)
    return np.asarray(after.mean(axis=1) - slope * before.mean(axis=1))


def _error(now: Floats, then: Floats | None) -> float:
    count = len(now)
    if then is None:
        return float(now.std(ddof=1) / np.sqrt(count))
    centred = then - then.mean()
    spread = float((centred**2).sum())
    slope = float((centred * now).sum()) / spread if spread > 0 else 0.0
    rest = now - now.mean() - slope * centred
    far = then.mean() ** 2 / spread if spread > 0 else 0.0
    return float(np.sqrt((rest**2).sum() / (count - 2) * (1 / count + far)))


def possible_lots(lots: Lots, known: pd.Index, *, rng: np.random.Generator) -> Floats:
    """Return lots that might have been drawn instead, a row of +1 and -1 by pair each.

    Lots were drawn until every figure was balanced; one that is not could not have come.
    """
    count = len(known)
    if count <= MOST_EXACT:
        every = np.arange(2**count)[:, np.newaxis] >> np.arange(count) & 1
        signs = 1.0 - 2.0 * every
    else:
        signs = rng.choice([-1.0, 1.0], size=(LOTS, count))
        signs[0] = 1.0
    figures = lots.figures.loc[lots.pairs.index]
    sides = {name: pair_differences(lots.pairs, figures[name]) for name in figures}
    apart = pd.DataFrame(sides).reindex(known).fillna(0.0).to_numpy(float)
    spread = figures.std().replace(0.0, np.inf).to_numpy(float)
    off = (np.abs(signs @ apart) / count / spread).max(axis=1)
    own = (np.abs(apart.sum(axis=0)) / count / spread).max()
    return np.asarray(signs[off < max(BALANCED, own + 1e-12)])


def seen_afterwards(lots: Lots, outcome: pd.Series) -> float:
    """Return the smallest effect that could be seen, by how the pairs came to differ."""
    apart = pair_differences(lots.pairs, outcome)
    return float(SEEN * apart.std() / np.sqrt(len(apart)))


def cost_per_vote(cost: float, electors: float, effect: Estimate) -> tuple[float, float, float]:
    """Return kronor per vote that the work gave, and the ends of its 90 % interval.

    NaN where the effect is not above zero; infinite at the upper end where it may be none.
    """
    votes = np.array([effect.value, effect.high, effect.low]) * electors
    at = np.divide(cost, votes, out=np.full(3, np.nan), where=votes > 0)
    if votes[2] <= 0 < votes[1]:
        at[2] = np.inf
    return float(at[0]), float(at[1]), float(at[2])


def lots_of(record: dict[str, object]) -> Lots:
    """Return the lots of a decided plan's record.

    Raises
    ------
    ConfigError
        The plan is not decided, left nothing by lot, or was decided after the election.
    """
    decision, told = record.get("decision"), record.get("lots")
    if record.get("status") != "decided" or not isinstance(decision, dict):
        raise ConfigError("lots_of_no_decided_plan")
    if not isinstance(told, dict):
        raise ConfigError("plan_without_lots")
    plan = record.get("plan")
    day = plan.get("election_day") if isinstance(plan, dict) else None
    if day is None or str(decision.get("day")) > str(day):
        raise ConfigError("lots_after_election", day=decision.get("day"), election=day)
    rows = pd.DataFrame(told["rows"]).set_index("area_code").sort_index()
    pairs = rows[["pair", "holdout"]]
    return Lots(pairs, rows[list(told["alike"])].astype(float), int(told["seed"]), told["smallest"])
